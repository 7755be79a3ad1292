"""CO1 to CO7 as laws over generated histories of the lead record: offers, accepts, drops, returns,
leaves, forces, planned batons, volunteers, with stale epochs (`methods.md A5`)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import lead
from rooms.lead import AUTOPILOT, LEAD_GRACE, Lead

FACILITATORS = ("a", "b", "c")
EVERYONE = (*FACILITATORS, "m", "n")  # two willing members

VERBS = (
    "offer", "accept", "decline", "request", "take", "force", "baton", "volunteer", "drop",
    "return", "return", "leave", "come", "come", "wait", "accept", "offer",
)  # fmt: skip


class Step:
    """What one move did: the record before and after, whether it was refused, who was here."""

    def __init__(
        self, verb: str, by: str, before: Lead, after: Lead, refused: str, here: frozenset[str],
        stale: bool, now: int,
    ) -> None:  # fmt: skip
        self.verb, self.by, self.before, self.after = verb, by, before, after
        self.refused, self.here, self.stale, self.now = refused, here, stale, now


class Room:
    """The lead record in a room of five, driven as the room drives it: a move, then `tick`."""

    def __init__(self) -> None:
        self.record = Lead(lead="a", acting="a", succession=("b", "c"))
        self.now = 1_000
        self.here = set(EVERYONE)
        self.away: dict[str, int] = {}
        self.inside = set(FACILITATORS)  # facilitators who have not left
        self.steps: list[Step] = []

    def able(self) -> frozenset[str]:
        """Facilitators and a peer lead who are here: what `hats.facilitators` gives."""
        able = set(self.inside) | ({self.record.lead} if self.record.peer else set())
        return frozenset(able & self.here)

    def since(self) -> int:
        able = set(self.inside) | ({self.record.lead} if self.record.peer else set())
        if not able or able & self.here:
            return 0 if able else self.now
        return max(self.away.get(s, self.now) for s in able)

    def move(self, verb: str, by: str, to: str, wait: int, drift: int) -> None:
        self.now += wait
        self.settle("wait", by)
        if wait == 0:  # mostly the one who is asked answers, as people do
            by = {"offer": self.record.acting, "accept": self.record.offered_to}.get(verb) or by
            heirs = [s for s in self.record.succession if s in self.able()]
            to = heirs[0] if verb in ("offer", "baton", "force") and heirs else to
        if verb == "come":
            by = next((s for s in FACILITATORS if s not in self.inside), by)
        before, refused, stale = self.record, "", drift != 0
        try:
            self.record = self.moved(verb, by, to, self.record.epoch + drift)
        except Refused as error:
            refused = error.reason
        step = Step(verb, by, before, self.record, refused, self.able(), stale, self.now)
        self.steps.append(step)
        self.settle(verb, by)

    def settle(self, verb: str, by: str) -> None:
        before = self.record
        self.record = lead.tick(self.record, self.able(), self.since(), self.now)
        if self.record != before:
            self.steps.append(
                Step("tick", by, before, self.record, "", self.able(), False, self.now)
            )

    def moved(self, verb: str, by: str, to: str, epoch: int) -> Lead:
        record, able = self.record, self.able()
        match verb:
            case "drop":
                if by in self.here:
                    self.here.discard(by)
                    self.away[by] = self.now
                return record
            case "return":
                self.here.add(by)
                self.away.pop(by, None)
                return record
            case "leave" if by in self.inside and len(self.here) > 3:
                self.inside.discard(by)
                return lead.facilitator_gone(record, by, self.able() - {by}, self.now)
            case "come" if by in FACILITATORS and by not in self.inside:
                self.inside.add(by)
                return lead.facilitator_added(record, by)
            case "baton":
                fits = lead.may_baton(record, to, able)
                return lead.baton(record, "a2", to, self.now) if fits else record
        if by not in self.here:  # whoever has no line taps nothing
            return record
        facilitates = by in self.inside
        match verb:
            case "offer":
                return lead.offer(record, by, to, able, self.now)
            case "accept":
                return lead.accept(record, by, epoch, self.now)
            case "decline":
                return lead.decline(record, by, epoch)
            case "request" if facilitates:
                return lead.request(record, by)
            case "take" if facilitates:
                return lead.take(record, by, epoch, self.away.get(record.lead, 0), self.now)
            case "force":  # the organiser is a
                return lead.force(record, to, epoch, able) if by == "a" and facilitates else record
            case "volunteer" if by in ("m", "n"):
                return lead.volunteer(record, by, epoch, self.now)
        return record


MOVES = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.sampled_from(EVERYONE),
        st.sampled_from(EVERYONE),
        st.sampled_from((0, 0, 0, 0, 0, 500, 21_000, 31_000, 310_000)),
        st.sampled_from((0, 0, 0, -1, 1)),
    ),
    max_size=60,
)


def law(check: Callable[[Room], None]) -> Callable[[], None]:
    """A property over histories."""

    @given(MOVES)
    def holds(moves: list[tuple[str, str, str, int, int]]) -> None:
        room = Room()
        for move in moves:
            room.move(*move)
        check(room)

    return holds


def _one_lead(room: Room) -> None:
    for step in room.steps:
        after = step.after
        assert after.lead, "there is a lead from open to close"
        assert after.acting in (after.lead, AUTOPILOT)


def _one_an_epoch(room: Room) -> None:
    acting: dict[int, set[str]] = {}
    for step in room.steps:
        for record in (step.before, step.after):
            if record.acting != AUTOPILOT:
                acting.setdefault(record.epoch, set()).add(record.acting)
    assert all(len(who) == 1 for who in acting.values())


def _no_gap(room: Room) -> None:
    for step in room.steps:
        if step.verb in ("accept", "take", "force", "offer", "decline", "request", "volunteer"):
            # Before it the old one acts, after it the new one: never nobody through a hand-over.
            assert step.after.acting == step.before.acting or step.after.acting == step.after.lead
            assert step.after.acting != AUTOPILOT or step.before.acting == AUTOPILOT
        if step.verb == "accept" and not step.refused and step.after is not step.before:
            assert step.after.acting == step.by == step.before.offered_to
            assert step.before.lead in step.after.succession or step.before.peer


def _succession(room: Room) -> None:
    for step in room.steps:
        after = step.after
        assert after.lead not in after.succession
        assert len(set(after.succession)) == len(after.succession)
        assert not {"m", "n"} & set(after.succession), "a member is nobody's successor"


def _autopilot(room: Room) -> None:
    """Read with the ruling *Lead*: a lead's blinking line is no autopilot; 30 s without any
    facilitator are."""
    for step in room.steps:
        if step.verb == "tick":
            if step.after.acting == AUTOPILOT:
                assert not step.here
            if step.here:
                assert step.after.acting != AUTOPILOT
    gone = room.since()
    if gone and room.now - gone >= LEAD_GRACE and not room.able():
        assert room.record.acting == AUTOPILOT


def _epochs(room: Room) -> None:
    for step in room.steps:
        if step.after.acting != step.before.acting:
            assert step.after.epoch == step.before.epoch + 1
        else:
            assert step.after.epoch == step.before.epoch


def _stale(room: Room) -> None:
    for step in room.steps:
        if step.refused:
            assert step.after is step.before
        if step.stale and step.verb in ("accept", "decline", "take", "volunteer", "force"):
            assert step.after is step.before


test_CO1_one_lead_from_open_to_close = law(_one_lead)
test_CO2_one_member_an_epoch = law(_one_an_epoch)
test_CO3_a_hand_over_has_no_instant_without_lead = law(_no_gap)
test_CO4_the_lead_is_not_its_own_successor = law(_succession)
test_CO5_autopilot_only_without_facilitators = law(_autopilot)
test_CO6_the_epoch_rises_with_every_change = law(_epochs)
test_CO7_what_is_stale_changes_nothing = law(_stale)


@given(MOVES)
def test_a_member_who_leads_keeps_limited_rights_until_a_facilitator_leads(
    moves: list[tuple[str, str, str, int, int]],
) -> None:
    room = Room()
    for move in moves:
        room.move(*move)
        assert room.record.peer == (room.record.lead in ("m", "n"))


def test_a_peer_lead_who_comes_back_is_a_peer_lead_still() -> None:
    room = Room()
    for seat in FACILITATORS:
        room.move("drop", seat, "a", 0, 0)
    room.move("wait", "m", "m", 31_000, 0)
    room.move("volunteer", "m", "m", 310_000, 0)
    assert room.record.peer
    room.move("drop", "m", "m", 0, 0)
    room.move("wait", "n", "n", 31_000, 0)
    assert room.record.acting == AUTOPILOT
    room.move("return", "m", "m", 0, 0)
    assert (room.record.acting, room.record.peer) == ("m", True)


def test_a_facilitator_who_comes_back_goes_before_a_peer_lead_who_was_lost() -> None:
    room = Room()
    record = Lead(lead="m", acting=AUTOPILOT, epoch=4, succession=("a", "b"), peer=True)
    back = lead.tick(record, frozenset({"b", "m"}), 0, 5)
    assert (back.acting, back.peer, back.succession) == ("b", False, ("a",))
    assert room.record.lead == "a"


def test_the_organiser_gives_the_lead_to_somebody_else_over_an_offer() -> None:
    here = frozenset(FACILITATORS)
    start = Lead(lead="b", acting="b", epoch=3, succession=("a", "c"))
    offered = lead.offer(start, "b", "a", here, 0)
    forced = lead.force(offered, "c", 3, here)
    assert (forced.acting, forced.epoch, forced.offered_to) == ("c", 4, "")
    assert set(forced.succession) == {"a", "b"}


@pytest.mark.parametrize(
    ("to", "epoch", "present", "reason"),
    [
        ("b", 3, "abc", "duplicate"),
        ("m", 3, "abc", "unknown"),
        ("c", 3, "b", "not_present"),
        ("c", 2, "abc", "stale_epoch"),
    ],
)
def test_whom_nobody_can_force(to: str, epoch: int, present: str, reason: str) -> None:
    start = Lead(lead="b", acting="b", epoch=3, succession=("a", "c"))
    with pytest.raises(Refused, match=reason):
        lead.force(start, to, epoch, frozenset(present))


def test_a_planned_offer_stands_for_twenty_seconds_and_the_old_lead_goes_on() -> None:
    start = Lead(lead="a", acting="a", succession=("b",))
    here = frozenset({"a", "b"})
    assert lead.may_baton(start, "b", here)
    offered = lead.baton(start, "a2", "b", 1_000)
    assert not lead.may_baton(offered, "b", here)
    assert lead.tick(offered, here, 0, 20_999) == offered
    late = lead.tick(offered, here, 0, 21_000)
    assert (late.acting, late.offered_to, late.planned, late.epoch) == ("a", "", "", 1)
    taken = lead.accept(offered, "b", 1, 5_000)
    assert (taken.acting, taken.planned) == ("b", "")
    assert not lead.may_baton(replace(start, acting=AUTOPILOT), "b", here)
    assert not lead.may_baton(start, "b", frozenset({"a"}))

"""Phases, their clock, pauses and the way back (`methods.md` 1.3, 1.4), as one toy activity."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities import phases, timing
from activities.blocks import say
from activities.kernel import Command, Cut, Moment, Refused, TimeUp, Viewer
from activities.phases import PhaseBack, PhaseExtend, PhaseNext, Phases, Stage

SECOND = 1_000
LEAD = frozenset({"lead"})
MEMBER = frozenset({"member"})
STAGES = {
    "talk": Stage("soft", 60 * SECOND, drifts=True),
    "vote": Stage("hard", 30 * SECOND),
    "look": Stage(),
    "closed": Stage(),
}
NAMES = tuple(STAGES)


def moment(now: int, seat: str = "lead", roles: frozenset[str] = LEAD, **more: Any) -> Moment:
    return Moment(seat, roles, now, 7, **more)


def next_of(at: Phases, now: int) -> Callable[[], phases.Events]:
    following = NAMES[NAMES.index(at.phase) + 1]
    return lambda: (phases.enter(following, STAGES[following], now),)


def send(at: Phases, command: Any, when: Moment) -> Phases:
    """The phases after `command`, as an activity would decide it."""
    reason = phases.stale(at, command, when)
    if reason is not None:
        raise Refused(reason)
    for event in phases.decide(at, command, when, next_of(at, when.now)):
        at = phases.evolve(at, event)
    return at


def begun() -> Phases:
    return phases.begin("talk", STAGES["talk"], 0)


def ring(at: Phases, **more: Any) -> tuple[Phases, int]:
    deadline = phases.deadline(at)
    assert deadline is not None
    return send(at, deadline.command, moment(deadline.at, "", frozenset({"clock"}), **more)), (
        deadline.at
    )


def refused(at: Phases, command: Command, when: Moment) -> str:
    with pytest.raises(Refused) as caught:
        send(at, command, when)
    return caught.value.reason


def test_a_second_press_does_nothing() -> None:
    first = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(5))
    assert first.phase == "vote"
    assert refused(first, PhaseNext(epoch=1, phase="talk"), moment(6)) == "stale_phase"


def test_G6_a_soft_end_forces_nothing_while_a_facilitator_is_here() -> None:
    at = begun()
    for _ in range(5):
        at, _when = ring(at)
    assert at.phase == "talk"
    assert at.timer.state == "over"


def test_without_a_facilitator_a_drifting_phase_goes_on_a_minute_late() -> None:
    at, when = ring(begun(), autopilot=True)
    assert (at.phase, when) == ("talk", 60 * SECOND)
    at, when = ring(at, autopilot=True)
    assert (at.phase, when) == ("vote", 120 * SECOND)


def test_a_hard_end_comes_after_the_last_words() -> None:
    at = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(0))
    at, when = ring(at)
    assert (at.phase, at.timer.state, when) == ("vote", "over", 30 * SECOND)
    at, when = ring(at)
    assert (at.phase, when) == ("look", 40 * SECOND)


def test_back_within_a_minute_restores_phase_and_clock() -> None:
    at = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(20 * SECOND))
    back = send(at, PhaseBack(epoch=1, phase="vote"), moment(50 * SECOND))
    assert back.phase == "talk"
    assert back.timer.ends_at == 90 * SECOND  # forty seconds were left
    assert back.before is None


def test_back_is_over_after_a_minute_and_says_so() -> None:
    at = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(0))
    at = send(at, PhaseNext(epoch=1, phase="vote"), moment(0))
    assert refused(at, PhaseBack(epoch=1, phase="look"), moment(61 * SECOND)) == "stale_phase"
    at, when = ring(at)
    assert (at.before, when) == (None, 60 * SECOND + 1)
    assert phases.deadline(at) is None


def test_the_first_phase_has_no_way_back() -> None:
    assert refused(begun(), PhaseBack(epoch=1, phase="talk"), moment(1)) == "stale_phase"


def test_a_pause_keeps_what_was_left_and_lies_over_the_phase() -> None:
    paused = send(begun(), phases.PauseCall(), moment(10 * SECOND, "amina", MEMBER))
    assert (paused.shown, paused.phase) == ("paused", "talk")
    assert phases.deadline(paused) is None
    assert refused(paused, phases.PauseCall(), moment(11 * SECOND)) == "stale_phase"
    other = moment(12 * SECOND, "jorge", MEMBER)
    assert refused(paused, phases.PauseResume(pause=1), other) == "not_allowed"
    on = send(paused, phases.PauseResume(pause=1), moment(900 * SECOND, "amina", MEMBER))
    assert on.timer.ends_at == 950 * SECOND
    assert refused(on, phases.PauseResume(pause=1), moment(901 * SECOND)) == "stale_phase"


def test_with_no_facilitator_anybody_ends_a_pause() -> None:
    paused = send(begun(), phases.PauseCall(), moment(0, "amina", MEMBER))
    free = moment(5, "jorge", MEMBER, autopilot=True)
    assert not send(paused, phases.PauseResume(pause=1), free).paused


def test_extending_is_bounded() -> None:
    at = begun()
    assert refused(at, PhaseExtend(epoch=1, phase="talk", seconds=7), moment(1)) == "bad_request"
    for _ in range(phases.EXTENSIONS):
        at = send(at, PhaseExtend(epoch=1, phase="talk", seconds=30), moment(1))
    assert refused(at, PhaseExtend(epoch=1, phase="talk", seconds=30), moment(1)) == "full"


def test_a_soft_end_gives_two_minutes_notices_and_a_last_one() -> None:
    at = phases.begin("talk", Stage("soft", 600 * SECOND), 0)
    at = send(at, phases.PhaseSoften(epoch=1, phase="talk"), moment(100 * SECOND))
    assert refused(at, phases.PhaseSoften(epoch=1, phase="talk"), moment(101 * SECOND)) == (
        "stale_phase"
    )
    said = []
    while at.phase == "talk":
        said.append(phases.notices(at))
        at, when = ring(at)
    assert when == (100 + 120 + 60) * SECOND
    assert at.phase == "vote"
    assert len({repr(note) for note in said}) == 3
    assert phases.notices(at) == []


def test_a_soft_end_never_gives_more_than_was_left() -> None:
    at = send(begun(), phases.PhaseSoften(epoch=1, phase="talk"), moment(20 * SECOND))
    assert at.timer.ends_at == 60 * SECOND
    late = phases.begin("talk", Stage("soft", 10 * SECOND), 0)
    late = send(late, phases.PhaseSoften(epoch=1, phase="talk"), moment(90 * SECOND))
    while late.phase == "talk":
        late, when = ring(late)
    assert when == 150 * SECOND  # time was up; the last minute is left


def test_what_cannot_begin_yet_waits_for_the_lead() -> None:
    def too_few() -> phases.Events:
        raise Refused("bad_request")

    at = send(begun(), phases.PhaseSoften(epoch=1, phase="talk"), moment(0))
    while (due := phases.deadline(at)) is not None:
        when = moment(due.at, "", frozenset({"clock"}))
        command: Any = due.command
        for event in phases.decide(at, command, when, too_few):
            at = phases.evolve(at, event)
    assert (at.phase, at.timer.state) == ("talk", "ended")


def test_what_ends_by_the_clock_has_no_soft_end() -> None:
    at = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(0))
    assert refused(at, phases.PhaseSoften(epoch=1, phase="vote"), moment(1)) == "closed"


def test_a_cut_closes_for_good() -> None:
    closed = send(begun(), Cut(epoch=1), moment(3))
    assert (closed.phase, closed.before, phases.deadline(closed)) == ("closed", None, None)
    assert phases.pause_offers(closed, Viewer("lead", LEAD)) == []


STEPS = ("next", "back", "extend", "soften", "pause", "resume", "ring", "wait")


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 90)), max_size=25))
def test_G6_time_only_ends_by_next_cut_or_its_own_end(steps: list[tuple[str, int]]) -> None:
    """A deadline moves later by an extension, keeps what was left over a pause, and otherwise
    stays; what one did not name does nothing; and the clock's own command is never stale."""
    at, now = begun(), 0
    for step, wait in steps:
        now += wait * SECOND if step != "ring" else 0
        due = phases.deadline(at)
        if due is not None and due.at <= now:
            step = "ring"
        command: Any = {
            "next": PhaseNext(epoch=1, phase=at.phase),
            "back": PhaseBack(epoch=1, phase=at.phase),
            "extend": PhaseExtend(epoch=1, phase=at.phase, seconds=30),
            "soften": phases.PhaseSoften(epoch=1, phase=at.phase),
            "pause": phases.PauseCall(),
            "resume": phases.PauseResume(pause=at.pauses),
            "ring": due.command if due else None,
            "wait": None,
        }[step]
        if command is None or at.phase == "closed":
            continue
        if due is not None and step == "ring":
            now = max(now, due.at)
        before = at
        refusal = ""
        try:
            at = send(at, command, moment(now))
        except Refused as no:
            refusal = no.reason
        if refusal:
            assert refusal in {"stale_phase", "bad_request", "full", "closed"}
            assert step != "ring"
            continue
        if step == "extend" and before.timer.ends_at is not None:
            assert at.timer.ends_at is not None
            assert at.timer.ends_at >= before.timer.ends_at + 30 * SECOND
        if step == "pause":
            assert at.timer.remaining == (
                None if before.timer.ends_at is None else before.timer.ends_at - now
            )
        if before.paused and step == "resume":
            assert timing.resume(before.timer, now) == at.timer
        if step == "ring":
            again = phases.deadline(at)
            assert again is None or again.command != command


def test_the_clock_refuses_a_bell_that_is_no_longer_due() -> None:
    longer = send(begun(), PhaseExtend(epoch=1, phase="talk", seconds=60), moment(1))
    old = TimeUp(timer="phase", at=60 * SECOND)
    assert refused(longer, old, moment(60 * SECOND)) == "stale_turn"


def test_phases_survive_the_log() -> None:
    at = replace(send(begun(), PhaseNext(epoch=1, phase="talk"), moment(5)), pauses=3)
    assert msgspec.json.decode(msgspec.json.encode(at), type=Phases) == at


def test_offers_stand_where_they_belong() -> None:
    labels = {"talk": say("Vote"), "vote": say("Look")}
    at = send(begun(), PhaseNext(epoch=1, phase="talk"), moment(0))
    panel = Viewer("lead", LEAD, "panel", 4)
    lead = phases.lead_offers(at, panel, labels, say("What was written is kept."))
    own = phases.pause_offers(at, panel)
    every = frozenset(type(offer.command) for offer in (*own, *lead))
    shown = phases.arranged(panel, own, lead, every)
    kinds = [type(offer.command).__name__ for offer in shown]
    # A vote has no soft end.
    assert kinds == ["PauseCall", "PhaseNext", "PhaseBack", "PhaseExtend", "Cut"]
    assert all(offer.shown for offer in shown)
    page = phases.arranged(Viewer("lead", LEAD, "seat", 4), own, lead, every)
    assert {offer.place for offer in page[1:]} == {"menu"}
    assert phases.arranged(Viewer("", frozenset({"screen"}), "screen"), own, lead, every) == ()

"""The story circle: the invariants of A1 in generated histories, and its edge cases by name."""

from collections import defaultdict
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import _story_circle_events as happened
from activities import _story_circle_state as story
from activities import rounds, turns
from activities._story_circle_commands import (
    BreakEnd,
    DraftErase,
    GroupJoin,
    Settings,
    SignalSend,
    TurnShorten,
    WitnessDraft,
)
from activities._story_circle_words import PROMPTS
from activities.blocks import (
    Cards,
    Groups,
    Line,
    NextStep,
    Note,
    Now,
    Prompt,
    Release,
    Ring,
    Stories,
    Words,
)
from activities.groups import DoorAdmit, GroupMerge, GroupMove, GroupSplit, TimeAsk, TimeGive
from activities.kernel import MINUTE, ConsentGiven, Lens, Member
from activities.phases import PhaseRestored
from activities.story_circle import _DECIDE, STORY_CIRCLE
from activities.timing import SECOND
from tests.activities.driver import (
    History,
    Move,
    World,
    check,
    check_log,
    events_of,
    explore,
    histories,
    parts,
    play,
    tag,
    words_in,
    world,
)

SECRET = "the-prompt"


def settings() -> st.SearchStrategy[Settings]:
    """Settings near the edges: small circles, short turns, no breath, everything on and off."""
    return st.builds(
        Settings,
        max=st.integers(3, 8),
        turn_s=st.sampled_from((60, 120, 180, 420)),
        breath_s=st.sampled_from((0, 15, 60)),
        second_chance=st.booleans(),
        witness=st.sampled_from(("off", "ask")),
        prompt=st.sampled_from((None, Words(SECRET))),
        reflect_min=st.sampled_from((5, 13)),
        release=st.booleans(),
        plenary=st.booleans(),
        overtime_prompt_s=st.sampled_from((60, 120)),
    )


@st.composite
def evenings(draw: st.DrawFn, people: int = 12, length: int = 60) -> History:
    """Histories of which most come as far as the stories: the lead goes on a few times first."""
    history = draw(histories(STORY_CIRCLE, settings(), people=people, length=length))
    leads = (Move("lead"),) * draw(st.integers(0, 8))
    return History(
        history.settings,
        history.people,
        history.facilitators,
        leads + history.moves,
        history.seed,
    )


# --- what must hold after every move ------------------------------------------------------------


def also(room: World) -> None:
    """The invariants of A1 and 1.11 that a state and its views can break."""
    state: story.State = room.state
    check_people(state)
    check_release(room)
    for seat, view in room.views():
        seen = list(parts(view))
        check_prompt(state, seat, seen)
        check_words(state, seat, seen)
        if view.phase.startswith(("telling", "second_chance")):
            assert not any(isinstance(block, Cards) for block in view.blocks), "SC3"


def check_people(state: story.State) -> None:
    """G2, G3, G4, G5."""
    running = story.running(state)
    for one in running:
        assert one.teller in (*one.seats, ""), "G2: a floor without its holder"
    if not story.in_groups(state):
        assert not state.door
        return
    seated = [seat for one in running for seat in one.seats]
    waits = [wait.seat for wait in state.door]
    assert len({*seated, *waits}) == len(seated) + len(waits), "G3"
    if story.in_round(state):
        placed = {seat for seat, member in state.members.items() if story.placeable(member)}
        assert {*seated, *waits} == placed, "G3, G5"
        for one in running:
            if len(one.seats) == 1:
                assert one.step != "turn" or one.stage != "telling", "G4: told to nobody"
                others = [c for c in running if c.id != one.id and c.stage != "done"]
                assert one.stage == "done" or not others, "G4: alone beside another circle"


def check_prompt(state: story.State, seat: str, seen: list[Any]) -> None:
    """SC5: the prompt is sent to nobody whose circle has not revealed it."""
    shown = [part.text for part in seen if type(part) is Prompt]
    secret = [text for text in shown if text in (*PROMPTS, state.settings.prompt)]
    if not secret:
        assert Words(SECRET) not in [part for part in seen if type(part) is Words]
        return
    one = story.circle_of(state, seat)
    wait = story.waiting(state, seat)
    if one is None and wait is not None:
        one = story.circle(state, wait.group)
    circles = story.running(state) if one is None else (one,)
    assert all(circle.prompt_shown for circle in circles), "SC5"


def check_words(state: story.State, seat: str, view: list[Any]) -> None:
    """SC3: drafts reach their teller only. SC6: of stories others see what was released."""
    seen = {part.ref for part in view if type(part) is Words and part.ref}
    for teller, drafts in state.drafts.items():
        if teller != seat:
            assert not seen & {words.ref for words in drafts}, "SC3"
    public = {teller for teller, _ in story.released(state)}
    for teller, answer in state.releases.items():
        words = [answer.title, *answer.moments, answer.quote]
        if teller not in public and teller != seat:  # whose own card brings their words back
            hidden = {one.ref for one in words if one is not None}
            mine = {one.ref for one in state.drafts.get(seat, ())}
            assert not (seen - mine) & hidden, "SC6"


def check_release(room: World) -> None:
    """SC9: the last answer was sent by the teller whose story it is."""
    for event in room.log[-8:]:
        if isinstance(event, happened.StoryReleased | ConsentGiven):
            answers = [tap.seat for tap in room.taps if tag(tap.command) == "release.answer"]
            assert event.seat in answers, "SC9"


# --- what must hold of the whole log ------------------------------------------------------------


def check_whole(room: World) -> None:
    """SC1, SC2, SC4, SC7, SC8, walking the log with the states before and after each event."""
    state: story.State = STORY_CIRCLE.initial(room.settings, room.members, room.first)
    length: dict[str, int] = {}
    done: set[str] = set()
    ends: dict[tuple[str, int], int] = {}
    for event in room.log:
        before, state = state, STORY_CIRCLE.evolve(state, event)
        if isinstance(event, PhaseRestored | happened.CirclesFormed):
            ends.clear()
        elif state.phase == before.phase:
            check_ends(before, state, ends)
        match event:
            case PhaseRestored():
                done = set(state.tellers)
            case happened.CirclesFormed(circles=circles):
                counts = [len(one.seats) for one in circles]
                assert max(counts) - min(counts) <= 1, "SC8"
            case happened.SeatPlaced(group=group):
                one = story.circle(before, group)
                assert one is not None
                assert story.open_to_all(before, one), "SC4"
            case happened.TellingBegan(group=group):
                length[group] = room.settings.turn_s * SECOND
            case rounds.LengthChanged(group=group, length=changed):
                length[group] = changed
            case rounds.TurnBegun(group=group, seat=seat, duration=duration):
                assert duration == length[group] * story.turn_length(before, seat), "SC2"
            case rounds.TurnDone(seat=seat):
                assert seat not in done, "SC1: two turns"
                done.add(seat)
            case rounds.RoundCompleted(group=group):
                one = story.circle(state, group)
                assert one is not None
                ended = {"told", "passed", "missed"}
                assert {one.round.status[seat] for seat in one.seats} <= ended, "SC1"
            case _:
                pass
    check_order(room)


def check_ends(before: story.State, state: story.State, ends: dict[tuple[str, int], int]) -> None:
    """G6: within a phase, and within a turn, an end only moves later, unless the lead ends the
    phase softly."""
    softer = state.phases.softened and not before.phases.softened
    if not softer and before.timer.ends_at is not None and state.timer.ends_at is not None:
        assert state.timer.ends_at >= before.timer.ends_at, "G6"
    for one in state.circles:
        floor = one.round.floor
        if floor is not None and floor.speaking and floor.timer.ends_at is not None:
            key = (one.id, floor.turn)
            assert floor.timer.ends_at >= ends.get(key, 0), "G6"
            ends[key] = floor.timer.ends_at


def check_order(room: World) -> None:
    """SC7: first offers follow the ring, then arrivals; who was away or moved about excepted."""
    if events_of(room, PhaseRestored, rounds.RoundReordered):
        return
    order: dict[str, list[str]] = defaultdict(list)
    offers: dict[str, list[str]] = defaultdict(list)
    unsure = {
        getattr(event, "seat", "")
        for event in events_of(
            room, rounds.TurnSkipped, rounds.SeatLeft, happened.SeatUnplaced, happened.SeatWaits
        )
    }
    for event in room.log:
        match event:
            case happened.TellingBegan(group=group, order=seats):
                order[group] += seats
            case happened.SeatPlaced(group=group, seat=seat) if order[group]:
                order[group].append(seat)
            case rounds.TurnOffered(group=group, seat=seat) if seat not in offers[group]:
                offers[group].append(seat)
            case happened.CircleEnded() | happened.FloorReturned():
                return
            case _:
                pass
    for group, first in offers.items():
        kept = [seat for seat in first if seat not in unsure]
        assert kept == [seat for seat in order[group] if seat in kept], "SC7"


def check_harvest(room: World) -> None:
    """G10: only counts and tellers' own words; nothing of who passed, was silent or late."""
    state: story.State = room.state
    harvest = STORY_CIRCLE.harvest(state)
    assert set(harvest.counts) == {"stories_told", "circles"}
    assert harvest.counts["stories_told"] == len(set(state.tellers))
    for item in harvest.items:
        assert item.kind in ("story_title", "key_moment", "quote")
        assert item.seat in state.tellers
        assert item.words.ref


@given(evenings())
def test_SC1_to_SC9_G2_to_G10_hold_in_any_history(history: History) -> None:
    room = play(STORY_CIRCLE, history, also)
    check_whole(room)
    check_harvest(room)


@pytest.mark.slow
@given(evenings(people=24, length=200))
def test_SC1_to_SC9_hold_in_long_histories(history: History) -> None:
    room = play(STORY_CIRCLE, history, checked=False)
    check_people(room.state)
    check_whole(room)
    check_harvest(room)


RARE = frozenset(
    {
        turns.Next,
        turns.Reorder,
        TurnShorten,
        TimeAsk,
        TimeGive,
        GroupJoin,
        DoorAdmit,
        DraftErase,
        SignalSend,
        WitnessDraft,
        BreakEnd,
    }
)
"""What a walk of taps seldom comes to; each has a scene of its own below."""


@pytest.mark.slow
def test_every_phase_is_reached_by_the_table() -> None:
    some = (
        Settings(max=3),
        Settings(max=3, breath_s=0),
        Settings(turn_s=420, max=4),
        Settings(variant="collective_harvest", max=6),
    )
    found = explore(STORY_CIRCLE, some, seed=3, rounds=40, length=250, count=14)
    assert found.phases == set(STORY_CIRCLE.phases)
    rows = STORY_CIRCLE.allowed.values()
    people = set().union(*(cs for row in rows for role, cs in row.items() if role != "clock"))
    assert found.commands >= people - RARE, people - found.commands


# --- scenes -------------------------------------------------------------------------------------


def evening(count: int = 6, *, seed: int = 3, hosts: bool = True, **fields: Any) -> World:
    """A room with a lead f1 and people s1.., where everybody would host, or nobody."""
    team = (Member("f1", facilitator=True), Member("f2", facilitator=True))
    guests = tuple(Member(f"s{n}", willing=hosts) for n in range(1, count + 1))
    return World(STORY_CIRCLE, Settings(**fields), (*team, *guests), seed)


def lead_to(room: World, phase: str) -> World:
    """The lead goes on until everybody is in `phase`."""
    while room.state.phase != phase:
        assert room.do("f1", "phase.next", "panel") is None
    return room


def telling(count: int = 6, **fields: Any) -> World:
    return lead_to(evening(count, **fields), "telling")


def circle(room: World, group: str = "c1") -> story.Circle:
    found = story.circle(room.state, group)
    assert found is not None
    return found


def holder(room: World, group: str = "c1") -> str:
    return circle(room, group).teller


def tell(room: World, group: str = "c1") -> str:
    """The one who is offered the floor tells, and the breath passes."""
    seat = holder(room, group)
    assert room.do(seat, "turn.begin") is None
    assert room.do(seat, "turn.done") is None
    room.wait(room.settings.breath_s * SECOND)
    return seat


def offered(room: World, seat: str, lens: Any = "seat") -> set[str]:
    return {tag(offer.command) for offer in room.view(seat, lens).may}


def sentences(room: World, seat: str, lens: Any = "seat") -> str:
    lines = [part.id for part in parts(room.view(seat, lens)) if isinstance(part, Line)]
    return " | ".join(lines)


def host_of(room: World, group: str = "c1") -> str:
    return circle(room, group).host


def finish_round(room: World, group: str = "c1") -> None:
    while circle(room, group).stage == "telling":
        tell(room, group)


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"max": 2},
        {"max": 16},
        {"turn_s": 59},
        {"turn_s": 421},
        {"breath_s": 61},
        {"reflect_min": 4},
        {"overtime_prompt_s": 45},
        {"variant": "duel"},
        {"story_min": 9},
        {"story_min": 31},
        {"unknown": 1},
    ],
)
def test_settings_outside_1_15_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Settings)


def test_every_command_has_a_decider_and_a_place_in_the_table() -> None:
    in_table = {
        command
        for roles in STORY_CIRCLE.allowed.values()
        for commands in roles.values()
        for command in commands
    }
    assert in_table == set(STORY_CIRCLE.commands) == set(_DECIDE)


# --- before the stories -------------------------------------------------------------------------


def test_hearing_the_rules_is_counted_and_blocks_nobody() -> None:
    room = lead_to(evening(), "frame")
    assert room.do("s1", "rules.hear") is None
    assert "rules.hear" not in offered(room, "s1")
    assert room.do("f1", "phase.next", "panel") is None


def test_one_person_makes_no_circle_G4() -> None:
    room = lead_to(evening(1), "frame")
    assert "phase.next" not in offered(room, "f1", "panel")
    assert "at least two people" in sentences(room, "f1", "panel")


def test_forming_lasts_a_minute_and_settling_begins_by_itself() -> None:
    room = lead_to(evening(), "form")
    room.wait(MINUTE)
    assert room.state.phase == "settle"


def test_a_facilitator_is_dealt_in_only_when_they_say_so_and_then_hosts() -> None:
    room = evening(6, hosts=False)
    room.change("f2", facilitator=False, willing=True)  # as the room tells it
    lead_to(room, "settle")
    assert host_of(room) == "f2"
    assert "f1" not in circle(room).seats
    assert "telling.start" in offered(room, "f2") | offered(room, "f2", "panel")


class LeadInCircle(World):
    """The lead has a place in a circle: both hats on one head, as the room gives them."""

    def roles(self, seat: str) -> frozenset[str]:
        return frozenset({"lead", "member"}) if seat == "s1" else super().roles(seat)

    def autopilot(self) -> bool:
        return False

    def copy(self) -> World:
        twin = super().copy()
        twin.__class__ = LeadInCircle
        return twin


def test_a_lead_in_a_circle_leads_from_there_and_tells_as_everybody() -> None:
    guests = tuple(Member(f"s{n}", willing=n == 1) for n in range(1, 7))
    room = LeadInCircle(STORY_CIRCLE, Settings(), guests, 1)
    room.lead = "s1"
    for phase in STORY_CIRCLE.phases[:4]:
        assert room.state.phase == phase
        assert room.do("s1", "phase.next", "panel") is None
    assert holder(room) == "s1"
    assert {"turn.begin", "phase.next"} <= offered(room, "s1")
    assert room.do("s1", "turn.begin") is None
    check(room)
    assert room.do("s1", "turn.done") is None
    assert room.do("s1", "phase.next", "panel") is None
    assert room.state.phase == "quiet"
    check(room)


def test_a_late_person_enters_the_smallest_circle_until_settle() -> None:
    room = lead_to(evening(9), "settle")  # 5 and 4
    room.join(Member("late"))
    assert "late" in circle(room, "c2").seats
    assert STORY_CIRCLE.phase(room.state, "late") == "settle"


def test_the_lead_moves_somebody_while_circles_settle() -> None:
    room = lead_to(evening(9), "settle")
    seat = circle(room, "c1").seats[0]
    assert "group.move" in offered(room, "f1", "panel")
    assert room.send("f1", GroupMove(epoch=room.epoch, seat=seat, to="c2")) is None
    assert seat in circle(room, "c2").seats
    assert seat not in circle(room, "c1").seats


def test_facilitators_join_and_split_circles_while_they_settle() -> None:
    room = lead_to(evening(9), "settle")  # 5 and 4
    assert room.do("f1", "group.split", "panel", group="c1") is None
    third = circle(room, "c3")
    assert sorted(map(len, (circle(room, "c1").seats, third.seats))) == [2, 3]
    assert third.host in third.seats
    assert circle(room, "c1").host in circle(room, "c1").seats
    assert room.send("f2", GroupMerge(epoch=room.epoch, group="c3", into="c2")) is None
    assert circle(room, "c3").seats == ()
    assert set(third.seats) <= set(circle(room, "c2").seats)
    check(room)
    lead_to(room, "telling")
    assert room.send("f1", GroupSplit(epoch=room.epoch, group="c2")) == "not_allowed"


def test_a_circle_that_tells_joins_another_at_its_next_breath_SC4() -> None:
    room = lead_to(evening(9), "telling")
    going, there = circle(room, "c2").seats, holder(room, "c1")
    assert room.do("f1", "group.merge", "panel", group="c2", into="c1") is None
    assert set(circle(room, "c1").seats).isdisjoint(going)
    assert {STORY_CIRCLE.phase(room.state, seat) for seat in going} == {"door"}
    assert room.do(there, "turn.begin") is None
    room.wait(60 * SECOND)
    assert room.do(there, "turn.done") is None
    assert set(going) <= set(circle(room, "c1").seats)
    check(room)


def asked_for_time() -> World:
    """Two circles in reflect; c1 asked for two more minutes when two were left."""
    room = lead_to(evening(9), "reflect")
    assert room.state.timer.ends_at is not None
    assert "time.ask" not in offered(room, circle(room, "c1").seats[1])
    room.wait(room.state.timer.ends_at - room.now - 119 * SECOND)
    assert room.do(circle(room, "c1").seats[1], "time.ask") is None  # anybody in it, in one tap
    return room


def test_two_more_minutes_for_the_group_that_asked_leave_the_others_theirs() -> None:
    room = asked_for_time()
    ends = room.state.timer.ends_at or 0
    assert room.send("s1", TimeGive(epoch=room.epoch, phase="reflect")) == "not_allowed"
    offer = next(o for o in room.view("f2", "panel").may if isinstance(o.command, TimeGive))
    assert room.tap("f2", offer) is None  # a co-facilitator may
    asking, other = circle(room, "c1").seats[0], circle(room, "c2").seats[0]
    assert (room.view(asking).ends_at or 0) >= ends + 120 * SECOND
    assert room.view(other).ends_at == ends
    assert not circle(room, "c1").wants_time
    check(room)


def test_two_more_minutes_for_everybody() -> None:
    room = asked_for_time()
    ends = room.state.timer.ends_at or 0
    assert room.send("f1", TimeGive(epoch=room.epoch, phase="reflect")) is None
    views = [room.view(circle(room, group).seats[0]) for group in ("c1", "c2")]
    assert {view.ends_at for view in views} == {ends + 120 * SECOND}
    assert not circle(room, "c1").wants_time
    late = TimeGive(epoch=room.epoch, phase="telling")
    assert room.send("f1", late) == "stale_phase"


def test_a_group_asks_once_and_only_for_itself() -> None:
    room = asked_for_time()
    assert room.send(circle(room, "c1").seats[0], TimeAsk(group="c1")) == "duplicate"
    assert room.send(circle(room, "c1").seats[0], TimeAsk(group="c2")) == "unknown"


def test_the_volunteer_begins_then_the_ring_goes_on() -> None:
    room = lead_to(evening(), "settle")
    seats = circle(room).seats
    assert room.do(seats[3], "turn.volunteer") is None
    assert "turn.volunteer" not in offered(room, seats[0])
    lead_to(room, "telling")
    assert [tell(room) for _ in range(6)] == [*seats[3:], *seats[:3]]


def test_SC5_the_prompt_reaches_nobody_before_the_host_reveals_it() -> None:
    room = lead_to(evening(9, prompt=Words(SECRET)), "settle")
    assert not any(SECRET in words_in(view) for _, view in room.views())
    assert room.do(host_of(room, "c1"), "prompt.reveal") is None
    assert SECRET in words_in(room.view(circle(room, "c1").seats[0]))
    assert SECRET not in words_in(room.view(circle(room, "c2").seats[0]))
    assert SECRET not in words_in(room.view("", "screen"))


def test_each_circle_starts_with_its_own_host_and_telling_is_shared_when_all_have() -> None:
    room = lead_to(evening(9), "settle")
    assert room.do(host_of(room, "c1"), "prompt.reveal") is None
    assert room.do(host_of(room, "c1"), "telling.start") is None
    assert room.state.phase == "settle"
    assert STORY_CIRCLE.phase(room.state, holder(room, "c1")) == "telling.offer"
    assert STORY_CIRCLE.phase(room.state, circle(room, "c2").seats[0]) == "settle"
    tell(room, "c1")
    assert room.do(host_of(room, "c2"), "prompt.reveal") is None
    assert room.do(host_of(room, "c2"), "telling.start") is None
    assert room.state.phase == "telling"


def test_a_circle_without_a_host_starts_by_the_clock() -> None:
    room = lead_to(evening(hosts=False), "settle")
    room.wait(2 * MINUTE)
    assert circle(room).stage == "telling"


def test_anybody_may_look_after_a_circle_without_a_host() -> None:
    room = lead_to(evening(hosts=False), "settle")
    assert room.do("s2", "host.take") is None
    assert host_of(room) == "s2"
    assert "prompt.reveal" in offered(room, "s2")


# --- witness ------------------------------------------------------------------------------------


def with_witness() -> World:
    room = lead_to(evening(4), "settle")
    assert room.do("s1", "witness.ask") is None
    for seat in ("s2", "s3", "s4"):
        assert room.do(seat, "witness.answer", yes=True) is None
    return lead_to(room, "telling")


def test_a_witness_needs_everybodys_yes_and_no_view_says_whose_no_it_was() -> None:
    room = lead_to(evening(4), "settle")
    room.do("s1", "witness.ask")
    for seat, yes in (("s2", True), ("s3", False), ("s4", True)):
        room.do(seat, "witness.answer", yes=yes)
    assert circle(room).witness == ""
    assert circle(room).hands == {}


def test_SC3_drafts_of_the_witness_reach_the_teller_only_and_can_be_thrown_away() -> None:
    room = with_witness()
    assert circle(room).witness == "s1"
    if holder(room) == "s1":
        tell(room)
    teller = holder(room)
    room.do(teller, "turn.begin")
    assert room.do("s1", "witness.draft", words=Words("draft")) is None
    assert not any("draft" in words_in(view) for _, view in room.views())
    finish_round_with(room, teller)
    lead_to(room, "release")
    release = [b for b in room.view(teller).blocks if isinstance(b, Release)]
    assert release[0].drafted == (Words("draft"),)
    assert [seat for seat, view in room.views() if "draft" in words_in(view)] == [teller]
    assert room.do(teller, "draft.erase") is None
    assert not any("draft" in words_in(view) for _, view in room.views())


def finish_round_with(room: World, teller: str) -> None:
    assert room.do(teller, "turn.done") is None
    room.wait(15 * SECOND)


# --- turns --------------------------------------------------------------------------------------


def test_a_first_pass_comes_back_at_the_end_and_a_second_is_final() -> None:
    room = telling()
    seat = holder(room)
    assert room.do(seat, "turn.pass") is None
    assert holder(room) != seat
    for _ in range(5):
        tell(room)
    assert holder(room) == seat
    assert STORY_CIRCLE.phase(room.state, seat) == "second_chance.offer"
    assert "turn.defer" not in offered(room, seat)
    assert room.do(seat, "turn.pass") is None
    assert circle(room).stage == "done"
    assert seat not in room.state.tellers
    assert STORY_CIRCLE.harvest(room.state).counts == {"stories_told": 5, "circles": 1}


def test_without_second_chance_a_pass_is_final_at_once() -> None:
    room = telling(4, second_chance=False)
    seat = holder(room)
    room.do(seat, "turn.pass")
    for _ in range(3):
        tell(room)
    assert circle(room).stage == "done"
    assert circle(room).round.status[seat] == "passed"


def test_a_pass_inside_the_turn_is_final_and_come_back_keeps_the_time() -> None:
    room = telling(4)
    first = holder(room)
    room.do(first, "turn.begin")
    room.wait(60 * SECOND)
    assert room.do(first, "turn.defer") is None
    room.wait(15 * SECOND)
    second = holder(room)
    room.do(second, "turn.begin")
    assert room.do(second, "turn.pass") is None
    assert circle(room).round.status[second] == "passed"
    room.wait(15 * SECOND)
    tell(room)
    tell(room)
    assert holder(room) == first
    room.do(first, "turn.begin")
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.ends_at == room.now + 120 * SECOND


def test_a_silent_person_is_told_there_is_no_hurry_then_the_host_is_asked_to_be_kind() -> None:
    room = telling()
    seat, host = holder(room), host_of(room)
    if seat == host:
        tell(room)
        seat = holder(room)
    room.wait(20 * SECOND)
    assert "Take your time" in sentences(room, seat)
    assert "Ask {name} kindly" not in sentences(room, host)
    room.wait(40 * SECOND)
    assert "Ask {name} kindly" in sentences(room, host)
    assert not any(
        "Take your time" in sentences(room, other) for other in room.here() if other != seat
    )
    room.wait(5 * MINUTE)
    assert holder(room) == seat  # never passed over while there is a host
    assert "turn.next" in offered(room, host)


def test_the_turn_ends_softly_and_the_host_may_close_it_kindly_after_a_minute() -> None:
    room = telling()
    host = host_of(room)
    tell(room)  # the host begins
    seat = holder(room)
    room.do(seat, "turn.begin")
    room.wait(180 * SECOND)
    assert holder(room) == seat
    assert "Finish when you are ready." in sentences(room, seat)
    assert "turn.next" not in offered(room, host)
    room.wait(60 * SECOND)
    assert room.do(host, "turn.next") is None
    assert seat in room.state.tellers
    assert circle(room).step == "breath"


def test_a_double_tap_and_an_old_screen_change_nothing_G7() -> None:
    room = telling()
    seat = holder(room)
    turn = circle(room).round.floor
    assert turn is not None
    room.do(seat, "turn.begin")
    begin = turns.Begin(turn=turn.turn, group="c1")
    done = turns.Done(turn=turn.turn, group="c1")
    assert room.send(seat, begin) == "stale_turn"
    assert room.send(seat, done) is None
    assert room.send(seat, done) == "stale_turn"
    before = room.state
    assert room.send(holder(room) or "s1", done) == "stale_turn"
    assert room.state is before


def test_nobody_finishes_the_turn_of_somebody_else() -> None:
    room = telling(9)
    seat, other = holder(room, "c1"), holder(room, "c2")
    room.do(seat, "turn.begin")
    room.do(other, "turn.begin")
    floor = circle(room, "c1").round.floor
    assert floor is not None
    assert room.send(other, turns.Done(turn=floor.turn, group="c1")) == "not_allowed"


def test_two_leads_press_next_together_and_one_step_is_made() -> None:
    room = lead_to(evening(), "frame")
    [step] = [o for o in room.view("f1", "panel").may if tag(o.command) == "phase.next"]
    assert room.send("f1", step.command) is None
    assert room.send("f1", step.command) == "stale_phase"
    assert room.state.phase == "form"


def test_an_interpreted_turn_is_twice_as_long() -> None:
    room = lead_to(evening(), "settle")
    seat = circle(room).host
    assert room.do(seat, "turn.interpret") is None
    lead_to(room, "telling")
    assert holder(room) == seat
    room.do(seat, "turn.begin")
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.duration == 360 * SECOND


def test_a_turn_gets_two_extensions_at_most() -> None:
    room = telling()
    tell(room)
    seat, host = holder(room), host_of(room)
    room.do(seat, "turn.begin")
    assert room.do(host, "turn.extend") is None
    assert room.do(host, "turn.extend") is None
    assert "turn.extend" not in offered(room, host)
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.duration == 300 * SECOND


def test_the_lead_changes_the_order_of_those_who_wait() -> None:
    room = telling()
    first = circle(room).round.first
    order = tuple(reversed(first))
    command = turns.Reorder(epoch=room.epoch, group="c1", order=order)
    assert room.send("f1", command) is None
    tell(room)
    assert holder(room) == order[0]


def test_the_clock_has_the_marks_of_the_settings() -> None:
    for marks, shown in (((60, 15), (60, 15)), ((90, 30), (90, 30)), ((300, 20), (20,))):
        room = telling(marks=marks)
        room.do(holder(room), "turn.begin")
        [ring] = [block for block in room.view("s1").blocks if isinstance(block, Ring)]
        assert ring.clock is not None
        assert ring.clock.marks == shown


def test_a_card_from_the_host_is_shown_to_the_teller_only() -> None:
    room = telling()
    tell(room)
    seat, host = holder(room), host_of(room)
    room.do(seat, "turn.begin")
    assert room.do(host, "signal.send") is None
    shown = [who for who in room.here() if "What happened, then?" in sentences(room, who)]
    assert shown == [seat]


# --- lines, leavers, late ones ------------------------------------------------------------------


def test_a_teller_whose_line_drops_for_40_s_goes_on_with_the_same_time() -> None:
    room = telling()
    seat = holder(room)
    room.do(seat, "turn.begin")
    room.wait(30 * SECOND)
    room.drop(seat)
    assert "line dropped" in sentences(room, circle(room).seats[-1])
    room.wait(40 * SECOND)
    room.back(seat)
    assert holder(room) == seat
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.ends_at == room.now + 150 * SECOND


def test_a_teller_who_does_not_come_back_goes_on_at_the_end() -> None:
    room = telling(4)
    seat = holder(room)
    room.do(seat, "turn.begin")
    room.wait(60 * SECOND)
    room.drop(seat)
    room.wait(90 * SECOND)
    assert circle(room).round.status[seat] == "interrupted"
    room.wait(15 * SECOND)
    room.back(seat)
    for _ in range(3):
        tell(room)
    assert holder(room) == seat


def test_a_leaver_and_the_order_closes_up() -> None:
    room = telling()
    order = circle(room).round.first
    room.leave(order[0])
    tell(room)
    assert holder(room) == order[1]
    assert order[0] not in circle(room).seats


def test_a_late_person_is_let_in_at_a_breath_and_tells_last() -> None:
    room = telling(5)
    host = host_of(room)
    room.join(Member("late"))
    assert STORY_CIRCLE.phase(room.state, "late") == "door"
    assert "You join when this story ends" in sentences(room, "late")
    tell(room)
    assert "late" not in circle(room).seats  # nobody has let them in
    assert room.do(host, "door.admit") is None
    seat = holder(room)
    room.do(seat, "turn.begin")
    assert "late" not in circle(room).seats
    room.do(seat, "turn.done")
    assert "late" in circle(room).seats
    room.wait(15 * SECOND)
    told = [tell(room) for _ in range(4)]
    assert told[-1] == "late"


def test_a_late_person_enters_a_circle_without_a_host_by_itself_at_the_breath() -> None:
    room = telling(5, hosts=False)
    room.join(Member("late"))
    seat = holder(room)
    room.do(seat, "turn.begin")
    assert "late" not in circle(room).seats
    room.do(seat, "turn.done")
    assert "late" in circle(room).seats


def test_a_full_circle_is_not_entered_while_it_tells() -> None:
    room = telling(4, max=4)
    room.join(Member("late"))
    wait = story.waiting(room.state, "late")
    assert wait is not None
    assert wait.group == ""
    assert "no circle has room" in sentences(room, "f1", "panel")


def test_from_reflect_on_a_late_person_waits_until_the_plenary() -> None:
    room = telling(4)
    finish_round(room)
    lead_to(room, "reflect")
    room.join(Member("late"))
    assert STORY_CIRCLE.phase(room.state, "late") == "door"
    assert "keeps you company" in sentences(room, "late")
    lead_to(room, "plenary")
    assert STORY_CIRCLE.phase(room.state, "late") == "plenary"


def test_somebody_who_left_comes_back_to_the_same_circle_through_the_door() -> None:
    room = telling(9, hosts=False)
    seat = circle(room, "c2").round.first[0]
    room.leave(seat)
    room.back(seat)
    wait = story.waiting(room.state, seat)
    assert wait is not None
    assert wait.group == "c2"


def test_a_circle_of_two_is_asked_whether_to_join_another() -> None:
    room = telling(8, max=5)
    host = host_of(room, "c1")
    for seat in [s for s in circle(room, "c1").seats if s != host][:2]:
        room.leave(seat)
    assert len(circle(room, "c1").seats) == 2
    rest = circle(room, "c1").seats
    assert room.do(host, "group.join") is None
    assert circle(room, "c1").seats == ()
    assert all(STORY_CIRCLE.phase(room.state, seat) == "door" for seat in rest)
    tell(room, "c2")
    assert set(rest) <= set(circle(room, "c2").seats)


def test_a_circle_of_one_joins_the_smallest_at_its_next_breath_with_its_status() -> None:
    room = telling(8, max=5)
    told = tell(room, "c1")
    for seat in [s for s in circle(room, "c1").seats if s != told]:
        room.leave(seat)
    assert STORY_CIRCLE.phase(room.state, told) == "door"
    tell(room, "c2")
    assert told in circle(room, "c2").seats
    assert circle(room, "c2").round.status[told] == "told"
    finish_round(room, "c2")
    assert room.state.tellers.count(told) == 1


def test_the_last_member_of_the_last_circle_keeps_the_place_and_waits_G4() -> None:
    room = telling(3, hosts=False)
    seat = holder(room)
    room.do(seat, "turn.begin")
    room.wait(60 * SECOND)
    others = [s for s in circle(room).seats if s != seat]
    for other in others:
        room.leave(other)
    assert holder(room) == ""
    assert "We wait for the others" in sentences(room, seat)
    room.wait(MINUTE)
    room.back(others[0])
    room.wait(15 * SECOND)
    assert others[0] in circle(room).seats
    assert holder(room)


def test_a_host_who_leaves_is_followed_by_a_willing_person_who_has_told() -> None:
    room = telling(5)
    host = host_of(room)
    assert tell(room) == host
    told = tell(room)
    room.leave(host)
    assert host_of(room) == told


# --- time ---------------------------------------------------------------------------------------


def test_the_breath_can_be_held() -> None:
    room = telling()
    host = host_of(room)
    room.do(host, "turn.begin")
    room.do(host, "turn.done")
    assert room.do(host, "breath.hold") is None
    room.wait(44 * SECOND)
    assert circle(room).step == "breath"
    room.wait(SECOND)
    assert circle(room).step == "offer"


def test_too_long_the_host_shortens_for_all_equally_or_asks_for_time() -> None:
    room = telling(8, turn_s=180)
    host = host_of(room)
    tell(room)
    room.do(holder(room), "turn.begin")
    room.wait(22 * MINUTE)
    seat = holder(room)
    room.do(seat, "turn.done")
    room.wait(15 * SECOND)
    assert {"turn.shorten", "time.ask"} <= offered(room, host)
    assert room.do(host, "time.ask") is None
    assert "asks for two more minutes" in sentences(room, "f1", "panel")
    assert room.do(host, "turn.shorten") is None
    room.do(holder(room), "turn.begin")
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.duration == story.SHORTEST_TURN
    assert "turn.shorten" not in offered(room, host)


def test_circles_end_with_notices_at_2_min_and_30_s_and_a_minute_to_finish() -> None:
    room = telling(4)
    ends_at = room.state.timer.ends_at
    room.do(holder(room), "turn.begin")
    seat = circle(room).seats[-1]
    room.wait(ends_at - 120 * SECOND - room.now)
    assert "Two minutes are left" in sentences(room, seat)
    room.wait(90 * SECOND)
    assert "Half a minute is left" in sentences(room, seat)
    room.wait(30 * SECOND)
    assert "come to an end" in sentences(room, seat)
    assert room.state.phase == "telling"
    room.wait(59 * SECOND)
    assert room.state.phase == "telling"
    room.wait(SECOND)
    assert room.state.phase == "quiet"


def test_two_more_minutes_in_one_tap_move_the_end() -> None:
    room = telling(4)
    ends_at = room.state.timer.ends_at
    assert room.do("f1", "phase.extend", "panel") is None
    assert room.state.timer.ends_at == ends_at + 120 * SECOND


def test_a_guardian_pauses_the_own_circle_for_half_a_minute_at_least() -> None:
    room = telling(9)
    seat = holder(room, "c1")
    room.do(seat, "turn.begin")
    guardian = circle(room, "c1").seats[-1]
    host = host_of(room, "c1")
    room.wait(30 * SECOND)
    assert room.do(guardian, "pause.call") is None
    assert circle(room, "c2").pause is None
    room.wait(10 * SECOND)
    assert room.do(host, "pause.resume") is None
    assert circle(room, "c1").pause is not None
    room.wait(20 * SECOND)
    assert circle(room, "c1").pause is None
    floor = circle(room, "c1").round.floor
    assert floor is not None
    assert floor.timer.ends_at == room.now + 150 * SECOND


def test_the_lead_pauses_everything_and_all_times_are_kept_exactly_G6() -> None:
    room = telling(9)
    for group in ("c1", "c2"):
        room.do(holder(room, group), "turn.begin")
    room.wait(10 * SECOND)
    left = room.state.timer.ends_at - room.now
    assert room.do("f1", "pause.call", "panel", group="", epoch=room.epoch) is None
    room.wait(10 * MINUTE)
    assert room.do("f1", "pause.resume", "panel") is None
    assert room.state.timer.ends_at == room.now + left
    for group in ("c1", "c2"):
        floor = circle(room, group).round.floor
        assert floor is not None
        assert floor.timer.ends_at == room.now + 170 * SECOND


def test_a_break_is_a_pause_of_the_same_circles_until_a_time() -> None:
    room = telling(6)
    room.do(holder(room), "turn.begin")
    room.wait(10 * SECOND)
    assert room.do("f1", "break.start", "panel", minutes=8) is None
    assert room.view("s1").ends_at == room.now + 8 * MINUTE
    room.wait(8 * MINUTE)
    assert room.state.pause is None
    floor = circle(room).round.floor
    assert floor is not None
    assert floor.timer.ends_at == room.now + 170 * SECOND


def test_a_break_can_end_before_its_time() -> None:
    room = telling(6)
    room.do("f1", "break.start", "panel")
    assert room.do("f1", "break.end", "panel") is None
    assert room.state.pause is None


def test_back_within_a_minute_restores_phase_groups_and_the_time_that_was_left() -> None:
    room = telling(9)
    room.do(holder(room, "c1"), "turn.begin")
    room.wait(61 * SECOND)
    before = room.state
    left = before.timer.ends_at - room.now
    assert room.do("f1", "phase.next", "panel") is None
    room.wait(20 * SECOND)
    assert room.do("f1", "phase.back", "panel") is None
    assert room.state.phase == "telling"
    assert [one.seats for one in room.state.circles] == [one.seats for one in before.circles]
    assert room.state.timer.ends_at == room.now + left
    floor = circle(room, "c1").round.floor
    assert floor is not None
    assert floor.timer.ends_at == room.now + 119 * SECOND
    room.do("f1", "phase.next", "panel")
    room.wait(61 * SECOND)
    assert "phase.back" not in offered(room, "f1", "panel")


def test_who_left_meanwhile_is_not_brought_back_by_back() -> None:
    room = telling(9)
    seat = circle(room, "c1").round.first[0]
    room.do("f1", "phase.next", "panel")
    room.leave(seat)
    room.do("f1", "phase.back", "panel")
    assert seat not in circle(room, "c1").seats
    assert seat not in circle(room, "c1").round.first


# --- without facilitators -----------------------------------------------------------------------


def test_the_leads_laptop_dies_and_the_teller_notices_nothing() -> None:
    room = telling(6)
    seat = holder(room)
    room.do(seat, "turn.begin")
    seen = room.view(seat)
    room.drop("f1")
    assert room.view(seat) == seen
    assert room.do(seat, "turn.done") is None


def test_autopilot_moves_turns_by_the_clock_softly_and_releases_nothing() -> None:
    room = telling(3, hosts=False)
    seat = holder(room)
    room.do(seat, "turn.begin")
    room.drop("f1")
    room.drop("f2")
    room.wait(180 * SECOND)
    assert holder(room) == seat  # soft: over, not cut
    room.wait(60 * SECOND)
    assert circle(room).step == "breath"
    room.wait(15 * SECOND + 90 * SECOND)
    assert holder(room) != seat  # a silent offer is passed for now after 90 s
    room.wait(40 * MINUTE)
    assert room.state.phase == "reflect"  # quiet ended by itself; the talk is soft and stays
    assert STORY_CIRCLE.harvest(room.state).items == ()


def test_in_autopilot_the_tellers_card_stays_open() -> None:
    room = telling(3)
    finish_round(room)
    lead_to(room, "release")
    room.drop("f1")
    room.drop("f2")
    room.wait(30 * MINUTE)
    assert room.state.phase == "release"


def test_pause_please_of_anybody_stops_everything_while_all_are_together() -> None:
    room = lead_to(evening(), "frame")
    assert room.do("s1", "pause.call") is None
    assert "Paused for everyone." in sentences(room, "s2")
    assert "pause.resume" not in offered(room, "s2")
    assert room.do("s1", "pause.resume") is None


def test_stop_the_round_goes_to_the_quiet_minute_everywhere() -> None:
    room = telling(9)
    seat = holder(room, "c1")
    room.do(seat, "turn.begin")
    assert room.do("f1", "round.stop", "panel") is None
    assert room.state.phase == "quiet"
    assert all(one.stage == "done" for one in room.state.circles)
    assert seat in room.state.tellers


# --- after the stories --------------------------------------------------------------------------


def after_stories(count: int = 4, **fields: Any) -> World:
    room = telling(count, **fields)
    for one in story.running(room.state):
        finish_round(room, one.id)
    return room


def test_early_finishers_get_a_question_and_no_note_tool() -> None:
    room = telling(9)
    finish_round(room, "c1")
    view = room.view(circle(room, "c1").seats[0])
    assert view.phase == "telling.done"
    assert "What stays with you?" in sentences(room, circle(room, "c1").seats[0])
    assert not any(isinstance(block, Cards) for block in view.blocks)
    assert room.do(host_of(room, "c1"), "question.next") is None


def test_when_all_circles_are_ready_the_lead_is_asked_and_not_forced() -> None:
    room = telling(9)
    finish_round(room, "c1")
    assert "{ready} of {all} circles are ready." in sentences(room, "f1", "panel")
    finish_round(room, "c2")
    assert room.state.phase == "telling"
    assert "All circles are ready." in sentences(room, "f1", "panel")


def test_quiet_is_private_reflect_is_the_circles_and_plenary_the_boards() -> None:
    room = after_stories()
    documents = {}
    for phase in ("quiet", "reflect", "plenary"):
        lead_to(room, phase)
        cards = [b for b in room.view("s1").blocks if isinstance(b, Cards)]
        documents[phase] = [(one.document, one.sees) for one in cards]
    assert documents == {
        "quiet": [("mine", "self")],
        "reflect": [("group/c1", "circle"), ("mine", "self")],
        "plenary": [("board", "room")],
    }


def test_quiet_ends_by_itself_after_its_last_words() -> None:
    room = lead_to(after_stories(), "quiet")
    room.wait(69 * SECOND)
    assert room.state.phase == "quiet"
    room.wait(SECOND)
    assert room.state.phase == "reflect"


def test_who_did_not_tell_may_leave_a_note_instead_from_quiet_on_and_others_do_not_see_it() -> None:
    room = telling(4)
    seat = holder(room)
    room.do(seat, "turn.pass")
    for _ in range(3):
        tell(room)
    room.do(seat, "turn.pass")
    assert "leave a note instead" not in sentences(room, seat)
    lead_to(room, "quiet")
    shown = [s for s in room.here() if "leave a note instead" in sentences(room, s)]
    assert shown == [seat]


def test_reflect_questions_come_one_at_a_time() -> None:
    room = lead_to(after_stories(), "reflect")
    for number in range(story.QUESTIONS - 1):
        assert circle(room).question == number
        assert room.do(host_of(room), "question.next") is None
    assert "question.next" not in offered(room, host_of(room))


def test_an_author_shares_all_some_or_none_of_the_cards() -> None:
    room = lead_to(after_stories(), "reflect")
    assert room.do("s1", "notes.share", share="some", cards=("k1", "k2")) is None
    assert room.do("s2", "notes.share", share="none", cards=("k3",)) is None
    assert room.state.shares["s1"].cards == ("k1", "k2")
    assert room.state.shares["s2"].cards == ()


def test_SC9_the_release_card_gives_consent_for_each_of_the_words() -> None:
    room = lead_to(after_stories(), "release")
    answer: dict[str, Any] = {
        "title": Words("t"),
        "moments": (Words("m1"), Words("m2")),
        "quote": Words("q"),
        "choice": "unnamed",
        "outside": True,
    }
    assert room.do("s1", "release.answer", **answer) is None
    given = events_of(room, ConsentGiven)
    assert [(e.words.ref, e.seat, e.choice, e.outside) for e in given] == [
        (ref, "s1", "unnamed", True) for ref in ("t", "m1", "m2", "q")
    ]
    items = STORY_CIRCLE.harvest(room.state).items
    assert [item.kind for item in items] == ["story_title", "key_moment", "key_moment", "quote"]
    assert len({item.story for item in items}) == 1


def test_a_changed_answer_takes_back_the_words_that_are_no_longer_in_it() -> None:
    room = lead_to(after_stories(), "release")
    room.do("s1", "release.answer", title=Words("t"), quote=Words("q"), choice="first_name")
    room.do("s1", "release.answer", title=Words("t"), quote=None, choice="first_name")
    last = {e.words.ref: e.choice for e in events_of(room, ConsentGiven)}
    assert last == {"t": "first_name", "q": "keep"}
    assert [item.words.ref for item in STORY_CIRCLE.harvest(room.state).items] == ["t"]


def test_only_tellers_have_a_card_and_all_answers_lead_on() -> None:
    room = telling(4)
    seat = holder(room)
    room.do(seat, "turn.pass")
    for _ in range(3):
        tell(room)
    room.do(seat, "turn.pass")
    lead_to(room, "release")
    assert "release.answer" not in offered(room, seat)
    for teller in room.state.tellers:
        assert room.state.phase == "release"
        room.do(teller, "release.answer", choice="keep")
    assert room.state.phase == "plenary"


def test_release_goes_on_by_time_when_not_all_answer() -> None:
    room = lead_to(after_stories(), "release")
    room.wait(4 * MINUTE)
    assert room.state.phase == "plenary"


def test_SC6_the_plenary_shows_released_stories_only_with_the_name_only_if_released() -> None:
    room = lead_to(after_stories(), "release")
    choices = ("keep", "lesson", "unnamed", "name_org")
    for seat, choice in zip(room.state.tellers, choices, strict=True):
        room.do(seat, "release.answer", title=Words(choice), choice=choice)
    assert room.state.phase == "plenary"
    screens: tuple[tuple[str, Lens], ...] = (("f1", "panel"), ("", "screen"))
    for seat, lens in screens:
        assert words_in(room.view(seat, lens)) == {"unnamed", "name_org"}
        [shown] = [b for b in room.view(seat, lens).blocks if isinstance(b, Stories)]
        assert [one.who is not None for one in shown.stories] == [False, True]
        assert [one.organisation for one in shown.stories] == [False, True]


def test_one_voice_for_each_circle_in_the_plenary() -> None:
    room = lead_to(after_stories(9, release=False), "plenary")
    other = next(s for s in circle(room, "c1").seats if s != host_of(room, "c1"))
    assert room.do(other, "voice.take") is None
    assert room.do(other, "turn.done") is None
    assert room.state.voice == 2
    assert room.do("f1", "turn.next", "panel") is None
    assert room.state.voice == 3
    assert "All circles have spoken" in sentences(room, "s1")


def test_without_release_and_plenary_the_talk_is_the_end() -> None:
    room = lead_to(after_stories(4, release=False, plenary=False), "reflect")
    room.do("f1", "phase.next", "panel")
    assert STORY_CIRCLE.closed(room.state)


def test_cut_ends_it_and_keeps_what_was_captured() -> None:
    room = lead_to(after_stories(), "release")
    room.do("s1", "release.answer", title=Words("t"), choice="unnamed")
    assert room.do("f1", "activity.cut", "panel") is None
    assert STORY_CIRCLE.closed(room.state)
    assert [item.words.ref for item in STORY_CIRCLE.harvest(room.state).items] == ["t"]
    assert STORY_CIRCLE.deadline(room.state) is None


# --- screens ------------------------------------------------------------------------------------


def test_the_panel_says_each_circle_in_a_line_and_the_next_step_in_words() -> None:
    room = telling(9)
    room.do(holder(room, "c1"), "turn.begin")
    view = room.view("f1", "panel")
    [lines] = [block for block in view.blocks if isinstance(block, Groups)]
    assert [line.status.id for line in lines.groups] == ["{doing}. Next: {name}."] * 2
    for line in lines.groups:
        labels = [view.may[index].label.id for index in line.offers]
        assert "Pause" in labels
    assert "+ 1 min" in [view.may[index].label.id for index in lines.groups[0].offers]
    [step] = [block for block in view.blocks if isinstance(block, NextStep)]
    assert step.text.id.startswith("The quiet minute.")
    [button] = [o for o in view.may if o.place == "main"]
    assert button.label.id == "Start the quiet minute"


def test_the_wall_shows_prompt_ring_and_who_is_next_and_nothing_to_press() -> None:
    room = telling(6)
    room.do(holder(room), "turn.begin")
    view = room.view("", "screen")
    kinds = [type(block) for block in view.blocks]
    assert kinds[:3] == [Now, Prompt, Ring]
    assert any("Next: {name}" in b.text.id for b in view.blocks if isinstance(b, Note))
    assert view.may == ()


def test_begin_and_pass_are_equal_and_only_the_holder_has_them() -> None:
    room = telling()
    seat = holder(room)
    places = {tag(o.command): o.place for o in room.view(seat).may}
    assert places["turn.begin"] == "main"
    assert places["turn.pass"] == places["turn.defer"] == "beside"
    for other in circle(room).seats:
        if other != seat:
            assert not {"turn.begin", "turn.pass", "turn.defer"} & offered(room, other)


@given(evenings())
def test_one_main_action_at_most_on_any_screen(history: History) -> None:
    def one_main(room: World) -> None:
        for _, view in room.views():
            assert sum(offer.place == "main" and offer.shown for offer in view.may) <= 1

    play(STORY_CIRCLE, history, one_main, checked=False)


def test_circles_are_closed_to_facilitators() -> None:
    room = telling(9)
    for group in STORY_CIRCLE.groups(room.state):
        assert "f1" not in group.members


def test_twenty_four_people_in_three_circles_walk_from_gather_to_the_end() -> None:
    room = world(STORY_CIRCLE, count=24, seed=4)
    room.lead = "f1"
    lead_to(room, "telling")
    assert [len(one.seats) for one in room.state.circles] == [8, 8, 8]
    for one in room.state.circles:
        finish_round(room, one.id)
    lead_to(room, "closed")
    assert STORY_CIRCLE.harvest(room.state).counts == {"stories_told": 24, "circles": 3}
    check_whole(room)


@pytest.mark.parametrize("hosts", [True, False])
def test_everything_holds_all_along_an_evening_with_passes_and_second_chances(hosts: bool) -> None:
    room = lead_to(evening(9, hosts=hosts, prompt=Words(SECRET)), "telling")
    steps = 0
    while any(one.stage == "telling" for one in room.state.circles):
        for one in story.running(room.state):
            seat = circle(room, one.id).teller
            steps += 1
            if not seat:
                continue
            if circle(room, one.id).step == "turn":
                room.do(seat, ("turn.done", "turn.pass", "turn.done")[steps % 3])
            else:
                room.do(seat, ("turn.begin", "turn.pass", "turn.begin", "turn.begin")[steps % 4])
            check(room)
            also(room)
        room.wait(15 * SECOND)
    assert {"second_chance.offer", "second_chance.turn", "second_chance.breath"} <= room.phases
    while not STORY_CIRCLE.closed(room.state):
        check(room)
        also(room)
        room.do("f1", "phase.next", "panel")
    check_whole(room)
    check_log(room)

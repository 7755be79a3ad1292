"""Dyads (`methods.md` A3): DY1 to DY7 over generated histories, and each rule by name."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities import pairing, phases
from activities._dyads_commands import PairsFormed, PairsMended, Settings
from activities._dyads_model import (
    HALVES,
    MOST_TOGETHER,
    PHASES,
    REPAIR,
    TOGETHER,
    State,
    group_of,
    in_pairs,
    own_timer,
    steps,
    turn,
    waiting,
)
from activities.blocks import Form, Groups, Pairs, Voice, Words
from activities.dyads import DYADS, harvest
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeGive
from activities.kernel import Before, Member
from activities.people import placeable
from tests.activities.driver import (
    SECOND,
    History,
    World,
    events_of,
    explore,
    histories,
    names_in,
    play,
    world,
)
from tests.activities.test_pairing import groupings, repeats

SHORT = {
    "paired": Settings(think_s=30, half_s=60, breath_s=10, open_s=60, note_s=30),
    "rotating": Settings(form="rotating", intro_s=30, per_person_s=60, move_s=20, plenary_s=60),
    "one_two_four": Settings(form="one_two_four", alone_s=30, pair_s=60, four_s=60, all_s=60),
}


def chosen() -> st.SearchStrategy[Settings]:
    """Short ones of each form, some without the phases that may be left out."""
    bare = Settings(think_s=0, half_s=60, breath_s=0, open_s=0, note_s=0)
    swift = Settings(form="rotating", intro_s=0, per_person_s=60, move_s=0, plenary_s=0, rounds=4)
    fills = msgspec.structs.replace(SHORT["rotating"], odd="facilitator_fills", mix="any")
    return st.sampled_from((*SHORT.values(), bare, swift, fills))


def here(room: World, seat: str) -> bool:
    person = room.people[seat]
    return person.member.here and not person.left


# --- laws over histories ------------------------------------------------------------------------


def laws(room: World) -> None:
    """DY1, DY3, DY5, G3, G5 in any state."""
    state: State = room.state
    nobody_is_forgotten(room, state)
    if state.phases.phase == "four":
        together = [len(seats) for seats in state.groups.values()]
        assert all(1 < size <= MOST_TOGETHER for size in together)
    # Nobody's end comes before it would have without what others were given.
    for id in state.groups:
        own = own_timer(state, id).ends_at
        assert own is None or own <= (state.phases.timer.ends_at or 0)
    if in_pairs(state):
        sizes = [len(seats) for seats in state.groups.values()]
        assert not sizes or max(sizes) <= 3
        assert 1 not in sizes
        # A group of which nobody is here keeps its places; others are mended without it.
        asleep = room.__dict__.setdefault("asleep", False) or any(
            not any(here(room, seat) for seat in seats) for seats in state.groups.values()
        )
        room.__dict__["asleep"] = asleep
        assert asleep or sizes.count(3) <= 1
        for id, seats in state.groups.items():
            lonely(room, state, id, seats)


def nobody_is_forgotten(room: World, state: State) -> None:
    """G3: everybody here sits with somebody, or waits at the door; G5: no facilitator unless as
    the one who fills a place."""
    if state.phases.phase not in TOGETHER or not state.groups:
        return
    placed = {seat for seats in state.groups.values() for seat in seats}
    for member in placeable(state.people):
        assert (member.seat in placed) != (member.seat in waiting(state))
    filling = [seat for seat in placed if state.people[seat].facilitator]
    assert len(filling) <= 1
    for seat in placed:
        assert not state.people[seat].observer


def lonely(room: World, state: State, id: str, seats: tuple[str, ...]) -> None:
    """DY5: nobody has been alone in a group for more than a minute."""
    present = [seat for seat in seats if here(room, seat)]
    if len(present) == 1:
        since = [state.silent[seat] for seat in seats if seat in state.silent]
        assert since, f"{id} is alone and nobody is known to be away"
        assert room.now <= min(since) + REPAIR


FEWER = settings(max_examples=max(10, settings().max_examples // 4))
"""Every example looks at every screen after every move; the long campaign has its full share."""


@FEWER
@given(histories(DYADS, chosen(), people=9, length=50))
def test_DY1_DY5_G3_G5_any_history(history: History) -> None:
    play(DYADS, history, also=laws)


@given(histories(DYADS, chosen(), people=8, length=90))
def test_DY1_DY2_each_round_places_everybody_with_the_fewest_repeats(history: History) -> None:
    room = play(DYADS, history, checked=False)
    state = DYADS.initial(room.settings, room.members, room.first)
    for event in room.log:
        if isinstance(event, PairsFormed) and (history.settings.form, event.round) != FOURS:
            formed_well(state, event)
        state = DYADS.evolve(state, event)
    assert state == room.state


FOURS = ("one_two_four", 2)


def formed_well(state: State, event: PairsFormed) -> None:
    """DY1: everybody here, sizes 2, one 3 iff odd. DY2: as few repeats as can be."""
    seats = sorted(seat for group in event.groups for seat in group)
    people = sorted(member.seat for member in placeable(state.people))
    assert set(people) <= set(seats)
    assert all(state.people[seat].facilitator for seat in set(seats) - set(people))
    sizes = Counter(map(len, event.groups))
    assert set(sizes) <= {2, 3}
    assert sizes[3] == len(seats) % 2
    past = state.sitting.past
    if len(seats) <= 8 and len(seats) != 5 and not (state.wishes.apart or state.wishes.together):
        fewest = min(repeats(way, past) for way in groupings(seats))
        assert repeats(event.groups, past) == fewest


def test_every_phase_is_reached() -> None:
    found = explore(DYADS, tuple(SHORT.values()), seed=3, rounds=45, length=140)
    assert found.phases == set(PHASES)


def test_every_command_of_people_is_offered_somewhere() -> None:
    found = explore(DYADS, tuple(SHORT.values()), seed=5, rounds=45, length=140)
    missing = set(DYADS.commands) - found.commands - set(phases.CLOCK)
    names = {kind.__name__ for kind in missing}
    assert names <= {"PairsFound", "PairWait", "PairJoin", "Cut", "Next"}, names


# --- the way through ----------------------------------------------------------------------------


def begun(form: str = "paired", count: int = 4, facilitators: int = 1, **fields: Any) -> World:
    """A room with pairs, in the first phase."""
    set_ = msgspec.structs.replace(SHORT[form], **fields)
    room = world(DYADS, set_, count=count, facilitators=facilitators)
    room.work()
    return room


def go(room: World, to: str) -> None:
    """The lead goes on until this phase."""
    for _ in range(40):
        if room.state.phases.phase == to:
            return
        room.do(room.lead, "phase.next", "panel")
        room.work()
    raise AssertionError(f"{to} is never reached")


def wait_for(room: World, phase: str) -> None:
    """Let the clock alone lead to this phase."""
    for _ in range(4_000):
        if room.state.phases.phase == phase:
            return
        room.wait(1_000)
    raise AssertionError(f"{phase} does not come by itself")


def run(room: World, milliseconds: int = 1_000_000) -> list[str]:
    """The clock alone; the phases everybody went through."""
    seen = [room.state.phases.phase]
    for _ in range(milliseconds // 5_000):
        room.wait(5_000)
        if seen[-1] != room.state.phases.phase:
            seen.append(room.state.phases.phase)
    return seen


def voice(room: World, seat: str) -> Voice:
    return next(b for b in room.view(seat).blocks if isinstance(b, Voice))


def test_paired_goes_by_the_clock_alone() -> None:
    wanted = ["think", "half_1", "breath", "half_2", "breath", "open", "own_note", "closed"]
    assert run(begun("paired")) == wanted


def test_rotating_has_three_rounds_with_new_partners() -> None:
    room = begun("rotating", count=6)
    go(room, "move")
    seen = run(room)
    assert seen[:8] == ["move", "half_1", "half_2"] * 2 + ["move", "half_1"]
    formed = [e.groups for e in events_of(room, PairsFormed)]
    assert len(formed) == 3
    met = [group for groups in formed for group in groups]
    assert max(pairing.meetings(met).values()) == 1


def test_the_next_round_is_prepared_during_the_last_half() -> None:
    room = begun("rotating", count=6)
    go(room, "half_2")
    assert room.state.plan is not None
    assert DYADS.work(room.state) is None
    room.do(room.lead, "phase.next", "panel")
    assert room.state.sitting.round == 2  # in the same decision


def test_a_plan_of_other_people_is_not_used() -> None:
    room = begun("rotating", count=6)
    go(room, "half_2")
    room.drop("s1")
    room.do(room.lead, "phase.next", "panel")
    assert room.state.sitting.round == 1
    room.work()
    assert room.state.sitting.round == 2
    assert group_of(room.state, "s1") == ""


def test_one_two_four_all() -> None:
    room = begun("one_two_four", count=9)
    go(room, "pair")
    pairs = [set(seats) for seats in room.state.groups.values()]
    go(room, "four")
    fours = [set(seats) for seats in room.state.groups.values()]
    assert sorted(map(len, fours)) == [4, 5]
    assert all(any(pair <= four for four in fours) for pair in pairs)  # DY7
    seat = sorted(fours[0])[0]
    assert room.do(seat, "item.bring", words=Words("w-item")) is None
    go(room, "all")
    assert room.state.aloud is not None
    teller = room.state.aloud.floor.seat
    assert room.do(teller, "turn.begin") is None
    assert room.do(teller, "turn.done") is None
    assert Words("w-item") in {item.words for item in harvest(room.state).items}


@given(st.integers(2, 20), st.integers(0, 10))
@settings(max_examples=20)
def test_DY7_pair_mates_stay_together_in_the_four(count: int, seed: int) -> None:
    room = world(DYADS, SHORT["one_two_four"], count=count, seed=seed)
    room.work()
    go(room, "pair")
    pairs = [set(seats) for seats in room.state.groups.values()]
    go(room, "four")
    fours = [set(seats) for seats in room.state.groups.values()]
    assert all(any(pair <= four for four in fours) for pair in pairs)


# --- time ---------------------------------------------------------------------------------------


def spoken(room: World, until: str = "own_note") -> Counter[str]:
    """Milliseconds each had the floor while the clock runs alone."""
    found: Counter[str] = Counter()
    for _ in range(4_000):
        state = room.state
        if state.phases.phase in (until, "plenary", "closed"):
            return found
        if state.phases.phase in HALVES and state.phases.timer.state == "running":
            for id, seats in state.groups.items():
                found[seats[turn(state, id)]] += 500
        room.wait(500)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("count", [2, 3, 4, 5, 7])
def test_DY3_equal_seconds_for_all_members_of_a_group(count: int) -> None:
    room = begun("paired", count=count, half_s=180)
    had = spoken(room)
    for seats in room.state.groups.values():
        times = [had[seat] for seat in seats]
        assert max(times) - min(times) <= 2_000, times
        assert sum(times) == pytest.approx(360_000, abs=3_000)


def test_DY3_three_turns_are_never_under_ninety_seconds() -> None:
    room = begun("paired", count=3, half_s=60)
    had = spoken(room)
    assert all(time >= 89_000 for time in had.values())
    assert len(had) == 3


def test_DY3_more_time_in_the_first_half_is_given_in_the_second_too() -> None:
    room = begun("paired", count=2)
    go(room, "half_1")
    assert room.do(room.lead, "phase.extend", "panel") is None
    assert len(set(spoken(room).values())) == 1


def test_DY3_a_first_half_the_lead_ends_early_makes_the_second_as_short() -> None:
    room = begun("paired", count=2)
    go(room, "half_1")
    room.wait(30_000)
    go(room, "half_2")
    assert room.state.phases.timer.duration == 30_000


def test_DY3_nobody_extends_the_second_half() -> None:
    room = begun("paired", count=2)
    go(room, "half_2")
    offered = {type(offer.command).__name__ for offer in room.view(room.lead, "panel").may}
    assert "PhaseExtend" not in offered


def test_the_third_of_a_trio_is_in_half_3() -> None:
    room = begun("paired", count=3)
    go(room, "half_1")
    wait_for(room, "half_2")
    room.wait(60_000)
    assert {DYADS.phase(room.state, seat) for seat in ("s1", "s2", "s3")} == {"half_3"}
    assert DYADS.phase(room.state, "") == "half_2"


def test_halves_end_hard_with_ten_seconds_for_last_words() -> None:
    room = begun("paired", count=2)
    go(room, "half_1")
    room.wait(60_000)
    assert room.state.phases.timer.state == "over"
    room.wait(10_000)
    assert room.state.phases.phase == "breath"


def test_who_came_last_begins_and_next_time_the_other() -> None:
    room = begun("rotating", count=2)
    go(room, "half_1")
    first = voice(room, "s2")
    assert first.mode == "speak"
    go(room, "half_2")
    go(room, "half_1")
    assert voice(room, "s1").mode == "speak"


def test_an_old_tap_of_an_earlier_round_is_stale() -> None:
    """G7"""
    room = begun("rotating", count=4)
    go(room, "half_1")
    room.do(room.lead, "phase.next", "panel")
    old = room.taps[-1].command
    go(room, "half_1")
    assert room.send(room.lead, old) == "stale_phase"


def test_a_pause_keeps_the_time_of_pairs_and_trios() -> None:
    """G6"""
    room = begun("paired", count=3)
    go(room, "half_1")
    room.wait(20_000)
    room.do("s1", "pause.call")
    room.wait(300_000)
    room.do("s1", "pause.resume")
    had = spoken(room)
    had[next(iter(room.state.groups.values()))[0]] += 20_000
    assert max(had.values()) - min(had.values()) <= 2_000


# --- people who go and come ---------------------------------------------------------------------


def test_1_13_pairs_leaver_DY5_the_partner_is_asked_and_then_mended() -> None:
    """DY5; 1.13 pairs, leaver and reconnect."""
    room = begun("paired", count=4)
    go(room, "half_1")
    lost, left = next(iter(room.state.groups.values()))
    room.drop(lost)
    room.wait(29_000)
    assert "pair.join" not in offered(room, left)
    room.wait(2_000)
    assert {"pair.join", "pair.wait"} <= offered(room, left)
    room.do(left, "pair.wait")
    room.wait(29_000)
    assert len(room.state.groups[group_of(room.state, left)]) == 3
    room.back(lost)
    assert group_of(room.state, lost) == ""
    assert lost in waiting(room.state)  # next round


def test_1_13_pairs_reconnect_who_comes_back_within_a_minute_has_the_same_pair() -> None:
    """1.13 reconnect; G9"""
    room = begun("paired", count=4)
    go(room, "half_1")
    before = room.state.groups
    lost = next(iter(before.values()))[0]
    room.drop(lost)
    room.wait(50_000)
    room.back(lost)
    room.wait(60_000)
    assert {id: set(s) for id, s in room.state.groups.items()} == {
        id: set(s) for id, s in before.items()
    }


def test_an_outage_of_everybody_parts_no_pair() -> None:
    room = begun("paired", count=4, half_s=300)
    go(room, "half_1")
    before = {id: set(seats) for id, seats in room.state.groups.items()}
    people = [seat for seats in before.values() for seat in seats]
    for seat in people:
        room.drop(seat)
    room.wait(150_000)
    for seat in people:
        room.back(seat)
        room.wait(2_000)
    assert {id: set(seats) for id, seats in room.state.groups.items()} == before


def test_whoever_comes_back_first_is_not_alone_for_more_than_a_minute() -> None:
    """DY5"""
    room = begun("paired", count=4, half_s=300)
    go(room, "half_1")
    one, other = next(iter(room.state.groups.values()))
    room.drop(one)
    room.drop(other)
    room.wait(90_000)
    room.back(one)
    room.wait(61_000)
    assert len(room.state.groups[group_of(room.state, one)]) == 3


def test_nobody_is_sent_to_a_pair_of_which_nobody_is_here() -> None:
    room = begun("paired", count=6, half_s=300)
    go(room, "half_1")
    (a, b), (c, d), (e, f) = room.state.groups.values()
    for seat in (a, b):
        room.drop(seat)
    room.wait(90_000)
    room.leave(c)
    assert set(room.state.groups[group_of(room.state, d)]) == {d, e, f}
    room.back(a)
    room.back(b)
    assert group_of(room.state, a) == group_of(room.state, b) != ""


def test_join_others_mends_at_once() -> None:
    room = begun("paired", count=6)
    go(room, "half_1")
    lost, left = next(iter(room.state.groups.values()))
    room.drop(lost)
    room.wait(31_000)
    assert room.do(left, "pair.join") is None
    assert len(room.state.groups[group_of(room.state, left)]) == 3


def test_two_left_alone_become_a_pair() -> None:
    room = begun("paired", count=4)
    go(room, "open")
    for seats in list(room.state.groups.values()):
        room.leave(seats[0])
    assert [len(seats) for seats in room.state.groups.values()] == [2]


def test_a_co_facilitator_joins_the_last_one_left() -> None:
    """1.6 *Repair*, last resort; G4"""
    room = begun("paired", count=2, facilitators=2)
    go(room, "half_1")
    room.leave("s1")
    assert set(next(iter(room.state.groups.values()))) == {"s2", "f2"}


def test_without_anybody_to_join_one_waits_at_the_door() -> None:
    room = begun("paired", count=2, facilitators=1)
    go(room, "half_1")
    room.leave(room.lead)
    room.leave("s1")
    assert room.state.groups == {}
    assert waiting(room.state) == ("s2",)
    room.join(Member("s9"))
    room.work()
    assert group_of(room.state, "s2") == ""  # pairs meet in think, or in the next round


def test_1_13_pairs_late_joiner_in_think_one_sits_down_with_a_pair_later_one_waits() -> None:
    """1.13 late joiner"""
    room = begun("paired", count=4)
    room.join(Member("s5"))
    assert len(room.state.groups[group_of(room.state, "s5")]) == 3
    room.join(Member("s6"))
    assert sorted(len(seats) for seats in room.state.groups.values()) == [2, 2, 2]
    go(room, "half_1")
    room.join(Member("s7"))
    assert waiting(room.state) == ("s7",)


def test_1_13_pairs_late_joiner_in_rotating_one_waits_for_the_next_round() -> None:
    room = begun("rotating", count=4)
    go(room, "half_1")
    room.join(Member("s5"))
    assert waiting(room.state) == ("s5",)
    go(room, "half_2")
    room.work()
    go(room, "move")
    assert group_of(room.state, "s5")


@pytest.mark.parametrize(("count", "facilitators"), [(1, 1), (1, 2), (5, 2)])
def test_1_13_pairs_too_few_a_facilitator_fills_for_one_and_for_five(
    count: int, facilitators: int
) -> None:
    """1.13 too few; A3 *Pairing rule*"""
    room = begun("rotating", count=count, facilitators=facilitators)
    go(room, "half_1")
    assert all(len(seats) == 2 for seats in room.state.groups.values())
    filling = "f2" if facilitators > 1 else "f1"
    assert group_of(room.state, filling)


def test_1_13_pairs_odd_five_with_the_lead_alone_have_a_trio() -> None:
    room = begun("rotating", count=5)
    go(room, "half_1")
    assert sorted(map(len, room.state.groups.values())) == [2, 3]


def test_1_13_pairs_odd_facilitator_fills() -> None:
    room = begun("paired", count=7, facilitators=2, odd="facilitator_fills")
    assert sorted(map(len, room.state.groups.values())) == [2, 2, 2, 2]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7, 8, 31, 60])
def test_DY1_everybody_is_in_one_group(count: int) -> None:
    room = begun("paired", count=count)
    sizes = Counter(map(len, room.state.groups.values()))
    assert +sizes == +Counter({2: (count - 3 * (count % 2)) // 2, **({3: 1} if count % 2 else {})})


def test_earlier_pairs_of_the_session_are_remembered() -> None:
    """history=session"""
    first = begun("paired", count=6)
    met = harvest(first.state).met
    assert len(met) == 3
    room = world(DYADS, SHORT["paired"], count=6)
    moment = msgspec.structs.replace(room.first, before=Before(met=met))
    room.state = DYADS.initial(room.settings, room.members, moment)
    room.work()
    assert repeats(room.state.groups.values(), met) == 0
    assert len(harvest(room.state).met) == 3


def test_wishes_hold_from_the_next_pairs_on() -> None:
    room = begun("rotating", count=6)
    go(room, "half_1")
    one, other = next(iter(room.state.groups.values()))
    room.do(room.lead, "pair.wish", "panel", one=one, other=other, wish="together")
    assert "with {name}" in str(room.view(room.lead, "panel"))
    assert "with {name}" not in str(room.view(one))
    go(room, "half_2")
    go(room, "half_1")
    assert group_of(room.state, one) == group_of(room.state, other)


@pytest.mark.parametrize("count", [9, 11])
def test_DY6_nobody_is_in_two_trios_of_a_run(count: int) -> None:
    room = begun("rotating", count=count)
    go(room, "move")
    wait_for(room, "plenary")
    trios = Counter(
        seat
        for event in room.log
        if isinstance(event, PairsFormed)
        for seats in event.groups
        if len(seats) == 3
        for seat in seats
    )
    assert sum(trios.values()) == 9
    assert max(trios.values()) == 1


def test_the_panel_says_when_every_group_is_ready_or_asks_for_time() -> None:
    room = begun("paired", count=2)
    go(room, "open")
    room.do("s1", "group.ready")
    room.do("s2", "time.ask")
    shown = str(room.view(room.lead, "panel"))
    assert "Every group is ready" in shown
    given = [o.command.group for o in panel(room) if isinstance(o.command, TimeGive)]
    assert given == ["p1-1", ""]


# --- two more minutes, for one pair or all ------------------------------------------------------


def end_of(room: World, seat: str) -> int:
    found = room.view(seat).ends_at
    assert found is not None
    return found


@pytest.mark.parametrize(("form", "phase"), [("paired", "open"), ("one_two_four", "pair")])
def test_a_pair_that_asks_is_given_time_alone_and_the_others_end_as_they_would(
    form: str, phase: str
) -> None:
    room = begun(form, count=8)
    go(room, phase)
    one, other = list(room.state.groups)[:2]
    seat, stranger = room.state.groups[one][0], room.state.groups[other][0]
    ends = end_of(room, seat)
    assert room.do(seat, "time.ask") is None
    given = [o.command for o in panel(room) if isinstance(o.command, TimeGive)]
    assert [command.group for command in given] == [one, ""]
    (signals,) = [b for b in room.view(room.lead, "panel").blocks if isinstance(b, Groups)]
    (line,) = signals.groups  # it stands among the signals, with its answers
    assert [panel(room)[n].command for n in line.offers] == given
    assert room.send(room.lead, given[0]) is None
    assert end_of(room, seat) == ends + 120 * SECOND
    assert end_of(room, stranger) == ends
    assert voice(room, seat).clock != voice(room, stranger).clock
    assert "another group has a little longer" in str(room.view(stranger).blocks).lower()
    assert "another group has a little longer" not in str(room.view(seat).blocks).lower()
    assert one not in room.state.asked
    wait_for(room, phase)
    while room.now < ends + 60 * SECOND:
        room.wait(5 * SECOND)
    assert room.state.phases.phase == phase  # the room waits for the one


def test_time_for_everybody_moves_every_end_and_answers_who_asked() -> None:
    room = begun("paired", count=4)
    go(room, "open")
    ends = [end_of(room, seat) for seat in ("s1", "s2", "s3", "s4")]
    for seats in room.state.groups.values():
        room.do(seats[0], "time.ask")
    give = next(
        o.command for o in panel(room) if isinstance(o.command, TimeGive) and not o.command.group
    )
    assert room.send(room.lead, give) is None
    after = [end_of(room, seat) for seat in ("s1", "s2", "s3", "s4")]
    assert after == [end + 120 * SECOND for end in ends]
    assert not room.state.asked


def test_DY3_no_half_is_longer_for_one_pair() -> None:
    room = begun("paired", count=4)
    go(room, "half_1")
    group = next(iter(room.state.groups))
    give = TimeGive(epoch=room.epoch, phase="half_1", group=group)
    assert room.send(room.lead, give) == "not_allowed"


def test_a_tap_for_more_time_that_comes_too_late_changes_nothing() -> None:
    room = begun("paired", count=4)
    go(room, "open")
    group = next(iter(room.state.groups))
    before = room.state
    late = TimeGive(epoch=room.epoch, phase="pair", group=group)
    assert room.send(room.lead, late) == "stale_phase"
    gone = TimeGive(epoch=room.epoch, phase="open", group="p9-9")
    assert room.send(room.lead, gone) == "unknown"
    assert room.state == before


def test_going_back_brings_back_who_had_more_time_and_a_new_phase_forgets_it() -> None:
    room = begun("paired", count=4)
    go(room, "open")
    group = next(iter(room.state.groups))
    room.send(room.lead, TimeGive(epoch=room.epoch, phase="open", group=group))
    more = dict(room.state.sitting.more)
    go(room, "own_note")
    assert not room.state.sitting.more
    assert room.do(room.lead, "phase.back", "panel") is None
    assert room.state.sitting.more == more


def test_who_is_mended_takes_the_time_they_were_given_along_G6() -> None:
    room = begun("paired", count=6)
    go(room, "open")
    one = next(iter(room.state.groups))
    left, stays = room.state.groups[one]
    ends = end_of(room, stays)
    room.send(room.lead, TimeGive(epoch=room.epoch, phase="open", group=one))
    room.leave(left)
    assert len(room.state.groups[group_of(room.state, stays)]) == 3
    assert end_of(room, stays) == ends + 120 * SECOND
    untouched = [s for s in room.here() if s != room.lead and end_of(room, s) == ends]
    assert len(untouched) == 2


# --- fours that are merged and made two of ------------------------------------------------------


def fours(count: int = 8) -> World:
    room = begun("one_two_four", count=count)
    go(room, "pair")
    room.__dict__["pairs"] = list(room.state.groups.values())
    go(room, "four")
    return room


def regroup(room: World, kind: type[GroupMerge] | type[GroupSplit], **fields: str) -> Any:
    offer = next(one for one in panel(room) if isinstance(one.command, kind))
    return room.send(room.lead, msgspec.structs.replace(offer.command, **fields))


def test_DY7_a_four_is_made_two_of_and_pair_mates_stay_together() -> None:
    room = fours()
    one = next(iter(room.state.groups))
    assert regroup(room, GroupSplit, group=one) is None
    assert sorted(map(len, room.state.groups.values())) == [2, 2, 4]
    for pair in room.__dict__["pairs"]:
        assert len({group_of(room.state, seat) for seat in pair}) == 1


def test_small_fours_are_let_join_and_keep_what_both_bring() -> None:
    room = fours()
    one = next(iter(room.state.groups))
    assert regroup(room, GroupSplit, group=one) is None
    small = [id for id, seats in room.state.groups.items() if len(seats) == 2]
    for id in small:
        seat = room.state.groups[id][0]
        assert room.do(seat, "item.bring", words=Words(f"from {id}")) is None
    assert regroup(room, GroupMerge, group=small[1], into=small[0]) is None
    assert sorted(map(len, room.state.groups.values())) == [4, 4]
    texts = {item.words.ref for item in harvest(room.state).items}
    assert texts == {f"from {id}" for id in small}
    assert room.state.brought[small[0]].words.ref == f"from {small[0]}"


def test_fours_never_grow_beyond_six_and_nobody_is_split_off_alone() -> None:
    room = fours(12)
    one, other = list(room.state.groups)[:2]
    assert not [o for o in panel(room) if isinstance(o.command, GroupMerge)]
    merge = GroupMerge(epoch=room.epoch, group=one, into=other)
    assert room.send(room.lead, merge) == "full"
    room = fours(6)  # one six: three pairs
    assert regroup(room, GroupSplit) is None
    assert sorted(map(len, room.state.groups.values())) == [2, 4]


@pytest.mark.parametrize("phase", ["think", "open"])
def test_DY1_pairs_are_neither_merged_nor_split(phase: str) -> None:
    room = begun("paired", count=5, facilitators=1)
    go(room, phase)
    one, other = list(room.state.groups)[:2]
    for command in (
        GroupMerge(epoch=room.epoch, group=one, into=other),
        GroupSplit(epoch=room.epoch, group=one),
    ):
        assert not [o for o in panel(room) if type(o.command) is type(command)]
        assert room.send(room.lead, command) == "not_allowed"


def test_a_move_is_a_change_of_places() -> None:
    room = begun("paired", count=6)
    (one, mate), (a, b), other = room.state.groups.values()
    move(room, one, group_of(room.state, a))
    after = [set(seats) for seats in room.state.groups.values()]
    assert sorted(map(len, after)) == [2, 2, 2]
    assert {one, mate} not in after
    assert any(one in seats and seats & {a, b} for seats in after)
    assert set(other) in after


def test_nobody_is_moved_while_one_speaks() -> None:
    room = begun("paired", count=4)
    go(room, "half_1")
    assert "group.move" not in {type(o.command).__struct_config__.tag for o in panel(room)}


def move(room: World, seat: str, to: str) -> None:
    offer = next(one for one in panel(room) if isinstance(one.command, GroupMove))
    assert room.send(room.lead, msgspec.structs.replace(offer.command, seat=seat, to=to)) is None


def panel(room: World) -> tuple[Any, ...]:
    return room.view(room.lead, "panel").may


def test_in_fours_somebody_is_moved_and_late_ones_come_in() -> None:
    room = begun("one_two_four", count=8)
    go(room, "four")
    one, other = room.state.groups
    seat = room.state.groups[one][0]
    move(room, seat, other)
    assert sorted(map(len, room.state.groups.values())) == [3, 5]
    room.join(Member("s99"))
    assert sorted(map(len, room.state.groups.values())) == [4, 5]


def test_back_restores_groups_and_time() -> None:
    """1.3 phase.back"""
    room = begun("rotating", count=6)
    go(room, "half_2")
    before = room.state.groups
    go(room, "move")
    assert room.state.groups != before
    room.wait(5_000)
    assert room.do(room.lead, "phase.back", "panel") is None
    assert room.state.groups == before
    room.work()
    go(room, "move")
    assert room.state.sitting.round == 2


def test_1_13_pairs_pass_and_silent_person_the_time_stays_theirs() -> None:
    room = begun("paired", count=2)
    go(room, "half_1")
    speaker = next(iter(room.state.groups.values()))[0]
    assert not {tag for tag in offered(room, speaker) if tag.startswith("turn.")}
    room.wait(59_000)
    assert voice(room, speaker).mode == "speak"


def test_1_13_pairs_unequal_groups_the_trio_has_the_same_total() -> None:
    room = begun("paired", count=5, half_s=180)
    had = spoken(room)
    totals = [sum(had[seat] for seat in seats) for seats in room.state.groups.values()]
    assert max(totals) - min(totals) <= 2_000


def test_1_13_pairs_lead_leaves_the_clocks_finish_and_then_the_room_holds() -> None:
    room = begun("rotating", count=4)
    go(room, "move")
    room.leave(room.lead)
    assert run(room)[-1] == "plenary"
    room.wait(600_000)
    assert room.state.phases.phase == "plenary"


def test_1_13_pairs_table_device_lost_a_room_pair_goes_on_unrecorded() -> None:
    room = at_table()
    go(room, "half_1")
    for seat in ("c1", "c2"):
        room.drop(seat)
    room.wait(70_000)
    assert group_of(room.state, "c1") == group_of(room.state, "c2") != ""


@pytest.mark.slow
def test_1_13_pairs_too_many_any_number() -> None:
    room = begun("paired", count=300)
    assert len(room.state.groups) == 150


def test_in_a_trio_nobody_is_asked_to_leave_for_others() -> None:
    room = begun("paired", count=3)
    go(room, "half_1")
    lost, left, *_ = next(iter(room.state.groups.values()))
    room.drop(lost)
    room.wait(40_000)
    assert "pair.join" not in offered(room, left)
    room.wait(30_000)
    assert len(room.state.groups[group_of(room.state, left)]) == 2


# --- words --------------------------------------------------------------------------------------


def offered(room: World, seat: str) -> set[str]:
    return {str(type(o.command).__struct_config__.tag) for o in room.view(seat).may}


def test_DY4_a_note_about_the_partner_is_refused() -> None:
    room = begun("paired", count=2)
    go(room, "own_note")
    assert room.do("s1", "note.keep", words=Words("w1"), said_by="s2") == "not_allowed"
    assert room.do("s1", "note.keep", words=Words("w2"), said_by="s1") is None
    assert [item.seat for item in harvest(room.state).items] == ["s1"]


def test_DY4_no_note_leaves_a_pair_before_own_note_and_nothing_names_the_partner() -> None:
    room = begun("paired", count=2)
    for phase in ("think", "half_1", "breath", "half_2", "open"):
        go(room, phase)
        assert not any(isinstance(block, Form) for block in room.view("s1").blocks)
        assert "note.keep" not in offered(room, "s1")
    go(room, "own_note")
    room.do("s1", "note.keep", words=Words("w1"), scope="self")
    item = harvest(room.state).items[0]
    assert item.group == ""
    assert "w1" not in str(room.view("s2"))
    assert "w1" not in str(room.view(room.lead, "panel"))


def test_what_is_kept_for_oneself_is_not_released() -> None:
    room = begun("paired", count=2)
    go(room, "own_note")
    room.do("s1", "note.keep", words=Words("w1"), scope="self")
    assert any(getattr(event, "choice", "") == "keep" for event in room.log)


# --- screens ------------------------------------------------------------------------------------


def test_you_speak_you_listen() -> None:
    room = begun("paired", count=2)
    go(room, "half_1")
    modes = {seat: voice(room, seat).mode for seat in ("s1", "s2")}
    assert sorted(modes.values()) == ["listen", "speak"]
    assert names_in(room.view("s1")) >= {"s2"}
    panel = room.view(room.lead, "panel").blocks
    assert any(isinstance(block, Pairs) for block in panel)


def at_table() -> World:
    """Two at one device in the hall, two far away."""
    people = (
        Member("f1", facilitator=True),
        *(Member(f"c{i}", where="carried", table="t") for i in (1, 2)),
        *(Member(f"r{i}") for i in (1, 2)),
    )
    room = World(DYADS, SHORT["paired"], people, 1)
    room.lead = "f1"
    room.work()
    return room


def test_people_at_one_table_are_a_spoken_pair() -> None:
    room = at_table()
    assert group_of(room.state, "c1") == group_of(room.state, "c2")
    go(room, "half_1")
    assert "face to face" in str(room.view("c1"))


def test_steps_without_length_are_left_out() -> None:
    bare = Settings(think_s=0, half_s=60, breath_s=0, open_s=0, note_s=0)
    assert [phase for phase, _ in steps(bare)] == ["half_1", "half_2"]


def test_mending_never_pulls_two_apart_who_talk() -> None:
    room = begun("paired", count=8)
    go(room, "half_1")
    before = {id: set(seats) for id, seats in room.state.groups.items()}
    room.leave(next(iter(room.state.groups.values()))[0])
    assert events_of(room, PairsMended)
    whole = [seats for seats in before.values() if seats <= set(room.people) - {room.lead}]
    kept = [set(seats) for seats in room.state.groups.values()]
    together = [seats for seats in whole if any(seats <= other for other in kept)]
    assert len(together) == 3


def test_seconds_are_milliseconds_inside() -> None:
    room = begun("paired", count=2)
    assert room.state.phases.timer.duration == 30 * SECOND


def test_the_button_says_what_comes_and_never_only_on() -> None:
    room = begun("paired", breath_s=5, open_s=60, note_s=60)
    said = {}
    for _ in range(9):
        (offer,) = (
            each
            for each in room.view(room.lead, "panel").may
            if each.place == "main" and type(each.command).__name__ == "PhaseNext"
        )
        phase = room.state.phases.phase
        said[f"breath {1 + ('breath 1' in said)}" if phase == "breath" else phase] = offer.label.id
        room.do(room.lead, "phase.next", "panel")
        room.work()
        if room.state.phases.phase == "closed":
            break
    assert said == {
        "think": "Let the first one speak",
        "half_1": "Let them take a breath",
        "breath 1": "Let the second one speak",
        "half_2": "Let them take a breath",
        "breath 2": "Let them talk freely",
        "open": "Let everybody write",
        "own_note": "End this activity",
    }

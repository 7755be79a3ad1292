"""Groups as places: moves, merges, splits, the door, time for one group or all (`methods.md` 1.4,
1.6)."""

from contextlib import suppress
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import groups, timing
from activities.blocks import say
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeGive
from activities.kernel import Member, Refused
from activities.timing import CIRCLES_BELLS, SECOND

PEOPLE = {f"s{n}": Member(f"s{n}") for n in range(1, 31)}
SEATING = {"c1": ("s1", "s2", "s3"), "c2": ("s4", "s5"), "c3": ()}
NAMES = {"c1": say("Reef"), "c2": say("Delta")}


def test_somebody_is_moved_from_a_group_or_from_the_door() -> None:
    assert groups.ensure_move(SEATING, GroupMove(epoch=1, seat="s1", to="c2"), PEOPLE) == "c1"
    assert groups.ensure_move(SEATING, GroupMove(epoch=1, seat="s9", to="c2"), PEOPLE) == ""


@pytest.mark.parametrize(
    ("seat", "to", "reason"),
    [
        ("s1", "c1", "duplicate"),
        ("s1", "c3", "unknown"),  # ended
        ("s1", "c9", "unknown"),
        ("s99", "c1", "unknown"),
        ("s4", "c1", "full"),
    ],
)
def test_what_is_no_move_is_refused(seat: str, to: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        groups.ensure_move(SEATING, GroupMove(epoch=1, seat=seat, to=to), PEOPLE, largest=3)
    assert refused.value.reason == reason


def test_facilitators_and_observers_are_not_moved_into_groups_G5() -> None:
    people = {"f1": Member("f1", facilitator=True), "x1": Member("x1", observer=True)}
    for seat in people:
        with pytest.raises(Refused, match="unknown"):
            groups.ensure_move(SEATING, GroupMove(epoch=1, seat=seat, to="c1"), people)


@pytest.mark.parametrize(
    ("group", "into", "reason"),
    [
        ("c1", "c1", "unknown"),
        ("c1", "c3", "unknown"),
        ("c9", "c1", "unknown"),
        ("c1", "c2", "full"),
    ],
)
def test_what_is_no_merge_is_refused(group: str, into: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        groups.ensure_merge(SEATING, GroupMerge(epoch=1, group=group, into=into), largest=4)
    assert refused.value.reason == reason
    groups.ensure_merge(SEATING, GroupMerge(epoch=1, group="c2", into="c1"), largest=5)


@given(st.integers(4, 15), st.integers(0, 2**64 - 1))
def test_a_split_keeps_everybody_once_and_nobody_alone_G4_G5(count: int, dice: int) -> None:
    seats = tuple(f"s{n}" for n in range(1, count + 1))
    stay, go = groups.halves({"c1": seats}, GroupSplit(epoch=1, group="c1"), PEOPLE, dice)
    assert sorted((*stay, *go)) == sorted(seats)
    assert abs(len(stay) - len(go)) <= 1
    assert min(len(stay), len(go)) >= 2


@given(st.integers(0, 2**32))
def test_a_table_is_not_split(dice: int) -> None:
    people = {**PEOPLE, **{f"s{n}": Member(f"s{n}", table="d1") for n in range(1, 4)}}
    seats = tuple(f"s{n}" for n in range(1, 7))
    stay, go = groups.halves({"c1": seats}, GroupSplit(epoch=1, group="c1"), people, dice)
    table = {"s1", "s2", "s3"}
    assert table <= set(stay) or table <= set(go)


def test_what_is_no_split_is_refused_with_a_sentence() -> None:
    for group, reason in (("c1", "bad_request"), ("c3", "unknown"), ("c9", "unknown")):
        with pytest.raises(Refused) as refused:
            groups.halves(SEATING, GroupSplit(epoch=1, group=group), PEOPLE, 1)
        assert refused.value.reason == reason
    people = {seat: Member(seat, table="d1") for seat in PEOPLE}
    with pytest.raises(Refused) as refused:
        groups.halves({"c1": tuple(PEOPLE)[:5]}, GroupSplit(epoch=1, group="c1"), people, 1)
    assert refused.value.message is not None


def test_the_door_prefers_home_then_the_smallest_that_is_open() -> None:
    assert groups.door(SEATING, ["c1"], 8) == "c1"
    assert groups.door(SEATING, [], 8) == "c2"
    assert groups.door(SEATING, ["c2"], 8, home="c1") == "c1"
    assert groups.door(SEATING, ["c1"], 3, home="c1") == "c2"
    assert groups.door(SEATING, [], 2) == ""


def test_the_door_knows_that_some_groups_take_more_than_others() -> None:
    most = {"c1": 15, "c2": 2}
    assert groups.door(SEATING, ["c2"], most) == "c1"
    assert groups.door(SEATING, [], most, home="c2") == "c1"
    assert groups.door(SEATING, [], {"c1": 3}) == ""  # nobody enters a group without a limit


@given(
    st.dictionaries(st.sampled_from(["c1", "c2", "c3", "c4"]), st.integers(0, 6), max_size=4),
    st.sets(st.sampled_from(["c1", "c2", "c3", "c4"])),
    st.integers(1, 6),
    st.sampled_from(["", "c1", "c9"]),
)
def test_the_door_sends_nobody_to_a_full_group_nor_to_one_that_ended_G4(
    sizes: dict[str, int], open_now: set[str], largest: int, home: str
) -> None:
    seating = {group: tuple(f"{group}-{n}" for n in range(size)) for group, size in sizes.items()}
    room = {group for group, size in sizes.items() if 0 < size < largest}
    found = groups.door(seating, open_now, largest, home)
    assert found in room or (found == "" and not room)
    if home in room:
        assert found == home
    elif room & open_now:
        assert found in open_now
        assert sizes[found] == min(sizes[one] for one in room & open_now)


# --- time ---------------------------------------------------------------------------------------


def clock() -> timing.Timer:
    return timing.start(timing.idle("hard", 600 * SECOND, bells=CIRCLES_BELLS), 0)


def test_time_for_all_moves_the_clock_and_leaves_nobody_behind() -> None:
    by, more = groups.given(clock(), {"c1": 0}, TimeGive(epoch=1, phase="telling"))
    assert (by, more) == (120 * SECOND, {"c1": 0})


def test_time_for_one_group_ends_the_others_when_they_would_have_ended() -> None:
    timer, more = clock(), dict.fromkeys(("c1", "c2"), 0)
    command = TimeGive(epoch=1, phase="telling", group="c1")
    by, more = groups.given(timer, more, command)
    timer = timing.extend(timer, by, 1)
    assert groups.own_clock(timer, more, "c1").ends_at == 720 * SECOND
    assert groups.own_clock(timer, more, "c2").ends_at == 600 * SECOND
    # The second that asks gets the same without moving the phase any more.
    by, more = groups.given(timer, more, TimeGive(epoch=1, phase="telling", group="c2"))
    assert by == 0
    assert groups.own_clock(timer, more, "c2").ends_at == 720 * SECOND


@given(st.lists(st.sampled_from(["", "c1", "c2", "c3"]), max_size=6))
def test_a_group_never_loses_time_by_what_others_are_given_G6(asked: list[str]) -> None:
    timer, more = clock(), dict.fromkeys(("c1", "c2", "c3"), 0)
    for group in asked:
        before = {one: groups.own_clock(timer, more, one).ends_at or 0 for one in more}
        by, more = groups.given(timer, more, TimeGive(epoch=1, phase="telling", group=group))
        timer = timing.extend(timer, by, 1) if by else timer
        after = {one: groups.own_clock(timer, more, one).ends_at or 0 for one in more}
        for one in more:
            wanted = 120 * SECOND if group in ("", one) else 0
            assert after[one] - before[one] == wanted


def test_seconds_nobody_offers_are_refused() -> None:
    with pytest.raises(Refused, match="bad_request"):
        groups.given(clock(), {}, TimeGive(epoch=1, phase="telling", seconds=7))


def test_a_group_may_ask_from_the_first_notice_on() -> None:
    timer = clock()
    assert not groups.may_ask(timer, False)
    rung = timing.ring(timer)
    assert groups.may_ask(rung, False)
    assert not groups.may_ask(rung, True)


# --- the panel ----------------------------------------------------------------------------------


def test_only_what_is_possible_is_offered() -> None:
    seating = {"c1": ("s1", "s2", "s3", "s6"), "c2": ("s4", "s5")}
    kinds = [type(offer.command) for offer in groups.lead_offers(seating, NAMES, 3)]
    assert kinds == [GroupMove, GroupMerge, GroupMerge, GroupSplit]
    assert [type(o.command) for o in groups.lead_offers(seating, {"c2": say("Delta")}, 3)] == []
    full = groups.lead_offers(seating, NAMES, 3, largest=5)
    assert not any(isinstance(offer.command, GroupMerge) for offer in full)
    answers = groups.time_offers("c1", say("Reef"), "telling", 3, clock())
    assert [offer.command.group for offer in answers] == ["c1", ""]
    assert groups.time_offers("c1", say("Reef"), "telling", 3, timing.Timer()) == []


def test_every_merge_on_offer_is_possible() -> None:
    seating = {"c1": ("s1", "s2", "s3", "s6"), "c2": ("s4", "s5"), "c3": ("s7", "s8", "s9")}
    names = {**NAMES, "c3": say("Lagoon")}
    for largest in range(3, 9):
        found = groups.lead_offers(seating, names, 3, largest)
        offered = {
            (o.command.group, o.command.into) for o in found if isinstance(o.command, GroupMerge)
        }
        possible = set[tuple[str, str]]()
        for group, into in permutations(seating, 2):
            with suppress(Refused):
                groups.ensure_merge(seating, GroupMerge(epoch=1, group=group, into=into), largest)
                possible.add((group, into))
        assert offered <= possible
        # None is offered only where none would pass: the smallest two have five people.
        assert bool(offered) == bool(possible) == (largest >= 5), largest

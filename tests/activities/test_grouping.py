"""Dividing people into circles (`methods.md` 1.6): sizes, objectives, hosts, merging, names."""

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import grouping
from activities.kernel import Member

LANGUAGES = ("", "en", "es", "hi")
ORGANISATIONS = ("", "o1", "o2", "o3", "o4")
FAST_ENOUGH = 0.050
"""Seconds for 300 people; measured about 4 ms on the machine it was written on."""


def member(number: int, **fields: Any) -> Member:
    return Member(f"s{number}", **fields)


@st.composite
def people(draw: st.DrawFn, most: int = 60, *, tables: bool = False) -> tuple[Member, ...]:
    """A mixed room; with `tables`, some sit round shared devices."""
    count = draw(st.integers(1, most))
    return tuple(
        member(
            number,
            where=draw(st.sampled_from(("remote", "room", "phone"))),
            language=draw(st.sampled_from(LANGUAGES)),
            organisation=draw(st.sampled_from(ORGANISATIONS)),
            willing=draw(st.integers(0, 4)) == 0,
            facilitator=draw(st.integers(0, 9)) == 0,
            table=draw(st.sampled_from(("", "", "t1", "t2"))) if tables else "",
        )
        for number in range(count)
    )


def seats(groups: tuple[grouping.Grouped, ...]) -> list[str]:
    return [seat for group in groups for seat in group.seats]


@given(people(), st.integers(3, 15), st.integers(0, 2**64 - 1))
def test_SC8_G5_everybody_is_placed_once_in_circles_of_nearly_equal_size(
    room: tuple[Member, ...], largest: int, dice: int
) -> None:
    groups = grouping.split(room, largest, dice)
    assert sorted(seats(groups)) == sorted(one.seat for one in room)  # G5
    counts = [len(group.seats) for group in groups]
    assert max(counts) - min(counts) <= 1  # SC8
    assert tuple(sorted(counts, reverse=True)) == grouping.sizes(len(room), largest)
    assert len(room) == 1 or min(counts) > 1  # G4


@given(people(tables=True), st.integers(3, 10), st.integers(0, 2**64 - 1))
def test_a_table_stays_together_and_nobody_is_alone(
    room: tuple[Member, ...], largest: int, dice: int
) -> None:
    groups = grouping.split(room, largest, dice)
    assert sorted(seats(groups)) == sorted(one.seat for one in room)
    for table in ("t1", "t2"):
        carried = {one.seat for one in room if one.table == table}
        assert sum(bool(carried & set(group.seats)) for group in groups) <= 1
    if len(groups) > 1:
        assert min(len(group.seats) for group in groups) >= grouping.LEAST


@pytest.mark.parametrize(("largest", "least"), [(8, 4), (6, 3), (10, 5)])
def test_the_bounds_of_1_6_hold_for_5_to_300_people(largest: int, least: int) -> None:
    for count in range(5, 301):
        groups = grouping.sizes(count, largest)
        assert sum(groups) == count
        assert len(groups) == -(-count // largest)
        assert max(groups) <= largest
        assert max(groups) - min(groups) <= 1
        assert min(groups) >= least


def test_small_limits_make_no_circle_below_three() -> None:
    for largest in (3, 4):
        for count in range(3, 301):
            assert min(grouping.sizes(count, largest)) >= grouping.LEAST
            assert max(grouping.sizes(count, largest)) <= largest + 2


def test_nobody_makes_no_group() -> None:
    assert grouping.sizes(0, 8) == ()
    assert grouping.split((), 8, 1) == ()


@given(people(), st.integers(0, 2**64 - 1))
def test_the_same_dice_give_the_same_circles(room: tuple[Member, ...], dice: int) -> None:
    assert grouping.split(room, 8, dice) == grouping.split(tuple(reversed(room)), 8, dice)


def test_one_language_comes_before_a_mix_of_organisations() -> None:
    room = tuple(
        member(n, language="en" if n < 8 else "es", organisation="o1" if n < 8 else "o2")
        for n in range(16)
    )
    for dice in range(20):
        for group in grouping.split(room, 8, dice):
            assert len({one.language for one in room if one.seat in group.seats}) == 1


def test_organisations_are_mixed() -> None:
    room = tuple(member(n, organisation=f"o{n % 2}") for n in range(16))
    for dice in range(20):
        for group in grouping.split(room, 8, dice):
            mine = [one.organisation for one in room if one.seat in group.seats]
            assert mine.count("o0") == mine.count("o1") == 4


def test_home_teams_stay_together() -> None:
    room = tuple(member(n, organisation=f"o{n % 2}") for n in range(16))
    for dice in range(20):
        for group in grouping.split(room, 8, dice, mix="home_team"):
            assert len({one.organisation for one in room if one.seat in group.seats}) == 1


def test_people_of_the_last_group_are_spread() -> None:
    room = tuple(member(n) for n in range(16))
    last = {f"s{n}": f"g{n // 4}" for n in range(16)}
    for dice in range(20):
        for group in grouping.split(room, 8, dice, last=last):
            before = [last[seat] for seat in group.seats]
            assert all(before.count(key) == 2 for key in set(before))


def test_hosts_are_spread_facilitators_first_then_willing_then_autopilot() -> None:
    room = tuple(
        member(n, facilitator=n == 0, willing=n in (1, 2, 3), language="en") for n in range(32)
    )
    groups = grouping.split(room, 8, 5)
    assert sorted(group.host for group in groups) == ["s0", "s1", "s2", "s3"]
    nobody = grouping.split(tuple(member(n) for n in range(9)), 8, 5)
    assert [group.host for group in nobody] == ["", ""]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9)))
def test_merging_leaves_no_circle_below_three_beside_another(counts: dict[str, int]) -> None:
    left = dict(counts)
    for source, into in grouping.merges(counts):
        left[into] += left.pop(source)
    assert sum(left.values()) == sum(counts.values())
    standing = [size for size in left.values() if size]
    assert len(standing) <= 1 or min(standing) >= grouping.LEAST


def test_a_late_person_goes_to_the_smallest_circle_with_room() -> None:
    assert grouping.smallest({"c1": 5, "c2": 4, "c3": 4}) == "c2"
    assert grouping.smallest({"c1": 8, "c2": 8}, 8) is None
    assert grouping.smallest({"c1": 4, "c2": 0, "c3": 6}, 8, without="c1") == "c3"


def test_circles_have_different_names_however_many() -> None:
    names = [grouping.name(index) for index in range(100)]
    assert len({(line.id, str(line.args)) for line in names}) == 100


def test_three_hundred_people_take_well_under_50_ms() -> None:
    room = tuple(
        member(n, language=LANGUAGES[n % 4], organisation=f"o{n % 9}", willing=n % 7 == 0)
        for n in range(300)
    )
    took = []
    for dice in range(5):
        begun = perf_counter()
        grouping.split(room, 8, dice)
        took.append(perf_counter() - begun)
    assert min(took) < FAST_ENOUGH

"""Who meets whom (`methods.md` A3, 1.6): DY1, DY2, DY6, DY7, repair, and the same on every machine.

Small groups are compared with a search through all groupings.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import pairing
from activities.kernel import Member
from activities.pairing import Seats, Wishes, fours, meetings, mended, pairs

LANGUAGES = ("", "en", "es")
ORGANISATIONS = ("", "o1", "o2", "o3")


def repeats(groups: Iterable[Seats], past: Iterable[Seats]) -> int:
    """How many of the meetings in `groups` are not the first of those two people."""
    met = meetings(past)
    return sum(met[two] > 0 for group in groups for two in combinations(sorted(group), 2))


def room(count: int) -> tuple[Member, ...]:
    return tuple(Member(f"s{number:03}") for number in range(count))


def groupings(seats: Sequence[str]) -> Iterator[tuple[Seats, ...]]:
    """Every way to make pairs, with one trio when the number is odd."""
    if len(seats) % 2:
        for trio in combinations(seats, 3):
            rest = [seat for seat in seats if seat not in trio]
            yield from ((trio, *twos) for twos in _twos(rest))
    else:
        yield from _twos(seats)


def _twos(seats: Sequence[str]) -> Iterator[tuple[Seats, ...]]:
    if not seats:
        yield ()
        return
    first, *rest = seats
    for mate in rest:
        others = [seat for seat in rest if seat != mate]
        yield from (((first, mate), *more) for more in _twos(others))


@st.composite
def pasts(draw: st.DrawFn, seats: Sequence[str], most: int = 6) -> tuple[Seats, ...]:
    """Earlier rounds, some of them with people missing."""
    past: list[Seats] = []
    for _ in range(draw(st.integers(0, most))):
        order = draw(st.permutations(list(seats)))
        present = order[: draw(st.integers(0, len(order)))]
        cut = 3 if len(present) % 2 and len(present) >= 3 else 0
        past += [tuple(present[:3])] if cut else []
        rest = present[cut:]
        past += [tuple(rest[i : i + 2]) for i in range(0, len(rest) - 1, 2)]
    return tuple(past)


@st.composite
def rooms(draw: st.DrawFn, most: int = 9) -> tuple[Member, ...]:
    """A mixed room."""
    return tuple(
        Member(
            f"s{number:03}",
            language=draw(st.sampled_from(LANGUAGES)),
            organisation=draw(st.sampled_from(ORGANISATIONS)),
        )
        for number in range(draw(st.integers(2, most)))
    )


def trio_of(groups: Sequence[Seats]) -> Seats:
    return next((group for group in groups if len(group) == 3), ())


@given(st.data(), rooms(), st.integers(0, 2**64 - 1), st.sampled_from(("other_org", "any")))
def test_DY2_repeats_are_the_minimum_over_all_groupings(
    data: st.DataObject, people: tuple[Member, ...], dice: int, mix: pairing.Mix
) -> None:
    seats = [member.seat for member in people]
    past = data.draw(pasts(seats))
    found = pairs(people, past, dice, mix=mix)
    assert repeats(found, past) == min(repeats(other, past) for other in groupings(seats))


@given(st.data(), st.sampled_from((3, 5, 7)), st.integers(0, 2**64 - 1))
def test_DY6_nobody_has_a_second_trio_before_others_their_first(
    data: st.DataObject, count: int, dice: int
) -> None:
    people = room(count)
    seats = [member.seat for member in people]
    past = data.draw(pasts(seats))
    before = Counter(seat for group in past if len(group) == 3 for seat in group)

    def again(groups: tuple[Seats, ...]) -> tuple[int, int]:
        trio = trio_of(groups)
        return sum(before[seat] > 0 for seat in trio), sum(before[seat] for seat in trio)

    found = pairs(people, past, dice)
    least = repeats(found, past)
    equals = [other for other in groupings(seats) if repeats(other, past) == least]
    assert again(found) == min(again(other) for other in equals)


@pytest.mark.slow
def test_DY1_every_number_from_2_to_200_in_pairs_with_one_trio_when_odd() -> None:
    for count in range(2, 201):
        people = room(count)
        past: tuple[Seats, ...] = ()
        for turn in range(3 if count <= 40 else 2 if count % 20 < 2 else 1):
            groups = pairs(people, past, count + turn, ahead=3 - turn)
            placed = [seat for group in groups for seat in group]
            assert sorted(placed) == [member.seat for member in people], count
            sizes = Counter(len(group) for group in groups)
            assert sizes[3] == count % 2, count
            assert sizes[2] == (count - 3 * (count % 2)) // 2, count
            allowed = {2: turn, 3: 3 * turn, 5: max(0, turn)}.get(count, 0)
            assert repeats(groups, past) <= allowed, count
            past += groups


@pytest.mark.parametrize(
    ("count", "free"), [(4, 3), (6, 3), (7, 3), (8, 4), (9, 3), (31, 3), (40, 6), (41, 6), (200, 6)]
)
def test_DY2_rounds_without_any_repeat(count: int, free: int) -> None:
    people = room(count)
    past: tuple[Seats, ...] = ()
    for turn in range(free):
        groups = pairs(people, past, turn)
        assert repeats(groups, past) == 0
        past += groups


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("rounds", "least"), [(1, 0), (2, 1), (3, 2), (4, 6)])
def test_DY2_five_people_are_planned_for_the_whole_run(rounds: int, least: int, seed: int) -> None:
    people = room(5)
    past: tuple[Seats, ...] = ()
    for turn in range(rounds):
        past += pairs(people, past, seed * 100 + turn, ahead=rounds - turn)
    assert again(past) <= least
    if rounds <= 3:  # measured in the methods, and searched here
        ways = list(groupings([member.seat for member in people]))
        runs = [tuple(g for way in run for g in way) for run in product(ways, repeat=rounds)]
        assert min(map(again, runs)) == least
        fair = min(trio_load(run) for run in runs if again(run) == least)
        assert trio_load(past) == fair  # DY6


def again(run: Sequence[Seats]) -> int:
    return sum(count - 1 for count in pairing.meetings(run).values())


def trio_load(run: Sequence[Seats]) -> int:
    trios = Counter(seat for group in run if len(group) == 3 for seat in group)
    return sum(count * count for count in trios.values())


@given(st.data(), rooms(12), st.integers(0, 2**64 - 1))
def test_the_same_people_past_and_dice_give_the_same_pairs(
    data: st.DataObject, people: tuple[Member, ...], dice: int
) -> None:
    past = data.draw(pasts([member.seat for member in people]))
    mixed = data.draw(st.permutations(people))
    assert pairs(people, past, dice) == pairs(mixed, past, dice)


def test_the_dice_choose_the_same_on_every_machine() -> None:
    assert pairs(room(7), (), 1) == PINNED
    assert len({pairs(room(7), (), dice) for dice in range(20)}) > 10


PINNED = (("s000", "s003", "s002"), ("s001", "s006"), ("s004", "s005"))


def test_colleagues_sit_apart_or_together_as_the_mix_says() -> None:
    people = tuple(
        Member(f"s{i}", organisation=f"o{i % 5}", language=("en", "es")[i % 2]) for i in range(10)
    )
    org = {member.seat: member.organisation for member in people}
    speaks = {member.seat: member.language for member in people}
    for dice in range(5):
        assert all(org[a] != org[b] for a, b in pairs(people, (), dice))
        assert all(org[a] == org[b] for a, b in pairs(people, (), dice, mix="home_team"))
        same = pairs(people, (), dice, mix="same_language")
        assert sum(speaks[a] == speaks[b] for a, b in same) >= 4  # five and five: one pair mixed


@given(st.data(), st.integers(5, 12), st.integers(0, 2**64 - 1))
def test_who_is_kept_together_or_apart(data: st.DataObject, count: int, dice: int) -> None:
    people = room(count)
    seats = [member.seat for member in people]
    past = data.draw(pasts(seats, 3))
    together = ((seats[0], seats[1]),)
    apart = ((seats[2], seats[3]),)
    found = pairs(people, past, dice, wishes=Wishes(together, apart))
    assert any({seats[0], seats[1]} <= set(group) for group in found)
    assert not any({seats[2], seats[3]} <= set(group) for group in found)


@given(st.integers(0, 3), st.integers(0, 5), st.integers(0, 4), st.integers(0, 2**64 - 1))
def test_people_at_a_table_device_talk_with_people_of_the_hall(
    table: int, far: int, hall: int, dice: int
) -> None:
    people = (
        *(Member(f"c{i}", where="carried", table="t") for i in range(2 * table)),
        *(Member(f"r{i}") for i in range(2 * far)),
        *(Member(f"h{i}", where="room") for i in range(2 * hall)),
    )
    known = {member.seat: member for member in people}
    for group in pairs(people, (), dice):
        wheres = {known[seat].where for seat in group}
        assert wheres != {"carried", "remote"}
        if "carried" in wheres:
            assert pairing.face_to_face(known[seat] for seat in group)


@given(st.integers(1, 30), st.integers(0, 2**64 - 1))
def test_DY7_fours_keep_pair_mates_together(count: int, dice: int) -> None:
    people = room(count)
    groups = pairs(people, (), dice)
    joined = fours(groups, people, groups, dice)
    assert sorted(index for four in joined for index in four) == list(range(len(groups)))
    sizes = sorted(sum(len(groups[index]) for index in four) for four in joined)
    number = len(groups)
    match count % 2, number % 2:
        case 0, 0:
            assert set(sizes) <= {4}
        case 0, 1:
            assert sizes == ([2] if number == 1 else [*[4] * ((number - 3) // 2), 6])
        case 1, 0:
            assert sizes == [*[4] * (number // 2 - 1), 5]
        case _:
            assert sizes == [count] if count <= 3 else [3, *[4] * (number // 2)]


@given(st.data(), rooms(14), st.booleans(), st.integers(0, 2**64 - 1))
def test_DY5_nobody_stays_alone_and_no_group_is_above_three(
    data: st.DataObject, people: tuple[Member, ...], filler: bool, dice: int
) -> None:
    groups = {f"p{i}": group for i, group in enumerate(pairs(people, (), dice))}
    gone = data.draw(st.sets(st.sampled_from([member.seat for member in people])))
    there = {id: tuple(s for s in seats if s not in gone) for id, seats in groups.items()}
    left = sorted(seat for seats in there.values() for seat in seats)
    after = mended(there, people, tuple(groups.values()), dice, filler="f1" if filler else "")
    placed = sorted(seat for seats in after.values() for seat in seats if seat != "f1")
    assert placed == left
    sizes = [len(seats) for seats in after.values()]
    if len(left) > 1:
        assert set(sizes) <= {2, 3}
        assert sizes.count(3) == len(left) % 2  # DY1
    elif left:
        assert sizes == [2 if filler else 1]
    assert set(after) <= set(groups)
    for id, seats in there.items():
        if len(seats) == 2 and id in after:
            assert set(seats) <= set(after[id])  # two who talk are not pulled apart


def test_a_lone_person_makes_two_pairs_of_a_trio() -> None:
    after = mended({"p1": ("a", "b", "c"), "p2": ("d",)}, [Member(s) for s in "abcd"], (), 7)
    assert sorted(map(len, after.values())) == [2, 2]


def test_spoken_pairs_sit_in_the_hall() -> None:
    carried = Member("a", where="carried", table="t")
    assert pairing.face_to_face((carried, Member("b", where="room")))
    assert not pairing.face_to_face((carried, Member("c")))

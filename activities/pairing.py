"""Who meets whom: pairs, one trio when the number is odd, and what becomes of them when people go.

Pure: the same people, the same past and the same dice give the same pairs on every machine
(`methods.md` A3 *Pairing rule*, 1.6 *Repair*).

Wishes in order:

1. what cannot be: two kept apart, two kept together who are not, somebody without a device of
   their own with somebody far away (A3 *Hybrid*);
2. as few repeated meetings as possible (DY2);
3. nobody in a second trio while somebody was in none (DY6);
4. those who met least often; then organisations and languages as `mix` says; then the dice.

The `past` is a list of groups, oldest first: every pair and trio that has sat together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import combinations, combinations_with_replacement
from typing import Final, Literal

import msgspec

from activities._pairing_match import FINE, divide
from activities.kernel import Member

Mix = Literal["other_org", "home_team", "same_language", "any"]
"""How equals are chosen among: from another organisation, from one's own, in one language, by the
dice alone."""

Seats = tuple[str, ...]

MOST: Final = 1_000
"""People in one division: more than a room holds, and few enough for the sums below."""

PAIR: Final = 2
TRIO: Final = 3

# A cost as one number; see `_pairing_match`. Each field has room for the sum over all pairs.
_NOISE: Final = 32
_SECOND: Final = 41
_FIRST: Final = 52
_TIMES: Final = 63
_REPEAT: Final = 1 << (FINE + 10)
_CANNOT: Final = 1 << (FINE + 22)
_AGAIN: Final = 1 << (FINE + 8)  # one more person in a second trio
_TRIOS: Final = 1 << FINE
_OFTEN: Final = 15  # above, how often two have met makes no difference
_MANY_TRIOS: Final = 60


class Wishes(msgspec.Struct, frozen=True):
    """What people asked for: two who should sit together, or not."""

    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


NO_WISHES: Final = Wishes()


def pairs(
    people: Iterable[Member],
    past: Sequence[Seats],
    dice: int,
    *,
    mix: Mix = "other_org",
    wishes: Wishes = NO_WISHES,
    ahead: int = 1,
) -> tuple[Seats, ...]:
    """Everybody in pairs, and one trio when their number is odd; one person alone stays alone.

    `ahead` is how many rounds are still to come, this one included: five people cannot meet
    anew each time, so theirs are planned together and the first is returned (DY2).
    """
    sitting = tuple(sorted(people, key=lambda member: member.seat))[:MOST]
    table = _Table(sitting, past, dice, mix, wishes)
    if len(sitting) == 5 and ahead > 1:
        found = table.first_of_run(ahead)
    else:
        found = divide(table.costs, table.three)
    seats = [tuple(sitting[index].seat for index in group) for group in found]
    order = {member.seat: key for member, key in zip(sitting, table.keys, strict=True)}
    drawn = [tuple(sorted(group, key=order.__getitem__)) for group in seats]
    # A trio first, then by the dice: nobody reads a rank into the order of pairs.
    return tuple(sorted(drawn, key=lambda group: (-len(group), order[group[0]])))


def fours(
    groups: Sequence[Seats], people: Iterable[Member], past: Sequence[Seats], dice: int
) -> tuple[tuple[int, ...], ...]:
    """Which pairs sit down together (1-2-4-All), as indexes of `groups`; pair mates stay together
    (DY7).

    Two and two; a trio stays alone when the number of groups is odd, and without a trio three
    pairs make one six. Pairs join with the people they have met least.
    """
    trios = [index for index, group in enumerate(groups) if len(group) == TRIO]
    alone = trios[:1] if len(groups) % 2 else []
    joining = [index for index in range(len(groups)) if index not in alone]
    known = {member.seat: member for member in people}
    sitting = tuple(known.get(s, Member(s)) for index in joining for s in groups[index])
    table = _Table(sitting, past, dice, "other_org", NO_WISHES)
    place = {member.seat: at for at, member in enumerate(sitting)}
    costs = [
        [
            sum(table.costs[place[a]][place[b]] for a in groups[one] for b in groups[other])
            if one != other
            else 0
            for other in joining
        ]
        for one in joining
    ]
    found = divide(costs, lambda _: 0)
    return (
        *(tuple(sorted(joining[index] for index in group)) for group in found),
        *((index,) for index in alone),
    )


def mended(
    groups: Mapping[str, Seats],
    people: Iterable[Member],
    past: Sequence[Seats],
    dice: int,
    *,
    wishes: Wishes = NO_WISHES,
    filler: str = "",
) -> dict[str, Seats]:
    """The groups after repair (1.6): nobody alone, and no more trios than need be.

    `groups` holds who is there now. Two who are alone become a pair; one alone joins a trio and
    makes two pairs of it, or else joins a pair; where there is nobody to join, `filler` (a
    facilitator's seat, "" for none) sits down with them. Empty groups are left out. Somebody for
    whom nobody can be found stays alone: the caller lets them wait at the door.
    """
    left = {id: seats for id, seats in groups.items() if seats}
    sitting = tuple(sorted(people, key=lambda member: member.seat))
    table = _Table(sitting, past, dice, "any", wishes)

    def costs(seat: str, others: Seats) -> tuple[int, str]:
        return sum(table.between(seat, other) for other in others), others[0]

    alone = [id for id, seats in left.items() if len(seats) == 1]
    while alone:
        id = alone.pop(0)
        (seat,) = left[id]
        trios = [other for other, seats in left.items() if len(seats) == TRIO]
        twos = [other for other, seats in left.items() if len(seats) == PAIR]
        if alone:
            other = min(alone, key=lambda other: costs(seat, left[other]))
            alone.remove(other)
            left[id] = (seat, *left.pop(other))
        elif trios:
            mates = [(costs(seat, (mate,)), other, mate) for other in trios for mate in left[other]]
            _, other, mate = min(mates)
            left[id] = (seat, mate)
            left[other] = tuple(one for one in left[other] if one != mate)
        elif twos:
            other = min(twos, key=lambda other: costs(seat, left[other]))
            left[other] = (*left[other], seat)
            del left[id]
        elif filler:
            left[id] = (seat, filler)
    return left


def meetings(past: Iterable[Seats]) -> Counter[tuple[str, str]]:
    """How often each two (in order of their seats) have sat together."""
    return Counter(two for group in past for two in _twos(group))


def face_to_face(group: Iterable[Member]) -> bool:
    """Whether these people talk in the room without any device between them: a *spoken pair*.
    Two at one table device have to; two in the hall can."""
    return all(member.where in ("room", "carried") for member in group)


def _twos(group: Seats) -> Iterable[tuple[str, str]]:
    return combinations(sorted(set(group)), 2)


class _Table:
    """What it costs to put any two of `sitting` together."""

    def __init__(
        self,
        sitting: Sequence[Member],
        past: Sequence[Seats],
        dice: int,
        mix: Mix,
        wishes: Wishes,
    ) -> None:
        self.sitting = sitting
        self.index = {member.seat: index for index, member in enumerate(sitting)}
        self.mix = mix
        self.keys = [_drawn(dice, member.seat) for member in sitting]
        self.met = meetings(past)
        trios = Counter(seat for group in past if len(group) == TRIO for seat in group)
        self.trios = [min(trios[member.seat], _MANY_TRIOS) for member in sitting]
        self.wished = {tuple(sorted(two)): -_CANNOT for two in wishes.together}
        self.wished |= {tuple(sorted(two)): _CANNOT for two in wishes.apart}

    @cached_property
    def costs(self) -> list[list[int]]:
        """Every two; asked for when everybody is placed anew."""
        count = len(self.sitting)
        found = [[0] * count for _ in range(count)]
        for a, b in combinations(range(count), 2):
            found[a][b] = found[b][a] = self._cost(a, b)
        return found

    def between(self, one: str, other: str) -> int:
        """The cost of two seats; strangers to this table (a filler) cost nothing."""
        if one not in self.index or other not in self.index:
            return 0
        return self._cost(self.index[one], self.index[other])

    def three(self, trio: tuple[int, int, int]) -> int:
        """What a trio costs beyond its pairs: who has been in one before."""
        before = [self.trios[index] for index in trio]
        return sum(_AGAIN * (count > 0) + _TRIOS * count for count in before)

    def first_of_run(self, rounds: int) -> tuple[tuple[int, ...], ...]:
        """The first round of a run of five people with the fewest repeats in the whole run, and
        trios shared out; which of its rounds comes first does not change what the run costs."""
        ways = [
            (trio, tuple(index for index in range(5) if index not in trio))
            for trio in combinations(range(5), TRIO)
        ]
        twos = [[two for group in way for two in combinations(group, 2)] for way in ways]
        price = [sum(self.costs[a][b] for a, b in way) for way in twos]

        def run_cost(run: tuple[int, ...]) -> tuple[int, int, int]:
            again = Counter(two for way in run for two in twos[way])
            cost = sum(price[way] for way in run) >> FINE
            cost += sum(count - 1 for (a, b), count in again.items() if not self._met(a, b)) * (
                _REPEAT >> FINE
            )
            load = list(self.trios)
            for way in run:
                for index in ways[way][0]:
                    load[index] += 1
            return cost, sum(count * count for count in load), sum(price[way] for way in run)

        best = min(combinations_with_replacement(range(len(ways)), rounds), key=run_cost)
        return ways[min(best, key=lambda way: price[way] + self.three(_trio(ways[way][0])))]

    def _met(self, a: int, b: int) -> int:
        one, other = sorted((self.sitting[a].seat, self.sitting[b].seat))
        return self.met[one, other]

    def _cost(self, a: int, b: int) -> int:
        one, other = self.sitting[a], self.sitting[b]
        two = (one.seat, other.seat) if one.seat < other.seat else (other.seat, one.seat)
        cost = _mixed(self.keys[a] ^ self.keys[b])
        if times := self.met.get(two, 0):
            cost += _REPEAT + (min(times, _OFTEN) << _TIMES)
        if (wish := self.wished.get(two)) is not None:
            cost += wish
        elif _out_of_earshot(one, other):
            cost += _CANNOT
        if self.mix == "any":
            return cost
        colleagues = one.organisation != "" and one.organisation == other.organisation
        foreign = one.language != "" != other.language and one.language != other.language
        match self.mix:
            case "other_org":
                first, second = colleagues, foreign
            case "home_team":
                first, second = not colleagues, foreign
            case _:
                first, second = foreign, colleagues
        return cost + (first << _FIRST) + (second << _SECOND)


def _out_of_earshot(one: Member, other: Member) -> bool:
    """Somebody who shares a table's device has no ear for somebody far away (A3 *Hybrid*)."""
    far = ("remote", "phone")
    return (one.where == "carried" and other.where in far) or (
        other.where == "carried" and one.where in far
    )


def _trio(group: tuple[int, ...]) -> tuple[int, int, int]:
    return group[0], group[1], group[2]


def _drawn(dice: int, seat: str) -> int:
    return int.from_bytes(sha256(f"{dice}/pairs/{seat}".encode()).digest()[:8], "big")


def _mixed(bits: int) -> int:
    """A number below 2^_NOISE that looks like chance, the same everywhere (splitmix64's mixer)."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (bits ^ (bits >> 31)) >> (64 - _NOISE)

"""Who listens together: satellites of three or four, pairs after an open bowl, batches of a closed
one (`methods.md` A2)."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from activities import grouping
from activities import groups as places
from activities.kernel import Member, shuffled

HALL: Final = frozenset({"room", "carried"})
"""Where people are who sit in the hall; all others are far away."""


class Listeners(msgspec.Struct, frozen=True):
    """One satellite or pair. `index` gives its name, `ready` is its own word. `wants_time`: it asks
    for two more minutes; `more`: ms it has beyond the others in this phase."""

    id: str
    index: int
    seats: tuple[str, ...]
    ready: bool = False
    wants_time: bool = False
    more: int = 0


def hall(member: Member | None) -> bool:
    """Whether this person is in the hall."""
    return member is not None and member.where in HALL


def deal(
    people: Sequence[Member], size: int, dice: int, *, mixed: bool, first: int = 1
) -> tuple[Listeners, ...]:
    """Everybody of `people` in groups of `size` or one more; nobody alone while there are two
    (G4).

    Unless `mixed`, people of the hall and people far away sit apart, so that a group needs no line
    between them, as long as either side makes a group of its own. `first` numbers the groups.
    """
    sides = [[m for m in people if hall(m)], [m for m in people if not hall(m)]]
    if mixed or min(map(len, sides)) < min(size, grouping.LEAST):
        sides = [list(people)]
    dealt: list[tuple[str, ...]] = []
    for place, side in enumerate(sides):
        if size < grouping.LEAST:
            dealt += _pairs(side, dice + place)
        else:
            dealt += [group.seats for group in grouping.split(side, size, dice + place)]
    return tuple(
        Listeners(f"g{first + index}", first + index - 1, seats)
        for index, seats in enumerate(dealt)
    )


def _pairs(people: Sequence[Member], dice: int) -> list[tuple[str, ...]]:
    """Pairs, the last one a three when the number is odd. Table mates sit side by side."""
    drawn = shuffled(tuple(sorted(people, key=lambda m: m.seat)), dice, "pairs")
    seats = [m.seat for m in sorted(drawn, key=lambda m: m.table)]
    pairs = [tuple(seats[i : i + 2]) for i in range(0, len(seats), 2)]
    if len(pairs) > 1 and len(pairs[-1]) == 1:
        lone = pairs.pop()
        pairs[-1] += lone
    return pairs


def place(groups: Sequence[Listeners], member: Member) -> tuple[Listeners, ...]:
    """The groups with `member` in the smallest one."""
    seating = {one.id: one.seats for one in groups}
    into = places.door(seating, seating, places.NO_LIMIT)
    return tuple(
        replace(one, seats=(*one.seats, member.seat), ready=False) if one.id == into else one
        for one in groups
    )


def without(groups: Sequence[Listeners], seat: str) -> tuple[Listeners, ...]:
    """The groups after `seat` went; somebody left alone joins the smallest other group."""
    left = [replace(one, seats=tuple(s for s in one.seats if s != seat)) for one in groups]
    counts = {one.id: len(one.seats) for one in left}
    for source, into in grouping.merges(counts, least=2):
        moved = next(one for one in left if one.id == source).seats
        left = [
            replace(one, seats=())
            if one.id == source
            else replace(one, seats=(*one.seats, *moved), ready=False)
            if one.id == into
            else one
            for one in left
        ]
    return tuple(one for one in left if one.seats)


def group_of(groups: Sequence[Listeners], seat: str) -> Listeners | None:
    """The group `seat` is in."""
    return next((one for one in groups if seat and seat in one.seats), None)


# --- batches of a closed bowl -------------------------------------------------------------------


def batches_of(willing: int, chairs: int, others: int) -> int:
    """How many batches `willing` people make: as few as the chairs allow, but two when otherwise
    nobody would be left to listen."""
    if willing <= 0:
        return 0
    count = -(-willing // chairs)
    return 2 if count == 1 and others < 2 and willing >= 4 else count


def batches(
    people: Sequence[Member], wishes: Mapping[str, int], chairs: int, dice: int
) -> tuple[tuple[str, ...], ...]:
    """Everybody who did not say they only listen, in batches whose sizes differ by at most one;
    wishes first, in the order they were made, the rest drawn (FB7)."""
    willing = [m for m in people if wishes.get(m.seat) != 0]
    count = batches_of(len(willing), chairs, len(people) - len(willing))
    if not count:
        return ()
    seats = {m.seat for m in willing}
    wanted: list[list[str]] = [[] for _ in range(count)]
    for seat, batch in wishes.items():
        if seat in seats and 1 <= batch <= count:
            wanted[batch - 1].append(seat)
    small, extra = divmod(len(willing), count)
    # The batches most people wish for get the place more.
    larger = sorted(range(count), key=lambda i: -len(wanted[i]))[:extra]
    sizes = [small + (i in larger) for i in range(count)]
    made = [wanted[i][: sizes[i]] for i in range(count)]
    placed = {seat for batch in made for seat in batch}
    rest = [m.seat for m in grouping.ring(willing, dice) if m.seat not in placed]
    for some, size in zip(made, sizes, strict=True):
        while len(some) < size:
            some.append(rest.pop(0))
    return tuple(map(tuple, made))

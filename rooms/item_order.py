"""Where each struct stands among its siblings: Yjs' integration replayed, its steps counted.

yrs looks for the place of a concurrent item by walking from its left neighbour to its right one. A
guest who names neighbours that are far apart, or writes the same key a thousand times as if
knowing of none, makes that walk long each time: 35 KB cost 1.7 s with the interpreter locked. So
the walk is done here first. Honest editors name neighbours that touch, or nearly: their walks are
short, and what exceeds the budget of an update is refused. The order is exact, so the count is.

Siblings are kept as segments: clocks of one client that follow one another and were typed on. A
segment is split when something is put inside it, as items are in Yjs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from rooms.update_gate import ID, BadUpdate


class _Segment(msgspec.Struct, gc=False):
    start: int
    end: int
    origin: ID | None
    right_origin: ID | None
    next: ID | None


# A sequence (container, None) or the values of one key of a map (container, key).
Siblings: TypeAlias = tuple[object, str | None]

_Step: TypeAlias = (
    tuple[Literal["count"], Siblings, int]
    | tuple[Literal["head"], Siblings, ID | None]
    | tuple[Literal["typed on"], _Segment, int]
    | tuple[Literal["next"], _Segment, ID | None]
    | tuple[Literal["split"], _Segment, int, ID | None]
    | tuple[Literal["new"], ID]
)


class ItemOrder:
    """The order of all siblings of a document. `undo` takes back what was placed since `keep`."""

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._segments: dict[ID, _Segment] = {}
        self._heads: dict[Siblings, ID | None] = {}
        self._counts: dict[Siblings, int] = {}
        # What to take back, newest last: what was done, on what, and what was there before.
        self._done: list[_Step] = []

    def keep(self) -> None:
        """What was placed so far stays."""
        self._done.clear()

    def undo(self) -> None:
        """Take back what was placed since the last `keep`."""
        while self._done:
            match self._done.pop():
                case ("count", siblings, count):
                    self._counts[siblings] = count
                case ("head", siblings, following):
                    self._heads[siblings] = following
                case ("typed on", segment, end):
                    segment.end = end
                case ("next", segment, following):
                    segment.next = following
                case ("split", segment, end, following):
                    segment.end = end
                    segment.next = following
                case ("new", here):
                    starts = self._starts[here[0]]
                    del starts[bisect_right(starts, here[1]) - 1]
                    del self._segments[here]

    def walk(self, siblings: Siblings) -> Iterator[tuple[int, int, int]]:
        """Siblings in order, deleted ones too: (client, first clock, last clock)."""
        at = self._heads.get(siblings)
        while at is not None:
            segment = self._segments[at]
            yield at[0], segment.start, segment.end
            at = segment.next

    def place(
        self,
        client: int,
        clock: int,
        length: int,
        left: ID | None,
        right: ID | None,
        siblings: Siblings,
        budget: int,
    ) -> int:
        """Place a struct between its neighbours; gives the steps it took.

        Raises `BadUpdate` when it takes more than `budget`, or when the neighbours were never
        given a place.
        """
        if right is not None:
            self._split_before(right)
        after = None if left is None else self._split_after(left)
        at = self._heads.get(siblings) if after is None else after.next
        steps = 0
        if siblings[1] is not None:
            count = self._counts.get(siblings, 0)
            if left is None:
                # yrs walks back from the newest value of the key
                steps = count
            self._counts[siblings] = count + 1
            self._done.append(("count", siblings, count))
        seen: set[ID] = set()
        rivals: set[ID] = set()
        while at is not None and at != right:
            steps += 1
            if steps > budget:
                raise BadUpdate("too_much_work")
            other = self._segments[at]
            seen.add(at)
            rivals.add(at)
            if other.origin == left:
                if at[0] < client:
                    after = other
                    rivals.clear()
                elif other.right_origin == right:
                    break
            elif other.origin is not None and (first := self._first(other.origin)) in seen:
                if first not in rivals:
                    after = other
                    rivals.clear()
            else:
                break
            at = other.next
        while right is not None and at != right:
            # A right neighbour that stands on the left: Yjs lets go of the wrong end.
            steps += 1
            if at is None:
                raise BadUpdate("neighbours_part")
            if steps > budget:
                break
            at = self._segments[at].next
        if steps > budget:
            raise BadUpdate("too_much_work")
        self._insert(client, clock, length, left, right, siblings, after)
        return steps

    def type_on(self, client: int, clock: int, length: int, right: ID | None) -> bool:
        """`place` of text that goes on where the client's last stopped, before the same right
        neighbour, when nothing has come between; False, and nothing done, when it is not that."""
        starts = self._starts.get(client)
        if not starts:
            return False
        last = self._segments[client, starts[-1]]
        if last.end != clock - 1 or last.right_origin != right or last.next != right:
            return False
        self._done.append(("typed on", last, last.end))
        last.end += length
        return True

    def _insert(
        self,
        client: int,
        clock: int,
        length: int,
        left: ID | None,
        right: ID | None,
        siblings: Siblings,
        after: _Segment | None,
    ) -> None:
        end = clock + length - 1
        if (
            after is not None
            and after.end == clock - 1
            and left == (client, clock - 1)
            and after.right_origin == right
            and self._segments[self._first(left)] is after
        ):
            self._done.append(("typed on", after, after.end))
            after.end = end
            return
        here = (client, clock)
        if after is None:
            following = self._heads.get(siblings)
            self._heads[siblings] = here
            self._done.append(("head", siblings, following))
        else:
            following = after.next
            after.next = here
            self._done.append(("next", after, following))
        self._add(here, _Segment(clock, end, left, right, following))

    def _add(self, here: ID, segment: _Segment) -> None:
        starts = self._starts.setdefault(here[0], [])
        position = bisect_right(starts, here[1])
        starts.insert(position, here[1])
        self._segments[here] = segment
        self._done.append(("new", here))

    def _first(self, wanted: ID) -> ID:
        starts = self._starts.get(wanted[0], ())
        position = bisect_right(starts, wanted[1]) - 1
        if position < 0:
            raise BadUpdate("neighbours_part")
        return wanted[0], starts[position]

    def _split_after(self, wanted: ID) -> _Segment:
        """The segment that ends with this clock."""
        segment = self._segments[self._first(wanted)]
        if segment.end < wanted[1]:
            raise BadUpdate("neighbours_part")
        if segment.end > wanted[1]:
            self._split(wanted[0], segment, wanted[1] + 1)
        return segment

    def _split_before(self, wanted: ID) -> None:
        segment = self._segments[self._first(wanted)]
        if segment.end < wanted[1]:
            raise BadUpdate("neighbours_part")
        if segment.start != wanted[1]:
            self._split(wanted[0], segment, wanted[1])

    def _split(self, client: int, segment: _Segment, clock: int) -> None:
        end, following = segment.end, segment.next
        segment.end = clock - 1
        segment.next = (client, clock)
        self._done.append(("split", segment, end, following))
        self._add(
            (client, clock),
            _Segment(clock, end, (client, clock - 1), segment.right_origin, following),
        )

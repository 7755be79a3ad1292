"""Joining a parsed update to the index, as it would join the document, or refusing it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rooms import lib0
from rooms.ownership_parts import (
    GARBAGE,
    MAX_NEW_RANGES,
    MAX_STEPS,
    Change,
    Clocks,
    Container,
    Run,
    Touch,
)
from rooms.update_gate import (
    ANY,
    ARRAY,
    DELETED,
    FORMAT,
    GC,
    ID,
    MAP,
    PIECE,
    STRING,
    TEXT,
    TYPE,
    XML_ELEMENT,
    XML_FRAGMENT,
    XML_TEXT,
    BadUpdate,
    Item,
    Parsed,
    tail,
)

if TYPE_CHECKING:
    from rooms.ownership import Index

# What may stand in a sequence, and under a key, by kind of container.
_SEQUENCE: Final[dict[int, frozenset[int]]] = {
    ARRAY: frozenset({ANY, TYPE, DELETED}),
    MAP: frozenset(),
    TEXT: frozenset({STRING, FORMAT, DELETED}),
    XML_TEXT: frozenset({STRING, FORMAT, DELETED}),
    XML_ELEMENT: frozenset({TYPE, DELETED}),
    XML_FRAGMENT: frozenset({TYPE, DELETED}),
}
_KEYED: Final[dict[int, frozenset[int]]] = {
    ARRAY: frozenset(),
    MAP: frozenset({ANY, TYPE, DELETED}),
    TEXT: frozenset(),
    XML_TEXT: frozenset({ANY, DELETED}),
    XML_ELEMENT: frozenset({ANY, DELETED}),
    XML_FRAGMENT: frozenset(),
}
_XML_TYPES: Final = frozenset({XML_ELEMENT, XML_TEXT})


class Placing:
    """One staging: joins structs in the order of their dependencies, then the deletions."""

    def __init__(self, index: Index, parsed: Parsed, change: Change) -> None:
        self.index = index
        self.clients = index.clients
        self.parsed = parsed
        self.change = change
        # What is left to place of each section, and where we are in it.
        self.waiting: dict[int, list[Item]] = {}
        self.at: dict[int, int] = {}
        self.heads: dict[int, bytes] = {}
        self.sets: dict[tuple[Container, str], Touch] = {}
        self.inserts: dict[Container, Touch] = {}
        self.drops: dict[tuple[Container, str], Touch] = {}
        self.whole = True
        self.placed = 0
        self.steps = lib0.MAX_UINT if change.device is None else MAX_STEPS

    def steps_to_place(self) -> Iterator[None]:
        """Do it, in pieces."""
        self._cut()
        # As yrs and Yjs do: the highest id first, wherever it stands in the update.
        for client in sorted(self.waiting, reverse=True):
            yield from self._place_all(client)
        yield from self._deletions()
        self._encode()
        self._touches()

    def _cut(self) -> None:
        """Keep of each section what the index does not know."""
        change, index = self.change, self.index
        for client, section in self.parsed.sections.items():
            known = self.clients.get(client)
            clock = known.next if known else 0
            if section.end <= clock:
                self.whole = False
                continue
            if section.clock > clock:
                raise BadUpdate("gap")
            if change.device is not None:
                if not index.may_bind(client, change.device):
                    raise BadUpdate("foreign_client")
                if client not in index.bindings:
                    change.bound.append(client)
            if known is None:
                known = self.clients[client] = Clocks()
            change.marks.append((client, known, len(known.starts), clock))
            change.halves[client] = []
            items = section.items
            if section.clock < clock:
                self.whole = False
                first = bisect_right(items, clock, key=lambda item: item.clock) - 1
                items = items[first:]
                offset = clock - items[0].clock
                if offset:
                    items = items.copy()
                    items[0], self.heads[client] = tail(self.parsed.data, client, items[0], offset)
            self.waiting[client] = items
            self.at[client] = 0

    def _place_all(self, first: int) -> Iterator[None]:
        """Place a section; when a struct needs one of another section, go there first.

        Every step places a struct or goes deeper, and a client already on the way is a circle: so
        this ends after as many steps as there are structs.
        """
        path = [first]
        goal: dict[int, int] = {}
        while path:
            client = path[-1]
            items = self.waiting[client]
            known = self.clients[client]
            at = self.at[client]
            until = goal.get(client)
            blocked: ID | None = None
            while at < len(items):
                if until is not None and known.next > until:
                    break
                blocked = self._blocked(items[at])
                if blocked is not None:
                    break
                self._place(client, known, items[at])
                at += 1
                self.placed += 1
                if self.placed % PIECE == 0:
                    yield
            self.at[client] = at
            if blocked is not None:
                other, clock = blocked
                section = self.waiting.get(other)
                if section is None or clock >= section[-1].clock + section[-1].length:
                    raise BadUpdate("gap")
                if other in path:
                    raise BadUpdate("circle")
                path.append(other)
                goal[other] = clock
            else:
                path.pop()
                goal.pop(client, None)

    def _blocked(self, item: Item) -> ID | None:
        """The first neighbour or parent that is not in the index yet."""
        for needed in (item.left, item.right, item.parent):
            if needed is not None:
                known = self.clients.get(needed[0])
                if known is None or needed[1] >= known.next:
                    return needed
        return None

    def _find(self, wanted: ID) -> Run:
        known = self.clients[wanted[0]]
        return known.runs[bisect_right(known.starts, wanted[1]) - 1]

    def _place(self, client: int, known: Clocks, item: Item) -> None:
        clock = item.clock
        assert clock == known.next
        run = GARBAGE if item.kind == GC else self._where(client, item)
        starts = known.starts
        if not (starts and run.creates is None and known.runs[-1] == run):
            starts.append(clock)
            known.runs.append(run)
        known.next = clock + item.length
        if item.kind == STRING:
            written = str(item.value)
            if not written.isascii():
                if "\ufffd" in written and self.change.device is not None:
                    # A lone half arrives as U+FFFD: somebody cut a pair.
                    raise BadUpdate("half_surrogate")
                halves = _halves(written, clock)
                known.halves.update(halves)
                self.change.halves[client].extend(halves)
        elif item.kind in (GC, DELETED):
            self.change.erased.append((client, clock, known.next))

    def _where(self, client: int, item: Item) -> Run:
        """Find container and key of a struct, check that it may stand there, note the touch."""
        kind = item.kind
        container, key = self._parent(item)
        if container is None:
            # Inside garbage: Yjs and yrs turn it into garbage.
            return GARBAGE
        if kind not in (_SEQUENCE if key is None else _KEYED)[container.kind]:
            raise BadUpdate("kind_here")
        if key is not None and item.right is not None:
            raise BadUpdate("kind_here")
        creates = None
        if kind == TYPE:
            xml = container.kind in (XML_ELEMENT, XML_FRAGMENT)
            if xml != (item.type in _XML_TYPES):
                raise BadUpdate("kind_here")
            path = container.path if key is None else (*container.path, key)
            creates = Container(path, item.type, container, (client, item.clock))
            if creates.depth > self.index.limits.type_depth:
                raise BadUpdate("too_deep")
            self.change.fresh.add(creates)
        self.steps -= self.index.order.place(
            client,
            item.clock,
            item.length,
            item.left,
            item.right,
            (container, key),
            self.steps,
        )
        if key is None:
            if container not in self.inserts:
                self.inserts[container] = Touch(
                    "insert", container.path, fresh=container in self.change.fresh
                )
        elif kind == DELETED:
            self._note_key(container, key)
            self.drops.setdefault((container, key), Touch("delete", (*container.path, key)))
        else:
            self._set(container, key, item)
        return Run(container, key, creates, kind == DELETED)

    def _set(self, container: Container, key: str, item: Item) -> None:
        first = self._note_key(container, key)
        before = self.sets.get((container, key))
        value = None
        if item.kind == ANY:
            assert isinstance(item.value, tuple)
            value = item.value[-1]
        touch = Touch(
            "set",
            (*container.path, key),
            value,
            item.type,
            first or (before is not None and before.first),
            container in self.change.fresh,
        )
        if before is not None:
            # An update may write a key several times: each value is judged.
            self.change.touches.append(before)
        self.sets[container, key] = touch

    def _note_key(self, container: Container, key: str) -> bool:
        """Remember that a key was used; whether that was for the first time."""
        if key in container.keys:
            return False
        container.keys.add(key)
        self.change.keys.append((container, key))
        return True

    def _parent(self, item: Item) -> tuple[Container | None, str | None]:
        left, right = item.left, item.right
        if left is None and right is None:
            if item.root is not None:
                container = self.index.roots.get(item.root)
                if container is None:
                    raise BadUpdate("unknown_root")
                return container, item.key
            assert item.parent is not None
            run = self._find(item.parent)
            if run.creates is None and not run.erased:
                raise BadUpdate("parent_is_no_type")
            return run.creates, item.key
        before = after = None
        if left is not None:
            if left[1] + 1 in self.clients[left[0]].halves:
                raise BadUpdate("cut_pair")
            before = self._find(left)
        if right is not None:
            if right[1] in self.clients[right[0]].halves:
                raise BadUpdate("cut_pair")
            after = self._find(right)
        run = before or after or GARBAGE
        if before is not None and after is not None:
            if before.container is None or after.container is None:
                # yrs would revive it beside the neighbour that is left, Yjs would drop it
                alive = before.container or after.container
                if alive is not None and not self.index.is_dead(alive):
                    raise BadUpdate("neighbours_part")
                return None, None
            if before.container is not after.container or before.key != after.key:
                raise BadUpdate("neighbours_part")
        return run.container, run.key

    def _deletions(self) -> Iterator[None]:
        """Keep of each delete range what is not deleted yet; it must be known and cut no pair."""
        budget = MAX_NEW_RANGES if self.change.device is not None else None
        for client, ranges in self.parsed.deletes.items():
            known = self.clients.get(client)
            if known is None or ranges[-1][1] > known.next:
                raise BadUpdate("gap")
            fresh: list[ID] = []
            for number, (start, end) in enumerate(ranges):
                if number % PIECE == PIECE - 1:
                    yield
                parts = known.not_deleted(start, end)
                if parts != [(start, end)]:
                    self.whole = False
                for part in parts:
                    if part[0] in known.halves or part[1] in known.halves:
                        raise BadUpdate("cut_pair")
                fresh += parts
            if budget is not None:
                budget -= len(fresh)
                if budget < 0:
                    raise BadUpdate("too_many_ranges")
            if fresh:
                self.change.deletes[client] = fresh
                self._drop(known, fresh)

    def _drop(self, known: Clocks, ranges: list[ID]) -> None:
        for start, end in ranges:
            at = bisect_right(known.starts, start) - 1
            while at < len(known.starts) and known.starts[at] < end:
                container, key = known.runs[at].container, known.runs[at].key
                at += 1
                if container is None:
                    continue
                name = key if key is not None else ""
                if (container, name) not in self.drops:
                    path = container.path if key is None else (*container.path, key)
                    self.drops[container, name] = Touch("delete", path)

    def _encode(self) -> None:
        """Write what is new; the very bytes that came when all of it is."""
        data = self.parsed.data
        deletes = self.change.deletes
        if not self.waiting and not deletes:
            return
        if self.whole:
            self.change.data = data
            return
        out = bytearray(lib0.uint(len(self.waiting)))
        for client, items in self.waiting.items():
            out += lib0.uint(len(items)) + lib0.uint(client) + lib0.uint(items[0].clock)
            head = self.heads.get(client)
            if head is not None:
                out += head + data[items[0].end : items[-1].end]
            else:
                out += data[items[0].begin : items[-1].end]
        out += lib0.uint(len(deletes))
        for client, ranges in deletes.items():
            out += lib0.uint(client) + lib0.uint(len(ranges))
            for start, end in ranges:
                out += lib0.uint(start) + lib0.uint(end - start)
        self.change.data = bytes(out)

    def _touches(self) -> None:
        """Gather what is left to judge: nothing inside what is deleted (also: by this update)."""
        dead: dict[Container, bool] = {}
        spans = self.change.deletes

        def is_dead(container: Container) -> bool:
            found = dead.get(container)
            if found is None:
                found = container.parent is not None and (
                    self._gone(container.item, spans) or is_dead(container.parent)
                )
                dead[container] = found
            return found

        touches = self.change.touches
        touches += [touch for (container, _), touch in self.sets.items() if not is_dead(container)]
        touches += [touch for container, touch in self.inserts.items() if not is_dead(container)]
        touches += [
            touch
            for (container, name), touch in self.drops.items()
            if (container, name) not in self.sets and not is_dead(container)
        ]

    def _gone(self, item: ID, spans: dict[int, list[ID]]) -> bool:
        client, clock = item
        if self.clients[client].is_deleted(clock):
            return True
        parts = spans.get(client)
        if not parts:
            return False
        at = bisect_right(parts, (clock, lib0.MAX_UINT)) - 1
        return at >= 0 and parts[at][0] <= clock < parts[at][1]


def _halves(written: str, clock: int) -> list[int]:
    """Clocks of the second halves of surrogate pairs in a text that begins at `clock`."""
    halves: list[int] = []
    for char in written:
        clock += 1
        if char > "\uffff":
            halves.append(clock)
            clock += 1
    return halves

"""Who wrote what and where: the index of a document, and an update placed in it as touches.

The index knows every clock range of every client: in which container it lies, under which key,
which container it made, which positions are second halves of surrogate pairs, what is deleted, and
which device a client id belongs to. It is plain Python and holds no text. The server's own edits
pass through it too, so it is whole.

`Index.stage` joins a parsed update to the index as it would join the document, or raises
`BadUpdate`; the `Change` it gives has the touches for permission to judge and the bytes that are
new. Then exactly one of `commit` and `rollback` must follow before the next `stage`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from rooms import lib0
from rooms.item_order import ItemOrder
from rooms.update_gate import (
    ANY,
    ARRAY,
    DELETED,
    FORMAT,
    GC,
    ID,
    MAP,
    STRING,
    TEXT,
    TYPE,
    XML_ELEMENT,
    XML_FRAGMENT,
    XML_TEXT,
    BadUpdate,
    Item,
    Limits,
    Parsed,
    tail,
)

Path: TypeAlias = tuple[str, ...]

# The device of the server's own client ids: no client can present it.
SERVER: Final = ""
# Each reload of a page is a client id once it writes; a state vector carries all of them.
MAX_CLIENTS_PER_DEVICE: Final = 200
MAX_CLIENTS: Final = 4_000
# Ranges new here in one update: yrs takes them in quadratic time (100,000 took 0.8 s).
MAX_NEW_RANGES: Final = 4_000

# Steps of yrs looking for a place, in one update: about 5 ms. Honest updates take a few, a long
# offline session in a text that others changed some hundreds.
MAX_STEPS: Final = 20_000

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


class Container:
    """A shared type in the document: a root, or made by the struct `item` inside `parent`.

    `keys` holds every key that was ever set in it. Compared by identity: two maps that followed
    each other under one key have the same path and are different containers.
    """

    __slots__ = ("depth", "item", "keys", "kind", "parent", "path")

    def __init__(
        self, path: Path, kind: int, parent: Container | None = None, item: ID = (0, 0)
    ) -> None:
        self.path = path
        self.kind = kind
        self.parent = parent
        self.item = item
        self.keys: set[str] = set()
        self.depth: int = 0 if parent is None else parent.depth + 1


class Run(NamedTuple):
    """What a range of clocks is. No container: garbage. `erased`: its content was dropped."""

    container: Container | None
    key: str | None
    creates: Container | None
    erased: bool


class Touch(msgspec.Struct, frozen=True):
    """One thing an update does, at a path.

    `insert` puts something into a sequence (text, array, XML) at `path`; `set` writes a key (the
    last part of `path`), with `value` or, for a shared type, its kind in `type`; `delete` takes
    away at `path`. `first`: the key was never set in this very container before. `fresh`: the
    container was made by this update.
    """

    kind: Literal["insert", "set", "delete"]
    path: Path
    value: object = None
    type: int = -1
    first: bool = False
    fresh: bool = False


_GARBAGE: Final = Run(None, None, None, True)


class _Client:
    """Ranges of one client id, by first clock; deleted ranges; second halves of pairs."""

    __slots__ = ("deleted_ends", "deleted_starts", "halves", "next", "runs", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.runs: list[Run] = []
        self.next = 0
        self.halves: set[int] = set()
        self.deleted_starts: list[int] = []
        self.deleted_ends: list[int] = []

    def is_deleted(self, clock: int) -> bool:
        at = bisect_right(self.deleted_starts, clock) - 1
        return at >= 0 and clock < self.deleted_ends[at]

    def not_deleted(self, start: int, end: int) -> list[ID]:
        """The parts of a range that are not deleted yet."""
        starts, ends = self.deleted_starts, self.deleted_ends
        at = bisect_right(ends, start)
        parts: list[ID] = []
        while at < len(starts) and starts[at] < end:
            if start < starts[at]:
                parts.append((start, starts[at]))
            start = ends[at]
            at += 1
        if start < end:
            parts.append((start, end))
        return parts

    def delete(self, start: int, end: int) -> None:
        """Mark a range deleted, joining what it touches."""
        starts, ends = self.deleted_starts, self.deleted_ends
        first = bisect_left(ends, start)
        last = bisect_right(starts, end)
        if first < last:
            start = min(start, starts[first])
            end = max(end, ends[last - 1])
        starts[first:last] = [start]
        ends[first:last] = [end]


class Change:
    """An update staged in the index, between `stage` and `commit` or `rollback`."""

    __slots__ = (
        "_halves",
        "_keys",
        "_marks",
        "bound",
        "data",
        "deletes",
        "device",
        "erased",
        "fresh",
        "touches",
    )

    def __init__(self, device: str | None) -> None:
        self.device = device
        self.data = b""
        self.touches: list[Touch] = []
        self.bound: list[int] = []
        self.deletes: dict[int, list[ID]] = {}
        self.fresh: set[Container] = set()
        # Ranges that came without content: deleted before they got here.
        self.erased: list[tuple[int, int, int]] = []
        self._marks: list[tuple[int, _Client, int, int]] = []
        self._halves: dict[int, list[int]] = {}
        self._keys: list[tuple[Container, str]] = []


class Index:
    """The index of one document.

    `roots` names the root types and their kinds. `bindings` are client ids known from before (the
    room's store keeps `Change.bound` with each update).
    """

    def __init__(
        self, roots: Mapping[str, int], limits: Limits, bindings: Mapping[int, str] | None = None
    ) -> None:
        self.roots = {name: Container((name,), kind) for name, kind in roots.items()}
        self.limits = limits
        self.bindings: dict[int, str] = dict(bindings or {})
        self._clients: dict[int, _Client] = {}
        self._order = ItemOrder()

    @property
    def size(self) -> int:
        """How many ranges the index holds."""
        return sum(len(client.starts) for client in self._clients.values())

    def state_vector(self) -> dict[int, int]:
        """The next clock of every client."""
        return {client: known.next for client, known in self._clients.items() if known.next}

    def whole_clocks(self, vector: Mapping[int, int]) -> dict[int, int]:
        """A client's state vector without what is unknown here and without half pairs."""
        whole: dict[int, int] = {}
        for client, clock in vector.items():
            known = self._clients.get(client)
            if known is not None:
                clock = min(clock, known.next)
                whole[client] = clock - 1 if clock in known.halves else clock
        return whole

    def siblings(self, root: str) -> list[tuple[int, int, int]]:
        """What stands in a root sequence, in order: (client, first clock, last clock), living."""
        alive: list[tuple[int, int, int]] = []
        for client, start, last in self._order.walk((self.roots[root], None)):
            for first, end in self._clients[client].not_deleted(start, last + 1):
                alive.append((client, first, end - 1))
        return alive

    def may_bind(self, client: int, device: str) -> bool:
        """Whether this client id is, or could become, this device's."""
        owner = self.bindings.get(client)
        if owner is not None:
            return owner == device
        mine = sum(1 for other in self.bindings.values() if other == device)
        return mine < MAX_CLIENTS_PER_DEVICE and len(self.bindings) < MAX_CLIENTS

    def bind(self, client: int, device: str) -> None:
        """Let a client id belong to a device from now on."""
        self.bindings[client] = device

    def stage(self, parsed: Parsed, device: str | None) -> Change:
        """Join an update of a device (None: ours, not judged) to the index, or raise `BadUpdate`.

        Reasons that honest clients can meet: `gap` (edits below it are still on their way: ask
        with a sync step 1), `foreign_client` (this client id is another device's).
        """
        change = Change(device)
        try:
            _Placing(self, parsed, change).run()
        except BaseException:
            self.rollback(change)
            raise
        return change

    def commit(self, change: Change) -> None:
        """Keep a staged update."""
        self._order.keep()
        for client, ranges in change.deletes.items():
            known = self._clients[client]
            for start, end in ranges:
                known.delete(start, end)
        for client, start, end in change.erased:
            self._clients[client].delete(start, end)
        if change.device is not None:
            for client in change.bound:
                self.bindings[client] = change.device

    def rollback(self, change: Change) -> None:
        """Forget a staged update."""
        self._order.undo()
        for client, known, runs, clock in reversed(change._marks):
            del known.starts[runs:]
            del known.runs[runs:]
            known.next = clock
            known.halves.difference_update(change._halves[client])
            if not clock:
                del self._clients[client]
        for container, key in change._keys:
            container.keys.discard(key)

    def is_dead(self, container: Container, also: Mapping[int, list[ID]] | None = None) -> bool:
        """Whether a container can no longer be seen: it or one around it is deleted."""
        inner: Container | None = container
        while inner is not None and inner.parent is not None:
            client, clock = inner.item
            known = self._clients.get(client)
            if known is None or known.is_deleted(clock):
                return True
            if also and any(start <= clock < end for start, end in also.get(client, ())):
                return True
            inner = inner.parent
        return False


class _Placing:
    """One staging: joins structs in the order of their dependencies, then the deletions."""

    def __init__(self, index: Index, parsed: Parsed, change: Change) -> None:
        self.index = index
        self.clients = index._clients
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
        self.steps = lib0.MAX_UINT if change.device is None else MAX_STEPS

    def run(self) -> None:
        self._cut()
        for client in self.waiting:
            self._place_all(client)
        self._deletions()
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
                known = self.clients[client] = _Client()
            change._marks.append((client, known, len(known.starts), clock))
            change._halves[client] = []
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

    def _place_all(self, first: int) -> None:
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

    def _place(self, client: int, known: _Client, item: Item) -> None:
        clock = item.clock
        assert clock == known.next
        run = _GARBAGE if item.kind == GC else self._where(client, item)
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
                self.change._halves[client].extend(halves)
        elif item.kind in (GC, DELETED):
            self.change.erased.append((client, clock, known.next))

    def _where(self, client: int, item: Item) -> Run:
        """Find container and key of a struct, check that it may stand there, note the touch."""
        kind = item.kind
        container, key = self._parent(item)
        if container is None:
            # Inside garbage: Yjs and yrs turn it into garbage.
            return _GARBAGE
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
        self.steps -= self.index._order.place(
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
            self.drops.setdefault((container, key), Touch("delete", (*container.path, key)))
        else:
            self._set(container, key, item)
        return Run(container, key, creates, kind == DELETED)

    def _set(self, container: Container, key: str, item: Item) -> None:
        first = key not in container.keys
        before = self.sets.get((container, key))
        if first:
            container.keys.add(key)
            self.change._keys.append((container, key))
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
        run = before or after or _GARBAGE
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

    def _deletions(self) -> None:
        """Keep of each delete range what is not deleted yet; it must be known and cut no pair."""
        budget = MAX_NEW_RANGES if self.change.device is not None else None
        for client, ranges in self.parsed.deletes.items():
            known = self.clients.get(client)
            if known is None or ranges[-1][1] > known.next:
                raise BadUpdate("gap")
            fresh: list[ID] = []
            for start, end in ranges:
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

    def _drop(self, known: _Client, ranges: list[ID]) -> None:
        for start, end in ranges:
            at = bisect_right(known.starts, start) - 1
            while at < len(known.starts) and known.starts[at] < end:
                container, key, _, _ = known.runs[at]
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

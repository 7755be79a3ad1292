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

from collections.abc import Generator, Mapping

from rooms.item_order import ItemOrder
from rooms.ownership_parts import (
    MAX_CLIENTS,
    MAX_CLIENTS_PER_DEVICE,
    MAX_NEW_RANGES,
    MAX_STEPS,
    SERVER,
    Change,
    Clocks,
    Container,
    Path,
    Run,
    Touch,
)
from rooms.ownership_placing import Placing
from rooms.ownership_typing import typed_on
from rooms.update_gate import ID, PIECE, Limits, Parsed, finished

__all__ = [
    "MAX_CLIENTS",
    "MAX_CLIENTS_PER_DEVICE",
    "MAX_NEW_RANGES",
    "MAX_STEPS",
    "SERVER",
    "Change",
    "Container",
    "Index",
    "Path",
    "Run",
    "Touch",
]


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
        self.clients: dict[int, Clocks] = {}
        self.order = ItemOrder()

    @property
    def size(self) -> int:
        """How many ranges the index holds."""
        return sum(len(client.starts) for client in self.clients.values())

    def state_vector(self) -> dict[int, int]:
        """The next clock of every client."""
        return {client: known.next for client, known in self.clients.items() if known.next}

    def whole_clocks(self, vector: Mapping[int, int]) -> dict[int, int]:
        """A client's state vector without what is unknown here and without half pairs."""
        whole: dict[int, int] = {}
        for client, clock in vector.items():
            known = self.clients.get(client)
            if known is not None:
                clock = min(clock, known.next)
                whole[client] = clock - 1 if clock in known.halves else clock
        return whole

    def siblings(self, root: str) -> list[tuple[int, int, int]]:
        """What stands in a root sequence, in order: (client, first clock, last clock), living."""
        alive: list[tuple[int, int, int]] = []
        for client, start, last in self.order.walk((self.roots[root], None)):
            for first, end in self.clients[client].not_deleted(start, last + 1):
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
        return typed_on(self, parsed, device) or finished(self.staging(parsed, device))

    def staging(self, parsed: Parsed, device: str | None) -> Generator[None, None, Change]:
        """`stage` in pieces. Until the last one nothing may be asked of the index."""
        change = Change(device)
        try:
            yield from Placing(self, parsed, change).steps_to_place()
        except BaseException:
            self.rollback(change)
            raise
        return change

    def commit(self, change: Change) -> None:
        """Keep a staged update."""
        finished(self.committing(change))

    def committing(self, change: Change) -> Generator[None, None, None]:
        """`commit` in pieces."""
        self.order.keep()
        for client, ranges in change.deletes.items():
            known = self.clients[client]
            for number, (start, end) in enumerate(ranges):
                known.delete(start, end)
                if number % PIECE == PIECE - 1:
                    yield
        for number, (client, start, end) in enumerate(change.erased):
            self.clients[client].delete(start, end)
            if number % PIECE == PIECE - 1:
                yield
        if change.device is not None:
            for client in change.bound:
                self.bindings[client] = change.device

    def rollback(self, change: Change) -> None:
        """Forget a staged update."""
        self.order.undo()
        for client, known, runs, clock in reversed(change.marks):
            del known.starts[runs:]
            del known.runs[runs:]
            known.next = clock
            known.halves.difference_update(change.halves[client])
            if not clock:
                del self.clients[client]
        for container, key in change.keys:
            container.keys.discard(key)

    def is_dead(self, container: Container, also: Mapping[int, list[ID]] | None = None) -> bool:
        """Whether a container can no longer be seen: it or one around it is deleted."""
        inner: Container | None = container
        while inner is not None and inner.parent is not None:
            client, clock = inner.item
            known = self.clients.get(client)
            if known is None or known.is_deleted(clock):
                return True
            if also and any(start <= clock < end for start, end in also.get(client, ())):
                return True
            inner = inner.parent
        return False

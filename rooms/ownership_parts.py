"""What the index of a document is made of: containers, runs of clocks, touches, a staged change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final, Literal, TypeAlias

import msgspec

from rooms.update_gate import ID

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


class Container:
    """A shared type in the document: a root, or made by the struct `item` inside `parent`.

    `keys` holds every key that was ever set in it, also what is deleted since. Compared by
    identity: two maps that followed each other under one key have the same path and are different
    containers.
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


class Run(msgspec.Struct, frozen=True, gc=False):
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


GARBAGE: Final = Run(None, None, None, True)


class Clocks:
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
        "bound",
        "data",
        "deletes",
        "device",
        "erased",
        "fresh",
        "halves",
        "keys",
        "marks",
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
        self.marks: list[tuple[int, Clocks, int, int]] = []
        self.halves: dict[int, list[int]] = {}
        self.keys: list[tuple[Container, str]] = []

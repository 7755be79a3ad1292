"""The contract every storage keeps: commits, documents, words, photos, secrets, who is where.

A storage knows bytes and names, never what they mean. Times are integer milliseconds since the
epoch. Each method that writes returns only when the bytes are durable, unless it says otherwise
(`architecture.md`, Room, log, storage). One contract suite (`tests/rooms/storage_contract.py`) runs
on every implementation.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec


class Conflict(Exception):
    """The sequence number is taken: read what is new, decide again. Also what a late write to a
    forgotten room gets."""


class StorageUnwritable(Exception):
    """The disk is full, read-only or gone. Nothing of the refused write is kept; reading still
    works."""


class Overtaken(StorageUnwritable):
    """Another process has just written to the document: nothing was kept, and the same change may
    be made again at once."""


class Newer(StorageUnwritable):
    """A newer version of the program, which serves the same rooms, has written what this one does
    not understand: the room is that one's from here on, and nothing of it is touched."""


class StorageHeld(Exception):
    """Another process holds this data; `str(error)` says which and what to do."""


class StorageTooNew(Exception):
    """The data was written by a newer version of the program; nothing was touched."""


class StorageDamaged(Exception):
    """The data cannot be trusted or is not ours; nothing was touched."""


class StoredUpdate(msgspec.Struct, frozen=True):
    """One row of a document's log. `applied` is False when no process has reported it applied: it
    may be what crashed."""

    id: int
    update: bytes
    applied: bool


class News(msgspec.Struct, frozen=True):
    """Another process has written commit `number` of a room, or update `number` of its `document`
    (its whole name). With `number` 0: something may have been written, read everything again."""

    number: int = 0
    document: str = ""


Kept: TypeAlias = Callable[[Sequence[int | BaseException]], int]
"""Told what became of each update that was added: its id, or why it has none. Returns up to which
id they were then applied without harm (`Storage.mark_applied`), 0 for none."""


class Storage(Protocol):
    """What rooms need from a place that keeps things. Room ids are short ASCII; documents are
    named `{room}/...`."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write here too. Where they may, the ids of a document's
        updates rise by one."""

    @property
    def trouble(self) -> float:
        """For how many seconds the storage has not answered, 0.0 while it does."""

    async def create_room(self, room: str, at: int) -> None:
        """Make an empty room. Raises `Conflict` when the id is taken."""

    async def rooms(self) -> Sequence[str]:
        """Ids of all rooms."""

    async def forget_room(self, room: str) -> None:
        """Remove everything of a room: commits, documents, words, photos, secrets, touches; no
        byte of them stays in the files."""

    async def append(
        self, room: str, seq: int, commit: bytes, words: Mapping[str, bytes] | None = None
    ) -> None:
        """Write commit number `seq` (1, 2, ...) together with the words it refers to, in one
        transaction.

        Raises `Conflict` when `seq` is not the next one, `StorageUnwritable` when it cannot be
        kept.
        """

    async def commits(self, room: str, after: int = 0) -> Sequence[tuple[int, bytes]]:
        """All commits with a number above `after`, in order."""

    async def set_aside(self, room: str, after: int, why: str) -> None:
        """Set every commit with a number above `after` aside: they are no longer returned, the
        next one is `after + 1`, and what they were is kept for inspection."""

    async def words(self, room: str) -> Mapping[str, bytes]:
        """Every kept text of a room by reference."""

    async def erase_words(self, room: str, refs: Sequence[str]) -> None:
        """Forget these texts for good, overwriting their bytes. Compact the documents that held
        them before: what is removed by then leaves no copies either."""

    async def add_update(
        self, document: str, update: bytes, after: int | None = None, together: str = ""
    ) -> int:
        """Append a document update, durable on return, and return its id (rising within the
        document). Raises `Conflict` when there is one with an id above `after`.

        `together` is a word of their own for updates that are added at once: the first has
        `after`; those without it raise `Conflict` unless they come directly behind another with
        the same word. So where another process was first, all of them fail. A storage that is not
        shared need not look at it.
        """

    def add_soon(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        """`add_update` of these in order, without a task of their own: `told` is called in the
        loop when all of them are durable or lost. Only where the storage is not `shared`."""

    async def updates(self, document: str, after: int = 0) -> Sequence[StoredUpdate]:
        """The document's log in order, snapshot first; or what came after an id, which is a
        snapshot too if it reaches further."""

    async def mark_applied(self, document: str, upto: int) -> None:
        """Report that updates up to this id were applied without harm. Cheap; may become durable
        later."""

    async def quarantine(self, document: str, id: int, why: str) -> None:
        """Set an update aside: it is no longer returned by `updates`, but kept for inspection."""

    async def compact(self, document: str, snapshot: bytes, upto: int) -> None:
        """Replace all updates up to and including `upto` by `snapshot`, in one transaction.

        Raises `Conflict` when there is a newer snapshot.
        """

    async def documents(self, room: str) -> Sequence[str]:
        """Names of the room's documents that have any update."""

    async def put_photo(self, room: str, id: str, body: bytes, media: str) -> None:
        """Keep a picture, durable on return. Overwrites. Raises `Conflict` when there is no such
        room."""

    async def photo(self, room: str, id: str) -> tuple[str, bytes] | None:
        """The media type and bytes of a picture, or None."""

    async def photos(self, room: str) -> Mapping[str, int]:
        """Every picture of a room: its id and how many bytes it has."""

    async def drop_photo(self, room: str, id: str) -> None:
        """Forget a picture for good, overwriting its bytes; no error when unknown."""

    async def put_secret(self, digest: str, room: str, value: bytes) -> None:
        """Remember what a secret (given as its digest) opens. Overwrites."""

    async def secret(self, digest: str) -> tuple[str, bytes] | None:
        """The room and value of a secret, or None."""

    async def drop_secret(self, digest: str) -> None:
        """Forget a secret; no error when unknown."""

    async def touch(self, seen: Mapping[str, int]) -> None:
        """Note that these rooms were alive at these times (ms). Need not survive a power cut,
        must survive a kill."""

    async def touched(self, room: str) -> int:
        """When the room was last alive (ms), 0 if never."""

    def follow(self, room: str) -> AsyncIterator[News]:
        """What other processes write in this room from now on; first of all `News()`, when
        listening has begun."""

    async def say_here(self, room: str, by: str, message: bytes, seconds: int) -> None:
        """Tell the other processes that have the room open, on the channel that has its name, and
        for so many seconds whoever opens it, what the process `by` knows of who is here. An empty
        message takes it back. Need not survive anything."""

    async def said_here(self, room: str) -> Sequence[bytes]:
        """What each process has last said that way, where the time is not over."""

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell the other processes; a single-process storage delivers to its own subscribers."""

    def subscribe(self, channel: str) -> AsyncIterator[bytes]:
        """Messages published on a channel from now on, and at most such as are still on their way
        between the nodes of a cluster."""

    async def check(self) -> None:
        """Raise `StorageUnwritable` unless a small write works now (`/readyz`)."""

    async def close(self) -> None:
        """Finish what is queued, release the files."""

"""The documents of one room that are open here, and their logs: loading, what other processes
wrote, our own edits, compaction (`architecture.md`, Documents).

One lock per document keeps whoever reads, checks and applies apart. A row of the log carries the
client ids that became a device's with it, so that ownership survives a restart.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any, Final, TypeVar

import msgspec
import structlog
from pycrdt import Doc

from activities.kernel import Reason
from rooms import board_repair
from rooms.board_repair import Structure
from rooms.documents import Accepted, Document, DocumentBroken, Documents, writers
from rooms.outgoing import NOTHING_KNOWN
from rooms.ownership import Touch
from rooms.probing import Probing
from rooms.shelf_rows import GATE, StoredRow, is_ours, packed, unpacked
from rooms.standing import Standing
from rooms.storage import Conflict, Newer, Overtaken, Storage, StorageUnwritable, StoredUpdate
from rooms.turn import Turn
from rooms.unbroken import Unbroken
from rooms.update_gate import BadUpdate

log = structlog.get_logger("rooms")

T = TypeVar("T")

COMPACT_AFTER: Final = 1_000
"""Rows after which a document's log is folded into a snapshot: an hour of lively writing, 20 ms
to load."""

LARGE: Final = 16_384
"""Bytes of a log from which on readers do not wait until it is joined to the index: below, that
takes some 20 ms."""

PAUSE: Final = 0.02
"""Seconds between the pieces of that while nobody waits for it: a tenth of a core."""

DAMAGED: Final = (
    "A row of this document is damaged. It opens with what is whole; the row is kept aside, where"
    " docs/operations.md, Damage, says. A backup may have it."
)


class RefusedEdit(Exception):
    """A document update was not taken. `detail` is the gate's own word, for page and log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason: Reason = reason
        self.detail = detail


class _Clash(Exception):
    """Another process has kept something by the client of an edit that waits here."""


class OpenDocuments:
    """Opens, keeps, changes and reads the documents of one room. Names are without the room's
    prefix."""

    def __init__(
        self,
        room: str,
        storage: Storage,
        new_client_id: Callable[[], int] = lambda: secrets.randbits(32),
    ) -> None:
        self.room = room
        self.on_edit: Callable[[str, bytes, Any], None] = lambda name, update, by: None
        self.on_removed: Callable[[], None] = lambda: None
        self.on_touched: Callable[[str, Sequence[Touch]], None] = lambda name, touches: None
        self.structure: Callable[[], Structure | None] = lambda: None
        self.is_latest: Callable[[], Awaitable[bool]] = _yes
        """Whether `structure` is by the whole log, and what follows from it is not being made."""
        self.on_newer: Callable[[], None] = lambda: None
        """Called when a newer version has written what is not understood here (SCA5)."""
        self._closed = False
        self.handed_over = False
        """Whether the room is a newer version's: nothing is read or written any more."""
        self._mending = False
        self._untidy: set[str] = set()
        self._probing = Probing(room, storage, lambda row: unpacked(row).update)
        self._unbroken = Unbroken()
        self._storage = storage
        self._documents = Documents(new_client_id)
        self._locks: dict[str, Turn] = defaultdict(Turn)
        self._told: dict[str, bytes] = {}
        self._resting: set[str] = set()
        self._folding: set[str] = set()
        self.standing = Standing()
        self._rows: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self.large = LARGE
        self._judging: dict[str, asyncio.Task[None]] = {}
        self._hurried: set[str] = set()
        self._doubted: set[str] = set()  # a row is not in order: found when it was read already

    def _full(self, name: str) -> str:
        return f"{self.room}/{name}"

    # Opening and letting go -----------------------------------------------------------------------

    async def _open(self, name: str) -> Document:
        """The document, loaded if need be. Call with its lock held. Raises `RefusedEdit` when the
        shelf is closed, and `Newer`."""
        if self._closed:
            raise RefusedEdit("closed")
        if self.handed_over:
            raise Newer("a newer version serves this room")
        full = self._full(name)
        self._resting.discard(name)
        if (known := self._documents.get(full)) is not None:
            return known
        stored = await self._undamaged(name, await self._storage.updates(full))
        stored = await self._probing.sound(full, stored)
        rows = [unpacked(row) for row in stored]
        bindings = {client: device for row in rows for client, device in row.bound}
        document = self._trusted(name, stored, rows, bindings)
        if document is None:
            document, aside = self._documents.open(full, [row.update for row in rows], bindings)
            for position in aside:
                bad = stored[position]
                await self._storage.quarantine(full, bad.id, "not in order")
                log.error("update_quarantined", room=self.room, document=name, update=bad.id)
            self._doubted.discard(name)
        self._rows[name] = len(stored)
        self._last[name] = stored[-1].id if stored else 0
        self.standing.drop(full)
        if self._storage.shared and (told := self._told.get(name)) is not None:
            # It was let go to be read again: readers have nothing yet of what others wrote.
            await self._judge(name, document)
            if document.is_broken:
                return await self._open(name)
            self.on_edit(name, document.diff(told), None)
            self._told[name] = document.state_vector()
        if stored:
            await self._storage.mark_applied(full, stored[-1].id)
        if name == "board" and stored and (wanted := self.structure()) is not None:
            return await self._agreeing(document, wanted)
        return document

    def _trusted(
        self,
        name: str,
        stored: Sequence[StoredUpdate],
        rows: Sequence[StoredRow],
        bindings: Mapping[int, str],
    ) -> Document | None:
        """A large document that can be read at once, if everything in its log was judged by this
        very gate; its index follows."""
        large = sum(len(row.update) for row in rows) >= self.large
        if not large or name in self._doubted or not all(map(is_ours, stored, rows)):
            return None
        full = self._full(name)
        try:
            document = self._documents.open_trusting(full, [row.update for row in rows], bindings)
        except DocumentBroken:
            return None
        self._judging[name] = asyncio.ensure_future(self._judge_on(name, document))
        return document

    async def _judge_on(self, name: str, document: Document) -> None:
        while not (self._closed or document.is_judged):
            if self._documents.get(self._full(name)) is not document:
                break
            if document.judge():
                break
            await asyncio.sleep(0 if name in self._hurried else PAUSE)
        self._hurried.discard(name)
        if self._judging.get(name) is asyncio.current_task():
            del self._judging[name]
        if document.is_judged and document.is_broken:
            self._doubted.add(name)

    async def _judge(self, name: str, document: Document) -> None:
        """Have the index of an open document whole; others are answered meanwhile. It is broken
        afterwards where its log is not in order."""
        while not (self._closed or document.is_judged):
            if self._documents.get(self._full(name)) is not document:
                return
            task = self._judging.get(name)
            if task is None or task.done():
                document.judge()
                await asyncio.sleep(0)
            else:
                self._hurried.add(name)
                await asyncio.wait({task})
        if document.is_judged and document.is_broken:
            self._doubted.add(name)

    def _is_judged(self, name: str) -> bool:
        document = self._documents.get(self._full(name))
        return document is not None and document.is_judged

    async def _judged(self, name: str) -> None:
        """Have the index of a document whole without a hand on the document, so that those who read
        are answered. What goes wrong is for whoever takes the document to say."""
        document = self._documents.get(self._full(name))
        if document is None:
            with suppress(Exception):
                async with self._locks[name]:
                    document = await self._open(name)
        if document is not None:
            await self._judge(name, document)

    async def _open_judged(self, name: str) -> Document:
        """`_open`, with the index whole. Call with its lock held."""
        while True:
            document = await self._open(name)
            if document.is_judged:
                return document
            await self._judge(name, document)

    async def _undamaged(self, name: str, stored: Sequence[StoredUpdate]) -> list[StoredUpdate]:
        """The rows that are what was written; others are set aside (DUR1)."""
        sound: list[StoredUpdate] = []
        for row in stored:
            try:
                with self._heeding():
                    unpacked(row)
            except msgspec.DecodeError:
                await self._storage.quarantine(self._full(name), row.id, "damaged")
                log.error("update_damaged", room=self.room, document=name, hint=DAMAGED)
            else:
                sound.append(row)
        return sound

    @contextmanager
    def _heeding(self) -> Iterator[None]:
        """Tell the room when a row is a newer version's."""
        try:
            yield
        except Newer:
            self.hand_over()
            self.on_newer()
            raise

    def hand_over(self) -> None:
        """The room is a newer version's: read and write nothing any more."""
        self.handed_over = True

    @asynccontextmanager
    async def opened(
        self, *names: str, reading: bool = False
    ) -> AsyncIterator[tuple[Document, ...]]:
        """These documents, and nobody else's hand on them meanwhile. Raises `RefusedEdit`. With
        `reading` the index of a large one may be on its way yet."""
        if not reading:
            for name in names:
                if not self._is_judged(name):
                    await self._judged(name)
        open_ = self._open if reading else self._open_judged
        async with AsyncExitStack() as held:
            for name in sorted(names):  # one order for all, so that no two wait for each other
                await held.enter_async_context(self._locks[name])
            documents = [await open_(name) for name in names]
            if self._storage.shared:
                for name in names:
                    with suppress(StorageUnwritable):  # else what is known here has to do
                        await self._catch_up(name)
                documents = [await open_(name) for name in names]
            yield tuple(documents)

    async def _agreeing(self, document: Document, wanted: Structure) -> Document:
        """The board, where the log says its cards stand. On a disk that is full it stays as it is
        until it is opened again."""
        repair = document.read(lambda doc: board_repair.differing(doc, wanted))
        if repair.empty or self._mending or not await self.is_latest():
            return document
        log.warning("board_mended", room=self.room, cards=len(repair.places))
        await self._judge("board", document)
        if document.is_broken:
            return await self._open("board")
        try:
            await self.change("board", document, lambda doc: board_repair.mend(doc, repair))
        except StorageUnwritable:
            self._mending = True
            try:
                return await self._open("board")
            finally:
                self._mending = False
        return document

    async def close(self) -> None:
        """Take no more edits; returns when none is under way."""
        self._closed = True
        await self._unbroken.settled()
        await asyncio.gather(*self._judging.values())
        for lock in list(self._locks.values()):
            async with lock:
                pass
        await self._unbroken.settled()
        for document in list(self._documents):  # at once: their boards may be large
            self._documents.drop(document.name)

    def told(self, name: str) -> bytes:
        """A state vector of what `on_edit` was told of a document so far; at least nothing."""
        return self._told.get(name, NOTHING_KNOWN)

    def rest(self, in_use: Collection[str]) -> int:
        """Let go of documents that nobody holds open, and nobody touched since the last time this
        was asked; returns how many. They are loaded again when somebody wants them."""
        gone = 0
        self.standing.rest()
        for name in [document.name.partition("/")[2] for document in self._documents]:
            if name in in_use or self._is_waited_for(name):
                self._resting.discard(name)
            elif name not in self._resting:
                self._resting.add(name)
            else:
                self._let_go(name)
                gone += 1
        return gone

    def _is_waited_for(self, name: str) -> bool:
        """Whether somebody wants something of a document right now."""
        return self._locks[name].locked()

    def _let_go(self, name: str) -> None:
        self._documents.drop(self._full(name))
        self.standing.drop(self._full(name))
        self._told.pop(name, None)
        self._resting.discard(name)
        self._rows.pop(name, None)
        self._last.pop(name, None)

    @property
    def loaded(self) -> int:
        """Bytes of updates that the open documents were made of: a board takes some 13 times its
        encoded size (`performance.md` 12.7)."""
        return sum(document.size for document in self._documents)

    # What other processes wrote -------------------------------------------------------------------

    async def follow(self, name: str = "") -> None:
        """Take in what others wrote to a document that is open here; without a name, to all.
        Raises `StorageUnwritable`."""
        begin = len(self.room) + 1
        names = [name] if name else [document.name[begin:] for document in self._documents]
        for each in names:
            if self._documents.get(self._full(each)) is not None:
                async with self._locks[each]:
                    await self._catch_up(each)

    async def _catch_up(self, name: str) -> bool:
        """Bring an open document up to date; whether it still is the same one. Call with its lock
        held, and with everything applied that we have kept. Raises `StorageUnwritable`."""
        full = self._full(name)
        document = self._documents.get(full)
        if document is None:
            return False
        for row in await self._storage.updates(full, self._last[name]):
            await self._judge(name, document)
            try:
                self._take_in(name, document, row)
            except (BadUpdate, DocumentBroken, msgspec.MsgspecError, _Clash):
                self._documents.drop(full)  # loading sets aside what is not in order
                return False
            self._told[name] = document.state_vector()
            self.standing.drop(full)  # what others wrote may remove something
        return True

    def _take_in(self, name: str, document: Document, row: StoredUpdate) -> None:
        with self._heeding():
            stored = unpacked(row)
        if document.awaits(writers(stored.update)):
            # By the same client as what we are about to keep: what we judged no longer holds.
            raise _Clash
        new = document.take_in(stored.update, stored.bound)
        self._last[name] = row.id
        self._rows[name] += 1
        if new.update:
            self.on_edit(name, new.update, None)
            self._told[name] = document.state_vector()
            self._new_here(name, new)
            if stored.people:
                self.on_touched(name, new.touches)

    def _new_here(self, name: str, new: Accepted) -> None:
        """The document has something new: so has the frame for those who come in."""
        if any(map(removes, new.touches)):
            self.standing.drop(self._full(name))
        else:
            self.standing.changed(self._full(name), new.update)

    def has_rows(self, name: str) -> bool:
        """Whether an open document was ever written to."""
        return self._last[name] > 0

    # The log --------------------------------------------------------------------------------------

    async def _append(self, name: str, body: bytes, after: int | None, together: str = "") -> int:
        id = await self._storage.add_update(self._full(name), body, after, together)
        self._last[name] = max(id, self._last[name])
        self._rows[name] += 1
        return id

    async def _applied(self, name: str, document: Document, last: int) -> None:
        try:
            await self._storage.mark_applied(self._full(name), last)
            self._fold_if_long(name)
        except StorageUnwritable:
            # The edit itself is kept; tidying up waits for the next one.
            log.warning("compaction_put_off", room=self.room, document=name)

    def _fold_if_long(self, name: str) -> None:
        if self._rows[name] >= COMPACT_AFTER and name not in self._folding:
            self._folding.add(name)
            self._unbroken.start(self._fold_later(name))

    async def _fold_later(self, name: str) -> None:
        """Fold a long log when those who wait to write have written, and while others go on
        writing: only reading the document out takes its lock, not the disk."""
        try:
            async with self.opened(name) as (document,):
                snapshot, last, rows = self._snapshot(document), self._last[name], self._rows[name]
            await self._storage.compact(self._full(name), snapshot, last)
            if name in self._rows:
                self._rows[name] += 1 - rows
        except (Conflict, StorageUnwritable, RefusedEdit, DocumentBroken):
            # Folded otherwise meanwhile, or not now: the next edit asks again.
            log.warning("compaction_put_off", room=self.room, document=name)
        finally:
            self._folding.discard(name)

    def _snapshot(self, document: Document) -> bytes:
        bound = tuple((c, d) for c, d in document.index.bindings.items() if d)
        return packed(StoredRow(document.state(), bound, gate=GATE))

    async def fold(self, name: str, document: Document) -> None:
        """`compact` of a document that is `opened`."""
        snapshot = self._snapshot(document)
        try:
            await self._storage.compact(self._full(name), snapshot, self._last[name])
        except Conflict:
            # Another process has a newer snapshot, made after everything this one would hold.
            log.info("compacted_elsewhere", room=self.room, document=name)
        self._rows[name] = 1

    async def compact(self, name: str) -> None:
        """Fold the log into a snapshot, which no longer holds what was deleted."""
        async with self.opened(name) as (document,):
            await self.fold(name, document)

    # Our own edits, and reading -------------------------------------------------------------------

    async def edit(self, name: str, work: Callable[[Doc[Any]], object]) -> None:
        """Change a document as the server: one transaction, kept before anyone is told."""
        async with self.opened(name) as (document,):
            await self.change(name, document, work)

    async def change(
        self, name: str, document: Document, work: Callable[[Doc[Any]], object]
    ) -> None:
        """`edit` of a document that is `opened`."""
        update = document.server_edit(work)
        if not update:
            return
        after = self._last[name] if self._storage.shared else None
        try:
            row = await self._append(name, packed(StoredRow(update, gate=GATE)), after)
        except BaseException as error:
            # Native document and index are ahead of what is durable: load afresh.
            self._documents.drop(self._full(name))
            if isinstance(error, Conflict) and after is not None:
                raise Overtaken(f"somebody else has just changed {name}") from error
            raise
        self.on_edit(name, update, None)
        self._told[name] = document.state_vector()
        self.standing.drop(self._full(name))  # what we write may remove something
        await self._applied(name, document, row)

    async def read(self, name: str, reader: Callable[[Doc[Any]], T]) -> T:
        """What a reader finds in a document."""
        async with self.opened(name, reading=True) as (document,):
            return document.read(reader)


async def _yes() -> bool:
    return True


def removes(touch: Touch) -> bool:
    """Whether text may have gone with this: something deleted, or a shared type replaced."""
    return touch.kind == "delete" or (touch.kind == "set" and touch.type >= 0 and not touch.first)

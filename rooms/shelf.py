"""The documents of one room on their way between people and storage (`architecture.md`, Documents).

The order for every edit: gate and permission (`Document.check`), durable append, apply, then the
caller acknowledges and broadcasts. One lock per document keeps checks and applies apart; edits that
wait for it are taken in together, so that a slow disk is waited for once and not once for each. A
row of the log carries the client ids that became a device's with it, so that ownership survives a
restart.
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
from rooms import board_repair, board_schema, memo_document
from rooms.awareness import Changes
from rooms.board_repair import Structure
from rooms.board_schema import Card
from rooms.documents import (
    Accepted,
    Document,
    DocumentBroken,
    Documents,
    RefusedUpdate,
    writers,
)
from rooms.outgoing import NOTHING_KNOWN, Outgoing
from rooms.ownership import Touch
from rooms.permissions import Writer
from rooms.probing import Probing
from rooms.sealed import is_sealed, seal, unseal
from rooms.standing import Standing
from rooms.storage import Conflict, Newer, Overtaken, Storage, StorageUnwritable, StoredUpdate
from rooms.unbroken import Unbroken
from rooms.update_gate import BadUpdate

log = structlog.get_logger("rooms")

T = TypeVar("T")

COMPACT_AFTER: Final = 1_000
"""Rows after which a document's log is folded into a snapshot: an hour of lively writing, 20 ms
to load."""


NOT_SAVED: Final = "not_saved"
"""Why an edit was not taken that nothing is wrong with: it may be sent again as it is."""

TAKEN_AGAIN: Final = 50
"""How often edits are judged anew because other processes were first, before they are refused as
not saved: each time somebody else's were kept, so that it goes on."""
DAMAGED: Final = (
    "A row of this document is damaged. It opens with what is whole; the row is kept aside, where"
    " docs/operations.md, Damage, says. A backup may have it."
)


ROW_VERSION: Final = 1
"""Of what a row may hold. A reader of a lower one hands the room over (SCA5): raise it when older
gates would not let in, or not understand, what documents hold from then on."""


class StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a document's log: the update, (client id, device) pairs first seen with it, whether
    people made it, not the room itself, and the `ROW_VERSION` it has to be read by."""

    update: bytes
    bound: tuple[tuple[int, str], ...] = ()
    people: bool = False
    v: int = ROW_VERSION


class RefusedEdit(Exception):
    """A document update was not taken. `detail` is the gate's own word, for page and log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason: Reason = reason
        self.detail = detail


class MissingEdits(Exception):
    """Edits below this one are still on their way: ask the page for its step 2."""


class _Edit:
    """An edit that waits for its document, and then what became of it: what was new in it, or
    what its writer is to be told."""

    __slots__ = ("by", "outcome", "step2", "update", "writer")

    def __init__(self, update: bytes, writer: Writer, step2: bool, by: object) -> None:
        self.update = update
        self.writer = writer
        self.step2 = step2
        self.by = by
        self.outcome: bytes | BaseException | None = None


class _Clash(Exception):
    """Another process has kept something by the client of an edit that waits here."""


_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder(StoredRow)


class Shelf:
    """Opens, checks, keeps and reads the documents of one room. Names are without the room's
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
        self.on_newer: Callable[[], None] = lambda: None
        """Called when a newer version has written what is not understood here (SCA5)."""
        self.refused = 0
        self._closed = False
        self.handed_over = False
        """Whether the room is a newer version's: nothing is read or written any more."""
        self._mending = False
        self._untidy: set[str] = set()
        self._probing = Probing(room, storage, lambda row: _unpacked(row).update)
        self._unbroken = Unbroken()
        self._storage = storage
        self._documents = Documents(new_client_id)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: dict[str, list[_Edit]] = defaultdict(list)
        self._told: dict[str, bytes] = {}
        self._resting: set[str] = set()
        self._folding: set[str] = set()
        self.standing = Standing()
        self._rows: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def _full(self, name: str) -> str:
        return f"{self.room}/{name}"

    # Opening ----------------------------------------------------------------------------------

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
        rows = [_unpacked(row) for row in stored]
        bindings = {client: device for row in rows for client, device in row.bound}
        document, aside = self._documents.open(full, [row.update for row in rows], bindings)
        for position in aside:
            bad = stored[position]
            await self._storage.quarantine(full, bad.id, "not in order")
            log.error("update_quarantined", room=self.room, document=name, update=bad.id)
        self._rows[name] = len(stored)
        self._last[name] = stored[-1].id if stored else 0
        self.standing.drop(full)
        if self._storage.shared and (told := self._told.get(name)) is not None:
            # It was let go to be read again: readers have nothing yet of what others wrote.
            self.on_edit(name, document.diff(told), None)
            self._told[name] = document.state_vector()
        if stored:
            await self._storage.mark_applied(full, stored[-1].id)
        if name == "board" and stored and (wanted := self.structure()) is not None:
            return await self._agreeing(document, wanted)
        return document

    async def _undamaged(self, name: str, stored: Sequence[StoredUpdate]) -> list[StoredUpdate]:
        """The rows that are what was written; others are set aside (DUR1)."""
        sound: list[StoredUpdate] = []
        for row in stored:
            try:
                with self._heeding():
                    _unpacked(row)
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
    async def opened(self, *names: str) -> AsyncIterator[tuple[Document, ...]]:
        """These documents, and nobody else's hand on them meanwhile. Raises `RefusedEdit`."""
        async with AsyncExitStack() as held:
            for name in sorted(names):  # one order for all, so that no two wait for each other
                await held.enter_async_context(self._locks[name])
            documents = [await self._open(name) for name in names]
            if self._storage.shared:
                for name in names:
                    with suppress(StorageUnwritable):  # else what is known here has to do
                        await self._catch_up(name)
                documents = [await self._open(name) for name in names]
            yield tuple(documents)

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
            stored = _unpacked(row)
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
        if any(map(_removes, new.touches)):
            self.standing.drop(self._full(name))
        else:
            self.standing.changed(self._full(name), new.update)

    def has_rows(self, name: str) -> bool:
        """Whether an open document was ever written to."""
        return self._last[name] > 0

    async def _agreeing(self, document: Document, wanted: Structure) -> Document:
        """The board, where the log says its cards stand. On a disk that is full it stays as it is
        until it is opened again."""
        repair = document.read(lambda doc: board_repair.differing(doc, wanted))
        if repair.empty or self._mending:
            return document
        log.warning("board_mended", room=self.room, cards=len(repair.places))
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
        for lock in list(self._locks.values()):
            async with lock:
                pass

    def told(self, name: str) -> bytes:
        """A state vector of what `on_edit` was told of a document so far; at least nothing."""
        return self._told.get(name, NOTHING_KNOWN)

    def missing_now(self, name: str, state_vector: bytes) -> bytes:
        """What a reader with this state vector lacks of an open document that nobody is writing
        to; empty otherwise: then ask `missing`."""
        document = self._documents.get(self._full(name))
        if document is None or self._locks[name].locked():
            return b""
        return document.diff(state_vector)

    async def first(self, name: str, packed: bool = False) -> tuple[list[Outgoing], bytes]:
        """What somebody who has nothing of a document is sent, `packed` if it is large, and what we
        have. Raises `RefusedEdit`."""
        full = self._full(name)
        while True:
            async with self.opened(name) as (document,):
                frames = self.standing.frames(full, document.state)
                state = document.state_vector()
            if not packed:
                return frames, state
            if (whole := await self.standing.packed(full, frames[0])) is not None:
                return [whole, *frames[1:]], state
            packed = False  # somebody removes things just now: plainly, and at once

    def rest(self, in_use: Collection[str]) -> int:
        """Let go of documents that nobody holds open, and nobody touched since the last time this
        was asked; returns how many. They are loaded again when somebody wants them."""
        gone = 0
        self.standing.rest()
        for name in [document.name.partition("/")[2] for document in self._documents]:
            if name in in_use or self._locks[name].locked() or self._waiting[name]:
                self._resting.discard(name)
            elif name not in self._resting:
                self._resting.add(name)
            else:
                self._let_go(name)
                gone += 1
        return gone

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

    # People's edits -----------------------------------------------------------------------------

    async def missing(self, name: str, state_vector: bytes) -> tuple[bytes, bytes]:
        """What a reader with this state vector lacks, and what we have. Raises `RefusedEdit`."""
        async with self.opened(name) as (document,):
            try:
                return document.diff(state_vector), document.state_vector()
            except BadUpdate as bad:
                raise RefusedEdit("bad_request", bad.reason) from bad

    async def write(
        self, name: str, update: bytes, writer: Writer, *, step2: bool, by: object = None
    ) -> bytes:
        """Take an edit in; returns what was new, empty when nothing was. `by` is handed to
        `on_edit`.

        Raises `RefusedEdit`, and `MissingEdits` when the page must send its step 2 first. Goes on
        to its end even when the writer's line drops meanwhile (DOC4).
        """
        edit = _Edit(update, writer, step2, by)
        self._waiting[name].append(edit)
        return await self._unbroken.run(self._write(name, edit))

    async def _write(self, name: str, edit: _Edit) -> bytes:
        async with self._locks[name]:
            # Whoever has the lock takes along all that wait: one wait for the disk serves them all.
            if edit.outcome is None:
                edits, self._waiting[name] = self._waiting[name], []
                await self._take(name, edits)
        if isinstance(edit.outcome, BaseException):
            raise edit.outcome
        assert edit.outcome is not None
        return edit.outcome

    async def _take(self, name: str, edits: list[_Edit]) -> None:
        """Take edits in, in order, and give each its outcome. Call with the lock held.

        What looks wrong is judged again when the document has caught up with the other processes,
        before it is refused.
        """
        caught_up = not self._storage.shared
        left = edits
        try:
            for _ in range(TAKEN_AGAIN):
                document = await self._open(name)
                accepted: list[tuple[_Edit, Accepted]] = []
                doubtful: list[_Edit] = []
                for edit in left:
                    verdict = document.check(edit.update, edit.writer, step2=edit.step2)
                    if isinstance(verdict, Accepted):
                        accepted.append((edit, verdict))
                    elif caught_up:
                        self._refuse(edit, verdict)
                    else:
                        doubtful.append(edit)
                again = await self._take_accepted(name, document, accepted)
                left = [edit for edit in left if edit in again or edit in doubtful]
                if not left:
                    return
                await self._catch_up(name)
                caught_up = True
            raise Overtaken(f"others kept writing to {name}")
        except BaseException as error:
            # The index may have what is not durable: load afresh.
            self._documents.drop(self._full(name))
            if isinstance(error, StorageUnwritable) and not isinstance(error, Newer):
                error = RefusedEdit("full", NOT_SAVED)
            for edit in edits:
                if edit.outcome is None:
                    edit.outcome = error

    async def _take_accepted(
        self, name: str, document: Document, accepted: list[tuple[_Edit, Accepted]]
    ) -> list[_Edit]:
        """Keep and apply what was accepted. Where another process was first, what it wrote goes
        before; returns what must be judged anew because of it."""
        last = stuck = 0
        for _ in range(TAKEN_AGAIN):
            kept = await self._keep_all(name, accepted)
            lost = (n for n, row in enumerate(kept) if isinstance(row, BaseException))
            first = next(lost, len(kept))
            # Beyond the first that was overtaken nothing was kept.
            overtaken = (
                self._storage.shared and first < len(kept) and isinstance(kept[first], Conflict)
            )
            upto = first if overtaken else len(kept)
            last = self._apply(name, document, accepted[:upto], kept[:upto]) or last
            accepted = accepted[upto:]
            before = self._last[name]
            if not accepted or not await self._catch_up(name):
                break
            stuck = stuck + 1 if not upto and self._last[name] == before else 0
            if stuck > 1:  # nobody was first: there is no such room any more
                raise RefusedEdit("closed")
        if last and self._documents.get(self._full(name)) is document:
            await self._applied(name, document, last)
        return [edit for edit, _ in accepted]

    def _refuse(self, edit: _Edit, verdict: RefusedUpdate) -> None:
        if verdict.gap and not edit.step2:
            edit.outcome = MissingEdits()
        else:
            self.refused += 1
            edit.outcome = RefusedEdit(_reason(verdict.reason), verdict.reason)

    async def _keep_all(
        self, name: str, accepted: list[tuple[_Edit, Accepted]]
    ) -> list[int | BaseException]:
        """The number of each edit's row, 0 when there was nothing new to keep, or why it has
        none."""
        asked: list[Awaitable[int]] = []
        after = self._last[name] if self._storage.shared else None
        # Where another process was first, none of them may be kept: what it wrote goes before.
        together = secrets.token_hex(6) if self._storage.shared else ""
        for edit, verdict in accepted:
            if not verdict.update:
                asked.append(_nothing())
                continue
            bound = tuple((client, edit.writer.device) for client in verdict.bound)
            row = StoredRow(verdict.update, bound, True)
            asked.append(self._append(name, row, after, together))
            after = None
        if len(asked) > 1:
            return await asyncio.gather(*asked, return_exceptions=True)
        try:
            return [await one for one in asked]  # a task less for what is most common
        except Exception as error:
            return [error]

    def _apply(
        self,
        name: str,
        document: Document,
        accepted: list[tuple[_Edit, Accepted]],
        kept: Sequence[int | BaseException],
    ) -> int:
        """Apply what is durable, and tell; returns the last row applied, 0 for none. What follows
        an edit that was lost or broke the document may build on it, and is refused as well: the
        page sends it again."""
        last = 0
        lost: BaseException | None = None
        for (edit, verdict), row in zip(accepted, kept, strict=True):
            if lost is None and isinstance(row, BaseException):
                lost = row
                self._documents.drop(self._full(name))
            if isinstance(lost, StorageUnwritable):
                edit.outcome = RefusedEdit("full", NOT_SAVED)
            elif lost is not None:
                edit.outcome = lost
            elif not verdict.update:
                edit.outcome = b""
            else:
                try:
                    document.apply(verdict.update)
                except DocumentBroken:
                    log.error("document_broken", room=self.room, document=name)
                    lost = RefusedEdit("bad_request", "broken")
                    self._documents.drop(self._full(name))
                    edit.outcome = lost
                    continue
                assert isinstance(row, int)
                last = row
                edit.outcome = verdict.update
                self.on_edit(name, verdict.update, edit.by)
                self.on_touched(name, verdict.touches)
                self._new_here(name, verdict)
                if any(map(_removes, verdict.touches)):
                    self._untidy.add(name)
                    self.on_removed()
        if last and lost is None:
            self._told[name] = document.state_vector()
        return last

    async def _append(
        self, name: str, row: StoredRow, after: int | None, together: str = ""
    ) -> int:
        body = seal(_pack.encode(row))
        id = await self._storage.add_update(self._full(name), body, after, together)
        self._last[name] = max(id, self._last[name])
        self._rows[name] += 1
        return id

    async def _applied(self, name: str, document: Document, last: int) -> None:
        full = self._full(name)
        try:
            await self._storage.mark_applied(full, last)
            if self._rows[name] >= COMPACT_AFTER and name not in self._folding:
                self._folding.add(name)
                self._unbroken.start(self._fold_later(name))
        except StorageUnwritable:
            # The edit itself is kept; tidying up waits for the next one.
            log.warning("compaction_put_off", room=self.room, document=name)

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
        return seal(_pack.encode(StoredRow(document.state(), bound)))

    async def fold(self, name: str, document: Document) -> None:
        """`compact` of a document that is `opened`."""
        snapshot = self._snapshot(document)
        try:
            await self._storage.compact(self._full(name), snapshot, self._last[name])
        except Conflict:
            # Another process has a newer snapshot, made after everything this one would hold.
            log.info("compacted_elsewhere", room=self.room, document=name)
        self._rows[name] = 1

    # Pointers -----------------------------------------------------------------------------------

    async def aware(self, name: str, data: bytes, writer: Writer, names: dict[str, str]) -> bytes:
        """A device's awareness, stamped for others; empty when there is nothing to pass on."""
        document = self._documents.get(self._full(name))
        if document is None:  # an open one need not wait for the disk, as its lock may
            async with self._locks[name]:
                document = await self._open(name)
        try:
            return document.awareness.take(data, writer, names)
        except BadUpdate as bad:
            raise RefusedEdit("bad_request", bad.reason) from bad

    def aware_elsewhere(self, name: str, data: bytes, process: str) -> bytes:
        """Pointers of people at another process; empty when there is nothing to pass on here."""
        document = self._documents.get(self._full(name))
        try:
            return document.awareness.take_elsewhere(data, process) if document else b""
        except BadUpdate:
            return b""  # of another version: pointers are not worth a line in the log

    def leave_elsewhere(self, process: str) -> dict[str, bytes]:
        """Another process is gone: what to tell about its people's pointers, by document."""
        begin = len(self.room) + 1
        gone = {d.name[begin:]: d.awareness.leave_elsewhere(process) for d in self._documents}
        return {name: data for name, data in gone.items() if data}

    def pointed(self, name: str) -> Changes:
        """What changed of the pointers in a document since this was asked the last time."""
        document = self._documents.get(self._full(name))
        return document.awareness.changes() if document else Changes([])

    def everyone_aware(self, name: str, short: bool = False) -> bytes:
        """All pointers of an open document, for a newcomer; `short`: in few bytes."""
        document = self._documents.get(self._full(name))
        if document is None:
            return b""
        return document.awareness.everyone_short() if short else document.awareness.everyone()

    def leave(self, name: str, device: str) -> bytes:
        """A device's last socket closed: what to tell the others about its pointers."""
        document = self._documents.get(self._full(name))
        return document.awareness.leave(device) if document else b""

    # Our own edits --------------------------------------------------------------------------------

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
            row = await self._append(name, StoredRow(update), after)
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

    async def make_places(self, texts: Mapping[str, str]) -> None:
        """Give the memo the places it lacks of these, each with its first text."""
        async with self.opened("memo") as (document,):
            lacking = document.read(lambda doc: memo_document.missing_places(doc, texts))
            if lacking:
                new = {id: texts[id] for id in lacking}
                await self.change("memo", document, lambda doc: memo_document.make_places(doc, new))

    async def write_prose(self, place: str, text: str) -> None:
        """Set what stands in a place of the memo; what stood there leaves the disk too."""
        await self.edit("memo", lambda doc: memo_document.write_place(doc, place, text))
        await self.compact("memo")

    async def forget_drafts(
        self, seat: str, texts: Collection[str], *, whole: bool = False
    ) -> None:
        """Empty the boxes of a seat that hold one of these texts: what a card began with, or what
        was not sent; with `whole` those that hold nothing else. Doing it again does no harm."""
        name = f"mine/{seat}"
        async with self.opened(name) as (document,):
            drafts = document.read(board_schema.read_drafts)
            held = [
                key
                for key, draft in drafts.items()
                if (draft.strip() in texts if whole else any(text in draft for text in texts))
            ]

            def drop(doc: Doc[Any]) -> None:
                for key in held:
                    board_schema.drop_draft(doc, key)

            if held:
                await self.change(name, document, drop)
                await self.fold(name, document)

    async def clear(self, name: str, kept: frozenset[str] = frozenset()) -> None:
        """Take everything people wrote out of a document but these cards; the memo's own text
        stays."""
        if name == "memo":
            return
        await self.edit(name, lambda doc: board_schema.clear(doc, name, kept))
        await self.compact(name)

    @property
    def untidy(self) -> frozenset[str]:
        """Documents in which people removed something since the last `tidy`."""
        return frozenset(self._untidy)

    async def tidy(self) -> None:
        """Compact every document in which people removed something since the last time: what they
        thought better of stays in no row of its log (DOC9). Raises `StorageUnwritable`: then call
        again."""
        while self._untidy and not self._closed and not self.handed_over:
            name = min(self._untidy)
            await self.compact(name)
            self._untidy.discard(name)

    async def compact(self, name: str) -> None:
        """Fold the log into a snapshot, which no longer holds what was deleted."""
        async with self.opened(name) as (document,):
            await self.fold(name, document)

    # Reading --------------------------------------------------------------------------------------

    async def cards(self, name: str) -> tuple[Card, ...]:
        """The cards of a board, circle or private document."""
        async with self.opened(name) as (document,):
            return document.cards()

    async def read(self, name: str, reader: Callable[[Doc[Any]], T]) -> T:
        """What a reader finds in a document."""
        async with self.opened(name) as (document,):
            return document.read(reader)

    async def sections(self, name: str) -> tuple[board_schema.Section, ...]:
        """The sections of a board."""
        return await self.read(name, board_schema.read_sections)


async def _nothing() -> int:
    return 0


def _unpacked(row: StoredUpdate) -> StoredRow:
    """What a row of the log says. Raises `msgspec.DecodeError` when it was damaged, and `Newer`
    when it is whole and only a newer version understands it."""
    body = unseal(row.update)
    try:
        stored = _unpack.decode(body)
    except msgspec.DecodeError as error:
        if is_sealed(row.update):
            raise Newer(f"a row of a document: {error}") from error
        raise
    if stored.v > ROW_VERSION:
        raise Newer(f"a row of a document is of version {stored.v}")
    return stored


def _removes(touch: Touch) -> bool:
    """Whether text may have gone with this: something deleted, or a shared type replaced."""
    return touch.kind == "delete" or (touch.kind == "set" and touch.type >= 0 and not touch.first)


def _reason(word: str) -> Reason:
    match word:
        case "not_yours" | "read_only" | "foreign_client" | "shape":
            return "not_allowed"
        case "document_full":
            return "full"
        case "too_large" | "update_too_large" | "size":
            return "too_large"
        case _:
            return "bad_request"

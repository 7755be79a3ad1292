"""The documents of one room on their way between people and storage (`architecture.md`, Documents).

The order for every edit: gate and permission (`Document.check`), durable append, apply, then the
caller acknowledges and broadcasts. Edits that wait for a document are taken in together, so that a
slow disk is waited for once and not once for each.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

import structlog
from pycrdt import Doc

from activities.kernel import Reason
from rooms import board_schema, memo_document
from rooms.awareness import Changes
from rooms.board_schema import Card
from rooms.documents import NOTHING, Accepted, Document, DocumentBroken, RefusedUpdate
from rooms.open_documents import OpenDocuments, RefusedEdit, removes
from rooms.outgoing import NOTHING_KNOWN, Outgoing
from rooms.permissions import Writer
from rooms.shelf_rows import GATE, StoredRow, packed
from rooms.storage import Conflict, Newer, Overtaken, Storage, StorageUnwritable
from rooms.update_gate import BadUpdate

log = structlog.get_logger("rooms")

NOT_SAVED: Final = "not_saved"
"""Why an edit was not taken that nothing is wrong with: it may be sent again as it is."""

TAKEN_AGAIN: Final = 50
"""How often edits are judged anew because other processes were first, before they are refused as
not saved: each time somebody else's were kept, so that it goes on."""


class MissingEdits(Exception):
    """Edits below this one are still on their way: ask the page for its step 2."""


Outcome: TypeAlias = bytes | BaseException
"""What was new in an edit, empty when nothing was, or what its writer is to be told."""


class _Edit:
    """An edit that waits for its document, and then what became of it: what was new in it, or
    what its writer is to be told."""

    __slots__ = ("by", "outcome", "step2", "told", "update", "writer")

    def __init__(
        self,
        update: bytes,
        writer: Writer,
        step2: bool,
        by: object,
        told: Callable[[Outcome], None],
    ) -> None:
        self.update = update
        self.writer = writer
        self.step2 = step2
        self.by = by
        self.told = told
        self.outcome: Outcome | None = None

    def tell(self) -> None:
        """Tell its writer what became of it."""
        self.told(RefusedEdit("closed") if self.outcome is None else self.outcome)


class Shelf(OpenDocuments):
    """The documents of one room, with what people do to them: edits, pointers, what they take away.
    Names are without the room's prefix."""

    def __init__(
        self,
        room: str,
        storage: Storage,
        new_client_id: Callable[[], int] = lambda: secrets.randbits(32),
    ) -> None:
        super().__init__(room, storage, new_client_id)
        self.refused = 0
        self._waiting: dict[str, list[_Edit]] = defaultdict(list)
        self._under_way: set[str] = set()

    def _is_waited_for(self, name: str) -> bool:
        return super()._is_waited_for(name) or bool(self._waiting[name])

    # Readers --------------------------------------------------------------------------------------

    def missing_now(self, name: str, state_vector: bytes) -> bytes:
        """What a reader with this state vector lacks of an open document that nobody is writing
        to; empty otherwise: then ask `missing`."""
        document = self._documents.get(self._full(name))
        if document is None or self._locks[name].locked():
            return b""
        if not document.is_judged and state_vector != NOTHING_KNOWN:
            return b""
        return document.diff(state_vector)

    async def missing(self, name: str, state_vector: bytes) -> tuple[bytes, bytes]:
        """What a reader with this state vector lacks, and what we have. Raises `RefusedEdit`."""
        async with self.opened(name, reading=state_vector == NOTHING_KNOWN) as (document,):
            try:
                return document.diff(state_vector), document.state_vector()
            except BadUpdate as bad:
                raise RefusedEdit("bad_request", bad.reason) from bad

    async def first(self, name: str, packed: bool = False) -> tuple[list[Outgoing], bytes]:
        """What somebody who has nothing of a document is sent, `packed` if it is large, and what we
        have. Raises `RefusedEdit`."""
        full = self._full(name)
        while True:
            async with self.opened(name, reading=True) as (document,):
                frames = self.standing.frames(full, document.state)
                state = document.state_vector()
            if not packed:
                return frames, state
            if (whole := await self.standing.packed(full, frames[0])) is not None:
                return [whole, *frames[1:]], state
            packed = False  # somebody removes things just now: plainly, and at once

    async def cards(self, name: str) -> tuple[Card, ...]:
        """The cards of a board, circle or private document."""
        async with self.opened(name, reading=True) as (document,):
            return document.cards()

    async def sections(self, name: str) -> tuple[board_schema.Section, ...]:
        """The sections of a board."""
        return await self.read(name, board_schema.read_sections)

    # People's edits -------------------------------------------------------------------------------

    async def write(
        self, name: str, update: bytes, writer: Writer, *, step2: bool, by: object = None
    ) -> bytes:
        """Take an edit in; returns what was new, empty when nothing was. `by` is handed to
        `on_edit`.

        Raises `RefusedEdit`, and `MissingEdits` when the page must send its step 2 first. Goes on
        to its end even when the writer's line drops meanwhile (DOC4).
        """
        told: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def tell(outcome: Outcome) -> None:
            if not told.done():
                told.set_result(outcome)

        self.take(name, update, writer, tell, step2=step2, by=by)
        outcome = await told
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def take(
        self,
        name: str,
        update: bytes,
        writer: Writer,
        told: Callable[[Outcome], None],
        *,
        step2: bool = False,
        by: object = None,
    ) -> None:
        """`write` for whoever does not want to wait: `told` is called in the loop with what became
        of it, at once or later, in the order in which the edits of a document came."""
        edit = _Edit(update, writer, step2, by, told)
        if update == NOTHING and not self._is_judged(name):
            # A page that has just come in does not wait until others' edits can be judged.
            self._unbroken.start(self._take_past(name, edit))
            return
        self._waiting[name].append(edit)
        self._go_on(name)

    async def _take_past(self, name: str, edit: _Edit) -> None:
        try:
            async with self._locks[name]:
                await self._take(name, [edit])
        finally:
            edit.tell()

    def _go_on(self, name: str) -> None:
        """Have what waits for a document taken in: at once where nothing need be waited for, else
        in a task, of which there is one for a document."""
        if not self._waiting[name] or name in self._under_way:
            return
        self._under_way.add(name)
        document = self._documents.get(self._full(name))
        judged = document is not None and document.is_judged
        ready = judged and not (self._closed or self.handed_over or self._storage.shared)
        if ready and self._locks[name].take():
            assert document is not None
            self._take_now(name, document)
        else:
            self._unbroken.start(self._take_later(name))

    async def _take_later(self, name: str) -> None:
        edits: list[_Edit] = []
        try:
            if not self._is_judged(name):
                await self._judged(name)
            async with self._locks[name]:
                # All that wait come along: one wait for the disk serves them all.
                edits, self._waiting[name] = self._waiting[name], []
                await self._take(name, edits)
        finally:
            self._done(name, edits)

    def _take_now(self, name: str, document: Document) -> None:
        """Judge what waits and hand it to the storage. Call with the lock held; it is released when
        all has its outcome."""
        edits, self._waiting[name] = self._waiting[name], []
        self._resting.discard(name)
        accepted: list[tuple[_Edit, Accepted]] = []
        rows: list[bytes] = []
        try:
            for edit in edits:
                verdict = document.check(edit.update, edit.writer, step2=edit.step2)
                if isinstance(verdict, RefusedUpdate):
                    self._refuse(edit, verdict)
                    continue
                accepted.append((edit, verdict))
                if verdict.update:
                    rows.append(_row(edit, verdict))

            def kept(ids: Sequence[int | BaseException]) -> int:
                return self._kept(name, document, edits, accepted, ids)

            if rows:
                self._storage.add_soon(self._full(name), rows, kept)
                return
        except BaseException as error:
            self._failed(name, edits, error)
            accepted = []
        self._kept(name, document, edits, accepted, ())

    def _kept(
        self,
        name: str,
        document: Document,
        edits: list[_Edit],
        accepted: list[tuple[_Edit, Accepted]],
        ids: Sequence[int | BaseException],
    ) -> int:
        """The storage has kept what was new in these edits, or not: apply, and tell. Returns up to
        which row they were applied."""
        last = 0
        try:
            given = iter(ids)
            rows = [next(given) if verdict.update else 0 for _, verdict in accepted]
            for id in rows:
                if isinstance(id, int) and id:
                    self._last[name] = max(id, self._last[name])
                    self._rows[name] += 1
            last = self._apply(name, document, accepted, rows)
            if last and self._documents.get(self._full(name)) is document:
                self._fold_if_long(name)
            else:
                last = 0
        except BaseException as error:
            self._failed(name, edits, error)
            last = 0
        self._locks[name].release()
        self._done(name, edits)
        return last

    def _done(self, name: str, edits: list[_Edit]) -> None:
        self._under_way.discard(name)
        self._go_on(name)
        for edit in edits:
            edit.tell()

    async def _take(self, name: str, edits: list[_Edit]) -> None:
        """Take edits in, in order, and give each its outcome. Call with the lock held.

        What looks wrong is judged again when the document has caught up with the other processes,
        before it is refused.
        """
        caught_up = not self._storage.shared
        left = edits
        try:
            for _ in range(TAKEN_AGAIN):
                nothing = all(edit.update == NOTHING for edit in left)
                document = await (self._open(name) if nothing else self._open_judged(name))
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
            self._failed(name, edits, error)

    def _failed(self, name: str, edits: list[_Edit], error: BaseException) -> None:
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
            asked.append(self._append(name, _row(edit, verdict), after, together))
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
                if any(map(removes, verdict.touches)):
                    self._untidy.add(name)
                    self.on_removed()
        if last and lost is None:
            self._told[name] = document.state_vector()
        return last

    # Pointers -------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether a document is open."""
        return self._documents.get(self._full(name)) is not None

    async def have(self, name: str) -> None:
        """Open a document. Raises `RefusedEdit`."""
        async with self._locks[name]:
            await self._open(name)

    def aware(self, name: str, data: bytes, writer: Writer, names: dict[str, str]) -> bool:
        """Take a device's awareness in an open document; gives whether there is something to pass
        on (`pointed`). Raises `RefusedEdit`."""
        document = self._documents.get(self._full(name))
        try:
            return bool(document and document.awareness.note(data, writer, names))
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

    # What goes, and what the room itself writes ---------------------------------------------------

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


def _row(edit: _Edit, verdict: Accepted) -> bytes:
    bound = tuple((client, edit.writer.device) for client in verdict.bound)
    return packed(StoredRow(verdict.update, bound, True, gate=GATE))


async def _nothing() -> int:
    return 0


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

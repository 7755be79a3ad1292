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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
import structlog
from msgspec.structs import replace
from pycrdt import Doc

from activities.kernel import Reason
from rooms import board_repair, board_schema, memo_document
from rooms.board_events import Placing
from rooms.board_repair import Structure
from rooms.board_schema import Card
from rooms.card_words import KINDS, SCOPES, CardScope
from rooms.commits import NoteAdded
from rooms.documents import Accepted, Document, DocumentBroken, Documents
from rooms.ownership import Touch
from rooms.permissions import Writer
from rooms.probe import survives
from rooms.storage import Storage, StorageUnwritable, StoredUpdate
from rooms.unbroken import Unbroken
from rooms.update_gate import BadUpdate

log = structlog.get_logger("rooms")

T = TypeVar("T")

COMPACT_AFTER: Final = 1_000
"""Rows after which a document's log is folded into a snapshot: an hour of lively writing, 20 ms
to load."""


PROBES_AT_ONCE: Final = 2
"""Processes that try documents at a time: after a kill everybody opens everything at once."""


class StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a document's log: the update, and (client id, device) pairs first seen with it."""

    update: bytes
    bound: tuple[tuple[int, str], ...] = ()


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
        self.refused = 0
        self._closed = False
        self._mending = False
        self._untidy: set[str] = set()
        self._probing = asyncio.Semaphore(PROBES_AT_ONCE)
        self._unbroken = Unbroken()
        self._storage = storage
        self._documents = Documents(new_client_id)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: dict[str, list[_Edit]] = defaultdict(list)
        self._rows: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def _full(self, name: str) -> str:
        return f"{self.room}/{name}"

    # Opening ----------------------------------------------------------------------------------

    async def _open(self, name: str) -> Document:
        """The document, loaded if need be. Call with its lock held. Raises `RefusedEdit` when the
        shelf is closed."""
        if self._closed:
            raise RefusedEdit("closed")
        full = self._full(name)
        if (known := self._documents.get(full)) is not None:
            return known
        stored = await self._sound(full, list(await self._storage.updates(full)))
        rows = [_unpack.decode(row.update) for row in stored]
        bindings = {client: device for row in rows for client, device in row.bound}
        document, aside = self._documents.open(full, [row.update for row in rows], bindings)
        for position in aside:
            bad = stored[position]
            await self._storage.quarantine(full, bad.id, "not in order")
            log.error("update_quarantined", room=self.room, document=name, update=bad.id)
        self._rows[name] = len(stored)
        self._last[name] = stored[-1].id if stored else 0
        if stored:
            await self._storage.mark_applied(full, stored[-1].id)
        if name == "board" and stored and (wanted := self.structure()) is not None:
            return await self._agreeing(document, wanted)
        return document

    async def _agreeing(self, document: Document, wanted: Structure) -> Document:
        """The board, where the log says its cards stand. On a disk that is full it stays as it is
        until it is opened again."""
        repair = document.read(lambda doc: board_repair.differing(doc, wanted))
        if repair.empty or self._mending:
            return document
        log.warning("board_mended", room=self.room, cards=len(repair.places))
        try:
            await self._edit("board", document, lambda doc: board_repair.mend(doc, repair))
        except StorageUnwritable:
            self._mending = True
            try:
                return await self._open("board")
            finally:
                self._mending = False
        return document

    async def _sound(self, full: str, stored: list[StoredUpdate]) -> list[StoredUpdate]:
        """Rows nobody reported applied may be what crashed: a process of its own tries them
        first (DOC7)."""
        while any(not row.applied for row in stored) and not await self._survives(stored):
            bad = await self._culprit(stored)
            await self._storage.quarantine(full, bad.id, "crashed the probe")
            log.error("update_quarantined", room=self.room, document=full, update=bad.id)
            stored = [row for row in stored if row.id != bad.id]
        return stored

    async def _culprit(self, stored: list[StoredUpdate]) -> StoredUpdate:
        """The first suspect with which the log no longer survives; the honest ones before it are
        kept."""
        suspects = [n for n, row in enumerate(stored) if not row.applied]
        low, high = 0, len(suspects) - 1
        while low < high:
            middle = (low + high) // 2
            if await self._survives(stored[: suspects[middle] + 1]):
                low = middle + 1
            else:
                high = middle
        return stored[suspects[low]]

    async def _survives(self, rows: list[StoredUpdate]) -> bool:
        async with self._probing:
            return await survives([_unpack.decode(row.update).update for row in rows])

    async def close(self) -> None:
        """Take no more edits; returns when none is under way."""
        self._closed = True
        await self._unbroken.settled()
        for lock in list(self._locks.values()):
            async with lock:
                pass

    def whole(self, name: str) -> bytes:
        """Everything of an open document as one update, empty when it is not open."""
        document = self._documents.get(self._full(name))
        return document.state() if document else b""

    # People's edits -----------------------------------------------------------------------------

    async def missing(self, name: str, state_vector: bytes) -> tuple[bytes, bytes]:
        """What a reader with this state vector lacks, and what we have. Raises `RefusedEdit`."""
        async with self._locks[name]:
            document = await self._open(name)
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
        """Take edits in, in order, and give each its outcome. Call with the lock held."""
        try:
            document = await self._open(name)
            accepted = [
                (edit, verdict)
                for edit in edits
                if (verdict := self._judge(document, edit)) is not None
            ]
            kept = await asyncio.gather(
                *(self._keep(name, edit, verdict) for edit, verdict in accepted),
                return_exceptions=True,
            )
            applied = self._apply(name, document, accepted, kept)
            if applied:
                await self._applied(name, document, applied)
        except BaseException as error:
            # The index may have what is not durable: load afresh.
            self._documents.drop(self._full(name))
            for edit in edits:
                if edit.outcome is None:
                    edit.outcome = error

    def _judge(self, document: Document, edit: _Edit) -> Accepted | None:
        verdict = document.check(edit.update, edit.writer, step2=edit.step2)
        if isinstance(verdict, Accepted):
            return verdict
        if verdict.gap and not edit.step2:
            edit.outcome = MissingEdits()
        else:
            self.refused += 1
            edit.outcome = RefusedEdit(_reason(verdict.reason), verdict.reason)
        return None

    async def _keep(self, name: str, edit: _Edit, verdict: Accepted) -> int:
        """The number of the edit's row, 0 when there was nothing new to keep."""
        if not verdict.update:
            return 0
        bound = tuple((client, edit.writer.device) for client in verdict.bound)
        return await self._append(name, StoredRow(verdict.update, bound))

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
                edit.outcome = RefusedEdit("full", "not_saved")
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
                if any(map(_removes, verdict.touches)):
                    self._untidy.add(name)
                    self.on_removed()
        return last

    async def _append(self, name: str, row: StoredRow) -> int:
        id = await self._storage.add_update(self._full(name), _pack.encode(row))
        self._last[name] = max(id, self._last[name])
        self._rows[name] += 1
        return id

    async def _applied(self, name: str, document: Document, last: int) -> None:
        full = self._full(name)
        try:
            await self._storage.mark_applied(full, last)
            if self._rows[name] >= COMPACT_AFTER and not document.is_broken:
                await self._compact(name, document)
        except StorageUnwritable:
            # The edit itself is kept; tidying up waits for the next one.
            log.warning("compaction_put_off", room=self.room, document=name)

    async def _compact(self, name: str, document: Document) -> None:
        bound = tuple(document.index.bindings.items())
        row = StoredRow(document.state(), tuple((c, d) for c, d in bound if d))
        await self._storage.compact(self._full(name), _pack.encode(row), self._last[name])
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

    def everyone_aware(self, name: str) -> bytes:
        """All pointers of an open document, for a newcomer."""
        document = self._documents.get(self._full(name))
        return document.awareness.everyone() if document else b""

    def leave(self, name: str, device: str) -> bytes:
        """A device's last socket closed: what to tell the others about its pointers."""
        document = self._documents.get(self._full(name))
        return document.awareness.leave(device) if document else b""

    # Our own edits --------------------------------------------------------------------------------

    async def edit(self, name: str, work: Callable[[Doc[Any]], object]) -> None:
        """Change a document as the server: one transaction, kept before anyone is told."""
        async with self._locks[name]:
            await self._edit(name, await self._open(name), work)

    async def _edit(
        self, name: str, document: Document, work: Callable[[Doc[Any]], object]
    ) -> None:
        update = document.server_edit(work)
        if not update:
            return
        try:
            row = await self._append(name, StoredRow(update))
        except BaseException:
            # Native document and index are ahead of what is durable: load afresh.
            self._documents.drop(self._full(name))
            raise
        self.on_edit(name, update, None)
        await self._applied(name, document, row)

    async def put_note(self, note: NoteAdded, text: str, alt: str = "") -> None:
        """The card of a `note.added`, once: a card that ever was is not made again (DOC5). `alt`:
        what is on its picture."""
        root = _root(note.document)
        card = Card(
            id=note.card,
            kind=KINDS.get(note.kind, "parking"),
            text=text,
            author=board_schema.author_of(note.card),  # "": the log alone knows whose it is
            entered_by=note.entered_by,
            language=note.language,
            activity=note.activity,
            group=note.group,
            section=note.section,
            theme=note.theme,
            created=note.at,
            scope=SCOPES.get(note.scope, "circle"),
            origin=note.origin,
            order=note.order,
            photo=note.photo,
            alt=alt,
        )
        async with self._locks[note.document]:
            document = await self._open(note.document)
            ever = document.index.roots[root].keys
            if note.card not in ever:
                await self._edit(
                    note.document, document, lambda doc: board_schema.put_card(doc, card, root)
                )

    async def place_cards(self, places: Sequence[Placing]) -> None:
        """Put cards of the board where these places say, in one change."""
        if places:
            await self.edit("board", lambda doc: board_schema.place_cards(doc, places))

    async def put_section(self, section: board_schema.Section) -> None:
        """Make a section of the board, or change what it is called and where it stands."""
        await self.edit("board", lambda doc: board_schema.put_section(doc, section))

    async def take_note(self, name: str, card: str) -> None:
        """Put a card where nobody reads it, until its author brings it back or it is deleted."""
        await self.hide_card(name, card, keep_log=True)

    async def reword_note(self, card: str, text: str) -> None:
        """Give a card of the board another text, also where it was put aside; the one it had
        leaves the disk too."""
        for name in ("board", hidden_name("board")):
            await self.edit(name, lambda doc: board_schema.reword_card(doc, card, text))
            await self.compact(name)

    async def tick_note(self, card: str, seat: str, on: bool) -> None:
        """Put somebody's tick on a card of the board, or take it off."""
        await self.edit("board", lambda doc: board_schema.tick_card(doc, card, seat, on))

    async def make_places(self, texts: Mapping[str, str]) -> None:
        """Give the memo the places it lacks of these, each with its first text."""
        async with self._locks["memo"]:
            document = await self._open("memo")
            lacking = document.read(lambda doc: memo_document.missing_places(doc, texts))
            if lacking:
                new = {id: texts[id] for id in lacking}
                await self._edit("memo", document, lambda doc: memo_document.make_places(doc, new))

    async def write_prose(self, place: str, text: str) -> None:
        """Set what stands in a place of the memo; what stood there leaves the disk too."""
        await self.edit("memo", lambda doc: memo_document.write_place(doc, place, text))
        await self.compact("memo")

    async def merge_themes(self, theme: str, into: str) -> None:
        """Put everything under one theme (RO3)."""
        await self.edit("board", lambda doc: board_schema.merge_themes(doc, theme, into))

    async def hide_card(self, name: str, card: str, *, keep_log: bool = False) -> None:
        """Put a card where nobody reads it. Doing it again does no harm. `keep_log`: what leaves
        the screens now leaves the disk later, with `forget_card`."""
        aside = hidden_name(name)
        async with self._locks[name], self._locks[aside]:
            document = await self._open(name)
            found = next((c for c in document.cards() if c.id == card), None)
            if found is None:
                return
            # First where it is kept, then away: a crash between loses nothing.
            await self._edit(
                aside, await self._open(aside), lambda doc: board_schema.put_card(doc, found)
            )
            root = _root(name)
            await self._edit(name, document, lambda doc: board_schema.drop_card(doc, card, root))
            if not keep_log:
                await self._compact(name, document)

    async def restore_card(self, name: str, card: str) -> None:
        """Bring a hidden card back as it was. Doing it again does no harm."""
        aside = hidden_name(name)
        async with self._locks[name], self._locks[aside]:
            kept = await self._open(aside)
            found = next((c for c in kept.cards() if c.id == card), None)
            if found is None:
                return
            document = await self._open(name)
            if all(c.id != card for c in document.cards()):
                root = _root(name)
                await self._edit(
                    name, document, lambda doc: board_schema.put_card(doc, found, root)
                )
            await self._edit(aside, kept, lambda doc: board_schema.drop_card(doc, card))
            await self._compact(aside, kept)

    async def erase_card(self, name: str, card: str) -> None:
        """Take a hidden card away for good."""
        aside = hidden_name(name)
        async with self._locks[aside]:
            document = await self._open(aside)
            if any(c.id == card for c in document.cards()):
                await self._edit(aside, document, lambda doc: board_schema.drop_card(doc, card))
            if self._last[aside]:
                await self._compact(aside, document)

    async def forget_card(self, name: str, card: str) -> None:
        """`forget_cards` for one."""
        await self.forget_cards(((name, card),))

    async def forget_cards(self, cards: Iterable[tuple[str, str]]) -> None:
        """Take cards (document, id) away for good wherever they stand: in their document, in the
        copy on the board, and where they were put aside. Each document is changed and folded once,
        for somebody may have written hundreds. Doing it again does no harm."""
        places: dict[str, dict[str, None]] = {}
        for name, card in cards:
            copies = () if name.startswith("mine/") else ("board", hidden_name("board"))
            for place in (name, *copies, hidden_name(name)):
                places.setdefault(place, {})[card] = None
        for place, ids in places.items():
            there = {found.id for found in await self.cards(place)}
            if gone := [id for id in ids if id in there]:
                await self.edit(place, partial(_drop_all, gone, _root(place)))
            if self._last[place]:
                await self.compact(place)

    async def forget_drafts(
        self, seat: str, texts: Collection[str], *, whole: bool = False
    ) -> None:
        """Empty the boxes of a seat that hold one of these texts: what a card began with, or what
        was not sent; with `whole` those that hold nothing else. Doing it again does no harm."""
        name = f"mine/{seat}"
        async with self._locks[name]:
            document = await self._open(name)
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
                await self._edit(name, document, drop)
                await self._compact(name, document)

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
        while self._untidy and not self._closed:
            name = min(self._untidy)
            await self.compact(name)
            self._untidy.discard(name)

    async def compact(self, name: str) -> None:
        """Fold the log into a snapshot, which no longer holds what was deleted."""
        async with self._locks[name]:
            await self._compact(name, await self._open(name))

    async def share(
        self, name: str, author: str, only: Sequence[str] | None, scope: CardScope = "memo"
    ) -> None:
        """Copy an author's cards of a circle to the board: whole values, never history. Copies of
        those the author shares no longer are taken away."""
        mine = [card for card in await self.cards(name) if card.author == author]
        given = {card.id for card in mine if only is None or card.id in only}
        async with self._locks["board"]:
            board = await self._open("board")
            there = {card.id for card in board.cards()}
            new = [card for card in mine if card.id in given and card.id not in there]
            gone = [card for card in mine if card.id not in given and card.id in there]

            def change(doc: Doc[Any]) -> None:
                for card in new:
                    plain = replace(card, scope=scope, section="", theme="", ticks=())
                    board_schema.put_card(doc, plain)
                for card in gone:
                    board_schema.drop_card(doc, card.id)

            if new or gone:
                await self._edit("board", board, change)
            if gone:
                await self._compact("board", board)

    async def give_note(
        self, name: str, to: str, note: NoteAdded, default_scope: str = "memo"
    ) -> None:
        """Put the card `note` of one document into a wider one as it stands: its value, never its
        history. From a private document it is taken away, and from the disk; a circle keeps its
        own. Doing it again does no harm."""
        wide: str = default_scope if to == "board" else "circle"
        async with self._locks[name], self._locks[to]:  # inner first, always
            origin = await self._open(name)
            found = next((c for c in origin.cards() if c.id == note.card), None)
            if found is None:
                return
            document = await self._open(to)
            if all(c.id != note.card for c in document.cards()):
                card = replace(
                    found,
                    scope=SCOPES.get(wide, "circle"),
                    group=note.group,
                    section=note.section,
                    theme=note.theme,
                    order=note.order,
                    created=note.at,
                    ticks=(),
                )
                await self._edit(to, document, lambda doc: board_schema.put_card(doc, card))
            if name.startswith("mine/"):
                root = _root(name)
                await self._edit(
                    name, origin, lambda doc: board_schema.drop_card(doc, note.card, root)
                )
                await self._compact(name, origin)

    # Reading --------------------------------------------------------------------------------------

    async def cards(self, name: str) -> tuple[Card, ...]:
        """The cards of a board, circle or private document."""
        async with self._locks[name]:
            return (await self._open(name)).cards()

    async def read(self, name: str, reader: Callable[[Doc[Any]], T]) -> T:
        """What a reader finds in a document."""
        async with self._locks[name]:
            return (await self._open(name)).read(reader)

    async def sections(self, name: str) -> tuple[board_schema.Section, ...]:
        """The sections of a board."""
        async with self._locks[name]:
            return (await self._open(name)).read(board_schema.read_sections)


def _drop_all(ids: Sequence[str], root: str, doc: Doc[Any]) -> None:
    for id in ids:
        board_schema.drop_card(doc, id, root)


def _root(name: str) -> str:
    """The root type that holds the cards of a document."""
    return "notes" if name.startswith("mine/") else "cards"


def hidden_name(name: str) -> str:
    """The document that keeps what is hidden of this one; in nobody's list of documents."""
    return f"hidden/{name}"


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

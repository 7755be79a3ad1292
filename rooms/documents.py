"""Documents: a pycrdt Doc with its index, its gate and its permissions.

The theory. A document is a value kept in three places that must agree: the durable log of updates
(the truth), the native `Doc` (what we read and what newcomers are sent) and the index (who owns
what). An edit of a person goes through them in this order, which the room keeps:

    verdict = document.check(update, writer, step2=...)    # gate and permission; nothing native
    # RefusedUpdate: tell the sender, who opens a fresh copy; nothing happened
    # Accepted with empty `update`: nothing new here; acknowledge
    append verdict.update durably
    document.apply(verdict.update)                         # native, guarded
    acknowledge, broadcast verdict.update

An accepted update is in the index from `check` on, so that the next one is judged against it: what
was accepted must be appended and applied, or the document dropped and loaded again. Checks and
applies of one document never overlap: one room, one loop.

A large document from our own store may be read before its index is whole (`Document.trusting`):
whoever needs the index meanwhile has it made whole first, and nothing is judged against half of it.

A refusal with `gap` set is no offence: edits below it are still on their way. A page that was cut
off sends what it queued before the step 2 that closes the gap. Answer `sync_status(saved=False)`,
send the server's step 1, and judge the step 2 that comes back; only a gap in a step 2 is refused.

pycrdt's panics are `BaseException`s and leave the Doc in no state to go on with (reliability.md 1):
every native call is guarded; after one the Doc is dropped and every call raises `DocumentBroken`
until the room loads the document again from its log. pycrdt keeps no transaction back either: an
exception inside `server_edit` breaks the document on purpose.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import msgspec
from pycrdt import Doc, XmlFragment
from pycrdt import Map as SharedMap

from rooms import board_schema
from rooms.awareness import Awareness
from rooms.board_schema import Family
from rooms.judging import Judging
from rooms.ownership import SERVER, Change, Index, Touch
from rooms.permissions import Writer, refusal
from rooms.update_gate import (
    MAP,
    MEMO,
    SMALL,
    STORED,
    BadUpdate,
    Limits,
    read_state_vector,
    read_update,
    write_state_vector,
)

T = TypeVar("T")

# What one document may grow to, in bytes of accepted updates since it was loaded: a crowded board
# with all its typing is under 1 MiB, a snapshot of 2,000 cards 500 KiB.
MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024

NOTHING: Final = b"\0\0"

CARDS_PER_SEAT: Final = 500
"""Cards one seat may ever make in a document: ten times a diligent note-taker's evening. Reading
5,000 takes a second, in which nobody else is answered."""

# Reasons that a page cures by sending its step 2 (see the theory).
_GAPS: Final = frozenset({"gap"})


class DocumentBroken(Exception):
    """The native document panicked or an edit of ours failed half-way: load it again."""


class Accepted(msgspec.Struct, frozen=True):
    """An update may go on: append `update`, apply it, acknowledge, broadcast.

    `update` holds only what is new here and is empty when nothing is. `bound` are client ids that
    became this device's with it.
    """

    update: bytes
    touches: tuple[Touch, ...] = ()
    bound: tuple[int, ...] = ()


class RefusedUpdate(msgspec.Struct, frozen=True):
    """An update was not taken. `reason` is a word for page and log; `gap`: ask with a step 1."""

    reason: str
    gap: bool = False


class Document:
    """One document, open in this process.

    `name` decides family, roots and rules. `client_id` is the server's own in this document:
    32 random bits, new at each load. Create with `Document.load`.
    """

    def __init__(
        self, name: str, client_id: int, bindings: Mapping[int, str] | None = None
    ) -> None:
        family = board_schema.family_of(name)
        if family is None:
            raise ValueError(f"no document has the name {name!r}")
        self.name = name
        self.family: Family = family
        # the seat whose private document this is
        self.owner = name.rpartition("/")[2] if family == "mine" else ""
        self.limits: Limits = MEMO if family == "memo" else SMALL
        self.client_id = client_id
        self.size = 0
        self._index = Index(board_schema.ROOTS[family], self.limits, bindings)
        self._index.bind(client_id, SERVER)
        self._judging: Judging | None = None
        self.awareness = Awareness(self._index)  # asks it for whose a client id is, no more
        # accepted and not applied yet: they are in the index already
        self._awaited: dict[bytes, frozenset[str]] = {}  # with the cards they change
        self._cards: tuple[board_schema.Card, ...] | None = None
        self._changed: set[str] = set()  # cards that are others since they were read
        self._doc: Doc[Any] | None = Doc(client_id=client_id)
        for root, kind in board_schema.ROOTS[family].items():
            if kind == MAP:
                self._doc.get(root, type=SharedMap)
            else:
                self._doc.get(root, type=XmlFragment)

    @classmethod
    def load(
        cls,
        name: str,
        updates: Iterable[bytes],
        client_id: int,
        bindings: Mapping[int, str] | None = None,
    ) -> tuple[Document, tuple[int, ...]]:
        """Build a document from its log. Also gives the positions of updates that were set aside.

        An update that the gate would not let in (written by an older version, or damaged) is
        never shown to pycrdt: the caller quarantines it and names it in the log; the rest opens
        (reliability.md P13).
        """
        document = cls(name, client_id, bindings)
        aside: list[int] = []
        with _no_garbage():
            for position, update in enumerate(updates):
                try:
                    document.apply(update)
                except BadUpdate:
                    aside.append(position)
        return document, tuple(aside)

    @classmethod
    def trusting(
        cls,
        name: str,
        updates: Sequence[bytes],
        client_id: int,
        bindings: Mapping[int, str] | None = None,
    ) -> Document:
        """Build a document from a log that this gate judged before it was kept: it can be read at
        once, and its index is made by `judge`. Raises `DocumentBroken`: then `load` it."""
        document = cls(name, client_id, bindings)
        document._judging = Judging(document._index, updates)
        doc = document.doc
        with _no_garbage():
            for update in updates:
                document.size += len(update)
                document._native(lambda update=update: doc.apply_update(update))  # type: ignore[misc]
        return document

    @property
    def is_judged(self) -> bool:
        """Whether the index is whole."""
        return self._judging is None

    def judge(self) -> bool:
        """Join another piece of the log to the index, some 2 ms; gives whether it is whole now.
        Where something in the log is not in order the document is broken: `load` it."""
        judging = self._judging
        if judging is None:
            return True
        if not judging.go_on():
            return False
        self._judging = None
        self.size = judging.size
        if judging.failed:
            self._doc = None
        return True

    @property
    def index(self) -> Index:
        """Who owns what, whole. Raises `DocumentBroken`."""
        if self._judging is not None:
            while not self.judge():
                pass
            if self._doc is None:
                raise DocumentBroken(self.name)
        return self._index

    @property
    def doc(self) -> Doc[Any]:
        """The native document, for reading. Raises `DocumentBroken`."""
        if self._doc is None:
            raise DocumentBroken(self.name)
        return self._doc

    @property
    def is_broken(self) -> bool:
        """Whether the document must be loaded again."""
        return self._doc is None

    def check(
        self, update: bytes, writer: Writer, *, step2: bool = False
    ) -> Accepted | RefusedUpdate:
        """Judge an update of a person. Touches nothing native. Raises `DocumentBroken`."""
        if self._doc is None:
            raise DocumentBroken(self.name)
        if update == NOTHING:
            return Accepted(b"")  # what a page says that has just come in
        try:
            change = self.index.stage(read_update(update, self.limits, step2=step2), writer.device)
        except BadUpdate as bad:
            return RefusedUpdate(bad.reason, gap=bad.reason in _GAPS)
        if not change.data:
            self.index.rollback(change)
            return Accepted(b"")
        reason = self._forbids(change, writer)
        if reason is not None:
            self.index.rollback(change)
            return RefusedUpdate(reason)
        self.index.commit(change)
        self._awaited[change.data] = _keys(change)
        return Accepted(change.data, tuple(change.touches), tuple(change.bound))

    def apply(self, update: bytes) -> None:
        """Apply an accepted update, or one from our own store or another process.

        Raises `BadUpdate` when a stored update is not in order (nothing is applied), and
        `DocumentBroken`.
        """
        if update in self._awaited:
            self._let_in(update, self._awaited.pop(update))
        else:
            self.take_in(update)

    def take_in(self, update: bytes, bound: Iterable[tuple[int, str]] = ()) -> Accepted:
        """`apply` of an update that was judged elsewhere, with the client ids that became a
        device's by it; gives what was new in it."""
        change = self.index.stage(read_update(update, STORED, step2=True), None)
        self.index.commit(change)
        for client, device in bound:
            self.index.bind(client, device)
        self._let_in(change.data, _keys(change))
        return Accepted(change.data, tuple(change.touches))

    def awaits(self, clients: Collection[int]) -> bool:
        """Whether something accepted and not applied yet is by one of these clients."""
        return any(not writers(update).isdisjoint(clients) for update in self._awaited)

    def _let_in(self, new: bytes, changed: frozenset[str]) -> None:
        doc = self.doc
        self.size += len(new)
        self._changed |= changed
        if new:
            self._native(lambda: doc.apply_update(new))

    def server_edit(self, work: Callable[[Doc[Any]], object]) -> bytes:
        """Change the document as the server; gives the update to append and broadcast.

        `work` gets the native document and runs in one transaction; empty bytes when it changed
        nothing. If the append fails, or `work` raises, the document is to be loaded again.
        """
        index, doc = self.index, self.doc
        updates: list[bytes] = []

        def edit() -> None:
            # An observer that is not taken off again leaks the whole Doc (reliability.md 1.2).
            watch = doc.observe(lambda event: updates.append(event.update))
            try:
                with doc.transaction():
                    work(doc)
            finally:
                doc.unobserve(watch)

        self._native(edit)
        update = updates[0] if updates else b""
        if len(updates) > 1:
            self._doc = None
            raise DocumentBroken(f"{self.name}: an edit of ours made {len(updates)} updates")
        if update in (b"", NOTHING):
            return b""
        try:
            change = index.stage(read_update(update, STORED, step2=True), None)
            index.commit(change)
        except BadUpdate:
            self._doc = None
            raise
        self._changed |= _keys(change)
        self.size += len(update)
        return update

    def state(self) -> bytes:
        """The whole document as one update: a snapshot for the store, or for export."""
        doc = self.doc
        return self._native(doc.get_update)

    def state_vector(self) -> bytes:
        """What is applied here, for the server's step 1."""
        doc = self.doc
        return self._native(doc.get_state)

    def diff(self, state_vector: bytes) -> bytes:
        """What a client with this state vector lacks, for a step 2. Raises `BadUpdate`.

        The vector is read strictly and brought down to clocks that exist here and cut no pair.
        """
        vector = read_state_vector(state_vector)
        known = self.index.whole_clocks(vector) if vector else {}
        doc = self.doc
        return self._native(lambda: doc.get_update(write_state_vector(known)))

    def cards(self) -> tuple[board_schema.Card, ...]:
        """Cards of a board or group, private notes of a seat; none in other documents."""
        root = {"board": "cards", "group": "cards", "hidden": "cards", "mine": "notes"}.get(
            self.family
        )
        if root is None:
            return ()
        doc = self.doc
        known, changed = self._cards, frozenset(self._changed)
        if known is None:
            known = self._native(lambda: board_schema.read_cards(doc, root), fatal=False)
        elif changed:
            before = known
            known = self._native(
                lambda: board_schema.read_again(doc, before, changed, root), fatal=False
            )
        self._cards = known
        self._changed.clear()
        return known

    def read(self, reader: Callable[[Doc[Any]], T]) -> T:
        """Read with one of `board_schema`'s readers, guarded."""
        doc = self.doc
        return self._native(lambda: reader(doc), fatal=False)

    def _forbids(self, change: Change, writer: Writer) -> str | None:
        if self.size + len(change.data) > MAX_DOCUMENT_BYTES:
            return "document_full"
        if self._too_many_cards(change):
            return "document_full"
        return refusal(self.family, change.touches, writer, self.owner)

    def _too_many_cards(self, change: Change) -> bool:
        """Whether somebody has made more cards here than anybody could mean."""
        new: dict[str, set[str]] = {}
        for touch in change.touches:
            if touch.kind == "set" and touch.first and len(touch.path) == 2:
                author = board_schema.author_of(touch.path[1])
                new.setdefault(touch.path[0], set()).add(author)
        return bool(new) and any(
            sum(key.startswith(f"{author}-") for key in self.index.roots[root].keys)
            > CARDS_PER_SEAT
            for root, authors in new.items()
            if root in ("cards", "notes")
            for author in authors
        )

    def _native(self, work: Callable[[], T], *, fatal: bool = True) -> T:
        """Run native code; a panic ends this document's life, and when `fatal` any exception."""
        try:
            return work()
        except Exception as error:
            if not fatal:
                raise
            self._doc = None
            raise DocumentBroken(f"{self.name}: {error!r}") from error
        except BaseException as error:
            self._doc = None
            if type(error).__name__ != "PanicException":
                raise
            raise DocumentBroken(f"{self.name}: {error!r}") from None


def warm() -> None:
    """Make one for nothing, on the loop: the first has modules loaded for 30 ms and more, which the
    first people of a hall would wait for."""
    Document("none/board", 1)


def writers(update: bytes) -> frozenset[int]:
    """The clients whose structs an update of our store has. Raises `BadUpdate`."""
    parsed = read_update(update, STORED, step2=True)
    return frozenset(parsed.sections)


class Documents:
    """The documents of one room that are open in this process.

    `new_client_id` gives 32 random bits (injected, so that tests repeat).
    """

    def __init__(self, new_client_id: Callable[[], int]) -> None:
        self._new_client_id = new_client_id
        self._open: dict[str, Document] = {}

    def open(
        self, name: str, updates: Iterable[bytes], bindings: Mapping[int, str] | None = None
    ) -> tuple[Document, tuple[int, ...]]:
        """Load a document from its log, in place of one that broke."""
        document, aside = Document.load(name, updates, self._new_client_id(), bindings)
        self._open[name] = document
        return document, aside

    def open_trusting(
        self, name: str, updates: Sequence[bytes], bindings: Mapping[int, str] | None = None
    ) -> Document:
        """The same of a log that this gate judged, to be judged again bit by bit. Raises
        `DocumentBroken`."""
        document = Document.trusting(name, updates, self._new_client_id(), bindings)
        self._open[name] = document
        return document

    def get(self, name: str) -> Document | None:
        """The open document, unless it is broken: then load it again."""
        document = self._open.get(name)
        return None if document is None or document.is_broken else document

    def drop(self, name: str) -> None:
        """Let a document go."""
        self._open.pop(name, None)

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """All that loading makes stays: looking for garbage in it takes longer than loading."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _keys(change: Change) -> frozenset[str]:
    """The ids of cards, and of whatever else stands at a root, that a change is about."""
    return frozenset(touch.path[1] for touch in change.touches if len(touch.path) > 1)

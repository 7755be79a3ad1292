"""Storage in one SQLite file, held by one process, served by one thread.

Everything, reads too, goes through one thread with one connection. It takes whatever has been
asked since it last looked, does all of it in one transaction, waits for the disk once, and only
then answers: batches grow by themselves when the disk is slow, and there is no window to wait for.
Each request has a savepoint, so one that fails leaves its neighbours alone; when the transaction
as a whole fails (a full disk), every request is tried again by itself.

What is forgotten is overwritten (`secure_delete`), the write-ahead log is cut off, and the file is
rebuilt, because SQLite leaves stale copies of rows where it has moved them between pages.
"""

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, TypeVar

from rooms.sqlite_lease import Lease
from rooms.sqlite_schema import FILE, prepare
from rooms.storage import Conflict, StorageUnwritable, StoredUpdate

BATCH_LIMIT: Final = 512
"""Requests in one transaction: bounds how long the first of them waits."""

IDLE: Final = 0.2
"""Seconds of quiet after which the thread does its chores."""

CHORE_REST: Final = 10.0
"""Seconds until a chore that did not work is tried again: a full disk is not pestered."""

WAL_PAGES: Final = 4_000
"""Pages in the write-ahead log at which SQLite itself moves them into the file (16 MB); before
that it happens when nobody waits."""

CHORE_WAL_BYTES: Final = 1_048_576
"""Bytes in the write-ahead log worth moving when nobody waits."""

REBUILD_AT_ONCE: Final = 33_554_432
"""Bytes of a file that is rebuilt before a forgetting is answered (about 0.2 s); a larger one is
rebuilt as soon as nobody has asked for anything for `REBUILD_QUIET`."""

REBUILD_QUIET: Final = 10.0
"""Seconds of quiet before a large file is rebuilt, which may take seconds."""

TABLES: Final = (
    "commits",
    "words",
    "updates",
    "snapshots",
    "quarantine",
    "secrets",
    "touches",
)
"""Everything that is kept by room."""

SUBSCRIPTION_LIMIT: Final = 10_000
"""Messages that wait for one subscriber; beyond, the oldest go: messages are ephemeral."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

log = logging.getLogger(__name__)


class Kind(Enum):
    """What a request needs of the disk."""

    READ = auto()
    WRITE = auto()
    """Durable before it is answered."""
    LAZY = auto()
    """Survives the end of the process; the disk need not be waited for."""
    FORGET = auto()
    """Durable, and no byte of what was removed is left when it is answered."""


class Request:
    """One thing asked of the thread, and where the answer goes."""

    __slots__ = ("error", "future", "kind", "loop", "value", "work")

    def __init__(self, work: Work[Any], kind: Kind, loop: asyncio.AbstractEventLoop | None) -> None:
        self.work = work
        self.kind = kind
        self.loop = loop
        self.future: asyncio.Future[Any] | None = loop.create_future() if loop else None
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work; what it raises is kept for the asker."""
        self.value = self.error = None
        try:
            self.value = self.work(connection)
        except Exception as error:
            self.error = error

    def answer(self) -> None:
        """Pass on the outcome; in the loop. The asker may have gone away."""
        if self.future is None or self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class SqliteStorage:
    """A `Storage` in a folder. Made by `open`, ended by `close`."""

    def __init__(self, folder: Path, lease: Lease, page_limit: int | None) -> None:
        self._folder = folder
        self._file = folder / FILE
        self._lease = lease
        self._page_limit = page_limit
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._marks: dict[str, int] = {}
        self._marks_lock = threading.Lock()
        self._forgotten: set[str] = set()
        self._erased: set[str] = set()
        self._unclean = False
        self._rest_until = 0.0
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._closed = False
        self._thread: threading.Thread | None = None
        self.rebuilt = threading.Event()
        """Set when the file has been rebuilt after a forgetting."""
        self.batches = 0
        """Transactions so far."""
        self.appends = 0
        """Durable writes so far."""

    @classmethod
    async def open(cls, folder: Path, *, page_limit: int | None = None) -> "SqliteStorage":
        """Open the data in `folder`, made if need be, and hold it until `close`.

        `page_limit` bounds the file (pages of 4 KiB), for tests of a full disk. Raises
        `StorageHeld` (in under 2 s), `StorageTooNew`, `StorageDamaged`, and `StorageUnwritable`
        when the folder cannot be written to.
        """
        lease = await asyncio.to_thread(Lease.take, folder)
        storage = cls(folder, lease, page_limit)
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        storage._thread = threading.Thread(
            target=storage._serve, args=(loop, opened), name="sqlite", daemon=True
        )
        storage._thread.start()
        await opened
        return storage

    async def close(self) -> None:
        """Finish what is queued, move everything into the file, release it."""
        if self._closed:
            return
        self._closed = True
        for subscriptions in list(self._subscriptions.values()):
            for subscription in list(subscriptions):
                subscription.end()
        self._requests.put(None)
        if self._thread:
            await asyncio.to_thread(self._thread.join)

    # Rooms

    async def create_room(self, room: str, at: int) -> None:
        def work(db: sqlite3.Connection) -> None:
            try:
                db.execute("INSERT INTO rooms (id, created) VALUES (?, ?)", (room, at))
            except sqlite3.IntegrityError:
                raise Conflict(f"room {room} exists") from None

        await self._ask(Kind.WRITE, work)
        self._forgotten.discard(room)

    async def rooms(self) -> Sequence[str]:
        def work(db: sqlite3.Connection) -> list[str]:
            return [row[0] for row in db.execute("SELECT id FROM rooms ORDER BY created, id")]

        return await self._ask(Kind.READ, work)

    async def forget_room(self, room: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET unclean = 1")
            for table in TABLES:
                db.execute(f"DELETE FROM {table} WHERE room = ?", (room,))
            db.execute("DELETE FROM rooms WHERE id = ?", (room,))

        # From here on, so that no write on its way brings any of it back.
        self._forgotten.add(room)
        try:
            await self._ask(Kind.FORGET, work)
        except StorageUnwritable:
            self._forgotten.discard(room)
            raise

    # Commits and words

    async def append(
        self, room: str, seq: int, commit: bytes, words: Mapping[str, bytes] | None = None
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            row = db.execute(
                "SELECT (SELECT max(seq) FROM commits WHERE room = rooms.id)"
                " FROM rooms WHERE id = ?",
                (room,),
            ).fetchone()
            if row is None or seq != (row[0] or 0) + 1:
                raise Conflict(f"commit {seq} is not the next one of room {room}")
            db.execute(
                "INSERT INTO commits (room, seq, body) VALUES (?, ?, ?)", (room, seq, commit)
            )
            if words:
                db.executemany(
                    "INSERT OR REPLACE INTO words (room, ref, body) VALUES (?, ?, ?)",
                    [(room, ref, text) for ref, text in words.items()],
                )

        await self._ask(Kind.WRITE, work)

    async def commits(self, room: str, after: int = 0) -> Sequence[tuple[int, bytes]]:
        def work(db: sqlite3.Connection) -> list[tuple[int, bytes]]:
            return db.execute(
                "SELECT seq, body FROM commits WHERE room = ? AND seq > ? ORDER BY seq",
                (room, after),
            ).fetchall()

        return await self._ask(Kind.READ, work)

    async def words(self, room: str) -> Mapping[str, bytes]:
        def work(db: sqlite3.Connection) -> dict[str, bytes]:
            return dict(db.execute("SELECT ref, body FROM words WHERE room = ?", (room,)))

        return await self._ask(Kind.READ, work)

    async def erase_words(self, room: str, refs: Sequence[str]) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET unclean = 1")
            db.executemany(
                "DELETE FROM words WHERE room = ? AND ref = ?", [(room, ref) for ref in refs]
            )

        self._erased.add(room)
        await self._ask(Kind.FORGET, work)

    # Documents

    async def add_update(self, document: str, update: bytes) -> int:
        def work(db: sqlite3.Connection) -> int:
            room = self._room_of(document)
            cursor = db.execute(
                "INSERT INTO updates (room, document, body, applied) VALUES (?, ?, ?, 0)",
                (room, document, update),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

        return await self._ask(Kind.WRITE, work)

    async def updates(self, document: str) -> Sequence[StoredUpdate]:
        def work(db: sqlite3.Connection) -> list[StoredUpdate]:
            snapshot = db.execute(
                "SELECT upto, body, 1 FROM snapshots WHERE document = ?", (document,)
            ).fetchall()
            later = db.execute(
                "SELECT id, body, applied FROM updates WHERE document = ? ORDER BY id", (document,)
            ).fetchall()
            return [StoredUpdate(id, body, bool(applied)) for id, body, applied in snapshot + later]

        return await self._ask(Kind.READ, work)

    async def mark_applied(self, document: str, upto: int) -> None:
        # Rides along with the next transaction, or goes by itself when all is quiet.
        with self._marks_lock:
            self._marks[document] = max(upto, self._marks.get(document, 0))

    async def quarantine(self, document: str, id: int, why: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            for table, column in (("updates", "id"), ("snapshots", "upto")):
                where = f"document = ? AND {column} = ?"
                db.execute(
                    "INSERT INTO quarantine (room, document, number, body, why)"
                    f" SELECT room, document, {column}, body, ? FROM {table} WHERE {where}",
                    (why, document, id),
                )
                db.execute(f"DELETE FROM {table} WHERE {where}", (document, id))

        await self._ask(Kind.WRITE, work)
        log.error("update %d of %s was set aside: %s", id, document, why)

    async def compact(self, document: str, snapshot: bytes, upto: int) -> None:
        def work(db: sqlite3.Connection) -> None:
            room = self._room_of(document)
            row = db.execute(
                "SELECT upto FROM snapshots WHERE document = ?", (document,)
            ).fetchone()
            if row is not None and row[0] > upto:
                raise Conflict(f"{document} has a newer snapshot, up to {row[0]}")
            db.execute(
                "INSERT OR REPLACE INTO snapshots (document, room, upto, body) VALUES (?, ?, ?, ?)",
                (document, room, upto, snapshot),
            )
            db.execute("DELETE FROM updates WHERE document = ? AND id <= ?", (document, upto))

        await self._ask(Kind.WRITE, work)
        if document.partition("/")[0] in self._erased:
            # What was erased may have been in here: rebuild as soon as it is quiet.
            self._unclean = True

    async def documents(self, room: str) -> Sequence[str]:
        def work(db: sqlite3.Connection) -> list[str]:
            rows = db.execute(
                "SELECT document FROM updates WHERE room = ?1"
                " UNION SELECT document FROM snapshots WHERE room = ?1 ORDER BY document",
                (room,),
            )
            return [row[0] for row in rows]

        return await self._ask(Kind.READ, work)

    # Secrets

    async def put_secret(self, digest: str, room: str, value: bytes) -> None:
        def work(db: sqlite3.Connection) -> None:
            self._check_not_forgotten(room)
            db.execute(
                "INSERT OR REPLACE INTO secrets (digest, room, body) VALUES (?, ?, ?)",
                (digest, room, value),
            )

        await self._ask(Kind.WRITE, work)

    async def secret(self, digest: str) -> tuple[str, bytes] | None:
        def work(db: sqlite3.Connection) -> tuple[str, bytes] | None:
            found: tuple[str, bytes] | None = db.execute(
                "SELECT room, body FROM secrets WHERE digest = ?", (digest,)
            ).fetchone()
            return found

        return await self._ask(Kind.READ, work)

    async def drop_secret(self, digest: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM secrets WHERE digest = ?", (digest,))

        await self._ask(Kind.WRITE, work)

    # Who is alive

    async def touch(self, seen: Mapping[str, int]) -> None:
        rows = list(seen.items())

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT OR REPLACE INTO touches (room, at) VALUES (?, ?)",
                [row for row in rows if row[0] not in self._forgotten],
            )

        await self._ask(Kind.LAZY, work)

    async def touched(self, room: str) -> int:
        def work(db: sqlite3.Connection) -> int:
            row = db.execute("SELECT at FROM touches WHERE room = ?", (room,)).fetchone()
            return int(row[0]) if row else 0

        return await self._ask(Kind.READ, work)

    # Messages: there is no other process

    async def publish(self, channel: str, message: bytes) -> None:
        for subscription in list(self._subscriptions.get(channel, ())):
            subscription.add(message)

    def subscribe(self, channel: str) -> AsyncIterator[bytes]:
        return Subscription(self._subscriptions, channel)

    async def check(self) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET beats = beats + 1")

        await self._ask(Kind.WRITE, work)

    # The thread

    async def _ask(self, kind: Kind, work: Work[T]) -> T:
        if self._closed:
            raise StorageUnwritable("The storage is closed.")
        request = Request(work, kind, asyncio.get_running_loop())
        assert request.future is not None
        self._requests.put(request)
        value: T = await request.future
        return value

    def _room_of(self, document: str) -> str:
        room = document.partition("/")[0]
        self._check_not_forgotten(room)
        return room

    def _check_not_forgotten(self, room: str) -> None:
        if room in self._forgotten:
            raise Conflict(f"room {room} was forgotten")

    def _serve(self, loop: asyncio.AbstractEventLoop, opened: "asyncio.Future[None]") -> None:
        try:
            db = prepare(self._file, self._page_limit)
        except BaseException as error:
            self._lease.release()
            _tell(loop, _fail, opened, error)
            return
        _tell(loop, _succeed, opened)
        try:
            self._work(db)
        finally:
            self._finish(db)

    def _work(self, db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
        self._unclean = bool(db.execute("SELECT unclean FROM pulse").fetchone()[0])
        quiet = 0.0
        while True:
            try:
                request = self._requests.get(timeout=IDLE if self._has_chores() else None)
            except queue.Empty:
                quiet += IDLE
                self._do_chores(db, quiet)
                continue
            quiet = 0.0
            batch: list[Request] = []
            while request is not None:
                batch.append(request)
                if len(batch) == BATCH_LIMIT:
                    break
                try:
                    request = self._requests.get_nowait()
                except queue.Empty:
                    break
            if batch:
                self._do(db, batch)
            if request is None:
                return

    def _do(self, db: sqlite3.Connection, batch: list[Request]) -> None:
        marks = self._take_marks()
        if marks is None and all(request.kind is Kind.READ for request in batch):
            for request in batch:
                request.run(db)
        elif not self._together(db, batch, marks):
            self._one_by_one(db, batch, marks)
        self.batches += 1
        if any(request.kind is Kind.FORGET and request.error is None for request in batch):
            self._unclean = True
            self._clean(db, at_once=True)
        loops: dict[asyncio.AbstractEventLoop, list[Request]] = {}
        for request in batch:
            if request.kind is not Kind.READ and request.error is None:
                self.appends += 1
            if request.loop:
                loops.setdefault(request.loop, []).append(request)
        for loop, answered in loops.items():
            _tell(loop, _answer_all, answered)

    def _together(
        self, db: sqlite3.Connection, batch: list[Request], marks: Request | None
    ) -> bool:
        """Do a batch in one transaction; False when nothing of it was kept."""
        durable = any(request.kind in (Kind.WRITE, Kind.FORGET) for request in batch)
        try:
            self._begin(db, durable)
            for request in [marks, *batch] if marks else batch:
                if request.kind is Kind.READ:
                    request.run(db)
                    continue
                db.execute("SAVEPOINT request")
                request.run(db)
                if request.error is not None:
                    if not db.in_transaction or _is_trouble(request.error):
                        raise request.error
                    db.execute("ROLLBACK TO request")
                db.execute("RELEASE request")
            db.execute("COMMIT")
        except sqlite3.Error as error:
            log.warning("a batch of %d was taken back: %s", len(batch), error)
            _roll_back(db)
            return False
        return True

    def _one_by_one(
        self, db: sqlite3.Connection, batch: list[Request], marks: Request | None
    ) -> None:
        for request in [marks, *batch] if marks else batch:
            if request.kind is Kind.READ:
                request.run(db)
            else:
                try:
                    self._begin(db, request.kind is not Kind.LAZY)
                    request.run(db)
                    db.execute("ROLLBACK" if request.error else "COMMIT")
                except sqlite3.Error as error:
                    # A rollback of what SQLite has rolled back itself is no news.
                    request.error = request.error or error
                    _roll_back(db)
            if request.error is not None and _is_trouble(request.error):
                trouble = StorageUnwritable(_sentence(self._folder, request.error))
                trouble.__cause__ = request.error
                request.error = trouble
        if marks and marks.error:
            log.warning("marks of applied updates were lost: %s", marks.error)

    def _begin(self, db: sqlite3.Connection, durable: bool) -> None:
        # Only outside a transaction can this be set; the next durable commit flushes both.
        db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        db.execute("BEGIN IMMEDIATE")

    def _take_marks(self) -> Request | None:
        with self._marks_lock:
            marks, self._marks = self._marks, {}
        if not marks:
            return None

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "UPDATE updates SET applied = 1 WHERE document = ? AND id <= ? AND applied = 0",
                list(marks.items()),
            )

        return Request(work, Kind.LAZY, None)

    # Chores, when nobody waits

    def _has_chores(self) -> bool:
        return bool(self._marks) or self._unclean or self._wal_size() > CHORE_WAL_BYTES

    def _do_chores(self, db: sqlite3.Connection, quiet: float) -> None:
        if self._marks:
            self._do(db, [])
        if time.monotonic() < self._rest_until:
            return
        done = True
        if self._unclean and quiet >= REBUILD_QUIET:
            self._clean(db, at_once=False)
            done = not self._unclean
        elif self._wal_size() > CHORE_WAL_BYTES:
            done = _try(db, "PRAGMA wal_checkpoint(TRUNCATE)")
        if not done:
            self._rest_until = time.monotonic() + CHORE_REST

    def _clean(self, db: sqlite3.Connection, at_once: bool) -> None:
        """Leave no byte of what was removed: overwritten in the file, cut from the log, and no
        stale copies where rows once lay."""
        if not _try(db, "PRAGMA wal_checkpoint(TRUNCATE)"):
            return
        if at_once and self._file.stat().st_size > REBUILD_AT_ONCE:
            return
        if not at_once:
            # Whoever asks for something now goes first; the rebuilding begins again later.
            db.set_progress_handler(lambda: not self._requests.empty(), 10_000)
        try:
            if _try(db, "VACUUM") and _try(db, "PRAGMA wal_checkpoint(TRUNCATE)"):
                db.execute("UPDATE pulse SET unclean = 0")
                self._unclean = False
                self.rebuilt.set()
        finally:
            db.set_progress_handler(None, 0)

    def _wal_size(self) -> int:
        try:
            return os.stat(f"{self._file}-wal").st_size
        except OSError:
            return 0

    def _finish(self, db: sqlite3.Connection) -> None:
        if self._marks:
            self._do(db, [])
        _try(db, "PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        self._lease.release()
        # Asked for between the end of the work and now.
        while True:
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                return
            if request is not None and request.loop:
                request.error = StorageUnwritable("The storage is closed.")
                _tell(request.loop, request.answer)


class Subscription(AsyncIterator[bytes]):
    """What is published on a channel since this was made; ends with `end` or with the storage."""

    def __init__(self, among: "dict[str, set[Subscription]]", channel: str) -> None:
        self._among = among
        self._channel = channel
        self._messages: deque[bytes] = deque(maxlen=SUBSCRIPTION_LIMIT)
        self._ready = asyncio.Event()
        self._ended = False
        among.setdefault(channel, set()).add(self)

    def add(self, message: bytes) -> None:
        """Queue a message; the oldest goes when too many wait."""
        self._messages.append(message)
        self._ready.set()

    def end(self) -> None:
        """No more messages; what waits is still given out."""
        self._ended = True
        self._ready.set()
        if subscriptions := self._among.get(self._channel):
            subscriptions.discard(self)
            if not subscriptions:
                del self._among[self._channel]

    async def aclose(self) -> None:
        """End, as `contextlib.aclosing` does."""
        self.end()

    async def __anext__(self) -> bytes:
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._messages.popleft()


def _answer_all(requests: list[Request]) -> None:
    for request in requests:
        request.answer()


def _succeed(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: "asyncio.Future[None]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    # The loop may have been closed by a program that did not wait for its answers.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")


def _try(db: sqlite3.Connection, statement: str) -> bool:
    """Do what can be done again later; whether it worked."""
    try:
        db.execute(statement).fetchall()
    except sqlite3.Error as error:
        log.warning("%s did not work and will be tried again: %s", statement, error)
        return False
    return True


TROUBLE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOMEM,
    }
)
"""Primary result codes that speak of the disk, not of the request."""


def _is_trouble(error: BaseException) -> bool:
    # The low byte of an extended code is the primary one.
    return (
        isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 255 in TROUBLE
    )


def _sentence(folder: Path, error: BaseException) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 255 == sqlite3.SQLITE_FULL:
        return f"The disk of {folder} is full: nothing new can be kept until there is room."
    return f"The data in {folder} cannot be written ({error})."

"""The thread that owns the SQLite connection: batches, answers, and chores when nobody waits.

It takes whatever has been asked since it last looked, does all of it in one transaction, waits for
the disk once, and only then answers: batches grow by themselves when the disk is slow, and there is
no window to wait for. A request that fails before it changed anything leaves its neighbours alone;
otherwise the transaction is taken back and every request is tried again by itself, as when the disk
is full.

Each statement gives up Python's lock and must win it back from a busy event loop, which may take
milliseconds. So statements are few: no savepoints, no transaction round a single statement, and
marks of applied updates are gathered for a while.
"""

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, TypeVar

from rooms.sqlite_lease import Lease
from rooms.sqlite_schema import prepare
from rooms.storage import StorageUnwritable

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


MARKS_WAIT: Final = 0.2
"""Seconds that marks of applied updates are gathered. What is lost with a crash is probed again at
the next opening, which costs time but no update."""

PIECE_REST: Final = 0.001
"""Seconds between two pieces of a long request in which others may come: about as long as a piece
takes, so that half of the thread stays theirs."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
Told = Callable[[Any, BaseException | None], None]

log = logging.getLogger(__name__)


class Kind(Enum):
    """What a request needs of the disk."""

    READ = auto()
    WRITE = auto()
    """Durable before it is answered."""
    LAZY = auto()
    """Survives the end of the process; the disk need not be waited for."""
    ALONE = auto()
    """Reads, but cannot be done within a transaction."""
    FORGET = auto()
    """Durable, and no byte of what was removed is left when it is answered."""


DURABLE: Final = (Kind.WRITE, Kind.FORGET)


class Request:
    """One thing asked of the thread, and where the answer goes."""

    __slots__ = ("error", "future", "kind", "loop", "single", "told", "value", "work")

    def __init__(
        self,
        work: Work[Any],
        kind: Kind,
        loop: asyncio.AbstractEventLoop | None,
        single: bool = False,
        told: Told | None = None,
    ) -> None:
        self.work = work
        self.kind = kind
        self.single = single  # one writing statement, which is a transaction by itself
        self.loop = loop
        self.told = told
        self.future: asyncio.Future[Any] | None = None
        if loop is not None and told is None:
            self.future = loop.create_future()
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
        if self.told is not None:
            told, self.told = self.told, None  # the thread holds its last batch until the next
            told(self.value, self.error)
            return
        if self.future is None or self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class SqliteThread:
    """Serves one file until closed. `start` first."""

    def __init__(self, file: Path, lease: Lease, page_limit: int | None) -> None:
        self._file = file
        self._lease = lease
        self._page_limit = page_limit
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._marks: dict[str, int] = {}
        self._marks_lock = threading.Lock()
        self._marks_due = 0.0
        self._asleep = False
        self._synchronous = ""
        self._unclean = False
        self._rest_until = 0.0
        self._closed = False
        self._held: list[Request | None] = []
        self._thread: threading.Thread | None = None
        self.rebuilt = threading.Event()
        """Set when the file has been rebuilt after a forgetting."""
        self.batches = 0
        """Batches so far."""
        self.writes = 0
        """Writes kept so far."""

    async def start(self) -> None:
        """Open the file and begin to serve; raises what `sqlite_schema.prepare` raises."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(
            target=self._serve, args=(loop, opened), name="sqlite", daemon=True
        )
        self._thread.start()
        await opened

    async def close(self) -> None:
        """Finish what is queued, move everything into the file, release it."""
        if not self._closed:
            self._closed = True
            self._requests.put(None)
        if self._thread:
            await asyncio.to_thread(self._thread.join)

    async def ask(self, kind: Kind, work: Work[T], *, single: bool = False) -> T:
        """Have `work` done in the thread and wait for its answer, durable as `kind` says.

        `single` promises that it writes with one statement only and raises nothing after it.
        `work` may be called again after being taken back, so it must change nothing but the
        database. Whoever stops waiting does not stop the work.
        """
        if self._closed:
            raise StorageUnwritable("The storage is closed.")
        request = Request(work, kind, asyncio.get_running_loop(), single)
        assert request.future is not None
        self._requests.put(request)
        value: T = await request.future
        return value

    def ask_soon(self, work: Work[Any], told: Told) -> None:
        """`ask` for one durable writing statement; `told` is called in the loop with its value or
        with what went wrong. Raises `StorageUnwritable`."""
        if self._closed:
            raise StorageUnwritable("The storage is closed.")
        self._requests.put(Request(work, Kind.WRITE, asyncio.get_running_loop(), True, told))

    def mark(self, document: str, upto: int) -> None:
        """Note that a document's updates up to this id were applied; kept within `MARKS_WAIT` of
        quiet or with a later batch."""
        with self._marks_lock:
            self._marks[document] = max(upto, self._marks.get(document, 0))
            asleep, self._asleep = self._asleep, False
        if asleep:
            # The thread waits without an end; a request of nothing makes it look.
            self._requests.put(Request(_nothing, Kind.READ, None))

    def rebuild_soon(self) -> None:
        """Something was removed that may have left copies: rebuild the file when it is quiet."""
        self._unclean = True

    def serve_meanwhile(self, db: sqlite3.Connection) -> bool:
        """Serve whoever asked, in the thread, from within a long request that is `ALONE`; false
        when the storage is to be closed. What rebuilds the file, and other long requests, wait
        until that one is over."""
        batch: list[Request] = []
        while len(batch) < BATCH_LIMIT:
            try:
                request = self._requests.get(timeout=0 if batch else PIECE_REST)
            except queue.Empty:
                break
            if request is None or request.kind in (Kind.ALONE, Kind.FORGET):
                self._held.append(request)
            else:
                batch.append(request)
        if batch:
            self._do(db, batch)
        return not self._closed

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
        except BaseException:
            log.exception("the storage's thread has ended")
            raise
        finally:
            self._closed = True
            self._finish(db)

    def _work(self, db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
        self._unclean = bool(db.execute("SELECT unclean FROM pulse").fetchone()[0])
        quiet = 0.0
        while True:
            try:
                request = self._requests.get(timeout=IDLE if self._has_chores() else None)
                self._asleep = False
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
            # What takes long comes after the others are answered.
            together = [one for one in batch if one.kind is not Kind.ALONE]
            if together:
                self._do(db, together)
            for one in batch:
                if one.kind is Kind.ALONE:
                    self._do(db, [one])
            held, self._held = self._held, []
            for waiting in held:
                self._requests.put(waiting)
            if request is None:
                return

    def _do(self, db: sqlite3.Connection, batch: list[Request]) -> None:
        try:
            self._keep(db, batch)
        except Exception as error:
            # A bug of ours or of SQLite: whoever waits must not wait for ever.
            log.exception("a batch of %d ended badly", len(batch))
            _roll_back(db)
            for request in batch:
                request.error = request.error or error
        self.batches += 1
        loops: dict[asyncio.AbstractEventLoop, list[Request]] = {}
        for request in batch:
            if request.kind in DURABLE and request.error is None:
                self.writes += 1
            if request.loop:
                loops.setdefault(request.loop, []).append(request)
        for loop, answered in loops.items():
            _tell(loop, _answer_all, answered)

    def _keep(self, db: sqlite3.Connection, batch: list[Request]) -> None:
        together = [request for request in batch if request.kind is not Kind.ALONE]
        marks = self._take_marks(together)
        if marks:
            together.insert(0, marks)
        alone = len(together) == 1 or all(request.kind is Kind.READ for request in together)
        if alone or not self._together(db, together):
            self._one_by_one(db, together)
        self._one_by_one(db, [request for request in batch if request.kind is Kind.ALONE])
        if marks and marks.error:
            log.warning("marks of applied updates were lost: %s", marks.error)
        if any(request.kind is Kind.FORGET and request.error is None for request in batch):
            self._unclean = True
            self._clean(db, at_once=True)

    def _together(self, db: sqlite3.Connection, batch: list[Request]) -> bool:
        """Do a batch in one transaction; False when nothing of it was kept."""
        try:
            self._begin(db, any(request.kind in DURABLE for request in batch))
            for request in batch:
                changes = db.total_changes
                request.run(db)
                if request.error is None:
                    continue
                half_done = db.total_changes != changes or not db.in_transaction
                if half_done or _is_trouble(request.error):
                    # What is in the transaction now is nobody's.
                    _roll_back(db)
                    return False
            db.execute("COMMIT")
        except sqlite3.Error as error:
            log.warning("a batch of %d was taken back: %s", len(batch), error)
            _roll_back(db)
            return False
        return True

    def _one_by_one(self, db: sqlite3.Connection, batch: list[Request]) -> None:
        for request in batch:
            if request.kind in (Kind.READ, Kind.ALONE):
                request.run(db)
            elif request.single:
                self._sync(db, request.kind in DURABLE)
                request.run(db)
            else:
                try:
                    self._begin(db, request.kind in DURABLE)
                    request.run(db)
                    db.execute("ROLLBACK" if request.error else "COMMIT")
                except sqlite3.Error as error:
                    # A rollback of what SQLite has rolled back itself is no news.
                    request.error = request.error or error
                    _roll_back(db)
            if request.error is not None and _is_trouble(request.error):
                trouble = StorageUnwritable(_sentence(self._file.parent, request.error))
                trouble.__cause__ = request.error
                request.error = trouble

    def _begin(self, db: sqlite3.Connection, durable: bool) -> None:
        self._sync(db, durable)
        db.execute("BEGIN IMMEDIATE")

    def _sync(self, db: sqlite3.Connection, durable: bool) -> None:
        # Only outside a transaction can this be set; the next durable commit flushes both.
        wanted = "FULL" if durable else "NORMAL"
        if wanted != self._synchronous:
            db.execute(f"PRAGMA synchronous={wanted}")
            self._synchronous = wanted

    def _take_marks(self, batch: list[Request]) -> Request | None:
        """The marks that are due: after a while, before anybody reads them, or when nothing else
        is to be done."""
        now = time.monotonic()
        writes = [request for request in batch if request.kind is not Kind.READ]
        if len(writes) == len(batch) > 0 and now < self._marks_due:
            return None
        with self._marks_lock:
            marks, self._marks = self._marks, {}
        if not marks:
            return None
        self._marks_due = now + MARKS_WAIT

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "UPDATE updates SET applied = 1 WHERE document = ? AND id <= ? AND applied = 0",
                list(marks.items()),
            )

        return Request(work, Kind.LAZY, None)

    # Chores, when nobody waits

    def _has_chores(self) -> bool:
        with self._marks_lock:
            chores = bool(self._marks) or self._unclean or self._wal_size() > CHORE_WAL_BYTES
            self._asleep = not chores
            return chores

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


def _nothing(db: sqlite3.Connection) -> None:
    """Ask for nothing."""


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


def _is_trouble(error: BaseException | None) -> bool:
    # The low byte of an extended code is the primary one.
    return (
        isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 255 in TROUBLE
    )


def _sentence(folder: Path, error: BaseException) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 255 == sqlite3.SQLITE_FULL:
        return f"The disk of {folder} is full: nothing new can be kept until there is room."
    return f"The data in {folder} cannot be written ({error})."

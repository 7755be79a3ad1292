"""Storage in one SQLite file, held by one process, served by one thread.

Everything, reads too, goes through one thread with one connection (`sqlite_thread.py`); each
method here is a few statements in somebody's transaction.

What is forgotten is overwritten (`secure_delete`), the write-ahead log is cut off, and the file is
rebuilt, because SQLite leaves stale copies of rows where it has moved them between pages. A
document's rows may hold what was erased from the words: compact it before erasing.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rooms.sqlite_backup import Interrupted, copy_in_pieces
from rooms.sqlite_gathering import Gathering
from rooms.sqlite_lease import Lease
from rooms.sqlite_schema import FILE
from rooms.sqlite_thread import Kind, SqliteThread
from rooms.storage import Conflict, Kept, News, StorageUnwritable, StoredUpdate
from rooms.subscription import Silence, Subscription

TABLES: Final = (
    "commits",
    "words",
    "updates",
    "snapshots",
    "quarantine",
    "secrets",
    "touches",
    "photos",
)
"""Everything that is kept by room."""


log = logging.getLogger(__name__)


class SqliteStorage:
    """A `Storage` in a folder. Made by `open`, ended by `close`."""

    def __init__(self, thread: SqliteThread) -> None:
        self.thread = thread
        """The one that does the work; its counters are facts for `/metrics`."""
        self._forgotten: set[str] = set()
        self._erased: set[str] = set()
        self._gathering = Gathering(thread, self.add_update, self._forgotten)
        self._subscriptions: dict[str, set[Subscription]] = {}

    @classmethod
    async def open(cls, folder: Path, *, page_limit: int | None = None) -> "SqliteStorage":
        """Open the data in `folder`, made if need be, and hold it until `close`.

        `page_limit` bounds the file (pages of 4 KiB), for tests of a full disk. Raises
        `StorageHeld` (in under 2 s), `StorageTooNew`, `StorageDamaged`, and `StorageUnwritable`
        when the folder cannot be written to.
        """
        lease = await asyncio.to_thread(Lease.take, folder)
        thread = SqliteThread(folder / FILE, lease, page_limit)
        await thread.start()
        return cls(thread)

    async def close(self) -> None:
        for subscriptions in list(self._subscriptions.values()):
            for subscription in list(subscriptions):
                subscription.end()
        await self.thread.close()

    async def backup(self, file: Path) -> None:
        """Copy everything to a new file, readable by its owner only, while serving: what was
        acknowledged before the call is in it. `sqlite_backup.tidy` it before it is kept.

        Raises `FileExistsError`, `StorageUnwritable`.
        """

        def work(db: sqlite3.Connection) -> None:
            try:
                copy_in_pieces(db, file, lambda: self.thread.serve_meanwhile(db))
            except Interrupted:
                raise StorageUnwritable("The storage is being closed.") from None

        await self.thread.ask(Kind.ALONE, work)

    # Rooms

    async def create_room(self, room: str, at: int) -> None:
        def work(db: sqlite3.Connection) -> None:
            try:
                db.execute("INSERT INTO rooms (id, created) VALUES (?, ?)", (room, at))
            except sqlite3.IntegrityError:
                raise Conflict(f"room {room} exists") from None

        await self.thread.ask(Kind.WRITE, work)
        self._forgotten.discard(room)

    async def rooms(self) -> Sequence[str]:
        def work(db: sqlite3.Connection) -> list[str]:
            return [row[0] for row in db.execute("SELECT id FROM rooms ORDER BY created, id")]

        return await self.thread.ask(Kind.READ, work)

    async def forget_room(self, room: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET unclean = 1")
            for table in TABLES:
                db.execute(f"DELETE FROM {table} WHERE room = ?", (room,))
            db.execute("DELETE FROM rooms WHERE id = ?", (room,))

        # From here on, so that no write on its way brings any of it back.
        self._forgotten.add(room)
        try:
            await self.thread.ask(Kind.FORGET, work)
        except StorageUnwritable:
            self._forgotten.discard(room)
            raise

    # Commits and words

    async def append(
        self, room: str, seq: int, commit: bytes, words: Mapping[str, bytes] | None = None
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            added = db.execute(
                "INSERT INTO commits (room, seq, body) SELECT id, ?2, ?3 FROM rooms WHERE id = ?1"
                " AND ?2 = 1 + coalesce((SELECT max(seq) FROM commits WHERE room = ?1), 0)",
                (room, seq, commit),
            )
            if not added.rowcount:
                raise Conflict(f"commit {seq} is not the next one of room {room}")
            for ref, text in words.items() if words else ():
                db.execute(
                    "INSERT OR REPLACE INTO words (room, ref, body) VALUES (?, ?, ?)",
                    (room, ref, text),
                )

        await self.thread.ask(Kind.WRITE, work, single=not words)

    async def commits(self, room: str, after: int = 0) -> Sequence[tuple[int, bytes]]:
        def work(db: sqlite3.Connection) -> list[tuple[int, bytes]]:
            return db.execute(
                "SELECT seq, body FROM commits WHERE room = ? AND seq > ? ORDER BY seq",
                (room, after),
            ).fetchall()

        return await self.thread.ask(Kind.READ, work)

    async def set_aside(self, room: str, after: int, why: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO quarantine (room, document, number, body, why)"
                " SELECT room, room, seq, body, ?3 FROM commits WHERE room = ?1 AND seq > ?2",
                (room, after, why),
            )
            db.execute("DELETE FROM commits WHERE room = ? AND seq > ?", (room, after))

        await self.thread.ask(Kind.WRITE, work)

    async def words(self, room: str) -> Mapping[str, bytes]:
        def work(db: sqlite3.Connection) -> dict[str, bytes]:
            return dict(db.execute("SELECT ref, body FROM words WHERE room = ?", (room,)))

        return await self.thread.ask(Kind.READ, work)

    async def erase_words(self, room: str, refs: Sequence[str]) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET unclean = 1")
            db.executemany(
                "DELETE FROM words WHERE room = ? AND ref = ?", [(room, ref) for ref in refs]
            )

        self._erased.add(room)
        await self.thread.ask(Kind.FORGET, work)

    # Documents

    async def add_update(
        self, document: str, update: bytes, after: int | None = None, together: str = ""
    ) -> int:
        def work(db: sqlite3.Connection) -> int:
            room = self._room_of(document)
            if after is not None:
                last = "SELECT max(id) FROM updates WHERE document = ?"
                if (db.execute(last, (document,)).fetchone()[0] or 0) > after:
                    raise Conflict(f"{document} has newer updates")
            cursor = db.execute(
                "INSERT INTO updates (room, document, body, applied) VALUES (?, ?, ?, 0)",
                (room, document, update),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

        return await self.thread.ask(Kind.WRITE, work, single=True)

    def add_soon(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        self._gathering.add(document, updates, told)

    async def updates(self, document: str, after: int = 0) -> Sequence[StoredUpdate]:
        def work(db: sqlite3.Connection) -> list[StoredUpdate]:
            snapshot = db.execute(
                "SELECT upto, body, 1 FROM snapshots WHERE document = ?1 AND (upto > ?2 OR ?2 = 0)",
                (document, after),
            ).fetchall()
            later = db.execute(
                "SELECT id, body, applied FROM updates WHERE document = ? AND id > ? ORDER BY id",
                (document, after),
            ).fetchall()
            return [StoredUpdate(id, body, bool(applied)) for id, body, applied in snapshot + later]

        return await self.thread.ask(Kind.READ, work)

    async def mark_applied(self, document: str, upto: int) -> None:
        self.thread.mark(document, upto)

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

        await self.thread.ask(Kind.WRITE, work)
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

        await self.thread.ask(Kind.WRITE, work)
        if document.partition("/")[0] in self._erased:
            # What was erased may have been in here: rebuild as soon as it is quiet.
            self.thread.rebuild_soon()

    async def documents(self, room: str) -> Sequence[str]:
        def work(db: sqlite3.Connection) -> list[str]:
            rows = db.execute(
                "SELECT document FROM updates WHERE room = ?1"
                " UNION SELECT document FROM snapshots WHERE room = ?1 ORDER BY document",
                (room,),
            )
            return [row[0] for row in rows]

        return await self.thread.ask(Kind.READ, work)

    # Photos

    async def put_photo(self, room: str, id: str, body: bytes, media: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            added = db.execute(
                "INSERT OR REPLACE INTO photos (room, id, media, body)"
                " SELECT id, ?2, ?3, ?4 FROM rooms WHERE id = ?1",
                (room, id, media, body),
            )
            if not added.rowcount:
                raise Conflict(f"there is no room {room}")

        await self.thread.ask(Kind.WRITE, work)

    async def photo(self, room: str, id: str) -> tuple[str, bytes] | None:
        def work(db: sqlite3.Connection) -> tuple[str, bytes] | None:
            found: tuple[str, bytes] | None = db.execute(
                "SELECT media, body FROM photos WHERE room = ? AND id = ?", (room, id)
            ).fetchone()
            return found

        return await self.thread.ask(Kind.READ, work)

    async def photos(self, room: str) -> Mapping[str, int]:
        def work(db: sqlite3.Connection) -> dict[str, int]:
            rows = db.execute("SELECT id, length(body) FROM photos WHERE room = ?", (room,))
            return dict(rows)

        return await self.thread.ask(Kind.READ, work)

    async def drop_photo(self, room: str, id: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            dropped = db.execute("DELETE FROM photos WHERE room = ? AND id = ?", (room, id))
            if dropped.rowcount:
                db.execute("UPDATE pulse SET unclean = 1")

        await self.thread.ask(Kind.FORGET, work)

    # Secrets

    async def put_secret(self, digest: str, room: str, value: bytes) -> None:
        def work(db: sqlite3.Connection) -> None:
            self._check_not_forgotten(room)
            db.execute(
                "INSERT OR REPLACE INTO secrets (digest, room, body) VALUES (?, ?, ?)",
                (digest, room, value),
            )

        await self.thread.ask(Kind.WRITE, work)

    async def secret(self, digest: str) -> tuple[str, bytes] | None:
        def work(db: sqlite3.Connection) -> tuple[str, bytes] | None:
            found: tuple[str, bytes] | None = db.execute(
                "SELECT room, body FROM secrets WHERE digest = ?", (digest,)
            ).fetchone()
            return found

        return await self.thread.ask(Kind.READ, work)

    async def drop_secret(self, digest: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM secrets WHERE digest = ?", (digest,))

        await self.thread.ask(Kind.WRITE, work)

    # Who is alive

    async def touch(self, seen: Mapping[str, int]) -> None:
        rows = list(seen.items())

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT OR REPLACE INTO touches (room, at) VALUES (?, ?)",
                [row for row in rows if row[0] not in self._forgotten],
            )

        await self.thread.ask(Kind.LAZY, work)

    async def touched(self, room: str) -> int:
        def work(db: sqlite3.Connection) -> int:
            row = db.execute("SELECT at FROM touches WHERE room = ?", (room,)).fetchone()
            return int(row[0]) if row else 0

        return await self.thread.ask(Kind.READ, work)

    # Messages: there is no other process

    shared = False
    trouble = 0.0

    def follow(self, room: str) -> AsyncIterator[News]:
        return Silence()

    async def say_here(self, room: str, by: str, message: bytes, seconds: int) -> None:
        await self.publish(room, message)

    async def said_here(self, room: str) -> Sequence[bytes]:
        return ()

    async def publish(self, channel: str, message: bytes) -> None:
        for subscription in list(self._subscriptions.get(channel, ())):
            subscription.add(message)

    def subscribe(self, channel: str) -> AsyncIterator[bytes]:
        return Subscription(self._subscriptions, channel)

    async def check(self) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE pulse SET beats = beats + 1")

        await self.thread.ask(Kind.WRITE, work)

    def _room_of(self, document: str) -> str:
        room = document.partition("/")[0]
        self._check_not_forgotten(room)
        return room

    def _check_not_forgotten(self, room: str) -> None:
        if room in self._forgotten:
            raise Conflict(f"room {room} was forgotten")

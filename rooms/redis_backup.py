"""The rooms of a Redis server as a SQLite file, and back: what a backup holds is the same for both.

Copying asks for one room after the other, each of one moment (`redis_scripts.COPY`), while the
rooms are served; pictures are asked for after the log that speaks of them. Bringing in writes into
a server that holds no rooms, and until it has ended no process serves from it
(`redis_scripts.RESTORING_KEY`).

Ids of updates are given anew on both ways: SQLite counts them over all documents, Redis in each.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from rooms import redis_layout, sqlite_backup, sqlite_schema
from rooms import redis_scripts as scripts
from rooms.redis_line import Command, RedisLine, place
from rooms.redis_scripts import key, prefix
from rooms.storage import StorageDamaged

PIECE_BYTES: Final = 1_048_576
"""Written to the server at a time: far less than it takes in the seconds it has to answer."""

PIECE_COMMANDS: Final = 500

DOCUMENTS: Final = (
    "SELECT document FROM updates WHERE room = ?1"
    " UNION SELECT document FROM snapshots WHERE room = ?1 ORDER BY document"
)

OF_A_ROOM: Final = (
    "INSERT INTO rooms (id, created) VALUES (:room, :made)",
    "INSERT INTO touches (room, at) SELECT :room, :touched WHERE :touched > 0",
)


class Filled(Exception):
    """There are rooms on the server that is to take a backup; `rooms` says how many."""

    def __init__(self, rooms: int, where: str) -> None:
        super().__init__(f"{rooms} rooms at {where}")
        self.rooms = rooms
        self.where = where


# Out ----------------------------------------------------------------------------------------------


async def copy_out(url: str, file: Path) -> None:
    """Copy all rooms of a server into a new SQLite file, readable by its owner only. Nothing of
    the server is changed; `sqlite_backup.tidy` the file before it is kept.

    Raises `StorageUnwritable`, `StorageTooNew`, `StorageDamaged` (a restore was not finished).
    """
    line = await RedisLine.open(url)
    try:
        await redis_layout.look(line)
        # Nobody else has this file, and it is thrown away when it is cut off.
        with closing(sqlite_schema.prepare(file)) as db:
            db.execute("BEGIN")
            for room in await line.read("ZRANGE", scripts.ROOMS_KEY, 0, -1):
                await _copy_room(line, room.decode(), db)
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        await line.close()


async def _copy_room(line: RedisLine, room: str, db: sqlite3.Connection) -> None:
    found = await line.read("EVAL", scripts.COPY, 1, key(room, "room"), prefix(room))
    if not found:
        return  # forgotten meanwhile
    made, log, words, secrets, aside, touched, media, documents = found
    known = {"room": room, "made": int(made), "touched": int(touched or 0)}
    for statement in OF_A_ROOM:
        db.execute(statement, known)
    db.executemany(
        "INSERT INTO commits (room, seq, body) VALUES (?, ?, ?)",
        ((room, _number(id), _field(fields)) for id, fields in log),
    )
    db.executemany(
        "INSERT INTO words (room, ref, body) VALUES (?, ?, ?)",
        ((room, ref.decode(), text) for ref, text in _pairs(words)),
    )
    db.executemany(
        "INSERT OR REPLACE INTO secrets (digest, room, body) VALUES (?, ?, ?)",
        ((digest.decode(), room, value) for digest, value in _pairs(secrets)),
    )
    for document in documents:
        _copy_document(room, document, db)
    db.executemany(
        "INSERT INTO quarantine (room, document, number, body, why) VALUES (?, ?, ?, ?, ?)",
        _set_aside(room, dict(_pairs(aside))),
    )
    for id, kind in _pairs(media):
        body = await line.read("HGET", key(room, "photos"), id)
        if body is not None:
            db.execute(
                "INSERT INTO photos (room, id, media, body) VALUES (?, ?, ?, ?)",
                (room, id.decode(), kind.decode(), body),
            )


def _copy_document(room: str, found: Any, db: sqlite3.Connection) -> None:
    name, snapshot, upto, applied, rows = found
    document = f"{room}/{name.decode()}"
    if upto:
        # It takes a number of its own, below those of the updates that follow it.
        taken = db.execute(
            "INSERT INTO updates (room, document, body, applied) VALUES (?, ?, x'', 1)",
            (room, document),
        ).lastrowid
        db.execute("DELETE FROM updates WHERE id = ?", (taken,))
        db.execute(
            "INSERT INTO snapshots (document, room, upto, body) VALUES (?, ?, ?, ?)",
            (document, room, taken, snapshot or b""),
        )
    db.executemany(
        "INSERT INTO updates (room, document, body, applied) VALUES (?, ?, ?, ?)",
        ((room, document, _field(fields), _number(id) <= int(applied)) for id, fields in rows),
    )


def _set_aside(room: str, aside: dict[bytes, bytes]) -> Iterator[tuple[str, str, int, bytes, str]]:
    for name, body in aside.items():
        what, _, number = name.decode().rpartition(" ")
        if number == "why":
            continue
        why = aside.get(name + b" why", b"").decode(errors="replace")
        yield room, room if what == "log" else f"{room}/{what}", int(number), body, why


# In -----------------------------------------------------------------------------------------------


async def bring_in(url: str, file: Path, secret: bytes = b"") -> sqlite_backup.Copied:
    """Bring the rooms of a SQLite file, which is ours alone, to a server that holds none; returns
    what was brought. `secret` is that of the processes that will serve them: stop them before. May
    be run again when it was cut off.

    Raises `Filled`, `StorageUnwritable`, `StorageHeld` (another secret), `StorageTooNew`,
    `StorageDamaged` (not everything has arrived).
    """
    line = await RedisLine.open(url)
    try:
        await redis_layout.take(line, restoring=True)
        begun = await line.read("EXISTS", scripts.RESTORING_KEY)
        if not begun and (rooms := await line.read("ZCARD", scripts.ROOMS_KEY)):
            raise Filled(int(rooms), place(url))
        await redis_layout.check_secret(line, secret)
        await line.write(("SET", scripts.RESTORING_KEY, "1"))
        for room in await line.read("ZRANGE", scripts.ROOMS_KEY, 0, -1):
            await _clear(line, room.decode())  # what a restore that was cut off has left
        with closing(sqlite_schema.prepare(file)) as db:
            made = db.execute("SELECT id, created FROM rooms ORDER BY created, id").fetchall()
            for room, at in made:
                await _write(line, _room(db, room, at))
                await _check(line, db, room)
            (commits,) = db.execute("SELECT count(*) FROM commits").fetchone()
        await line.write(("DEL", scripts.RESTORING_KEY))
        return sqlite_backup.Copied(len(sqlite_schema.MIGRATIONS), len(made), commits)
    finally:
        await line.close()


async def _clear(line: RedisLine, room: str) -> None:
    forget = (scripts.FORGET, 1, key(room, "room"), prefix(room))
    told = (scripts.GONE_SECONDS, scripts.channel(room), "restore")
    (digests,) = await line.write(("EVAL", *forget, *told))
    gone = [("DEL", scripts.secret_key(digest.decode())) for digest in digests]
    await line.write(*gone, ("ZREM", scripts.ROOMS_KEY, room))


async def _write(line: RedisLine, commands: Iterable[Command]) -> None:
    """Have commands done, in pieces."""
    piece: list[Command] = []
    size = 0
    for command in commands:
        piece.append(command)
        size += sum(len(part) for part in command if isinstance(part, (bytes, str)))
        if size > PIECE_BYTES or len(piece) >= PIECE_COMMANDS:
            await line.write(*piece)
            piece, size = [], 0
    if piece:
        await line.write(*piece)


async def _check(line: RedisLine, db: sqlite3.Connection, room: str) -> None:
    """Whether a room has arrived: a server that is full or forgets says so too late."""
    for table, ask, part in (
        ("commits", "XLEN", "log"),
        ("words", "HLEN", "words"),
        ("photos", "HLEN", "photos"),
    ):
        (wanted,) = db.execute(f"SELECT count(*) FROM {table} WHERE room = ?", (room,)).fetchone()
        found = await line.read(ask, key(room, part))
        if found != wanted:
            raise StorageDamaged(
                f"Redis {place(line.url)} has {found} of {wanted} rows ({table}) of a room after it"
                " was brought in. Run the restore again."
            )


def _room(db: sqlite3.Connection, room: str, at: int) -> Iterator[Command]:
    """What brings one room in."""

    def rows(columns: str, table: str, order: str) -> sqlite3.Cursor:
        return db.execute(f"SELECT {columns} FROM {table} WHERE room = ? ORDER BY {order}", (room,))

    yield ("ZADD", scripts.ROOMS_KEY, at, room)
    yield ("SET", key(room, "room"), at)
    yield ("DEL", key(room, "gone"))
    for seq, body in rows("seq, body", "commits", "seq"):
        yield ("XADD", key(room, "log"), f"{seq}-0", "c", body)
    for ref, body in rows("ref, body", "words", "ref"):
        yield ("HSET", key(room, "words"), ref, body)
    documents = [name for (name,) in db.execute(DOCUMENTS, (room,))]
    for document in documents:
        yield from _document(db, room, document)
    for id, media, body in rows("id, media, body", "photos", "id"):
        yield ("HSET", key(room, "photos"), id, body)
        yield ("HSET", key(room, "media"), id, media)
    for digest, body in rows("digest, body", "secrets", "digest"):
        yield ("SET", scripts.secret_key(digest), room)
        yield ("HSET", key(room, "secrets"), digest, body)
    for (touched,) in rows("at", "touches", "at"):
        yield ("SET", key(room, "touched"), touched)
    for document, number, body, why in rows("document, number, body, why", "quarantine", "id"):
        name = f"{document.partition('/')[2] or 'log'} {number}"
        yield ("HSET", key(room, "aside"), name, body, f"{name} why", why)


def _document(db: sqlite3.Connection, room: str, document: str) -> Iterator[Command]:
    name = document.partition("/")[2]
    last = applied = 0
    for (body,) in db.execute("SELECT body FROM snapshots WHERE document = ?", (document,)):
        last = applied = 1
        yield ("HSET", key(room, "snap"), name, body)
        yield ("HSET", key(room, "upto"), name, last)
    rows = db.execute(
        "SELECT body, applied FROM updates WHERE document = ? ORDER BY id", (document,)
    )
    for body, is_applied in rows:
        # What follows one that is not known to be harmless is tried again too.
        applied += bool(is_applied) and applied == last
        last += 1
        yield ("XADD", key(room, f"doc:{name}"), f"{last}-0", "u", body)
    yield ("HSET", key(room, "last"), name, last)
    yield ("HSET", key(room, "applied"), name, applied)
    yield ("SADD", key(room, "docs"), name)


def _number(id: bytes) -> int:
    return int(id.partition(b"-")[0])


def _field(fields: Any) -> bytes:
    """The one value of an entry of a stream."""
    value: bytes = fields[1]
    return value


def _pairs(flat: Any) -> list[tuple[bytes, bytes]]:
    return list(zip(flat[::2], flat[1::2], strict=True))

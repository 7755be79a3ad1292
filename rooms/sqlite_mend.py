"""Brings what is whole of a damaged SQLite file over into a new one.

Each table is read from its beginning until damage stops it, then from its end backwards until the
same damage stops it there: a damaged page costs its own rows. What a room lacks then is found and
named when it opens (DUR1). The damaged file is kept.
"""

import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from rooms.sqlite_lease import Lease
from rooms.sqlite_schema import FILE, MIGRATIONS, prepare

TABLES: Final = {
    "rooms": "id",
    "commits": "room, seq",
    "words": "room, ref",
    "updates": "id",
    "snapshots": "document",
    "quarantine": "id",
    "secrets": "digest",
    "touches": "room",
    "photos": "rowid",
}
"""Every table with what its rows lie ordered by."""

BESIDE: Final = ("", "-wal", "-shm", "-journal")


class Mended(msgspec.Struct, frozen=True):
    """What was brought over: rows by table, tables that were not whole, and where the damaged file
    is kept."""

    rows: dict[str, int]
    broken: tuple[str, ...]
    kept: Path


def mend(folder: Path) -> Mended:
    """Put a new file in the place of the damaged one of a folder that no server holds.

    Raises `StorageHeld`, `StorageUnwritable`, `StorageDamaged` when nothing at all can be read,
    `FileNotFoundError`.
    """
    if not (folder / FILE).exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder / FILE))
    lease = Lease.take(folder)
    try:
        fresh = folder / f"mended-{os.getpid()}.part"
        fresh.unlink(missing_ok=True)
        try:
            rows, broken = _bring_over(folder / FILE, fresh)
            kept = folder / f"{FILE}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
            for ending in BESIDE:
                with contextlib.suppress(FileNotFoundError):
                    (folder / f"{FILE}{ending}").rename(f"{kept}{ending}")
            fresh.rename(folder / FILE)
        finally:
            for ending in BESIDE:
                fresh.with_name(f"{fresh.name}{ending}").unlink(missing_ok=True)
    finally:
        lease.release()
    return Mended(rows, broken, kept)


def _bring_over(damaged: Path, fresh: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    made = prepare(fresh)
    old = sqlite3.connect(f"file:{damaged}?mode=ro", uri=True, isolation_level=None)
    rows: dict[str, int] = {}
    broken: list[str] = []
    try:
        made.execute("BEGIN IMMEDIATE")
        for table, order in TABLES.items():
            names = [row[1] for row in made.execute(f"PRAGMA table_info({table})")]
            before = made.total_changes
            whole = _copy(old, made, table, names, order)
            rows[table] = made.total_changes - before
            if not whole:
                broken.append(table)
        # A row of a room whose own row is lost would never be found again.
        made.execute(
            "INSERT OR IGNORE INTO rooms (id, created)"
            " SELECT DISTINCT room, 0 FROM commits WHERE seq = 1"
        )
        made.execute("UPDATE pulse SET unclean = 1")
        made.execute("COMMIT")
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        old.close()
        made.close()
    return rows, tuple(broken)


def _copy(
    old: sqlite3.Connection, made: sqlite3.Connection, table: str, names: list[str], order: str
) -> bool:
    """Copy what can be read of a table; whether that was all."""
    columns = ", ".join(names)
    marks = ", ".join("?" * len(names))
    whole = True
    for direction in ("ASC", "DESC"):
        by = ", ".join(f"{one.strip()} {direction}" for one in order.split(","))
        rows = _read(old, f"SELECT {columns} FROM {table} NOT INDEXED ORDER BY {by}")
        ended = False
        for row in rows:
            if row is None:
                ended = True
                break
            # What two copies of a page say twice, or nonsense that a column refuses, is left out.
            with contextlib.suppress(sqlite3.IntegrityError):
                made.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)
        if not ended:
            return whole
        whole = False
    return whole


def _read(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...] | None]:
    """Rows until the end or damage; None stands for damage."""
    try:
        yield from db.execute(query)
    except sqlite3.DatabaseError:
        yield None


assert len(MIGRATIONS) == 2, "a new table is to be brought over as well"

"""The shape of the SQLite file, how it became so, and how a file is opened.

Versions only go forward. Each migration is a tuple of statements; a file is brought up to date in
one transaction, so that a kill leaves the old version or the new one. A migration that has been
released is never edited. `tests/rooms/fixtures` keeps one file of every released version.
"""

import os
import sqlite3
from pathlib import Path
from typing import Final

from rooms import sqlite_wal
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew, StorageUnwritable

FILE: Final = "talanoa.sqlite3"

APPLICATION: Final = 0x54414C41
"""Marks the file as ours ("TALA"), so that somebody else's database is not written to."""

QUICK_ABOVE: Final = 268_435_456
"""Bytes above which the check at the start leaves out the comparison of indexes with tables: it
would take longer than a restart should (some 2 s for this much)."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        "CREATE TABLE rooms (id TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE commits (room TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,"
        " PRIMARY KEY (room, seq)) WITHOUT ROWID",
        "CREATE TABLE words (room TEXT NOT NULL, ref TEXT NOT NULL, body BLOB NOT NULL,"
        " PRIMARY KEY (room, ref)) WITHOUT ROWID",
        # Ids are never used twice, or a late mark could hit an update it does not mean.
        "CREATE TABLE updates (id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL,"
        " document TEXT NOT NULL, body BLOB NOT NULL, applied INTEGER NOT NULL)",
        "CREATE INDEX updates_by_document ON updates (document, id)",
        "CREATE INDEX updates_not_applied ON updates (document, id) WHERE applied = 0",
        # A document's snapshot stands for all its updates up to and including `upto`.
        "CREATE TABLE snapshots (document TEXT PRIMARY KEY, room TEXT NOT NULL,"
        " upto INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, room TEXT NOT NULL,"
        " document TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, why TEXT NOT NULL)",
        "CREATE TABLE secrets (digest TEXT PRIMARY KEY, room TEXT NOT NULL, body BLOB NOT NULL)"
        " WITHOUT ROWID",
        "CREATE INDEX secrets_by_room ON secrets (room)",
        "CREATE TABLE touches (room TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
        # One row: written by each check of health; `unclean` while removed bytes may be left.
        "CREATE TABLE pulse (beats INTEGER NOT NULL, unclean INTEGER NOT NULL)",
        "INSERT INTO pulse VALUES (0, 0)",
    ),
    (
        # With row ids: a picture is many pages, which a lookup by room must not read.
        "CREATE TABLE photos (room TEXT NOT NULL, id TEXT NOT NULL, media TEXT NOT NULL,"
        " body BLOB NOT NULL)",
        "CREATE UNIQUE INDEX photos_by_room ON photos (room, id)",
    ),
)


def prepare(
    file: Path,
    page_limit: int | None = None,
    migrations: tuple[tuple[str, ...], ...] = MIGRATIONS,
) -> sqlite3.Connection:
    """Open the file, made if need be: checked, at the newest version, set up for one process.

    Raises `StorageTooNew`, `StorageDamaged`, `StorageHeld`, `StorageUnwritable`. The connection
    belongs to the calling thread.
    """
    _look_before_opening(file, len(migrations))
    wal = file.with_name(f"{file.name}-wal")
    ends = sqlite_wal.transactions(wal)
    try:
        # Readable by its owner only; SQLite gives the log the same rights.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(file, isolation_level=None, timeout=0.5)
        try:
            _set_up(db, page_limit)
            if ends:
                _, whole, _ = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                sqlite_wal.report(wal, ends, whole)
            _check(db, file)
            _migrate(db, migrations)
        except BaseException:
            db.close()
            raise
    except OSError as error:
        raise _unwritable(file, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StorageHeld(
                f"The data file {file} is in use by another process."
                " Stop that one, or choose another folder with --data or TALANOA_DATA."
            ) from error
        raise _unwritable(file, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(file, str(error)) from error
    return db


def _look_before_opening(file: Path, newest: int) -> None:
    """Judge by the file's own header, before SQLite touches anything."""
    try:
        with file.open("rb") as opened:
            header = opened.read(100)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(file, error.strerror or str(error)) from error
    if not header:
        return
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise _damaged(file, "it does not begin as a database does")
    version = int.from_bytes(header[60:64], "big")
    application = int.from_bytes(header[68:72], "big")
    # Both are zero while the very first migration is still in the log.
    if application not in (0, APPLICATION):
        raise _damaged(file, "it belongs to another program")
    if version > newest:
        raise StorageTooNew(
            f"The data file {file} was written by a newer version of Talanoa (schema {version},"
            f" this one knows {newest}). Nothing was changed; run the newer version."
        )


def _set_up(db: sqlite3.Connection, page_limit: int | None) -> None:
    # The lock first: it then covers the log too, and no shared memory is made.
    db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA secure_delete=ON")
    db.execute("PRAGMA temp_store=MEMORY")
    (mode,) = db.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise sqlite3.OperationalError(f"the journal stays in mode {mode}")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA journal_size_limit=4194304")
    if page_limit is not None:
        db.execute(f"PRAGMA max_page_count={page_limit:d}")


def _check(db: sqlite3.Connection, file: Path) -> None:
    check = "quick_check" if file.stat().st_size > QUICK_ABOVE else "integrity_check"
    findings = [row[0] for row in db.execute(f"PRAGMA {check}(5)")]
    if findings != ["ok"]:
        raise _damaged(file, "; ".join(findings))


def _migrate(db: sqlite3.Connection, migrations: tuple[tuple[str, ...], ...]) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == len(migrations):
        return
    db.execute("BEGIN IMMEDIATE")
    for statements in migrations[version:]:
        for statement in statements:
            db.execute(statement)
    db.execute(f"PRAGMA application_id={APPLICATION}")
    db.execute(f"PRAGMA user_version={len(migrations)}")
    db.execute("COMMIT")
    # Into the file at once: an older program judges by the header alone.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _unwritable(file: Path, why: str) -> StorageUnwritable:
    return StorageUnwritable(
        f"The data file {file} cannot be written to ({why})."
        " Make room or make it writable, or choose another folder with --data or TALANOA_DATA."
    )


def _damaged(file: Path, why: str) -> StorageDamaged:
    return StorageDamaged(
        f"The data file {file} is damaged or not ours ({why}). Nothing was changed. Restore a"
        " backup (python -m server restore), bring over what is whole (python -m server mend), or"
        " move the file away to begin anew."
    )

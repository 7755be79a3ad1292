"""Copies of the SQLite file: in pieces while it is served, made tidy, and judged.

The copy is taken page by page over the connection that serves the file: whatever is written
meanwhile over that same connection reaches the copy too, so that it is of one moment, the last one.
Between two pieces whoever asked for something is served (`SqliteThread.serve_meanwhile`).
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from rooms.sqlite_lease import Lease
from rooms.sqlite_schema import APPLICATION, FILE, MIGRATIONS
from rooms.storage import StorageDamaged, StorageTooNew, StorageUnwritable

PIECE_PAGES: Final = 64
"""Pages of 4 KiB copied at a time: about a millisecond in which nobody else is served."""


class Copied(msgspec.Struct, frozen=True):
    """What is in a copy: the version of its schema, how many rooms and commits."""

    version: int
    rooms: int
    commits: int


class Interrupted(Exception):
    """The server is closing: the copy was given up."""


def copy_in_pieces(
    db: sqlite3.Connection, file: Path, meanwhile: Callable[[], bool] = lambda: True
) -> None:
    """Copy what a connection sees into a new file, readable by its owner only.

    `meanwhile` is called between two pieces, outside any transaction; when it returns false the
    copy is given up. Raises `FileExistsError`, `Interrupted` and what SQLite raises; then nothing
    is left of the file.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    stopped = False

    def between(_status: int, _left: int, _pages: int) -> None:
        nonlocal stopped
        if not meanwhile():
            stopped = True
            raise Interrupted

    try:
        copy = sqlite3.connect(file, isolation_level=None)
        try:
            # A copy that was cut off is thrown away: it needs no journal of its own.
            copy.execute("PRAGMA synchronous=OFF")
            db.backup(copy, pages=PIECE_PAGES, progress=between)
        finally:
            copy.close()
    except BaseException as error:
        file.unlink(missing_ok=True)
        if stopped and not isinstance(error, Interrupted):
            raise Interrupted from error
        raise


def tidy(file: Path) -> Copied:
    """Make a copy ready to be kept: no stale bytes of what was erased, one file, on the disk.

    Raises `StorageDamaged` when it is not whole, `StorageUnwritable` when there is no room. Takes
    as long as reading it a few times: call it in a thread of its own.
    """
    db = sqlite3.connect(file, isolation_level=None)
    try:
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA journal_mode=DELETE")
        found = judge(db, file)
        db.execute("PRAGMA synchronous=FULL")
        db.execute("UPDATE pulse SET unclean = 0")
        db.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise StorageUnwritable(f"The copy {file} cannot be finished ({error}).") from error
    except sqlite3.DatabaseError as error:
        raise StorageDamaged(f"The copy {file} is damaged ({error}).") from error
    finally:
        db.close()
    return found


def look_into(file: Path) -> Copied:
    """What is in a file that nobody serves. Raises `StorageDamaged`, `StorageTooNew`."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    try:
        return judge(db, file)
    except sqlite3.DatabaseError as error:
        raise StorageDamaged(f"{file} is damaged ({error}).") from error
    finally:
        db.close()


def judge(db: sqlite3.Connection, file: Path) -> Copied:
    """Whether an open file is whole, ours, and not of a newer program. Raises `StorageDamaged`,
    `StorageTooNew`, and what SQLite raises."""
    findings = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
    if findings != ["ok"]:
        raise StorageDamaged(f"{file} is damaged ({'; '.join(findings)}).")
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise StorageDamaged(f"{file} belongs to another program.")
    if version > len(MIGRATIONS):
        raise StorageTooNew(
            f"{file} was written by a newer version of Talanoa (schema {version}, this one knows"
            f" {len(MIGRATIONS)}). Use the newer version."
        )
    (rooms,) = db.execute("SELECT count(*) FROM rooms").fetchone()
    (commits,) = db.execute("SELECT count(*) FROM commits").fetchone()
    return Copied(version, rooms, commits)


def copy_closed(folder: Path, file: Path) -> None:
    """Copy the data of a folder that no server holds, as it is: no migration, nothing written.

    Raises `StorageHeld`, `StorageUnwritable`, `StorageDamaged`, `FileNotFoundError`.
    """
    source = folder / FILE
    if not source.exists():
        raise FileNotFoundError(source)
    lease = Lease.take(folder)
    try:
        db = sqlite3.connect(source, isolation_level=None)
        try:
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            copy_in_pieces(db, file)
        except sqlite3.DatabaseError as error:
            raise StorageDamaged(f"{source} is damaged ({error}).") from error
        finally:
            db.close()
    finally:
        lease.release()

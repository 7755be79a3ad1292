"""`python -m server backup FILE`, `... restore FILE` and `... mend`: the rooms of a data folder.

A backup is asked of the running server; only when none holds the folder is the file opened here. A
restore never writes over rooms unless it is told to, and then keeps what it replaced beside it.
With `TALANOA_REDIS_URL` the rooms are those of that server (`backup_redis.py`).
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from rooms import redis_backup, sqlite_backup, sqlite_mend
from rooms.redis_line import place
from rooms.sqlite_lease import LOCK, Lease
from rooms.sqlite_schema import FILE
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew, StorageUnwritable
from server import backup_archive, backup_door, backup_redis
from server.backup_archive import REPLACED, RESTORING, SOCKET, BadArchive, Manifest
from server.settings import DEFAULT_DATA, Wrong, redis_url

DONE: Final = 0
REFUSED: Final = 1

WAIT_SECONDS: Final = 3_600.0
"""For the server to copy and tidy a large file before it answers; it works all the while."""

STARTING_SECONDS: Final = 10.0
"""A server that holds the folder and does not answer yet is just starting."""

NOT_MENDED: Final = (
    "TALANOA_REDIS_URL is set: the rooms are on Redis, whose own tools mend its files"
    " (redis-check-aof, valkey-check-aof). A backup is better: docs/operations.md, Backup."
)

ERASED: Final = (
    "What people delete from now on lives on in this file: keep it safe, and delete it when it is"
    " no longer needed."
)


def parser(command: str) -> argparse.ArgumentParser:
    """The command line of `backup`, `restore` or `mend`."""
    made = argparse.ArgumentParser(
        prog=f"python -m server {command}",
        description={
            "backup": "Write all rooms of a data folder into one file, also while they are served.",
            "restore": "Bring the rooms of a backup back into a data folder.",
            "mend": "Bring what is whole of a damaged data file over into a new one.",
        }[command],
        allow_abbrev=False,
    )
    if command != "mend":
        made.add_argument("file", type=Path, help="the backup")
    made.add_argument("--data", type=Path, help=f"data folder ($TALANOA_DATA or {DEFAULT_DATA}/)")
    if command == "restore":
        made.add_argument(
            "--replace", action="store_true", help="also where rooms are: these are kept beside"
        )
    return made


def main(arguments: Sequence[str]) -> int:
    """Run `backup`, `restore` or `mend`; returns the exit code, and says in plain words what went
    wrong."""
    command, *words = arguments
    options = parser(command).parse_args(words)
    folder = Path(options.data or os.environ.get("TALANOA_DATA") or DEFAULT_DATA).absolute()
    try:
        redis = redis_url(os.environ.get("TALANOA_REDIS_URL", "").strip())
        if command == "mend":
            return mend(folder) if not redis else _refuse(NOT_MENDED)
        if command == "backup":
            return backup(folder, options.file.absolute(), redis)
        if redis:
            return restore_to_redis(redis, folder, options.file, replace=options.replace)
        return restore(folder, options.file, replace=options.replace)
    except Wrong as wrong:
        return _refuse(str(wrong))
    except (StorageHeld, StorageUnwritable, StorageDamaged, StorageTooNew) as error:
        return _refuse(str(error))
    except BadArchive as bad:
        return _refuse(f"{options.file} is not a whole backup, and nothing was changed. {bad}")
    except OSError as error:
        return _refuse(f"{error.filename or folder}: {error.strerror or error}.")


# Backup -------------------------------------------------------------------------------------------


def backup(folder: Path, file: Path, redis: str = "") -> int:
    """Write a backup of a folder, or of the rooms on the server at `redis`, to a new file; returns
    the exit code."""
    if file.exists():
        return _refuse(f"{file} is there already. Name another file.")
    if folder in file.parents:
        return _refuse(f"{file} lies in the data folder itself. Name a file elsewhere.")
    if not redis and not (folder / FILE).exists():
        return _refuse(f"There are no rooms in {folder}. Name the data folder: --data FOLDER.")
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            how = _written(folder, redis, out, file.parent)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            manifest = backup_archive.read(out)
        os.link(part, file)  # never over what came there meanwhile
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(file.parent)
    print(f"Wrote {file}: {_content(manifest)}, {how}.\n{ERASED}")
    _say_secret(manifest)
    return DONE


def _written(folder: Path, redis: str, out: IO[bytes], beside: Path) -> str:
    """Write the archive; returns where it came from. `beside`: a folder with room for a copy."""
    if redis:
        backup_redis.write(redis, folder, out, beside)
        return f"from Redis at {place(redis)}"
    until = time.monotonic() + STARTING_SECONDS
    while True:
        line = backup_door.ask(folder)
        if line is not None:
            with line:
                _received(line, out)
            return "from the running server"
        try:
            _copied(folder, out, beside)
            return "while no server runs"
        except StorageHeld:
            if time.monotonic() > until:
                raise StorageHeld(
                    f"{folder} is held by a process that does not answer at its socket. Try again;"
                    " if it stays so, stop that server and make the backup then."
                ) from None
        time.sleep(0.2)


def _received(line: socket.socket, out: IO[bytes]) -> None:
    line.settimeout(WAIT_SECONDS)
    with line.makefile("rb") as stream:
        first = stream.readline(backup_door.LINE)
        if not first:
            raise StorageUnwritable("The server ended before it gave a backup. Try again.")
        answer = msgspec.json.decode(first, type=backup_door.Answer)
        if answer.error:
            raise StorageUnwritable(answer.error)
        shutil.copyfileobj(stream, out, backup_archive.PIECE)


def _copied(folder: Path, out: IO[bytes], beside: Path) -> None:
    from server.app import VERSION

    with tempfile.TemporaryDirectory(prefix=".talanoa-backup-", dir=beside) as own:
        copy = Path(own) / FILE
        sqlite_backup.copy_closed(folder, copy)
        made = sqlite_backup.tidy(copy)
        manifest, files = backup_door.gathered(folder, copy, made, VERSION)
        backup_archive.write(out, manifest, files)


# Restore ------------------------------------------------------------------------------------------


def restore(folder: Path, file: Path, *, replace: bool = False) -> int:
    """Bring a backup back into a folder that no server holds; returns the exit code."""
    with file.open("rb") as opened:
        lease = Lease.take(folder)
        staging = folder / f"restore-{secrets.token_hex(8)}.part"
        try:
            there = _there(folder)
            if there and not replace and not (folder / RESTORING).exists():
                return _refuse(
                    f"{folder} is not empty ({', '.join(there[:3])}): nothing was changed. Name an"
                    " empty folder with --data, or say --replace to put the backup in the place of"
                    " what is there, which is kept in a folder beside it."
                )
            staging.mkdir(mode=0o700)
            manifest = backup_archive.read(opened, staging)
            found = sqlite_backup.look_into(staging / FILE)
            beside = _put(folder, staging, manifest)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            lease.release()
    kept = f"What was there before is in {beside}: delete it when it is no longer needed."
    _say_restored(manifest, found, *([kept] if beside is not None else []))
    return DONE


def restore_to_redis(url: str, folder: Path, file: Path, *, replace: bool = False) -> int:
    """Bring a backup to a Redis server that holds no rooms; returns the exit code."""
    if replace:
        return _refuse(
            "--replace is for data folders: rooms on Redis are not written over. Name an empty"
            " database in TALANOA_REDIS_URL."
        )
    secret = os.environ.get("TALANOA_SECRET", "")
    try:
        with file.open("rb") as opened:
            manifest, found = backup_redis.bring_in(
                url, secret, folder, opened, file.absolute().parent
            )
    except redis_backup.Filled as filled:
        return _refuse(
            f"Redis at {filled.where} holds {filled.rooms} rooms: nothing was changed. Name an"
            " empty database in TALANOA_REDIS_URL."
        )
    more = [f"They are on Redis at {place(url)}: start the servers now."]
    if secret and any(part.name == backup_redis.SECRET for part in manifest.parts):
        more.append(
            "The backup has a secret of its own, and TALANOA_SECRET is set: links and seats of the"
            " backup open only where the two are the same."
        )
    _say_restored(manifest, found, *more)
    return DONE


def _say_restored(manifest: Manifest, found: sqlite_backup.Copied, *more: str) -> None:
    print(f"Restored {found.rooms} rooms with {found.commits} steps, as of {manifest.made}.")
    for sentence in more:
        print(sentence)
    print(
        "What people deleted after the backup was made is back: tell them, or delete it again.\n"
        "Dates up to which a room is kept hold: what was due meanwhile goes at the next start."
    )
    _say_secret(manifest)


def _there(folder: Path) -> list[str]:
    """Names of what a restore would replace."""
    ours = (SOCKET, LOCK, RESTORING)
    return sorted(
        one.name
        for one in folder.iterdir()
        if one.name not in ours and not one.name.startswith(REPLACED) and one.suffix != ".part"
    )


def _put(folder: Path, staging: Path, manifest: Manifest) -> Path | None:
    """Move what is there aside and the backup in; returns where the former is, if it was."""
    marker = folder / RESTORING
    marker.write_text(f"A restore of {manifest.made} was not finished. Run it again.\n")
    _sync_folder(folder)
    beside = None
    if there := _there(folder):
        beside = folder / f"{REPLACED}{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        beside.mkdir(mode=0o700)
        for name in there:
            (folder / name).rename(beside / name)
    # The database last: a folder without it opens as an empty one, but for the marker.
    for part in sorted(manifest.parts, key=lambda part: part.name == FILE):
        place = folder / part.name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (staging / part.name).open("rb+") as written:
            os.fsync(written.fileno())
        (staging / part.name).rename(place)
    _sync_folder(folder)
    marker.unlink()
    _sync_folder(folder)
    return beside


# Mend ---------------------------------------------------------------------------------------------


def mend(folder: Path) -> int:
    """Bring what is whole of a damaged file over; returns the exit code."""
    made = sqlite_mend.mend(folder)
    if not made.broken:
        print("Everything could be read.")
    else:
        print(
            f"Not everything could be read of: {', '.join(made.broken)}. A room that lacks steps"
            " opens as it was before the first of them, and the server's log names it."
        )
    print(
        f"Brought over {made.rows['rooms']} rooms with {made.rows['commits']} steps. The damaged"
        f" file is {made.kept}: delete it when it is no longer needed."
    )
    return DONE


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _content(manifest: Manifest) -> str:
    size = sum(part.bytes for part in manifest.parts)
    return f"{manifest.rooms} rooms, {size / 1_048_576:.1f} MB, {len(manifest.parts)} files"


def _say_secret(manifest: Manifest) -> None:
    if not any(part.name == "secret" for part in manifest.parts):
        print("Links and seats open only with the TALANOA_SECRET in use when it was made.")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED

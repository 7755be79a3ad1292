"""`backup` and `restore` of rooms on Redis: the same file as of a folder, so that a house can move.

A backup holds the rooms as a SQLite file, whichever way they are kept; what it was made of does not
matter to whoever brings it back.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import IO, Final

from rooms import redis_backup, sqlite_backup
from rooms.sqlite_schema import FILE
from rooms.storage import StorageHeld
from server import backup_archive, backup_door
from server.backup_archive import Manifest

SECRET: Final = "secret"


def write(url: str, folder: Path, out: IO[bytes], beside: Path) -> None:
    """Write an archive of the rooms on a server and of what lies in the data folder, if there is
    one. `beside`: a folder with room for a copy.

    Raises what `rooms.redis_backup.copy_out` raises.
    """
    from server.app import VERSION

    with tempfile.TemporaryDirectory(prefix=".talanoa-backup-", dir=beside) as own:
        copy = Path(own) / FILE
        asyncio.run(redis_backup.copy_out(url, copy))
        made = sqlite_backup.tidy(copy)
        manifest, files = backup_door.gathered(folder, copy, made, VERSION)
        backup_archive.write(out, manifest, files)


def bring_in(
    url: str, secret: str, folder: Path, archive: IO[bytes], beside: Path
) -> tuple[Manifest, sqlite_backup.Copied]:
    """Bring an archive to a server that holds no rooms, and its other files to the data folder;
    returns its list and what was brought. `secret` is `TALANOA_SECRET`, `beside` a folder with
    room for a copy.

    Raises `BadArchive`, `StorageHeld` when there is another secret, and what
    `rooms.redis_backup.bring_in` raises.
    """
    with tempfile.TemporaryDirectory(prefix=".talanoa-restore-", dir=beside) as own:
        staging = Path(own)
        manifest = backup_archive.read(archive, staging)
        sqlite_backup.look_into(staging / FILE)
        others = [part.name for part in manifest.parts if part.name != FILE]
        if secret:
            others = [name for name in others if name != SECRET]
        _look_for_others(folder, staging, others)
        known = (folder / SECRET, staging / SECRET)
        in_use = secret.encode() or next((f.read_bytes() for f in known if f.exists()), b"")
        brought = asyncio.run(redis_backup.bring_in(url, staging / FILE, in_use))
        _put(folder, staging, others)
    return manifest, brought


def _look_for_others(folder: Path, staging: Path, names: list[str]) -> None:
    for name in names:
        place = folder / name
        if place.exists() and place.read_bytes() != (staging / name).read_bytes():
            raise StorageHeld(
                f"{place} is another one than that of the backup, and nothing was changed. Name"
                " another data folder with --data, or move that file away."
            )


def _put(folder: Path, staging: Path, names: list[str]) -> None:
    for name in names:
        place = folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.part")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written:
            written.write((staging / name).read_bytes())
            written.flush()
            os.fsync(written.fileno())
        beside.replace(place)

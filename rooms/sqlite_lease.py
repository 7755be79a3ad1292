"""The lease on a data folder: one process at a time."""

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import IO, Final

from rooms.storage import StorageHeld, StorageUnwritable

if sys.platform != "win32":
    import fcntl

LOCK: Final = "talanoa.lock"
"""Name of the lock file; it is never removed, the lock on it goes with the process."""

PATIENCE: Final = 1.0
"""Seconds to wait for a predecessor that is just ending, as after a restart by a supervisor."""


class Lease:
    """Holds a data folder until released or until the process ends, however it ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> "Lease":
        """Take the folder, made if need be (readable by its owner only).

        Blocks up to `PATIENCE`. Raises `StorageHeld` when another process keeps it,
        `StorageUnwritable` when the folder cannot be used.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnwritable(
                f"The data folder {folder} cannot be written to ({error.strerror})."
                " Make it writable, or choose another one with --data or TALANOA_DATA."
            ) from error
        file = os.fdopen(descriptor, "r+")
        until = time.monotonic() + PATIENCE
        while not _locked(file):
            if time.monotonic() > until:
                holder = file.read(100).strip() or "unknown"
                file.close()
                raise StorageHeld(
                    f"The data folder {folder} is in use by another process ({holder})."
                    " Stop that one, or choose another folder with --data or TALANOA_DATA."
                )
            time.sleep(0.05)
        file.seek(0)
        file.truncate()
        with contextlib.suppress(OSError):  # a full disk: the lock holds without a name on it
            file.write(f"process {os.getpid()}\n")
            file.flush()
        return cls(file)

    def release(self) -> None:
        """Give the folder back. Does nothing the second time."""
        with contextlib.suppress(OSError):
            self._file.close()


def _locked(file: IO[str]) -> bool:
    if sys.platform == "win32":
        return True  # SQLite's own exclusive lock has to do
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

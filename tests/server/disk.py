"""A small disk of one's own, which really fills up, and really becomes read-only as after an error:
an ext4 file system in a file, mounted. Only root may do that."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = 24 << 20
"""Bytes: as much as a room and its write-ahead log never need in a test."""


class Disk:
    """`with Disk(folder) as disk`: `disk.folder` is on it. Skips the test where none can be
    mounted."""

    def __init__(self, folder: Path) -> None:
        self._image = folder / "disk.ext4"
        self._ballast: list[Path] = []
        self.folder: Final = folder / "disk"

    def __enter__(self) -> Disk:
        if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
            pytest.skip("a disk of one's own needs Linux, root, and mkfs.ext4")
        self.folder.mkdir(parents=True)
        with self._image.open("wb") as file:
            file.truncate(SIZE)
        _run("mkfs.ext4", "-q", "-m", "0", str(self._image))
        try:
            self._mount()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no disk can be mounted here: {error.stderr.decode().strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run("umount", "-l", str(self.folder))
        self._image.unlink()

    def fill(self) -> None:
        """Nothing fits on it any more."""
        ballast = self.folder / f"ballast-{len(self._ballast)}"
        self._ballast.append(ballast)
        size, end = SIZE, 0
        with ballast.open("wb", buffering=0) as file:
            while size:
                try:
                    os.posix_fallocate(file.fileno(), end, size)
                    end += size
                except OSError:
                    size //= 2

    def make_room(self) -> None:
        """It is as empty as before."""
        for ballast in self._ballast:
            ballast.unlink()
        self._ballast.clear()

    def break_down(self) -> None:
        """It is read-only at once, whoever has files open on it, as after an error."""
        _run("mount", "-o", "remount,abort", str(self.folder))

    def repair(self) -> None:
        """Look it over and mount it again; nobody may have a file open on it."""
        _run("umount", str(self.folder))
        looked = subprocess.run(
            ["e2fsck", "-fy", str(self._image)], capture_output=True, check=False
        )
        assert looked.returncode <= 1, looked.stdout  # 1: errors were corrected
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.folder))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)

"""A wall clock that jumps, for a whole server: every call of the process that asks what time it is
gets the displaced one (`wall_clock.c`); steady clocks go on as they are."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).with_name("wall_clock.c")
HOUR: Final = 3_600


class WallClock:
    """One clock for the servers that get `library` as LD_PRELOAD and `file` as WALL_CLOCK. Skips
    the test where it cannot be made."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if sys.platform != "linux" or not compiler:
            pytest.skip("a jumping clock needs Linux and a C compiler")
        folder.mkdir(parents=True, exist_ok=True)
        self.library, self.file = folder / "wall_clock.so", folder / "wall_clock"
        self.file.write_bytes(struct.pack("q", 0))
        words = [compiler, "-shared", "-fPIC", "-O1", "-o", str(self.library), str(SOURCE), "-ldl"]
        subprocess.run(words, check=True)

    def jump(self, hours: float) -> None:
        """From now on it is so many hours from what is right."""
        with self.file.open("r+b") as file:
            file.write(struct.pack("q", round(hours * HOUR)))

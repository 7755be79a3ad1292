"""Whether a process whose loop has gone quiet hangs: judged by what it did, not by the clock alone.

A machine that slept, or has no processor time to give, keeps an honest process quiet for as long as
it likes. So quiet counts only while the process could have spoken: its own work on a processor, or
time in which all of its threads waited for something else. The same rule as the probe's (DOC7).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

HANG_SECONDS: Final = 3.0
"""A loop that has not turned for so long is hung (ruling *Process*)."""

BEAT_SECONDS: Final = 0.5
"""How often the loop says it is alive."""

GRANTED: Final = 2 * BEAT_SECONDS
"""Seconds of quiet before anybody looks: a beat may be late."""

LONGEST_STEP: Final = 0.25
"""Seconds that count at most between two looks: whoever judges did not run either."""


class Look(NamedTuple):
    """What a process is doing. `worked`: seconds on a processor so far, of all its threads;
    `asleep`: whether all of them wait for something that is not a processor or a disk."""

    worked: float
    asleep: bool


class Beats:
    """One process. Ask `hangs` several times a second; tell `heard` of each beat. Without a look
    (`None`: this system does not say) only the clock is left."""

    def __init__(
        self, look: Callable[[], Look | None], steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._steady = steady
        self._asked = steady()
        self._beating = False
        self._quiet = 0.0
        self._last: Look | None = None

    def heard(self) -> None:
        """Its loop turns. Before the first beat nothing is judged."""
        self._beating = True
        self._quiet = 0.0
        self._last = None

    def hangs(self) -> bool:
        """Whether it had `HANG_SECONDS` to turn its loop, and did not."""
        now = self._steady()
        step = min(now - self._asked, LONGEST_STEP)
        self._asked = now
        if not self._beating:
            return False
        if self._quiet >= GRANTED:
            step = self._own(step)
        self._quiet += step
        return self._quiet >= HANG_SECONDS

    def _own(self, step: float) -> float:
        """How much of the time since it was last asked was the process's own."""
        before, self._last = self._last, self._look()
        if self._last is None or self._last.asleep:
            return step
        return min(self._last.worked - before.worked, step) if before else 0.0


def look_at(pid: int) -> Look | None:
    """What a process does now; None where the system does not say, or there is no such process."""
    try:
        threads = [_fields(place / "stat") for place in Path(f"/proc/{pid}/task").iterdir()]
        whole = _fields(Path(f"/proc/{pid}/stat"))
    except OSError:
        return None
    worked = (int(whole[11]) + int(whole[12])) / os.sysconf("SC_CLK_TCK")
    return Look(worked, all(fields[0] == "S" for fields in threads))


def _fields(file: Path) -> list[str]:
    """From the state on: what stands before it is a name, which may hold anything."""
    return file.read_text("utf-8", "replace").rpartition(")")[2].split()

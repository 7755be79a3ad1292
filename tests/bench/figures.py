"""Percentiles, and what a process has used."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of all values do not exceed (nearest rank); NaN of none."""
    if not values:
        return float("nan")
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100).__trunc__() - 1)]


def milliseconds(seconds: Sequence[float]) -> str:
    """p50, p95, p99 and the longest, in milliseconds."""
    if not seconds:
        return "nothing measured"
    return "  ".join(
        f"{name} {value * 1000:7.2f} ms"
        for name, value in (
            ("p50", percentile(seconds, 50)),
            ("p95", percentile(seconds, 95)),
            ("p99", percentile(seconds, 99)),
            ("max", max(seconds)),
        )
    )


class Used:
    """What a process and its children that still run have used so far, read from /proc.

    The scheduler's own account of each thread where the kernel keeps one: the usual figures are
    sampled a hundred times a second, which misses or doubles work that a timer begins.
    """

    def __init__(self, pid: int) -> None:
        self.cpu = 0.0  # seconds
        self.memory = 0  # bytes resident
        for member in _family(pid):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            sampled = (int(fields[11]) + int(fields[12])) / CLOCK_TICKS
            self.cpu += _scheduled(member) or sampled
            self.memory += int(fields[21]) * PAGE


class Kept:
    """What a server and its children have now: memory, open files, threads, read from /proc.

    Of the server itself, which is the youngest of the family, not of its supervisor.
    """

    def __init__(self, pid: int) -> None:
        place = Path(f"/proc/{_family(pid)[-1]}")
        rollup = dict(
            (line.split(":")[0], int(line.split()[1]) * 1024)
            for line in (place / "smaps_rollup").read_text().splitlines()[1:]
        )
        self.resident = rollup["Rss"]
        self.own = rollup["Anonymous"]
        """Without what is mapped from files: the heap, in bytes."""
        self.files = len(os.listdir(place / "fd"))
        self.threads = len(os.listdir(place / "task"))


def _scheduled(pid: int) -> float:
    """Seconds on a processor, of all threads that still run; 0 where the kernel does not count."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(thread.read_text().split()[0])
    return total / 1e9


def _family(pid: int) -> list[int]:
    """The process and all that descend from it: a supervisor's child does the work."""
    found = [pid]
    for member in found:
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text().split())
    return found

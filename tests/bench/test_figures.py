"""The arithmetic of the bench (`tests/bench/figures.py`)."""

import math
import os

from tests.bench.figures import Used, milliseconds, percentile


def test_percentiles_are_nearest_ranks() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (1, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 99) == 7.0
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert math.isnan(percentile([], 50))


def test_milliseconds_says_so_when_there_is_nothing() -> None:
    assert milliseconds([]) == "nothing measured"
    assert "p50    1.00 ms" in milliseconds([0.001])


def test_used_reads_this_process() -> None:
    used = Used(os.getpid())
    assert used.memory > 1_000_000
    assert used.cpu >= 0

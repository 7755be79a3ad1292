"""Devices that stop reading, on a whole server (issue 5, *Shown by*): bytes and words are asserted,
milliseconds are for the bench."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.stalled_bench import MOST, STALLED

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_a_device_that_stops_reading_costs_two_megabytes_and_is_let_go(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    subprocess.run(
        [sys.executable, "-m", "tests.bench", "stalled", "--seconds", "5", "--json", written],
        cwd=ROOT, timeout=900, check=True,
    )  # fmt: skip
    (figures,) = json.loads(written.read_text())
    assert figures["arrived"] == 1, "the others miss nothing"
    assert figures["kernel_each"] > 0, "hollow: nobody stalled"
    assert figures["bytes_each"] <= MOST
    # Told to come back; or the line was cut, where the word stood behind what was never read.
    assert len(figures["codes"]) == STALLED
    assert set(figures["codes"]) <= {4408, 4429, 1006}

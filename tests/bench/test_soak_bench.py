"""Rooms that come and go leave nothing behind (issue 5, *Shown by*); `python -m tests.bench soak`
runs for half an hour."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_rooms_that_come_and_go_leave_nothing_behind(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    subprocess.run(
        [sys.executable, "-m", "tests.bench", "soak", "--minutes", "5", "--json", written],
        cwd=ROOT, timeout=1_800, check=True,
    )  # fmt: skip
    (figures,) = json.loads(written.read_text())
    assert figures["failures"] == []
    assert figures["refused"] == 0
    assert figures["renewed"] > 20, "hollow: no room was ever forgotten"
    assert figures["flat"]
    for name in ("tasks_left_over", "files_left_over", "documents_left_over"):
        assert figures[name] <= 0, name

"""The bench runs from end to end against a real server (`./dev bench`); its figures are no test."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_small_room_is_measured(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    words = ["room", "--people", "6", "--writers", "2", "--rate", "10", "--seconds", "2"]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", *words, "--json", written],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (figures,) = json.loads(written.read_text())
    assert figures["arrived"] == 1
    assert figures["views_arrived"] == 1
    assert figures["equal"]
    assert figures["refused"] == 0
    for name in ("p50_ms", "p95_ms", "p99_ms", "view_p95_ms", "bytes_per_connection"):
        assert math.isfinite(figures[name]), name
    assert figures["cpu_s_per_1000"] > 0
    assert "server CPU" in ran.stdout

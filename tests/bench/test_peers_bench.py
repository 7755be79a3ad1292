"""The comparison runs from end to end with our server alone; its figures are no test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_ours_is_measured_without_any_peer(tmp_path: Path) -> None:
    written = tmp_path / "lines.json"
    words = ["peers", "edits", "--sizes", "10", "--servers", "ours"]
    words += ["--repeats", "1", "--seconds", "1", "--json", str(written)]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = [json.loads(line) for line in written.read_text().splitlines()]
    assert [line["scenario"] for line in lines] == ["edits"]
    for line in lines:
        assert line["broken"] == {}
        figures = line["servers"]["ours"]
        assert figures["arrived"]["median"] == 1.0
        assert figures["cpu_percent"]["median"] > 0
    assert lines[0]["servers"]["ours"]["probe_missing"]["median"] == 0
    assert lines[0]["servers"]["ours"]["cpu_us_per_delivery"]["median"] > 0

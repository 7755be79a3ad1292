"""The bench of the board runs; its figures are no test."""

from pathlib import Path

import pytest

from tests.bench import board_bench


@pytest.mark.slow
async def test_a_small_board_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(board_bench, "DRAFTED", 30)
    monkeypatch.setattr(board_bench, "MOVES", 2)
    await board_bench.run(tmp_path, (20,))
    printed = capsys.readouterr().out
    for what in ("moved", "40 clustered", "read by a program", "opened", "memo drafted"):
        assert what in printed

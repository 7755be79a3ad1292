"""A peer that cannot be installed is left out with a reason, and nothing else is."""

from pathlib import Path

import pytest

from tests.bench import installed
from tests.bench.peer import EVERYBODY


def test_without_node_its_peers_are_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installed, "HOME", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("hocuspocus", "hocuspocus-flush40", "y-websocket"):
        with pytest.raises(installed.Missing, match="no Node"):
            EVERYBODY[name]().install()
    EVERYBODY["ours"]().install()


def test_a_command_that_fails_is_told_in_its_own_last_words(tmp_path: Path) -> None:
    with pytest.raises(installed.Missing, match="not installed: no such package"):
        installed.run(["sh", "-c", "echo no such package >&2; exit 3"], tmp_path)
    with pytest.raises(installed.Missing, match="not installed"):
        installed.run([str(tmp_path / "nothing")], tmp_path)


def test_the_pins_do_not_say_where_they_are_from() -> None:
    for file in ("package-lock.json", "requirements.txt"):
        assert '"resolved"' not in (installed.SOURCES / file).read_text()

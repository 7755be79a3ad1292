"""Trying updates in another process (DOC7)."""

from pathlib import Path

import pytest
from pycrdt import Doc, Map

from rooms import probe


def good() -> bytes:
    doc: Doc[Map[str]] = Doc()
    doc.get("cards", type=Map)["a"] = "b"
    return doc.get_update()


@pytest.mark.slow
async def test_sound_updates_survive_and_damaged_ones_do_not_DOC7() -> None:
    assert await probe.survives([])
    assert await probe.survives([good(), good()])
    assert not await probe.survives([good(), b"\xff\xff\xff"])


@pytest.mark.slow
async def test_a_hang_is_not_survived_DOC7(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PROBE_SECONDS", 0.0)
    assert not await probe.survives([good()])


@pytest.mark.slow
async def test_nothing_is_set_aside_when_no_process_can_be_run_DOC7(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # the server may have been started anywhere
    assert not await probe.survives([b"\xff\xff\xff"])
    assert await probe.survives([good()])
    monkeypatch.setattr(probe, "ROOT", tmp_path)  # no `rooms` there: cannot run
    assert await probe.survives([b"\xff\xff\xff"])

"""Trying updates in another process (DOC7)."""

from pathlib import Path

import pytest
from pycrdt import Doc, Map, Text

from rooms import probe
from rooms.lib0 import uint
from rooms.storage import StorageUnwritable

DELETIONS = 400_000


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
    monkeypatch.setattr(probe, "PROBE_SECONDS", 1)
    assert not await probe.survives(endless())


def endless() -> list[bytes]:
    """A long text and deletions in it, each of which is looked for among all before it: a quarter
    of a minute of work in native code, which the interpreter's own timers cannot end."""
    doc: Doc[Text] = Doc(client_id=7)
    text = doc.get("text", type=Text)
    text += "x" * (2 * DELETIONS)
    ranges = b"".join(uint(2 * n) + b"\x01" for n in range(DELETIONS))
    return [doc.get_update(), b"\x00\x01\x07" + uint(DELETIONS) + ranges]


@pytest.mark.slow
async def test_a_busy_machine_proves_nothing_DOC7(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by the fuzz, on two cores that seventeen wanted: ten seconds went by before the process
    had begun, and an edit that people had been told was saved was set aside."""
    monkeypatch.setattr(probe, "PATIENCE", 0.0)
    with pytest.raises(StorageUnwritable, match="too busy"):
        await probe.survives([good()])


@pytest.mark.slow
async def test_nothing_is_set_aside_when_no_process_can_be_run_DOC7(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # the server may have been started anywhere
    assert not await probe.survives([b"\xff\xff\xff"])
    assert await probe.survives([good()])
    monkeypatch.setattr(probe, "ROOT", tmp_path)  # no `rooms` there: cannot run
    assert await probe.survives([b"\xff\xff\xff"])

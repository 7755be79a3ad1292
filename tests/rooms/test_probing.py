"""Updates that kill whoever loads them: DOC7 (`rooms/RULES.md`)."""

import asyncio
from pathlib import Path

import pytest

from rooms import probe, probing
from rooms.shelf import Shelf
from rooms.storage import StorageUnwritable, StoredUpdate
from tests.rooms.brittle import Brittle
from tests.rooms.test_shelf import ANA, Writing, ids, shelf


async def test_only_the_update_that_kills_is_set_aside_DOC7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, storage = await shelf(tmp_path)
    page = Writing(found, ANA, 7)
    deadly = b"\x92\xc4\x02\xff\xff\x90"  # a row whose update is no update at all
    for number in range(6):
        if number == 3:
            await storage.add_update("r/board", deadly)
        else:
            await page.put(f"ana-{number}")
    rows = [row.update for row in await storage.updates("r/board")]
    later = await Brittle.brittle(tmp_path / "after the crash")
    await later.create_room("r", 1)
    for row in rows:
        await later.add_update("r/board", row)  # none reported applied

    async def survives(updates: list[bytes]) -> bool:
        return b"\xff\xff" not in updates

    monkeypatch.setattr(probing, "survives", survives)
    assert await ids(Shelf("r", later)) == {f"ana-{n}" for n in (0, 1, 2, 4, 5)}
    assert len(await later.updates("r/board")) == 5
    await storage.close()
    await later.close()


async def test_what_there_was_no_time_to_try_is_tried_again_and_kept_DOC7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, storage = await shelf(tmp_path)
    await Writing(found, ANA, 7).put("ana-1")
    rows = [row.update for row in await storage.updates("r/board")]
    later = await Brittle.brittle(tmp_path / "after the crash")
    await later.create_room("r", 1)
    for row in rows:
        await later.add_update("r/board", row)  # not reported applied
    with monkeypatch.context() as busy:
        busy.setattr(probe, "PATIENCE", 0.0)
        with pytest.raises(StorageUnwritable, match="too busy"):
            await ids(Shelf("r", later))
    assert len(await later.updates("r/board")) == len(rows)
    assert await ids(Shelf("r", later)) == {"ana-1"}
    await storage.close()
    await later.close()


async def test_few_processes_try_for_all_rooms_together_DOC7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = await Brittle.brittle(tmp_path)
    now = most = 0

    async def survives(_updates: list[bytes]) -> bool:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return True

    monkeypatch.setattr(probing, "survives", survives)
    rows = [StoredUpdate(1, b"", False)]
    rooms = [probing.Probing(f"r{n}", storage, lambda row: row.update) for n in range(20)]
    await asyncio.gather(*(room.sound("board", rows) for room in rooms))
    assert most == probing.PROBES_AT_ONCE
    await storage.close()

"""Documents that are open: loaded, folded, let go."""

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from rooms import open_documents
from rooms.open_documents import COMPACT_AFTER, RefusedEdit
from rooms.shelf import Shelf
from rooms.storage import StorageUnwritable
from tests.rooms.test_shelf import ANA, BEN, Writing, ids, shelf


async def test_ownership_survives_a_restart(tmp_path: Path) -> None:
    first, storage = await shelf(tmp_path)
    await Writing(first, ANA, 7).put("ana-1")
    second = Shelf("r", storage)
    assert await ids(second) == {"ana-1"}
    ben = Writing(second, BEN, 7)  # as Ana's phone calls itself
    ben.doc.apply_update((await second.missing("board", b"\0"))[0])
    with pytest.raises(RefusedEdit, match="foreign_client"):
        await ben.put("ben-1")
    await storage.close()


async def test_a_long_log_is_folded_and_a_full_disk_puts_that_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert COMPACT_AFTER == 1_000
    monkeypatch.setattr(open_documents, "COMPACT_AFTER", 5)
    found, storage = await shelf(tmp_path)
    page = Writing(found, ANA, 7)
    compact = storage.compact

    async def full(*_: object) -> None:
        raise StorageUnwritable

    monkeypatch.setattr(storage, "compact", full)
    for number in range(6):
        assert await page.put(f"ana-{number}")
    assert len(await storage.updates("r/board")) == 6
    monkeypatch.setattr(storage, "compact", compact)
    await page.put("ana-6")
    assert len(await storage.updates("r/board")) == 1
    assert await ids(Shelf("r", storage)) == {f"ana-{n}" for n in range(7)}
    await storage.close()


async def test_a_closed_shelf_takes_nothing_STO2(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    page = Writing(found, ANA, 7)
    await page.put("ana-1")
    storage.held = asyncio.Event()
    storage.written.clear()
    writing = asyncio.ensure_future(page.put("ana-2"))
    await storage.written.wait()
    closing = asyncio.ensure_future(found.close())
    await asyncio.sleep(0)
    assert not closing.done()  # not before what is under way has ended
    storage.held.set()
    await closing
    assert await writing
    with pytest.raises(RefusedEdit, match="closed"):
        await page.put("ana-3")
    with pytest.raises(RefusedEdit, match="closed"):
        await found.missing("board", b"\0")
    assert found.loaded == 0, "its boards' memory is given back"
    await storage.close()


async def test_DUR5_a_document_nobody_holds_is_let_go_at_the_second_look(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    ana = Writing(found, ANA, 7)
    await ana.put("ana-1")
    kept = weakref.ref(found._documents.get("r/board"))
    assert found.rest({"board"}) == found.rest({"board"}) == 0, "somebody holds it"
    assert found.rest(()) == 0
    await ana.put("ana-2")  # somebody wrote meanwhile
    assert found.rest(()) == 0
    assert found.rest(()) == 1
    gc.collect()
    assert kept() is None
    assert found.loaded == 0
    assert await ids(found) == {"ana-1", "ana-2"}
    await ana.put("ana-3")
    assert await ids(found) == {"ana-1", "ana-2", "ana-3"}
    await storage.close()


async def test_DUR5_nothing_is_let_go_under_an_edit_that_waits_for_the_disk(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    ana = Writing(found, ANA, 7)
    await ana.put("ana-1")
    storage.held = asyncio.Event()
    storage.written.clear()
    putting = asyncio.create_task(ana.put("ana-2"))
    await storage.written.wait()
    assert found.rest(()) == found.rest(()) == 0
    storage.held.set()
    await putting
    assert await ids(found) == {"ana-1", "ana-2"}
    await storage.close()


async def test_a_long_log_is_folded_while_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_documents, "COMPACT_AFTER", 5)
    found, storage = await shelf(tmp_path)
    folding, go_on = asyncio.Event(), asyncio.Event()
    compact = storage.compact

    async def slow(document: str, snapshot: bytes, upto: int) -> None:
        folding.set()
        await go_on.wait()
        await compact(document, snapshot, upto)

    monkeypatch.setattr(storage, "compact", slow)
    ana = Writing(found, ANA, 7)
    for n in range(5):
        await ana.put(f"ana-{n}")
    await asyncio.wait_for(folding.wait(), 10)
    for n in range(5, 8):
        await asyncio.wait_for(ana.put(f"ana-{n}"), 10)  # saved, while the disk is busy folding
    go_on.set()
    await found.close()
    assert len(await storage.updates("r/board")) == 1 + 3
    assert await ids(Shelf("r", storage)) == {f"ana-{n}" for n in range(8)}
    await storage.close()

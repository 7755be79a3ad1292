"""What is whole of a damaged file comes over into a new one."""

import random
from pathlib import Path

import pytest

from rooms import sqlite_mend
from rooms.sqlite_schema import FILE
from rooms.sqlite_storage import TABLES, SqliteStorage
from rooms.storage import StorageDamaged, StorageHeld

ROOMS, EACH = 3, 40
PAGE = 4_096


async def filled(folder: Path) -> None:
    """A file of some fifty pages."""
    storage = await SqliteStorage.open(folder)
    for n in range(ROOMS):
        await storage.create_room(f"r{n}", n + 1)
        await storage.put_photo(f"r{n}", "p", b"picture" * 1_000, "image/jpeg")
        await storage.put_secret(f"d{n}", f"r{n}", b"join")
        for seq in range(1, EACH + 1):
            await storage.append(f"r{n}", seq, b"%d " % seq * 60, {f"w{seq}": b"said %d" % seq})
            await storage.add_update(f"r{n}/board", b"%d " % seq * 80)
    await storage.close()


@pytest.mark.parametrize("seed", range(8))
async def test_DUR3_damaged_pages_cost_their_own_rows_and_the_file_is_kept(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    await filled(tmp_path)
    content = bytearray((tmp_path / FILE).read_bytes())
    page = dice.randrange(1, len(content) // PAGE)
    # Not the small tables at the beginning, which are one page each: those are lost as a whole.
    page = max(page, 20)
    content[page * PAGE : (page + 1) * PAGE] = dice.randbytes(PAGE)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StorageDamaged, match="python -m server mend"):
        await SqliteStorage.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content, "nothing was changed"
    mended = sqlite_mend.mend(tmp_path)
    assert mended.kept.read_bytes() == content
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    storage = await SqliteStorage.open(tmp_path)
    assert list(await storage.rooms()) == [f"r{n}" for n in range(ROOMS)]
    lost = 0
    for n in range(ROOMS):
        rows = dict(await storage.commits(f"r{n}"))
        assert all(body == b"%d " % seq * 60 for seq, body in rows.items())
        words = await storage.words(f"r{n}")
        assert all(words[ref] == b"said " + ref[1:].encode() for ref in words)
        updates = [u.update for u in await storage.updates(f"r{n}/board")]
        lost += 3 * EACH - len(rows) - len(words) - len(updates)
        assert await storage.secret(f"d{n}") == (f"r{n}", b"join")
    assert lost < 40, "a page holds some twenty rows"
    await storage.close()


async def test_every_table_is_brought_over(tmp_path: Path) -> None:
    await filled(tmp_path)
    assert {*TABLES, "rooms"} == set(sqlite_mend.TABLES)
    mended = sqlite_mend.mend(tmp_path)
    assert mended.broken == ()
    assert mended.rows["commits"] == mended.rows["words"] == ROOMS * EACH
    assert mended.rows["photos"] == mended.rows["secrets"] == mended.rows["rooms"] == ROOMS


async def test_a_folder_that_is_held_or_empty_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sqlite_mend.mend(tmp_path)
    storage = await SqliteStorage.open(tmp_path)
    with pytest.raises(StorageHeld):
        sqlite_mend.mend(tmp_path)
    await storage.close()

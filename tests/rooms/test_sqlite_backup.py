"""Copies of the SQLite file (issue 5, Durability: backup while running)."""

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rooms import sqlite_backup
from rooms.sqlite_schema import APPLICATION, FILE, MIGRATIONS
from rooms.sqlite_storage import SqliteStorage
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew, StorageUnwritable
from tests.server.conftest import until

ROOMS = 5


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[SqliteStorage]:
    """A storage with enough in it that a copy takes several pieces."""
    storage = await SqliteStorage.open(tmp_path / "data")
    for n in range(ROOMS):
        await storage.create_room(f"r{n}", n)
        await storage.put_photo(f"r{n}", "p", random.Random(n).randbytes(400_000), "image/jpeg")
    yield storage
    await storage.close()


async def test_DUR4_a_copy_under_writes_is_of_one_moment_and_nobody_waits(
    tmp_path: Path, served: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_backup, "PIECE_PAGES", 1)  # a large file in small
    acknowledged = dict.fromkeys(range(ROOMS), 0)
    copying = True

    async def write(n: int) -> None:
        seq = 0
        while copying:
            seq += 1
            await served.append(f"r{n}", seq, b"c%d" % seq, {f"w{seq}": b"said %d" % seq})
            await served.add_update(f"r{n}/board", b"u%d" % seq)
            acknowledged[n] = seq

    writers = [asyncio.create_task(write(n)) for n in range(ROOMS)]
    await until(lambda: min(acknowledged.values()) >= 3)
    before = dict(acknowledged)
    copy = tmp_path / "copied" / FILE
    copy.parent.mkdir()
    await served.backup(copy)
    after = dict(acknowledged)
    copying = False
    await asyncio.gather(*writers)
    assert all(after[n] > before[n] for n in range(ROOMS)), "writers waited for the whole copy"
    assert copy.stat().st_mode & 0o077 == 0
    made = await asyncio.to_thread(sqlite_backup.tidy, copy)
    assert made.rooms == ROOMS
    restored = await SqliteStorage.open(copy.parent)
    found = 0
    for n in range(ROOMS):
        rows = await restored.commits(f"r{n}")
        found += len(rows)
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
        assert before[n] <= len(rows) <= acknowledged[n]
        # A commit and its words are of one transaction: both or neither.
        assert sorted(await restored.words(f"r{n}")) == sorted(f"w{seq}" for seq, _ in rows)
        assert len(await restored.updates(f"r{n}/board")) >= before[n]
        photo = await restored.photo(f"r{n}", "p")
        assert photo == ("image/jpeg", random.Random(n).randbytes(400_000))
    assert found == made.commits
    await restored.close()


async def test_erasing_waits_for_a_copy_and_reaches_the_served_file(
    tmp_path: Path, served: SqliteStorage
) -> None:
    await served.append("r1", 1, b"c", {"w": b"a thing nobody may find"})
    copy = tmp_path / "copy"
    await asyncio.gather(served.backup(copy), served.erase_words("r1", ["w"]))
    assert await served.words("r1") == {}
    data = b"".join(f.read_bytes() for f in (tmp_path / "data").iterdir())
    assert b"nobody may find" not in data


async def test_what_was_erased_before_leaves_no_stale_bytes_in_a_copy(
    tmp_path: Path, served: SqliteStorage
) -> None:
    for n in range(300):
        await served.append("r1", n + 1, b"c", {f"w{n}": b"nobody may find %d" % n})
    await served.erase_words("r1", [f"w{n}" for n in range(300)])
    copy = tmp_path / "copy"
    await served.backup(copy)
    sqlite_backup.tidy(copy)
    assert b"nobody may find" not in copy.read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["copy", "data"], "a copy is one file"


async def test_closing_gives_a_copy_up_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path / "data")
    await storage.create_room("r", 1)
    await storage.put_photo("r", "p", random.Random(1).randbytes(4_000_000), "image/jpeg")
    copying = asyncio.create_task(storage.backup(tmp_path / "copy"))
    await asyncio.sleep(0)
    await storage.close()
    with pytest.raises(StorageUnwritable):
        await copying
    assert not (tmp_path / "copy").exists()


async def test_a_folder_is_copied_as_it_is_only_when_nobody_holds_it(
    tmp_path: Path, served: SqliteStorage
) -> None:
    with pytest.raises(StorageHeld):
        sqlite_backup.copy_closed(tmp_path / "data", tmp_path / "copy")
    await served.append("r0", 1, b"c")
    await served.close()
    sqlite_backup.copy_closed(tmp_path / "data", tmp_path / "copy")
    assert sqlite_backup.tidy(tmp_path / "copy") == sqlite_backup.look_into(tmp_path / "copy")
    assert sqlite_backup.look_into(tmp_path / "copy").commits == 1


def test_foreign_and_newer_files_are_no_copies(tmp_path: Path) -> None:
    file = tmp_path / "f"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(StorageDamaged, match="another program"):
        sqlite_backup.look_into(file)
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StorageTooNew, match="newer version"):
        sqlite_backup.look_into(file)
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageDamaged, match="damaged"):
        sqlite_backup.look_into(file)

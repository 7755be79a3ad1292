"""Rooms of a Redis server as a file, and back (issue 5, Durability: backup while running)."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from rooms import redis_backup, sqlite_backup
from rooms import redis_scripts as scripts
from rooms.redis_backup import Filled
from rooms.redis_scripts import key
from rooms.redis_storage import RedisStorage
from rooms.sqlite_schema import FILE
from rooms.sqlite_storage import SqliteStorage
from rooms.storage import Storage, StorageDamaged, StorageHeld
from tests.rooms.conftest import Opened
from tests.waiting import until

pytestmark = [pytest.mark.redis, pytest.mark.slow]

ROOMS = 4


async def furnish(storage: Storage) -> None:
    """Some of everything a storage keeps, in several rooms."""
    for n in range(ROOMS):
        room = f"r{n}"
        await storage.create_room(room, 100 + n)
        for seq in range(1, 6):
            await storage.append(room, seq, b"c%d" % seq, {f"w{seq}": b"said %d" % seq})
        await storage.erase_words(room, ["w2"])
        ids = [await storage.add_update(f"{room}/board", b"u%d" % k) for k in range(5)]
        await storage.compact(f"{room}/board", b"snapshot", ids[2])
        await storage.mark_applied(f"{room}/board", ids[3])
        await storage.add_update(f"{room}/mine/s1", b"mine")
        await storage.put_photo(room, "p", random.Random(n).randbytes(300_000), "image/jpeg")
        await storage.put_secret(f"d{n}", room, b"join")
        await storage.touch({room: 900 + n})
    await storage.add_update("r1/board", b"bad")
    bad = (await storage.updates("r1/board"))[-1]
    await storage.quarantine("r1/board", bad.id, "crashed the probe")
    await storage.set_aside("r2", 4, "damaged")
    await storage.create_room("gone", 1)
    await storage.forget_room("gone")


async def contents(storage: Storage) -> dict[str, object]:
    """All that can be asked of a storage; ids of updates by their order only."""
    found: dict[str, object] = {"rooms": list(await storage.rooms())}
    for room in await storage.rooms():
        found[room] = {
            "commits": list(await storage.commits(room)),
            "words": dict(await storage.words(room)),
            "documents": {
                name: [(row.update, row.applied) for row in await storage.updates(name)]
                for name in await storage.documents(room)
            },
            "photos": {id: await storage.photo(room, id) for id in await storage.photos(room)},
            "touched": await storage.touched(room),
        }
    found["secrets"] = [await storage.secret(f"d{n}") for n in range(ROOMS)]
    return found


async def settled(storage: Storage) -> dict[str, object]:
    """The same, once marks of applied updates are there."""

    async def marked() -> bool:
        rows = await storage.updates("r0/board")
        return [row.applied for row in rows] == [True, True, False]

    await until(marked)
    return await contents(storage)


async def test_DUR4_rooms_go_from_redis_to_a_file_and_back_as_they_are(
    tmp_path: Path,
    redis_url: str,
    other_redis_url: str,
    redis_opened: Opened,
    redis_storage: RedisStorage,
) -> None:
    await furnish(redis_storage)
    expected = await settled(redis_storage)
    folder = tmp_path / "house"
    folder.mkdir()
    await redis_backup.copy_out(redis_url, folder / FILE)
    assert (folder / FILE).stat().st_mode & 0o077 == 0
    made = await asyncio.to_thread(sqlite_backup.tidy, folder / FILE)
    assert (made.rooms, made.commits) == (ROOMS, 5 * ROOMS - 1)
    assert b"said 2" not in (folder / FILE).read_bytes(), "what was erased is in no copy"

    there = other_redis_url
    brought = await redis_backup.bring_in(there, folder / FILE)
    assert brought == made
    redis_opened.append(await RedisStorage.open(there))
    back = redis_opened[-1]
    assert await contents(back) == expected
    aside = await back.line.read("HGETALL", key("r1", "aside"))
    assert list(aside.values()) == [b"bad", b"crashed the probe"]
    aside = await back.line.read("HGETALL", key("r2", "aside"))
    assert aside == {b"log 5": b"c5", b"log 5 why": b"damaged"}
    # It goes on: numbers follow on each other, also after a snapshot.
    rows = await back.updates("r0/board")
    assert await back.add_update("r0/board", b"new", after=rows[-1].id) == rows[-1].id + 1
    await back.append("r0", 6, b"c6")
    await back.compact("r0/board", b"all", rows[-1].id)
    assert [row.update for row in await back.updates("r0/board")] == [b"all", b"new"]

    moved = await SqliteStorage.open(folder)
    assert await contents(moved) == expected
    assert await moved.add_update("r0/board", b"new") > (await moved.updates("r0/board"))[-2].id
    await moved.close()


async def test_DUR4_rooms_move_from_a_folder_to_redis(
    tmp_path: Path, redis_url: str, redis_opened: Opened
) -> None:
    house = await SqliteStorage.open(tmp_path / "house")
    await furnish(house)
    expected = await settled(house)
    await house.backup(tmp_path / "copy")
    await house.close()
    await redis_backup.bring_in(redis_url, tmp_path / "copy")
    redis_opened.append(await RedisStorage.open(redis_url))
    assert await contents(redis_opened[-1]) == expected


async def test_DUR4_a_copy_under_writes_has_all_that_was_acknowledged_before(
    tmp_path: Path, redis_url: str, redis_storage: RedisStorage
) -> None:
    acknowledged = dict.fromkeys(range(ROOMS), 0)
    copying = True

    async def write(n: int) -> None:
        await redis_storage.create_room(f"r{n}", n)
        seq = 0
        while copying:
            seq += 1
            await redis_storage.append(f"r{n}", seq, b"c%d" % seq, {f"w{seq}": b"said %d" % seq})
            id = await redis_storage.add_update(f"r{n}/board", b"u%d" % seq)
            if seq % 5 == 0:
                await redis_storage.compact(f"r{n}/board", b"upto %d" % seq, id)
            acknowledged[n] = seq

    writers = [asyncio.create_task(write(n)) for n in range(ROOMS)]

    async def begun() -> bool:
        return min(acknowledged.values()) >= 3

    await until(begun)
    before = dict(acknowledged)
    copy = tmp_path / FILE
    await redis_backup.copy_out(redis_url, copy)
    copying = False
    await asyncio.gather(*writers)
    assert any(acknowledged[n] > before[n] for n in range(ROOMS)), "hollow: nobody wrote meanwhile"
    await asyncio.to_thread(sqlite_backup.tidy, copy)
    found = await SqliteStorage.open(tmp_path)
    for n in range(ROOMS):
        rows = await found.commits(f"r{n}")
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
        assert before[n] <= len(rows) <= acknowledged[n]
        # A commit and its words are of one moment, and so are a snapshot and what follows it.
        assert sorted(await found.words(f"r{n}")) == sorted(f"w{seq}" for seq, _ in rows)
        updates = [row.update for row in await found.updates(f"r{n}/board")]
        compacted = updates[0].startswith(b"upto ")
        reached = int(updates[0].removeprefix(b"upto ")) if compacted else 0
        later = updates[1:] if compacted else updates
        assert later == [b"u%d" % seq for seq in range(reached + 1, reached + 1 + len(later))]
        assert len(rows) - 1 <= reached + len(later) <= len(rows)
    await found.close()


async def test_rooms_are_not_written_over_and_what_was_cut_off_is_finished(
    tmp_path: Path, redis_url: str, redis_opened: Opened, redis_storage: RedisStorage
) -> None:
    house = await SqliteStorage.open(tmp_path / "house")
    await furnish(house)
    expected = await settled(house)
    await house.close()
    file = tmp_path / "house" / FILE
    await redis_storage.create_room("mine", 1)
    with pytest.raises(Filled):
        await redis_backup.bring_in(redis_url, file)
    assert list(await redis_storage.rooms()) == ["mine"]
    await redis_storage.forget_room("mine")
    # Killed half-way: a room is there, not all of it, and the mark that says so.
    await redis_storage.create_room("r0", 1)
    await redis_storage.append("r0", 1, b"c1", {"w1": b"said 1"})
    await redis_storage.put_secret("other", "r0", b"join")
    await redis_storage.line.write(("SET", scripts.RESTORING_KEY, "1"))
    with pytest.raises(StorageDamaged, match="Run it again"):
        await RedisStorage.open(redis_url)
    with pytest.raises(StorageDamaged, match="Run it again"):
        await redis_backup.copy_out(redis_url, tmp_path / "copy")
    await redis_backup.bring_in(redis_url, file)
    redis_opened.append(await RedisStorage.open(redis_url))
    assert await contents(redis_opened[-1]) == expected
    assert await redis_opened[-1].secret("other") is None


async def test_a_server_for_another_secret_is_refused(
    tmp_path: Path, redis_url: str, redis_opened: Opened
) -> None:
    redis_opened.append(await RedisStorage.open(redis_url, secret=b"a" * 32))
    house = await SqliteStorage.open(tmp_path)
    await house.close()
    with pytest.raises(StorageHeld, match="TALANOA_SECRET"):
        await redis_backup.bring_in(redis_url, tmp_path / FILE, secret=b"b" * 32)
    assert (await redis_backup.bring_in(redis_url, tmp_path / FILE, b"a" * 32)).rooms == 0

"""Edits of all rooms in one statement (`rooms/sqlite_gathering.py`): STO1, DOC4, DOC6."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rooms.sqlite_gathering import ROWS
from rooms.sqlite_storage import SqliteStorage
from rooms.storage import Conflict, StorageUnwritable

Told = tuple[int, list[int | BaseException]]


async def kept(storage: SqliteStorage, asked: Sequence[tuple[str, list[bytes]]]) -> list[Told]:
    """What is told of each of these, which are asked for at once, in the order of telling."""
    told: list[Told] = []
    all_told = asyncio.Event()

    def tell(place: int, ids: Sequence[int | BaseException]) -> int:
        told.append((place, list(ids)))
        if len(told) == len(asked):
            all_told.set()
        return 0

    for place, (document, updates) in enumerate(asked):
        storage.add_soon(document, updates, partial(tell, place))
    assert not told, "never before it is durable"
    async with asyncio.timeout(20):
        await all_told.wait()
    return told


async def rooms(storage: SqliteStorage, *names: str) -> None:
    for name in names:
        await storage.create_room(name, 1)


async def test_edits_of_many_rooms_are_one_batch_and_each_gets_its_own_number(
    tmp_path: Path,
) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await rooms(storage, "a", "b", "c")
    batches = storage.thread.batches
    asked = [("a/board", [b"1", b"2"]), ("b/board", [b"3"]), ("a/board", [b"4"]), ("c/x", [b"5"])]
    told = await kept(storage, asked)
    assert storage.thread.batches - batches == 1
    assert [place for place, _ in told] == [0, 1, 2, 3]
    ids = [id for _, some in told for id in some if isinstance(id, int)]
    assert ids == list(range(ids[0], ids[0] + 5))
    assert [row.update for row in await storage.updates("a/board")] == [b"1", b"2", b"4"]
    assert [row.id for row in await storage.updates("a/board")] == [ids[0], ids[1], ids[3]]
    assert [row.update for row in await storage.updates("b/board")] == [b"3"]
    await storage.close()


async def test_more_than_fit_in_one_statement_are_all_kept_in_order(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await rooms(storage, *(f"r{n}" for n in range(7)))
    asked = [(f"r{n % 7}/board", [b"%d" % n]) for n in range(3 * ROWS)]
    told = await kept(storage, asked)
    assert [place for place, _ in told] == list(range(3 * ROWS))
    for n in range(7):
        found = [int(row.update) for row in await storage.updates(f"r{n}/board")]
        assert found == list(range(n, 3 * ROWS, 7))
    await storage.close()


async def test_a_forgotten_room_gets_nothing_and_its_neighbours_all_STO1(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await rooms(storage, "a", "gone", "b")
    await storage.forget_room("gone")
    told = await kept(
        storage, [("a/board", [b"1"]), ("gone/board", [b"2", b"3"]), ("b/board", [b"4"])]
    )
    (_, first), (_, lost), (_, last) = told
    assert all(isinstance(one, int) for one in (*first, *last))
    assert [type(one) for one in lost] == [Conflict, Conflict]
    assert not await storage.updates("gone/board")
    assert [row.update for row in await storage.updates("b/board")] == [b"4"]
    await storage.close()


async def test_on_a_full_disk_what_fits_is_kept_and_the_rest_told_DOC6(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path, page_limit=60)
    await rooms(storage, "a", "b")
    told = await kept(storage, [("a/board", [b"x" * 400_000]), ("b/board", [b"fits"])])
    by_place = dict(told)
    assert isinstance(by_place[0][0], StorageUnwritable)
    assert isinstance(by_place[1][0], int)
    assert [row.update for row in await storage.updates("b/board")] == [b"fits"]
    assert not await storage.updates("a/board")
    await storage.close()


async def test_what_is_asked_of_a_closed_storage_is_told_so(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await rooms(storage, "a")
    await storage.close()
    ((_, outcome),) = await kept(storage, [("a/board", [b"1"])])
    assert isinstance(outcome[0], StorageUnwritable)


async def test_what_was_applied_is_marked_DOC7(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await rooms(storage, "a")
    done = asyncio.Event()

    def tell(ids: Sequence[int | BaseException]) -> int:
        done.set()
        assert isinstance(ids[0], int)
        return ids[0]  # the second is not applied

    storage.add_soon("a/board", [b"1", b"2"], tell)
    await done.wait()
    assert [row.applied for row in await storage.updates("a/board")] == [True, False]
    await storage.close()

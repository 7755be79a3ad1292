"""The thread that owns the SQLite connection (`rooms/sqlite_thread.py`)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rooms.sqlite_storage import SqliteStorage
from rooms.sqlite_thread import BATCH_LIMIT, Kind


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqliteStorage]:
    storage = await SqliteStorage.open(tmp_path)
    yield storage
    await storage.close()


async def test_what_is_asked_together_is_done_in_few_transactions(sqlite: SqliteStorage) -> None:
    await asyncio.gather(*(sqlite.create_room(f"r{n}", 1) for n in range(200)))
    before = sqlite.thread.batches
    await asyncio.gather(*(sqlite.append(f"r{n}", 1, b"x") for n in range(200)))
    assert sqlite.thread.batches - before < 50


async def test_an_asker_that_went_away_does_not_disturb_the_others(sqlite: SqliteStorage) -> None:
    await sqlite.create_room("a", 1)
    gone = asyncio.create_task(sqlite.append("a", 1, b"one"))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert len(await sqlite.commits("a")) == 1
    await sqlite.append("a", 2, b"two")


async def test_more_than_a_batch_at_once_is_done_in_order(sqlite: SqliteStorage) -> None:
    await sqlite.create_room("a", 1)
    await asyncio.gather(
        *(sqlite.append("a", n, b"%d" % n) for n in range(1, 2 * BATCH_LIMIT + 10))
    )
    assert len(await sqlite.commits("a")) == 2 * BATCH_LIMIT + 9


async def test_a_bug_in_one_piece_of_work_reaches_its_asker_only(sqlite: SqliteStorage) -> None:
    def bug(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO rooms VALUES ('half done', 1)")
        raise ZeroDivisionError

    def nonsense(db: sqlite3.Connection) -> None:
        db.execute("SELECT * FROM nowhere")

    outcomes = await asyncio.gather(
        sqlite.create_room("a", 1),
        sqlite.thread.ask(Kind.WRITE, bug),
        sqlite.thread.ask(Kind.WRITE, nonsense),
        sqlite.thread.ask(Kind.READ, nonsense),
        sqlite.create_room("b", 1),
        return_exceptions=True,
    )
    kinds = [type(outcome) for outcome in outcomes]
    trouble = sqlite3.OperationalError
    assert kinds == [type(None), ZeroDivisionError, trouble, trouble, type(None)]
    assert set(await sqlite.rooms()) == {"a", "b"}


async def test_work_that_breaks_the_transaction_does_not_leave_anybody_waiting(
    sqlite: SqliteStorage,
) -> None:
    def rude(db: sqlite3.Connection) -> None:
        db.execute("COMMIT")

    outcomes = await asyncio.wait_for(
        asyncio.gather(
            sqlite.create_room("a", 1),
            sqlite.thread.ask(Kind.WRITE, rude),
            sqlite.create_room("b", 1),
            return_exceptions=True,
        ),
        5,
    )
    assert len(outcomes) == 3
    await sqlite.check()


async def test_marks_become_durable_without_further_writes(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    await sqlite.create_room("a", 1)
    ids = [await sqlite.add_update("a/b", b"x") for _ in range(3)]
    await sqlite.mark_applied("a/b", ids[1])
    assert [update.applied for update in await sqlite.updates("a/b")] == [True, True, False]


async def test_counters_count(sqlite: SqliteStorage) -> None:
    await sqlite.create_room("a", 1)
    batches, writes = sqlite.thread.batches, sqlite.thread.writes
    await sqlite.append("a", 1, b"x")
    await sqlite.commits("a")
    assert sqlite.thread.batches == batches + 2
    assert sqlite.thread.writes == writes + 1

"""A folder that becomes read-only, and a machine whose clock jumps (issue 5, Shown by).

A full disk is tried in `test_sqlite_storage.py` (P9, on a real one), `test_room.py` (STO1),
`test_session.py` (DOC6) and `tests/server/test_app.py`; a step of the running machine's clock in
`test_clock.py` (U9).
"""

from pathlib import Path

import pytest

from rooms import commits
from rooms import whole as wholes
from rooms.clock import TestClock
from rooms.sqlite_storage import SqliteStorage
from rooms.sqlite_thread import Kind
from rooms.storage import StorageUnwritable
from rooms.whole import Whole
from tests.rooms.house import House

HOUR = 3_600_000


async def read_only(storage: SqliteStorage, on: bool) -> None:
    """As after the disk was mounted read-only, with SQLite's own word for it."""
    word = "ON" if on else "OFF"
    await storage.thread.ask(
        Kind.ALONE, lambda db: db.execute(f"PRAGMA query_only={word}").fetchall()
    )


async def test_P9_a_folder_that_becomes_read_only_is_said_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await storage.create_room("r", 1)
    await storage.append("r", 1, b"1")
    await read_only(storage, True)
    for write in (storage.append("r", 2, b"2"), storage.add_update("r/board", b"u")):
        with pytest.raises(StorageUnwritable, match=f"{tmp_path} cannot be written"):
            await write
    with pytest.raises(StorageUnwritable):
        await storage.check()
    assert list(await storage.commits("r")) == [(1, b"1")]
    await read_only(storage, False)
    await storage.append("r", 2, b"2")
    await storage.close()
    again = await SqliteStorage.open(tmp_path)
    assert list(await again.commits("r")) == [(1, b"1"), (2, b"2")]
    await again.close()


async def test_STO1_a_room_on_a_read_only_disk_refuses_in_words_and_goes_on_later(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "desk.say", text="before")
        await read_only(house.storage, True)
        refused = await house.refused(house.lead, "desk.say", "full", text="during")
        assert refused.message is not None
        assert "cannot save right now" in refused.message.id
        assert await house.view(house.lead)
        await read_only(house.storage, False)
        await house.do(house.lead, "desk.say", text="after")
        room = await house.room()
        said = [room.book.get(line.text) for line in room.whole.room.desk]
        assert said == ["before", "after"]


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_a_server_started_after_its_clock_jumped_has_everything_and_goes_on(
    tmp_path: Path, jump: int
) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.telling()
        for n in range(3):
            await house.do(house.lead, "desk.say", text=f"line {n}")
        before = list(await house.storage.commits(house.opened.room))
        now = house.clock.now()
        house.clock = TestClock(now + jump)
        await house.crash()
        room = await house.room()
        rows = list(await house.storage.commits(room.id))
        assert rows[: len(before)] == before, "nothing acknowledged is gone"
        said = [room.book.get(line.text) for line in room.whole.room.desk]
        assert said == ["line 0", "line 1", "line 2"]
        # It goes on: commands, views, alarms; and another jump the other way changes nothing.
        seq = await house.do(house.lead, "desk.say", text="we go on")
        assert await house.view(house.lead)
        await house.clock.advance(10 * 60_000)
        house.clock = TestClock(now)
        await house.crash()
        again = await house.room()
        assert again.whole.room.seq >= seq
        assert again.book.get(again.whole.room.desk[-1].text) == "we go on"
        replayed = Whole()
        for _, raw in await house.storage.commits(again.id):
            replayed = wholes.apply(replayed, commits.decode(raw), again.world.activities)
        assert replayed == again.whole
        assert teller in again.whole.room.seats

"""The rooms of a process are loaded once, counted, closed and forgotten (STO2)."""

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms.open_rooms import UnknownRoom
from rooms.outgoing import Bye
from tests.rooms.house import House


async def test_a_forgotten_room_is_gone_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room, device = await house.room(), await house.device("s2")
        forgetting = asyncio.ensure_future(house.hub.forget(room.id))
        raw = b'{"request": "r", "command": {"type": "help.ask"}}'
        late = await asyncio.gather(
            *(room.command(device, raw) for _ in range(5)), return_exceptions=True
        )
        await forgetting
        assert all(not isinstance(r, Exception) or isinstance(r, Refused) for r in late)
        with pytest.raises(Refused, match="closed"):
            await room.command(device, b'{"request": "s", "command": {"type": "help.ask"}}')
        with pytest.raises(UnknownRoom):
            await house.room()
        with pytest.raises(UnknownRoom):
            await house.hub.forget(room.id)
        assert await house.hub.find(house.opened.code) is None
        await room.sweep()
        assert not await house.storage.commits(room.id)
        assert house.hub.alarms.due(f"{room.id}/people") is None


async def test_the_words_of_a_forgotten_room_leave_the_memory_at_once_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        assert room.name_of("s2")
        await house.hub.forget(room.id)
        assert room.name_of("s2") is None
        assert not room.whole.room.seats


async def test_the_memory_of_a_forgotten_room_is_given_back(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        gone = weakref.ref(await house.delivery())
        gc.disable()
        try:
            await house.hub.forget(house.opened.room)
            house.hub.clear()
            assert gone() is None
        finally:
            gc.enable()


async def test_forgetting_on_a_full_disk_can_be_tried_again_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        house.storage.full = True
        with pytest.raises(Refused, match="full"):
            await house.hub.forget(house.opened.room)
        house.storage.full = False
        await house.hub.forget(house.opened.room)
        assert not await house.storage.rooms()


async def test_closing_tells_every_session_to_come_back(tmp_path: Path) -> None:
    house = await House.open(tmp_path, people=1)
    async with house:
        session = await house.session("s2")
    batch = []
    while session.outbox.waiting:
        batch += await session.outbox.get()
    assert batch[-1] == Bye(1001, "The server is going away; come back at once.", True)


async def test_a_room_is_loaded_once_however_many_ask(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.crash()
        rooms = await asyncio.gather(*(house.room() for _ in range(10)))
        assert len({id(room) for room in rooms}) == 1
        waits = asyncio.ensure_future(house.room())
        waits.cancel()
        assert await house.room() is rooms[0]


async def test_facts_count_rooms_seats_and_sessions(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.session("s2")
        facts = house.hub.facts()
        assert (facts.rooms, facts.seats, facts.here, facts.devices) == (1, 3, 3, 1)
        assert facts.appends == 2
        assert facts.outbox_bytes > 0
        with pytest.raises(Refused):
            await house.do("s2", "door.close", epoch=1)
        assert house.hub.facts().refusals == 1

"""What a device may do in the documents is kept as long as the log says nothing new."""

from pathlib import Path

from rooms import rights
from tests.rooms.house import House


async def test_rights_are_read_again_when_the_log_has_grown(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room, device = await house.room(), await house.device("s2")
        before, writer = room.documents(device), room.writer(device, "board")
        assert before == {"board", "mine/s2"}
        assert writer.writes
        assert room.documents(device) is before
        assert room.writer(device, "board") is writer
        assert not room.writer(device, "memo").writes
        await house.do("s2", "seat.leave")
        assert room.documents(device) == frozenset()
        assert not room.writer(device, "board").writes


async def test_what_is_kept_is_what_would_be_read_DOC8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=5) as house:
        room = await house.room()
        activities = room.world.activities
        for phase in ("", "form", "settle"):
            await (house.to(phase) if phase else house.start())
            for seat in house.tokens:
                device = await house.device(seat)
                kept = room.documents(device)
                assert kept == rights.documents(room.whole, activities, device.id)
                for name in sorted(kept):
                    read = rights.writer(room.whole, activities, device.id, name)
                    assert room.writer(device, name) == read

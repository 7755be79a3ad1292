"""What rooms of a process share."""

from pathlib import Path

from tests.rooms.house import House


async def test_rooms_of_a_process_share_clock_storage_and_alarms(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        other = await house.hub.open_room(title="Elsewhere", facilitator="Zoe")
        one, two = await house.room(), await house.hub.room(other.room)
        assert one.world is two.world
        assert one.world.code(one.id, 1) == one.code() != two.code()
        assert one.world.new_id() != one.world.new_id()

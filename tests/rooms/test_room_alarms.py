"""A room's alarms, and when it looks at people next."""

from pathlib import Path

from rooms.clock import Alarms, TestClock
from rooms.lead import OFFER_LASTS
from rooms.roll import RETRY
from rooms.room_alarms import RoomAlarms, people_due
from tests.rooms.house import House


async def test_a_room_drops_its_own_alarms_and_nobody_elses() -> None:
    clock = TestClock()
    alarms = Alarms(clock)
    one, other = RoomAlarms("one", alarms, clock), RoomAlarms("other", alarms, clock)

    async def ring() -> None: ...

    one.set("tidy", clock.now() + 5_000, ring)
    one.again("work", ring)
    other.set("tidy", clock.now() + 6_000, ring)
    assert one.due("work") == clock.now() + RETRY
    one.drop_all()
    assert (one.due("tidy"), one.due("work")) == (None, None)
    assert other.due("tidy") == clock.now() + 6_000
    await alarms.close()


async def test_an_open_offer_and_an_unwritten_roll_are_looked_at_CO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        room = await house.room()
        now = house.clock.now()
        activities = room.world.activities
        due = people_due(room.whole, activities, room.presence, now, untold=False)
        assert due is not None
        assert now < due <= now + OFFER_LASTS
        assert people_due(room.whole, activities, room.presence, now, untold=True) == now + RETRY

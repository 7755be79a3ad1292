"""What the log has yet to be told (PRE2, PRE5, PRE6 of `rooms/RULES.md`)."""

from pathlib import Path

from rooms.presence import Presence
from rooms.roll import Roll
from rooms.whole import Draft
from tests.rooms.house import House


async def test_what_could_not_be_committed_waits_in_order_PRE6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        presence, seats = Presence(), room.whole.room.seats.values()  # as after loading
        roll = Roll(presence)
        assert not roll.waiting
        roll.everyone_away(room.whole.room, 5, 10)
        changes = roll.take()
        assert [c[0] for c in changes] == ["s1", "s2", "s3"]
        assert not roll.waiting
        for device in (device for seat in seats for device in seat.devices):
            presence.beat(device, 11)
        roll.call(room.whole.room, 11)
        back = roll.take()
        assert [c[:2] for c in back] == [("s1", "here"), ("s2", "here"), ("s3", "here")]
        roll.put_back(back)
        roll.put_back(changes)
        assert roll.take() == changes + back


async def test_somebody_who_left_meanwhile_is_not_told_of(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.do("s2", "seat.leave")
        room = await house.room()
        draft = Draft(room.whole, room.world.activities, house.clock.now())
        Roll(room.presence).tell(draft, [("s2", "away", 5), ("s2", "here", 6)], 1)
        assert not draft.events


async def test_a_person_the_activity_does_not_know_joins_it_PRE2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        draft = Draft(room.whole, room.world.activities, house.clock.now())
        roll = Roll(room.presence)
        roll.tell(draft, [("s2", "gone", 5)], 1)
        assert "s2" not in draft.running["a1"].state.members
        roll.tell(draft, [("s2", "here", 6)], 1)
        assert draft.running["a1"].state.members["s2"].here


async def test_removing_somebody_who_is_away_does_not_deafen_the_room_PRE5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        room = await house.room()
        gone, stays = await house.session("s2"), await house.session("s3")
        await gone.closed()
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        for _ in range(40):
            await house.clock.advance(9_000)
            stays.beat()
        assert room.presence.word("s3") == "here"
        await house.clock.advance(10_001)
        assert room.presence.word("s3") == "away"

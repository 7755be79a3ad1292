"""The whole as a value: a draft is what its commit will be (LOG6, LOG7)."""

from pathlib import Path

from activities.kernel import MemberBack
from rooms import commits
from rooms import whole as wholes
from rooms.asking import moment_of
from rooms.whole import Draft, Whole
from tests.rooms.house import House


async def _replayed(house: House) -> Whole:
    room = await house.room()
    whole = Whole()
    for _, raw in await house.storage.commits(room.id):
        whole = wholes.apply(whole, commits.decode(raw), room.world.activities)
    return whole


async def test_replaying_a_whole_evening_gives_the_same_state_LOG7_G7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=5) as house:
        teller = await house.released()
        await house.do("s3", "seat.leave")
        await house.do("s3", "seat.return")
        await house.carry("s4", "Carried")
        await house.do(house.lead, "seat.remove", seat="s5", epoch=1)
        await house.do(teller, "help.ask", about="sound")
        await house.clock.advance(400_000)
        room = await house.room()
        assert await _replayed(house) == room.whole


async def test_a_draft_sees_what_it_has_decided_and_the_whole_does_not_LOG6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        room = await house.room()
        before = room.whole
        draft = Draft(room.whole, room.world.activities, house.clock.now())
        draft.add(commits.DoorSet(open=False))
        assert not draft.room.door
        assert room.whole is before
        assert room.whole.room.door
        clock = moment_of(draft, None, house.clock.now(), 1)
        events = len(draft.events)
        draft.tell_current(MemberBack(seat="nobody"), clock)
        assert len(draft.events) == events


async def test_groups_have_names_across_the_room_and_close_with_their_activity(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.telling()
        room = await house.room()
        found = wholes.groups(room.whole, room.world.activities)
        assert {g.id for g in found} == {"a1-c1"}
        assert not any(g.closed for g in found)
        await house.do(house.lead, "activity.cut", activity="a1", epoch=await house.epoch())
        assert all(g.closed for g in wholes.groups(room.whole, room.world.activities))
        assert wholes.current(room.whole, room.world.activities) == ""
        assert wholes.deadline(room.whole, room.world.activities) is None

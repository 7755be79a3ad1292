"""What a decider is told of a command: its moment, and who is there."""

from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms.asking import members_of
from rooms.whole import Draft
from tests.rooms.house import House, asking_of


async def test_a_command_has_its_senders_moment_and_the_clocks(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        draft = Draft(room.whole, room.world.activities, 7)
        asking = asking_of(draft.room.seats["s2"], now=7)
        assert (asking.moment(draft).seat, asking.moment(draft).roles) == (
            "s2",
            frozenset({"member"}),
        )
        assert (asking.clock(draft).seat, asking.clock(draft).roles) == ("", frozenset({"clock"}))
        assert asking.moment(draft).now == asking.clock(draft).now == 7
        with pytest.raises(Refused, match="not_allowed"):
            asking.ensure_facilitator()
        asking_of(draft.room.seats["s1"]).ensure_facilitator()


async def test_people_at_one_device_in_the_hall_sit_at_one_table(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        carried = await house.carry("s2", "Carried", where="carried")
        room = await house.room()
        draft = Draft(room.whole, room.world.activities, 7)
        tables = {member.seat: member.table for member in members_of(draft, room.presence)}
        assert tables["s2"] == tables[carried] != ""
        assert tables["s3"] == ""


async def test_who_is_let_in_is_in_and_only_who_may_lead_counts_as_present(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "seat.leave")
        room = await house.room()
        draft = Draft(room.whole, room.world.activities, 7)
        asking = asking_of(draft.room.seats["s1"])
        asking.let_in(draft, draft.room.seats["s2"])
        assert draft.room.seats["s2"].status == "in"
        asking.presence.set("s2", "here", 7)
        assert asking.present(draft) == frozenset()
        asking.presence.set("s1", "here", 7)
        assert asking.present(draft) == {"s1"}

"""Who may send which of the lead's commands (CO7)."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import wire
from rooms.lead_rights import ensure_lead, peer_may
from tests.rooms.house import House


async def test_a_co_facilitator_keeps_the_door_and_not_the_roles(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        state = (await house.room()).whole.room
        ensure_lead(state, state.seats["s2"], wire.DoorClose(epoch=1))
        role = wire.SeatRole(seat="s3", role="observer", epoch=1)
        ensure_lead(state, state.seats["s1"], role)
        with pytest.raises(Refused, match="not_allowed"):
            ensure_lead(state, state.seats["s2"], role)
        with pytest.raises(Refused, match="not_allowed"):
            ensure_lead(state, state.seats["s3"], wire.DoorClose(epoch=1))
        with pytest.raises(Refused, match="stale_epoch"):
            ensure_lead(state, state.seats["s1"], wire.DoorClose(epoch=0))


async def test_a_peer_lead_goes_on_and_sends_nobody_away(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        state = (await house.room()).whole.room
        lead = replace(state.lead, lead="s2", acting="s2", peer=True)
        state = replace(state, lead=lead)
        ensure_lead(state, state.seats["s2"], wire.ActivityStart(item="a1", epoch=1))
        door = wire.DoorClose(epoch=1)
        assert not peer_may(door)
        with pytest.raises(Refused, match="not_allowed"):
            ensure_lead(state, state.seats["s2"], door)


async def test_time_for_all_is_the_leads_where_co_facilitators_may_not_move_it(
    tmp_path: Path,
) -> None:
    """One group that asked is still anybody's to answer who facilitates (1.3)."""
    async with await House.open(tmp_path, people=5) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do(house.lead, "room.co_time", on=False, epoch=1)
        await house.plan("dyads", think_s=0, breath_s=0)
        await house.do(house.lead, "activity.skip", item="a1", epoch=1)
        item = (await house.room()).whole.room.agenda[-1].id
        await house.start(item)
        await house.to("open")
        room = await house.room()
        group = next(iter(room.whole.running[item].state.groups))
        seat = room.whole.running[item].state.groups[group][0]
        await house.do(seat, "time.ask", activity=item, group=group)
        groups = {o["group"] for o in (await house.view("s2"))["may"] if o["type"] == "time.give"}
        assert groups == {group}
        give: dict[str, Any] = {"activity": item, "phase": "open", "seconds": 120, "epoch": 1}
        no = await house.refused("s2", "time.give", "not_allowed", **give, group="")
        assert no.message is not None
        await house.do("s2", "time.give", **give, group=group)

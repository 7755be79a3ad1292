"""What screens show and offer for safety (issue 3, *Safety*)."""

import json
from pathlib import Path

from activities.blocks import GroupLine, Groups, Now, Offer, View, say
from rooms import safety_view
from rooms.outgoing import Aware, Say
from rooms.wire import DoorClose, DoorOpen, SeatLeave
from tests.rooms.house import House


def test_blocks_point_at_the_same_offers_when_some_are_taken_out() -> None:
    may = (
        Offer(DoorOpen(epoch=1), say("Open")),
        Offer(SeatLeave(), say("Leave")),
        Offer(DoorClose(epoch=1), say("Close")),
    )
    line = GroupLine(id="c1", name=say("Mangrove"), status=say("Telling"), offers=(0, 1, 2))
    view = View("telling", (Now(text=say("Now")), Groups(groups=(line,))), may)
    kept = safety_view.filtered(view, lambda offer: not isinstance(offer.command, SeatLeave))
    assert [o.label.id for o in kept.may] == ["Open", "Close"]
    groups = kept.blocks[1]
    assert isinstance(groups, Groups)
    assert groups.groups[0].offers == (0, 1)
    assert safety_view.filtered(view, lambda offer: True) is view


async def test_the_wish_of_one_is_gone_from_screens_after_a_minute(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        sessions = [await house.session(s) for s in ("s2", "s3")]
        await house.do(house.lead, "seat.leave")
        await house.do("s2", "room.pause")
        for _ in range(7):
            await house.clock.advance(9_000)
            for session in sessions:
                session.beat()
        await house.listen()
        for heard in house.heard.values():
            views = [i.payload for i in heard if isinstance(i, Say) and '"view"' in i.payload]
            assert "asks to pause" not in views[-1]


async def test_a_frozen_participant_points_at_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        one, two = await house.session("s2"), await house.session("s3")
        full = await house.open_document(one, "board")
        await house.open_document(two, "board")
        state = json.dumps({"user": {"name": "x"}}).encode()
        pointed = []
        for clock in (1, 2):
            await one.awareness(full, bytes((1, 5, clock, len(state))) + state)
            await house.listen()
            pointed.append(len([i for i in house.heard[two] if isinstance(i, Aware)]))
            if clock == 1:
                await house.do(house.lead, "room.freeze", epoch=1)
        assert pointed == [1, 1]


async def test_every_offer_for_safety_can_be_sent_back_WIR5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do("s2", "door.ask", epoch=1)
        guests = [await house.join(f"Guest {n}") for n in range(3)]
        for type, fields in (
            ("seat.refuse", {}),
            ("seat.admit", {}),
            ("link.renew", {}),
            ("link.revoke", {}),
            ("door.open", {}),
            ("door.ask", {}),
            ("room.freeze", {}),
            ("room.unfreeze", {}),
            ("seat.hide", {"seat": "s3"}),
            ("seat.restore", {}),
        ):
            if type == "seat.hide":
                await house.do("s3", "seat.name", name="Another Name")
            offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == type)
            own = {k: v for k, v in offer.items() if k in ("seat", "epoch", "devices")}
            await house.do("s2", type, **{**own, **fields})
        statuses = {(await house.room()).whole.room.seats[g].status for g in guests}
        assert statuses == {"removed", "in"}

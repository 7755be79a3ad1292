"""What a seat may ask of the room (WIR5, SEA8)."""

from pathlib import Path

from tests.rooms.house import House

EVERYONE = {"seat.name", "seat.leave"}


async def test_what_everybody_is_offered(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        own = {"help.ask", "seat.willing", "seat.move", "seat.where", "words.write"}
        assert await house.offered("s2") == EVERYONE | own
        lead = await house.offered(house.lead)
        assert lead >= EVERYONE | {"activity.start", "activity.skip", "door.close", "seat.remove"}
        assert "lead.offer" not in lead  # nobody to hand over to
        await house.do("s2", "help.ask")
        assert "help.ask" not in await house.offered("s2")
        assert "help.answer" in await house.offered(house.lead)
        await house.do(house.lead, "door.close", epoch=1)
        assert "door.open" in await house.offered(house.lead)


async def test_a_co_facilitator_may_help_and_not_move_the_group(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        co = await house.offered("s2")
        assert co >= {"say.all", "door.close", "desk.say", "lead.request", "seat.deal"}
        assert not co & {"activity.start", "seat.remove", "seat.role", "lead.offer"}
        await house.do("s2", "lead.request")
        assert "lead.request" not in await house.offered("s2")
        assert "lead.offer" in await house.offered(house.lead)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        assert await house.offered("s2") >= {"lead.accept", "lead.decline"}
        assert "lead.decline" in await house.offered(house.lead)


async def test_a_wall_is_offered_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        wall = await house.hub.recover(await house.room(), house.opened.screen)
        assert wall.token
        house.tokens[wall.seat] = wall.token
        for _ in range(2):
            view = await house.view(wall.seat)
            assert (view["lens"], view["may"]) == ("screen", [])
            if not view["activity"]:
                await house.start()


async def test_between_activities_the_board_takes_notes(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=2) as house:
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=1)
        view = await house.view("s2")
        note = next(o for o in view["may"] if o["type"] == "note.add")
        assert set(note["needs"]) == {"text", "kind"}
        await house.do("s2", "note.add", document="board", section="", kind="insight", text="x")

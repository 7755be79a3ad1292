"""The agenda as everybody sees it, and as facilitators do."""

import json
from pathlib import Path

import pytest

from rooms.outgoing import Say
from rooms.session import Session
from tests.rooms.house import House


def told(house: House, session: Session) -> int:
    """How many plans a session was sent."""
    heard = [item.payload for item in house.heard[session] if isinstance(item, Say)]
    return sum(json.loads(payload)["type"] == "plan" for payload in heard)


async def test_facilitators_are_sent_the_plan_and_nobody_else(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        lead, other = await house.session("s1"), await house.session("s2")
        await house.listen()
        types = {
            session: [
                json.loads(item.payload)["type"] for item in heard if hasattr(item, "payload")
            ]
            for session, heard in house.heard.items()
        }
        assert "plan" in types[lead]
        assert "plan" not in types[other]


async def test_the_plan_is_sent_again_only_when_it_changed_WIR1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        session = await house.session("s1")
        await house.listen()

        async def plans() -> int:
            await house.listen()
            heard = house.heard[session]
            return sum(
                '"type":"plan"' in item.payload for item in heard if hasattr(item, "payload")
            )

        before = await plans()
        await house.do("s2", "help.ask")
        assert await plans() == before
        await house.do("s1", "agenda.edit", item="a2", revision=0, minutes=90)
        assert await plans() == before + 1


async def test_settings_are_in_no_participants_view(tmp_path: Path) -> None:
    """SC5: the invitation is not sent before it is revealed."""
    async with await House.open(tmp_path, template="circle", people=3) as house:
        await house.do("s1", "agenda.edit", item="a1", revision=0,
                       settings={"prompt": "A day at the river"})  # fmt: skip
        assert "A day at the river" not in json.dumps(await house.view("s2"))
        await house.start()
        assert "A day at the river" not in json.dumps(await house.view("s2"))


async def test_the_outline_says_where_we_are(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=2) as house:
        await house.do("s1", "agenda.frame", revision=0, starts=house.clock.now())
        room = (await house.view("s2"))["room"]
        assert room["plan"]["starts"] == house.clock.now()
        assert [row["starts"] is not None for row in room["agenda"]] == [True] * 3
        await house.clock.advance(60_000)
        await house.start("a1")
        plan = (await house.view("s2"))["room"]["plan"]
        assert (plan["behind"], plan["next"], plan["total"]) == (60_000, "a2", 110)


async def test_a_planned_rest_is_known_to_facilitators_while_its_activity_is_on(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, template="stories", people=1) as house:

        async def rest(seat: str) -> object:
            return (await house.view(seat))["room"]["rest"]

        await house.do("s1", "agenda.edit", item="a1", revision=0, rest=5, rest_at=20)
        assert await rest("s1") is None
        await house.start("a1")
        began = house.clock.now()
        await house.clock.advance(60_000)
        assert await rest("s1") == {"at": began + 20 * 60_000, "minutes": 5}
        assert await rest("s2") is None


@pytest.mark.parametrize(("planned", "taken"), [(10, True), (40, False)])
async def test_a_rest_that_was_taken_is_planned_no_more(
    tmp_path: Path, planned: int, taken: bool
) -> None:
    """A break a few minutes early is the planned one; one at the beginning is another."""
    async with await House.open(tmp_path, template="stories", people=1) as house:

        async def rest() -> object:
            return (await house.view("s1"))["room"]["rest"]

        await house.do("s1", "agenda.edit", item="a1", revision=0, rest=5, rest_at=planned)
        await house.start("a1")
        assert await rest()
        await house.do("s1", "break.start", activity="a1", epoch=1, minutes=5)
        assert (await rest() is None) == taken
        await house.do("s1", "break.end", activity="a1", epoch=1, pause=1)
        assert (await rest() is None) == taken

"""Whole exchanges by the agenda (`methods.md` 4): T1 and T3 from the first item to the memo, with a
co-facilitator who leads as planned, walked by people who only know their own screens."""

from pathlib import Path

import pytest

from rooms.agenda_templates import EXCHANGE, STORIES
from tests.rooms.crowd import Walk
from tests.rooms.house import House

pytestmark = pytest.mark.slow


async def gathered(folder: Path, template: str, people: int) -> House:
    """A room by a template, `people` participants and one co-facilitator."""
    house = await House.open(folder, template, people=people + 1)
    peer = next(seat for seat in house.tokens if seat != house.lead)
    await house.do(
        house.lead, "seat.role", seat=peer, role="facilitator", epoch=await house.epoch()
    )
    return house


@pytest.mark.parametrize("people", [12, 31, 5])
async def test_T1_runs_whole_with_a_peer_leading_as_planned(tmp_path: Path, people: int) -> None:
    async with await gathered(tmp_path, "exchange", people) as house:
        walk = Walk(house)
        items = await walk.walk()
        assert items == [item.id for item in EXCHANGE.items]
        peer = next(seat for seat in house.tokens if seat != house.lead)
        planned = {item.id: item.lead for item in EXCHANGE.items}
        for item, seat in walk.leads:
            if planned[item]:
                assert seat == {"F": house.lead, "P": peer}[planned[item]], item
        room = await house.room()
        assert set(room.whole.room.ended) == set(items)
        memo = repr(await room.draft_memo("participants"))
        assert "Commitments" in memo
        assert walk.crowd.told.get("evaluation.give", 0) > 0


@pytest.mark.parametrize("people", [14, 24])
async def test_T3_runs_whole(tmp_path: Path, people: int) -> None:
    async with await gathered(tmp_path, "stories", people) as house:
        walk = Walk(house)
        assert await walk.walk() == [item.id for item in STORIES.items]
        assert walk.crowd.told.get("release.answer", 0) > 0

"""Who goes, who may send whom away, and what one changes of oneself (SEA)."""

from pathlib import Path

import pytest

from activities.kernel import Refused
from tests.rooms.house import House


async def test_who_may_remove_whom_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.refused("s2", "seat.remove", "not_allowed", seat="s3", epoch=1)
        await house.refused(house.lead, "seat.remove", "not_allowed", seat="s1", epoch=1)
        await house.refused(house.lead, "seat.remove", "unknown", seat="s9", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        await house.refused("s2", "seat.remove", "not_allowed", seat="s1", epoch=2)
        await house.refused(
            "s2", "seat.role", "not_allowed", seat="s1", role="participant", epoch=2
        )
        await house.do("s2", "seat.remove", seat="s3", epoch=2)
        await house.refused("s2", "seat.remove", "unknown", seat="s3", epoch=2)


async def test_a_removed_person_does_not_come_back_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        device = await house.device("s2")
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        room = await house.room()
        with pytest.raises(Refused, match="not_allowed"):
            await room.command(device, b'{"request": "r", "command": {"type": "seat.return"}}')
        assert room.seats_of(device) == ()


async def test_what_one_may_change_of_oneself(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s2", "seat.language", language="pt-BR")
        await house.refused("s2", "seat.language", "duplicate", language="pt-BR")
        await house.refused("s2", "seat.language", "bad_request", language="x/../y")
        await house.do("s2", "seat.name", name="  New   Name ")
        assert (await house.room()).name_of("s2") == "New Name"
        await house.refused("s2", "seat.name", "bad_request", name="\u202e")
        await house.refused("s2", "seat.name", "too_large", name="x" * 61)
        await house.do("s2", "seat.willing", willing=True)
        await house.refused("s2", "seat.willing", "duplicate", willing=True)
        await house.refused("s2", "seat.deal", "not_allowed", dealt_in=True)
        await house.do(house.lead, "seat.deal", dealt_in=True)

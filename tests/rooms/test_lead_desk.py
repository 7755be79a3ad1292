"""The lead changes hands by command; the laws of the record are in `test_lead_laws.py`."""

from pathlib import Path

from tests.rooms.house import House


async def test_the_lead_is_offered_accepted_and_asked_back_CO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.refused("s3", "lead.offer", "not_allowed", to="s2", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.decline", epoch=1)
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        await house.refused("s1", "lead.offer", "stale_epoch", to="s1", epoch=1)
        await house.do("s1", "lead.request")
        record = (await house.room()).whole.room.lead
        assert (record.lead, record.epoch) == ("s2", 2)


async def test_only_a_willing_participant_volunteers(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.refused("s2", "lead.volunteer", "not_allowed", epoch=1)

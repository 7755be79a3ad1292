"""Activities start in their order, and take commands while they run."""

from pathlib import Path

from tests.rooms.house import House


async def test_activities_run_one_at_a_time_in_their_order(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        lead = house.lead
        await house.refused(lead, "activity.start", "stale_phase", item="a2", epoch=1)
        await house.refused(lead, "activity.start", "unknown", item="a9", epoch=1)
        await house.refused(lead, "activity.cut", "stale_phase", epoch=1)
        await house.refused("s2", "activity.start", "not_allowed", item="a1", epoch=1)
        await house.start()
        await house.refused(lead, "activity.start", "stale_phase", item="a2", epoch=1)
        await house.refused(lead, "activity.skip", "stale_phase", item="a1", epoch=1)
        await house.do(lead, "activity.skip", item="a2", epoch=1)
        await house.do(lead, "activity.cut", activity="a1", epoch=1)
        await house.start("a3")


async def test_a_command_for_another_activity_is_late_or_unknown(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        await house.refused("s2", "turn.pass", "unknown", activity="a1", turn=1)
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=1)
        await house.refused("s2", "answer.pass", "stale_phase", activity="a1")

"""The memo is the facilitators' to write."""

from pathlib import Path

from rooms.release_desk import SECTION_LIMIT
from tests.rooms.house import House


async def test_the_memo_is_the_facilitators_to_write(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        for type, fields in (
            ("memo.question", {"theme": "t", "text": "why?"}),
            ("memo.prose", {"section": "why", "text": "because"}),
            ("memo.send", {"epoch": 1}),
            ("desk.say", {"text": "x"}),
        ):
            await house.refused("s2", type, "not_allowed", **fields)
        await house.refused(house.lead, "memo.question", "unknown", theme="t")
        await house.refused(house.lead, "memo.prose", "bad_request", section="", text="x")
        await house.refused(
            house.lead, "memo.prose", "bad_request", section="x" * (SECTION_LIMIT + 1), text="x"
        )
        await house.do(house.lead, "memo.prose", section="why", text="because")

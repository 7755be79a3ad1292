"""What is looked up of the memo, and for which commands only."""

from pathlib import Path

from rooms.asking import Known
from rooms.looked_up import looked_up
from tests.rooms.house import House
from tests.rooms.test_words_state import sent


async def test_only_what_needs_the_memo_drafts_it(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        assert await looked_up(room, room.memos, "memo.comment") == Known()
        await house.do(house.lead, "memo.prose", section="why", text="Because of the river.")
        written = await looked_up(room, room.memos, "memo.open")
        assert written.prose["why"].text == "Because of the river."
        about = await looked_up(room, room.memos, "memo.send")
        assert about.memo_ready
        assert about.sections[0] == "why"
        await sent(house)
        assert (await looked_up(room, room.memos, "memo.send")).sections == about.sections

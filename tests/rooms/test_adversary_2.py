"""What somebody who means harm, or a moment nobody thought of, can do with the board's commands,
people's words, pictures and lines without names (issue 4)."""

from pathlib import Path

from rooms.board_state import UNDO_MS
from rooms.shelf import hidden_name
from tests.rooms.test_share_desk import circle, note, rows
from tests.rooms.test_words_desk import on_disk

SECRET = "zq-heron-of-the-lagoon"


async def test_a_private_note_just_taken_away_goes_with_its_author_WRD11(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", SECRET)
        await house.do("s2", "note.delete", document="mine", card=card)
        await house.do("s2", "words.erase", words="")
        await house.clock.advance(UNDO_MS + 1_000)
        assert SECRET.encode() not in await rows(house, hidden_name("mine/s2"))
        assert not on_disk(tmp_path, SECRET)

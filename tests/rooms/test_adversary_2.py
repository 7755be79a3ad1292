"""What somebody who means harm, or a moment nobody thought of, can do with the board's commands,
people's words, pictures and lines without names (issue 4)."""

from pathlib import Path

from rooms.board_state import UNDO_MS
from rooms.shelf import hidden_name
from tests.rooms.house import House
from tests.rooms.test_nameless_room import WRITERS, show, write, writing
from tests.rooms.test_share_desk import circle, note, rows
from tests.rooms.test_words_desk import memo, on_disk

SECRET = "zq-heron-of-the-lagoon"


async def test_a_private_note_just_taken_away_goes_with_its_author_WRD11(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", SECRET)
        await house.do("s2", "note.delete", document="mine", card=card)
        await house.do("s2", "words.erase", words="")
        await house.clock.advance(UNDO_MS + 1_000)
        assert SECRET.encode() not in await rows(house, hidden_name("mine/s2"))
        assert not on_disk(tmp_path, SECRET)


async def _peers_card(house: House) -> tuple[str, str]:
    for seat in WRITERS:
        await write(house, seat, "peers")
    await show(house)
    notes = (await house.room()).whole.room.notes.values()
    return next((n.card, n.words) for n in notes if n.seat == "s2")


async def test_other_words_on_an_unnamed_card_travel_no_further_WRD10(tmp_path: Path) -> None:
    async with await writing(tmp_path, "peers") as house:
        card, words = await _peers_card(house)
        await house.do("s2", "consent.narrow", words=words, scope="circle")
        assert "canary-s2" not in await memo(house)
        await house.do("s2", "note.reword", card=card, text=SECRET)
        assert SECRET not in await memo(house)

"""Cards go where a screen offers a place."""

from pathlib import Path

from rooms.note_desk import SECTION_LIMIT
from tests.rooms.house import House

BOARD = {"document": "board", "section": ""}


async def test_notes_go_where_a_screen_offers_a_place(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        add = {"kind": "insight", "text": "x"}
        await house.refused("s2", "note.add", "not_allowed", **BOARD, **add)
        for document in ("mine", "group/a1-c1", "mine/s3", "desk", "memo", "", "../x"):
            await house.refused(
                "s2", "note.add", "not_allowed", document=document, section="", **add
            )
        await house.refused(house.lead, "note.add", "not_allowed", **BOARD, kind="x", text="x")
        long = {"document": "board", "section": "x" * (SECTION_LIMIT + 1)}
        await house.refused(house.lead, "note.add", "bad_request", **long, **add)
        await house.do(house.lead, "note.add", **BOARD, **add)
        (card,) = (await house.room()).whole.room.notes
        await house.refused("s2", "note.delete", "not_allowed", document="board", card=card)
        await house.refused(house.lead, "note.delete", "unknown", document="mine", card=card)
        await house.refused(house.lead, "note.move", "unknown", card=card, theme=card)
        await house.refused(house.lead, "note.move", "unknown", card="no", theme="")
        await house.refused(house.lead, "note.add", "bad_request", **BOARD, **add, theme=card)

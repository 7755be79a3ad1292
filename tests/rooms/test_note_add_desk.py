"""Adding a card: where it may go, what it may be."""

import json
from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms.card_words import KINDS
from rooms.note_add_desk import BY_HAND, SECTION_LIMIT
from tests.rooms.house import House
from tests.rooms.test_note_desk import BOARD, cards

BAD = ("\u202eevil\u202c", "<script>alert(1)</script>", "a\x00b\x1bc", "=HYPERLINK(1)", "\ud83d")


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


async def test_facilitators_write_every_kind_that_is_written_by_hand_BRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        for kind in sorted(KINDS):
            add = {**BOARD, "kind": kind, "text": kind}
            if kind in BY_HAND or kind == "theme":
                await house.do(house.lead, "note.add", **add)
                assert (await cards(house))[kind].kind == kind
            else:
                await house.refused(house.lead, "note.add", "not_allowed", **add)


@pytest.mark.parametrize("text", BAD)
async def test_odd_texts_are_kept_as_text_and_change_nothing_else_WRD1(
    tmp_path: Path, text: str
) -> None:
    async with await House.open(tmp_path) as house:
        add = {**BOARD, "kind": "insight"}
        if text == "\ud83d":
            await house.refused(house.lead, "note.add", "bad_request", text=text, **add)
            return
        await house.do(house.lead, "note.add", text=text, **add)
        (shown,) = await cards(house)
        assert shown == text.replace("\x00", "").replace("\x1b", "")
        assert json.loads(json.dumps(shown)) == shown


async def test_a_text_of_100_000_characters_is_refused_in_words_BRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        add = {**BOARD, "kind": "insight"}
        with pytest.raises(Refused) as caught:
            await house.do(house.lead, "note.add", text="x" * 100_000, **add)
        assert caught.value.reason == "too_large"
        refusal = await house.refused(house.lead, "note.add", "too_large", text="x" * 5_000, **add)
        assert "4" in str(refusal.message)
        assert await cards(house) == {}

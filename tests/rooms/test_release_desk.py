"""The memo is the facilitators' to write."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pycrdt import Doc, XmlElement, XmlFragment

from activities.kernel import Refused
from rooms.memo_document import read_prose
from rooms.memo_material import old_prose
from tests.rooms.house import House
from tests.rooms.page import Page


def holding(folder: Path, text: bytes) -> list[Path]:
    """The files of a data folder in which a text can be found."""
    return [f for f in folder.rglob("*") if f.is_file() and text in f.read_bytes()]


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
        await house.refused(house.lead, "memo.prose", "bad_request", section="x" * 121, text="x")
        await house.do(house.lead, "memo.prose", section="why", text="because")


async def test_MEM4_prose_lives_in_the_document_and_nowhere_else(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "memo.prose", section="why", text="The zebra.\n\n- one\n- two")
        room = await house.room()
        parts = (await room.shelf.read("memo", read_prose))["why"].parts
        assert [part.text for part in parts] == ["The zebra.", "one", "two"]
        assert old_prose(room) == {}
        assert "The zebra." in str(await room.draft_memo("participants"))
        await house.do(house.lead, "memo.prose", section="why", text="The river.")
        assert "zebra" not in str(await room.draft_memo("participants"))
        assert holding(tmp_path, b"zebra") == []


async def test_MEM4_what_only_an_old_log_holds_is_read_and_moves_over(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        room.book.add({"w99": "As it was written then."})
        state = replace(room.whole.room, prose={"why": "w99", "theme:gone:heard": "w99"})
        room.whole = replace(room.whole, room=state)
        assert "As it was written then." in str(await room.draft_memo("participants"))
        memo = await room.open_memo(await house.device(house.lead))
        there = await room.shelf.read("memo", read_prose)
        assert there.keys() == {*memo.spaces, "theme:gone:heard"}
        assert there["why"].text == there["theme:gone:heard"].text == "As it was written then."

        def empty(doc: Doc[Any]) -> None:
            place = next(iter(doc.get("memo", type=XmlFragment).children))
            assert isinstance(place, XmlElement)
            del place.children[:]

        await room.shelf.edit("memo", empty)  # somebody took it away: it stays away
        assert "prose" not in {m.kind for m in (await room.draft_memo("public")).missing}


async def test_MEM4_nobody_writes_into_what_was_sent(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session(house.lead)
        room, device = await house.room(), await house.device(house.lead)
        await room.open_memo(device)
        page = await Page.open(house, session, "memo", 77)

        def write(doc: Doc[Any]) -> None:
            root = doc.get("memo", type=XmlFragment)
            place = next(iter(root.children))
            assert isinstance(place, XmlElement)
            place.children.append(XmlElement("paragraph", {}, []))

        assert await page.edit(write)
        room.whole = replace(room.whole, room=replace(room.whole.room, sent=5))
        assert not await page.edit(write)
        await house.refused(house.lead, "memo.prose", "closed", section="why", text="late")
        assert (await room.open_memo(device)).spaces == ()


async def test_a_facilitator_alone_reads_where_every_note_went(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(
            house.lead, "note.add", document="board", section="", kind="insight", text="Ours"
        )
        room = await house.room()
        (note,) = await room.ledger(await house.device(house.lead))
        assert (note.text, note.place, note.board) == ("Ours", "open", True)
        with pytest.raises(Refused):
            await room.ledger(await house.device("s2"))
        memo = await room.draft_memo("participants")
        assert memo.unheard == ("s2",)
        assert (memo.counts.people_unheard, memo.shared().counts.people_unheard) == (1, 0)

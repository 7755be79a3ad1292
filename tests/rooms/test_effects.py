"""Cards and erasures that follow a commit: DOC5, WRD4, STO1 (`rooms/RULES.md`)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms.board_schema import read_drafts
from rooms.board_state import UNDO_MS
from rooms.shelf_cards import ShelfCards
from rooms.words_events import WordsForgotten
from tests.rooms.house import House
from tests.rooms.page import Page

BOARD = {"document": "board", "section": "", "kind": "insight"}


async def cards(house: House) -> list[str]:
    return [c.text for c in await (await house.room()).shelf.cards("board")]


async def test_a_note_is_a_card_once_also_after_a_restart_DOC5(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "note.add", text="one", **BOARD)
        for _ in range(3):
            await house.crash()
            assert await cards(house) == ["one"]


async def test_a_card_that_could_not_be_written_is_written_later_DOC5_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        house.storage.full_documents = True
        assert await house.do(house.lead, "note.add", text="one", request="n", **BOARD)
        assert await cards(house) == []
        with pytest.raises(Refused, match="full"):  # one commit may be owed, not two
            await house.do(house.lead, "note.add", text="two", **BOARD)
        house.storage.full_documents = False
        await house.clock.advance(5_000)
        assert await cards(house) == ["one"]
        await house.do(house.lead, "note.add", text="two", **BOARD)
        assert sorted(await cards(house)) == ["one", "two"]


async def test_killed_between_commit_and_card_the_card_is_made_at_load_DOC5(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        house.storage.full_documents = True
        await house.do(house.lead, "note.add", text="one", **BOARD)
        await house.crash()
        house.storage.full_documents = False
        assert await cards(house) == ["one"]


async def test_a_card_that_was_deleted_in_its_document_does_not_come_back_DOC5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "note.add", text="one", **BOARD)
        card = next(iter((await house.room()).whole.room.notes))
        await house.do(house.lead, "note.delete", document="board", card=card)
        await house.crash()
        assert await cards(house) == []


async def test_the_words_of_a_deleted_note_are_gone_from_the_files_WRD4(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "note.add", text="zebracanary", **BOARD)
        room = await house.room()
        (card,) = await room.shelf.cards("board")
        await house.do(house.lead, "note.delete", document="board", card=card.id)
        assert await cards(house) == []
        await house.clock.advance(UNDO_MS)
        assert b"zebracanary" not in b"".join((await house.storage.words(room.id)).values())
        await house.hub.close()
        await house.storage.close()
        assert not [f for f in files(tmp_path) if b"zebracanary" in f]


def files(folder: Path) -> list[bytes]:
    return [f.read_bytes() for f in folder.iterdir() if f.is_file()]


async def test_a_theme_takes_a_note_and_only_on_the_board(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.do(house.lead, "note.add", text="water", **BOARD | {"kind": "theme"})
        await house.do(house.lead, "note.add", text="one", **BOARD)
        room = await house.room()
        notes = {c.text: c.id for c in await room.shelf.cards("board")}
        await house.do(house.lead, "note.move", card=notes["one"], theme=notes["water"])
        moved = {c.text: c.theme for c in await room.shelf.cards("board")}
        assert moved["one"] == notes["water"]
        await house.start()
        await house.to("telling")
        await house.to("quiet")
        offer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "note.add")
        kind = offer["needs"]["kind"]["options"][0]["value"]
        mine: dict[str, Any] = {"document": "mine", "section": offer["section"], "kind": kind}
        await house.do("s2", "note.add", text="mine", **mine)
        private = next(n for n in room.whole.room.notes.values() if n.document == "mine/s2")
        for seat in (house.lead, "s2"):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(seat, "note.move", card=private.card, theme=notes["water"])


async def test_effects_that_fail_for_another_reason_do_not_stop_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await House.open(tmp_path) as house:

        async def bug(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(ShelfCards, "put", bug)
            assert await house.do(house.lead, "note.add", text="one", **BOARD)
        assert await house.do(house.lead, "note.add", text="two", **BOARD)
        assert await cards(house) == ["two"]


async def test_notes_of_forty_at_once_are_forty_cards_LOG2(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await asyncio.gather(
            *(house.do(house.lead, "note.add", text=f"n{n}", **BOARD) for n in range(40))
        )
        assert sorted(await cards(house)) == sorted(f"n{n}" for n in range(40))


async def test_notes_taken_away_one_after_the_other_are_erased_at_once_BRD5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await House.open(tmp_path) as house:
        for number in range(8):
            await house.do(house.lead, "note.add", text=f"zebracanary {number}", **BOARD)
        room = await house.room()
        for card in await room.shelf.cards("board"):
            await house.do(house.lead, "note.delete", document="board", card=card.id)
            await house.clock.advance(500)
        folded: list[str] = []
        compact = house.storage.compact

        async def counted(document: str, snapshot: bytes, upto: int) -> None:
            folded.append(document.partition("/")[2])
            await compact(document, snapshot, upto)

        monkeypatch.setattr(house.storage, "compact", counted)
        await house.clock.advance(UNDO_MS)
        assert sorted(folded) == ["board", "hidden/board"]
        assert not room.whole.room.board.taken
        assert not [f for f in files(tmp_path) if b"zebracanary" in f]


async def test_a_box_that_could_not_be_emptied_is_emptied_later_WRD4_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        lead, room = house.lead, await house.room()
        typed = await Page.open(house, await house.session(lead), f"mine/{lead}", 100)
        assert await typed.draft("room/desk", "zebracanary")
        await house.do(lead, "desk.say", text="zebracanary")
        ref = room.whole.room.desk[-1].text
        house.storage.full_documents = True
        forgotten = WordsForgotten(words=(ref,), cards=(), seats=(lead,))
        await room.run(lambda draft: draft.add(forgotten))
        assert room.book.get(ref) is None
        assert await room.shelf.read(f"mine/{lead}", read_drafts)
        house.storage.full_documents = False
        await house.clock.advance(5_000)
        assert not await room.shelf.read(f"mine/{lead}", read_drafts)
        assert ref not in await house.storage.words(room.id)

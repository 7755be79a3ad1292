"""Only you, your circle, everyone here: cards go outwards, by their author alone (SHR1, SHR2)."""

from pathlib import Path
from typing import Any

from pycrdt import Doc, Map

from rooms.board_schema import Card
from rooms.board_state import UNDO_MS
from rooms.shelf_cards import hidden_name
from tests.rooms.house import House
from tests.rooms.page import Page


async def circle(folder: Path, people: int = 4) -> House:
    """A story circle in its quiet minute: everybody may write for themselves."""
    house = await House.open(folder, template="circle", people=people)
    await house.start()
    await house.to("telling")
    await house.to("quiet")
    return house


async def note(house: House, seat: str, text: str, document: str = "mine") -> str:
    """Write a note; returns its id."""
    block = next(b for b in (await house.view(seat))["blocks"] if b.get("document") == document)
    room = await house.room()
    before = set(room.whole.room.notes)
    where = {"document": document, "section": block["section"]}
    await house.do(seat, "note.add", **where, kind=block["kinds"][0], text=text)
    (new,) = set(room.whole.room.notes) - before
    return new


async def own_circle(house: House, seat: str) -> str:
    documents: list[str] = (await house.view(seat))["documents"]
    return next(name for name in documents if name.startswith("group/"))


async def cards(house: House, name: str) -> dict[str, Card]:
    return {card.id: card for card in await (await house.room()).shelf.cards(name)}


async def rows(house: House, name: str) -> bytes:
    """Everything the disk holds of a document."""
    room = await house.room()
    stored = await house.storage.updates(f"{room.id}/{name}")
    return b"".join(row.update for row in stored)


async def test_a_private_note_goes_to_the_circle_and_then_to_everyone_SHR1(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "the heron")
        await house.refused("s2", "note.share", "not_allowed", cards=[card], to="group/a1-c1")
        await house.to("reflect")
        group = await own_circle(house, "s2")
        await house.do("s2", "note.share", cards=[card], to=group)
        assert card not in await cards(house, "mine/s2")
        there = (await cards(house, group))[card]
        assert (there.text, there.author, there.scope, there.section) == (
            "the heron", "s2", "circle", "reflect",
        )  # fmt: skip
        assert card not in await cards(house, "board")
        await house.do("s2", "note.share", cards=[card], to="board")
        on_board = (await cards(house, "board"))[card]
        assert (on_board.text, on_board.author, on_board.scope) == ("the heron", "s2", "memo")
        assert card in await cards(house, group)
        assert b"the heron" not in await rows(house, "mine/s2")


async def test_one_some_or_all_and_the_rest_stays_with_its_author_SHR1(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        ids = [await note(house, "s2", f"note {n}") for n in range(4)]
        await house.do("s2", "note.share", cards=[ids[2], ids[0]], to="board")
        assert set(await cards(house, "board")) == {ids[0], ids[2]}
        assert set(await cards(house, "mine/s2")) == {ids[1], ids[3]}
        order = sorted((c.order, c.id) for c in (await cards(house, "board")).values())
        assert [id for _, id in order] == [ids[2], ids[0]]


async def test_outwards_only_and_by_the_author_alone_SHR1_SHR2(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        mine, other = await note(house, "s2", "mine"), await note(house, "s3", "other")
        for seat in (house.lead, "s3"):
            await house.refused(seat, "note.share", "not_allowed", cards=[mine], to="board")
        await house.refused("s2", "note.share", "not_allowed", cards=[mine, other], to="board")
        assert set(await cards(house, "mine/s2")) == {mine}
        await house.do("s2", "note.share", cards=[mine, mine], to="board")
        again: dict[str, Any] = {"cards": [mine], "to": "board"}
        await house.refused("s2", "note.share", "duplicate", **again)
        await house.to("reflect")
        group = await own_circle(house, "s2")
        await house.refused("s2", "note.share", "duplicate", cards=[mine], to=group)
        for to in ("mine", "mine/s2", "desk", "memo", "group/a1-c9", ""):
            await house.refused("s3", "note.share", "not_allowed", cards=[other], to=to)
        await house.refused("s2", "note.share", "unknown", cards=["s2-no"], to="board")
        await house.refused("s2", "note.share", "bad_request", cards=[], to="board")


async def test_taking_back_is_taking_away_and_can_be_undone_for_a_minute_SHR2(
    tmp_path: Path,
) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "second thoughts")
        await house.do("s2", "note.share", cards=[card], to="board")
        await house.do("s2", "note.delete", document="board", card=card)
        assert card not in await cards(house, "board")
        await house.do("s2", "note.restore", card=card)
        assert (await cards(house, "board"))[card].text == "second thoughts"
        await house.do("s2", "note.delete", document="board", card=card)
        await house.clock.advance(UNDO_MS + 1)
        for name in ("board", "mine/s2", hidden_name("board")):
            assert b"second thoughts" not in await rows(house, name), name
        texts = await house.storage.words((await house.room()).id)
        assert b"second thoughts" not in texts.values()


async def test_what_was_typed_since_is_what_is_shared(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "the first")
        page = await Page.open(house, await house.session("s2"), "mine/s2", 7)

        def append(doc: Doc[Any]) -> None:
            shared = doc.get("notes", type=Map)[card]["text"]
            shared += " and the second"

        assert await page.edit(append)
        await house.do("s2", "note.share", cards=[card], to="board")
        assert (await cards(house, "board"))[card].text == "the first and the second"


async def test_killed_between_log_and_documents_the_card_is_shared_at_load_DOC5(
    tmp_path: Path,
) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "on its way")
        house.storage.full_documents = True
        await house.do("s2", "note.share", cards=[card], to="board")
        house.storage.full_documents = False
        await house.crash()
        await house.room()
        await house.clock.advance(5_000)
        assert set(await cards(house, "board")) == {card}
        assert await cards(house, "mine/s2") == {}


async def test_what_was_shared_just_now_is_hidden_with_its_author_SAF3(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "an insult")
        await house.clock.advance(600_000)
        await house.do("s2", "note.share", cards=[card], to="board")
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        assert card not in await cards(house, "board")
        await house.refused("s2", "note.share", "not_allowed", cards=[card], to="board")
        await house.do(house.lead, "seat.restore", seat="s2", epoch=await house.epoch())
        assert card in await cards(house, "board")


async def test_an_observer_and_a_frozen_room_share_nothing_SAF1(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        card = await note(house, "s2", "held")
        await house.do(house.lead, "room.freeze", epoch=await house.epoch())
        await house.refused("s2", "note.share", "closed", cards=[card], to="board")
        assert set(await cards(house, "mine/s2")) == {card}

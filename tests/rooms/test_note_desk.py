"""Cards go where a screen offers a place; they are moved, ticked, taken away and brought back."""

from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Map

from rooms.board_schema import Card
from tests.rooms.house import House
from tests.rooms.page import Page

BOARD = {"document": "board", "section": ""}


async def cards(house: House, document: str = "board") -> dict[str, Card]:
    return {c.text: c for c in await (await house.room()).shelf.cards(document)}


async def written(house: House, *texts: str, by: str = "", **more: str) -> list[str]:
    """Notes on the board; their ids."""
    add = {**BOARD, "kind": "insight", **more}
    for text in texts:
        await house.do(by or house.lead, "note.add", text=text, **add)
    known = await cards(house)
    return [known[text].id for text in texts]


async def after_all(folder: Path, people: int = 2) -> House:
    """A room whose agenda is over: everybody may write on the board."""
    house = await House.open(folder, people=people)
    await house.start()
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())
    return house


async def order(house: House) -> list[str]:
    """Texts in the order people see them."""
    found = (await cards(house)).values()
    return [c.text for c in sorted(found, key=lambda c: (c.order, c.created, c.id))]


async def test_a_card_stands_where_it_is_put_and_the_document_follows_BRD1_BRD2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        one, two, three = await written(house, "one", "two", "three")
        assert await order(house) == ["one", "two", "three"]
        await house.do(house.lead, "note.move", card=three, after="")
        await house.do(house.lead, "note.move", card=one, after=two)
        assert await order(house) == ["three", "two", "one"]
        await house.do(house.lead, "note.add", text="between", **BOARD, kind="insight", after=two)
        assert await order(house) == ["three", "two", "between", "one"]
        await house.do(house.lead, "note.move", card=three)
        assert await order(house) == ["two", "between", "one", "three"]
        refusal = await house.refused(
            house.lead, "note.move", "stale_phase", card=one, after="s1-gone"
        )
        assert "not there any more" in str(refusal.message)
        log = (await house.room()).whole.room.notes
        assert {c.id: c.order for c in (await cards(house)).values()} == {
            id: note.order for id, note in log.items()
        }


async def test_own_cards_move_by_their_author_and_all_by_facilitators_BRD4(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        (one,) = await written(house, "one", by="s2")
        await house.do("s2", "note.move", card=one, after="")
        await house.refused("s3", "note.move", "not_allowed", card=one, after="")
        await house.do(house.lead, "note.move", card=one)
        await house.refused(house.lead, "note.delete", "not_allowed", document="board", card=one)
        for section in ("nowhere", "x" * 500):
            await house.refused(house.lead, "note.move", "unknown", card=one, section=section)
        assert (await cards(house))["one"].author == "s2"


async def test_to_undo_ones_step_undoes_nobody_elses_BRD6(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        one, two = await written(house, "one", "two")
        seq = await house.do(house.lead, "note.move", card=one)
        await house.do(house.lead, "note.move", card=one, after="", since=seq)
        refusal = await house.refused(
            house.lead, "note.move", "stale_phase", card=one, after=two, since=seq
        )
        assert "changed this meanwhile" in str(refusal.message)


async def test_also_ours_is_said_once_by_anybody_but_its_author_BRD1(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        (one,) = await written(house, "one", by="s2")
        await house.do("s3", "note.tick", card=one)
        await house.do(house.lead, "note.tick", card=one)
        assert (await cards(house))["one"].ticks == (house.lead, "s3")
        await house.refused("s3", "note.tick", "duplicate", card=one)
        await house.refused("s2", "note.tick", "duplicate", card=one)
        await house.do("s3", "note.tick", card=one, on=False)
        await house.refused("s3", "note.tick", "duplicate", card=one, on=False)
        assert (await cards(house))["one"].ticks == (house.lead,)
        await house.refused("s3", "note.tick", "unknown", card="s2-no")
        assert (await house.room()).whole.room.ticks[one] == (house.lead,)


@pytest.mark.parametrize("field", ["theme", "section", "order", "kind"])
async def test_pages_change_texts_and_nothing_else_of_the_board_BRD1(
    tmp_path: Path, field: str
) -> None:
    async with await after_all(tmp_path) as house:
        (one,) = await written(house, "one", by="s2")
        author = await Page.open(house, await house.session("s2"), "board", 8)

        assert await author.edit(lambda doc: shared(doc, one)["text"].insert(0, "not "))
        for seat, client in (("s2", 9), (house.lead, 10)):
            page = await Page.open(house, await house.session(seat), "board", client)
            assert not await page.edit(lambda doc: shared(doc, one).update({field: "quote"}))
        assert list(await cards(house)) == ["not one"]


async def test_who_looks_on_or_waits_or_is_gone_changes_nothing_BRD4(tmp_path: Path) -> None:
    async with await after_all(tmp_path, people=3) as house:
        one, two = await written(house, "one", "two", by="s2")
        epoch = await house.epoch()
        await house.do(house.lead, "seat.role", seat="s3", role="observer", epoch=epoch)
        for seat in ("s3", "s4"):
            if seat == "s4":
                await house.do("s4", "seat.leave")
            reason = "not_allowed" if seat == "s3" else "not_present"
            await house.refused(seat, "note.tick", reason, card=one)
            await house.refused(seat, "note.move", reason, card=one, after=two)
            await house.refused(seat, "note.delete", reason, document="board", card=one)
            await house.refused(seat, "theme.add", reason, text="x", cards=[one])
        await house.do(house.lead, "room.freeze", epoch=await house.epoch())
        await house.refused("s2", "note.move", "closed", card=one, after=two)
        await house.refused("s2", "note.delete", "closed", document="board", card=one)
        await house.do(house.lead, "note.move", card=one, after=two)


async def test_a_text_of_100_000_characters_is_not_typed_into_a_card_either_BRD9(
    tmp_path: Path,
) -> None:
    async with await after_all(tmp_path) as house:
        (one,) = await written(house, "one", by="s2")
        page = await Page.open(house, await house.session("s2"), "board", 8)
        long = "x" * 100_000
        assert not await page.edit(lambda doc: shared(doc, one)["text"].insert(0, long))
        assert list(await cards(house)) == ["one"]


def shared(doc: Doc[Any], card: str) -> Any:
    return doc.get("cards", type=Map)[card]

"""The board's document agrees with the log when it is opened (BRD8)."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
from pycrdt import Doc, Map

from rooms import board_schema
from rooms.board_events import Placing
from rooms.board_repair import Repair, Structure, differing, mend
from rooms.board_schema import Card, Section
from tests.rooms.house import House
from tests.rooms.street import Street
from tests.rooms.test_note_desk import cards, written
from tests.rooms.test_theme_desk import theme
from tests.waiting import until


def made(*found: Card) -> Doc[Any]:
    doc: Doc[Any] = Doc()
    doc.get("cards", type=Map)
    doc.get("sections", type=Map)
    with doc.transaction():
        for card in found:
            board_schema.put_card(doc, card)
    return doc


def test_what_differs_is_found_and_mended_and_nothing_else_is_touched() -> None:
    own = Card("s1-a", "insight", "kept", "s1", ticks=("s2", "s3"))
    foreign = Card("s9-x", "insight", "of another program", "s9", theme="s1-t")
    doc = made(own, foreign)
    wanted = Structure(
        places={"s1-a": Placing("s1-a", "x1", "s1-t", "a3"), "s1-b": Placing("s1-b", "", "", "a")},
        ticks={"s1-a": frozenset({"s3", "s4"}), "s1-b": frozenset()},
        sections=(Section("x1", "Plus", order="a0"),),
    )
    repair = differing(doc, wanted)
    assert repair.places == (wanted.places["s1-a"],)
    assert repair.ticks == (("s1-a", "s4", True), ("s1-a", "s2", False))
    with doc.transaction():
        mend(doc, repair)
    assert differing(doc, wanted).empty
    after = {card.id: card for card in board_schema.read_cards(doc)}
    assert after["s9-x"] == foreign
    assert (after["s1-a"].text, after["s1-a"].ticks) == ("kept", ("s3", "s4"))
    assert board_schema.read_sections(doc) == wanted.sections
    assert Repair().empty


async def test_a_document_that_lags_behind_the_log_is_put_right_when_it_is_opened_BRD8(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        ids = await written(house, "a", "b", "c")
        water = await theme(house, "Water", *ids)
        await house.do(house.lead, "section.add", title="Plus")
        before = await cards(house)
        shelf = (await house.room()).shelf

        def spoil(doc: Doc[Any]) -> None:
            board_schema.change_card(doc, ids[0], theme="", order="zz")
            board_schema.tick_card(doc, ids[1], "s9", True)
            doc.get("sections", type=Map).clear()

        await shelf.edit("board", spoil)
        assert await cards(house) != before
        await house.crash()
        assert await cards(house) == before
        assert before["a"].theme == water
        sections = await (await house.room()).shelf.sections("board")
        assert [section.title for section in sections] == ["Plus"]


async def test_on_a_full_disk_the_board_is_read_as_it_is_and_mended_later_BRD8_STO1(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        ids = await written(house, "a", "b")
        before = await cards(house)
        shelf = (await house.room()).shelf
        await shelf.edit("board", lambda doc: board_schema.change_card(doc, ids[0], order="zz"))
        await house.crash()
        house.storage.full_documents = True
        assert (await cards(house))["a"].order == "zz"
        house.storage.full_documents = False
        await house.crash()
        assert await cards(house) == before


async def test_moves_that_could_not_be_written_are_made_later_BRD8_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        ids = await written(house, "a", "b")
        house.storage.full_documents = True
        await house.do(house.lead, "theme.add", text="Water", cards=ids)
        await house.crash()
        house.storage.full_documents = False
        await house.clock.advance(10_000)
        await house.room()
        await house.clock.advance(10_000)
        known = await cards(house)
        assert {known["a"].theme, known["b"].theme} == {known["Water"].id}


@pytest.mark.redis
@pytest.mark.parametrize("told", [False, True])
async def test_a_process_that_lags_behind_another_does_not_put_the_board_back_BRD8_SCA1(
    redis_url: str, told: bool
) -> None:
    async with await Street.open(redis_url, 2, people=1) as street:
        one, behind = street[0], street[1]
        (card,) = await written(one, "a")
        await (await behind.room()).shelf.cards("board")
        await street.same()
        room = await behind.room()
        for _ in range(2):
            room.shelf.rest(())
        with structlog.testing.capture_logs() as logs:
            async with AsyncExitStack() as held:
                if told:  # it has read of the tick, which is not in the document yet
                    await held.enter_async_context((await one.room()).shelf.opened("board"))
                else:  # the document has it, and it has not read of it
                    await held.enter_async_context(room.log._lock)
                doing = asyncio.ensure_future(one.do("s2", "note.tick", card=card, on=True))

                async def owed() -> bool:
                    return doing.done() or room.log._effects.owed is not None

                await until(owed)
                await room.shelf.cards("board")
            await doing
            await street.same()
        assert not [line for line in logs if line["event"] == "board_mended"]
        await room.shelf.cards("board")
        for house in street.houses:
            (found,) = await (await house.room()).shelf.cards("board")
            assert found.ticks == ("s2",)

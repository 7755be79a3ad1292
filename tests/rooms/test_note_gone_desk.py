"""Cards that are taken away, come back, or are gone for good (BRD5)."""

from pathlib import Path

from pycrdt import Map

from rooms.board_schema import reword_card
from rooms.board_state import UNDO_MS
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_effects import files
from tests.rooms.test_note_desk import after_all, cards, order, written


async def test_what_its_author_takes_away_comes_back_for_a_minute_BRD5(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        one, two, _ = await written(house, "one", "two", "three", by="s2")
        await house.do(house.lead, "theme.add", text="Water", cards=[two])
        await house.do("s3", "note.tick", card=two)
        before = (await cards(house))["two"]
        await house.do("s2", "note.delete", document="board", card=two)
        assert set(await cards(house)) == {"one", "three", "Water"}
        await house.refused("s3", "note.restore", "unknown", card=two)
        await house.refused(house.lead, "note.restore", "unknown", card=two)
        await house.refused(house.lead, "note.move", "unknown", card=two, theme="")
        await house.crash()
        await house.do("s2", "note.restore", card=two)
        assert (await cards(house))["two"] == before
        await house.refused("s2", "note.restore", "unknown", card=two)
        await house.do("s2", "note.delete", document="board", card=one)
        await house.clock.advance(UNDO_MS)
        late = await house.refused("s2", "note.restore", "unknown", card=one)
        assert "gone for good" in str(late.message)
        room = await house.room()
        assert room.whole.room.board.taken == {}
        assert b"one" not in (await house.storage.words(room.id)).values()


async def test_what_was_typed_into_a_card_comes_back_with_it_BRD5(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        (one,) = await written(house, "one")
        shelf = (await house.room()).shelf
        await shelf.edit("board", lambda doc: reword_card(doc, one, "one and a half"))
        await house.do(house.lead, "note.delete", document="board", card=one)
        await house.do(house.lead, "note.restore", card=one)
        assert list(await cards(house)) == ["one and a half"]


async def test_what_nobody_brings_back_leaves_the_disk_also_when_the_process_died_BRD5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await written(house, "zebracanary")
        (card,) = (await cards(house)).values()
        await house.do(house.lead, "note.delete", document="board", card=card.id)
        await house.crash()
        await house.clock.advance(UNDO_MS)
        await house.room()
        await house.hub.close()
        await house.storage.close()
        assert not [f for f in files(tmp_path) if b"zebracanary" in f]


async def test_a_card_taken_out_of_the_document_itself_is_gone_from_the_log_BRD5_BRD8(
    tmp_path: Path,
) -> None:
    """Any program that holds the document may take its own card away."""
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "zebracanary", "two", by="s2")
        await house.do(house.lead, "theme.add", text="Water", cards=[one, two])
        for seat, taken in ((house.lead, False), ("s2", True)):
            page = await Page.open(house, await house.session(seat), "board", 8 + taken)
            cut = await page.edit(lambda doc: doc.get("cards", type=Map).pop(one))
            assert cut == taken
            await house.clock.advance(0)
            room = await house.room()
            assert (one in room.whole.room.notes) != taken
        assert b"zebracanary" not in (await house.storage.words(room.id)).values()
        await house.crash()
        assert set(await cards(house)) == {"two", "Water"}


async def test_a_private_note_comes_back_and_nobody_else_hears_of_it_BRD5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.telling()
        await house.clock.advance(20_000)
        await house.everyone_beats()
        done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
        await house.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
        await house.to("quiet")
        add = next(o for o in (await house.view("s2"))["may"] if o["type"] == "note.add")
        assert add["document"] == "mine"
        where = {"document": "mine", "section": add["section"], "kind": "insight"}
        await house.do("s2", "note.add", text="for me", **where)
        (card,) = (await cards(house, "mine/s2")).values()
        await house.do("s2", "note.delete", document="mine", card=card.id)
        assert await cards(house, "mine/s2") == {}
        room = await house.room()
        for seat in house.tokens:
            assert not [d for d in room.documents(await house.device(seat)) if "hidden" in d]
        await house.do("s2", "note.restore", card=card.id)
        assert list(await cards(house, "mine/s2")) == ["for me"]


async def test_a_theme_that_is_taken_away_lets_its_cards_go_and_takes_them_back_BRD2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        one, two, _ = await written(house, "one", "two", "three")
        await house.do(house.lead, "theme.add", text="Water", cards=[one, two])
        theme = (await cards(house))["Water"].id
        await house.do(house.lead, "note.delete", document="board", card=theme)
        assert {c.theme for c in (await cards(house)).values()} == {""}
        assert await order(house) == ["three", "one", "two"]
        await house.do(house.lead, "theme.add", text="Rice", cards=[two])
        await house.do(house.lead, "note.restore", card=theme)
        rice = (await cards(house))["Rice"].id
        under = {c.text: c.theme for c in (await cards(house)).values() if c.kind == "insight"}
        assert under == {"one": theme, "two": rice, "three": ""}


async def test_what_is_hidden_does_not_come_back_by_undo_SAF2(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "one", "two", by="s2")
        await house.do("s2", "note.delete", document="board", card=one)
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        await house.refused("s2", "note.restore", "not_allowed", card=one)
        await house.do(house.lead, "note.move", card=two, after="")
        await house.do(house.lead, "theme.add", text="Water", cards=[two])
        await house.do(house.lead, "seat.restore", seat="s2", epoch=await house.epoch())
        known = await cards(house)
        assert known["two"].theme == known["Water"].id  # where facilitators put it meanwhile


async def test_what_its_author_took_away_while_hidden_stays_away_BRD5(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "one", "two", by="s2")
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        await house.do("s2", "note.delete", document="board", card=one)
        await house.do(house.lead, "seat.restore", seat="s2", epoch=await house.epoch())
        assert {c.id for c in (await cards(house)).values()} == {two}
        await house.do("s2", "note.restore", card=one)
        assert set(await cards(house)) == {"one", "two"}


async def test_words_taken_back_do_not_come_to_the_board_by_undo_WRD3(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "one", "two", by="s2")
        words = (await house.room()).whole.room.notes[one].words
        await house.do("s2", "consent.withdraw", words=words)
        assert set(await cards(house)) == {"two"}
        await house.do("s2", "note.delete", document="board", card=one)
        await house.do("s2", "note.restore", card=one)
        assert set(await cards(house)) == {"two"}
        await house.do(house.lead, "note.move", card=two, after="")
        await house.crash()
        assert set(await cards(house)) == {"two"}

"""Cards go where a screen offers a place; they are moved, ticked, taken away and brought back."""

import json
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Map

from activities.kernel import Refused
from rooms.board_schema import Card, reword_card
from rooms.board_state import UNDO_MS
from rooms.card_words import KINDS
from rooms.note_desk import BY_HAND, SECTION_LIMIT
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_effects import files

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


async def test_facilitators_write_every_kind_that_is_written_by_hand_BRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        for kind in sorted(KINDS):
            add = {**BOARD, "kind": kind, "text": kind}
            if kind in BY_HAND or kind == "theme":
                await house.do(house.lead, "note.add", **add)
                assert (await cards(house))[kind].kind == kind
            else:
                await house.refused(house.lead, "note.add", "not_allowed", **add)


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


BAD = ("\u202eevil\u202c", "<script>alert(1)</script>", "a\x00b\x1bc", "=HYPERLINK(1)", "\ud83d")


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

"""What somebody who means harm, or a moment nobody thought of, can do with the board's commands,
people's words, pictures and lines without names (issue 4)."""

from pathlib import Path

import pytest

from rooms.board_state import UNDO_MS
from rooms.shelf_cards import hidden_name
from rooms.wire_board import MOST_THEMES
from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_nameless_room import TEXTS, WRITERS, show, write, writing
from tests.rooms.test_photos import BOARD, shown
from tests.rooms.test_share_desk import cards, circle, note, own_circle, rows
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


async def test_every_description_of_a_picture_goes_with_its_card_PHO3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        photo, card = await shown(house, house.lead, alt=SECRET)
        fields = {**BOARD, "text": "again", "alt": "another", "faces": "none", "photo": photo}
        # One picture, one card: of two descriptions one would be nobody's to erase.
        await house.refused(house.lead, "note.add", "unknown", **fields)
        await house.do(house.lead, "note.delete", document="board", card=card)
        await house.clock.advance(UNDO_MS + 1_000)
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


async def test_words_replaced_while_a_card_is_taken_back_do_not_come_again_NML3(
    tmp_path: Path,
) -> None:
    async with await writing(tmp_path, "peers") as house:
        card, words = await _peers_card(house)
        await house.do("s2", "consent.withdraw", words=words)
        await house.do("s2", "note.reword", card=card, text="mild words")
        assert not on_disk(tmp_path, "canary-s2-kingfisher")
        await house.clock.advance(REFUSED_KEPT + 1_000)
        assert not on_disk(tmp_path, "mild words")


async def test_a_scribes_box_keeps_nothing_that_was_refused_WRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        typed = await Page.open(house, await house.session("s3"), "mine/s3", 77)
        await typed.draft("words/s2", SECRET)
        await house.do("s3", "words.write", seat="s2", text=SECRET)
        ref = list((await house.room()).whole.room.written)[-1]
        await house.do("s2", "consent.release", words=ref, choice="keep")
        await house.clock.advance(REFUSED_KEPT + 1_000)
        assert not on_disk(tmp_path, SECRET)


async def test_a_scribes_box_keeps_nothing_of_who_was_deleted_WRD11(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        typed = await Page.open(house, await house.session("s3"), "mine/s3", 77)
        await typed.draft("words/s2", SECRET)
        await house.do("s3", "words.write", seat="s2", text=SECRET)
        await house.do(house.lead, "seat.forget", seat="s2", epoch=await house.epoch())
        assert not on_disk(tmp_path, SECRET)


async def test_a_line_sent_again_after_a_crash_stands_there_once_NML4(tmp_path: Path) -> None:
    async with await writing(tmp_path, "all") as house:
        await write(house, "s2", "all")
        await house.crash()
        await write(house, "s2", "all")
        await write(house, "s3", "all")
        await show(house)
        texts = [c.text for c in await (await house.room()).shelf.cards("board")]
        assert len(texts) == 2, texts


async def test_what_was_taken_back_is_shared_with_nobody_SHR1(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        await house.to("reflect")
        group = await own_circle(house, "s2")
        card = await note(house, "s2", SECRET, group)
        words = (await house.room()).whole.room.notes[card].words
        await house.do("s2", "consent.withdraw", words=words)
        await house.refused("s2", "note.share", "not_allowed", cards=[card], to="board")


async def test_a_hidden_theme_is_given_no_name_that_is_not_hidden_SAF3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do("s2", "theme.add", text=SECRET)
        (card,) = await cards(house, "board")
        epoch = await house.epoch()
        await house.do(house.lead, "seat.hide", seat="s2", epoch=epoch)
        for seat in ("s2", house.lead):
            await house.refused(seat, "theme.rename", "unknown", theme=card, text="Water")
        await house.do(house.lead, "seat.restore", seat="s2", epoch=epoch)
        assert (await cards(house, "board"))[card].text == SECRET


async def test_a_hidden_author_says_nothing_new_on_an_unnamed_card_SAF3(tmp_path: Path) -> None:
    async with await writing(tmp_path, "peers") as house:
        card, _ = await _peers_card(house)
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        await house.refused("s2", "note.reword", "not_allowed", card=card, text=SECRET)


async def test_what_was_hidden_goes_with_its_author_WRD11(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        await house.to("reflect")
        group = await own_circle(house, "s2")
        page = await Page.open(house, await house.session("s2"), group, 77)
        assert await page.card("s2-program", SECRET)  # written by a program: not in the log
        epoch = await house.epoch()
        await house.do(house.lead, "seat.hide", seat="s2", epoch=epoch)
        await house.do(house.lead, "seat.forget", seat="s2", epoch=epoch)
        assert not on_disk(tmp_path, SECRET)


async def test_a_line_its_author_erased_becomes_no_card_NML3(tmp_path: Path) -> None:
    async with await writing(tmp_path, "peers") as house:
        for seat in WRITERS:
            await write(house, seat, "peers")
        await house.do("s2", "words.erase", words="")
        await show(house)
        notes = (await house.room()).whole.room.notes.values()
        assert {n.seat for n in notes} == set(WRITERS) - {"s2"}


async def test_note_add_makes_no_more_themes_than_fit(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        theme = {"document": "board", "section": "", "kind": "theme"}
        for number in range(MOST_THEMES):
            await house.do(house.lead, "note.add", **theme, text=f"Theme {number}")
        await house.refused(house.lead, "note.add", "full", **theme, text="One more")


async def test_deleting_hundreds_of_cards_folds_each_document_once_WRD11(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await circle(tmp_path) as house:
        for number in range(20):
            await note(house, "s2", f"note {number}")
        shelf, folded = (await house.room()).shelf, list[str]()
        compact = shelf.compact

        async def counted(name: str) -> None:
            folded.append(name)
            await compact(name)

        monkeypatch.setattr(shelf, "compact", counted)
        await house.do("s2", "words.erase", words="")
        assert len(folded) <= 6, folded


async def test_a_box_that_could_not_be_emptied_is_emptied_later_NML4(tmp_path: Path) -> None:
    async with await writing(tmp_path, "all") as house:
        typed = await Page.open(house, await house.session("s2"), "mine/s2", 77)
        await typed.draft("a1/line", TEXTS["s2"])
        house.storage.full_documents = True
        await write(house, "s2", "all")
        assert TEXTS["s2"].encode() in await rows(house, "mine/s2")
        house.storage.full_documents = False
        await house.clock.advance(60_000)
        assert TEXTS["s2"].encode() not in await rows(house, "mine/s2")


async def test_what_was_taken_back_while_hidden_stays_back_WRD9(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        await house.to("reflect")
        group = await own_circle(house, "s2")
        card = await note(house, "s2", SECRET, group)
        words = (await house.room()).whole.room.notes[card].words
        epoch = await house.epoch()
        await house.do(house.lead, "seat.hide", seat="s2", epoch=epoch)
        await house.do("s2", "consent.withdraw", words=words)
        await house.do(house.lead, "seat.restore", seat="s2", epoch=epoch)
        assert card not in await cards(house, group)


async def test_a_question_that_was_replaced_is_in_no_file(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "theme.add", text="Water")
        (card,) = await cards(house, "board")
        for text in (SECRET, "Who keeps the well?"):
            await house.do(house.lead, "memo.question", theme=card, text=text)
        assert not on_disk(tmp_path, SECRET)

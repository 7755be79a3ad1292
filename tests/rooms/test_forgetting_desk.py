"""Words deleted for good, by promise or as their owner asks: no file holds them (WRD9, WRD11)."""

from pathlib import Path
from typing import Any

import pytest

from rooms.forgetting_desk import forget_board
from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House
from tests.rooms.test_words_desk import SAID, board_card, memo, on_disk, words_of, written


async def test_words_refused_or_taken_back_are_deleted_after_ten_minutes_WRD9(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await written(house)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        await house.do("s2", "consent.withdraw", words=ref)
        (mine,) = await words_of(house, "s2")
        assert mine["until"] == house.clock.now() + REFUSED_KEPT
        await house.clock.advance(REFUSED_KEPT - 1)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        assert SAID in await memo(house), "thought again in time"
        await house.do("s2", "consent.release", words=ref, choice="keep")
        await house.clock.advance(REFUSED_KEPT)
        assert not on_disk(tmp_path, SAID)
        (mine,) = await words_of(house, "s2")
        assert (mine["gone"], mine["text"], mine["state"]) == (True, "", "refused")
        await house.refused("s2", "consent.release", "closed", words=ref, choice="unnamed")
        await house.do("s2", "words.edit", words=ref, text="Said anew")
        (mine,) = await words_of(house, "s2")
        assert (mine["gone"], mine["text"], mine["state"]) == (False, "Said anew", "pending")
        await house.clock.advance(REFUSED_KEPT)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        assert "Said anew" in await memo(house)


async def test_no_box_keeps_what_was_deleted_WRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await written(house)
        room = await house.room()

        def boxes(doc: Any) -> None:
            from pycrdt import Map, Text

            drafts = doc.get("drafts", type=Map)
            drafts["me/edit"] = Text(f"{SAID}, or so")
            drafts["a1/other"] = Text("Something else I am writing")

        await room.shelf.edit("mine/s2", boxes)
        await house.do("s2", "consent.release", words=ref, choice="keep")
        await house.clock.advance(REFUSED_KEPT)
        assert not on_disk(tmp_path, SAID)
        assert on_disk(tmp_path, "Something else I am writing")


async def test_the_deletion_is_made_up_for_after_a_crash_WRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await written(house)
        await house.do("s2", "consent.release", words=ref, choice="keep")
        await house.crash()
        await house.clock.advance(REFUSED_KEPT)
        await house.room()
        await house.clock.advance(1)
        assert not on_disk(tmp_path, SAID)


async def test_one_text_is_deleted_by_its_owner_or_its_scribe_WRD11(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await written(house)
        await house.refused("s3", "words.erase", "not_allowed", words=ref)
        await house.refused("s3", "words.erase", "unknown", words="nothing")
        await house.do(house.lead, "words.erase", words=ref)
        assert not on_disk(tmp_path, SAID)
        assert await words_of(house, "s2") == []
        ref = await written(house)
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        await house.refused(house.lead, "words.erase", "not_allowed", words=ref)
        await house.do("s2", "words.erase", words=ref)
        assert not on_disk(tmp_path, SAID)
        assert SAID not in await memo(house)
        assert (await house.room()).whole.room.withdrawals == 1


@pytest.mark.parametrize("how", ["mine", "person"])
async def test_nothing_of_a_person_is_left_in_any_file_WRD11(tmp_path: Path, how: str) -> None:
    async with await House.open(tmp_path, template="evening", people=2) as house:
        seat = await house.join("Zebulon Quint", organisation="Ottilie Cooperative")
        await written(house, seat, "ZQ-said aloud")
        await board_card(house, seat, "insight", "ZQ-insight on the board")
        await house.do(seat, "help.ask", about="ZQ-help me")
        room = await house.room()

        def draft(doc: Any) -> None:
            from pycrdt import Map, Text

            doc.get("drafts", type=Map)["a1/note"] = Text("ZQ-never sent")

        await room.shelf.edit(f"mine/{seat}", draft)
        assert on_disk(tmp_path, "ZQ-")
        assert on_disk(tmp_path, "Zebulon")
        if how == "mine":
            await house.do(seat, "words.erase")
            assert on_disk(tmp_path, "Zebulon")
            assert room.whole.room.seats[seat].status == "in"
        else:
            epoch = await house.epoch()
            for other, reason in (("s1", "not_allowed"), ("nobody", "unknown")):
                await house.refused(house.lead, "seat.forget", reason, seat=other, epoch=epoch)
            await house.refused("s2", "seat.forget", "not_allowed", seat=seat, epoch=epoch)
            await house.do(house.lead, "seat.forget", seat=seat, epoch=epoch)
            assert not on_disk(tmp_path, "Zebulon")
            assert not on_disk(tmp_path, "Ottilie")
            assert room.whole.room.seats[seat].status == "removed"
            assert room.device(house.tokens[seat]) is None
            await house.refused(house.lead, "seat.forget", "unknown", seat=seat, epoch=epoch)
        assert not on_disk(tmp_path, "ZQ-")
        assert "ZQ-" not in await memo(house)
        before = room.whole
        await house.crash()
        assert (await house.room()).whole.room.seats == before.room.seats
        assert not on_disk(tmp_path, "ZQ-")


async def test_a_board_that_was_forgotten_elsewhere_is_not_forgotten_again_LOG2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        first = await house.room()
        await house.another()
        second = await house.room()
        await second.run(lambda draft: forget_board(draft, frozenset()))
        seq = second.whole.room.seq
        assert await first.run(lambda draft: forget_board(draft, frozenset())) == seq
        assert second.whole.room.board_gone
        await first.close()

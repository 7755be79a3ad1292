"""What people say about their copy: by place, bounded, their own to take back (MEM8, MEM9)."""

import json
from pathlib import Path
from typing import Any

from rooms import comment_desk, wire_memo
from server.reading import memo_page
from tests.rooms.house import House
from tests.rooms.test_words_desk import board_card, on_disk
from tests.rooms.test_words_state import sent

SAID = "At our market the women walked first as well"


async def page(house: House, seat: str) -> dict[str, Any]:
    room, device = await house.room(), await house.device(seat)
    return await memo_page(room, device, await room.open_memo(device))


async def said(house: House, seat: str, text: str = SAID, place: str = "stories") -> str:
    """Comment; returns the comment."""
    await house.do(seat, "memo.comment", place=place, text=text)
    return list((await house.room()).whole.room.memo.comments)[-1]


async def test_everyone_who_has_the_copy_reads_comments_with_a_name_MEM8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        refused = await house.refused("s2", "memo.comment", "closed", place="stories", text=SAID)
        assert refused.message == comment_desk.NOT_SENT
        await sent(house)
        await house.refused("s2", "memo.comment", "unknown", place="theme:none", text=SAID)
        id = await said(house, "s2")
        for seat, mine in ((house.lead, False), ("s2", True), ("s3", False)):
            (one,) = (await page(house, seat))["comments"]
            assert (one["text"], one["name"], one["place"]) == (SAID, "Person 1", "stories")
            assert (one["mine"], one["taken"]) == (mine, False)
            assert "seat" not in one
        room = await house.room()
        assert room.whole.room.memo.step == "commented"
        for edition in ("participants", "public"):
            assert SAID not in str(await room.memos.copy(edition)), "printed nowhere"
        await house.refused("s2", "memo.take_up", "not_allowed", comment=id)
        await house.do(house.lead, "memo.take_up", comment=id)
        await house.refused(house.lead, "memo.take_up", "duplicate", comment=id)
        assert (await page(house, "s2"))["comments"][0]["taken"]
        await house.crash()
        assert (await page(house, "s3"))["comments"][0]["text"] == SAID


async def test_a_comment_is_its_authors_and_goes_for_good_MEM9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await sent(house)
        first, second = (
            await said(house, "s2"),
            await said(house, "s2", "Another word of mine here"),
        )
        third = await said(house, "s3", "The third one has something to say")
        for other in ("s3", house.lead):
            await house.refused(other, "memo.uncomment", "not_allowed", comment=first)
        await house.do("s2", "memo.uncomment", comment=first)
        await house.refused("s2", "memo.uncomment", "unknown", comment=first)
        assert not on_disk(tmp_path, SAID)
        await house.do("s2", "words.erase")
        assert not on_disk(tmp_path, "Another word of mine here")
        assert list((await house.room()).whole.room.memo.comments) == [third]
        await house.do(house.lead, "seat.forget", seat="s3", epoch=await house.epoch())
        assert (await page(house, house.lead))["comments"] == []
        assert not on_disk(tmp_path, "The third one has something to say")
        await house.refused(house.lead, "memo.take_up", "unknown", comment=second)


async def test_comments_are_bounded_MEM8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await sent(house)
        long = "x" * (wire_memo.COMMENT_LIMIT + 1)
        await house.refused("s2", "memo.comment", "too_large", place="why", text=long)
        for number in range(comment_desk.SEAT_MOST):
            await said(house, "s2", f"Remark {number} of many")
        refused = await house.refused("s2", "memo.comment", "full", place="why", text=SAID)
        assert refused.message == comment_desk.ENOUGH


async def test_a_hidden_comment_is_read_by_nobody_MEM8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await sent(house)
        await said(house, "s2", "Something nobody should have to read")
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        assert (await page(house, "s3"))["comments"] == []


async def test_own_places_come_first_and_tell_of_nobody_else_MEM8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await board_card(house, "s2", "question", "Who holds the key to it?")
        await sent(house)
        assert (await page(house, "s2"))["own_places"] == ["open"]
        assert (await page(house, "s3"))["own_places"] == []
        room, device = await house.room(), await house.device("s3")
        theirs = json.dumps(await memo_page(room, device, await room.open_memo(device)))
        assert "s2-" not in theirs

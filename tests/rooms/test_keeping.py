"""Until when a room keeps what people write (KEP1 to KEP3)."""

import json
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms.agenda_desk import DELETED_BY_THEN
from rooms.keeping import BOARD_DAYS, DAY, DAYS_MOST, MEMO_DAYS, Keep, promised, wanted
from rooms.open_rooms import UnknownRoom
from tests.rooms.house import House
from tests.rooms.test_words_desk import board_card, memo, on_disk, written


def test_dates_are_promised_as_they_are_kept_KEP1() -> None:
    assert wanted({}) == Keep(BOARD_DAYS, MEMO_DAYS)
    assert wanted({"keep_board_days": 500}) == Keep(500, 500)
    assert wanted({"keep_board_days": 7, "keep_memo_days": 30}) == Keep(7, 30)
    line = promised(Keep(7, 30), 1_790_000_000_000, "Africa/Nairobi", "en")
    assert line.args == {
        "board": "Monday 28 September 2026",
        "memo": "Wednesday 21 October 2026",
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"keep_board_days": 0},
        {"keep_board_days": DAYS_MOST + 1},
        {"keep_board_days": "90"},
        {"keep_board_days": True},
        {"keep_board_days": 90, "keep_memo_days": 89},
        {"keep_memo_days": None},
        {"default_scope": "everyone"},
    ],
)
async def test_what_cannot_be_promised_is_refused_KEP1(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    async with await House.open(tmp_path) as house:
        with pytest.raises(Refused) as caught:
            await house.hub.open_room(title="x", facilitator="Ana", settings=settings)
        assert caught.value.reason == "bad_request"


async def test_everybody_in_the_room_reads_it_KEP1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        for seat in house.tokens:
            shown = await house.view(seat)
            assert shown["room"]["kept"].startswith("What you write is kept until Sunday 20 Dec")
        room = await house.room()
        mine = json.loads(room.my_words(room.whole.room.seats["s2"]))
        assert mine["kept_until"] == room.whole.room.opened + BOARD_DAYS * DAY
        assert mine["memo_until"] == room.whole.room.opened + MEMO_DAYS * DAY


@pytest.mark.parametrize("asleep", [False, True])
async def test_the_board_goes_at_its_date_and_the_memo_stays_KEP2_KEP3(
    tmp_path: Path, asleep: bool
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        await board_card(house, "s2", "question", "KEEP-what came of the boats?")
        given = await written(house, "s2", "KEEP-we moved at night, all of us")
        await house.do("s2", "consent.release", words=given, choice="unnamed")
        await written(house, "s2", "GOES-nobody answered for this")
        withheld = await board_card(house, "s2", "insight", "GOES-only for the room")
        await house.do("s2", "consent.narrow", words=withheld, scope="room")
        await house.do("s2", "help.ask", about="GOES-help")

        def note(doc: Any) -> None:
            from pycrdt import Map, Text

            doc.get("drafts", type=Map)["a1/note"] = Text("GOES-in private")

        await room.shelf.edit("mine/s2", note)
        start = room.whole.room.kept_from
        if asleep:
            await house.crash()
        before = Keep().board_until(start) - house.clock.now() - 1
        await house.clock.advance(before)
        assert on_disk(tmp_path, "GOES-")
        await house.clock.advance(1)
        if asleep:  # nobody visits it: the daily look wakes it up
            await house.clock.advance(DAY)
        assert not on_disk(tmp_path, "GOES-")
        text = await memo(house)
        assert "KEEP-what came of the boats?" in text
        assert "KEEP-we moved at night" in text
        await house.clock.advance(Keep().memo_until(start) - house.clock.now())
        if asleep:
            await house.clock.advance(DAY)
        with pytest.raises(UnknownRoom):
            await house.room()
        assert not on_disk(tmp_path, "KEEP-")
        assert not on_disk(tmp_path, "Amina")


async def test_the_dates_stand_once_a_guest_has_read_them_KEP1(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        opened = room.whole.room.opened
        assert room.whole.room.kept_from == opened  # nothing is planned

        async def planned(day: int) -> int:
            revision = (await house.room()).whole.room.plan.frame.revision
            starts = opened + day * DAY
            await house.do(house.lead, "agenda.frame", starts=starts, revision=revision)
            return (await house.room()).whole.room.kept_from

        assert await planned(5) == opened + 5 * DAY  # nobody else has read it
        assert await planned(-3) == opened
        assert await planned(4) == opened + 4 * DAY
        await house.join("Amina")
        shown = (await house.view("s2"))["room"]["kept"]
        assert await planned(60) == opened + 4 * DAY
        assert (await house.view("s2"))["room"]["kept"] == shown
        with pytest.raises(Refused) as caught:
            await planned(4 + BOARD_DAYS)
        assert caught.value.message == DELETED_BY_THEN
        await house.clock.advance(5 * DAY)
        await house.everyone_beats()
        await house.start()
        await house.crash()
        assert (await house.room()).whole.room.kept_from == opened + 4 * DAY
        assert (await house.view("s2"))["room"]["kept"] == shown

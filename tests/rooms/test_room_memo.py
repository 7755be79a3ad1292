"""The memo is made beside the loop: the room goes on, and nobody is given what is out of date."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from rooms.memo_tree import EDITIONS
from tests.rooms.house import House

T = TypeVar("T")


class Gate:
    """Holds every draft back until it is opened; counts them, and how many were held together."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.open = asyncio.Event()
        self.drafts = self.together = self._now = 0

    async def __call__(self, work: Callable[[], T], /) -> T:
        self._now += 1
        self.together = max(self.together, self._now)
        self.drafts += 1
        self.began.set()
        await self.open.wait()
        self._now -= 1
        return work()


async def gated(house: House) -> Gate:
    gate = Gate()
    (await house.room()).memos.compute = gate
    return gate


async def give(house: House, text: str) -> None:
    fields = {"document": "board", "section": "", "kind": "insight", "text": text}
    await house.do("s2", "note.add", **fields)


async def over(house: House) -> None:
    """After the last activity, when everybody writes on the board."""
    await house.start()
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())


async def test_a_command_is_answered_while_a_draft_is_being_made(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room, gate = await house.room(), await gated(house)
        drafting = asyncio.create_task(room.draft_memo("participants"))
        await gate.began.wait()
        seq = room.whole.room.seq
        assert await house.do("s2", "help.ask") == seq + 1
        assert (await house.view("s2"))["seq"] == seq + 1
        assert not drafting.done()
        gate.open.set()
        assert (await drafting).head


async def test_who_asks_while_one_is_being_made_shares_the_next_and_it_is_new_ME5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await over(house)
        room, gate = await house.room(), await gated(house)
        first = asyncio.create_task(room.draft_memo("participants"))
        await gate.began.wait()
        await give(house, "Boats go out at three")
        later = [asyncio.create_task(room.draft_memo("participants")) for _ in range(5)]
        await give(house, "Nets are mended on Sunday")
        gate.open.set()
        assert "Boats" not in str(await first)
        memos = await asyncio.gather(*later)
        assert all(memo is memos[0] for memo in memos)
        assert "Boats" in str(memos[0])
        assert "Nets" in str(memos[0])
        assert gate.drafts == 2


async def test_one_at_a_time_in_a_room_whatever_is_asked_for(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room, gate = await house.room(), await gated(house)
        asked = [asyncio.create_task(room.draft_memo(edition)) for edition in EDITIONS * 3]
        await gate.began.wait()
        gate.open.set()
        memos = await asyncio.gather(*asked)
        assert [memo.edition for memo in memos] == [*EDITIONS] * 3
        assert gate.together == 1
        assert gate.drafts == len(EDITIONS)


async def test_who_goes_away_takes_nobody_elses_draft_along_LOG5(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room, gate = await house.room(), await gated(house)
        gone = asyncio.create_task(room.draft_memo("public"))
        stays = asyncio.create_task(room.draft_memo("public"))
        await gate.began.wait()
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        gate.open.set()
        assert (await stays).edition == "public"


async def test_a_draft_that_fails_fails_for_who_asked_and_not_for_the_next(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        kept = room.memos.compute

        async def broken(work: Callable[[], T], /) -> T:
            raise ZeroDivisionError("a bug")

        room.memos.compute = broken
        with pytest.raises(ZeroDivisionError):
            await room.draft_memo("public")
        room.memos.compute = kept
        assert (await room.draft_memo("public")).head


async def test_a_room_that_closes_waits_for_its_drafts(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room, gate = await house.room(), await gated(house)
        asked = asyncio.create_task(room.draft_memo("public"))
        await gate.began.wait()
        closing = asyncio.create_task(room.close())
        await asyncio.sleep(0)
        assert not closing.done()
        gate.open.set()
        await closing
        assert (await asked).head

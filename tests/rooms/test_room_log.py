"""The log of a room: what this process writes, what others wrote, and what both lead to."""

import asyncio
from pathlib import Path

import pytest

from activities.kernel import Refused
from rooms.commits import DoorSet
from rooms.room import Room
from rooms.whole import Draft
from rooms.words_events import WordsForgotten
from tests.rooms.house import House


async def two(house: House) -> tuple[Room, Room]:
    """The same room in two processes."""
    first = await house.room()
    await house.another()
    return first, await house.room()


def door(draft: Draft) -> None:
    draft.add(DoorSet(open=not draft.room.door, generation=draft.room.generation))


async def test_what_another_process_wrote_is_followed_as_if_written_here_LOG2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        first, second = await two(house)
        seen: list[int] = []
        first.changed = lambda: seen.append(first.whole.room.seq)
        await house.do(house.lead, "desk.say", text="We go on at ten")
        assert seen == []
        assert await first.log.follow()
        assert first.whole == second.whole
        assert seen == [second.whole.room.seq]
        assert first.book.get(second.whole.room.desk[-1].text) == "We go on at ten"
        await first.close()


async def test_words_let_go_of_elsewhere_are_gone_here_before_the_storage_has_erased_them_WRD4(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "desk.say", text="We go on at ten")
        first, second = await two(house)
        ref = second.whole.room.desk[-1].text
        forgotten = WordsForgotten(words=(ref,), cards=(), seats=())
        house.storage.written.clear()
        house.storage.held = asyncio.Event()
        erasing = asyncio.create_task(second.run(lambda draft: draft.add(forgotten)))
        await house.storage.written.wait()
        assert ref in await house.storage.words(first.id)
        await first.log.follow()
        assert first.book.get(ref) is None
        house.storage.held.set()
        await erasing
        await first.close()


async def test_nothing_new_changes_nothing_and_forgets_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        before = room.whole
        assert not await room.log.follow()
        assert room.whole is before
        assert not room.forgotten


async def test_a_request_applied_elsewhere_is_known_when_followed_LOG3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        first, _ = await two(house)
        seq = await house.do("s2", "help.ask", request="r-81")
        assert first.log.known("s2", "r-81") is None
        await first.log.follow()
        assert first.log.known("s2", "r-81") == seq
        await first.close()


async def test_who_was_second_decides_again_on_what_is_new_LOG2(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        first, second = await two(house)
        await second.run(door)
        decided: list[bool] = []

        def again(draft: Draft) -> None:
            decided.append(draft.room.door)
            door(draft)

        await first.run(again)
        assert decided == [True, False]
        assert first.whole.room.door
        await first.close()


async def test_a_room_forgotten_elsewhere_takes_no_more_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        first, _ = await two(house)
        await house.hub.forget(house.opened.room)
        with pytest.raises(Refused) as refused:
            await first.run(door)
        assert refused.value.reason == "closed"
        assert first.forgotten
        await first.close()

"""Dyads in a real room: matching off the loop, alarms that mend pairs, memory across activities."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activities._dyads_model import State
from activities.kernel import Refused
from rooms import words_desk
from tests.activities.test_pairing import repeats
from tests.rooms.house import House

THINK = 60_000
HALF = 180_000
LAST_WORDS = 10_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with await House.open(tmp_path, "empty", people=6) as opened:
        await opened.plan("dyads")
        await opened.plan("dyads", form="rotating")
        yield opened


async def state_of(house: House, item: str = "a1") -> State:
    found = (await house.room()).whole.running[item].state
    assert isinstance(found, State)
    return found


async def advance(house: House, ms: int) -> None:
    """Time passes while everybody gives signs of life."""
    while ms > 0:
        await house.everyone_beats()
        await house.clock.advance(min(ms, 5_000))
        ms -= 5_000


async def blocks(house: House, seat: str) -> dict[str, Any]:
    return {block["type"]: block for block in (await house.view(seat))["blocks"]}


async def test_a_whole_paired_listening_by_the_clock(house: House) -> None:
    await house.start()
    state = await state_of(house)
    assert [len(seats) for seats in state.groups.values()] == [2, 2, 2]
    speaker, listener = next(iter(state.groups.values()))
    await advance(house, THINK)
    assert (await blocks(house, speaker))["voice"]["mode"] == "speak"
    heard = (await blocks(house, listener))["voice"]
    assert heard["mode"] == "listen"
    assert "speaks" in heard["text"]
    # Who listens writes nothing down: the activity says when somebody tells (WRD7).
    refused = await house.refused(listener, "words.write", "closed", seat=speaker, text="Hm")
    assert refused.message == words_desk.LISTEN_NOW
    await advance(house, 2 * HALF + 2 * LAST_WORDS + 2 * 15_000 + 100_000)
    assert (await house.view(speaker))["activity"]["phase"] == "own_note"
    await house.do(
        speaker, "note.keep", activity="a1", words="We measure every Friday", kind="insight"
    )
    await advance(house, 60_000)
    room = await house.room()
    assert room.whole.room.ended
    memo = await room.draft_memo("participants")
    assert "We measure every Friday" in str(memo)


async def test_a_line_that_drops_is_mended_by_the_rooms_own_alarm(house: House) -> None:
    """DY5"""
    sessions = {seat: await house.session(seat) for seat in house.tokens}
    await house.start()
    lost, left = next(iter((await state_of(house)).groups.values()))
    await sessions[lost].closed()
    for _ in range(14):
        for session in sessions.values():
            session.beat()
        await house.clock.advance(5_000)
    state = await state_of(house)
    assert len(state.groups[state.sitting.place[left]]) == 3
    assert lost not in state.sitting.place


async def test_a_restart_in_the_middle_of_a_half_keeps_pairs_and_time(house: House) -> None:
    """G7, CLK2"""
    await house.start()
    await advance(house, THINK + 20_000)
    before = await state_of(house)
    await house.crash()
    await house.everyone_beats()
    after = await state_of(house)
    assert after.groups == before.groups
    assert after.phases == before.phases


async def test_the_next_pairs_know_who_has_met_and_so_does_replay(house: House) -> None:
    """history=session"""
    await house.start()
    met = tuple((await state_of(house)).groups.values())
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())
    await house.start("a2")
    await house.to("move")
    second = await state_of(house, "a2")
    assert repeats(second.groups.values(), met) == 0
    await house.crash()
    again = await state_of(house, "a2")
    assert (again.sitting, again.plan) == (second.sitting, second.plan)


async def test_late_arrivals_wait_at_the_door_and_join_the_next_round(house: House) -> None:
    await house.start()
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())
    await house.start("a2")
    await house.to("half_1")
    late = await house.join("Late One")
    assert (await blocks(house, late))["now"]["text"] == "Welcome"
    await house.to("half_2")
    await house.to("move")
    assert (await state_of(house, "a2")).sitting.place[late]


async def test_nobody_but_the_clock_says_who_sits_with_whom(house: House) -> None:
    await house.start()
    for seat in (house.lead, *list(house.tokens)[1:3]):
        with pytest.raises(Refused, match=r"not_allowed|stale_phase"):
            await house.do(seat, "pairs.found", activity="a1", basis="x", groups=[])

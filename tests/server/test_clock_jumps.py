"""Whole servers whose machine's clock jumps an hour back and forth while a room writes: nothing is
lost, nothing is out of order, and no clock of the room is earlier or later for it (issue 5, *Shown
by*; U9)."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from rooms.commits import Commit
from tests.server.hall import Hall
from tests.server.processes import Process
from tests.server.test_restarts import begin, log_of, rang_once, rung
from tests.server.wall_clock import HOUR, WallClock
from tests.waiting import until

pytestmark = pytest.mark.slow

THINK_S = (10, 40)
"""How long the phase lasts: on a busy machine a server that is killed twice is not back in the
first, and nothing would be shown."""

LATE_S = 4.0
"""How much later than its time a phase may end where the server was killed just then."""


def hall_of(folder: Path, clock: WallClock, phones: int = 10) -> Hall:
    """A hall whose server sees this clock."""
    preload, file = clock.library, clock.file
    return Hall(folder, phones=phones, LD_PRELOAD=str(preload), WALL_CLOCK=str(file))


async def wall(server: Process) -> float:
    """By how many hours the machine's clock is wrong, as the server sees it."""
    async with httpx.AsyncClient(base_url=server.address) as http:
        date = (await http.get("/healthz")).headers["date"]
    return round((parsedate_to_datetime(date).timestamp() - time.time()) / HOUR, 1)


async def jumped(hall: Hall, clock: WallClock, hours: float, *, kill: bool) -> None:
    """The clock jumps while all write; with `kill`, the server is killed afterwards as well."""
    clock.jump(hours)

    async def seen() -> bool:
        return await wall(hall.processes[0]) == hours

    await until(seen)
    await hall.saved(15)
    if kill:
        await hall.processes[0].kill()
        await hall.saved(15)


async def test_U9_P9_a_clock_that_jumps_loses_nothing_and_ends_no_turn_early_or_late(
    tmp_path: Path,
) -> None:
    for think_s in THINK_S:
        if await held(tmp_path / f"{think_s}s", think_s):
            return
    raise AssertionError("a slow machine: nothing was shown")


async def held(folder: Path, think_s: int) -> bool:
    """The same with a phase of so many seconds; False when it ended before the clock had jumped."""
    clock = WallClock(folder)
    async with hall_of(folder, clock, phones=4) as hall:
        phase = await begin(hall, think_s=think_s)
        began = time.monotonic()
        hall.load(edits=40)
        await hall.saved(10)
        await jumped(hall, clock, -1, kill=True)
        await jumped(hall, clock, 1, kill=True)
        here = (await hall.view())["activity"]["phase"]
        if time.monotonic() - began >= think_s:
            return False
        assert here == phase, "not earlier"
        await rung(hall, phase, think_s + LATE_S)
        assert think_s - 1 < time.monotonic() - began < think_s + LATE_S
        await jumped(hall, clock, 0, kill=False)
        assert not any(phone.refused for phone in hall.phones)
        await hall.judge()
    log = await log_of(hall)
    rang_once(log)
    in_step(log)
    return True


def in_step(log: list[Commit]) -> None:
    """The times of the log never go back, and none is far from the right one."""
    times = [commit.at / 1000 for commit in log]
    assert times == sorted(times)
    assert time.time() - HOUR / 2 < times[0]
    assert times[-1] < time.time() + 1


@pytest.mark.long
async def test_a_clock_that_jumps_forty_times_under_full_load(tmp_path: Path) -> None:
    clock, seed = WallClock(tmp_path), random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    async with hall_of(tmp_path, clock) as hall:
        hall.load()
        for number in range(40):
            await jumped(hall, clock, dice.uniform(-1, 1) // 0.1 / 10, kill=number % 4 == 3)
            await hall.saved(100)
        print(await hall.judge(), "edits")
    in_step(await log_of(hall))

"""Whole servers whose machine's clock jumps an hour back and forth while a room writes: nothing is
lost, nothing is out of order, and no clock of the room is earlier or later for it (issue 5, *Shown
by*; U9)."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from rooms.commits import ActivityEvent, ActivityStarted, Commit
from tests.server.hall import Hall
from tests.server.processes import Process
from tests.server.test_restarts import begin, log_of, rang_once, rung
from tests.server.wall_clock import HOUR, WallClock
from tests.waiting import until

pytestmark = pytest.mark.slow

THINK_S = 6
LATEST_S = 60
"""A phase ends by then wherever the machine is only slow, and the server was killed just then."""


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
    clock = WallClock(tmp_path)
    async with hall_of(tmp_path, clock, phones=4) as hall:
        phase = await begin(hall, think_s=THINK_S)
        hall.load(edits=40)
        await hall.saved(10)
        await jumped(hall, clock, -1, kill=False)
        await jumped(hall, clock, 1, kill=True)
        await rung(hall, phase)
        await jumped(hall, clock, 0, kill=False)
        assert not any(phone.refused for phone in hall.phones)
        await hall.judge()
    log = await log_of(hall)
    rang_once(log)
    in_step(log)
    # Its clock runs from here on; the pairs are found a moment later.
    first = next(commit.at for commit in log if any(map(is_start, commit.events)))
    rang = next(commit.at for commit in log if "timer.rang" in types_of(commit))
    assert THINK_S * 1000 <= rang - first < LATEST_S * 1000


def is_start(event: object) -> bool:
    """Whether an activity began by it."""
    return isinstance(event, ActivityStarted)


def types_of(commit: Commit) -> list[str]:
    """What the activity was told by a commit."""
    told = [event for event in commit.events if isinstance(event, ActivityEvent)]
    return [str(msgspec.json.decode(each.event)["type"]) for each in told]


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

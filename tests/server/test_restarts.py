"""Servers and Redis that go and come while a room writes: people are told, find another one, and
lose nothing (issue 5, *Shown by*, *Operations*)."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from rooms import commits
from tests.redis_server import RedisServer
from tests.server.hall import Hall
from tests.server.phone import Phone
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.redis]

TOLD_SECONDS: Final = 5.0
BACK_SECONDS: Final = 15.0
GAP_SECONDS: Final = 2.0
"""Within so long a phone whose server goes is at another one; a busy machine of tests has more."""

PATIENCE: Final = 3.0
"""How much longer than promised things may take on a machine that does other things as well."""

UNSAVED: Final = "Nothing can be saved at the moment"


class Told:
    """When each phone learned first that nothing can be saved."""

    def __init__(self, hall: Hall) -> None:
        self.at: dict[str, float] = {}
        self._began = time.monotonic()
        hall.heard(self._hear)

    def _hear(self, phone: Phone, message: dict[str, Any]) -> None:
        refused = message["type"] == "refused" and message["again"]
        shown = message["type"] == "view" and UNSAVED in json.dumps(message)
        if refused or shown:
            self.at.setdefault(phone.seat, time.monotonic() - self._began)


async def outage(hall: Hall, redis: RedisServer, seconds: float) -> tuple[float, float]:
    """Redis is killed and comes back after a while; how long it took until the last phone was
    told, and until the last one had something saved again."""
    told = Told(hall)
    redis.kill()

    async def everybody() -> bool:
        return len(told.at) == len(hall.phones)

    await asyncio.gather(asyncio.sleep(seconds), until(everybody, TOLD_SECONDS * PATIENCE))
    redis.start()
    began = time.monotonic()
    before = {phone.seat: len(phone.saved) for phone in hall.phones}

    async def back() -> bool:
        return all(len(phone.saved) > before[phone.seat] for phone in hall.phones)

    await until(back, BACK_SECONDS)
    return max(told.at.values()), time.monotonic() - began


async def test_SCA4_redis_restarted_under_load_people_are_told_and_lose_nothing(
    tmp_path: Path, own_redis: RedisServer
) -> None:
    async with Hall(tmp_path, redis=own_redis.url, processes=2, phones=4) as hall:
        hall.load(edits=20)
        await hall.saved(20)
        told, back = await outage(hall, own_redis, 2.0)
        print(f"told after {told:.1f} s, back after {back:.1f} s")
        assert not any(phone.closed for phone in hall.phones), "nobody's line is cut"
        await hall.judge()


@pytest.mark.long
async def test_redis_restarted_ten_times_under_full_load(
    tmp_path: Path, own_redis: RedisServer
) -> None:
    async with Hall(tmp_path, redis=own_redis.url, processes=2) as hall:
        hall.load()
        for number in range(10):
            await hall.saved(100)
            told, back = await outage(hall, own_redis, 1.5 + number % 3 * 3)
            print(f"told after {told:.1f} s, back after {back:.1f} s")
        await hall.judge()


async def leave(hall: Hall, number: signal.Signals) -> list[float]:
    """The first server is told to go while all write; how long each of its phones was without a
    line."""
    for phone in hall.phones:
        phone.gaps.clear()
    going = hall.processes[0]
    going.signal(number)
    if number is signal.SIGTERM:
        assert await going.ended() == 0
    await hall.saved(100)
    return sorted(gap for phone in hall.phones for gap in phone.gaps)


async def test_SCA6_a_server_that_ends_sends_its_people_to_another_one(
    tmp_path: Path, redis_url: str
) -> None:
    async with Hall(tmp_path, redis=redis_url, processes=2, phones=4) as hall:
        timed = await begin(hall, think_s=6)
        hall.load(edits=40)
        await hall.saved(20)
        gaps = await leave(hall, signal.SIGTERM)
        print(f"{len(gaps)} phones moved, at most {gaps[-1]:.2f} s without a line")
        assert gaps[-1] < GAP_SECONDS * PATIENCE
        assert {code for phone in hall.phones for code in phone.closed} == {1001}
        assert not any(phone.refused for phone in hall.phones)
        await rung(hall, timed)
        await hall.judge()
        said = [json.loads(line) for line in hall.processes[0].log]
        assert not [line for line in said if line["level"] in ("warning", "error")]
    await once(hall)


@pytest.mark.long
async def test_twenty_graceful_restarts_under_full_load(tmp_path: Path, redis_url: str) -> None:
    async with Hall(tmp_path, redis=redis_url, processes=2) as hall:
        hall.load()
        worst: list[float] = []
        for number in range(20):
            await hall.saved(100)
            hall.processes.reverse()
            gaps = await leave(hall, (signal.SIGTERM, signal.SIGHUP)[number % 2])
            worst += gaps
            if number % 2 == 0:
                await hall.processes[0].start()
            assert not any(phone.refused for phone in hall.phones)
        worst.sort()
        print(f"{len(worst)} moves: {worst[len(worst) // 2]:.2f} s in the middle, {worst[-1]:.2f}")
        await hall.judge()


# A clock that rings once -------------------------------------------------------------------------


async def begin(hall: Hall, **settings: Any) -> str:
    """Start an activity whose first phase ends by itself; its phase now."""
    add = {"type": "agenda.add", "kind": "dyads", "after": "", "settings": settings}
    await hall.command(add)
    view = await hall.view()
    item = view["room"]["agenda"][0]["id"]
    epoch = view["room"]["lead"]["epoch"]
    await hall.command({"type": "activity.start", "item": item, "epoch": epoch})
    return str((await hall.view())["activity"]["phase"])


async def rung(hall: Hall, phase: str, seconds: float = 30.0) -> None:
    """Wait until the phase has ended by its clock."""

    async def over() -> bool:
        return bool((await hall.view())["activity"]["phase"] != phase)

    await until(over, seconds)


async def log_of(hall: Hall) -> list[commits.Commit]:
    """What is kept of the room, once its servers have ended."""
    storage = await hall.storage()
    try:
        return [commits.decode(raw) for _, raw in await storage.commits(hall.room)]
    finally:
        await storage.close()


def rang_once(log: list[commits.Commit]) -> list[dict[str, Any]]:
    """The clock of `begin` rang once; what the activity was told."""
    events = [event for commit in log for event in commit.events]
    inner = [msgspec.json.decode(e.event) for e in events if isinstance(e, commits.ActivityEvent)]
    assert [event["type"] for event in inner].count("timer.rang") == 1
    assert [event["phase"] for event in inner if event["type"] == "phase.changed"] == ["half_1"]
    return inner


async def once(hall: Hall) -> None:
    """The clock rang once, and nobody counted as away."""
    told = rang_once(await log_of(hall))
    assert not [event for event in told if event["type"] == "person.away"], "nobody was missed"

"""SIGKILL of whole servers while a room writes: nothing that was acknowledged is lost, nothing is
there twice (issue 5, *Shown by*; P1, P8)."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.redis_server import RedisServer
from tests.server.hall import Hall
from tests.server.phone import Phone
from tests.waiting import until

pytestmark = pytest.mark.slow

KILLS = 50
GHOST_SECONDS = 30.0
BETWEEN = (20, 200)
"""Edits that are acknowledged between two kills."""


async def campaign(hall: Hall, kills: int, seed: int, redis: RedisServer | None = None) -> None:
    """One of the servers, or Redis, is killed again and again while all write."""
    print("seed", seed)
    dice = random.Random(seed)
    async with hall:
        hall.load()
        for kill in range(kills):
            await hall.saved(dice.randrange(*BETWEEN))
            if redis and kill % 3 == 2:
                redis.kill()
                redis.start()
            else:
                await dice.choice(hall.processes).kill()
        await hall.saved(50)
        edits = await hall.judge()
        gaps = sorted(gap for phone in hall.phones for gap in phone.gaps)
        print(
            f"{kills} kills, {edits} edits, {sum(p.asked for p in hall.phones)} commands,"
            f" {len(gaps)} lines lost, back after {gaps[len(gaps) // 2]:.1f} s, at most"
            f" {gaps[-1]:.1f} s"
        )
        assert edits > kills * 50, "not hollow"


async def test_a_killed_server_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    await campaign(Hall(tmp_path, phones=5), kills=1, seed=1)


@pytest.mark.redis
async def test_a_killed_server_of_two_on_redis_loses_nothing(
    tmp_path: Path, redis_url: str
) -> None:
    hall = Hall(tmp_path, redis=redis_url, processes=2, phones=5)
    await campaign(hall, kills=1, seed=1)


@pytest.mark.long
async def test_fifty_kills_of_a_server_on_sqlite(tmp_path: Path) -> None:
    await campaign(Hall(tmp_path), kills=KILLS, seed=random.randrange(2**32))


@pytest.mark.long
@pytest.mark.redis
async def test_fifty_kills_of_servers_and_of_redis(tmp_path: Path, own_redis: RedisServer) -> None:
    hall = Hall(tmp_path, redis=own_redis.url, processes=2)
    await campaign(hall, kills=KILLS, seed=random.randrange(2**32), redis=own_redis)


@pytest.mark.long
@pytest.mark.redis
async def test_SCA3_a_killed_server_leaves_no_ghosts_at_the_other(
    tmp_path: Path, redis_url: str
) -> None:
    async with Hall(tmp_path, redis=redis_url, processes=2, phones=3) as hall:
        gone, stays = hall.phones[1], hall.phones[2]
        for phone, process in zip((gone, stays), hall.processes, strict=True):
            await phone.close()
            phone.address = process.address
            phone.open.clear()
            await phone.start()
        state: dict[str, str] = {}

        def hear(_phone: Phone, message: dict[str, Any]) -> None:
            if message["type"] == "people":
                state.update({one["seat"]: one["presence"] for one in message["people"]})

        hall.heard(hear)
        hall.processes[0].signal(signal.SIGKILL)
        began = time.monotonic()

        async def missed() -> bool:
            return state.get(gone.seat, "here") != "here"

        await until(missed, GHOST_SECONDS)
        print(f"a ghost for {time.monotonic() - began:.1f} s")
        assert state.get(stays.seat, "here") == "here"

"""What one more room costs: memory, processor time and operations of Redis, quiet and in use.

For `docs/scaling.md`. Rooms of five whose people are all there: first nobody does anything, then
everybody writes now and then, as in an evening. On SQLite and on Redis, one process each.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from redis.asyncio import Redis

from tests.bench.crowd import Crowd
from tests.bench.peer import Ours, Running, Scene
from tests.bench.scene_commands import on_redis

PEOPLE: Final = 5
WRITES_A_SECOND: Final = 0.1
"""Of each: somebody who listens most of the time."""


class Count(msgspec.Struct):
    """What was used up to a moment: processor seconds of the server and of Redis, bytes of both,
    and operations of Redis."""

    cpu: float
    memory: int
    redis_cpu: float = 0.0
    redis_memory: int = 0
    redis_done: int = 0


async def run(rooms: int, seconds: float) -> list[dict[str, Any]]:
    """Print, and give, the figures of both storages."""
    found = []
    for name, prepared in (("sqlite", _on_sqlite), ("redis", on_redis)):
        async with prepared(rooms, PEOPLE) as (peer, scene):
            figures = {"storage": name, "rooms": rooms, "people": PEOPLE}
            found.append(figures | await _measured(peer, scene, seconds))
        print("a room of five,", ", ".join(f"{key}: {value}" for key, value in found[-1].items()))
    return found


@contextlib.asynccontextmanager
async def _on_sqlite(rooms: int, people: int) -> AsyncIterator[tuple[Ours, Scene]]:
    ours = Ours()
    async with ours.prepared(rooms, people) as scene:
        yield ours, scene


async def _measured(peer: Ours, scene: Scene, seconds: float) -> dict[str, Any]:
    rooms = len(scene.places)
    async with peer.started(scene.folder) as running:
        empty = await _count(peer, running)
        crowd = Crowd(running)
        crowd.stay(peer.alive)
        await crowd.enter(scene.places)
        await crowd.quiet()
        full = await _count(peer, running)
        await asyncio.sleep(seconds)
        rested = await _count(peer, running)
        dice = random.Random(1)
        await crowd.take_pens(range(len(crowd.lines)), dice)
        await crowd.quiet()
        before = await _count(peer, running)
        began = time.monotonic()
        await crowd.write(WRITES_A_SECOND, seconds, range(len(crowd.lines)), dice)
        after = await _count(peer, running)
        writing = time.monotonic() - began
        crowd.leave()
    figures = {
        "base_mb": empty.memory / 1e6,
        "kb_a_room": (full.memory - empty.memory) / rooms / 1e3,
        "kb_a_room_written": (after.memory - empty.memory) / rooms / 1e3,
        "quiet_ms_a_s": (rested.cpu - full.cpu) / rooms / seconds * 1e3,
        "writing_ms_a_s": (after.cpu - before.cpu) / rooms / writing * 1e3,
    }
    if peer.redis is not None:
        figures |= {
            "redis_quiet_ms_a_s": (rested.redis_cpu - full.redis_cpu) / rooms / seconds * 1e3,
            "redis_writing_ms_a_s": (after.redis_cpu - before.redis_cpu) / rooms / writing * 1e3,
            "redis_quiet_done_a_s": (rested.redis_done - full.redis_done) / rooms / seconds,
            "redis_writing_done_a_s": (after.redis_done - before.redis_done) / rooms / writing,
            "redis_kb_a_room": after.redis_memory / rooms / 1e3,
        }
    return {name: round(value, 2) for name, value in figures.items()}


async def _count(peer: Ours, running: Running) -> Count:
    used = running.used()
    count = Count(used.cpu, used.memory)
    if peer.redis is not None:
        async with Redis(port=peer.redis.port) as asking:
            told = await asking.info()
        count.redis_cpu = told["used_cpu_sys"] + told["used_cpu_user"]
        count.redis_memory = told["used_memory_dataset"]
        count.redis_done = told["total_commands_processed"]
    return count

"""A tap that changes everybody's view in a room of 200, on one process or on two with Redis."""

import asyncio
import contextlib
import json
import secrets
import tempfile
import time
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from server import hocuspocus as wire
from tests.bench.crowd import Crowd
from tests.bench.figures import Used, percentile
from tests.bench.line import message, waited
from tests.bench.peer import LOAD_CORE, Ours, Scene, on_core
from tests.bench.pen import MARK
from tests.redis_server import RedisServer

PEOPLE: Final = 200
TAPS_A_SECOND: Final = 2.0
"""Slow enough that no tap hides the one before it."""

LATE_SECONDS: Final = 3.0


@contextlib.asynccontextmanager
async def on_redis(rooms: int, people: int) -> AsyncIterator[tuple[Ours, Scene]]:
    """Rooms kept on a Redis server of our own, which sees every write to the disk and shares the
    core of those who measure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        with on_core(LOAD_CORE):
            redis = RedisServer(Path(place) / "redis").start()
        try:
            ours = Ours()
            ours.redis = redis
            async with ours.prepared(rooms, people) as scene:
                yield ours, scene
        finally:
            redis.stop()


async def taps(peer: Ours, scene: Scene, *, seconds: float, processes: int = 1) -> dict[str, float]:
    """The lead says something to all, again and again; every line waits for every view."""
    async with peer.started(scene.folder, processes=processes) as running:
        crowd = Crowd(running)
        crowd.stay(peer.alive)
        await crowd.enter(scene.places)
        await crowd.quiet()
        count = round(seconds * TAPS_A_SECOND)
        run = secrets.token_hex(4)  # a request that a room knows is not done again
        delays = array("d")
        begun = array("d", [0.0] * count)
        for line in crowd.lines:
            line.counted = _Seen(begun, delays)
        lead = crowd.places[0]
        before = running.used()
        own = time.process_time()
        start = time.perf_counter() + 0.1
        for tap in range(count):
            due = start + tap / TAPS_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            begun[tap] = due
            said = {"type": "say.all", "text": f"~{tap}~", "epoch": 1}
            request = json.dumps({"request": f"tap-{run}-{tap}", "command": said})
            crowd.lines[0].send(message(wire.stateless(lead.room, request)))
        expected = count * len(crowd.lines)
        await waited(lambda: len(delays) >= expected, LATE_SECONDS)
        passed = time.perf_counter() - start
        own = (time.process_time() - own) / passed
        after = running.used()
        crowd.leave()
        return {
            "p50_ms": percentile(delays, 50) * 1000,
            "p95_ms": percentile(delays, 95) * 1000,
            "p99_ms": percentile(delays, 99) * 1000,
            "arrived": len(delays) / expected,
            "cpu_ms_per_tap": (after.cpu - before.cpu) / count * 1000,
            "rss_mb": after.memory / 1e6,
            "generator_core": own,
        }


class _Seen:
    """The first view of one person that shows each tap."""

    __slots__ = ("begun", "delays", "seen")

    def __init__(self, begun: "array[float]", delays: "array[float]") -> None:
        self.begun = begun
        self.delays = delays
        self.seen = -1

    def __call__(self, data: bytearray) -> None:
        now = time.perf_counter()
        for found in MARK.findall(data):
            if (tap := int(found)) > self.seen:
                self.seen = tap
                self.delays.append(now - self.begun[tap])


def redis_used(peer: Ours) -> Used:
    """What the Redis server has used."""
    assert peer.redis is not None
    return Used(peer.redis.pid)

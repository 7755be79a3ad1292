"""How fast the storage keeps what it is given, durable before it answers."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from rooms.sqlite_storage import SqliteStorage
from tests.bench.figures import milliseconds

COMMIT: Final = b"x" * 120
"""About what a turn passed on weighs."""

UPDATE: Final = b"u" * 40
"""About what a keystroke weighs."""


async def run(folder: Path | None, seconds: float) -> None:
    """Print throughput and latency on the disk of `folder` (a temporary one by default)."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        storage = await SqliteStorage.open(Path(made))
        try:
            await storage.create_room("edits", 0)
            print("storage, one file, every write durable before it is answered")
            for writers in (1, 10, 50, 200):
                await _closed_loop(storage, writers, seconds)
            for rate in (200, 1_000):
                await _offered(storage, rate, seconds)
        finally:
            await storage.close()


async def _closed_loop(storage: SqliteStorage, writers: int, seconds: float) -> None:
    """So many rooms, each of which writes again as soon as it is answered."""
    waits: list[float] = []
    batches = storage.thread.batches
    began = time.perf_counter()

    async def write(room: str) -> None:
        await storage.create_room(room, 0)
        seq = 0
        while time.perf_counter() - began < seconds:
            seq += 1
            asked = time.perf_counter()
            await storage.append(room, seq, COMMIT)
            waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(write(f"r{writers}-{n}") for n in range(writers)))
    rate = len(waits) / (time.perf_counter() - began)
    merged = len(waits) / (storage.thread.batches - batches)
    print(
        f"  {writers:4} rooms: {rate:8.0f} commits/s, {merged:5.1f} a batch, {milliseconds(waits)}"
    )


async def _offered(storage: SqliteStorage, rate: int, seconds: float) -> None:
    """Updates of one document at a fixed rate, whether or not earlier ones are answered."""
    waits: list[float] = []
    began = time.perf_counter()

    async def write() -> None:
        asked = time.perf_counter()
        id = await storage.add_update("edits/board", UPDATE)
        waits.append(time.perf_counter() - asked)
        await storage.mark_applied("edits/board", id)

    await at_rate(rate, began + seconds, write)
    print(f"  {rate:4} edits/s offered: {milliseconds(waits)}")


async def at_rate(
    rate: float, until: float, do: Callable[[], Awaitable[None]], tick: float = 0.005
) -> None:
    """Begin `do` `rate` times a second until a time (`perf_counter`), then wait for all to end."""
    began = time.perf_counter()
    started = 0
    async with asyncio.TaskGroup() as tasks:
        while (now := time.perf_counter()) < until:
            while started < (now - began) * rate:
                started += 1
                tasks.create_task(_call(do))
            await asyncio.sleep(min(tick, 1 / rate))


async def _call(do: Callable[[], Awaitable[None]]) -> None:
    await do()

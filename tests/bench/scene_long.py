"""A board after 100,000 edits: how long it takes to open cold, and what it takes on the disk."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, Final

from pycrdt import Doc

from tests.bench.peer import Peer, Place, Running, coming, holding, write
from tests.bench.pen import new_client, typing

WRITERS: Final = 5
CARDS_EACH: Final = 20
DELETING: Final = 4
OPENED: Final = 5
"""How often it is opened cold: each time in a server just started."""

FOLDED_SECONDS: Final = 12.0
"""For what a server does with a log that has grown, once nobody writes."""


def edited(seats: Sequence[str], edits: int) -> list[list[bytes]]:
    """So many edits by all of these people together."""
    dice = random.Random(7)
    each = edits // len(seats)
    return [
        list(typing(seat, new_client(dice), dice, cards=CARDS_EACH, edits=each, deleting=DELETING))
        for seat in seats
    ]


async def opened(peer: Peer, *, edits: int) -> dict[str, float]:
    """See the module."""
    async with peer.started() as running:
        (people,) = await peer.seat(running, 1, WRITERS + 1)
        empty = running.disk()
        board = edited([place.seat for place in people[:WRITERS]], edits)
        before = running.used()
        (await write(running, people, board)).close()
        content = await holding(running.ports[0], people[-1], board)
        await asyncio.sleep(max(FOLDED_SECONDS, peer.store_seconds))
        after = running.used()
        running.stop()
        encoded = len(_whole(content))
        disk = running.disk()
        waits: list[float] = []
        memory = 0
        for _ in range(OPENED):
            async with peer.started(running.folder) as cold:
                wait, held, memory = await _open(cold, people[-1])
                waits.append(wait)
                missing = len(_whole(held)) != encoded
        waits.sort()
        return {
            "cold_open_ms": waits[len(waits) // 2] * 1000,
            "cold_open_worst_ms": waits[-1] * 1000,
            "encoded_kb": encoded / 1000,
            "disk_kb": disk / 1000,
            "disk_before_kb": empty / 1000,
            "disk_ratio": (disk - empty) / encoded,
            "cpu_us_per_edit": (after.cpu - before.cpu) / edits * 1e6,
            "rss_mb": after.memory / 1e6,
            "rss_cold_mb": memory / 1e6,
            "probe_missing": float(missing),
        }


async def _open(running: Running, place: Place) -> tuple[float, bytes, int]:
    began = time.perf_counter()
    line, first = await coming(running.ports[0], place)
    content = await first
    wait = time.perf_counter() - began
    line.close()
    return wait, content, running.used().memory


def _whole(update: bytes) -> bytes:
    doc: Doc[Any] = Doc()
    doc.apply_update(update)
    return doc.get_update()

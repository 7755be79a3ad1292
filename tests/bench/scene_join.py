"""Two hundred come in within two seconds to a board of a megabyte, on a server just started."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, Final

from pycrdt import Doc

from tests.bench.figures import percentile
from tests.bench.line import Line, connected, waited
from tests.bench.peer import Peer, Place, Scene, write
from tests.bench.pen import history, new_client, texts

PEOPLE: Final = 200
OVER_SECONDS: Final = 2.0
WRITERS: Final = 20
CARDS_EACH: Final = 25
EDITS_EACH: Final = 2_900
"""Letter by letter, here and there: a megabyte encoded."""

DELETING: Final = 4
LATE_SECONDS: Final = 15.0
PROBES: Final = 5


def board(seats: Sequence[str], *, edits: int = EDITS_EACH) -> list[list[bytes]]:
    """The updates of each writer."""
    dice = random.Random(5)
    return [
        list(
            history(seat, new_client(dice), dice, cards=CARDS_EACH, edits=edits, deleting=DELETING)
        )
        for seat in seats
    ]


class Comer:
    """One who comes in: when the board was there, and what it was."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.line: Line | None = None
        self.there = 0.0
        self.content = b""

    async def come(self, port: int) -> None:
        """Connect and say who it is."""
        self.line = await connected(port, self.place.path, self.place.headers)
        self.line.heard = self._hear
        for said in self.place.hello:
            self.line.send(said)

    def _hear(self, payload: bytes) -> None:
        if not self.there and (found := self.place.content(payload)) and found[1]:
            self.there = time.perf_counter()
            self.content = found[0]


async def join(peer: Peer, scene: Scene, *, seconds: float, seed: int) -> dict[str, float]:
    """See the module; the server is cold where it keeps boards at all."""
    people = scene.places[0]
    async with peer.started(scene.folder) as running:
        if scene.board:
            await write(running, people, scene.board)  # the first writer stays
        port = running.ports[0]
        comers = [Comer(place) for place in people]
        step = seconds / len(comers)
        before, own = running.used(), time.process_time()
        began = time.perf_counter()
        coming: list[asyncio.Task[None]] = []
        for number, comer in enumerate(comers):
            await asyncio.sleep(max(0.0, began + number * step - time.perf_counter()))
            coming.append(asyncio.create_task(comer.come(port)))
        await waited(lambda: all(comer.there for comer in comers), LATE_SECONDS, 0.01)
        passed = time.perf_counter() - began
        own = (time.process_time() - own) / passed
        await asyncio.gather(*coming, return_exceptions=True)
        after = running.used()
        waits = [c.there - began - n * step for n, c in enumerate(comers) if c.there]
        held = [_cards(comer.content) for comer in comers[:: len(comers) // PROBES]]
        for comer in comers:
            if comer.line:
                comer.line.close()
        return {
            "first_ms": (comers[0].there - began) * 1000,
            "p50_ms": percentile(waits, 50) * 1000,
            "p95_ms": percentile(waits, 95) * 1000,
            "p99_ms": percentile(waits, 99) * 1000,
            "arrived": len(waits) / len(comers),
            "all_in_s": passed,
            "cpu_s": after.cpu - before.cpu,
            "rss_mb": after.memory / 1e6,
            "board_mb": max(len(comer.content) for comer in comers) / 1e6,
            "generator_core": own,
            "probe_missing": sum(max(held) - cards for cards in held),
            "cold": float(peer.keeps),
        }


def _cards(update: bytes) -> int:
    """Letters on the board."""
    if not update:
        return 0
    doc: Doc[Any] = Doc()
    doc.apply_update(update)
    return sum(len(text) for text in texts(doc).values())

"""Five devices that stop reading while ten people paste 20 kB ten times a second.

The same hall is measured without and with them, in turn: what the others wait for, as a ratio, and
what each stalled device costs the server, in the process (its outbox and the transport) and in the
kernel (the queue of its socket). In the end the stalled ones are waited for until the server has
let them go, and read again to see with which word.
"""

import asyncio
import json
import random
import string
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.bench.client import Client
from tests.bench.door import Door
from tests.bench.figures import percentile

WRITERS: Final = 10
READERS: Final = 10
STALLED: Final = 5
PASTE: Final = 20_000
RATE: Final = 10.0

HALLS: Final = 10
"""Addresses from which people come."""

LOOK: Final = 0.2
"""Seconds between two looks at what the server keeps."""

LET_GO: Final = 60.0
"""Seconds within which the server must have let go of who does not read."""

ANSWERS: Final = 120.0
"""Seconds for all pastes to be answered; a machine that is too slow for them shows by its p95."""

MOST: Final = 2_000_000
"""Bytes that a stalled device may cost."""

ALLOWED: Final = 1.2
"""What the others wait for, as a part of what they wait for without stalled ones."""


class Hall:
    """One room, once."""

    def __init__(self, url: str, stalled: int) -> None:
        self.door = Door(url, HALLS)
        self.writers: list[Client] = []
        self.readers: list[Client] = []
        self.stalled: list[Client] = []
        self.outbox = self.kernel = 0.0
        self._stalls = stalled
        self._port = urlsplit(url).port or 80
        self._sent: dict[int, float] = {}
        self._delays: list[float] = []
        self._unseen = 0
        self._cards: list[str] = []
        self._over = asyncio.Event()

    async def open(self) -> None:
        """Everybody is there, and those who shall have stopped reading."""
        opened = await self.door.open_room()
        room, seats = opened["room"], [opened]
        names = [f"Person {number}" for number in range(1, WRITERS + READERS + self._stalls)]
        seats += [await self.door.take_seat(room, opened["code"], name) for name in names]
        for seat in seats[1:WRITERS]:
            epoch = (await self.door.view(room, opened["token"]))["room"]["lead"]["epoch"]
            role = {"type": "seat.role", "seat": seat["seat"], "role": "facilitator"}
            await self.door.command(room, opened["token"], {**role, "epoch": epoch})
        for number, seat in enumerate(seats):
            stalls = number >= WRITERS + READERS
            holds = number < WRITERS
            client = Client(
                self.door.sync, room, seat["token"], None if stalls else self._see, holds=holds
            )
            await client.open()
            (self.stalled if stalls else self.writers if holds else self.readers).append(client)
        for seat, writer in zip(seats, self.writers, strict=False):
            note = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
            await self.door.command(room, seat["token"], {**note, "text": "paste"})
            async with asyncio.timeout(ANSWERS):
                self._cards.append(await _card(writer, seat["seat"]))
        for client in self.stalled:
            client.stall()

    def _see(self, mark: int, at: float) -> None:
        if mark in self._sent:
            self._delays.append(at - self._sent[mark])

    async def paste(self, seconds: float) -> dict[str, float]:
        """Ten times a second, whether or not earlier ones have been answered."""
        dice = random.Random(1)
        watching = asyncio.create_task(self._watch())
        began = time.perf_counter()
        waits: list[asyncio.Future[float]] = []
        total = round(seconds * RATE * WRITERS)
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / (RATE * WRITERS) - time.perf_counter()))
            text = f"~{number}~" + "".join(dice.choices(string.ascii_letters, k=PASTE))
            at = number % WRITERS
            self._sent[number], answered = await self.writers[at].replace(self._cards[at], text)
            waits.append(answered)
        async with asyncio.timeout(ANSWERS):
            await asyncio.gather(*waits)
        self._over.set()
        await watching
        others = len(self.writers) + len(self.readers) - 1
        return {
            "p50_ms": round(percentile(self._delays, 50) * 1000, 1),
            "p95_ms": round(percentile(self._delays, 95) * 1000, 1),
            "arrived": round(len(self._delays) / (total * others), 3),
        }

    async def _watch(self) -> None:
        ports = {client.port for client in self.stalled}
        while not self._over.is_set():
            self.outbox = max(self.outbox, (await self.door.metrics())["outbox_bytes"])
            queues = _send_queues(self._port)
            self.kernel = max([self.kernel, *(queues.get(port, 0) for port in ports)])
            await asyncio.sleep(LOOK)

    async def let_go(self) -> list[int]:
        """Paste on until the server has let go of the stalled; with which codes."""
        until = time.monotonic() + LET_GO
        everybody = len(self.writers) + len(self.readers)
        number = 10**6
        while (await self.door.metrics())["devices"] > everybody and time.monotonic() < until:
            await self.writers[0].replace(self._cards[0], f"{number} ".ljust(PASTE, "x"))
            number += 1
            await asyncio.sleep(0.5)
        return sorted([await client.how_closed() for client in self.stalled])

    async def close(self) -> None:
        """All hang up."""
        everybody = [*self.writers, *self.readers, *self.stalled]
        await asyncio.gather(*(client.close() for client in everybody), return_exceptions=True)
        await self.door.close()


async def _card(writer: Client, seat: str) -> str:
    while True:
        for card in writer.cards():
            if card.startswith(f"{seat}-"):
                return card
        writer.changed.clear()
        await writer.changed.wait()


def _send_queues(port: int) -> dict[int, int]:
    """Bytes that the kernel keeps for each connection of a server, by the other end's port."""
    found: dict[int, int] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, _, queues, *_ = line.split()
        if int(here.split(":")[1], 16) == port:
            found[int(there.split(":")[1], 16)] = int(queues.split(":")[0], 16)
    return found


async def run(url: str, seconds: float, repeats: int = 3) -> dict[str, Any]:
    """Print what came of it, and return it."""
    print(f"{STALLED} devices stop reading while {WRITERS} paste {PASTE} B {RATE:g} times a second")
    p95: dict[int, list[float]] = {0: [], STALLED: []}
    outbox = kernel = 0.0
    codes: list[int] = []
    arrived: list[float] = []
    for turn in range(repeats):
        for stalled in (0, STALLED):
            hall = Hall(url, stalled)
            try:
                await hall.open()
                found = await hall.paste(seconds)
                p95[stalled].append(found["p95_ms"])
                arrived.append(found["arrived"])
                if stalled:
                    outbox, kernel = max(outbox, hall.outbox), max(kernel, hall.kernel)
                if stalled and turn == repeats - 1:
                    codes = await hall.let_go()
                print(f"  {stalled} stalled: {json.dumps(found)}", flush=True)
            finally:
                await hall.close()
    ratios = sorted(b / a for a, b in zip(p95[0], p95[STALLED], strict=True))
    cost = outbox / STALLED + kernel
    figures = {
        "scenario": "stalled",
        "p95_ms_without": p95[0],
        "p95_ms_with": p95[STALLED],
        "p95_ratio": round(ratios[len(ratios) // 2], 2),
        "p95_ratios": [round(ratio, 2) for ratio in ratios],
        "p95_target": ALLOWED,
        "arrived": min(arrived),
        "outbox_each": round(outbox / STALLED),
        "kernel_each": round(kernel),
        "bytes_each": round(cost),
        "bytes_target": MOST,
        "codes": codes,
    }
    print(json.dumps(figures), flush=True)
    return figures

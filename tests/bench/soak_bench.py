"""A hundred rooms for half an hour, people coming and going: does the server stay as it was?

Everybody writes now and then on a card of their own, says whether they would lead, hangs up after
a while and comes back with a page that knows nothing. Each room lives for a quarter of the time,
then it is forgotten with people in it and another one is opened: after the first quarter there are
rooms of every age, and what they hold no longer grows by itself. Once a minute the server's memory,
tasks and open files are noted. In the end all hang up, all rooms are forgotten, and nothing may be
left over.

Runs against a server of its own, on whatever storage the environment asks for
(`TALANOA_REDIS_URL`).
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any, Final

import httpx
from websockets.exceptions import ConnectionClosed

from tests.bench.client import Client
from tests.bench.door import Door, Refusal
from tests.bench.figures import Kept

ROOMS: Final = 100
PEOPLE: Final = 4
"""In each room; a quarter of them are away at any time, so that one address has under 400 lines."""

THERE: Final = 45.0
AWAY: Final = 15.0
"""Seconds somebody stays, and is away, on average."""

WRITES: Final = 8.0
ASKS: Final = 30.0
"""Seconds between two edits, and two commands, of somebody who is there, on average."""

LIVES: Final = 0.25
"""Part of the time for which a room is there."""

RENEWING: Final = 3
"""Rooms that are forgotten and opened at the same moment: each forgetting rewrites the file."""

HALLS: Final = 100
"""Addresses from which people come."""

LONGEST: Final = 400
"""Characters of a card; beyond that it is emptied: a board that only grows is another bench."""

WARM: Final = 0.3
"""Part of the time after which memory should no longer grow: caches are full, all rooms open, and
what the interpreter keeps for itself has been taken."""

OPENING: Final = 10
"""Rooms that are opened at the same moment."""

PATIENCE: Final = 75.0
"""Seconds after the last person left within which documents and tasks are given back."""

ALLOWED: Final = 1.10
"""Memory at the end, as a part of that when all was warm."""


class Guest:
    """One person, whose device is a new one each time: it knows nothing and loads all."""

    def __init__(self, place: "Place", seat: dict[str, Any], dice: random.Random) -> None:
        self.place = place
        self.seat: str = seat["seat"]
        self.token: str = seat["token"]
        self.card = ""
        self._willing = False
        self._dice = dice

    async def live(self) -> None:
        """Come, stay a while, go, and come again."""
        while True:
            if self.place.is_forgotten:
                return
            client = Client(self.place.soak.door.sync, self.place.room, self.token, holds=True)
            with contextlib.suppress(OSError, ConnectionClosed, TimeoutError):
                try:
                    await client.open()
                    self.place.soak.comings += 1
                    async with asyncio.timeout(self._some(THERE)):
                        async with asyncio.TaskGroup() as both:
                            both.create_task(self._write(client))
                            both.create_task(self._ask())
                finally:
                    self.place.soak.refused += len(client.refused)
                    await client.close()
            await asyncio.sleep(self._some(AWAY))

    def _some(self, seconds: float) -> float:
        return self._dice.expovariate(1 / seconds)

    async def _write(self, client: Client) -> None:
        while True:
            await asyncio.sleep(self._some(WRITES))
            if not self.card:
                self.card = await self._new_card(client)
            if len(client.text_of(self.card)) > LONGEST:
                await client.replace(self.card, "")
            _, answered = await client.write(self.card, f" {self._dice.random():.15f}")
            async with asyncio.timeout(10):
                await answered
            self.place.soak.edits += 1

    async def _new_card(self, client: Client) -> str:
        note = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
        await self.place.command(self.token, {**note, "text": "soak"})
        while True:
            for card in client.cards():
                if card.startswith(f"{self.seat}-"):
                    return card
            client.changed.clear()
            async with asyncio.timeout(10):
                await client.changed.wait()

    async def _ask(self) -> None:
        while True:
            await asyncio.sleep(self._some(ASKS))
            self._willing = not self._willing
            asked = {"type": "seat.willing", "willing": self._willing}
            try:
                await self.place.command(self.token, asked)
            except Refusal as refusal:
                # Hung up before the last one was answered: it is so already.
                if refusal.reason != "duplicate":
                    raise


class Place:
    """One room and its people."""

    def __init__(self, soak: "Soak", opened: dict[str, Any]) -> None:
        self.soak = soak
        self.room: str = opened["room"]
        self._opened = opened
        self._living: list[asyncio.Task[None]] = []
        self.is_forgotten = False

    async def begin(self, people: int, dice: random.Random) -> None:
        """Let everybody in, as facilitators: they may put cards on the board at any time."""
        door, code = self.soak.door, self._opened["code"]
        seats = [self._opened]
        for number in range(1, people):
            seats.append(await door.take_seat(self.room, code, f"Person {number}"))
            epoch = (await door.view(self.room, self._opened["token"]))["room"]["lead"]["epoch"]
            role = {"type": "seat.role", "seat": seats[-1]["seat"], "role": "facilitator"}
            await self.command(self._opened["token"], {**role, "epoch": epoch})
        for seat in seats:
            guest = Guest(self, seat, random.Random(dice.random()))
            self._living.append(asyncio.create_task(guest.live()))

    async def command(self, token: str, command: dict[str, Any]) -> None:
        """Something a person does."""
        await self.soak.door.command(self.room, token, command)
        self.soak.commands += 1

    async def empty(self) -> None:
        """Everybody goes. Raises what went wrong with somebody."""
        for task in self._living:
            task.cancel()
        ended = await asyncio.gather(*self._living, return_exceptions=True)
        self._living.clear()
        for one in ended:
            # Who is in a room that is being forgotten is told so, in one way or another.
            if isinstance(one, Exception) and not self.is_forgotten:
                self.soak.failures.append(repr(one))

    async def forget(self) -> None:
        """The room is forgotten for good, while people are there."""
        self.is_forgotten = True
        await self.soak.door.forget(self.room, self._opened["token"])
        await self.empty()


class Soak:
    """One run."""

    def __init__(
        self, url: str, pid: int, *, rooms: int, people: int, seconds: float, seed: int = 1
    ) -> None:
        self.url, self.pid = url, pid
        self.door = Door(url, HALLS)
        self.edits = self.commands = self.comings = self.refused = self.renewed = 0
        self.failures: list[str] = []
        self.places: list[Place] = []
        self._rooms, self._people = rooms, people
        self._renewing = asyncio.Semaphore(RENEWING)
        self._pause = seconds * LIVES / rooms
        self._dice = random.Random(seed)

    @contextlib.asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        """All rooms are open, and there is coming and going, for as long as the block lasts."""
        while len(self.places) < self._rooms:
            left = min(OPENING, self._rooms - len(self.places))
            self.places += await asyncio.gather(*(self._open() for _ in range(left)))
        over = asyncio.Event()
        renewing = asyncio.create_task(self._renew(over))
        try:
            yield
        finally:
            over.set()
            await renewing
            await asyncio.gather(*(place.empty() for place in self.places))

    async def _open(self) -> Place:
        place = Place(self, await self.door.open_room())
        await place.begin(self._people, self._dice)
        return place

    async def _renew(self, over: asyncio.Event) -> None:
        """One room after the other, in time also where the server takes its own: several at once
        then."""
        async with asyncio.TaskGroup() as renewing:
            for number in itertools.count():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause):
                        await over.wait()
                        return
                renewing.create_task(self._renew_one(number % len(self.places)))

    async def _renew_one(self, at: int) -> None:
        try:
            async with self._renewing:
                old, self.places[at] = self.places[at], await self._open()
                await old.forget()
                self.renewed += 1
        except (httpx.HTTPError, Refusal) as error:
            self.failures.append(repr(error))

    async def forget_all(self) -> None:
        """No room is left."""
        for place in self.places:
            await place.forget()

    async def look(self) -> dict[str, float]:
        """What the server has now."""
        said = await self.door.metrics()
        kept = Kept(self.pid)
        return {
            **{name: value for name, value in said.items() if name in SHOWN},
            "rss_mb": round(kept.resident / 1e6, 1),
            "own_mb": round(kept.own / 1e6, 1),
            "files": kept.files,
            "threads": kept.threads,
        }


SHOWN: Final = ("rooms", "devices", "tasks", "outbox_bytes", "document_bytes", "appends_total")


async def run(
    url: str, pid: int, minutes: float, *, rooms: int = ROOMS, people: int = PEOPLE
) -> dict[str, Any]:
    """Print what the server has, once a minute, and return what came of it."""
    soak = Soak(url, pid, rooms=rooms, people=people, seconds=minutes * 60)
    before = await soak.look()
    print(f"soak of {minutes:g} minutes, {rooms} rooms of {people}, comings and goings")
    print(f"  before: {json.dumps(before)}", flush=True)
    samples: list[dict[str, float]] = []
    async with soak.going():
        began = time.monotonic()
        every = min(60.0, minutes * 60 / 20)
        while (passed := time.monotonic() - began) < minutes * 60:
            await asyncio.sleep(min(every - passed % every, minutes * 60 - passed))
            samples.append({"minute": round((time.monotonic() - began) / 60, 1)})
            samples[-1] |= await soak.look()
            print(f"  {json.dumps(samples[-1])}", flush=True)
    empty = await _rested(soak, lambda now: now["devices"] == now["document_bytes"] == 0)
    print(f"  all have left: {json.dumps(empty)}", flush=True)
    await soak.forget_all()
    after = await _rested(
        soak, lambda now: now["tasks"] <= before["tasks"] and now["files"] <= before["files"]
    )
    print(f"  all rooms are forgotten: {json.dumps(after)}", flush=True)
    await soak.door.close()
    warm = [sample for sample in samples if sample["minute"] >= minutes * WARM]
    third = max(1, len(warm) // 3)
    grown = {
        name: median(one[name] for one in warm[-third:]) / median(one[name] for one in warm[:third])
        for name in ("rss_mb", "own_mb")
    }
    figures = {
        "scenario": "soak",
        "minutes": minutes,
        "rooms": rooms,
        "people": people,
        "comings": soak.comings,
        "edits": soak.edits,
        "commands": soak.commands,
        "renewed": soak.renewed,
        "refused": soak.refused,
        "failures": soak.failures[:5],
        "memory_end_to_warm": round(grown["rss_mb"], 3),
        "own_memory_end_to_warm": round(grown["own_mb"], 3),
        "flat": grown["rss_mb"] <= ALLOWED,
        "tasks_left_over": int(after["tasks"] - before["tasks"]),
        "files_left_over": int(after["files"] - before["files"]),
        "documents_left_over": int(empty["document_bytes"]),
    }
    print(json.dumps(figures), flush=True)
    return figures


async def _rested(soak: Soak, is_at_rest: Any) -> dict[str, float]:
    """What the server has once it is at rest, or when patience is over."""
    until = time.monotonic() + PATIENCE
    while True:
        now = await soak.look()
        if is_at_rest(now) or time.monotonic() > until:
            return now
        await asyncio.sleep(1.0)

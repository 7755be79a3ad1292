"""Many people on lines of one process, an open-loop load, and when what was sent has arrived.

Open-loop: everything is sent at its due time whether or not the server keeps up, and a delay
counts from the due time, so that a server that holds up its senders hides nothing. A delivery
counts when the content is there, in whatever frame: marks are looked for in the bytes. Some people
are probes: they hold the board with pycrdt and must have every edit at the end.
"""

import asyncio
import random
import time
from array import array
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from pycrdt import Doc

from tests.bench.figures import percentile
from tests.bench.line import Line, waited
from tests.bench.peer import Place, Running, coming
from tests.bench.pen import MARK, Pen, new_client, pointed, pointer, texts

TOGETHER: Final = 20
"""People who come in at the same moment, before the figures are taken."""

READY_SECONDS: Final = 60.0

LATE_SECONDS: Final = 3.0
"""After the last due time: what is not there by then never came."""

QUIET_SECONDS: Final = 0.5
QUIET_BYTES: Final = 20
"""Of each line in that time: a ping is less, a view more."""

ALIVE_SECONDS: Final = 5.0

TIMER: Final = 0.001

SPARSE: Final = 500.0
"""Messages a second up to which the last millisecond before each is waited for awake: a tenth to a
half of a core, which more messages need for themselves."""

ON_TIME: Final = 1.0
"""Seconds within which a delivery is of use (the issue's "all edits within 1 s")."""


class Due(msgspec.Struct, order=True, gc=False):
    """What is sent, when (seconds from the start) and by whom."""

    at: float
    person: int
    framed: bytes


class Load(msgspec.Struct):
    """What became of a load. Delays in seconds."""

    delays: "array[float]"
    expected: int
    seconds: float
    cpu: float  # of the server, seconds
    own: float  # share of a core this process took
    late: float  # p99 of how late this process sent
    received: int  # bytes of all lines
    memory: int  # bytes of the server, at the end
    missing: int = 0  # edits that a probe does not hold
    share: float = 1.0  # of all deliveries that were looked at
    probes: int = 0

    def figures(self) -> dict[str, float]:
        """As they stand in the tables."""
        found = len(self.delays)
        return {
            "p50_ms": percentile(self.delays, 50) * 1000,
            "p95_ms": percentile(self.delays, 95) * 1000,
            "p99_ms": percentile(self.delays, 99) * 1000,
            "arrived": found / max(1, self.expected),
            "within_1s": sum(d <= ON_TIME for d in self.delays) / max(1, self.expected),
            "cpu_us_per_delivery": self.cpu / max(1, found) * self.share * 1e6,
            "cpu_percent": self.cpu / self.seconds * 100,
            "rss_mb": self.memory / 1e6,
            "generator_core": self.own,
            "generator_late_p99_ms": self.late * 1000,
            "probe_missing": self.missing,
        }


class Crowd:
    """People of one or more rooms, each with a line. Of several processes each has every other
    person, or with `by_room` every other room."""

    def __init__(self, running: Running, *, by_room: bool = False) -> None:
        self.running = running
        self._by_room = by_room
        self.lines: list[Line] = []
        self.places: list[Place] = []
        self.rooms: list[range] = []
        self.pens: dict[int, Pen] = {}
        self.boards: dict[int, Doc[Any]] = {}
        """What the probes hold."""
        self.entered = 0.0
        self._keeping: asyncio.Task[None] | None = None

    # Coming in ----------------------------------------------------------------------------------

    async def enter(self, rooms: Sequence[Sequence[Place]]) -> None:
        """Everybody comes in and waits for the board; in each room one goes first. Seconds that
        took are in `entered`."""
        began = time.perf_counter()
        for places in rooms:
            start = len(self.places)
            self.places += places
            self.rooms.append(range(start, start + len(places)))
        found: dict[int, Line] = {}
        ports = self.running.ports
        size = len(rooms[0])

        async def come(person: int) -> None:
            turn = person // size if self._by_room else person
            line, first = await coming(ports[turn % len(ports)], self.places[person])
            found[person] = line
            self.lines.append(line)
            await asyncio.wait_for(first, READY_SECONDS)
            line.heard = None

        async def batches(people: Sequence[int]) -> None:
            for at in range(0, len(people), TOGETHER):
                await asyncio.gather(*map(come, people[at : at + TOGETHER]))

        await batches([room[0] for room in self.rooms])
        await batches([person for room in self.rooms for person in room[1:]])
        self.lines = [found[person] for person in range(len(self.places))]
        self.entered = time.perf_counter() - began

    def stay(self, alive: bytes) -> None:
        """Say now and then that everybody is there: lines that drain hear no ping."""

        async def say() -> None:
            while True:
                for line in self.lines:
                    line.send(alive)
                await asyncio.sleep(ALIVE_SECONDS)

        self._keeping = asyncio.create_task(say())

    async def quiet(self) -> None:
        """Wait until what comes of coming in has been said to everybody."""
        until = time.perf_counter() + READY_SECONDS
        before = -1
        while time.perf_counter() < until:
            received = sum(line.received for line in self.lines)
            if received - before < QUIET_BYTES * len(self.lines):
                return
            before = received
            await asyncio.sleep(QUIET_SECONDS)

    def leave(self) -> None:
        """Everybody hangs up."""
        if self._keeping:
            self._keeping.cancel()
        for line in self.lines:
            line.close()

    def probe(self, people: Sequence[int]) -> None:
        """These hold the board from now on."""
        for person in people:
            place, doc = self.places[person], Doc[Any]()
            self.boards[person] = doc

            def hear(payload: bytes, place: Place = place, doc: "Doc[Any]" = doc) -> None:
                if found := place.content(payload):
                    doc.apply_update(found[0])

            self.lines[person].heard = hear

    # Edits --------------------------------------------------------------------------------------

    async def take_pens(self, writers: Sequence[int], dice: random.Random) -> None:
        """These people each make a card; returns when all probes have all cards."""
        card = f"bench{dice.getrandbits(30)}"  # of this run: a room may be used again
        for person in writers:
            pen = self.pens[person] = Pen(self.places[person].seat, new_client(dice), card)
            self.lines[person].send(self.places[person].update(pen.begin()))
            if len(writers) > TOGETHER:
                await asyncio.sleep(0.001)
        if not await waited(
            lambda: not any(map(self.missing_cards, self.boards)), READY_SECONDS, 0.05
        ):
            raise RuntimeError("a card never came to a probe")

    def room_of(self, person: int) -> range:
        """Who is in a person's room."""
        size = len(self.rooms[0])
        return self.rooms[person // size]

    def _pens_of(self, probe: int) -> list[Pen]:
        """Those whose edits a probe is sent; not all servers send one's own back."""
        return [self.pens[p] for p in self.room_of(probe) if p in self.pens and p != probe]

    def missing_cards(self, probe: int) -> int:
        """Cards that a probe does not have."""
        held = texts(self.boards[probe])
        return sum(pen.card not in held for pen in self._pens_of(probe))

    def missing_edits(self) -> int:
        """Edits that some probe does not have, in their place."""
        missing = 0
        for probe, doc in self.boards.items():
            held = texts(doc)
            for pen in self._pens_of(probe):
                text = held.get(pen.card, "")
                if text != pen.written:
                    there = set(MARK.findall(text.encode()))
                    wanted = MARK.findall(pen.written.encode())
                    missing += sum(mark not in there for mark in wanted) or 1
        return missing

    def edits(self, rate: float, seconds: float, dice: random.Random) -> list[Due]:
        """Each pen writes `rate` times a second, each at a moment of its own; marks by place."""
        plan: list[Due] = []
        writers = list(self.pens)
        phases = {person: dice.random() / rate for person in writers}
        moments = sorted(
            (phases[person] + turn / rate, person)
            for person in writers
            for turn in range(round(rate * seconds))
        )
        for mark, (at, person) in enumerate(moments):
            change = self.pens[person].append(f"~{mark}~")
            plan.append(Due(at, person, self.places[person].update(change)))
        return plan

    async def write(
        self, rate: float, seconds: float, counted: Sequence[int], dice: random.Random
    ) -> Load:
        """All pens write; `counted` people are looked at, the others only drain."""
        plan = self.edits(rate, seconds, dice)
        due = array("d", (item.at for item in plan))
        delays = array("d")
        began = [0.0]
        expected = 0
        looked_at = set(counted)
        for person, line in enumerate(self.lines):
            if person not in looked_at:
                line.draining = person not in self.boards
                continue
            seen: set[int] = set()
            line.counted = _Counting(seen, due, delays, began)
        writers = array("l", (item.person for item in plan))
        by_room = {room: 0 for room in self.rooms}
        for person in writers:
            by_room[self.room_of(person)] += 1
        own: dict[int, int] = {}
        for person in writers:
            own[person] = own.get(person, 0) + 1
        # What one wrote oneself is no delivery: a server may or may not send it back.
        expected = sum(by_room[self.room_of(p)] - own.get(p, 0) for p in looked_at)
        for mark, person in enumerate(writers):
            if person in looked_at:
                counting = self.lines[person].counted
                assert isinstance(counting, _Counting)
                counting.seen.add(mark)
        load = await self._play(plan, seconds, delays, expected, began)
        load.share = len(looked_at) / len(self.lines)
        load.missing = self.missing_edits()
        load.probes = len(self.boards)
        return load

    # Pointers -----------------------------------------------------------------------------------

    async def point(
        self, rate: float, seconds: float, counted: Sequence[int], dice: random.Random
    ) -> Load:
        """Everybody points `rate` times a second. Who sees a later place of somebody has seen all
        the earlier ones: they mean nothing any more."""
        clients = [new_client(dice) for _ in self.lines]
        turns = round(rate * seconds)
        phases = [dice.random() / rate for _ in self.lines]
        plan = [
            Due(
                phases[person] + turn / rate,
                person,
                self.places[person].pointer(
                    pointer(clients[person], turn + 1, self.places[person].seat, turn, person)
                ),
            )
            for turn in range(turns)
            for person in range(len(self.lines))
        ]
        plan.sort()
        delays = array("d")
        began = [0.0]
        looked_at = set(counted)
        for person, line in enumerate(self.lines):
            if person in looked_at:
                prefix = self.places[person].prefix
                line.heard = _Pointed(person, prefix, phases, rate, delays, began)
            else:
                line.draining = True
        expected = turns * (len(self.lines) - 1) * len(looked_at)
        load = await self._play(plan, seconds, delays, expected, began)
        load.share = len(looked_at) / len(self.lines)
        return load

    # Both ---------------------------------------------------------------------------------------

    async def _play(
        self,
        plan: list[Due],
        seconds: float,
        delays: "array[float]",
        expected: int,
        began: list[float],
    ) -> Load:
        lines = self.lines
        received = sum(line.received for line in lines)
        late: list[float] = []
        before = self.running.used()
        own = time.process_time()
        start = began[0] = time.perf_counter() + 0.05
        number, total = 0, len(plan)
        sparse = total / seconds < SPARSE
        while number < total:
            now = time.perf_counter() - start
            while number < total and plan[number].at <= now:
                item = plan[number]
                lines[item.person].send(item.framed)
                late.append(time.perf_counter() - start - item.at)
                number += 1
            if number < total:
                gap = plan[number].at - (time.perf_counter() - start)
                # Timers are a millisecond rough, which would count against quick servers.
                rough = TIMER if sparse else 0.0
                await asyncio.sleep(max(0.0, min(TIMER, gap - rough) if gap > rough else 0.0))
        left = start + seconds + LATE_SECONDS - time.perf_counter()
        await waited(lambda: len(delays) >= expected, left)
        passed = time.perf_counter() - start
        after = self.running.used()
        own = (time.process_time() - own) / passed
        await asyncio.sleep(0.2)
        for line in lines:
            if line.lost:
                raise RuntimeError(f"a line was lost: {line.lost}")
        return Load(
            delays=delays,
            expected=expected,
            seconds=passed,
            cpu=after.cpu - before.cpu,
            own=own,
            late=percentile(late, 99),
            received=sum(line.received for line in lines) - received,
            memory=after.memory,
        )


class _Counting:
    """Looks for edits in what one person was sent."""

    __slots__ = ("began", "delays", "due", "seen")

    def __init__(
        self, seen: set[int], due: "array[float]", delays: "array[float]", began: list[float]
    ) -> None:
        self.seen = seen
        self.due = due
        self.delays = delays
        self.began = began

    def __call__(self, data: bytearray) -> None:
        now = time.perf_counter() - self.began[0]
        for found in MARK.findall(data):
            mark = int(found)
            if mark not in self.seen:
                self.seen.add(mark)
                self.delays.append(now - self.due[mark])


class _Pointed:
    """Looks for pointers in what one person was sent."""

    __slots__ = ("began", "delays", "last", "own", "phases", "prefix", "rate")

    def __init__(
        self,
        own: int,
        prefix: bytes,
        phases: list[float],
        rate: float,
        delays: "array[float]",
        began: list[float],
    ) -> None:
        self.own = own
        self.prefix = prefix
        self.phases = phases
        self.rate = rate
        self.delays = delays
        self.began = began
        self.last = [-1] * len(phases)

    def __call__(self, payload: bytes) -> None:
        now = time.perf_counter() - self.began[0]
        for move, person in pointed(payload, self.prefix):
            self.see(move, person, now)

    def see(self, move: int, person: int, now: float) -> None:
        """A place of somebody is here."""
        if person == self.own or move <= self.last[person]:
            return
        for turn in range(self.last[person] + 1, move + 1):
            self.delays.append(now - self.phases[person] - turn / self.rate)
        self.last[person] = move

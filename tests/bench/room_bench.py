"""One room, many people: from one person's edit to everybody else's screen.

Needs only the address of a running server. Some people write on cards of their own, all others
listen; then one line is said to all, which changes everybody's view. The people share this
process, which takes a core of its own: on a machine of two cores nothing else should run.
"""

import asyncio
import time
from typing import Any, Final

from tests.bench.client import Client
from tests.bench.door import Door
from tests.bench.figures import Used, milliseconds, percentile

JOINING: Final = 10
"""People who connect at the same moment."""

SETTLE: Final = 1.0
"""Seconds for what is under way to arrive before the next figure is taken."""

ANSWER_SECONDS: Final = 60.0
"""Seconds for all edits to be answered."""

SAID: Final = 1_000_000
"""Marks from here on are lines said to all, below are edits."""


class Marks:
    """When each mark was sent and seen."""

    def __init__(self) -> None:
        self.sent: dict[int, float] = {}
        self.seen: dict[int, list[float]] = {}

    def see(self, mark: int, at: float) -> None:
        """One listener saw a mark; a repetition (a view sent again) does not count."""
        self.seen.setdefault(mark, []).append(at)

    def delays(self, first: int, last: int) -> list[float]:
        """Seconds from sending to seeing, of all marks in a range."""
        return [
            at - self.sent[mark]
            for mark, times in self.seen.items()
            if first <= mark < last and mark in self.sent
            for at in times
        ]


async def run(
    url: str, people: int, *, writers: int, rate: float, seconds: float, pid: int | None
) -> dict[str, float]:
    """Measure a room of so many people; prints a paragraph and returns its figures.

    Each of the `writers` edits `rate` times a second. `pid` is the server's, if it runs here.
    """
    door = Door(url)
    marks = Marks()
    clients: list[Client] = []
    try:
        opened = await door.open_room()
        room = opened["room"]
        names = [f"Person {number}" for number in range(1, people)]
        others = [await door.take_seat(room, opened["code"], name) for name in names]
        seats = [opened, *others]
        await _make_facilitators(door, opened, seats[1:writers])
        # The first one opens the room and loads what the server loads only when it is needed.
        clients = await _connect(door, room, seats[:1], 1, marks)
        before = Used(pid) if pid else None
        began = time.perf_counter()
        clients += await _connect(door, room, seats[1:], writers - 1, marks)
        joined = time.perf_counter() - began
        await asyncio.sleep(SETTLE)
        there = Used(pid) if pid else None
        print(f"room of {people}, {writers} write {rate:g} times a second each")
        print(f"  all connected and loaded in {joined:.2f} s")
        figures: dict[str, float] = {"people": people, "joined_s": joined}
        if before and there:
            figures["bytes_per_connection"] = (there.memory - before.memory) / max(1, people - 1)
            print(f"  memory per connection {figures['bytes_per_connection'] / 1024:.1f} KiB")
        cards = await _make_cards(door, room, seats, clients[:writers])
        figures |= await _edits(clients, cards, marks, rate, seconds, pid)
        figures |= await _lines(door, opened, clients, marks, seconds)
        refused = [reason for client in clients for reason in client.refused]
        if refused:
            print(f"  {len(refused)} refusals, the first: {refused[0][:200]}")
        figures["refused"] = len(refused)
        return figures
    finally:
        await asyncio.gather(*(client.close() for client in clients))
        await door.close()


async def _make_facilitators(
    door: Door, opened: dict[str, Any], seats: list[dict[str, Any]]
) -> None:
    """Writers are facilitators: they may put cards on the board at any time."""
    room, token = opened["room"], opened["token"]
    for seat in seats:
        epoch = (await door.view(room, token))["room"]["lead"]["epoch"]
        role = {"type": "seat.role", "seat": seat["seat"], "role": "facilitator", "epoch": epoch}
        await door.command(room, token, role)


async def _connect(
    door: Door, room: str, seats: list[dict[str, Any]], writers: int, marks: Marks
) -> list[Client]:
    made = [
        Client(door.sync, room, seat["token"], marks.see, holds=number < writers)
        for number, seat in enumerate(seats)
    ]
    for start in range(0, len(made), JOINING):
        await asyncio.gather(*(client.open() for client in made[start : start + JOINING]))
    return made


async def _make_cards(
    door: Door, room: str, seats: list[dict[str, Any]], writers: list[Client]
) -> list[str]:
    """One card for each writer, there on all writers' boards."""
    for seat, _ in zip(seats, writers, strict=False):
        note = {
            "type": "note.add",
            "document": "board",
            "section": "",
            "kind": "insight",
            "text": "bench ",
        }
        await door.command(room, seat["token"], note)
    async with asyncio.timeout(10):
        for writer in writers:
            while len(writer.cards()) < len(writers):
                writer.changed.clear()
                await writer.changed.wait()
    return [
        next(card for card in writer.cards() if card.startswith(f"{seat['seat']}-"))
        for seat, writer in zip(seats, writers, strict=False)
    ]


async def _edits(
    clients: list[Client],
    cards: list[str],
    marks: Marks,
    rate: float,
    seconds: float,
    pid: int | None,
) -> dict[str, float]:
    writers = list(zip(clients, cards, strict=False))
    # Not waited for here: a pace that slows down with the server hides what people would feel.
    saving: list[tuple[float, asyncio.Future[float]]] = []
    frames = sum(client.frames for client in clients)
    received = sum(client.received for client in clients)
    used = Used(pid) if pid else None
    began, own = time.perf_counter(), time.process_time()
    number = 0
    while (passed := time.perf_counter() - began) < seconds:
        writer, card = writers[number % len(writers)]
        sent, answered = await writer.write(card, f"~{number}~")
        marks.sent[number] = sent
        saving.append((sent, answered))
        number += 1
        await asyncio.sleep(max(0.0, number / (rate * len(writers)) - passed))
    async with asyncio.timeout(ANSWER_SECONDS):
        waits = [await answered - sent for sent, answered in saving]
    await asyncio.sleep(SETTLE)
    own = (time.process_time() - own) / (time.perf_counter() - began)
    spent = (Used(pid).cpu - used.cpu) if pid and used else None
    delays = marks.delays(0, SAID)
    expected = number * (len(clients) - 1)
    frames = sum(client.frames for client in clients) - frames
    received = sum(client.received for client in clients) - received
    print(f"  {number} edits to {len(clients) - 1} others: {milliseconds(delays)}")
    print(f"    until saved: {milliseconds(waits)}")
    print(f"    arrived: {len(delays)} of {expected}, {frames} frames, {received / 1e6:.1f} MB")
    boards = {client.doc.get_update() for client, _ in writers if client.doc}
    texts = {tuple(client.text_of(card) for card in cards) for client, _ in writers}
    print(f"    these people took {own * 100:.0f} % of a core: near 100 they are the limit")
    print(f"    boards of the writers are equal: {len(texts) == 1} ({len(boards)} encodings)")
    figures = {
        "edits": number,
        "p50_ms": percentile(delays, 50) * 1000,
        "p95_ms": percentile(delays, 95) * 1000,
        "p99_ms": percentile(delays, 99) * 1000,
        "saved_p95_ms": percentile(waits, 95) * 1000,
        "bench_core": own,
        "arrived": len(delays) / max(1, expected),
        "equal": len(texts) == 1,
    }
    if spent is not None and delays:
        figures["cpu_s_per_1000"] = spent / len(delays) * 1000
        figures["cpu_percent"] = spent / (time.perf_counter() - began) * 100
        print(
            f"    server CPU: {figures['cpu_s_per_1000'] * 1000:.1f} ms per 1,000 deliveries,"
            f" {figures['cpu_percent']:.0f} % of a core"
        )
    return figures


async def _lines(
    door: Door, opened: dict[str, Any], clients: list[Client], marks: Marks, seconds: float
) -> dict[str, float]:
    """Lines said to all: from the lead's tap to everybody's new view."""
    room, token = opened["room"], opened["token"]
    epoch = (await door.view(room, token))["room"]["lead"]["epoch"]
    said = max(3, int(seconds))
    for number in range(SAID, SAID + said):
        marks.sent[number] = time.perf_counter()
        say = {"type": "say.all", "text": f"~{number}~", "epoch": epoch}
        await door.command(room, token, say)
        await asyncio.sleep(SETTLE)
    # A view that follows for another reason repeats the line: only the first sight counts.
    delays: list[float] = []
    for number in range(SAID, SAID + said):
        times = sorted(marks.seen.get(number, []))[: len(clients)]
        delays.extend(at - marks.sent[number] for at in times)
    print(f"  {said} lines to {len(clients)} views: {milliseconds(delays)}")
    return {
        "view_p95_ms": percentile(delays, 95) * 1000,
        "views_arrived": len(delays) / (said * len(clients)),
    }

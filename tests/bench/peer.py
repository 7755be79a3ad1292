"""The servers that are compared: ours through its real door, and the peers as they come.

Each is prepared once (people seated, a board written), then started afresh for every run from a
copy of that folder, on a core of its own. All speak the same Yjs messages; they differ in what
stands before them, and in what a person says on coming in.
"""

import abc
import asyncio
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rooms import lib0
from server import hocuspocus as wire
from tests.bench import installed
from tests.bench.door import Door
from tests.bench.figures import Used
from tests.bench.line import Line, connected, message
from tests.redis_server import RedisServer

ROOT: Final = Path(__file__).parents[2]

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 20.0

SEATING: Final = 8
"""Requests at a time while people are seated."""

SEATS: Final = 400
"""A room takes no more seats; beyond it people have a second and a third screen."""

HALLS: Final = 250
"""Addresses from which seats are asked for; each line then has one of its own."""

EMPTY_STATE: Final = b"\0"


@dataclass(frozen=True)
class Place:
    """One person's line: where it goes, and what it says on coming in. `prefix` stands before
    every message about the board; `process` is which of several processes serves it."""

    seat: str
    path: str
    headers: str
    hello: tuple[bytes, ...]
    prefix: bytes
    token: str = ""
    room: str = ""

    def update(self, change: bytes) -> bytes:
        """An edit of the board, as it goes over the line."""
        return message(self.prefix + b"\0\2" + lib0.prefixed(change))

    def pointer(self, states: bytes) -> bytes:
        """A pointer, as it goes over the line."""
        return message(self.prefix + b"\1" + lib0.prefixed(states))

    def content(self, payload: bytes) -> tuple[bytes, bool] | None:
        """The update of a message about the board, and whether it is the first sync."""
        at = len(self.prefix)
        if payload[:at] != self.prefix or len(payload) < at + 3 or payload[at] != 0:
            return None
        if payload[at + 1] not in (1, 2):
            return None
        update, _ = lib0.read_bytes(payload, at + 2, len(payload))
        return update, payload[at + 1] == 1


@dataclass
class Scene:
    """What a run begins with: places by room, the folder as it was prepared, and the board's
    history for servers that keep nothing."""

    places: list[list[Place]]
    folder: Path | None = None
    board: Sequence[Sequence[bytes]] = ()
    """Updates of each writer."""


@dataclass
class Running:
    """A server that runs: one process or several, each with its port."""

    processes: list["subprocess.Popen[bytes]"]
    ports: list[int]
    folder: Path
    notes: dict[str, str] = field(default_factory=dict)

    def used(self) -> Used:
        """What all its processes have used so far."""
        total = Used(self.processes[0].pid)
        for process in self.processes[1:]:
            more = Used(process.pid)
            total.cpu += more.cpu
            total.memory += more.memory
        return total

    def stop(self) -> float:
        """End it in order; seconds it took."""
        began = time.monotonic()
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return time.monotonic() - began

    def disk(self) -> int:
        """Bytes of all files of the folder."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return sum(file.stat().st_size for file in files)


class Peer(abc.ABC):
    """A server by its name in the tables."""

    name = ""
    keeps = False
    """Whether a board is there after a restart."""
    alive: bytes = message(b"", 10)
    """What a line that only drains says now and then."""
    store_seconds = 0.0
    """How long a server may take until what it has is stored."""

    @abc.abstractmethod
    def install(self) -> None:
        """Make it runnable; raises `installed.Missing`."""

    @abc.abstractmethod
    def words(self, port: int, folder: Path) -> list[str]:
        """The command line of one process."""

    @abc.abstractmethod
    async def seat(self, running: Running, rooms: int, people: int) -> list[list[Place]]:
        """People's places, for rooms of so many."""

    @contextlib.asynccontextmanager
    async def started(
        self, folder: Path | None = None, *, processes: int = 1
    ) -> AsyncIterator[Running]:
        """The server, from a copy of this folder, until it is no longer needed."""
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            own = Path(place) / "data"
            if folder is None:
                own.mkdir()
            else:
                shutil.copytree(folder, own)
            running = Running([], [], own)
            try:
                for number in range(processes):
                    await self._start(running, number)
                yield running
            except BaseException as error:
                error.add_note(_last_words(own))
                raise
            finally:
                running.stop()

    def environment(self) -> dict[str, str]:
        """What is set for its processes."""
        return dict(os.environ)

    async def _start(self, running: Running, number: int) -> None:
        port = _free_port()
        output = running.folder.with_name(f"output-{number}")
        with output.open("wb") as log, on_core(SERVER_CORE):
            process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
                self.words(port, running.folder),
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        running.processes.append(process)
        running.ports.append(port)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                said = output.read_text(errors="replace")
                for line in said.splitlines():
                    if line.startswith("ready "):
                        running.notes["stores in"] = line.removeprefix("ready ")
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start:\n{output.read_text(errors='replace')}")

    @contextlib.asynccontextmanager
    async def prepared(
        self, rooms: int, people: int, board: Sequence[Sequence[bytes]] = ()
    ) -> AsyncIterator[Scene]:
        """Seat people, and write the board where it is kept; give the scene for all runs."""
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            kept = Path(place) / "kept"
            async with self.started() as running:
                scene = Scene(await self.seat(running, rooms, people), board=board)
                if self.keeps and board:
                    (await write(running, scene.places[0], board)).close()
                    await asyncio.sleep(self.store_seconds)
                    scene.board = ()
                running.stop()
                if self.keeps:
                    shutil.copytree(running.folder, kept)
                    scene.folder = kept
            yield scene


def _last_words(folder: Path) -> str:
    said = [file.read_text(errors="replace") for file in folder.parent.glob("output-*")]
    return "the servers said: " + " | ".join(words.strip()[-1500:] for words in said)


async def write(running: Running, people: list[Place], board: Sequence[Sequence[bytes]]) -> Line:
    """Each of these people sends their updates, slowly enough for a door that counts. Gives a
    line that stays: some servers forget a board when the last one leaves."""
    lines = [await entered(running.ports[0], place) for place in people[: len(board)]]

    async def send(line: Line, place: Place, updates: Sequence[bytes]) -> None:
        for update in updates:
            line.send(place.update(update))
            await asyncio.sleep(1 / WRITING_RATE)

    await asyncio.gather(
        *(send(line, place, own) for line, place, own in zip(lines, people, board, strict=False))
    )
    await holding(running.ports[0], people[len(board) % len(people)], board)
    for line in lines:
        if line.lost:
            raise RuntimeError(f"a writer was sent away: {line.lost}")
    for line in lines[1:]:
        line.close()
    return lines[0]


WRITING_RATE: Final = 36.0
"""Updates a second of one device: our door lets 40 messages pass."""

HOLDING_SECONDS: Final = 60.0


async def holding(port: int, place: Place, board: Sequence[Sequence[bytes]]) -> bytes:
    """Wait until somebody who comes in anew is given all that was written; gives it."""
    wanted = sum(len(own) > 0 for own in board)
    until = time.monotonic() + HOLDING_SECONDS
    while time.monotonic() < until:
        line, first = await coming(port, place)
        content = await first
        line.close()
        if wanted == 0 or (_sections(content) >= wanted and _complete(content, board)):
            return content
        await asyncio.sleep(0.5)
    raise RuntimeError("the board never was whole")


def _sections(update: bytes) -> int:
    return lib0.read_uint(update, 0)[0]


def _complete(content: bytes, board: Sequence[Sequence[bytes]]) -> bool:
    from pycrdt import get_state, merge_updates

    for own in board:
        last = get_state(own[-1])
        # The state vector of an update that lacks what came before it is empty for that client.
        whole = get_state(merge_updates(content, own[-1]))
        if last and whole != get_state(content):
            return False
    return True


async def entered(port: int, place: Place) -> Line:
    """A person's line, open, everything said that is said on coming in."""
    line = await connected(port, place.path, place.headers)
    for said in place.hello:
        line.send(said)
    return line


async def coming(port: int, place: Place) -> tuple[Line, "asyncio.Future[bytes]"]:
    """A person's line, and the content of the board once it is there."""
    line = await connected(port, place.path, place.headers)
    first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def hear(payload: bytes) -> None:
        found = place.content(payload)
        if found and found[1] and not first.done():
            first.set_result(found[0])

    line.heard = hear
    for said in place.hello:
        line.send(said)
    return line, first


class Ours(Peer):
    """Talanoa: seats and tokens, the gate, ownership, the durable log."""

    name = "ours"
    keeps = True
    alive = message(wire.PONG)
    redis: RedisServer | None = None

    def install(self) -> None:
        """It is what runs here."""

    def words(self, port: int, folder: Path) -> list[str]:
        """The command line of one process."""
        return [sys.executable, "-m", "server", "--port", str(port), "--data", str(folder)]

    def environment(self) -> dict[str, str]:
        """The people come from as many addresses as there are people: the bench speaks for them
        as an https front does, which the server believes on loopback."""
        given = {**os.environ, "TALANOA_TRUSTED_PROXIES": "127.0.0.1"}
        given.pop("TALANOA_REDIS_URL", None)
        if self.redis is not None:
            given["TALANOA_REDIS_URL"] = self.redis.url
        return given

    async def seat(self, running: Running, rooms: int, people: int) -> list[list[Place]]:
        """Open the rooms and take the seats through the JSON API."""
        door = Door(f"http://127.0.0.1:{running.ports[0]}", halls=HALLS)
        addresses = (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in itertools.count(1))
        turns = asyncio.Semaphore(SEATING)

        async def one() -> list[Place]:
            async with turns:
                opened = await door.open_room()
                room, code = opened["room"], opened["code"]
                seats = [opened]
                for number in range(1, min(people, SEATS)):
                    name = f"Person {number}"
                    seats.append(await door.take_seat(room, code, name))
            return [_place(room, seats[n % len(seats)], next(addresses)) for n in range(people)]

        try:
            return list(await asyncio.gather(*(one() for _ in range(rooms))))
        finally:
            await door.close()


def _place(room: str, seat: dict[str, str], address: str) -> Place:
    board = f"{room}/board"
    hello = [
        frame
        for name in (room, board)
        for frame in (wire.authenticate(name, seat["token"]), wire.sync_step1(name, EMPTY_STATE))
    ]
    return Place(
        seat=seat["seat"],
        path="/sync?can=pointers",  # as our pages say
        headers=f"X-Forwarded-For: {address}\r\n",
        hello=tuple(map(message, hello)),
        prefix=lib0.text(board),
        token=seat["token"],
        room=room,
    )


class Hocuspocus(Peer):
    """@hocuspocus/server with its SQLite extension."""

    name = "hocuspocus"
    keeps = True
    flush = ""
    store_seconds = 3.5  # it stores two seconds after the last edit

    def install(self) -> None:
        """Make it runnable; raises `installed.Missing`."""
        self._node = installed.node()

    def words(self, port: int, folder: Path) -> list[str]:
        """The command line of one process."""
        script = installed.HOME / "hocuspocus.mjs"
        return [self._node, str(script), str(port), str(folder), *filter(None, [self.flush])]

    async def seat(self, running: Running, rooms: int, people: int) -> list[list[Place]]:
        """Nobody is asked for anything."""
        return [
            [
                Place(
                    seat=f"s{person}",
                    path="/",
                    headers="",
                    hello=tuple(
                        message(said)
                        for said in (
                            wire.authenticate(f"room{room}", "-"),
                            wire.sync_step1(f"room{room}", EMPTY_STATE),
                        )
                    ),
                    prefix=lib0.text(f"room{room}"),
                )
                for person in range(1, people + 1)
            ]
            for room in range(rooms)
        ]


class HocuspocusFlush(Hocuspocus):
    """The same, told to gather edits for 40 ms."""

    name = "hocuspocus-flush40"
    flush = "40"


class YWebsocket(Peer):
    """@y/websocket-server, in memory."""

    name = "y-websocket"

    def install(self) -> None:
        """Make it runnable; raises `installed.Missing`."""
        self._node = installed.node()

    def words(self, port: int, folder: Path) -> list[str]:
        """The command line of one process."""
        return [self._node, str(installed.HOME / "y-websocket.mjs"), str(port)]

    async def seat(self, running: Running, rooms: int, people: int) -> list[list[Place]]:
        """Nobody is asked for anything."""
        return _plain(rooms, people)


class PycrdtWebsocket(Peer):
    """pycrdt-websocket on uvicorn, in memory."""

    name = "pycrdt-websocket"

    def install(self) -> None:
        """Make it runnable; raises `installed.Missing`."""
        self._python = installed.python()

    def words(self, port: int, folder: Path) -> list[str]:
        """The command line of one process."""
        return [self._python, str(installed.HOME / "pycrdt_websocket_server.py"), str(port)]

    async def seat(self, running: Running, rooms: int, people: int) -> list[list[Place]]:
        """Nobody is asked for anything."""
        return _plain(rooms, people)


def _plain(rooms: int, people: int) -> list[list[Place]]:
    step1 = message(b"\0\0" + lib0.prefixed(EMPTY_STATE))
    return [
        [Place(f"s{person}", f"/room{room}", "", (step1,), b"") for person in range(1, people + 1)]
        for room in range(rooms)
    ]


EVERYBODY: Final[dict[str, type[Peer]]] = {
    peer.name: peer for peer in (Ours, Hocuspocus, HocuspocusFlush, YWebsocket, PycrdtWebsocket)
}


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started inside runs on this core; we go back to ours."""
    before = os.sched_getaffinity(0)
    if core not in before and len(before) == 1:
        before = {LOAD_CORE}
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, before)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

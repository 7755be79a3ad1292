"""Devices that stop reading cost little, and nobody else anything (issue 5, Backpressure).

Five sockets stop reading while ten people paste 20 kB again and again. Asserted are bytes, not
milliseconds: what the server keeps for each stalled device, and that everybody else has everything.
`python -m tests.bench` measures the rest.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rooms.board_schema import Card, put_card
from rooms.card_words import KINDS
from rooms.session import Session
from server import hocuspocus as wire
from server.app import running
from server.serving import Server, uvicorn_config
from server.settings import Settings
from server.supervisor import SEND_BYTES, listening_socket
from tests.server.conftest import Opened, Person, hear, open_room, until

STALLED, WRITERS = 5, 10
PASTE = 20_000
MOST = 200
"""Pastes of each writer at most. How many it takes until a device is behind is the machine's
affair: a busy server makes fewer and larger frames, and a client takes a few whole frames before
it stops reading."""
COST = 2_000_000
"""Bytes a device that does not read may cost at most."""


class Device:
    """One websocket that holds the board, and a page's document behind it."""

    def __init__(self, line: ClientConnection, person: Person, number: int) -> None:
        self.line, self.person = line, person
        self.doc: Doc[Any] = Doc(client_id=1_000 + number)
        self.board = f"{person.room}/board"
        self.acks = 0
        self.pasted = 0
        self.closed: tuple[int, str] | None = None

    async def begin(self) -> None:
        """Open room and board, and have what is there."""
        for document in (self.person.room, self.board):
            await self.line.send(wire.authenticate(document, self.person.token))
            await hear(self.line, wire.Authenticated)
        await self.line.send(wire.sync_step1(self.board, self.doc.get_state()))
        self.doc.apply_update((await hear(self.line, wire.SyncStep2)).update)

    async def read(self) -> None:
        """Take what comes, as a page does, until the line ends."""
        try:
            async for frame in self.line:
                assert isinstance(frame, bytes)
                match wire.decode_from_server(frame):
                    case wire.SyncStatus(saved=saved):
                        assert saved
                        self.acks += 1
                    case wire.Update(update=update) | wire.SyncStep2(update=update):
                        self.doc.apply_update(update)
                    case wire.Ping():
                        await self.line.send(wire.PONG)
                    case _:
                        pass
        except ConnectionClosed:
            pass
        self.closed = (self.line.close_code or 0, self.line.close_reason or "")

    async def paste(self, enough: Callable[[], bool]) -> None:
        """Put long texts on the own card, one in place of the other, each once the last is
        saved, until there are enough."""
        while not enough():
            self.pasted += 1
            made: list[bytes] = []
            watch = self.doc.observe(partial(_keep, made))
            text = f"{self.pasted} ".ljust(PASTE, "x")
            with self.doc.transaction():
                self._write(text)
            self.doc.unobserve(watch)
            before = self.acks
            await self.line.send(wire.update(self.board, made[0]))
            await until(partial(self._more_than, before))

    def _more_than(self, acks: int) -> bool:
        return self.acks > acks

    def _write(self, text: str) -> None:
        seat = self.person.seat
        known = self.doc.get("cards", type=Map)
        if (id := f"{seat}-1") not in known:
            put_card(self.doc, Card(id, KINDS["insight"], text, author=seat))
            return
        there: Text = known[id]["text"]
        del there[:]
        there += text


def _keep(made: list[bytes], event: Any) -> None:
    made.append(event.update)


def last(doc: Doc[Any]) -> dict[str, int]:
    """The number of the paste that each card of a page holds."""
    return {
        id: int(str(card["text"]).split(" ", 1)[0])
        for id, card in doc.get("cards", type=Map).items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("way", ["direct", "asgi"])
async def test_five_that_stop_reading_cost_two_megabytes_each_and_nobody_else_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "asgi":
        monkeypatch.setattr("server.serving.fits", lambda: False)
    async with AsyncExitStack() as held:
        listening = held.enter_context(listening_socket("127.0.0.1", 0))
        port = listening.getsockname()[1]
        settings = Settings(data=tmp_path / "d", port=port, test_clock=True, seed=1)
        settings.data.mkdir()
        app = await held.enter_async_context(running(settings))
        server = Server(uvicorn_config(app, settings))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.serves.wait()

        async def stop() -> None:
            server.should_exit = True
            await serving

        held.push_async_callback(stop)
        http = await held.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)
        )
        opened: Opened = await open_room(http)
        devices: list[Device] = []
        for n in range(STALLED + WRITERS):
            person = await opened.join(f"Person {n}")
            own = socket.socket()
            if n < STALLED:  # a kernel that keeps little, so that a short run fills it
                own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
            own.connect(("127.0.0.1", port))
            own.setblocking(False)
            line = await held.enter_async_context(
                connect(
                    f"ws://127.0.0.1:{port}/sync",
                    sock=own,
                    compression=None,
                    max_size=None,
                    max_queue=2,
                    close_timeout=0.1,  # who stalled does not answer a close
                    ping_interval=None,
                )
            )
            devices.append(Device(line, person, n))
            await devices[-1].begin()
        stalled, writers = devices[:STALLED], devices[STALLED:]
        delivery = await app.state.site.hub.delivery(opened.room)
        tokens = {device.person.seat for device in stalled}
        slow = [s for s in delivery.sessions if s.device and tokens & set(s.device.seats)]
        assert len(slow) == STALLED

        worst: dict[Session, int] = dict.fromkeys(slow, 0)

        def look() -> None:
            for session in slow:
                worst[session] = max(worst[session], session.outbox.held)

        reading = [asyncio.create_task(device.read()) for device in writers]

        def enough() -> bool:
            pasted = sum(device.pasted for device in writers) * PASTE
            behind = all(session.outbox.overflowed for session in slow)
            return (behind and pasted > COST) or pasted >= WRITERS * MOST * PASTE

        pasting = [asyncio.create_task(device.paste(enough)) for device in writers]
        while not all(task.done() for task in pasting):
            look()
            await asyncio.wait(pasting, timeout=0.01)
        await asyncio.gather(*pasting)
        everything = {f"{writer.person.seat}-1": writer.pasted for writer in writers}
        await until(lambda: all(last(writer.doc) == everything for writer in writers))
        look()

        assert all(session.outbox.overflowed for session in slow), "hollow: nobody stalled"
        # With what the process and the kernel keep for the socket itself.
        assert max(worst.values()) + 65_536 + 2 * SEND_BYTES <= COST
        assert all(writer.closed is None for writer in writers)

        # One reads again: one fresh answer, not the queue, and it has everything. One never does.
        back, never = stalled[0], next(s for s in slow if stalled[1].person.seat in s.device.seats)
        again = asyncio.create_task(back.read())
        await until(lambda: last(back.doc) == everything)
        never.outbox._stall = 0.0  # as after thirty seconds
        last_word = writers[0].pasted + 1
        await writers[0].paste(lambda: writers[0].pasted == last_word)
        await until(lambda: never not in delivery.sessions)
        for task in (*reading, again):
            task.cancel()
        await asyncio.gather(*reading, again, return_exceptions=True)

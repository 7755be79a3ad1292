"""A phone as its page makes it: keeps what has no acknowledgement, comes back by itself, and sends
it again.

Everything it does has a number of its own. An edit writes ` ~e7~` onto a card of its seat. A
command, under the request `s2-7`, puts the card `~s2-7~` on the board where it is the lead's, and
ticks a card or takes the tick back, in turn, where it is anybody else's. So whoever reads the log
and the documents afterwards can tell what is lost and what is there twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from rooms.board_schema import Card, put_card
from rooms.card_words import KINDS
from server import hocuspocus as wire

EDITS_A_CARD: Final = 150
"""Then another card is begun: a card of people is not longer."""

FIRST_WAIT: Final = 0.25
LONGEST_WAIT: Final = 2.0
"""Seconds between tries to come back; the page begins with the same."""

AGAIN: Final = 1.0
"""Seconds after which what could not be saved is sent again."""

OPEN_SECONDS: Final = 5.0


class Phone:
    """One device with one seat. `start` it; `close` it. `trusts`: what is needed to believe an
    https
    front's certificate."""

    def __init__(
        self,
        address: str,
        room: str,
        seat: str,
        token: str,
        *,
        trusts: ssl.SSLContext | None = None,
    ) -> None:
        self.address = address
        self._trusts = trusts
        self.room, self.seat, self._token = room, seat, token
        self.board = f"{room}/board"
        self.doc: Doc[Any] = Doc(client_id=random.getrandbits(32))
        self.ticks = ""
        """The card it ticks; "" for the lead, who puts cards there."""
        self.written = 0
        self.saved: set[int] = set()
        """Numbers of edits that were acknowledged."""
        self.asked = 0
        self.waiting: dict[str, dict[str, Any]] = {}
        """Commands without an answer, by request."""
        self.done: dict[int, int] = {}
        """Number of a command -> of its commit."""
        self.lines = 0
        self.gaps: list[float] = []
        """Seconds between the loss of each line and the next."""
        self.closed: list[int] = []
        """The code of each line that ended."""
        self.refused: list[str] = []
        self.heard: Callable[[dict[str, Any]], None] = lambda message: None
        self.open = asyncio.Event()
        """Set while there is a line with the board in order."""
        self._put_off: set[str] = set()
        self._sent: deque[tuple[int, ...]] = deque()
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._lost = 0.0
        self._authenticated = False

    async def start(self) -> Phone:
        """Come in, and stay until `close`."""
        self._task = asyncio.create_task(self._stay())
        async with asyncio.timeout(60):
            await self.open.wait()
        return self

    async def close(self) -> None:
        """Hang up for good."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._again:
            self._again.cancel()

    # What the person does -------------------------------------------------------------------------

    async def write(self) -> None:
        """One edit; it is kept here whether there is a line or not."""
        self.written += 1
        number = self.written
        card = f"{self.seat}-{(number - 1) // EDITS_A_CARD}"
        before = self.doc.get_state()
        with self.doc.transaction():
            cards = self.doc.get("cards", type=Map)
            if card in cards:
                text: Text = cards[card]["text"]
                text += f" ~e{number}~"
            else:
                made = Card(card, KINDS["insight"], f" ~e{number}~", author=self.seat)
                put_card(self.doc, made)
        await self._send_edit(wire.update(self.board, self.doc.get_update(before)), (number,))

    async def ask(self) -> None:
        """One command."""
        self.asked += 1
        request = f"{self.seat}-{self.asked}"
        command: dict[str, Any] = {"type": "note.tick", "card": self.ticks}
        command["on"] = self.asked % 2 > 0
        if not self.ticks:
            command = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
            command["text"] = f"~{request}~"
        self.waiting[request] = {"request": request, "command": command}
        if self._authenticated and self._again is None:  # else after what waits, in order
            await self._send(wire.stateless(self.room, json.dumps(self.waiting[request])))

    @property
    def unsaved(self) -> int:
        """What the page would say is not saved."""
        return self.written - len(self.saved) + len(self.waiting)

    def texts(self) -> dict[str, str]:
        """Every card of the board as it stands here."""
        cards: Map[Any] = self.doc.get("cards", type=Map)
        return {id: str(cards[id]["text"]) for id in sorted(cards.keys())}

    # The line -------------------------------------------------------------------------------------

    async def _stay(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    # As the page does: a front sends all people of a room to one process.
                    url = f"ws{self.address.removeprefix('http')}/sync?room={self.room}"
                    socket = await connect(
                        url,
                        ssl=self._trusts,
                        compression=None,
                        max_size=None,
                        ping_interval=None,
                    )
            except (OSError, TimeoutError, InvalidHandshake, EOFError):
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))
                wait = min(wait * 1.8, LONGEST_WAIT)
                continue
            wait = FIRST_WAIT
            try:
                await self._talk(socket)
            except WebSocketException:
                pass
            finally:
                self.open.clear()
                self._authenticated = False
                self._socket = None
                self._lost = time.monotonic()
                socket.transport.abort()
            self.closed.append(socket.close_code or 0)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))

    async def _talk(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent.clear()
        for name in (self.room, self.board):
            await socket.send(wire.authenticate(name, self._token))
            state = self.doc.get_state() if name == self.board else b"\x00"
            await socket.send(wire.sync_step1(name, state))
        while True:
            # As the page does: a line on which nothing is said for 12 s is dead.
            async with asyncio.timeout(12):
                frame = await socket.recv(decode=False)
            await self._take(wire.decode_from_server(frame))

    async def _take(self, message: wire.FromServer) -> None:
        match message:
            case wire.Ping():
                await self._send(wire.PONG)
            case wire.Authenticated(name=name) if name == self.room:
                self._authenticated = True
                for payload in list(self.waiting.values()):
                    await self._send(wire.stateless(self.room, json.dumps(payload)))
            case wire.SyncStep1(name=name, state_vector=known) if name == self.board:
                everything = tuple(range(1, self.written + 1))
                lacking = self.doc.get_update(known)
                self._here()
                await self._send_edit(wire.sync_step2(name, lacking), everything)
            case wire.SyncStep2(name=name, update=update) | wire.Update(name=name, update=update):
                if name == self.board:
                    self.doc.apply_update(update)
            case wire.SyncStatus(name=name, saved=saved) if name == self.board:
                numbers = self._sent.popleft()
                if saved:
                    self.saved.update(numbers)
                else:
                    self._sync_again()
            case wire.Stateless(payload=payload):
                self._hear(json.loads(payload))
            case _:
                pass

    def _here(self) -> None:
        if not self.open.is_set():
            self.lines += 1
            if self._lost:
                self.gaps.append(time.monotonic() - self._lost)
            self.open.set()

    def _hear(self, message: dict[str, Any]) -> None:
        request = message.get("request", "")
        if message["type"] == "done" and self.waiting.pop(request, None):
            self.done[int(request.rpartition("-")[2])] = message["seq"]
        elif message["type"] == "refused":
            if message.get("again"):
                self._put_off.add(request)
            # Else what was judged without one before it that could not be saved is sent again too.
            elif not self._put_off.intersection(self._before(request)):
                self.waiting.pop(request, None)
            self.refused.append(f"{message['reason']}: {message['message']}")
            self._sync_again()
        self.heard(message)

    def _before(self, request: str) -> Iterable[str]:
        return itertools.takewhile(lambda other: other != request, self.waiting)

    def _sync_again(self) -> None:
        """What could not be saved is offered again in a while: edits by what the server lacks."""
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(AGAIN, self._offer)

    def _offer(self) -> None:
        self._again = None
        self._put_off.clear()
        self._offering = asyncio.ensure_future(self._offer_all())

    async def _offer_all(self) -> None:
        if self.open.is_set():
            await self._send(wire.sync_step1(self.board, self.doc.get_state()))
            for payload in list(self.waiting.values()):
                await self._send(wire.stateless(self.room, json.dumps(payload)))

    async def _send_edit(self, frame: bytes, numbers: tuple[int, ...]) -> None:
        if self._socket is not None and self.open.is_set():
            self._sent.append(numbers)
            await self._send(frame)

    async def _send(self, frame: bytes) -> None:
        if self._socket is not None:
            with contextlib.suppress(WebSocketException):  # the reader sees it, and comes back
                await self._socket.send(frame)

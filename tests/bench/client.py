"""A device on the websocket: speaks Hocuspocus framing, holds a document or only listens.

Marks are what is measured: `~17~` somewhere in an edit or in a line said to all. A listener finds
them in the bytes as they arrive, whatever they were merged with; only those that write (and a few
that are asked to) hold the board itself.
"""

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect

from server import hocuspocus as wire

MARK: Final = re.compile(rb"~(\d+)~")

EMPTY_STATE: Final = b"\x00"
EMPTY_UPDATE: Final = b"\x00\x00"

READY_SECONDS: Final = 30.0
"""Seconds until a device must have its documents."""

Seen = Callable[[int, float], None]


def _empty_doc() -> "Doc[Map[object]]":
    # As Yjs chooses it: pycrdt's own ids of 53 bits are refused by the update gate.
    return Doc(client_id=random.getrandbits(32))


class Client:
    """One device. `seen` is told each mark as it arrives and when (`perf_counter`)."""

    def __init__(
        self, url: str, room: str, token: str, seen: Seen | None = None, holds: bool = False
    ) -> None:
        self._url = url
        self._token = token
        self._seen = seen
        self.room = room
        self.board = f"{room}/board"
        self.doc: Doc[Map[object]] | None = _empty_doc() if holds else None
        self.frames = 0
        self.received = 0  # bytes
        self.refused: list[str] = []
        # Updates and steps 2 of the board, oldest first: each is answered once, in order.
        self._unanswered: deque[asyncio.Future[float]] = deque()
        self.changed = asyncio.Event()
        """Set whenever the held board has changed."""
        self._synced = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and wait until the board has been received."""
        self._socket = await connect(self._url, compression=None, max_size=None)
        self._reading = asyncio.create_task(self._read(self._socket))
        for name in (self.room, self.board):
            state = self.doc.get_state() if self.doc and name == self.board else EMPTY_STATE
            await self._socket.send(wire.authenticate(name, self._token))
            await self._socket.send(wire.sync_step1(name, state))
        async with asyncio.timeout(READY_SECONDS):
            await self._synced.wait()

    async def close(self) -> None:
        """Hang up."""
        if self._socket:
            await self._socket.close()
        if self._reading:
            await asyncio.gather(self._reading, return_exceptions=True)

    def cards(self) -> list[str]:
        """Ids of the cards on the board."""
        assert self.doc is not None
        cards: Map[object] = self.doc.get("cards", type=Map)
        return sorted(cards.keys())

    def text_of(self, card: str) -> str:
        """The text of a card."""
        return str(self._text(card))

    async def write(self, card: str, text: str) -> tuple[float, asyncio.Future[float]]:
        """Append to the card's text; when it was sent (`perf_counter`), and when it will have
        been answered."""
        assert self.doc is not None
        before = self.doc.get_state()
        shared = self._text(card)
        shared += text
        return await self._send(before)

    async def replace(self, card: str, text: str) -> tuple[float, asyncio.Future[float]]:
        """Put a text in the place of the card's; returns as `write` does."""
        assert self.doc is not None
        before = self.doc.get_state()
        with self.doc.transaction():
            shared = self._text(card)
            shared.clear()
            shared += text
        return await self._send(before)

    def stall(self) -> None:
        """Read no longer, as a phone whose page is frozen."""
        assert self._socket is not None
        self._socket.transport.pause_reading()

    async def how_closed(self) -> int:
        """Read again what is left; the code with which the server has closed the line, 1006 when
        it was cut."""
        assert self._socket is not None
        assert self._reading is not None
        self._socket.transport.resume_reading()
        await asyncio.gather(self._reading, return_exceptions=True)
        return self._socket.close_code or 0

    @property
    def port(self) -> int:
        """Of this end of the line."""
        assert self._socket is not None
        return int(self._socket.local_address[1])

    async def _send(self, before: bytes) -> tuple[float, asyncio.Future[float]]:
        assert self.doc is not None
        assert self._socket is not None
        change = self.doc.get_update(before)
        answered = self._ask()
        sent = time.perf_counter()
        await self._socket.send(wire.update(self.board, change))
        return sent, answered

    def _ask(self) -> asyncio.Future[float]:
        self._unanswered.append(asyncio.get_running_loop().create_future())
        return self._unanswered[-1]

    def _text(self, card: str) -> Text:
        assert self.doc is not None
        cards: Map[object] = self.doc.get("cards", type=Map)
        entry = cards[card]
        assert isinstance(entry, Map)
        text = entry["text"]
        assert isinstance(text, Text)
        return text

    def _apply(self, update: bytes) -> None:
        assert self.doc is not None
        self.doc.apply_update(update)
        self.changed.set()

    async def _read(self, socket: ClientConnection) -> None:
        async for frame in socket:
            arrived = time.perf_counter()
            if isinstance(frame, str):
                continue
            self.frames += 1
            self.received += len(frame)
            if self._seen:
                for mark in MARK.findall(frame):
                    self._seen(int(mark), arrived)
            await self._take(socket, frame)

    async def _take(self, socket: ClientConnection, frame: bytes) -> None:
        if self.doc is None and self._synced.is_set() and frame != wire.PING:
            return  # a listener has no use for what is inside
        match wire.decode_from_server(frame):
            case wire.Ping():
                await socket.send(wire.PONG)
            case wire.SyncStep1(name=name):
                mine = self.doc.get_update() if self.doc and name == self.board else EMPTY_UPDATE
                if name == self.board:
                    self._ask()
                await socket.send(wire.sync_step2(name, mine))
            case wire.SyncStep2(name=name, update=update) if name == self.board:
                if self.doc:
                    self._apply(update)
                self._synced.set()
            case wire.Update(name=name, update=update) if name == self.board and self.doc:
                self._apply(update)
            case wire.SyncStatus(name=name, saved=saved) if name == self.board:
                if self._unanswered:
                    self._unanswered.popleft().set_result(time.perf_counter())
                if not saved:
                    self.refused.append(f"{name}: an update was not taken")
            case wire.PermissionDenied(name=name, reason=reason):
                self.refused.append(f"{name}: {reason}")
            case wire.Stateless(payload=payload) if '"type":"refused"' in payload:
                self.refused.append(payload)
            case _:
                pass

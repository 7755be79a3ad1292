"""uvicorn's websocket protocol with a way past ASGI: ready-made frames straight to the transport.

A frame that goes to two hundred people is made once and written as the same bytes two hundred
times; ASGI would make it two hundred times. This leans on the inside of uvicorn, whose version is
pinned: `fits` looks for what is used here, and where it is not there, or another server serves the
application, everything goes the plain ASGI way (`server/sockets.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.lean import Event, Queue

KNOWN: Final = "0.54."
"""Versions of uvicorn whose inside is known."""

USED: Final = (
    "connection_lost",
    "handle_bytes",
    "handle_close",
    "handle_parser_exception",
    "pause_writing",
    "resume_writing",
    "run_asgi",
    "send",
    "shutdown",
)
"""What of it is used, apart from `transport`, `scope`, `queue` and `writable`."""

EXTENSION: Final = "talanoa.direct"
"""Where an ASGI scope carries the protocol."""

BINARY: Final = 0x82
"""The first byte of a websocket frame that is binary and whole."""


def fits(version: str = uvicorn.__version__, protocol: type = WebSocketsSansIOProtocol) -> bool:
    """Whether uvicorn's inside is what this module was written for."""
    return version.startswith(KNOWN) and all(
        callable(getattr(protocol, name, None)) for name in USED
    )


def framed(payload: bytes) -> bytes:
    """A server's whole binary websocket frame (RFC 6455 5.2): its bytes are masked for nobody."""
    length = len(payload)
    if length < 126:
        return bytes((BINARY, length)) + payload
    if length < 65_536:
        return bytes((BINARY, 126)) + length.to_bytes(2) + payload
    return bytes((BINARY, 127)) + length.to_bytes(8) + payload


def payload(frame: bytes) -> bytes:
    """What is in a frame made by `framed`."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def _told_nobody(free: bool) -> None:
    pass


class Direct(WebSocketsSansIOProtocol):
    """A websocket whose transport may be written to; `free` says when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue: Queue[Any] = Queue()  # type: ignore[assignment]
        self.writable: Event = Event()  # type: ignore[assignment]
        self.writable.set()
        self.free = False
        """Whether it takes a frame now: the websocket is open, and its buffer is not full."""
        self.told: Callable[[bool], None] = _told_nobody
        """Called with `free` whenever it changes: who writes twenty thousand frames a second looks
        at something nearer."""
        self.taken: Callable[[bytes], bool] | None = None
        """Asked for each binary message in one frame that arrives while ASGI has none waiting;
        where it says no, ASGI gets it."""
        self._room: asyncio.Future[None] | None = None
        self._begun = self._ended = False

    @property
    def kept(self) -> int:
        """Bytes written and not yet taken by the kernel."""
        return 0 if self._ended else self.transport.get_write_buffer_size()

    def write(self, frame: bytes) -> None:
        """Write a frame made by `framed`. Only while it is `free`."""
        try:
            self.transport.write(frame)
        except RuntimeError:
            self.broken()

    def broken(self) -> None:
        """The transport is closed, and the loop has not said so yet."""
        self._end()

    async def room(self) -> None:
        """Wait until it takes frames again; returns as well when it never will."""
        while not (self.free or self._ended):
            if self._room is None or self._room.done():
                self._room = self.loop.create_future()
            await asyncio.shield(self._room)

    def begin(self) -> None:
        """The websocket is accepted: from now on frames may be written past ASGI."""
        self._begun = True
        for done in ("request", "response"):  # kilobytes of what was asked for with it
            self.__dict__.pop(done, None)
        if self.writable.is_set() and not self.transport.is_closing():
            self._open()

    def handle_bytes(self, event: Any) -> None:
        """A binary message, or the first part of one: past ASGI to who takes it."""
        first = event.fin and not self._ended and self.queue.empty()
        if not (first and self.taken is not None and self.taken(bytes(event.data))):
            super().handle_bytes(event)

    def let_go(self) -> None:
        """Whoever was told is told no more, and the scope no longer leads here."""
        self.told, self.taken = _told_nobody, None
        (self.scope["extensions"] or {}).pop(EXTENSION, None)

    async def run_asgi(self) -> None:
        """Serve the application, which finds this in its scope."""
        extensions: dict[str, Any] = {**(self.scope["extensions"] or {}), EXTENSION: self}
        self.scope["extensions"] = extensions
        await super().run_asgi()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        super().pause_writing()
        self._free(False)

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        self._open()

    async def send(self, message: Any) -> None:
        """What goes the ASGI way; nothing follows a close."""
        if message["type"] == "websocket.close":
            self._end()
        await super().send(message)

    def handle_close(self, event: Any) -> None:
        """The other side closes."""
        self._end()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """The other side broke the protocol."""
        self._end()
        super().handle_parser_exception()

    def shutdown(self) -> None:
        """The server ends."""
        self._end()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        self._end()
        super().connection_lost(exc)
        self.conn.parser.close()  # a generator that holds it

    def _open(self) -> None:
        if self._begun and not self._ended:
            self._free(True)

    def _free(self, free: bool) -> None:
        self.free = free
        self.told(free)
        if free:
            self._go_on()

    def _go_on(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _end(self) -> None:
        self._free(False)
        self._ended = True
        self._go_on()

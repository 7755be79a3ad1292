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
from websockets import frames

KNOWN: Final = "0.54."
"""Versions of uvicorn whose inside is known."""

USED: Final = (
    "connection_lost",
    "data_received",
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


SEVERAL: Final = frozenset((0x00, 0x01, 0x02, 0x80))
"""First bytes of frames that are part of a message, without the bits an extension may set."""

LOST: Final = -1
"""Where the next frame begins is not known."""


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


_apply_mask: Callable[[bytes, bytes], bytes] = vars(frames)["apply_mask"]
"""In C where `websockets` could be compiled."""


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """What a client's frame says (RFC 6455 5.3)."""
    return _apply_mask(payload, mask)


def _told_nobody(free: bool) -> None:
    pass


class Direct(WebSocketsSansIOProtocol):
    """A websocket whose transport may be written to; `free` says when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = False
        """Whether it takes a frame now: the websocket is open, and its buffer is not full."""
        self.told: Callable[[bool], None] = _told_nobody
        """Called with `free` whenever it changes: who writes twenty thousand frames a second looks
        at something nearer."""
        self.taken: Callable[[bytes], bool] | None = None
        """Asked for each whole binary message of less than 64 KiB that arrives while ASGI has none
        waiting; where it says no, ASGI gets it."""
        self._room: asyncio.Future[None] | None = None
        self._begun = self._ended = False
        self._chunks = 0
        self._owed = 0  # bytes of a frame still to come; below nothing when we lost count

    @property
    def kept(self) -> int:
        """Bytes written and not yet taken by the kernel."""
        return 0 if self._ended else self.transport.get_write_buffer_size()

    def write(self, frame: bytes) -> None:
        """Write a frame made by `framed`. Only while it is `free`."""
        try:
            self.transport.write(frame)
        except RuntimeError:  # closed, and the loop has not said so yet
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

    def data_received(self, data: bytes) -> None:
        """What arrives: frames straight to who takes them, all else to uvicorn."""
        if self._owed or not self._begun:
            self._follow(data)
        else:
            data = self._take(data)
            if not data:
                return
            self._follow(data)
        super().data_received(data)

    def _take(self, data: bytes) -> bytes:
        """Pass on the whole binary frames that `data` begins with, in order, up to the first that
        is not taken; returns the rest."""
        at, end = 0, len(data)
        taken = self.taken
        while taken is not None and at + 6 <= end and not self._ended:
            length = data[at + 1] - 128
            if data[at] != BINARY or not 0 <= length < 127 or not self.queue.empty():
                break
            begin = at + 2
            if length == 126:
                length = int.from_bytes(data[begin : begin + 2])
                begin += 2
            after = begin + 4 + length
            if after > end or not taken(unmasked(data[begin + 4 : after], data[begin : begin + 4])):
                break
            at = after
        return data[at:] if at else data

    def _follow(self, data: bytes) -> None:
        """Keep count of frames that uvicorn reads, to know where the next one begins. Where a head
        is cut in two, or a message is in several frames, it reads all that follows."""
        self._chunks += 1
        if not self._begun:  # the first chunk asks for a websocket
            if self._chunks > 1 or not data.endswith(b"\r\n\r\n"):
                self._owed = LOST
            return
        at = self._owed
        if at < 0:
            return
        end = len(data)
        while at < end:
            wide = data[at + 1] & 127 if at + 2 <= end else -1
            more = {126: 2, 127: 8}.get(wide, 0)
            if wide < 0 or at + 2 + more > end or data[at] & 143 in SEVERAL:
                self._owed = LOST
                return
            length = int.from_bytes(data[at + 2 : at + 2 + more]) if more else wide
            at += 2 + more + 4 + length
        self._owed = at - end

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

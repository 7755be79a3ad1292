"""A websocket line that costs next to nothing: thousands of them fit in one process.

Binary messages only, no extensions, masked with zeros. A line either hands every message to
somebody (`heard`), or looks for what is counted in the bytes as they come, or only drains.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, cast

BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9

READ_AT_ONCE: Final = 262_144
"""Bytes of the buffer that all draining lines share: what they read nobody looks at."""

_shared = bytearray(READ_AT_ONCE)


def message(payload: bytes, opcode: int = BINARY) -> bytes:
    """A message from a client, as it goes over the line."""
    size = len(payload)
    head = bytes((0x80 | opcode,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 65_536:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    # A mask of zeros leaves the payload as it is, which saves a pass over it.
    return head + b"\0\0\0\0" + payload


PONG: Final = message(b"", 10)


async def waited(there: Callable[[], bool], seconds: float, pace: float = 0.02) -> bool:
    """Look again and again, at this pace in seconds, until it is there or the time is over.

    Looked for and not told: what is waited for are thousands of bytes on hundreds of lines.
    """
    until = time.perf_counter() + seconds
    while not (found := there()) and time.perf_counter() < until:  # noqa: ASYNC110
        await asyncio.sleep(pace)
    return found


def size_of(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Head and payload of the message that begins at `at`, in bytes; (0, 0): not yet known."""
    left = len(data) - at
    if left < 2:
        return 0, 0
    size = data[at + 1] & 0x7F
    if size < 126:
        return 2, size
    head = 4 if size == 126 else 10
    return (head, int.from_bytes(data[at + 2 : at + head], "big")) if left >= head else (0, 0)


class Line(asyncio.BufferedProtocol):
    """One connection. Set `heard` to be given every message, or `counted` to be given the bytes
    of all whole messages that came together (heads and all); without either they are dropped."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.heard: Callable[[bytes], None] | None = None
        self.counted: Callable[[bytearray], None] | None = None
        self.draining = False
        self.received = 0  # bytes
        self.messages = 0  # not counted while draining
        self.lost: str = ""
        """Why the line ended, when it was not we who ended it."""
        self._transport: asyncio.Transport | None = None
        self._data = bytearray()
        self._wanted = 1
        self._upgraded = False
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, framed: bytes) -> None:
        """Send what `message` made."""
        if self._transport is not None:
            self._transport.write(framed)

    def close(self) -> None:
        """Hang up without a word."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line ended."""
        self._transport = None
        if not self._closing and not self.lost:
            self.lost = repr(exc) if exc else "the server hung up"
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(self.lost or "closed"))

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where to read to."""
        return _shared

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes are here."""
        self.received += nbytes
        if self.draining:
            return
        self._data += memoryview(_shared)[:nbytes]
        if not self._upgraded and not self._answered():
            return
        if len(self._data) >= self._wanted:
            self._take()

    def _answered(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._upgraded = self._data.startswith(b"HTTP/1.1 101")
        if not self._upgraded:
            self.lost = bytes(self._data[:200]).decode(errors="replace")
            self.close()
            return False
        del self._data[: end + 4]
        if not self.opened.done():
            self.opened.set_result(None)
        return True

    def _take(self) -> None:
        data, at = self._data, 0
        while True:
            head, size = size_of(data, at)
            if not head or at + head + size > len(data):
                self._wanted = head + size if head else len(data) - at + 1
                break
            self.messages += 1
            kind = data[at] & 0x0F
            if kind == PING:
                self.send(PONG)
            elif kind == CLOSE:
                words = bytes(data[at + head : at + head + size])
                self.lost = f"{int.from_bytes(words[:2], 'big')} {words[2:].decode()}"
            elif self.heard is not None:
                self.heard(bytes(data[at + head : at + head + size]))
            at += head + size
        if at:
            if self.counted is not None:
                self.counted(data if at == len(data) else data[:at])
            del data[:at]


async def connected(port: int, path: str, headers: str = "") -> Line:
    """An open line to a server of this machine; raises `ConnectionError`."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, "127.0.0.1", port)
    line.send(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
    )
    await line.opened
    return line

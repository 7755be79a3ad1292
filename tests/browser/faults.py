"""A network that can be cut, swallow everything, or crawl: a SOCKS proxy each browser may have of
its own, so that addresses and origins stay as they are."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Final, Literal

State = Literal["open", "cut", "hole"]
Way = Literal["up", "down"]

CHUNK: Final = 16_384
LUMPS_A_SECOND: Final = 50
"""In so many pieces what has a pace arrives: in large lumps it would not be slow in between."""

UNDERWAY: Final = 1_024
"""Pieces on their way of one connection; then the sender has to wait."""


class Network:
    """One browser's way to the server. `state`: "open"; "cut", connections end and none begin;
    "hole", bytes are taken and never arrive, as on a train. `delay` is added each way (seconds),
    and twice before a connection stands; `rate` is what all connections share each way (bytes a
    second, 0: as much as there is). `moved` counts the bytes that came, heads and all."""

    def __init__(self) -> None:
        self.state: State = "open"
        self.delay = 0.0
        self.rate = 0
        self.moved: dict[Way, int] = {"up": 0, "down": 0}
        self._free: dict[Way, float] = {"up": 0.0, "down": 0.0}
        self._connections = 0
        self._lost = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._dropped = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))

    @property
    def address(self) -> str:
        """What the browser is told to use."""
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """All connections end now, and new ones fail until `mend`."""
        self.state = "cut"
        self._call(self._drop())

    def swallow(self) -> None:
        """From now on nothing arrives in either direction, and nobody is told."""
        self.state = "hole"

    def lose(self) -> None:
        """The connections there are swallow everything, as when a router forgets them; new ones
        work."""
        self._lost = self._connections

    def mend(self) -> None:
        """New connections work again; those that fell into the hole are lost."""
        self._call(self._drop())
        self.state = "open"

    def close(self) -> None:
        """End the proxy."""
        self.cut()
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _end(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._drop()

    async def _drop(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()
        self._dropped.set()
        self._dropped = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "cut":
            writer.transport.abort()
            return
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            host, port = await _asked(reader, writer)
            await asyncio.sleep(2 * self.delay)
            far_reader, far_writer = await asyncio.open_connection(host, port)
            self._connections += 1
            number = self._connections
            self._writers.add(far_writer)
            writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            pumps = [
                asyncio.ensure_future(self._pump(number, "up", reader, far_writer)),
                asyncio.ensure_future(self._pump(number, "down", far_reader, writer)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            far_writer.transport.abort()
            self._writers.discard(far_writer)
        writer.transport.abort()
        self._writers.discard(writer)

    async def _pump(
        self, number: int, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDERWAY)
        arriving = asyncio.ensure_future(self._arrive(number, underway, writer))
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(CHUNK):
                    self.moved[way] += len(data)
                    size = -(-self.rate // LUMPS_A_SECOND) or CHUNK
                    for at in range(0, len(data), size):
                        piece = data[at : at + size]
                        await underway.put((self._due(way, len(piece)), piece))
                await underway.put((0.0, b""))
                await arriving
        finally:
            arriving.cancel()
            await asyncio.gather(arriving, return_exceptions=True)

    def _due(self, way: Way, size: int) -> float:
        """When a piece that begins now has arrived, behind all others of its way."""
        now = self._loop.time()
        self._free[way] = max(now, self._free[way]) + (size / self.rate if self.rate else 0.0)
        return self._free[way] + self.delay

    async def _arrive(
        self,
        number: int,
        underway: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
    ) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = await underway.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not data:
                    return
                if self.state == "hole" or number <= self._lost:
                    await self._dropped.wait()  # kept here for good, then let go of
                    return
                writer.write(data)
                await writer.drain()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """The SOCKS5 greeting and request: where to."""
    _version, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    _version, _command, _reserved, kind = await reader.readexactly(4)
    if kind == 1:
        host = ".".join(map(str, await reader.readexactly(4)))
    else:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode()
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    return host, port

"""The light line speaks websocket with a real server, and cuts messages apart as they come."""

import asyncio
import random

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.bench.line import connected, message, size_of, waited

SIZES = (0, 1, 125, 126, 65_535, 65_536, 200_000)


def test_a_message_says_its_own_size() -> None:
    for size in SIZES:
        framed = message(b"x" * size)
        head, found = size_of(framed, 0)
        # A client's has four bytes of mask between head and payload.
        assert found == size
        assert len(framed) == head + 4 + size


async def test_every_message_arrives_whole_whatever_its_size() -> None:
    async def echo(line: ServerConnection) -> None:
        async for said in line:
            await line.send(said)
            await line.ping()

    heard: list[bytes] = []
    together = bytearray()
    async with serve(echo, "127.0.0.1", 0, max_size=None, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        line = await connected(port, "/")
        line.heard, line.counted = heard.append, together.extend
        sent = [random.Random(size).randbytes(size) for size in SIZES]
        for payload in sent:
            line.send(message(payload))
        assert await waited(lambda: len(heard) == len(sent), 5.0)
        assert heard == sent
        assert sum(map(len, sent)) < len(together) <= line.received
        assert line.messages >= len(sent)
        line.close()
        assert line.lost == ""


async def test_a_line_that_is_turned_away_says_why() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ConnectionError, match="429"):
            await connected(server.sockets[0].getsockname()[1], "/")

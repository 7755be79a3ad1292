"""The TCP door: half requests, vanished peers (U3, U5)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from server import hocuspocus as wire
from server import protocol
from tests.server.conftest import Live, hear, open_room

HALF = b"GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"


async def _let_go(live: Live, said: bytes) -> None:
    """Say this and nothing more, and wait until the other side hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
    writer.write(said)
    with suppress(ConnectionError):
        async with asyncio.timeout(10):
            while await reader.read(1_000):
                pass
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("said", [b"", HALF], ids=["silent", "half a handshake"])
async def test_u5_half_requests_do_not_keep_a_place(
    live: Live, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    await asyncio.gather(*(_let_go(live, said) for _ in range(20)))


async def test_u5_a_second_request_has_the_same_deadline(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    await _let_go(live, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /he")


async def test_u5_an_accepted_websocket_is_not_cut_by_the_deadline(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.1)
    async with httpx.AsyncClient(base_url=live.origin) as http:
        room = await open_room(http)
    async with live.dial() as line:
        await line.send(wire.authenticate(room.room, room.lead.token))
        await hear(line, wire.Authenticated)
        await asyncio.sleep(0.3)  # past the deadline of the head, which must not matter
        await line.send(wire.PING)
        await hear(line, wire.Pong)


def test_connections_inherit_the_limit_for_dead_peers() -> None:
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("this system has no TCP_USER_TIMEOUT")
    with protocol.listening_socket("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert limit == protocol.DEAD_PEER_MS


def test_a_taken_port_is_an_os_error() -> None:
    with protocol.listening_socket("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            protocol.listening_socket("127.0.0.1", first.getsockname()[1])

"""The TCP door: half requests, vanished peers (U3, U5)."""

from __future__ import annotations

import asyncio
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

    async with httpx.AsyncClient(base_url=live.origin) as http:
        room = await open_room(http)
    deadlines: list[asyncio.TimerHandle] = []
    arm = protocol.Prompt._arm

    def armed(door: protocol.Prompt) -> None:
        arm(door)
        assert door._timer
        deadlines.append(door._timer)

    monkeypatch.setattr(protocol.Prompt, "_arm", armed)
    async with live.dial() as line:
        await line.send(wire.authenticate(room.room, room.lead.token))
        await hear(line, wire.Authenticated)
        assert [deadline.cancelled() for deadline in deadlines] == [True]
        await line.send(wire.PING)
        await hear(line, wire.Pong)

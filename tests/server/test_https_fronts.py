"""A room behind nginx and behind Caddy, set up as docs/operations.md says (issue 5,
*Operations*)."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.server.hall import Hall
from tests.server.https_fronts import Caddy, HttpsFront, Nginx
from tests.server.processes import Process
from tests.waiting import until

pytestmark = pytest.mark.slow

ELSEWHERE = Origin("https://elsewhere.example")

FRONTS = pytest.mark.parametrize("made", [Nginx, pytest.param(Caddy, marks=pytest.mark.long)])


@FRONTS
async def test_one_server_behind_a_front(made: type[HttpsFront], tmp_path: Path) -> None:
    front = made(tmp_path / "front")
    async with Hall(tmp_path, front=front, phones=4) as hall:
        async with httpx.AsyncClient(base_url=front.address, verify=front.trusts) as client:
            await _looks_right(client, front)
            await _believes_nobody(hall.processes[0], front)
        hall.load(edits=40)
        await hall.saved(40)
        await front.reload()
        await hall.saved(80)
        assert not any(phone.closed for phone in hall.phones), "a reload cuts nobody's line"
        await hall.judge()


async def _looks_right(client: httpx.AsyncClient, front: HttpsFront) -> None:
    opened = await client.post("/", data={"title": "Wells", "facilitator": "Amina"})
    assert opened.status_code == 303, opened.text
    assert "secure" in opened.headers["set-cookie"].lower()
    assert (await client.get("/metrics")).status_code == 404
    assert (await client.get("/healthz")).status_code == 200
    plain = await client.get(f"http://localhost:{front.plain}/healthz")
    assert plain.status_code in (301, 308)
    assert plain.headers["location"].startswith("https://localhost")
    # Up to what photos may be, the server itself judges; beyond that nothing reaches it.
    for size in (2_500_000, 4_000_000):
        kind = {"content-type": "application/json"}
        much = await client.post("/api/rooms", content=b"x" * size, headers=kind)
        assert much.status_code == 413
        assert ("error" in much.text) == (size < 3_000_000 or front.name == "caddy")


async def _believes_nobody(process: Process, front: HttpsFront) -> None:
    """A page from elsewhere is refused, and who says that they speak for others is not believed."""
    url = f"wss{front.address.removeprefix('https')}/sync"
    claims = {"X-Forwarded-For": "203.0.113.9"}
    with pytest.raises(InvalidStatus):
        await connect(
            url,
            ssl=front.trusts,
            origin=Origin("https://elsewhere.example"),
            additional_headers=claims,
        )

    async def logged() -> bool:
        return any("wrong_origin" in line for line in process.log)

    await until(logged)
    (line,) = (json.loads(line) for line in process.log if "wrong_origin" in line)
    assert line["address"] == "127.0.0.1"
    async with connect(url, ssl=front.trusts, origin=Origin(front.address)):
        pass


@FRONTS
@pytest.mark.redis
async def test_several_servers_behind_a_front(
    made: type[HttpsFront], tmp_path: Path, redis_url: str
) -> None:
    front = made(tmp_path / "front")
    async with Hall(tmp_path, front=front, redis=redis_url, processes=2, phones=4) as hall:
        devices = [await _devices(process) for process in hall.processes]
        assert sorted(devices) == [0, 4], "a room's people are at one process"
        serving = hall.processes[devices.index(4)]
        hall.load(edits=40)
        await hall.saved(40)
        serving.signal(signal.SIGTERM)
        assert await serving.ended() == 0
        await hall.saved(80)
        assert not any(phone.refused for phone in hall.phones)
        await hall.judge()


async def _devices(process: Process) -> int:
    async with httpx.AsyncClient(base_url=process.address) as client:
        text = (await client.get("/metrics")).text
    (found,) = (line for line in text.splitlines() if line.startswith("talanoa_devices "))
    return int(float(found.split()[1]))

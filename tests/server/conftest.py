"""A real hub over a real SQLite file behind the real application, and people who come to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from rooms.clock import TestClock
from server import hocuspocus as wire
from server.app import running
from server.serving import Server, uvicorn_config
from server.settings import Settings
from server.site import Site
from server.supervisor import listening_socket


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Loopback, a fresh folder, time that stands still."""
    return Settings(data=tmp_path / "data", test_clock=True, seed=1)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The application over its own storage."""
    settings.data.mkdir(parents=True, exist_ok=True)
    async with running(settings) as made:
        yield made


@pytest.fixture
def site(app: Starlette) -> Site:
    """Its parts."""
    found: Site = app.state.site
    return found


@pytest.fixture
def clock(site: Site) -> TestClock:
    """The clock the tests move."""
    assert isinstance(site.clock, TestClock)
    return site.clock


def browser(app: Starlette, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client with cookies of its own, as if it came from `address`."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    async with browser(app) as made:
        yield made


@dataclass
class Person:
    """Somebody with a token, over HTTP."""

    http: httpx.AsyncClient
    room: str
    seat: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that says who."""
        return {"Authorization": f"Bearer {self.token}"}

    async def view(self, **query: str) -> dict[str, Any]:
        """What they see."""
        answer = await self.http.get(
            f"/api/rooms/{self.room}/view", headers=self.bearer, params=query
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, request: str, command: dict[str, Any], **more: Any) -> httpx.Response:
        """Ask for something."""
        return await self.http.post(
            f"/api/rooms/{self.room}/commands",
            headers=self.bearer,
            json={"request": request, "command": command, **more},
        )


@dataclass
class Opened:
    """A room as the API opened it."""

    room: str
    code: str
    links: dict[str, str]
    lead: Person

    async def join(self, name: str, **more: Any) -> Person:
        """Somebody comes in by the code."""
        answer = await self.lead.http.post(
            f"/api/rooms/{self.room}/seats",
            json={"code": self.code, "name": name, "where": "remote", **more},
        )
        assert answer.status_code == 201, answer.text
        body = answer.json()
        return Person(self.lead.http, self.room, body["seat"], body["token"])


async def open_room(http: httpx.AsyncClient, title: str = "Living with the river") -> Opened:
    """Open a room over the API."""
    answer = await http.post("/api/rooms", json={"title": title, "facilitator": "Amina"})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    lead = Person(http, body["room"], body["seat"], body["token"])
    return Opened(body["room"], body["code"], body["links"], lead)


@pytest.fixture
async def opened(client: httpx.AsyncClient) -> Opened:
    """A fresh room."""
    return await open_room(client)


@dataclass
class Live:
    """The application on a real port."""

    port: int
    app: Starlette

    @property
    def origin(self) -> str:
        """Where its pages come from."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def dial(
        self, origin: str | None = "own", cookies: str = "", **more: Any
    ) -> AsyncIterator[ClientConnection]:
        """A websocket to /sync."""
        headers = {"Cookie": cookies} if cookies else {}
        async with connect(
            f"ws://127.0.0.1:{self.port}/sync",
            origin=None if origin is None else Origin(self.origin if origin == "own" else origin),
            additional_headers=headers,
            compression=None,
            max_size=None,
            **more,
        ) as made:
            yield made


async def until(true: Callable[[], object]) -> None:
    """Let the loop turn until something nobody is told of holds, for at most ten seconds."""
    for _ in range(5_000):
        if true():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it did not come")


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    """A server on a free port of the loopback, with the door's real settings."""
    with listening_socket("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        settings = Settings(data=tmp_path / "live", port=port, test_clock=True, seed=1)
        settings.data.mkdir()
        async with running(settings) as app:
            server = Server(uvicorn_config(app, settings))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            await server.serves.wait()
            yield Live(port, app)
            server.should_exit = True
            await serving


async def hear(socket: ClientConnection, kind: type[Any]) -> Any:
    """The next message of a kind; pings on the way are answered."""
    async with asyncio.timeout(10):
        while True:
            frame = await socket.recv(decode=False)
            message = wire.decode_from_server(frame)
            if isinstance(message, wire.Ping):
                await socket.send(wire.PONG)
            elif isinstance(message, kind):
                return message


async def hear_json(socket: ClientConnection, type: str) -> dict[str, Any]:
    """The next stateless message of a type."""
    while True:
        said = await hear(socket, wire.Stateless)
        found: dict[str, Any] = msgspec.json.decode(said.payload)
        if found["type"] == type:
            return found

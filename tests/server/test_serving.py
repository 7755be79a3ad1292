"""What is printed, and how uvicorn is told to keep the door."""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from starlette.applications import Starlette

from server import hocuspocus as wire
from server.app import running
from server.serving import FRAME_LIMIT, Server, announcement, terminal_qr, uvicorn_config
from server.settings import Settings
from server.site import Site
from server.supervisor import listening_socket
from tests.server.conftest import Live, hear, hear_json, open_room


def test_the_announcement_names_every_link(site: Site) -> None:
    plain = announcement(site.settings, [("The wall screen", "http://x/r/1/screen#s")], site)
    assert "Talanoa is here:  http://127.0.0.1:8000/" in plain
    assert "http://x/r/1/screen#s" in plain
    lan = Settings(data=Path("d"), host="0.0.0.0", lan=("192.168.1.9",))
    said = announcement(lan, [], dataclasses.replace(site, settings=lan))
    assert "http://192.168.1.9:8000/" in said
    assert terminal_qr("http://192.168.1.9:8000/").splitlines()[5] in said
    assert "plain http" in said
    open_door = Settings(data=Path("d"), host="0.0.0.0")
    assert "TALANOA_PUBLIC_URL" in announcement(open_door, [], site)


def test_the_doors_defaults_of_uvicorn_are_closed(app: Starlette, settings: Settings) -> None:
    config = uvicorn_config(app, settings)
    assert config.ws_max_size == FRAME_LIMIT
    assert config.ws_per_message_deflate is False
    assert config.forwarded_allow_ips == "127.0.0.1"


async def test_a_server_that_goes_tells_every_device_to_come_back(tmp_path: Path) -> None:
    with listening_socket("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        settings = Settings(data=tmp_path, port=port)
        async with running(settings) as app, AsyncExitStack() as held:
            server = Server(uvicorn_config(app, settings))
            server.lines = lambda: app.state.site.lines
            task = asyncio.create_task(server.serve(sockets=[listening]))
            await server.serves.wait()
            live = Live(port, app)
            http = await held.enter_async_context(httpx.AsyncClient(base_url=live.origin))
            opened = await open_room(http)
            people = [opened.lead, *[await opened.join(f"Guest {n}") for n in range(4)]]
            lines = []
            for person in people:
                line = await held.enter_async_context(live.dial(origin=None))
                await line.send(wire.authenticate(person.room, person.token))
                await hear(line, wire.Authenticated)
                lines.append(line)
            server.should_exit = True
            for line in lines:
                bye = await hear_json(line, "bye")
                assert (bye["code"], bye["retry"]) == (1001, True)
                await line.wait_closed()
                assert line.close_code == 1001
            await asyncio.wait_for(task, 10)

"""The websocket at /sync, on a real port: who gets in, what passes, how it ends."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from starlette.websockets import WebSocket
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.server import ServerProtocol

from rooms import lib0
from rooms import outgoing as out
from rooms.outbox import Outbox
from rooms.session import Session
from server import hocuspocus as wire
from server import limits, serving, sockets
from server.direct import Direct
from server.protocol import Prompt
from tests.server.conftest import Live, Opened, hear, hear_json, open_room, until
from tests.server.test_api import filled, offer_of


@pytest.fixture(params=["direct", "asgi"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to a device: straight to uvicorn's transport, and where that is not known."""
    if request.param == "asgi":
        monkeypatch.setattr(serving, "fits", lambda: False)
    return str(request.param)


@pytest.fixture
async def room(live: Live) -> AsyncIterator[Opened]:
    """A room on the live server."""
    async with httpx.AsyncClient(base_url=live.origin) as http:
        yield await open_room(http)


async def _drain(socket: Any) -> None:
    while True:
        await socket.recv()


async def closing(socket: Any) -> tuple[int, str]:
    """How the other side closes."""
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionClosed) as closed:
            await _drain(socket)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def test_check_in_walked_over_the_websocket(live: Live, room: Opened) -> None:
    people = [await room.join(name) for name in ("Wanjiru", "Kofi", "Sefina")]
    async with live.dial() as lead, live.dial() as phone:
        await lead.send(wire.authenticate(room.room, room.lead.token))
        await phone.send(wire.authenticate(room.room, people[0].token))
        assert (await hear(phone, wire.Authenticated)).readonly
        await hear(lead, wire.Authenticated)
        panel = await hear_json(lead, "view")
        start = filled(offer_of(panel, "activity.start"))
        sent = {"request": "w1", "command": start}
        await lead.send(wire.stateless(room.room, msgspec.json.encode(sent).decode()))
        assert (await hear_json(lead, "done"))["request"] == "w1"
        while True:
            view = await hear_json(phone, "view")
            if view["activity"]:
                break
        assert view["activity"]["kind"] == "check_in"
        assert view["seat"] == people[0].seat
        next_phase = filled(offer_of(await room.lead.view(lens="panel"), "phase.next"))
        sent = {"request": "w2", "activity": view["activity"]["id"], "command": next_phase}
        await lead.send(wire.stateless(room.room, msgspec.json.encode(sent).decode()))
        while view["activity"]["phase"] != "answer":
            view = await hear_json(phone, "view")
        give = filled(offer_of(view, "answer.give"))
        sent = {"request": "p1", "activity": view["activity"]["id"], "command": give}
        await phone.send(wire.stateless(room.room, msgspec.json.encode(sent).decode()))
        assert (await hear_json(phone, "done"))["request"] == "p1"


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1",
     "https://127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", "http://evil127.0.0.1:{port}",
     "http://127.0.0.1.evil.example:{port}", "http://127.0.0.1:{port}/", "http://localhost.:{port}",
     "file://", ""],
)  # fmt: skip
async def test_a9_only_the_exact_origin_gets_in(live: Live, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with live.dial(origin=origin.format(port=live.port)):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("own", ["http://127.0.0.1:{port}", "http://localhost:{port}"])
async def test_a9_the_right_origin_gets_101(live: Live, own: str) -> None:
    async with live.dial(origin=own.format(port=live.port)):
        pass


async def test_the_rooms_cookie_speaks_for_an_empty_token(live: Live, room: Opened) -> None:
    async with live.dial(cookies=f"seat_{room.room}={room.lead.token}") as socket:
        await socket.send(wire.authenticate(room.room, ""))
        await hear(socket, wire.Authenticated)


async def test_a9_without_an_origin_the_cookie_is_silent(live: Live, room: Opened) -> None:
    async with live.dial(origin=None, cookies=f"seat_{room.room}={room.lead.token}") as socket:
        await socket.send(wire.authenticate(room.room, ""))
        assert (await closing(socket))[0] == 4401


async def test_without_an_origin_a_token_speaks(live: Live, room: Opened) -> None:
    async with live.dial(origin=None) as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)


async def test_bad_input_token_of_another_room(live: Live, room: Opened) -> None:
    other = await open_room(room.lead.http, "Another")
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, other.lead.token))
        await hear(socket, wire.PermissionDenied)
        assert (await closing(socket))[0] == 4401


async def test_bad_input_unknown_room(live: Live) -> None:
    async with live.dial() as socket:
        await socket.send(wire.authenticate("nowhere", "x" * 22))
        assert (await closing(socket))[0] == 4404


async def test_bad_input_frame_of_2_mb(live: Live, room: Opened) -> None:
    async with live.dial() as socket, live.dial() as other:
        await other.send(wire.authenticate(room.room, room.lead.token))
        await hear(other, wire.Authenticated)
        await socket.send(b"x" * 2_000_000)
        assert (await closing(socket))[0] == 1009
        await other.send(wire.PING)
        await hear(other, wire.Pong)


async def test_bad_input_command_nested_10_000_deep(live: Live, room: Opened) -> None:
    deep = '{"request":"r","command":' + "[" * 10_000 + "]" * 10_000 + "}"
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)
        await socket.send(wire.stateless(room.room, deep))
        assert await closing(socket) == (1008, "too_deep")


async def test_frames_before_a_name_is_introduced_end_the_line(live: Live, room: Opened) -> None:
    async with live.dial() as socket:
        await socket.send(wire.query_awareness(room.room))
        assert (await closing(socket))[0] == 4401


async def test_nonsense_and_text_frames_end_the_line(live: Live) -> None:
    for frame in (b"\xff\xff\xff", "hello"):
        async with live.dial() as socket:
            await socket.send(frame)
            assert (await closing(socket))[0] == 1008


async def test_u5_who_says_nothing_is_let_go(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "FIRST_SECONDS", 0.2)
    async with live.dial() as socket:
        assert (await closing(socket))[0] == 4408


async def test_u5_who_only_pings_is_let_go(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SEAT_SECONDS", 0.3)
    async with live.dial() as socket:
        await socket.send(wire.PING)
        assert (await closing(socket))[0] == 4401


async def test_the_server_pings(live: Live, room: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "PING_SECONDS", 0.1)
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        async with asyncio.timeout(5):
            while await socket.recv(decode=False) != wire.PING:
                pass


async def test_a_clock_that_tests_move_waits_for_a_line_that_is_ending(
    live: Live, room: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on when the room has noted that nobody is there, not a while before or after."""
    monkeypatch.setattr(sockets, "ANSWER_SECONDS", 3_600.0)
    guest = await room.join("Wanjiru")
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, guest.token))
        await hear(socket, wire.Authenticated)
        clock = f"{live.origin}/api/test/clock"
        moving = asyncio.create_task(room.lead.http.post(clock, json={"advance_ms": 1_000}))
        while await socket.recv(decode=False) != wire.PING:
            pass
        before = live.app.state.site.clock.now()
        socket.transport.abort()
    async with asyncio.timeout(20):
        assert (await moving).json()["now"] == before + 1_000
    delivery = await live.app.state.site.hub.delivery(room.room)
    assert delivery is not None
    assert delivery.room.presence.since(guest.seat) == before


async def test_u10_a_flood_is_told_to_come_back(
    live: Live, room: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FRAMES_PER_DEVICE", (1.0, 20.0))
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)
        for _ in range(60):
            await socket.send(wire.PING)
        said = await hear_json(socket, "bye")
        assert (said["code"], said["retry"]) == (4429, True)
        assert (await closing(socket))[0] == 4429


async def test_sockets_of_one_address_are_counted(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 2)
    async with live.dial(), live.dial():
        with pytest.raises(InvalidStatus) as refused:
            async with live.dial():
                pass
        assert refused.value.response.status_code == 429
    await until(lambda: not live.app.state.site.limits.open_sockets)
    async with live.dial():
        pass


async def test_a_second_provider_of_a_document_is_told_it_is_open(live: Live, room: Opened) -> None:
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)
        again = f"{room.room}\0another"
        await socket.send(wire.authenticate(again, room.lead.token))
        assert (await hear(socket, wire.PermissionDenied)).name == again


async def test_a_providers_session_name_comes_back(live: Live, room: Opened) -> None:
    name = f"{room.room}\0abc"
    async with live.dial() as socket:
        await socket.send(wire.authenticate(name, room.lead.token))
        assert (await hear(socket, wire.Authenticated)).name == name
        assert (await hear(socket, wire.Stateless)).name == name


@pytest.mark.slow
async def test_u3_who_does_not_read_costs_little_and_is_let_go(
    live: Live, room: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "WRITE_SECONDS", 1.0)
    async with live.dial(ping_interval=None, max_queue=1) as sleepy, live.dial() as awake:
        for line in (sleepy, awake):
            await line.send(wire.authenticate(room.room, room.lead.token))
            await hear(line, wire.Authenticated)
        sleepy.transport.pause_reading()
        delivery = await live.app.state.site.hub.delivery(room.room)
        assert delivery is not None
        text = "x" * 60_000
        for number in range(250):
            for session in list(delivery.sessions):
                session.outbox.put_latest(f"k{number}", out.Say(room.room, f'"{number}{text}"'))
            await hear(awake, wire.Stateless)
        async with asyncio.timeout(20):
            await until(lambda: len(delivery.sessions) == 1)
        sleepy.transport.abort()


async def test_a_line_that_breaks_under_two_writers_at_once_is_no_trip(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ping and a frame are on their way: the first finds the line broken, the second finds it
    closed. Nobody is there to be told, and it is nobody's fault."""
    monkeypatch.setattr(sockets, "PING_SECONDS", 0.01)
    sending, broken = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not sending.is_set():
            sending.set()
            return {"type": "websocket.connect"}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        if message["type"] == "websocket.accept":
            return
        broken.set()
        await asyncio.sleep(0.05)
        raise OSError

    scope = {"type": "websocket", "client": ("127.0.0.1", 1), "headers": [], "path": "/sync"}
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    line = sockets.Line(websocket, live.app.state.site, cookies=False)
    with capture_logs() as logs:
        running = asyncio.create_task(line.run())
        await broken.wait()
        line._names["r"] = "r"
        line._session.outbox.put(out.Say("r", "{}"))
        async with asyncio.timeout(10):
            await running
    gc.collect()
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert unheard == []


async def test_the_way_straight_to_the_transport_is_taken_where_it_is_known(
    live: Live, room: Opened, way: str
) -> None:
    async with live.dial() as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)
        (line,) = live.app.state.site.lines
        assert line.free == (way == "direct")
        assert line.kept == 0


async def test_what_is_queued_behind_a_full_transport_keeps_its_order(
    live: Live, room: Opened
) -> None:
    async with live.dial(ping_interval=None, max_queue=1) as socket:
        await socket.send(wire.authenticate(room.room, room.lead.token))
        await hear(socket, wire.Authenticated)
        delivery = await live.app.state.site.hub.delivery(room.room)
        (session,) = delivery.sessions
        socket.transport.pause_reading()
        long = "x" * 20_000
        for number in range(40):
            session.outbox.put(out.Say(room.room, f'{{"type":"test","n":{number},"t":"{long}"}}'))
            if number % 8 == 0:
                await asyncio.sleep(0)
        held = session.outbox.held
        assert 0 < held < 2_000_000
        socket.transport.resume_reading()
        heard = [(await hear_json(socket, "test"))["n"] for _ in range(40)]
        assert heard == list(range(40))
        await until(lambda: session.outbox.held == 0)


async def test_a_pointer_goes_past_asgi_once_its_document_is_open(
    live: Live, room: Opened, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[bytes] = []

    async def awareness(self: Session, document: str, data: bytes) -> None:
        waited.append(data)
        await real(self, document, data)

    real = Session.awareness
    monkeypatch.setattr(Session, "awareness", awareness)
    board, pointing = f"{room.room}/board", await room.join("Wanjiru")
    async with live.dial() as one, live.dial() as other:
        for socket, seat in ((one, pointing), (other, room.lead)):
            for name in (room.room, board):
                await socket.send(wire.authenticate(name, seat.token))
                await socket.send(wire.sync_step1(name, b"\0"))
            await hear(socket, wire.SyncStep1)
        for clock in (1, 2):
            written = json.dumps({"pointer": [clock, 7]})
            states = lib0.uint(1) + lib0.uint(5) + lib0.uint(clock) + lib0.text(written)
            await one.send(wire.awareness(board, states))
            heard = await hear(other, wire.AwarenessUpdate)
            assert f"[{clock},7]".encode() in heard.update
    assert len(waited) == (0 if way == "direct" else 2)


async def test_U3_a_line_that_has_ended_is_gone_before_anybody_collects_garbage(
    live: Live, room: Opened, way: str
) -> None:
    ours = (sockets.Line, Session, Outbox, Prompt)
    kinds = (*ours, Direct, ServerProtocol) if way == "direct" else ours
    gc.collect()
    gc.disable()
    try:
        before = {id(each) for each in gc.get_objects() if isinstance(each, kinds)}
        async with live.dial() as phone:
            for name in (room.room, f"{room.room}/board"):
                await phone.send(wire.authenticate(name, room.lead.token))
                await phone.send(wire.sync_step1(name, b"\0"))
                await hear(phone, wire.Authenticated)
            made = [each for each in gc.get_objects() if isinstance(each, kinds)]
            left = [weakref.ref(each) for each in made if id(each) not in before]
            assert len(left) >= 3
            del made
        await until(lambda: not any(ref() for ref in left))
    finally:
        gc.enable()

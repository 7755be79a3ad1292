"""uvicorn's websocket protocol with a way past ASGI (`server/direct.py`)."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from server import direct, serving
from server.direct import Direct, fits, framed


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 300_000])
def test_a_frame_is_what_a_client_reads(length: int) -> None:
    payload = bytes(n % 251 for n in range(length))
    reader = StreamReader()
    reader.feed_data(framed(payload))
    reading = Frame.parse(reader.read_exact, mask=False, max_size=None)
    with pytest.raises(StopIteration) as read:
        next(reading)
    frame: Frame = read.value.value
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.BINARY, True, payload)
    assert not reader.buffer


def test_uvicorns_inside_is_looked_at_before_it_is_leant_on() -> None:
    assert fits(uvicorn.__version__), "a new uvicorn: look at server/direct.py, then at KNOWN"
    assert not fits("0.55.0")

    class Changed:
        """Of a uvicorn that names things otherwise."""

    assert not fits(uvicorn.__version__, Changed)


def test_an_unknown_uvicorn_serves_the_plain_way_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serving.websocket_protocol() is Direct
    monkeypatch.setattr(serving, "fits", lambda: False)
    said: list[tuple[str, Any]] = []

    class Log:
        def warning(self, event: str, **more: Any) -> None:
            said.append((event, more))

    monkeypatch.setattr(serving, "log", Log)
    assert serving.websocket_protocol() == "websockets-sansio"
    ((event, more),) = said
    assert event == "plain_websockets"
    assert uvicorn.__version__ in more["reason"]


def test_its_place_in_a_scope_has_a_name_of_ours() -> None:
    assert direct.EXTENSION.startswith("talanoa.")


ASKING = (
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Wire(asyncio.Transport):
    """A network that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Bench:
    """A `Direct` and an application that lists what it gets, by either way, in order. `takes` says
    which messages are taken on the straight one; none is while one waits for the application."""

    def __init__(self, takes: Any) -> None:
        self.takes = takes
        self.got: list[bytes | str] = []
        self.straight = 0
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            lifespan="off",
            log_level="error",
            ws_per_message_deflate=False,
        )
        config.load()
        self.direct = Direct(config, ServerState(), {}, asyncio.get_running_loop())
        self.direct.connection_made(Wire())

    def _take(self, frame: bytes) -> bool:
        if not self.takes(frame):
            return False
        self.got.append(frame)
        self.straight += 1
        return True

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.direct.taken = self._take
        self.direct.begin()
        while (message := await receive())["type"] == "websocket.receive":
            self.got.append(message.get("bytes") or message["text"])

    async def settle(self) -> None:
        for _ in range(6):
            await asyncio.sleep(0)


def masked(payload: bytes, opcode: Opcode = Opcode.BINARY, fin: bool = True) -> bytes:
    """A client's frame."""
    return Frame(opcode, payload, fin).serialize(mask=True)


@pytest.mark.parametrize("seed", range(40))
async def test_however_frames_are_cut_all_arrive_once_and_in_order(seed: int) -> None:
    dice = random.Random(seed)
    bench = Bench(lambda frame: frame[0] % 3 > 0)
    bench.direct.data_received(ASKING)
    await bench.settle()
    sent: list[bytes | str] = []
    stream = bytearray()
    for number in range(30):
        kind = dice.choice(["small", "small", "small", "middle", "large", "ping", "text", "parts"])
        size = {"middle": 300, "large": 70_000}.get(kind, dice.choice([1, 40, 125]))
        payload = bytes((number,)) + bytes(size)
        if kind == "ping":
            stream += masked(b"p", Opcode.PING)
        elif kind == "text":
            stream += masked(b"text %d" % number, Opcode.TEXT)
            sent.append(f"text {number}")
        elif kind == "parts" and dice.random() < 0.2:
            stream += masked(payload[:1], fin=False) + masked(payload[1:], Opcode.CONT)
            sent.append(payload)
        else:
            stream += masked(payload)
            sent.append(payload)
    while stream:
        cut = dice.choice([len(stream), 1, 2, 3, 7, 60, 1_000, 100_000])
        bench.direct.data_received(bytes(stream[:cut]))
        del stream[:cut]
        if dice.random() < 0.7:
            await bench.settle()
    await bench.settle()
    assert bench.got == sent
    bench.direct.connection_lost(None)
    await bench.settle()


async def test_whole_frames_go_straight_also_after_one_that_came_in_pieces() -> None:
    bench = Bench(lambda frame: len(frame) < 1_000)
    bench.direct.data_received(ASKING)
    await bench.settle()
    large = masked(bytes(5_000))
    for data in (masked(b"a"), large[:1_000], large[1_000:], masked(b"b") + masked(b"c" * 200)):
        bench.direct.data_received(data)
        await bench.settle()
    assert bench.got == [b"a", bytes(5_000), b"b", b"c" * 200]
    assert bench.straight == 3


async def test_what_came_before_the_websocket_was_accepted_loses_nothing() -> None:
    bench = Bench(lambda frame: True)
    bench.direct.data_received(ASKING + masked(b"early"))
    bench.direct.data_received(masked(b"also early"))
    await bench.settle()
    bench.direct.data_received(masked(b"later"))
    await bench.settle()
    assert bench.got == [b"early", b"also early", b"later"]


async def test_a_frame_without_a_mask_is_refused_as_uvicorn_does() -> None:
    bench = Bench(lambda frame: True)
    bench.direct.data_received(ASKING)
    await bench.settle()
    bench.direct.data_received(framed(b"no mask"))
    await bench.settle()
    assert bench.got == []
    assert bench.direct.close_sent

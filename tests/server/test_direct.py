"""uvicorn's websocket protocol with a way past ASGI (`server/direct.py`)."""

from __future__ import annotations

from typing import Any

import pytest
import uvicorn
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

"""Frames of what a session sends (`server/frames.py`)."""

from typing import Any

import pytest

from rooms import outgoing as out
from server import direct, frames
from server import hocuspocus as wire


def test_each_outgoing_object_is_encoded_once() -> None:
    item = out.Say("room", "{}")
    other = frames.framed_of(out.Say("room", "[]"))
    assert frames.framed_of(item) is frames.framed_of(item) != other
    kept = frames.framed_of(item)
    frames.framed_of(out.Ack("room", True))
    assert frames.framed_of(item) is kept


@pytest.mark.parametrize("length", [0, 1, 100, 200, 70_000])
def test_both_ways_say_the_same(length: int) -> None:
    item = out.Say("room", "x" * length)
    assert frames.frame_of(item) == frames.encode(item, "room")
    assert frames.framed_of(item) == direct.framed(frames.encode(item, "room"))


@pytest.mark.parametrize(
    ("item", "kind"),
    [(out.AuthOk("r", True), wire.Authenticated), (out.AuthNo("r", "no"), wire.PermissionDenied),
     (out.Step1("r", b"\0"), wire.SyncStep1), (out.Step2("r", b"\0\0"), wire.SyncStep2),
     (out.Update("r", b"\0\0"), wire.Update), (out.Aware("r", b"\0"), wire.AwarenessUpdate),
     (out.Ack("r", True), wire.SyncStatus), (out.Pointers("r", b"\x07"), wire.Pointers),
     (out.Step2("r", b"\0\0", packed=b"x"), wire.Packed),
     (out.Say("r", "{}"), wire.Stateless),
     (out.ClosedDocument("r", "gone"), wire.Close)],
)  # fmt: skip
def test_every_outgoing_has_its_frame(item: out.Outgoing, kind: type[Any]) -> None:
    assert isinstance(wire.decode_from_server(frames.encode(item, "r")), kind)

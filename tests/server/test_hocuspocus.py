"""The Hocuspocus codec against its own reading, its limits and mutated frames."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rooms import lib0
from server import hocuspocus as wire
from server.hocuspocus import BadFrame

ROOM = "r7kq2m4x"
BOARD = f"{ROOM}/board"

CLIENT_FRAMES = [
    (wire.authenticate(BOARD, "tok", "4.8.0"), wire.Authenticate(BOARD, "tok", "4.8.0")),
    (wire.authenticate(BOARD, ""), wire.Authenticate(BOARD, "", "4.8.0")),
    (wire.sync_step1(BOARD, b"\0"), wire.SyncStep1(BOARD, b"\0")),
    (wire.sync_step2(BOARD, b"\0\0"), wire.SyncStep2(BOARD, b"\0\0")),
    (wire.update(BOARD, b"\0\0"), wire.Update(BOARD, b"\0\0")),
    (wire.awareness(BOARD, b"\0"), wire.AwarenessUpdate(BOARD, b"\0")),
    (wire.query_awareness(BOARD), wire.QueryAwareness(BOARD)),
    (wire.stateless(ROOM, '{"request": "é🙂"}'), wire.Stateless(ROOM, '{"request": "é🙂"}')),
    (wire.leave(BOARD), wire.Close(BOARD)),
    (wire.PONG, wire.Pong()),
    (wire.PING, wire.Ping()),
]

SERVER_FRAMES = [
    (wire.authenticated(BOARD), wire.Authenticated(BOARD, False)),
    (wire.authenticated(BOARD, readonly=True), wire.Authenticated(BOARD, True)),
    (wire.permission_denied(BOARD, "not yours"), wire.PermissionDenied(BOARD, "not yours")),
    (wire.sync_status(BOARD, saved=True), wire.SyncStatus(BOARD, True)),
    (wire.sync_status(BOARD, saved=False), wire.SyncStatus(BOARD, False)),
    (wire.close(BOARD, "closed"), wire.Close(BOARD, "closed")),
    (wire.sync_step2(BOARD, b"\0\0"), wire.SyncStep2(BOARD, b"\0\0")),
    (wire.packed(BOARD, b"x"), wire.Packed(BOARD, b"x")),
    (wire.pointers(BOARD, b"\x07"), wire.Pointers(BOARD, b"\x07")),
    (wire.awareness(BOARD, b"x" * 65_537), wire.AwarenessUpdate(BOARD, b"x" * 65_537)),
    (wire.PING, wire.Ping()),
]


@pytest.mark.parametrize(("frame", "message"), CLIENT_FRAMES)
def test_client_frames_are_read_back(frame: bytes, message: wire.FromClient) -> None:
    assert wire.decode(frame) == message


@pytest.mark.parametrize(("frame", "message"), SERVER_FRAMES)
def test_server_frames_are_read_back(frame: bytes, message: wire.FromServer) -> None:
    assert wire.decode_from_server(frame) == message


def test_a_board_that_comes_whole_may_be_longer_than_what_a_client_sends() -> None:
    large = b"\x00" * (wire.MAX_FRAME_BYTES + 1)
    frame = wire.update(BOARD, large)
    assert wire.decode_from_server(frame) == wire.Update(BOARD, large)
    with pytest.raises(wire.BadFrame, match="frame_too_long"):
        wire.decode(frame)


def test_a_session_travels_in_the_name_and_is_not_part_of_the_document() -> None:
    message = wire.decode(wire.sync_step1(f"{BOARD}\0k3j9x0a1b2c", b"\0"))
    assert isinstance(message, wire.SyncStep1)
    assert (message.document, message.session) == (BOARD, "k3j9x0a1b2c")
    assert message.name == f"{BOARD}\0k3j9x0a1b2c"


def test_the_bytes_of_hocuspocus_4_8_are_these() -> None:
    assert wire.sync_status("a", saved=True) == b"\x01a\x08\x01"
    assert wire.authenticated("a") == b"\x01a\x02\x02\x0aread-write"
    assert wire.authenticate("a", "t", "4.8.0") == b"\x01a\x02\x00\x01t\x054.8.0"
    assert wire.PING == b"\x09"
    assert wire.PONG == b"\x0a"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"", "cut_short"),
        (b"\x05ab", "cut_short"),
        (lib0.text("a" * 128) + b"\x63", "message_kind"),
        (lib0.text("a" * 129) + b"\x03", "document_name"),
        (lib0.text("a" * 170) + b"\x03", "too_long"),
        (lib0.text("a b") + b"\x03", "document_name"),
        (lib0.text("../x//y") + b"\x03", "document_name"),
        (lib0.text("") + b"\x03", "document_name"),
        (lib0.text("a\0") + b"\x03", "session_name"),
        (lib0.text("a\0b\0c") + b"\x03", "session_name"),
        (lib0.text("a\0" + "b" * 33) + b"\x03", "session_name"),
        (b"\x01\xff\x03", "not_utf8"),
        (b"\x81\x00a\x03", "overlong_number"),
        (b"\xff" * 9, "number_too_large"),
        (wire.query_awareness(BOARD) + b"\0", "trailing_bytes"),
        (wire.update(BOARD, b"xx") + b"\0", "trailing_bytes"),
        (wire.update(BOARD, b"xx")[:-1], "cut_short"),
        (lib0.text(BOARD) + b"\x00\x02" + lib0.uint(2**40), "too_long"),
        (lib0.text(BOARD) + b"\x00\x03\x00", "sync_kind"),
        (lib0.text(BOARD) + b"\x04", "message_kind"),
        (wire.sync_status(BOARD, saved=True), "message_kind"),
        (wire.authenticated(BOARD), "auth_kind"),
        (wire.authenticate(BOARD, "t" * 2049), "too_long"),
        (wire.stateless(ROOM, "[" * 10_000), "too_deep"),
        (wire.awareness(BOARD, b"x" * 65_537), "too_long"),
        (wire.sync_step1(BOARD, b"x" * 65_537), "too_long"),
        (b"\x00" * (wire.MAX_FRAME_BYTES + 1), "frame_too_long"),
    ],
)
def test_a_dishonest_frame_is_named(frame: bytes, reason: str) -> None:
    with pytest.raises(BadFrame) as caught:
        wire.decode(frame)
    assert caught.value.reason == reason


def test_brackets_inside_strings_do_not_nest() -> None:
    # Too long for a command, and the room's to refuse by its request.
    assert wire.decode(wire.stateless(ROOM, '"' + "x" * 65_536))
    assert wire.decode(wire.stateless(ROOM, '{"x": "\\"[[[[[[[[[[[[[[[[[[[["}'))


def mutated(rng: random.Random, frame: bytes) -> bytes:
    data = bytearray(frame)
    for _ in range(rng.randint(1, 2)):
        match rng.randrange(5):
            case 0 if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
            case 1:
                data.insert(rng.randint(0, len(data)), rng.randrange(256))
            case 2 if data:
                del data[rng.randrange(len(data))]
            case 3:
                data[rng.randint(0, len(data)) :] = b"\xff" * rng.randint(0, 9)
            case _:
                at = rng.randint(0, len(data))
                data[at:at] = lib0.uint(2 ** rng.randint(0, 53) - 1)
    return bytes(data)


def hammer(seed: int, rounds: int) -> tuple[int, int]:
    """Decode mutated frames; gives how many were taken and how many refused."""
    rng = random.Random(seed)
    frames = [frame for frame, _ in CLIENT_FRAMES]
    taken = 0
    for _ in range(rounds):
        try:
            wire.decode(mutated(rng, rng.choice(frames)))
            taken += 1
        except BadFrame:
            pass
    return taken, rounds - taken


@pytest.mark.slow
def test_mutated_frames_are_read_or_refused_and_nothing_else() -> None:
    seed = 20_261_121
    taken, refused = hammer(seed, 5_000)
    assert taken > 50, f"seed {seed}: hollow"
    assert refused > 1_000, f"seed {seed}: hollow"


def test_the_codec_does_no_io() -> None:
    source = Path(wire.__file__).read_text()
    assert "asyncio" not in source
    assert "starlette" not in source

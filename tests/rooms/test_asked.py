"""The envelope of a command (WIR2; `tests/rooms/test_room.py` has the nonsense)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.kernel import Refused
from rooms.asked import REQUEST_LIMIT, ROOM_TAGS, parse, tag_of
from rooms.wire import COMMAND_LIMIT


def raw(request: str) -> bytes:
    return json.dumps({"request": request, "command": {"type": "x"}}).encode()


def test_a_request_id_has_a_length() -> None:
    assert parse(raw("r" * REQUEST_LIMIT)).request == "r" * REQUEST_LIMIT
    for wrong in ("", "r" * (REQUEST_LIMIT + 1)):
        with pytest.raises(Refused, match="bad_request"):
            parse(raw(wrong))


def test_a_command_has_a_size() -> None:
    body = b'{"request": "r", "command": {"type": "x"}}'
    assert parse(body.ljust(COMMAND_LIMIT)).request == "r"
    with pytest.raises(Refused, match="too_large"):
        parse(body.ljust(COMMAND_LIMIT + 1))


def test_an_agenda_too_large_is_named_with_its_limit() -> None:
    plan = b'{"request": "r", "command": {"type": "agenda.import", "plan": ['
    with pytest.raises(Refused, match="too_large") as refused:
        parse(plan.ljust(COMMAND_LIMIT + 1))
    assert refused.value.message is not None
    assert refused.value.message.id.startswith("This agenda is too large: {limit} KiB fit.")
    assert refused.value.message.args == {"limit": 32}


def test_types_of_room_commands_are_the_rooms_own() -> None:
    assert {"lead.offer", "seat.leave", "note.add", "activity.cut"} <= ROOM_TAGS
    assert "turn.pass" not in ROOM_TAGS


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        (b'{"type": "a.b"}', "a.b"),
        (b'{"type": 3}', ""),
        (b"{}", ""),
        (b"[]", ""),
        (b"", ""),
        (b"\xff", ""),
        (b'{"type": "\\ud800"}', ""),
    ],
)
def test_the_type_of_a_command(raw: bytes, tag: str) -> None:
    assert tag_of(raw) == tag


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused_WIR2(raw: bytes) -> None:
    with pytest.raises(Refused):
        parse(raw)
    assert isinstance(tag_of(raw), str)

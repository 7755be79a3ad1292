"""The hall's commands are read strictly."""

import msgspec
import pytest

from rooms.wire_hall import CODE_LIMIT, HallCommand, SeatAdopt


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "seat.adopt"},
        {"type": "seat.adopt", "code": "x" * (CODE_LIMIT + 1)},
        {"type": "seat.where", "where": "carried"},
        {"type": "consent.hear", "seat": "s1", "answer": -1},
        {"type": "consent.hear", "seat": "s1", "answer": True},
        {"type": "room.call", "epoch": "1"},
        {"type": "seat.carry", "seat": "s1"},
    ],
)
def test_nonsense_is_none_of_them_WIR2(raw: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(raw), type=HallCommand)


def test_a_code_at_the_limit_is_read() -> None:
    raw = msgspec.json.encode({"type": "seat.adopt", "code": "x" * CODE_LIMIT})
    assert isinstance(msgspec.json.decode(raw, type=HallCommand), SeatAdopt)

"""Bodies of the API: strict, and described with their limits."""

from __future__ import annotations

import msgspec
import pytest

from rooms.wire import NAME_LIMIT, TITLE_LIMIT
from server import shapes


def test_limits_are_described() -> None:
    found = msgspec.json.schema(shapes.OpenRoom)["$defs"]["OpenRoom"]["properties"]
    assert found["title"]["maxLength"] == TITLE_LIMIT
    assert found["facilitator"]["maxLength"] == NAME_LIMIT


@pytest.mark.parametrize("shape", [shapes.OpenRoom, shapes.TakeSeat, shapes.Enter, shapes.Move])
def test_unknown_fields_are_refused(shape: type) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"surprise": 1}', type=shape)


def test_a_carried_seat_has_no_token() -> None:
    assert msgspec.json.encode(shapes.SeatTaken("s2")) == b'{"seat":"s2"}'

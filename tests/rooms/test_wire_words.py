"""The commands about people's words are decoded strictly (WIR2)."""

import pytest

from activities.kernel import Refused
from rooms import wire
from rooms.words import Mint, decode_command


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type": "words.write", "seat": "s2"}',
        b'{"type": "words.write", "seat": "s2", "text": "x", "kind": "insight"}',
        b'{"type": "words.edit", "words": "w", "text": ""}',
        b'{"type": "consent.narrow", "words": "w", "scope": "everywhere"}',
        b'{"type": "consent.release", "words": "w", "choice": "keep", "exact": "%s"}' % (b"x" * 65),
        b'{"type": "seat.forget", "seat": "s2"}',
    ],
)
def test_what_is_malformed_is_refused_WIR2(raw: bytes) -> None:
    with pytest.raises(Refused, match="bad_request"):
        decode_command(raw, wire.RoomCommand, Mint(lambda: "id"))

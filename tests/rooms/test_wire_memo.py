"""The memo page's own commands decode strictly."""

import pytest

from activities.kernel import Refused
from rooms import wire
from rooms.wire_memo import MemoRemind
from rooms.words import Mint, decode_command


def test_a_reminder_decodes_with_and_without_a_seat() -> None:
    mint = Mint(lambda: "w1")
    assert decode_command(b'{"type":"memo.remind"}', wire.RoomCommand, mint) == MemoRemind()
    with pytest.raises(Refused):
        decode_command(b'{"type":"memo.remind","seat":3}', wire.RoomCommand, mint)

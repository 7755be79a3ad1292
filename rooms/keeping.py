"""How long a room keeps what people write: the raw board and the memo apart (issue 4, *Erasure*).

The dates are counted from the day the exchange is planned for when the first guest comes in, and
never moved after that, whenever it really begins: people wrote under them.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from activities.blocks import Line, say
from activities.kernel import Refused
from rooms import memo_calendar as calendar

DAY: Final = 86_400_000
"""Milliseconds."""

BOARD_DAYS: Final = 90
"""Days that everything people wrote is kept unless the room says otherwise: a debrief call comes
about two weeks later, a reflective memo six weeks after that (`methods.md` A19, A20)."""

MEMO_DAYS: Final = 365
"""Days that the memo is kept: the next exchange of the year begins with it."""

DAYS_MOST: Final = 3_650
"""Ten years; a longer promise nobody can keep."""


class Keep(msgspec.Struct, frozen=True):
    """Days from `RoomState.kept_from` on: the planned start of the exchange, or the opening of the
    room where that is later or nothing is planned."""

    board_days: int = BOARD_DAYS
    memo_days: int = MEMO_DAYS

    def board_until(self, start: int) -> int:
        """When the raw board goes (ms): what people wrote and did not give to the memo."""
        return start + self.board_days * DAY

    def memo_until(self, start: int) -> int:
        """When the whole room goes (ms)."""
        return start + self.memo_days * DAY


def wanted(settings: Mapping[str, Any]) -> Keep:
    """What a room that is being opened asks for. Raises `Refused` on what cannot be promised; the
    memo is kept at least as long as the board it is made from."""
    board = settings.get("keep_board_days", BOARD_DAYS)
    memo = settings.get("keep_memo_days", max(MEMO_DAYS, board) if type(board) is int else 0)
    for days in (board, memo):
        if type(days) is not int or not 1 <= days <= DAYS_MOST:
            raise Refused("bad_request", say("Keep it between 1 and {most} days.", most=DAYS_MOST))
    if memo < board:
        raise Refused("bad_request", say("The memo is kept at least as long as the board."))
    return Keep(board, memo)


@lru_cache(maxsize=512)  # in every view of every seat
def promised(keep: Keep, start: int, zone: str, language: str) -> Line:
    """The sentence everybody in the room reads."""
    return say(
        "What you write is kept until {board}. What you give to the memo is kept until {memo}.",
        board=calendar.date(keep.board_until(start), zone, language),
        memo=calendar.date(keep.memo_until(start), zone, language),
    )

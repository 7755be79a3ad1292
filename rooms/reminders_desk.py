"""Kind reminders of quotes that wait in the memo: to whom, and how often."""

from typing import Final

from activities.blocks import say
from activities.kernel import Refused
from rooms.asking import Asking
from rooms.reminders import OwnersReminded
from rooms.whole import Draft
from rooms.wire_memo import MemoRemind

AGAIN_AFTER: Final = 600_000
"""Milliseconds after which the same person may be reminded again."""

NOBODY_WAITS: Final = say("No quote waits for an answer any more.")
JUST_NOW: Final = say("They were reminded less than ten minutes ago. Give them a little time.")


def decide(draft: Draft, command: MemoRemind, asking: Asking) -> None:
    """Remind those who wait. Raises `Refused`: `duplicate` when nobody does, `too_many` when all
    of them were reminded a moment ago."""
    asking.ensure_facilitator()
    waiting = [seat for seat in asking.known.memo_waiting if seat in draft.room.seats]
    wanted = [seat for seat in waiting if command.seat in ("", seat)]
    if not wanted:
        raise Refused("duplicate", NOBODY_WAITS)
    before = draft.room.reminded
    due = [s for s in wanted if s not in before or asking.now - before[s] >= AGAIN_AFTER]
    if not due:
        raise Refused("too_many", JUST_NOW)
    draft.add(OwnersReminded(seats=tuple(due), at=asking.now))

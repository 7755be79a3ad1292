"""Kind reminders: the people whose quotes wait in the memo are asked once more, and never pressed
(`methods.md` 1.8: not answering means no)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from activities.blocks import Note, say
from activities.kernel import Event, Refused

if TYPE_CHECKING:
    from rooms.asking import Asking
    from rooms.whole import Draft
    from rooms.wire_memo import MemoRemind

AGAIN_AFTER: Final = 600_000
"""Milliseconds after which the same person may be reminded again."""
LASTS: Final = 86_400_000
"""Milliseconds a reminder stands on somebody's screen: whoever looked for a day has seen it."""

NOBODY_WAITS: Final = say("No quote waits for an answer any more.")
JUST_NOW: Final = say("They were reminded less than ten minutes ago. Give them a little time.")


class OwnersReminded(Event, frozen=True, tag="memo.reminded"):
    """These seats were reminded of their quotes at `at` (ms)."""

    seats: tuple[str, ...]
    at: int


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


def reminded(before: Mapping[str, int], event: OwnersReminded) -> Mapping[str, int]:
    """Who was reminded when (ms), by seat."""
    return {**before, **dict.fromkeys(event.seats, event.at)}


def answered(before: Mapping[str, int], seat: str) -> Mapping[str, int]:
    """The same without somebody who has answered since."""
    return {s: at for s, at in before.items() if s != seat} if seat in before else before


def notes(before: Mapping[str, int], seat: str, now: int) -> tuple[Note, ...]:
    """What a person who was reminded reads, between activities and after them: never over a
    teller."""
    if seat not in before or now - before[seat] >= LASTS:
        return ()
    text = say(
        "Something you said could stand in the memo. Look at it in “My words” and say yes or no. "
        "Not answering means no."
    )
    return (Note(text=text, tone="private", title=say("May we quote you?")),)

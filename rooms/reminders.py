"""Who was reminded of quotes that wait for them, and what they read of it: asked once more, and
never pressed (`methods.md` 1.8: not answering means no)."""

from collections.abc import Mapping
from typing import Final

from activities.blocks import Note, say
from activities.kernel import Event

LASTS: Final = 86_400_000
"""Milliseconds a reminder stands on somebody's screen: whoever looked for a day has seen it."""


class OwnersReminded(Event, frozen=True, tag="memo.reminded"):
    """These seats were reminded of their quotes at `at` (ms)."""

    seats: tuple[str, ...]
    at: int


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

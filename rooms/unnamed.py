"""Answers nobody's name is kept with, and answers to an activity that is over
(`architecture.md` ruling *Words*, `methods.md` A11 EV1).

An activity names the commands that are `unnamed`. They are decided without a seat and committed
without seat or who typed them. A *token* stands for the seat, so that nobody answers twice and
everybody may change their answer; a *request mark* stands for the seat and its request, so that
what is sent again is applied once (LOG3). Both are keyed hashes. Their key is a text of the words
table, made when the activity begins and erased when it takes no more answers: from then on nobody,
not even with the server's own files, can tell whose answer was whose.
"""

import hmac
from collections.abc import Callable, Iterator
from typing import Final

from activities.blocks import say
from activities.kernel import Refused
from rooms.commits import KeyDropped
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Activities, Draft, Whole

Text = Callable[[str], str | None]

NOT_THERE: Final = say("This was over before you came.")

TOKEN_BYTES: Final = 16
"""128 bits: no two seats of a room meet in one by chance."""


def fresh_key(dice: Callable[[], int]) -> str:
    """The text of a new key: 128 random bits from two throws of 64."""
    return f"{dice():016x}{dice():016x}"


def token(state: RoomState, text: Text, activity: str, seat: str) -> str:
    """What stands for `seat` in `activity`; "" where nothing is unnamed, or no more."""
    key = text(state.keys.get(activity, ""))
    return _hashed(key, seat) if key and seat else ""


def request_mark(state: RoomState, text: Text, activity: str, seat: str, request: str) -> str:
    """What the commit of an unnamed command of `activity` has instead of seat and request; "" when
    the key is gone. No two requests of a seat look alike."""
    key = text(state.keys.get(activity, ""))
    return _hashed(key, f"{seat}\0{request}") if key else ""


def _hashed(key: str, what: str) -> str:
    return hmac.digest(bytes.fromhex(key), what.encode(), "sha256")[:TOKEN_BYTES].hex()


def takes_answers(draft: Draft, activity: str, seat: Seat) -> bool:
    """Whether an activity that is over still takes what its table allows in the last phase, from
    this seat. Raises `Refused` for somebody who came when it was over."""
    until = open_until(Whole(draft.room, draft.running), draft.activities, activity)
    if until is None or draft.now >= until:
        return False
    if _was_late(draft.room, activity, seat):
        raise Refused("not_allowed", NOT_THERE)
    return True


def _was_late(state: RoomState, activity: str, seat: Seat) -> bool:
    return seat.joined > state.ended[activity]


def open_until(whole: Whole, activities: Activities, activity: str) -> int | None:
    """Until when (ms) an activity that is over takes answers; None while it runs."""
    ended = whole.room.ended.get(activity)
    if ended is None or activity not in whole.running:
        return None
    here = whole.running[activity]
    return ended + activities[here.kind].lingers(here.state)


def lingering(whole: Whole, activities: Activities, now: int, seat: Seat) -> Iterator[str]:
    """Activities that are over and still take answers of this seat, the latest first."""
    for activity in reversed(tuple(whole.room.ended)):
        until = open_until(whole, activities, activity)
        if until is not None and now < until and not _was_late(whole.room, activity, seat):
            yield activity


def keys_due(whole: Whole, activities: Activities) -> dict[str, int]:
    """Activity -> when (ms) its key is to be dropped."""
    return {
        activity: until
        for activity in whole.room.keys
        if (until := open_until(whole, activities, activity)) is not None
    }


def drop_due(draft: Draft) -> None:
    """Forget whose answers were whose where no more are taken (`methods.md` A11 EV1)."""
    whole = Whole(draft.room, draft.running)
    for id, until in keys_due(whole, draft.activities).items():
        if until <= draft.now:
            draft.add(KeyDropped(activity=id, words=draft.room.keys[id]))

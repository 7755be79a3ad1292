"""Timers as values: what time is left, when the clock speaks next, and what a pause keeps.

Nothing here reads a clock: every function that needs the time is given `now` in milliseconds.

A timer has *bells*: offsets in ms from its end at which the server's clock speaks (negative:
before the end). The bell at 0 is the end itself. So one mechanism carries the gentle nudges of a
soft turn (0, +30 s, +60 s), the "last words" of a hard one (0, +10 s), the notices of a phase of
circles (-2 min, -30 s, 0, +60 s) and the silence guard after an offer (`methods.md` 1.4, 1.5).
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from activities.blocks import Clock, ClockKind, ClockState
from activities.kernel import Event, Refused

SECOND: Final = 1_000

MAX_EXTENSIONS: Final = 2
"""Extensions a turn may get: more would no longer be equal time (`methods.md` 1.4)."""

EXTENSIONS: Final = (30, 60, 120, 300)
"""Seconds one may add with one tap (`methods.md` 1.4)."""

MIN_PAUSE: Final = 30 * SECOND
"""A pause of one group lasts at least this long: nobody is talked back out of it at once."""

SOFT_BELLS: Final = (0, 30 * SECOND, 60 * SECOND)
"""A soft turn is over, and its host is nudged after 30 and 60 s; nothing is forced."""

LAST_WORDS: Final = 10 * SECOND
"""Overlay before a hard end of pair halves, rotations, votes and quiet (ruling *Time*)."""

HARD_BELLS: Final = (0, LAST_WORDS)

CIRCLES_BELLS: Final = (-120 * SECOND, -30 * SECOND, 0, 60 * SECOND)
"""Circles, home teams, satellites: notices at 2 min and 30 s, then 60 s grace (ruling *Time*)."""

NO_BELLS: Final[tuple[int, ...]] = ()

LONG_TURN: Final = 180 * SECOND
SHORT_TURN: Final = 60 * SECOND
"""Timers of 3 min and more have two marks, those up to 1 min a single late one (1.4)."""


class Timer(msgspec.Struct, frozen=True):
    """One timer. Times are ms since the epoch, lengths ms.

    Running and over timers have `ends_at`; idle and paused ones have `remaining`, which is
    negative for a soft timer paused after its end. `rung` counts the bells that have rung.
    """

    kind: ClockKind = "open"
    duration: int = 0
    bells: tuple[int, ...] = NO_BELLS
    state: ClockState = "idle"
    since: int = 0  # when the present stretch began
    ends_at: int | None = None
    remaining: int | None = None
    extensions: tuple[int, ...] = ()
    rung: int = 0


def bells_of(kind: ClockKind) -> tuple[int, ...]:
    """The bells a timer of this kind has unless it is told otherwise."""
    return {"soft": SOFT_BELLS, "hard": HARD_BELLS, "open": NO_BELLS}[kind]


def idle(kind: ClockKind, duration: int = 0, *, bells: tuple[int, ...] | None = None) -> Timer:
    """A timer that has not begun, `duration` ms long."""
    chosen = bells_of(kind) if bells is None else bells
    return Timer(kind, duration, chosen, remaining=duration)


def start(timer: Timer, now: int) -> Timer:
    """Let an idle timer run from `now`. An open one runs without an end."""
    if timer.state != "idle":
        return timer
    left = timer.duration if timer.remaining is None else timer.remaining
    ends_at = None if timer.kind == "open" else now + left
    rung = _rung(timer.bells, ends_at, now)
    return replace(
        timer,
        state=_running(timer.bells[:rung]),
        since=now,
        ends_at=ends_at,
        remaining=None,
        rung=rung,
    )


def pause(timer: Timer, now: int) -> Timer:
    """Stop the timer and keep exactly what was left at `now`, but never more than there was when
    this stretch began (a heartbeat from before the start is no bonus)."""
    if timer.state not in ("running", "over"):
        return timer
    at = max(now, timer.since)
    if timer.ends_at is None:
        return replace(timer, state="paused")
    # A heartbeat before a bell un-rings it: the bell rings again when the time comes again.
    rung = min(timer.rung, _rung(timer.bells, timer.ends_at, at + 1))
    left = timer.ends_at - at
    return replace(timer, state="paused", ends_at=None, remaining=left, rung=rung)


def resume(timer: Timer, now: int) -> Timer:
    """Go on with what was kept."""
    if timer.state != "paused":
        return timer
    ends_at = None if timer.remaining is None else now + timer.remaining
    state = _running(timer.bells[: timer.rung])
    return replace(timer, state=state, since=now, ends_at=ends_at, remaining=None)


def extend(timer: Timer, by: int, now: int) -> Timer:
    """`by` ms more, from the end or, when that has passed, from `now`. Bells still to come ring
    again. Check `may_extend` first."""
    if timer.ends_at is not None:
        ends_at = max(timer.ends_at, now) + by
        return replace(
            timer,
            state="running",
            ends_at=ends_at,
            duration=timer.duration + ends_at - timer.ends_at,
            extensions=(*timer.extensions, by),
            rung=_rung(timer.bells, ends_at, now),
        )
    if timer.remaining is not None:  # paused or idle: 0 stands for "now"
        left = max(timer.remaining, 0) + by
        return replace(
            timer,
            remaining=left,
            duration=timer.duration + left - timer.remaining,
            extensions=(*timer.extensions, by),
            rung=_rung(timer.bells, left, 0),
        )
    return timer


def may_extend(timer: Timer, limit: int = MAX_EXTENSIONS) -> bool:
    """Whether the timer has an end to move and fewer than `limit` extensions."""
    has_end = timer.kind != "open" and timer.state != "ended"
    return has_end and len(timer.extensions) < limit


def ensure_extension(timer: Timer, seconds: int, limit: int = MAX_EXTENSIONS) -> int:
    """`seconds` as ms. Raises `Refused`: `bad_request` for a length that is not in `EXTENSIONS`,
    `full` when there were `limit` already."""
    if seconds not in EXTENSIONS:
        raise Refused("bad_request")
    if not may_extend(timer, limit):
        raise Refused("full")
    return seconds * SECOND


def end(timer: Timer) -> Timer:
    """The timer is done with."""
    return replace(timer, state="ended", ends_at=None, remaining=None)


def due(timer: Timer) -> int | None:
    """When the clock speaks next (ms), or None: paused, ended, open, or all bells have rung."""
    if timer.ends_at is None or timer.state not in ("running", "over"):
        return None
    if timer.rung >= len(timer.bells):
        return None
    return timer.ends_at + timer.bells[timer.rung]


def ring(timer: Timer) -> Timer:
    """One bell has rung: past its end the timer is `over`, and a hard one `ended` after its last
    bell."""
    if due(timer) is None:
        return timer
    timer = replace(timer, rung=timer.rung + 1)
    if timer.kind == "hard" and timer.rung >= len(timer.bells):
        return end(timer)
    return replace(timer, state=_running(timer.bells[: timer.rung]))


def rung_at(timer: Timer, bell: int) -> bool:
    """Whether the bell at offset `bell` ms has rung: "the host was nudged at +60 s" is
    `rung_at(timer, 60 * SECOND)`."""
    return bell in timer.bells[: timer.rung]


def marks(duration: int) -> tuple[int, ...]:
    """Seconds before the end at which a screen draws a mark, for a timer of `duration` ms."""
    if duration >= LONG_TURN:
        return (60, 15)
    return (15,) if duration > SHORT_TURN else (10,)


def clock(timer: Timer) -> Clock:
    """The timer as screens draw it."""
    return Clock(
        kind=timer.kind,
        state=timer.state,
        duration=timer.duration,
        ends_at=timer.ends_at,
        remaining=timer.remaining,
        marks=() if timer.kind == "open" else marks(timer.duration),
    )


def _rung(bells: tuple[int, ...], ends_at: int | None, now: int) -> int:
    """How many bells of a timer ending at `ends_at` lie in the past."""
    return 0 if ends_at is None else sum(1 for bell in bells if ends_at + bell < now)


def _running(rung: tuple[int, ...]) -> ClockState:
    """The state of a timer that is not standing still, after the bells `rung`."""
    return "over" if 0 in rung else "running"


class TimerEvent(Event, frozen=True, kw_only=True):
    """What happened to one timer: of a `group`, or the phase's when that is empty."""

    at: int
    group: str = ""


class TimerStarted(TimerEvent, frozen=True, tag="timer.started"):
    """A new timer runs from `at`."""

    kind: ClockKind
    duration: int = 0
    bells: tuple[int, ...] = NO_BELLS


class TimerRang(TimerEvent, frozen=True, tag="timer.rang"):
    """A bell rang."""


class TimerExtended(TimerEvent, frozen=True, tag="timer.extended"):
    """`by` ms were added."""

    by: int


class TimerPaused(TimerEvent, frozen=True, tag="timer.paused"):
    """Time stands still."""


class TimerResumed(TimerEvent, frozen=True, tag="timer.resumed"):
    """Time goes on."""


class TimerEnded(TimerEvent, frozen=True, tag="timer.ended"):
    """The timer is done with."""


EVENTS: Final = (
    TimerStarted,
    TimerRang,
    TimerExtended,
    TimerPaused,
    TimerResumed,
    TimerEnded,
)

_EVOLVE: Mapping[type[TimerEvent], Callable[[Timer, TimerEvent], Timer]] = {
    TimerRang: lambda timer, _: ring(timer),
    TimerPaused: lambda timer, event: pause(timer, event.at),
    TimerResumed: lambda timer, event: resume(timer, event.at),
    TimerEnded: lambda timer, _: end(timer),
}


def evolve(timer: Timer, event: TimerEvent) -> Timer:
    """The timer after `event`; total. The activity chooses which of its timers `event.group`
    means."""
    if isinstance(event, TimerStarted):
        return start(idle(event.kind, event.duration, bells=event.bells), event.at)
    if isinstance(event, TimerExtended):
        return extend(timer, event.by, event.at)
    change = _EVOLVE.get(type(event))
    return timer if change is None else change(timer, event)

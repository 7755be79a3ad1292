"""A round of turns as a value: the drawn ring, two queues, a floor, and how events change them.

Theory
------
A `Round` changes by events only, through `evolve`; `turns.py` decides which events happen.

What an event does to the person it names is one table, `FATES`: event -> status -> status. A
missing key is a step that cannot happen and changes nothing. Whoever ends as `waiting`,
`deferred` or `interrupted` goes to the end of the second queue; that is all there is to rules 2
to 5 of `methods.md` 1.5.

    first queue --offered--> (floor) --begun--> speaking --done--> told
                                | passed: deferred, then passed    | line lost 90 s: interrupted

At most one person holds the floor, because there is one `Floor` (G2). Every offer has a number,
`turn`: commands name it, so a late tap is stale.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from activities import timing
from activities.blocks import Line, Ring, RingSeat, SeatState, Who, say
from activities.kernel import Event
from activities.timing import SECOND, Timer

Status = Literal[
    "waiting", "speaking", "told", "deferred", "interrupted", "passed", "missed", "left"
]

HOLD: Final = 90 * SECOND
"""How long the place of a holder whose line dropped is kept, from detection (ruling *Time*)."""

GUARD: Final = 90 * SECOND
"""Silence after an offer: nobody is passed over by the clock before this (1.5)."""

LATER_BELLS: Final = tuple(minute * 60 * SECOND for minute in range(1, 16))
"""After its last word the clock asks again each minute, for a quarter of an hour, so that a group
which lost its host meanwhile does not stand still for ever."""

TAKE_YOUR_TIME, ASK_KINDLY, MOVE_ON = -70 * SECOND, -30 * SECOND, 0
"""Bells of the silence guard: after 20 s the teller alone is told there is no hurry, 40 s later
the host is asked to ask kindly, at 90 s the host may move on."""

GUARD_BELLS: Final = (TAKE_YOUR_TIME, ASK_KINDLY, MOVE_ON, *LATER_BELLS)

MAY_CLOSE: Final = 60 * SECOND
"""A host may close a turn kindly when it has been over for this long (`methods.md A1`)."""

TURN_BELLS: Final = (0, 30 * SECOND, *LATER_BELLS)


class Floor(msgspec.Struct, frozen=True):
    """Who holds the floor. `timer` is the silence guard until they begin, then their turn; `hold`
    runs while their line is down."""

    seat: str
    turn: int
    speaking: bool
    timer: Timer
    hold: Timer | None = None


class Round(msgspec.Struct, frozen=True):
    """One round. `length` ms a turn; `kept` holds the timer of a turn that is to go on later."""

    length: int
    ring: tuple[str, ...] = ()
    status: Mapping[str, Status] = msgspec.field(default_factory=dict)
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    floor: Floor | None = None
    turn: int = 0
    away: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()  # were away once when their turn came (rule 2)
    dropped: frozenset[str] = frozenset()  # lost their line once with the floor (rule 4)
    kept: Mapping[str, Timer] = msgspec.field(default_factory=dict)
    paused: bool = False
    complete: bool = False


class RoundEvent(Event, frozen=True, kw_only=True):
    """What happened in the round of `group`."""

    at: int
    group: str = ""


class SeatEvent(RoundEvent, frozen=True, kw_only=True):
    """What happened to `seat`."""

    seat: str


class TurnEvent(SeatEvent, frozen=True, kw_only=True):
    """What happened in turn number `turn`, which is `seat`'s."""

    turn: int


class TurnOffered(TurnEvent, frozen=True, tag="turn.offered"):
    """The floor comes to `seat`."""


class TurnBegun(TurnEvent, frozen=True, tag="turn.begun"):
    """They speak, for `duration` ms or for what was kept of an earlier start."""

    duration: int


class TurnDone(TurnEvent, frozen=True, tag="turn.done"):
    """They have finished."""


class TurnPassed(TurnEvent, frozen=True, tag="turn.passed"):
    """They passed: deferred the first time, then final."""


class TurnPostponed(TurnEvent, frozen=True, tag="turn.postponed"):
    """They asked to go on at the end."""


class TurnInterrupted(TurnEvent, frozen=True, tag="turn.interrupted"):
    """Their line stayed down; they go on at the end with what was left."""


class TurnExtended(TurnEvent, frozen=True, tag="turn.extended"):
    """`by` ms more for this turn."""

    by: int


class TurnNudged(TurnEvent, frozen=True, tag="turn.nudged"):
    """A bell of the guard or of the turn rang."""


class TurnSkipped(SeatEvent, frozen=True, tag="turn.skipped"):
    """Away when their turn came: to the end of the second queue, which is no pass."""


class TurnMissed(SeatEvent, frozen=True, tag="turn.missed"):
    """Away a second time."""


class SeatJoined(SeatEvent, frozen=True, tag="round.joined"):
    """A late joiner, after those who wait."""


class SeatAway(SeatEvent, frozen=True, tag="round.away"):
    """Their line dropped; last heard of at `seen` (ms)."""

    seen: int


class SeatBack(SeatEvent, frozen=True, tag="round.back"):
    """They are here again; who had left or missed the turn waits again."""


class SeatLeft(SeatEvent, frozen=True, tag="round.left"):
    """They left; the order closes up."""


class RoundReordered(RoundEvent, frozen=True, tag="round.reordered"):
    """The lead changed the order of those who wait; `first` is the queue now."""

    first: tuple[str, ...]


class LengthChanged(RoundEvent, frozen=True, tag="round.length"):
    """Turns that have not begun are `length` ms long."""

    length: int


class RoundPaused(RoundEvent, frozen=True, tag="round.paused"):
    """All time of the round stands still."""


class RoundResumed(RoundEvent, frozen=True, tag="round.resumed"):
    """Time goes on."""


class RoundCompleted(RoundEvent, frozen=True, tag="round.completed"):
    """Both queues are empty."""


EVENTS: Final[tuple[type[RoundEvent], ...]] = (
    TurnOffered,
    TurnBegun,
    TurnDone,
    TurnPassed,
    TurnPostponed,
    TurnInterrupted,
    TurnExtended,
    TurnNudged,
    TurnSkipped,
    TurnMissed,
    SeatJoined,
    SeatAway,
    SeatBack,
    SeatLeft,
    RoundReordered,
    LengthChanged,
    RoundPaused,
    RoundResumed,
    RoundCompleted,
)

FATES: Final[Mapping[type[SeatEvent], Mapping[Status, Status]]] = {
    TurnDone: {"speaking": "told"},
    TurnPassed: {
        "waiting": "deferred",
        "deferred": "passed",
        "interrupted": "passed",
        "speaking": "passed",
    },
    TurnPostponed: {"speaking": "interrupted"},
    TurnInterrupted: {"speaking": "interrupted"},
    TurnSkipped: {
        "waiting": "waiting",
        "deferred": "deferred",
        "interrupted": "interrupted",
    },
    TurnMissed: {
        "waiting": "missed",
        "deferred": "missed",
        "interrupted": "missed",
        "speaking": "missed",
    },
    SeatLeft: {
        "waiting": "left",
        "deferred": "left",
        "interrupted": "left",
        "speaking": "left",
        "missed": "left",
    },
    SeatBack: {"left": "waiting", "missed": "waiting"},
}
"""Event -> status -> status. Whoever ends in one of `COMES_BACK` goes to the end of `second`."""

COMES_BACK: Final[frozenset[Status]] = frozenset({"waiting", "deferred", "interrupted"})
FINAL: Final[frozenset[Status]] = frozenset({"told", "passed"})


def from_seat(ring: tuple[str, ...], seat: str) -> tuple[str, ...]:
    """The same ring, told from `seat` on: the volunteer, else the host (rule 9)."""
    if seat not in ring:
        return ring
    place = ring.index(seat)
    return ring[place:] + ring[:place]


def fresh(
    ring: tuple[str, ...], length: int, away: frozenset[str] = frozenset(), turn: int = 0
) -> Round:
    """A new round in the order of `ring`, `length` ms a turn; those in `away` are not here.
    Its offers are numbered from `turn` + 1 on."""
    status: dict[str, Status] = dict.fromkeys(ring, "waiting")
    return Round(length, ring, status, first=ring, turn=turn, away=away & frozenset(ring))


# --- evolve -------------------------------------------------------------------------------------


def after(round_: Round, events: tuple[Event, ...]) -> Round:
    """The round after all of `events`."""
    for event in events:
        round_ = evolve(round_, event)
    return round_


def evolve(round_: Round, event: Event) -> Round:
    """The round after `event`; total: an event of another kind, or of a step that cannot happen,
    changes nothing. The activity picks the round by `event.group`."""
    match event:
        case TurnOffered():
            return _offered(round_, event)
        case TurnBegun() | TurnExtended() | TurnNudged():
            return _floor_changed(round_, event)
        case SeatJoined(seat=seat):
            return _joined(round_, seat)
        case SeatAway(seat=seat):
            held = _held(round_, event)
            return replace(held, away=round_.away | {seat})
        case SeatBack(seat=seat):
            round_ = _fated(_unheld(round_, event), event)
            return replace(round_, away=round_.away - {seat}, gone=round_.gone - {seat})
        case SeatLeft(seat=seat):
            return replace(_fated(round_, event), gone=round_.gone | {seat})
        case TurnSkipped(seat=seat):
            return replace(_fated(round_, event), skipped=round_.skipped | {seat})
        case TurnInterrupted(seat=seat):
            return replace(_fated(round_, event), dropped=round_.dropped | {seat})
        case TurnDone() | TurnPassed() | TurnPostponed() | TurnMissed():
            return _fated(round_, event)
        case RoundReordered(first=first):
            return replace(round_, first=first)
        case LengthChanged(length=length):
            return replace(round_, length=length)
        case RoundPaused() | RoundResumed():
            return _paused(round_, event)
        case RoundCompleted():
            return replace(round_, complete=True)
        case _:
            return round_


def _offered(round_: Round, event: TurnOffered) -> Round:
    guard = timing.start(timing.idle("soft", GUARD, bells=GUARD_BELLS), event.at)
    floor = Floor(event.seat, event.turn, False, _still(round_, guard, event.at))
    return replace(_unqueued(round_, event.seat), floor=floor, turn=event.turn)


def _floor_changed(round_: Round, event: TurnBegun | TurnExtended | TurnNudged) -> Round:
    floor = round_.floor
    if floor is None or floor.turn != event.turn:
        return round_
    match event:
        case TurnBegun(seat=seat, at=at, duration=duration):
            kept = round_.kept.get(seat)
            timer = timing.start(timing.idle("soft", duration, bells=TURN_BELLS), at)
            if kept is not None:
                timer = timing.resume(kept, at)
            floor = replace(floor, speaking=True, timer=_still(round_, timer, at))
            status: dict[str, Status] = {**round_.status, seat: "speaking"}
            return replace(round_, floor=floor, status=status)
        case TurnExtended(by=by, at=at):
            return replace(round_, floor=replace(floor, timer=timing.extend(floor.timer, by, at)))
        case TurnNudged():
            return replace(round_, floor=replace(floor, timer=timing.ring(floor.timer)))


def _joined(round_: Round, seat: str) -> Round:
    if seat in round_.status or round_.complete:
        return round_
    status: dict[str, Status] = {**round_.status, seat: "waiting"}
    return replace(round_, ring=(*round_.ring, seat), first=(*round_.first, seat), status=status)


def _held(round_: Round, event: SeatAway) -> Round:
    """The holder's time stands still from the last heartbeat on, and the hold begins."""
    floor = round_.floor
    if floor is None or floor.seat != event.seat or floor.hold is not None:
        return round_
    hold = timing.start(timing.idle("hard", HOLD, bells=(0,)), event.at)
    timer = timing.pause(floor.timer, event.seen)
    return replace(round_, floor=replace(floor, timer=timer, hold=_still(round_, hold, event.at)))


def _unheld(round_: Round, event: SeatBack) -> Round:
    floor = round_.floor
    if floor is None or floor.seat != event.seat or floor.hold is None:
        return round_
    timer = floor.timer if round_.paused else timing.resume(floor.timer, event.at)
    return replace(round_, floor=replace(floor, timer=timer, hold=None))


def _fated(round_: Round, event: SeatEvent) -> Round:
    """Give `event.seat` the status the table says, the place that belongs to it, and keep the
    time of a turn that may go on."""
    seat, old = event.seat, round_.status.get(event.seat)
    new = FATES[type(event)].get(old) if old is not None else None
    if new is None or (isinstance(event, SeatBack) and round_.complete):
        return round_
    floor, kept = round_.floor, dict(round_.kept)
    if floor is not None and floor.seat == seat:
        if floor.speaking and new not in FINAL:
            kept[seat] = timing.pause(floor.timer, event.at)
        floor = None
    status: dict[str, Status] = {**round_.status, seat: new}
    round_ = replace(_unqueued(round_, seat), floor=floor, kept=kept, status=status)
    return replace(round_, second=(*round_.second, seat)) if new in COMES_BACK else round_


def _paused(round_: Round, event: RoundPaused | RoundResumed) -> Round:
    round_ = replace(round_, paused=isinstance(event, RoundPaused))
    floor = round_.floor
    if floor is None:
        return round_
    if round_.paused:
        timer, hold = timing.pause(floor.timer, event.at), floor.hold
        held = None if hold is None else timing.pause(hold, event.at)
        return replace(round_, floor=replace(floor, timer=timer, hold=held))
    if floor.hold is not None:
        return replace(round_, floor=replace(floor, hold=timing.resume(floor.hold, event.at)))
    return replace(round_, floor=replace(floor, timer=timing.resume(floor.timer, event.at)))


def _unqueued(round_: Round, seat: str) -> Round:
    return replace(
        round_,
        first=tuple(other for other in round_.first if other != seat),
        second=tuple(other for other in round_.second if other != seat),
    )


def _still(round_: Round, timer: Timer, at: int) -> Timer:
    """`timer`, standing still if the round does."""
    return timing.pause(timer, at) if round_.paused else timer


# --- what screens show --------------------------------------------------------------------------

_SHOWN: Final[Mapping[Status, SeatState]] = {
    "waiting": "waiting",
    "speaking": "floor",
    "told": "told",
    "deferred": "later",
    "interrupted": "later",
    "passed": "told",  # thanked, and told from nobody
    "missed": "away",
    "left": "left",
}


def seat_state(round_: Round, seat: str) -> SeatState:
    """How the ring draws `seat`."""
    status = round_.status.get(seat, "waiting")
    if round_.floor is not None and round_.floor.seat == seat:
        return "floor"
    if seat in round_.away and status in COMES_BACK:
        return "away"
    return _SHOWN[status]


def coming(round_: Round, n: int = 2) -> tuple[str, ...]:
    """The next `n` in the running order who are here."""
    return tuple(s for s in round_.first + round_.second if s not in round_.away)[:n]


def picture(round_: Round, id: str, title: Line | None = None) -> Ring:
    """The ring as everybody sees it; who left is not in it."""
    floor = round_.floor
    return Ring(
        id=id,
        seats=tuple(
            RingSeat(seat, Who(seat), seat_state(round_, seat))
            for seat in round_.ring
            if seat not in round_.gone
        ),
        floor=floor.seat if floor else None,
        clock=timing.clock(floor.timer) if floor and floor.speaking else None,
        next=coming(round_, len(round_.ring)),
        title=title,
    )


def floor_line(floor: Floor, seat: str = "") -> Line:
    """Who has the floor, as `seat` and the wall ("") read it."""
    if floor.speaking:
        return say("{name} speaks", name=Who(floor.seat))
    if floor.seat == seat:
        return say("The floor comes to you")
    return say("The floor comes to {name}", name=Who(floor.seat))

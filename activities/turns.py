"""The turn engine: what people, the clock and the line may do in a round (`methods.md` 1.5).

Functions take a `Round` and return its next events; an activity keeps one round per group, hands
over `group` with every call, and stores

    events = turns.done(round_, now, group)
    events = turns.then_offer(round_, events, now, group)  # or `offer` later, after a breath

A teller whose line drops keeps what remained at the last heartbeat and is held for 90 s
(architecture ruling *Time*); the same hold keeps the place of somebody who was offered the floor
and had not begun.
"""

from typing import Final

from activities import timing
from activities.kernel import Command, Deadline, LeadCommand, Reason, Refused, TimeUp
from activities.rounds import (
    MAY_CLOSE,
    MOVE_ON,
    Floor,
    LengthChanged,
    Round,
    RoundCompleted,
    RoundEvent,
    RoundPaused,
    RoundReordered,
    RoundResumed,
    SeatAway,
    SeatBack,
    SeatJoined,
    SeatLeft,
    TurnBegun,
    TurnDone,
    TurnExtended,
    TurnInterrupted,
    TurnMissed,
    TurnNudged,
    TurnOffered,
    TurnPassed,
    TurnPostponed,
    TurnSkipped,
    after,
    evolve,
)
from activities.timing import SECOND

SHORTEST: Final = 15 * SECOND
"""No round has shorter turns than this (`methods.md A4`)."""


# --- commands -----------------------------------------------------------------------------------


class TurnCommand(Command, frozen=True, kw_only=True):
    """A command about the turn its sender's screen showed."""

    turn: int
    group: str = ""


class Begin(TurnCommand, frozen=True, tag="turn.begin"):
    """I begin."""


class Done(TurnCommand, frozen=True, tag="turn.done"):
    """I have finished."""


class Pass(TurnCommand, frozen=True, tag="turn.pass"):
    """Pass: at a first offer come back at the end, later final (rule 3). `begun`, when given, says
    on which of the two screens it was tapped."""

    begun: bool | None = None


class Defer(TurnCommand, frozen=True, tag="turn.defer"):
    """Come back to me at the end: at a first offer like `Pass`, while speaking once a round."""


class Extend(TurnCommand, frozen=True, tag="turn.extend"):
    """`seconds` more for this turn; `all`: as much for everybody who has not begun."""

    seconds: int
    all: bool = False


class Next(TurnCommand, frozen=True, tag="turn.next"):
    """A host moves on: closes a turn that is over, or an offer that stayed silent."""


class Reorder(LeadCommand, frozen=True, kw_only=True, tag="turn.reorder"):
    """The lead lets `order` come next; the others still waiting for a first turn follow."""

    order: tuple[str, ...]
    group: str = ""


# --- what people ask for ------------------------------------------------------------------------


def stale(round_: Round, turn: int, speaking: bool | None = None) -> Reason | None:
    """`stale_turn` unless turn number `turn` holds the floor now (and, when `speaking` is given,
    has or has not begun)."""
    floor = round_.floor
    if floor is None or floor.turn != turn:
        return "stale_turn"
    return "stale_turn" if speaking not in (None, floor.speaking) else None


def offer(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """Give the floor to the next one who is here, or complete the round (rules 1 and 2)."""
    if round_.floor is not None or round_.complete:
        return ()
    events: list[RoundEvent] = []
    while queue := round_.first or round_.second:
        seat = queue[0]
        if seat not in round_.away:
            events.append(TurnOffered(at=now, group=group, seat=seat, turn=round_.turn + 1))
            return tuple(events)
        events.append(_absent(round_, seat, now, group))
        round_ = evolve(round_, events[-1])
    return (*events, RoundCompleted(at=now, group=group))


def then_offer(
    round_: Round, events: tuple[RoundEvent, ...], now: int, group: str = ""
) -> tuple[RoundEvent, ...]:
    """`events`, and the next offer if they left the floor free."""
    return (*events, *offer(after(round_, events), now, group))


def begin(round_: Round, now: int, group: str = "", times: int = 1) -> tuple[RoundEvent, ...]:
    """The offered one speaks. `times` = 2 for a turn that is interpreted."""
    floor = _floor(round_, speaking=False)
    length = round_.length * times
    return (TurnBegun(at=now, group=group, seat=floor.seat, turn=floor.turn, duration=length),)


def done(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """The one who speaks has finished."""
    floor = _floor(round_, speaking=True)
    return (TurnDone(at=now, group=group, seat=floor.seat, turn=floor.turn),)


def pass_(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """The holder passes (rule 3)."""
    floor = _floor(round_)
    return (TurnPassed(at=now, group=group, seat=floor.seat, turn=floor.turn),)


def may_come_back(round_: Round) -> bool:
    """Whether the holder may still say "come back to me": once a round."""
    floor = round_.floor
    if floor is None or floor.seat in round_.kept:
        return False
    return floor.speaking or round_.status[floor.seat] == "waiting"


def later(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """The holder comes back at the end. Raises `Refused("not_allowed")` the second time."""
    floor = _floor(round_)
    if not may_come_back(round_):
        raise Refused("not_allowed")
    if not floor.speaking:
        return pass_(round_, now, group)
    return (TurnPostponed(at=now, group=group, seat=floor.seat, turn=floor.turn),)


def extend(round_: Round, command: Extend, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """More time for the one who speaks. Raises `Refused` as `timing.ensure_extension` does."""
    floor = _floor(round_, speaking=True)
    by = timing.ensure_extension(floor.timer, command.seconds)
    extended = TurnExtended(at=now, group=group, seat=floor.seat, turn=floor.turn, by=by)
    if not command.all:
        return (extended,)
    return (extended, LengthChanged(at=now, group=group, length=round_.length + by))


def shorten(round_: Round, length: int, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """All turns that have not begun are `length` ms long from now on."""
    return (LengthChanged(at=now, group=group, length=max(length, SHORTEST)),)


def may_move_on(round_: Round) -> bool:
    """Whether a host may close the floor: silent for 90 s after the offer, or over by 60 s."""
    floor = round_.floor
    if floor is None or floor.hold is not None:
        return False
    return timing.rung_at(floor.timer, MAY_CLOSE if floor.speaking else MOVE_ON)


def move_on(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """The host moves on. Raises `Refused("not_allowed")` while it is too early."""
    floor = _floor(round_)
    if not may_move_on(round_):
        raise Refused("not_allowed")
    return done(round_, now, group) if floor.speaking else pass_(round_, now, group)


def reorder(
    round_: Round, seats: tuple[str, ...], now: int, group: str = ""
) -> tuple[RoundEvent, ...]:
    """`seats` come next. Raises `Refused("stale_seat")` if one of them is no longer waiting."""
    if len(set(seats)) != len(seats):
        raise Refused("bad_request")
    if not set(seats) <= set(round_.first):
        raise Refused("stale_seat")
    rest = tuple(seat for seat in round_.first if seat not in seats)
    return (RoundReordered(at=now, group=group, first=seats + rest),)


def pause(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """Let all time of the round stand still."""
    return () if round_.paused else (RoundPaused(at=now, group=group),)


def resume(round_: Round, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """Let time go on."""
    return (RoundResumed(at=now, group=group),) if round_.paused else ()


# --- what happens to people ---------------------------------------------------------------------


def join(round_: Round, seat: str, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """Somebody comes in: a late joiner after those who wait and before any second offer (rule 6),
    or a return (rule 5). Nothing once the round is complete."""
    if seat in round_.status:
        return back(round_, seat, now, group)
    return () if round_.complete else (SeatJoined(at=now, group=group, seat=seat),)


def away(round_: Round, seat: str, seen: int, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """A line dropped, last heard of at `seen`."""
    if seat not in round_.status or seat in round_.away | round_.gone:
        return ()
    return (SeatAway(at=now, group=group, seat=seat, seen=min(seen, now)),)


def back(round_: Round, seat: str, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """The same person is here again."""
    if seat not in round_.away | round_.gone:
        return ()
    return (SeatBack(at=now, group=group, seat=seat),)


def leave(round_: Round, seat: str, now: int, group: str = "") -> tuple[RoundEvent, ...]:
    """Somebody leaves: out of both queues at once (rule 5)."""
    if seat not in round_.status or seat in round_.gone:
        return ()
    return (SeatLeft(at=now, group=group, seat=seat),)


def due(round_: Round) -> int | None:
    """When the clock speaks next in this round (ms)."""
    floor = round_.floor
    return None if floor is None else timing.due(floor.hold or floor.timer)


def deadline(round_: Round, group: str = "") -> Deadline | None:
    """The round's alarm; its `TimeUp` goes to `timeup`."""
    at = due(round_)
    return None if at is None else Deadline(at, TimeUp(timer=f"turn:{group}", at=at))


def timeup(round_: Round, now: int, group: str = "", auto: bool = False) -> tuple[RoundEvent, ...]:
    """A bell rings. With `auto` (nobody hosts the group) the clock itself moves on where a host
    might."""
    floor = round_.floor
    if floor is None or due(round_) is None:
        return ()
    if floor.hold is not None:
        return (_lapsed(round_, floor, now, group),)
    rung: tuple[RoundEvent, ...] = (
        TurnNudged(at=now, group=group, seat=floor.seat, turn=floor.turn),
    )
    after_it = evolve(round_, rung[0])
    if auto and may_move_on(after_it):
        return rung + move_on(after_it, now, group)
    return rung


def _lapsed(round_: Round, floor: Floor, now: int, group: str) -> RoundEvent:
    """What becomes of a holder whose line stayed down for the whole hold (rules 2 and 4)."""
    if not floor.speaking:
        return _absent(round_, floor.seat, now, group)
    if floor.seat in round_.dropped:
        return TurnMissed(at=now, group=group, seat=floor.seat)
    return TurnInterrupted(at=now, group=group, seat=floor.seat, turn=floor.turn)


def _absent(round_: Round, seat: str, now: int, group: str) -> RoundEvent:
    """Rule 2: the first time to the end of the second queue, the second time missed."""
    if seat in round_.skipped:
        return TurnMissed(at=now, group=group, seat=seat)
    return TurnSkipped(at=now, group=group, seat=seat)


def _floor(round_: Round, speaking: bool | None = None) -> Floor:
    """The floor, in the wanted stage; `Refused("stale_turn")` otherwise."""
    floor = round_.floor
    if floor is None or speaking not in (None, floor.speaking):
        raise Refused("stale_turn")
    return floor

"""The chairs of a fishbowl, who waits for one, and when somebody is asked to make room
(`methods.md` A2, seat rules).

Theory
------
A `Bowl` changes by events only. Its *stage* says what a free chair means: `free` (people find
their places before the talk), `locked` (the talk runs and nobody comes in) or `open`.

    outer --asked--> queue --chair frees--> inside --leaves, is thanked, line lost 45 s--> outer

Whenever a chair may have become free the activity calls `settle`, which seats the next in line:
so no free open chair waits for anybody (FB3). Its moments are *bowl time*, which stands still
while everything is paused; `wall` turns one back into milliseconds since the epoch.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from activities.kernel import MINUTE, Event, Refused
from activities.timing import SECOND

Stage = Literal["free", "locked", "open"]

NUDGE: Final = 20 * SECOND
"""Somebody inside is asked, privately, to make room when the bowl was full this long (rule 2)."""

VISIT: Final = 3 * MINUTE
"""A visitor makes a point or asks, hears the answer, and leaves (rule 2, `visitor`)."""

HOLD: Final = 45 * SECOND
"""A chair, and a place in the waiting list, of somebody whose line dropped (rule 5, 1.13)."""

TABLE_HOLD: Final = 60 * SECOND
"""The same for people who share a lost table device (1.13, *table device lost*)."""

LONELY: Final = 4 * MINUTE
"""Nobody comes for this long: the lead may invite somebody quietly (rule 7)."""

AGAIN: Final = 30 * SECOND
MOST_AGAIN: Final = 60
"""A release that is due comes up again this often, for half an hour: so an autopilot that sets in
late still frees a chair, and one whose minimum stay was not over then is not forgotten."""

LEAST: Final = 2
"""Two make a conversation: nobody leaves these two by choice (rule 5)."""


class Pace(msgspec.Struct, frozen=True):
    """When a full bowl asks somebody to make room, in ms after it became full, and the minimum
    stay. `auto`: the machine frees the chair itself."""

    nudge: int = NUDGE
    grace: int = 60 * SECOND
    stay: int = 60 * SECOND
    auto: bool = False


class Chair(msgspec.Struct, frozen=True):
    """One chair. `sitting` numbers who sat down when: a command names the sitting it is about.

    `anchored`: stays inside (a host of the topic, a starter under the visitor rule). `away`: since
    when the line is down, `hold` how long the chair is kept then. `asked`: by the clock, while the
    bowl is full, to make room; `thanked`: by the lead. `relief`: would leave if somebody came.
    """

    seat: str = ""
    sitting: int = 0
    since: int = 0
    hall: bool = False
    anchored: bool = False
    away: int | None = None
    hold: int = HOLD
    asked: bool = False
    thanked: bool = False
    relief: bool = False


class Waiting(msgspec.Struct, frozen=True):
    """Somebody in the waiting list, in the order of asking."""

    seat: str
    number: int
    hall: bool = False
    away: int | None = None
    hold: int = HOLD


class Bowl(msgspec.Struct, frozen=True):
    """Chairs and waiting list. `been`: who was inside while the talk ran.

    `full`: since when no chair is free; `empty`: since when one is and nobody wants it; both only
    while `open`. `due`: how often the release of a chair has come up. `seed`: nobody comes.
    """

    pace: Pace
    chairs: tuple[Chair, ...]
    queue: tuple[Waiting, ...] = ()
    stage: Stage = "free"
    been: frozenset[str] = frozenset()
    sitting: int = 0
    asked: int = 0
    full: int | None = None
    nudged: bool = False
    due: int = 0
    empty: int | None = None
    seed: bool = False
    stopped: int | None = None  # wall time at which everything stood still
    lost: int = 0  # ms that were spent standing still


def fresh(size: int, pace: Pace) -> Bowl:
    """`size` free chairs before the talk."""
    return Bowl(pace, (Chair(),) * size)


# --- events -------------------------------------------------------------------------------------


class BowlEvent(Event, frozen=True, kw_only=True):
    """What happened in the bowl at `at` (ms)."""

    at: int


class ChairTaken(BowlEvent, frozen=True, tag="chair.taken"):
    """`seat` sits on chair `chair`; `hall`: in the room, not far away."""

    seat: str
    chair: int
    hall: bool = False
    anchored: bool = False


class ChairFreed(BowlEvent, frozen=True, tag="chair.freed"):
    """`seat` is no longer inside."""

    seat: str


class ChairHeld(BowlEvent, frozen=True, tag="chair.held"):
    """The line of `seat`, inside or waiting, dropped; the place is kept for `hold` ms."""

    seat: str
    hold: int


class ChairBack(BowlEvent, frozen=True, tag="chair.back"):
    """And is up again."""

    seat: str


class ChairAnchored(BowlEvent, frozen=True, tag="chair.anchored"):
    """`seat` stays inside, or no longer."""

    seat: str
    on: bool


class ChairAsked(BowlEvent, frozen=True, tag="chair.asked"):
    """`seat` is asked, privately, to make room; `nudge`: by the clock."""

    seat: str
    nudge: bool = False


class ChairRelief(BowlEvent, frozen=True, tag="chair.relief"):
    """`seat` would leave, but only two are inside."""

    seat: str


class QueueJoined(BowlEvent, frozen=True, tag="queue.joined"):
    """`seat` waits for a chair."""

    seat: str
    hall: bool = False


class QueueLeft(BowlEvent, frozen=True, tag="queue.left"):
    """And no longer."""

    seat: str


class StageSet(BowlEvent, frozen=True, tag="bowl.stage"):
    """What a free chair means from now on. The waiting list ends when chairs are not open."""

    stage: Stage


class ReleaseDue(BowlEvent, frozen=True, tag="release.due"):
    """The bowl was full for longer than the grace (FB4); also each time it comes up again."""


class SeedDue(BowlEvent, frozen=True, tag="seed.due"):
    """A chair was free for four minutes and nobody came."""


EVENTS: Final[tuple[type[Event], ...]] = (
    ChairTaken,
    ChairFreed,
    ChairHeld,
    ChairBack,
    ChairAnchored,
    ChairAsked,
    ChairRelief,
    QueueJoined,
    QueueLeft,
    StageSet,
    ReleaseDue,
    SeedDue,
)

# --- reading ------------------------------------------------------------------------------------


def time(bowl: Bowl, now: int) -> int:
    """Bowl time at `now`."""
    return (now if bowl.stopped is None else bowl.stopped) - bowl.lost


def wall(bowl: Bowl, at: int) -> int:
    """When bowl time `at` is, in ms since the epoch, if nothing is paused until then."""
    return at + bowl.lost


def inside(bowl: Bowl) -> tuple[str, ...]:
    """Who sits inside, in the order of the chairs."""
    return tuple(chair.seat for chair in bowl.chairs if chair.seat)


def here(bowl: Bowl) -> tuple[str, ...]:
    """Who sits inside and whose line is up."""
    return tuple(chair.seat for chair in bowl.chairs if chair.seat and chair.away is None)


def chair_of(bowl: Bowl, seat: str) -> Chair | None:
    """The chair `seat` sits on."""
    return next((chair for chair in bowl.chairs if seat and chair.seat == seat), None)


def sitting(bowl: Bowl, number: int) -> Chair | None:
    """The chair of sitting number `number`, if it lasts."""
    return next((chair for chair in bowl.chairs if chair.seat and chair.sitting == number), None)


def place_of(bowl: Bowl, seat: str) -> Waiting | None:
    """How `seat` waits."""
    return next((one for one in bowl.queue if one.seat == seat), None)


def free(bowl: Bowl) -> tuple[int, ...]:
    """Chairs nobody sits on."""
    return tuple(index for index, chair in enumerate(bowl.chairs) if not chair.seat)


def may_leave(bowl: Bowl) -> bool:
    """Whether somebody may leave by choice: not one of the last two (rule 5)."""
    return bowl.stage == "free" or len(here(bowl)) > LEAST


def order(bowl: Bowl) -> tuple[Waiting, ...]:
    """The waiting list as it is served: never inside first, then earliest asked (rule 3, FB5)."""
    return tuple(sorted(bowl.queue, key=lambda one: (one.seat in bowl.been, one.number)))


def side_full(bowl: Bowl, hall: bool) -> bool:
    """Whether this side holds all chairs but one while the other side waits (rule 6)."""
    held = sum(1 for chair in bowl.chairs if chair.seat and chair.hall == hall)
    other = any(one.hall != hall and one.away is None for one in bowl.queue)
    return held >= len(bowl.chairs) - 1 and other


def coming(bowl: Bowl) -> Waiting | None:
    """Who sits down next: somebody who is here, and whose side may have a chair."""
    for one in order(bowl):
        if one.away is None and not side_full(bowl, one.hall):
            return one
    return None


def longest(bowl: Bowl) -> Chair | None:
    """Whom one would ask to make room: here longest, and not anchored."""
    able = [c for c in bowl.chairs if c.seat and not c.anchored and c.away is None]
    return min(able, key=lambda chair: (chair.since, chair.sitting), default=None)


def may_release(bowl: Bowl) -> bool:
    """Whether a release is due and would leave two people to talk."""
    return bowl.due > 0 and longest(bowl) is not None and len(here(bowl)) > LEAST


def alarms(bowl: Bowl) -> tuple[tuple[int, str], ...]:
    """When the clock speaks about the bowl (ms since the epoch), and of what."""
    if bowl.stopped is not None:
        return ()
    places: list[Chair | Waiting] = [*bowl.chairs, *bowl.queue]
    found = [(one.away + one.hold, f"hold:{one.seat}") for one in places if one.away is not None]
    if bowl.full is not None:
        asked = longest(bowl)
        if not bowl.nudged and asked is not None:
            found.append((max(bowl.full + bowl.pace.nudge, asked.since + bowl.pace.stay), "nudge"))
        if bowl.due <= MOST_AGAIN:
            found.append((bowl.full + bowl.pace.grace + bowl.due * AGAIN, "release"))
    if bowl.empty is not None and not bowl.seed:
        found.append((bowl.empty + LONELY, "seed"))
    return tuple((wall(bowl, at), name) for at, name in found)


# --- deciding -----------------------------------------------------------------------------------


def take(
    bowl: Bowl, seat: str, chair: int, now: int, *, hall: bool = False, anchored: bool = False
) -> tuple[BowlEvent, ...]:
    """`seat` sits down on `chair`. Raises `Refused("stale_seat")` if that is not free."""
    if chair not in free(bowl) or chair_of(bowl, seat) is not None:
        raise Refused("stale_seat")
    return (ChairTaken(at=now, seat=seat, chair=chair, hall=hall, anchored=anchored),)


def ask(bowl: Bowl, seat: str, now: int, *, hall: bool = False) -> tuple[BowlEvent, ...]:
    """`seat` waits for a chair; `settle` seats them at once if one is free."""
    if place_of(bowl, seat) is not None:
        raise Refused("duplicate")
    if chair_of(bowl, seat) is not None:
        raise Refused("stale_seat")
    return (QueueJoined(at=now, seat=seat, hall=hall),)


def gone(bowl: Bowl, seat: str, now: int) -> tuple[BowlEvent, ...]:
    """`seat` leaves the room: out of the bowl and the waiting list at once."""
    if chair_of(bowl, seat) is not None:
        return (ChairFreed(at=now, seat=seat),)
    return (QueueLeft(at=now, seat=seat),) if place_of(bowl, seat) is not None else ()


def away(bowl: Bowl, seat: str, now: int, hold: int = HOLD) -> tuple[BowlEvent, ...]:
    """The line of `seat` dropped."""
    one = chair_of(bowl, seat) or place_of(bowl, seat)
    if one is None or one.away is not None:
        return ()
    return (ChairHeld(at=now, seat=seat, hold=hold),)


def back(bowl: Bowl, seat: str, now: int) -> tuple[BowlEvent, ...]:
    """The line of `seat` is up again."""
    one = chair_of(bowl, seat) or place_of(bowl, seat)
    if one is None or one.away is None:
        return ()
    return (ChairBack(at=now, seat=seat),)


def timeup(bowl: Bowl, name: str, now: int, *, auto: bool = False) -> tuple[BowlEvent, ...]:
    """What the clock says; `auto`: nobody else will free a chair."""
    if name.startswith("hold:"):
        return gone(bowl, name.removeprefix("hold:"), now)
    if name == "seed":
        return (SeedDue(at=now),)
    asked = longest(bowl)
    if name == "nudge":
        return (ChairAsked(at=now, seat=asked.seat, nudge=True),) if asked is not None else ()
    due = ReleaseDue(at=now)
    if not (auto or bowl.pace.auto) or not may_release(evolve(bowl, due)) or asked is None:
        return (due,)
    stayed = time(bowl, now) - asked.since >= bowl.pace.stay
    return (due, ChairFreed(at=now, seat=asked.seat)) if stayed else (due,)


def settle(bowl: Bowl, now: int) -> tuple[BowlEvent, ...]:
    """Free open chairs go to those who wait (FB3)."""
    events: list[BowlEvent] = []
    while bowl.stage == "open" and free(bowl) and (one := coming(bowl)) is not None:
        taken = ChairTaken(at=now, seat=one.seat, chair=free(bowl)[0], hall=one.hall)
        events.append(taken)
        bowl = evolve(bowl, taken)
    return tuple(events)


# --- evolve -------------------------------------------------------------------------------------


def evolve(bowl: Bowl, event: Event) -> Bowl:
    """The bowl after `event`; total: events of other kinds change nothing."""
    change = _CHANGE.get(type(event))
    return bowl if change is None else _watched(change(bowl, event), event)


def stop(bowl: Bowl, at: int) -> Bowl:
    """All time of the bowl stands still."""
    return bowl if bowl.stopped is not None else replace(bowl, stopped=at)


def go_on(bowl: Bowl, at: int) -> Bowl:
    """Time goes on."""
    if bowl.stopped is None:
        return bowl
    return replace(bowl, stopped=None, lost=bowl.lost + max(0, at - bowl.stopped))


def _taken(bowl: Bowl, event: ChairTaken) -> Bowl:
    if not 0 <= event.chair < len(bowl.chairs) or chair_of(bowl, event.seat) is not None:
        return bowl
    number = bowl.sitting + 1
    chair = Chair(
        event.seat, number, time(bowl, event.at), hall=event.hall, anchored=event.anchored
    )
    been = bowl.been if bowl.stage == "free" else bowl.been | {event.seat}
    queue = tuple(one for one in bowl.queue if one.seat != event.seat)
    chairs = (*bowl.chairs[: event.chair], chair, *bowl.chairs[event.chair + 1 :])
    # Somebody came: whether nobody comes is asked anew.
    return replace(
        bowl, chairs=chairs, queue=queue, been=been, sitting=number, empty=None, seed=False
    )


def _freed(bowl: Bowl, event: ChairFreed) -> Bowl:
    chairs = tuple(Chair() if chair.seat == event.seat else chair for chair in bowl.chairs)
    return replace(bowl, chairs=chairs)


def _line(bowl: Bowl, event: ChairHeld | ChairBack) -> Bowl:
    held = isinstance(event, ChairHeld)
    away = time(bowl, event.at) if held else None
    hold = event.hold if isinstance(event, ChairHeld) else HOLD

    def changed(one: Any) -> Any:
        return replace(one, away=away, hold=hold) if one.seat == event.seat else one

    return replace(
        bowl, chairs=tuple(map(changed, bowl.chairs)), queue=tuple(map(changed, bowl.queue))
    )


def _chair(bowl: Bowl, seat: str, **changes: Any) -> Bowl:
    chairs = tuple(
        replace(chair, **changes) if chair.seat == seat else chair for chair in bowl.chairs
    )
    return replace(bowl, chairs=chairs)


def _asked(bowl: Bowl, event: ChairAsked) -> Bowl:
    if event.nudge:
        return replace(_chair(bowl, event.seat, asked=True), nudged=True)
    return _chair(bowl, event.seat, thanked=True)


def _joined(bowl: Bowl, event: QueueJoined) -> Bowl:
    if place_of(bowl, event.seat) is not None or chair_of(bowl, event.seat) is not None:
        return bowl
    one = Waiting(event.seat, bowl.asked + 1, event.hall)
    return replace(bowl, queue=(*bowl.queue, one), asked=one.number)


def _left(bowl: Bowl, event: QueueLeft) -> Bowl:
    return replace(bowl, queue=tuple(one for one in bowl.queue if one.seat != event.seat))


def _staged(bowl: Bowl, event: StageSet) -> Bowl:
    been = bowl.been if event.stage == "free" else bowl.been | set(inside(bowl))
    queue = bowl.queue if event.stage == "open" else ()
    return replace(bowl, stage=event.stage, been=been, queue=queue, empty=None, seed=False)


_CHANGE: Final[dict[type[Event], Callable[[Bowl, Any], Bowl]]] = {
    ChairTaken: _taken,
    ChairFreed: _freed,
    ChairHeld: _line,
    ChairBack: _line,
    ChairAnchored: lambda bowl, event: _chair(bowl, event.seat, anchored=event.on, asked=False),
    ChairAsked: _asked,
    ChairRelief: lambda bowl, event: _chair(bowl, event.seat, relief=True),
    QueueJoined: _joined,
    QueueLeft: _left,
    StageSet: _staged,
    ReleaseDue: lambda bowl, _: replace(bowl, due=bowl.due + 1),
    SeedDue: lambda bowl, _: replace(bowl, seed=True),
}


def _watched(bowl: Bowl, event: Any) -> Bowl:
    """Since when the bowl is full, and since when a chair is free and nobody wants it."""
    now = time(bowl, event.at)
    full = bowl.stage == "open" and not free(bowl)
    if not full:
        chairs = tuple(replace(chair, asked=False) for chair in bowl.chairs)
        bowl = replace(bowl, chairs=chairs, full=None, nudged=False, due=0)
    elif bowl.full is None:
        bowl = replace(bowl, full=now)
    wanted = any(one.away is None for one in bowl.queue)
    if bowl.stage != "open" or full or wanted:
        return replace(bowl, empty=None, seed=False)
    return bowl if bowl.empty is not None else replace(bowl, empty=now)

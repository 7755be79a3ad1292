"""The alarms of one room: what may ring, and when somebody's silence, offer or key has to be
looked at next."""

from collections.abc import Callable
from typing import Final, Literal, get_args

from rooms import helm_view, safety_view, unnamed
from rooms import lead as leads
from rooms.clock import Alarms, Clock, Ring
from rooms.presence import Presence
from rooms.roll import RETRY
from rooms.whole import Activities, Whole

What = Literal[
    "activity", "people", "effects", "tidy", "work", "taken", "boxes", "words", "keep", "photos",
    "memo",
]  # fmt: skip
"""The running activity's next deadline; people; effects, removals and heavy work not done yet;
cards that were taken away and words refused, which are to be erased; the dates of board and memo;
pictures that no card shows; the memo, which becomes a draft or waits no longer for answers."""

EVERY: Final[tuple[What, ...]] = get_args(What)


class RoomAlarms:
    """One room's own alarms among those of the process, one of each kind. Times in ms."""

    def __init__(self, room: str, alarms: Alarms, clock: Clock) -> None:
        self.look: Callable[[], None] = lambda: None
        """Keep every alarm that follows from what the room holds; the room says which."""
        self._room = room
        self._alarms = alarms
        self._clock = clock

    def due(self, what: What) -> int | None:
        """When this alarm rings, if it is set."""
        return self._alarms.due(f"{self._room}/{what}")

    def set(self, what: What, at: int, ring: Ring) -> None:
        """Ring at `at`, in the place of what was set before."""
        self._alarms.set(f"{self._room}/{what}", at, ring)

    def keep(self, what: What, at: int | None, ring: Ring) -> None:
        """Ring at `at` and at no other time; None: do not ring."""
        if at is None:
            self.drop(what)
        elif self.due(what) != at:
            self.set(what, at, ring)

    def keep_first(self, what: What, at: int | None, ring: Ring) -> None:
        """Ring at `at`, unless an alarm is set already: that one looks for what comes next, or
        tries again what could not be written. None: do not ring."""
        if at is None or self.due(what) is None:
            self.keep(what, at, ring)

    def again(self, what: What, ring: Ring) -> None:
        """Ring soon: what was to be done could not be written."""
        self.set(what, self._clock.now() + RETRY, ring)

    def drop(self, what: What) -> None:
        """Do not ring."""
        self._alarms.drop(f"{self._room}/{what}")

    def drop_all(self) -> None:
        """The room closes."""
        for what in EVERY:
            self.drop(what)


def people_due(
    whole: Whole, activities: Activities, presence: Presence, now: int, *, untold: bool
) -> int | None:
    """When people have to be looked at next (ms): a silence, an offer, a volunteer's turn, a
    proposal, a pause asked for, a key to forget. `untold`: the roll waits to be written."""
    times = [presence.next_check(now), shown_due(whole, activities, presence, now)]
    if untold:
        times.append(now + RETRY)
    times += unnamed.keys_due(whole, activities).values()
    return min((at for at in times if at is not None and at > now), default=None)


def shown_due(whole: Whole, activities: Activities, presence: Presence, now: int) -> int | None:
    """When what people see of the room is another because of the time alone (ms)."""
    lead = whole.room.lead
    times = [lead.offer_ends]
    if (since := presence.since(lead.lead)) and lead.acting != leads.AUTOPILOT:
        times.append(since + leads.LEAD_GRACE)
    if lead.alone_since:
        times.append(lead.alone_since + leads.VOLUNTEER_AFTER)
    times += helm_view.times(whole, activities)
    times += safety_view.times(whole.room)
    return min((at for at in times if at > now), default=None)

"""What the room keeps for safety: whether it is frozen, who waits at the door, what is hidden
(issue 3, *Safety*)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec
from msgspec.structs import replace

from activities.kernel import Event

HIDES_BACK: Final = 120_000
"""Milliseconds of a seat's doings that one tap hides."""

PAUSE_ASKED_LASTS: Final = 60_000
"""Milliseconds within which a second participant must ask for the same."""


class Frozen(msgspec.Struct, frozen=True):
    """Who froze the room and when (ms); `people`: two participants did. `activity`: the one whose
    clocks stand still for it."""

    at: int
    by: str
    people: bool = False
    activity: str = ""


class PauseAsk(msgspec.Struct, frozen=True):
    """A participant asks to freeze the room, or to go on; another one has to ask the same."""

    seat: str
    on: bool
    at: int


class Hidden(msgspec.Struct, frozen=True):
    """What is hidden of one seat: cards as (document, card id), words by reference."""

    at: int
    by: str
    cards: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()


class RoomFrozen(Event, frozen=True, tag="room.frozen"):
    """People cannot write."""

    frozen: Frozen


class RoomThawed(Event, frozen=True, tag="room.thawed"):
    """People may write again."""


class PauseAsked(Event, frozen=True, tag="room.pause_asked"):
    """The first of two participants."""

    ask: PauseAsk


class DoorAsks(Event, frozen=True, tag="door.asks"):
    """Newcomers wait at the door, or (`on` false) no longer."""

    on: bool


class SeatHidden(Event, frozen=True, tag="seat.hidden"):
    """This much more of a seat is hidden."""

    seat: str
    hidden: Hidden


class SeatRestored(Event, frozen=True, tag="seat.restored"):
    """Nothing of the seat is hidden any more: all is back."""

    seat: str
    hidden: Hidden


class SeatErased(Event, frozen=True, tag="seat.erased"):
    """What was hidden of the seat is gone for good."""

    seat: str
    hidden: Hidden


SafetyEvent = (
    RoomFrozen | RoomThawed | PauseAsked | DoorAsks | SeatHidden | SeatRestored | SeatErased
)


class Safety(msgspec.Struct, frozen=True, dict=True):
    """See the module. `erased`: words that are gone for good."""

    frozen: Frozen | None = None
    ask: PauseAsk | None = None
    door_asks: bool = False
    hidden: Mapping[str, Hidden] = msgspec.field(default_factory=dict)
    erased: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every text that nobody is shown."""
        return self.erased.union(*(h.words for h in self.hidden.values()))

    @cached_property
    def cards(self) -> frozenset[str]:
        """Ids of every hidden card."""
        return frozenset(card for h in self.hidden.values() for _, card in h.cards)


def evolve(safety: Safety, event: SafetyEvent) -> Safety:
    """The record after `event`; total."""
    match event:
        case RoomFrozen(frozen=frozen):
            return replace(safety, frozen=frozen, ask=None)
        case RoomThawed():
            return replace(safety, frozen=None, ask=None)
        case PauseAsked(ask=ask):
            return replace(safety, ask=ask)
        case DoorAsks(on=on):
            return replace(safety, door_asks=on)
        case SeatHidden(seat=seat, hidden=hidden):
            old = safety.hidden.get(seat)
            both = hidden if old is None else _joined(old, hidden)
            return replace(safety, hidden={**safety.hidden, seat: both})
        case SeatRestored(seat=seat):
            return replace(safety, hidden=_but(safety.hidden, seat))
        case SeatErased(seat=seat, hidden=hidden):
            return replace(
                safety,
                hidden=_but(safety.hidden, seat),
                erased=safety.erased | frozenset(hidden.words),
            )


def _but(hidden: Mapping[str, Hidden], seat: str) -> Mapping[str, Hidden]:
    return {s: h for s, h in hidden.items() if s != seat}


def _joined(old: Hidden, new: Hidden) -> Hidden:
    return replace(
        new,
        cards=tuple(dict.fromkeys((*old.cards, *new.cards))),
        words=tuple(dict.fromkeys((*old.words, *new.words))),
    )


def asks_the_same(safety: Safety, seat: str, on: bool, now: int) -> bool:
    """Whether another participant asked for the same within the last minute."""
    ask = safety.ask
    return (
        ask is not None and ask.seat != seat and ask.on == on and now - ask.at <= PAUSE_ASKED_LASTS
    )

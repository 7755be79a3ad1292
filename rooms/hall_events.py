"""What happened to seats, devices and spoken answers in a hall, and what it adds up to."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from activities.kernel import Event, Where
from rooms.seats import Seat

MOVE_WINDOW: Final = 10 * 60_000
"""Milliseconds in which a code takes a seat to another phone: long enough to find the phone in a
bag, short enough that a code on a wall photo is worth nothing."""


class SeatOffered(Event, frozen=True, tag="seat.offered"):
    """A code was made that takes this seat to another device until `until` (ms). The code itself is
    derived from `nonce`, never stored."""

    seat: str
    nonce: str
    until: int


class SeatKept(Event, frozen=True, tag="seat.kept"):
    """The code opens nothing any more."""

    seat: str


class SeatMoved(Event, frozen=True, tag="seat.moved"):
    """From now on only `device` speaks for this seat. With `digest` it is a new device."""

    seat: str
    device: str
    where: Where
    digest: str = ""


class ConsentHeard(Event, frozen=True, tag="consent.heard"):
    """`by` heard the owner say yes to these words, and says so."""

    seat: str
    by: str
    words: tuple[str, ...]


class CallSet(Event, frozen=True, tag="call.set"):
    """Where the room talks: the words of a template, "" for nowhere."""

    words: str


HallEvent = SeatOffered | SeatKept | SeatMoved | ConsentHeard | CallSet
HALL_EVENTS: Final = (SeatOffered, SeatKept, SeatMoved, ConsentHeard, CallSet)


class Hall(msgspec.Struct, frozen=True):
    """What those events add up to, beside the seats themselves.

    `offered`: the code each seat may be taken along with. `moved`: device -> seats that went from
    it to another.
    """

    offered: Mapping[str, SeatOffered] = msgspec.field(default_factory=dict)
    moved: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    call: str = ""

    def offer(self, seat: str, now: int) -> SeatOffered | None:
        """The code of this seat that still works at `now`."""
        found = self.offered.get(seat)
        return found if found is not None and now < found.until else None


def moved(seat: Seat, event: SeatMoved) -> Seat:
    """The seat after it went to another device."""
    return replace(seat, devices=(event.device,), where=event.where)


def hall_after(hall: Hall, event: HallEvent, seat: Seat | None) -> Hall:
    """The hall after an event; `seat` is the seat it is about as it was before. Total."""
    match event:
        case SeatOffered():
            offered = {**hall.offered, event.seat: event}
            return replace(hall, offered=offered)
        case SeatKept():
            return replace(hall, offered=_without(hall.offered, event.seat))
        case SeatMoved():
            old = seat.devices if seat is not None else ()
            gone = dict(hall.moved)
            for device in old:
                if device != event.device:
                    gone[device] = tuple(dict.fromkeys((*gone.get(device, ()), event.seat)))
            if event.device in gone:  # back on a device it once left
                gone[event.device] = tuple(s for s in gone[event.device] if s != event.seat)
            return replace(hall, offered=_without(hall.offered, event.seat), moved=gone)
        case CallSet():
            return replace(hall, call=event.words)
        case ConsentHeard():
            return hall


def _without(offered: Mapping[str, SeatOffered], seat: str) -> dict[str, SeatOffered]:
    return {id: one for id, one in offered.items() if id != seat}

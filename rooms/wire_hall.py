"""The wire of a hall: whose seat is on which device, who heard a yes aloud, the call of a room.

A device in the hall carries up to nine people (`methods.md` 1.1); each has an own view, turn,
ballot and yes. Commands are sent by the seat they are about unless they say otherwise.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities.blocks import Who, Words
from activities.kernel import Command, LeadCommand, Where

CODE_LIMIT: Final = 40
"""Characters of a code as somebody may type it, with blanks and dashes."""

ANSWERS_LIMIT: Final = 2**53
"""Numbers of commits never come near it; the largest a browser keeps exactly."""


class SeatMove(Command, frozen=True, tag="seat.move"):
    """I take my seat along to a phone of my own. The device shows a code for ten minutes; the phone
    that types it in speaks for this seat from then on, and this device no longer does."""


class SeatStay(Command, frozen=True, tag="seat.stay"):
    """I stay on this device after all: the code opens nothing any more."""


class SeatAdopt(Command, frozen=True, tag="seat.adopt"):
    """The shared device of our table is lost: its people go on at my device. `code` is what the
    facilitators see for that table."""

    code: Annotated[str, Meta(max_length=CODE_LIMIT)]


class SeatCarry(LeadCommand, frozen=True, tag="seat.carry"):
    """A facilitator speaks from now on for somebody who is on the phone."""

    seat: str


class SeatWhere(Command, frozen=True, tag="seat.where"):
    """Where I am now: online, in the hall, or on a call."""

    where: Literal["remote", "room", "phone"]


class ConsentHear(Command, frozen=True, tag="consent.hear"):
    """I heard `seat` answer aloud after the words were read back: I am the second person of
    `methods.md` 1.8. `answer` is the answer I heard; a later one needs to be heard again."""

    seat: str
    answer: Annotated[int, Meta(ge=0, le=ANSWERS_LIMIT)]


class RoomCall(LeadCommand, frozen=True, tag="room.call"):
    """Where this room talks: a link with the places {room} and {group}, such as
    `https://meet.example.org/{room}-{group}`, `tel:` or `sip:`. Without `link`: nowhere."""

    link: Words | None = None


HallCommand = SeatMove | SeatStay | SeatAdopt | SeatCarry | SeatWhere | ConsentHear | RoomCall


class OwnSeat(msgspec.Struct, frozen=True):
    """One person of a device. `steward`: whose device it is, who presses the buttons. `code`: what
    an own phone types in to take this seat along, until `code_ends` (ms)."""

    seat: str
    name: Who
    role: str
    where: Where
    status: Literal["in", "left", "waiting"]
    language: str
    steward: bool = False
    code: str = ""
    code_ends: int | None = None


class DeviceMessage(msgspec.Struct, frozen=True, tag_field="type", tag="device"):
    """Who is on this device now, its steward first. A page draws a chip for each."""

    seq: int
    now: int
    seats: tuple[OwnSeat, ...]


class Table(msgspec.Struct, frozen=True):
    """A shared device, for facilitators. `lost_since` (ms): nothing is heard of it; then `code` is
    what another device in the hall types in (`seat.adopt`), from `adopt_from` on."""

    steward: str
    name: Who
    seats: tuple[str, ...]
    lost_since: int = 0
    adopt_from: int = 0
    code: str = ""

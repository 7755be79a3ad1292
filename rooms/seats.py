"""Seats and devices: a person's lasting place in a room, and the things that speak for it."""

from typing import Final, Literal

import msgspec

from activities.kernel import Member, Where

RoleName = Literal["facilitator", "participant", "observer", "interpreter", "screen"]

CARRIED: Final = ("carried", "phone")
"""Where people are who need not have a device of their own: somebody may press the buttons for
them."""

SEATS_PER_DEVICE: Final = 9
"""A steward and up to eight people at one table (`methods.md` 1.1)."""

SEATS_PER_ROOM: Final = 400
"""Twice the largest activity of `methods.md` 1.12; a bound for hostile joins, not a promise."""


class Seat(msgspec.Struct, frozen=True):
    """A person's place. Name and organisation are references to words, so that erasing a person
    is possible.

    `devices` speak for it, in the order they came; people without an own one share a device.
    """

    id: str
    name: str
    role: RoleName = "participant"
    where: Where = "remote"
    language: str = "en"
    organisation: str = ""
    willing: bool = False
    dealt_in: bool = False
    organiser: bool = False
    status: Literal["in", "left", "removed", "waiting"] = "in"  # waiting: at the door
    devices: tuple[str, ...] = ()
    joined: int = 0
    recovery: int = 1  # generation of the recovery link; the ones before open nothing

    @property
    def person(self) -> bool:
        """Whether a human being sits here (a wall screen does not)."""
        return self.role != "screen"


class Device(msgspec.Struct, frozen=True):
    """A browser or program with a token; `seats` are those it speaks for, in the order they
    came."""

    id: str
    seats: tuple[str, ...]


def member(seat: Seat, *, here: bool, table: str, organisation: str) -> Member:
    """The seat as activities see it. A facilitator who is dealt in is a member like any other,
    willing to host."""
    leads = seat.role == "facilitator"
    return Member(
        seat=seat.id,
        where=seat.where,
        here=here,
        facilitator=leads and not seat.dealt_in,
        observer=seat.role in ("observer", "interpreter"),
        willing=seat.willing or leads,
        table=table,
        language=seat.language,
        organisation=organisation,
    )

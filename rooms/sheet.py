"""What everyone is sent of one moment: made together, so that what many share is made once.

The people list of a large room is most of what leaves it, and it is the same for everyone who has
the same rights and language. One `Say` object goes to all of them, so its frame is encoded once.
"""

from typing import TYPE_CHECKING

import msgspec

from activities.kernel import Lens
from rooms import consent_desk
from rooms.outgoing import Say
from rooms.seats import Device, Seat

if TYPE_CHECKING:
    from rooms.room_reading import RoomReading


class Printed(msgspec.Struct, frozen=True):
    """A message ready to be sent. Equal `mark`s: they differ in `now` and `seq` at most."""

    mark: int
    say: Say


class Sheet:
    """One moment of a room, for as many readers as there are. Nothing may change meanwhile."""

    def __init__(self, room: "RoomReading") -> None:
        self._room = room
        self._standing = room.standing()
        self._here = room.here()
        self._code = room.code()
        self._items: consent_desk.Items | None = None
        self._people: dict[tuple[bool, bool, str], Printed] = {}
        self._desk: dict[tuple[bool, str], Printed] = {}
        self._plan: dict[str, Printed] = {}

    def _printed(self, payload: bytes) -> Printed:
        return Printed(mark_without_time(payload), Say(self._room.id, payload.decode()))

    def view(self, device: Device, seat: Seat, lens: Lens | None) -> Printed:
        """The seat's view. Raises `Refused`."""
        room = self._room
        return self._printed(
            room.view(
                device,
                seat.id,
                lens,
                standing=self._standing,
                here=self._here,
                code=self._code,
            )
        )

    def device(self, device: Device) -> Printed:
        """Who is on this device."""
        return self._printed(self._room.device_seats(device))

    def words(self, seat: Seat) -> Printed:
        """The seat's own words."""
        if self._items is None:
            self._items = consent_desk.items(self._room.whole, self._room.world.activities)
        return self._printed(self._room.my_words(seat, self._items))

    def people(self, seat: Seat) -> Printed:
        """Who is here, as this seat may see it."""
        key = self._room.inside(seat), seat.status == "waiting", seat.language
        if key not in self._people:
            self._people[key] = self._printed(self._room.people(seat))
        return self._people[key]

    def desk(self, seat: Seat) -> Printed | None:
        """The private strip, for facilitators and shadows only."""
        if not self._room.on_strip(seat):
            return None
        key = self._room.inside(seat), seat.language
        if (known := self._desk.get(key)) is None:
            payload = self._room.desk(seat)
            assert payload is not None
            known = self._desk[key] = self._printed(payload)
        return known

    def plan(self, seat: Seat) -> Printed | None:
        """The agenda with its settings, for facilitators only."""
        if not self._room.inside(seat):
            return None
        if (known := self._plan.get(seat.language)) is None:
            payload = self._room.plan(seat)
            assert payload is not None
            known = self._plan[seat.language] = self._printed(payload)
        return known


def mark_without_time(payload: bytes) -> int:
    """Equal for messages that differ only in `now` and `seq`: those need not be sent again."""
    cut = payload.find(b'"now":')
    start = payload.find(b'"seq":')
    if cut < 0 or start < 0:
        return hash(payload)
    end = payload.find(b",", cut)
    return hash((payload[:start], payload[end:]))

"""How a picture comes into a room, and when those that no card shows are looked for."""

from activities.kernel import Refused
from rooms import safety_desk
from rooms.room_alarms import RoomAlarms
from rooms.room_log import FORGOTTEN, RoomLog, Unsaved
from rooms.room_reading import RoomReading
from rooms.seats import Device, Seat
from rooms.storage import Conflict, StorageUnwritable


class RoomPhotos:
    """Takes in the pictures of one room (`photos.py` keeps them)."""

    def __init__(self, room: RoomReading, log: RoomLog, alarms: RoomAlarms) -> None:
        self._room = room
        self._log = log
        self._alarms = alarms

    def ensure(self, device: Device, seat: str | None = None) -> Seat:
        """The seat that may send one more picture now. Raises `Refused`."""
        speaking = self._room.seat(device, seat)
        if speaking.status != "in" or speaking.role not in ("facilitator", "participant"):
            raise Refused("not_allowed")
        safety_desk.ensure_free(self._room.whole.room, speaking, "note.add")
        self._room.photos.ensure_place(speaking.id)
        return speaking

    async def add(self, device: Device, seat: str | None, body: bytes) -> str:
        """Keep a picture and return its id. Raises `Refused`."""
        speaking = self.ensure(device, seat)
        return await self._log.unbroken.run(self._add(speaking.id, body))

    async def _add(self, seat: str, body: bytes) -> str:
        world = self._room.world
        id = world.doors.photo(self._room.id, seat, world.new_id())
        if self._log.forgotten:
            raise Refused("closed", FORGOTTEN)
        try:
            await self._room.photos.keep(seat, id, body, world.clock.now())
        except StorageUnwritable as error:
            raise Unsaved from error
        except Conflict as error:
            raise Refused("closed", FORGOTTEN) from error
        self.set_alarm()
        return id

    def set_alarm(self) -> None:
        """Look again when the next picture is to go, unless that is to be done sooner already."""
        due = None if self._log.forgotten else self._room.photos.sweep_due
        self._alarms.keep_first("photos", due, self._ring)

    async def _ring(self) -> None:
        self._alarms.drop("photos")
        try:
            await self._log.settle()
        except StorageUnwritable:
            self._alarms.again("photos", self._ring)

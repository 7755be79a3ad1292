"""Who comes and goes in one room: presence compared with the log, and the log told."""

import structlog

from activities.kernel import Refused
from rooms import neighbourly, unnamed
from rooms.roll import Change, Roll
from rooms.room_alarms import RoomAlarms, people_due, shown_due
from rooms.room_log import RoomLog
from rooms.room_reading import RoomReading
from rooms.seats import Device
from rooms.storage import Newer
from rooms.whole import Draft

log = structlog.get_logger("rooms")


class RoomPeople:
    """Calls the roll of one room, whenever somebody's silence, offer or key has to be looked at."""

    def __init__(self, room: RoomReading, log: RoomLog, alarms: RoomAlarms) -> None:
        self.roll = Roll(room.presence, room.world.new_id)
        self._room = room
        self._log = log
        self._alarms = alarms
        self._shown_due: int | None = None

    def called(self, device: Device) -> None:
        """An HTTP call or a frame came from this device: it is alive."""
        self._room.presence.beat(device.id, self._room.world.clock.now())

    async def come_back(self, touched: int) -> None:
        """After loading nobody is connected; all were last heard when the storage was last told
        that the room was alive (ms)."""
        now = self._room.world.clock.now()
        state = self._room.whole.room
        for message in await self._room.world.storage.said_here(self._room.id):
            here = neighbourly.decode(message)
            if isinstance(here, neighbourly.Here):
                self._room.presence.told(here.by, here.devices, now + neighbourly.HERE_MS, now)
        self.roll.everyone_away(state, min(max(touched, state.last), now), now)
        await self._tell()

    async def sweep(self) -> None:
        """Compare presence with sockets and heartbeats; tell the activity and the lead record
        what changed. What cannot be written is told later."""
        self.roll.call(self._room.whole.room, self._room.world.clock.now())
        if self.roll.waiting or self._lead_waits():
            await self._tell()
        else:
            self.set_alarm()

    def told(self, here: neighbourly.Here) -> None:
        """Another process says who is connected to it."""
        now = self._room.world.clock.now()
        if self._room.presence.told(here.by, here.devices, now + neighbourly.HERE_MS, now):
            # It tells the log itself, unless it is killed: nothing is then left to say here.
            due = self._alarms.due("people")
            soon = now + neighbourly.OTHERS_FIRST
            self._alarms.set("people", soon if due is None else min(soon, due), self._ring)

    async def _tell(self) -> None:
        told: list[Change] = []

        def tell(draft: Draft) -> None:
            # From here on until it is written nothing else is.
            self._room.only_people = True
            told.extend(self.roll.take())
            self.roll.tell(draft, told, self._room.world.dice())

        try:
            await self._log.commit(tell)
        except Newer:
            return  # whoever understands the room calls its roll
        except Refused as refused:
            self.roll.put_back(told)
            log.warning("presence_untold", room=self._room.id, reason=refused.reason)
        finally:
            self._room.changed()
            self._room.only_people = False
        self.set_alarm()

    def _lead_waits(self) -> bool:
        draft = self._log.draft()
        self.roll.move_lead(draft)
        return bool(draft.events)

    async def drop_keys(self) -> None:
        """Forget whose answers were whose where no more are taken (`methods.md` A11 EV1)."""
        room = self._room
        due = unnamed.keys_due(room.whole, room.world.activities).values()
        if not any(until <= room.world.clock.now() for until in due):
            return
        try:
            await self._log.commit(unnamed.drop_due)
        except Newer:
            return
        except Refused as refused:
            # Tried at every check.
            log.warning("keys_kept", room=self._room.id, reason=refused.reason)
        self.set_alarm()

    def set_alarm(self) -> None:
        """When people have to be looked at next."""
        if self._log.forgotten:
            return
        room, now = self._room, self._room.world.clock.now()
        activities = room.world.activities
        self._shown_due = shown_due(room.whole, activities, room.presence, now)
        coming = people_due(room.whole, activities, room.presence, now, untold=self.roll.waiting)
        self._alarms.keep("people", coming, self._ring)

    async def _ring(self) -> None:
        due, now = self._shown_due, self._room.world.clock.now()
        await self.sweep()
        await self.drop_keys()
        if due is not None and due <= now:
            self._room.changed()  # else somebody was listened for, who is still there

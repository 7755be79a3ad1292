"""What the clock does to a room's memo: it becomes a draft, and waits no longer for answers
(`methods.md` A18)."""

from rooms import memo_states, memo_step_desk
from rooms.room_alarms import RoomAlarms
from rooms.room_log import RoomLog
from rooms.room_reading import RoomReading


class RoomMemoClock:
    """Moves the memo of one room on, when it is due."""

    def __init__(self, room: RoomReading, log: RoomLog, alarms: RoomAlarms) -> None:
        self._room = room
        self._log = log
        self._alarms = alarms

    def set_alarm(self) -> None:
        """When the clock moves the memo on."""
        self._alarms.keep("memo", memo_states.due(self._room.whole.room), self._ring)

    async def _ring(self) -> None:
        """Raises `Refused("full")`: then the alarm rings again."""
        await self._log.commit(memo_step_desk.ring)
        self._alarms.look()

"""What the running activity asks of its room: to hear of its deadlines, and to have heavy work
done off the loop."""

from typing import Final

import structlog

from activities.kernel import Command, Job, Refused
from rooms import whole as wholes
from rooms.asking import moment_of
from rooms.roll import Roll
from rooms.room_alarms import RoomAlarms
from rooms.room_log import RoomLog
from rooms.room_reading import RoomReading
from rooms.whole import Draft, Whole
from rooms.workbench import Workbench

log = structlog.get_logger("rooms")

RINGS_AT_ONCE: Final = 500
"""Deadlines that may ring in one go: an evening has about a hundred; more means an activity that
never moves on."""


class RoomActivity:
    """Serves the running activity of one room. `bench` computes."""

    def __init__(self, room: RoomReading, log: RoomLog, alarms: RoomAlarms, roll: Roll) -> None:
        self._room = room
        self._log = log
        self._alarms = alarms
        self._roll = roll
        self.bench = Workbench(
            room.id, self._wanted, self._hand_in, room.world.dice, self._work_later
        )

    # Deadlines --------------------------------------------------------------------------------

    def set_alarm(self) -> None:
        """When the running activity's clock speaks next."""
        due = wholes.deadline(self._room.whole, self._room.world.activities)
        self._alarms.keep("activity", due[1].at if due else None, self._ring_alarm)

    async def ring_due(self) -> None:
        """Deadlines that have passed, now; those that cannot be written ring again by the alarm."""
        try:
            await self._ring_passed()
        except Refused:
            self._alarms.again("activity", self._ring_alarm)

    async def _ring_alarm(self) -> None:
        """Deadlines, and what follows from them."""
        await self._ring_passed()
        await self.bench.settled()

    async def _ring_passed(self) -> None:
        """Let every deadline that has passed speak, in order. Raises `Refused("full")`: then the
        alarm rings again."""
        room = self._room
        for _ in range(RINGS_AT_ONCE):
            due = wholes.deadline(room.whole, room.world.activities)
            if due is None or due[1].at > room.world.clock.now():
                break
            try:
                await self._log.commit(self._ring)
            except Refused as refused:
                if refused.reason == "full":
                    raise
                log.error("deadline_refused", room=room.id, activity=due[0], reason=refused.reason)
                return
        self._alarms.look()

    def _ring(self, draft: Draft) -> None:
        due = wholes.deadline(Whole(draft.room, draft.running), draft.activities)
        if due and due[1].at <= draft.now:
            clock = moment_of(draft, None, draft.now, self._room.world.dice())
            draft.tell(due[0], due[1].command, clock)
            self._roll.move_lead(draft)

    # Heavy decisions --------------------------------------------------------------------------

    def _wanted(self) -> tuple[str, Job] | None:
        if self._log.forgotten:
            return None
        return wholes.work(self._room.whole, self._room.world.activities)

    async def _hand_in(self, activity: str, job: Job, command: Command) -> None:
        """Let the activity decide what was computed for it. Raises `Refused`: `stale_phase` when
        it no longer wants that."""

        def tell(draft: Draft) -> None:
            wanted = wholes.work(Whole(draft.room, draft.running), draft.activities)
            if wanted is None or (wanted[0], wanted[1].basis) != (activity, job.basis):
                raise Refused("stale_phase")
            clock = moment_of(draft, None, draft.now, self._room.world.dice())
            draft.tell(activity, command, clock)

        await self._log.commit(tell)

    def _work_later(self) -> None:
        self._alarms.again("work", self._ring_work)

    async def _ring_work(self) -> None:
        self.bench.look()
        await self.bench.settled()

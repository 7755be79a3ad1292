"""A rehearsal: somebody's agenda in a room of its own, in which invented people really take part.

Whoever leads has the panel to themselves and learns what each step does; the others do what stands
large on their screens, by the same commands that people send. They hold out for `HOURS`, and go as
soon as the organiser has been away for `LEFT_ALONE`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from activities.blocks import say
from activities.kernel import MINUTE, Refused
from rooms.asked import ROOM_TAGS
from rooms.storage import StorageUnwritable
from server.demo_company import LIVE_EVERY, Company
from server.demo_habits import filled
from server.demo_people import PEOPLE, Practitioner
from server.errors import Problem

if TYPE_CHECKING:
    from rooms.clock import Clock
    from rooms.hub import Hub, Opened

log = structlog.get_logger("server")

MOST: Final = 10
"""Rehearsals in one process: the people of each take some half percent of a core."""

HOURS: Final = 4
"""An evening, and time to try a thing twice."""

LEFT_ALONE: Final = 20 * MINUTE
"""Milliseconds without the organiser after which nobody is practising any more."""

TALKS: Final = 40
"""Seconds for which an invented person speaks: nobody rehearses for two hours."""

KEPT: Final = {"keep_board_days": 1, "keep_memo_days": 1}
"""Nothing in it is anybody's: it goes the next day."""

OWN_WAY: Final = frozenset({"answer.give", "insight.give", "turn.begin", "turn.done"})
"""What they do in their own way, once or after a while (`demo_habits.py`)."""

FULL: Final = say("Many people practise here at this moment. Try again in a while.")


class Practising(Company):
    """Invented people in somebody's rehearsal. Beyond what they do at the demo evening they press
    what an activity puts large on their screens, one after another, and fill in what it needs."""

    def __init__(self, hub: Hub, clock: Clock, opened: Opened) -> None:
        super().__init__(hub, clock)
        self.opened = opened
        self.lead = opened.seat
        self.tokens[self.lead] = opened.token

    async def come_in(self) -> None:
        """They take their seats."""
        self.room = await self.hub.room(self.opened.room)
        for person in PEOPLE:
            await self._join(msgspec.structs.replace(person, talks_s=TALKS))

    async def practise(self) -> None:
        """Take part until nobody rehearses any more, or the room is gone."""
        end = self.now() + HOURS * 60 * MINUTE
        while self.now() < end and not self.left_alone:
            try:
                await self.act()
            except StorageUnwritable:
                log.warning("rehearsal_waits", room=self.opened.room)
            except Refused:
                return
            await asyncio.sleep(LIVE_EVERY)

    async def act(self) -> None:
        """Everybody looks at their screen once. Raises `Refused` when the room is gone."""
        self.room = await self.hub.room(self.opened.room)  # it may have rested
        await super().act()

    @property
    def left_alone(self) -> bool:
        """Whether the organiser has been away for long."""
        since = self.room.presence.since(self.lead)
        return bool(since) and self.now() - since > LEFT_ALONE

    def _wish(
        self,
        seat: str,
        person: Practitioner,
        type: str,
        offer: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        known = super()._wish(seat, person, type, offer, shown)
        if known is not None or type in ROOM_TAGS or offer["place"] != "main":
            return known
        if type in OWN_WAY:
            return None
        step = f"{type} {(shown['activity'] or {}).get('id', '')}"
        # One after another, as people do.
        if not self.waited(seat, step, 4_000 + 1_500 * list(self.who).index(seat)):
            return None
        fields = filled(person, offer["needs"])
        return fields if fields is not None and self._once(seat, step) else None


class Rehearsals:
    """The rehearsals of this process."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, **wanted: Any) -> Opened:
        """`Hub.open_room` with these, and people in it. Raises `Problem` and `Refused`."""
        if len(self._tasks) >= MOST:
            raise Problem("too_many", FULL)
        opened = await self._hub.open_room(**wanted, settings=KEPT)
        company = Practising(self._hub, self._clock, opened)
        await company.come_in()
        task = asyncio.create_task(self._run(company))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return opened

    async def _run(self, company: Practising) -> None:
        try:
            await company.practise()
        except Exception:
            log.exception("tripped", kind="rehearsal", room=company.opened.room)

    async def close(self) -> None:
        """Everybody goes home."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

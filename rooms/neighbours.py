"""The other processes that have one room open: what they write is taken in, what they say is heard.

Everything here may be lost without harm. News of commits and edits say only that there is something
to read; a line that broke is made anew and everything is read again. Whoever is connected to a
process that says nothing for `HERE_SECONDS` is there no longer.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, assert_never

import structlog

from rooms import neighbourly
from rooms.neighbourly import Bye, Here, Pointed, Settled
from rooms.open_documents import RefusedEdit
from rooms.storage import Newer, News, StorageUnwritable

if TYPE_CHECKING:
    from rooms.delivery import Delivery

log = structlog.get_logger("rooms")

TELL_AFTER: Final = 0.02
"""Seconds that comings and goings are gathered before the others are told."""

AGAIN_AFTER: Final = 0.5
"""Seconds until what could not be read is tried again."""


class Neighbours:
    """See the module. `by` names this process. `start` it when the room is open."""

    def __init__(
        self, delivery: "Delivery", by: str, forgotten: Callable[[], Awaitable[None]]
    ) -> None:
        self._delivery = delivery
        self._room = delivery.room
        self._storage = delivery.room.world.storage
        self._by = by
        self._forgotten = forgotten
        self._told = True
        self._tell_at = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._telling: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to listen; nothing is missed that comes after."""
        room = self._room
        room.presence.moved = self._tell_soon
        room.log.tell_settled = lambda seq: self._say(Settled(self._by, seq))
        self._delivery.pointed_here = lambda name, states: self._say(
            Pointed(self._by, name, states)
        )
        self._spawn(self._follow(self._storage.follow(room.id)))
        self._spawn(self._hear(self._storage.subscribe(room.id)))
        self._tell_soon()

    async def close(self, *, moving: bool = False) -> None:
        """Say goodbye and listen no longer. `moving`: our people are on their way to another
        process."""
        self._room.presence.moved = lambda: None
        if self._telling:
            self._telling.cancel()
        with contextlib.suppress(StorageUnwritable):
            if moving:
                await self.tell()
            else:
                await self._storage.say_here(self._room.id, self._by, b"", 0)
            await self._storage.publish(self._room.id, neighbourly.encode(Bye(self._by, moving)))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def beat(self) -> None:
        """Call this every second: says who is here, as often as need be, and lets go of processes
        that say nothing. Raises `StorageUnwritable`."""
        room = self._room
        now = room.world.clock.now()
        if self._storage.trouble:
            # Nobody can be heard: nobody is held for gone because of it.
            room.presence.prolong(now + neighbourly.HERE_MS)
        for process in room.presence.silent(now):
            self._delivery.left_elsewhere(process)
        if now >= self._tell_at:
            await self.tell()

    async def tell(self) -> None:
        """Say who is here."""
        now = self._room.world.clock.now()
        self._tell_at = now + neighbourly.HERE_EVERY * 1_000
        devices = self._room.presence.connected(now)
        if devices or self._told:
            self._told = bool(devices)
            message = neighbourly.encode(Here(self._by, devices))
            seconds = neighbourly.HERE_SECONDS
            await self._storage.say_here(self._room.id, self._by, message, seconds)

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._told = True
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(TELL_AFTER, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = None
        self._spawn(self._quietly(self.tell()))

    def _say(self, message: neighbourly.Message) -> None:
        self._spawn(
            self._quietly(self._storage.publish(self._room.id, neighbourly.encode(message)))
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Awaitable[None]) -> None:
        with contextlib.suppress(StorageUnwritable):
            await work

    # What they write ------------------------------------------------------------------------------

    async def _follow(self, following: AsyncIterator[News]) -> None:
        async for news in following:
            await self._take_in(news)
            if self._room.forgotten:
                await self._forgotten()
                return

    async def _take_in(self, news: News) -> None:
        """Read what is new, again and again while the storage cannot be reached."""
        while True:
            try:
                await self._read(news)
            except Newer:
                return  # the room is handed over
            except (StorageUnwritable, RefusedEdit):
                await asyncio.sleep(AGAIN_AFTER)
                continue
            except Exception:
                # The next one reads all of it again.
                log.exception("following_failed", room=self._room.id)
            return

    async def _read(self, news: News) -> None:
        room = self._room
        if news.document:
            await room.shelf.follow(news.document.partition("/")[2])
        elif news.number:
            if news.number > room.whole.room.seq:
                await room.log.follow()
        else:
            await room.log.follow()
            if not room.forgotten:
                await room.shelf.follow()
                await self.tell()
                # What was said before we were heard, or while the line was cut.
                for said in await self._storage.said_here(room.id):
                    self._heed(said)

    # What they say --------------------------------------------------------------------------------

    async def _hear(self, heard: AsyncIterator[bytes]) -> None:
        async for said in heard:
            self._heed(said)

    def _heed(self, said: bytes) -> None:
        message = neighbourly.decode(said)
        if message is None or message.by == self._by:
            return
        try:
            self._take(message)
        except Exception:
            log.exception("hearing_failed", room=self._room.id)

    def _take(self, message: neighbourly.Message) -> None:
        match message:
            case Here():
                self._room.told(message)
            case Bye():
                if not message.moving:
                    self._room.told(Here(message.by, {}))
                self._delivery.left_elsewhere(message.by)
            case Pointed():
                self._delivery.pointed_elsewhere(message.by, message.document, message.states)
            case Settled():
                self._room.log.settled(message.seq)
            case _:
                assert_never(message)

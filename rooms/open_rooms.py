"""The rooms open in this process: loaded once, kept alive, closed and forgotten together."""

import asyncio
import contextlib
import gc
import itertools
import secrets
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from activities.registry import ACTIVITIES
from rooms import commits
from rooms.clock import Alarms, Clock
from rooms.delivery import Delivery
from rooms.doors import Doors
from rooms.keeping import DAY
from rooms.neighbours import Neighbours
from rooms.render import Translate, english
from rooms.room import Room
from rooms.room_log import Unsaved
from rooms.storage import Newer, Storage, StorageUnwritable
from rooms.whole import Activities
from rooms.wire import CLOSE_CODES, Goodbye
from rooms.world import World

log = structlog.get_logger("rooms")

TOUCH_EVERY: Final = 1.0
"""Seconds between notes of which rooms are alive: after a kill a teller's clock is right to a
second."""


TROUBLE_AFTER: Final = 1.0
"""Seconds without an answer of the storage after which everybody reads about it: a restart that
takes less is nobody's business."""

REST_EVERY: Final = 25
"""Seconds between looks for documents that nobody holds: what is found twice is let go, so a
board's memory is given back within a minute after the last person left."""


class UnknownRoom(Exception):
    """There is no room of this id."""


class Facts(msgspec.Struct, frozen=True):
    """Figures for `/metrics`."""

    rooms: int
    seats: int
    here: int
    devices: int
    outbox_bytes: int
    document_bytes: int
    tick_seconds: float
    appends: int
    refusals: int
    resyncs: int
    gate_refusals: int


NEWER: Final = (
    "A newer version of Talanoa has written in this room. Its people are sent to the other"
    " processes and nothing of it was touched. Update this process too: docs/operations.md,"
    " Upgrading."
)

GROWS: Final = ("appends", "refusals", "resyncs", "gate_refusals")
"""Figures that never fall, not even when a room is forgotten."""


def _counted(delivery: Delivery) -> dict[str, int]:
    room = delivery.room
    counted = (room.appends, room.refusals, delivery.resyncs, room.shelf.refused)
    return dict(zip(GROWS, counted, strict=True))


class OpenRooms:
    """See the module. Start it inside the loop; close it before the storage."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        *,
        secret: bytes,
        translate: Translate = english,
        dice: Callable[[], int] | None = None,
        new_id: Callable[[], str] | None = None,
        activities: Activities = ACTIVITIES,
    ) -> None:
        self.key = secret
        self.doors = Doors(secret)
        self.storage = storage
        self.clock = clock
        self.alarms = Alarms(clock)
        self.world = World(
            storage=storage,
            clock=clock,
            alarms=self.alarms,
            activities=activities,
            translate=translate,
            new_id=new_id or (lambda: secrets.token_hex(8)),
            dice=dice or (lambda: secrets.randbits(64)),
            doors=self.doors,
        )
        self._name = secrets.token_hex(8)  # of this process, among others on the same storage
        self._neighbours: dict[str, Neighbours] = {}
        self._open: dict[str, asyncio.Future[Delivery | None]] = {}
        self._forgetting: set[str] = set()
        self._newer: set[str] = set()  # rooms of which only a newer version knows how they stand
        self._parting: set[asyncio.Task[None]] = set()
        self._past = dict.fromkeys(GROWS, 0)
        self._cleared = True
        self._heart: asyncio.Task[None] | None = None
        self.moving = False
        """Whether people are being sent to another process."""

    async def start(self) -> None:
        """Begin to note which rooms are alive."""
        self._heart = asyncio.create_task(self._beat())
        self.alarms.set("keep", self.clock.now(), self._look_after)

    def leave(self) -> None:
        """The process ends: whoever loses their line from now on is on the way to another one, and
        nobody counts as away because of it (SCA6)."""
        self.moving = True

    async def close(self) -> None:
        """Close every room; sessions are told to come back."""
        self.leave()
        if self._heart:
            self._heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._heart
        for delivery in self.deliveries():
            for session in list(delivery.sessions):
                session.goodbye(Goodbye(1001, CLOSE_CODES[1001], retry=True))
        try:
            await self._touch()
        except StorageUnwritable:
            log.warning("touch_failed")
        for neighbours in self._neighbours.values():
            await neighbours.close(moving=True)
        await asyncio.gather(*self._parting)
        await self.alarms.close()
        for delivery in self.deliveries():
            delivery.close()
            await delivery.room.close()

    async def _beat(self) -> None:
        for beat in itertools.count(1):
            await asyncio.sleep(TOUCH_EVERY)
            if beat % REST_EVERY == 0:
                self.rest()
                self.clear()
            try:
                await self._touch()
            except StorageUnwritable:
                log.warning("touch_failed")  # once a second, so without a traceback
            except Exception:
                log.exception("touch_failed")
            self._tell_trouble()

    def _tell_trouble(self) -> None:
        """Whoever only reads is told as well when nothing can be saved, and when it can again."""
        unsaved = self.storage.trouble >= TROUBLE_AFTER
        for delivery in self.deliveries():
            if delivery.room.unsaved != unsaved:
                delivery.room.unsaved = unsaved
                delivery.room.changed()

    def rest(self) -> int:
        """Let go of documents that nobody has held since the last time; returns how many."""
        return sum(
            delivery.room.shelf.rest({name for s in delivery.sessions for name in s.opened})
            for delivery in self.deliveries()
        )

    def clear(self) -> None:
        """Give back the memory of rooms that were forgotten: their parts hold each other, and would
        wait for the collector, which looks at all seldom. A hundred rooms take it 4 ms."""
        if not self._cleared:
            self._cleared = True
            gc.collect()

    async def _touch(self) -> None:
        alive = {d.room.id: self.clock.now() for d in self.deliveries() if d.room.here()}
        if alive:
            await self.storage.touch(alive)
        for neighbours in list(self._neighbours.values()):
            await neighbours.beat()

    def deliveries(self) -> list[Delivery]:
        """Every open room with its connections."""
        done = [f for f in self._open.values() if f.done() and not f.cancelled()]
        return [d for f in done if f.exception() is None and (d := f.result()) is not None]

    # Rooms ------------------------------------------------------------------------------------

    async def delivery(self, room_id: str) -> Delivery | None:
        """The room with its connections, loaded once however many ask (reliability P5). Raises
        `Newer` for a room that was handed over, `StorageUnwritable`."""
        if room_id in self._newer:
            raise Newer(f"a newer version serves room {room_id}")
        if not 0 < len(room_id) <= 40 or not room_id.isascii() or room_id in self._forgetting:
            return None
        if (future := self._open.get(room_id)) is None:
            future = asyncio.ensure_future(self._load(room_id))
            self._open[room_id] = future
        try:
            found = await asyncio.shield(future)
        except BaseException:
            if future.done():
                self._open.pop(room_id, None)
            raise
        if found is None:
            self._open.pop(room_id, None)
        return found

    async def _load(self, room_id: str) -> Delivery | None:
        try:
            room = await Room.load(room_id, self.world)
        except Newer as newer:
            self._hand_over(room_id, newer)
            raise
        if room is None:
            return None
        if room.handed_over:  # found while it caught up
            self._hand_over(room_id, "read while it was opened")
            raise Newer(f"a newer version serves room {room_id}")

        async def expired() -> None:
            log.info("room_expired", room=room_id)
            await self.forget(room_id)

        room.when_expired(expired)
        delivery = Delivery(room)
        room.when_newer(lambda: self._part_with(delivery))
        if self.storage.shared:
            await self._meet(delivery)
        return delivery

    def _hand_over(self, room: str, why: object) -> None:
        if room not in self._newer:
            self._newer.add(room)
            log.warning("room_newer", room=room, reason=str(why), hint=NEWER)

    def _part_with(self, delivery: Delivery) -> None:
        """A newer version has written in this room: from this moment on nothing of it is sent or
        changed here, and its people are told to come back, which they do elsewhere (SCA5)."""
        room = delivery.room
        self._hand_over(room.id, "read while it was open")
        room.hand_over()
        delivery.dismiss_all(Goodbye(1001, CLOSE_CODES[1001], retry=True))
        if self._open.pop(room.id, None) is not None:
            self._count(delivery)
            task = asyncio.create_task(self._close_newer(delivery))
            self._parting.add(task)
            task.add_done_callback(self._parting.discard)

    async def _close_newer(self, delivery: Delivery) -> None:
        if neighbours := self._neighbours.pop(delivery.room.id, None):
            await neighbours.close(moving=True)
        delivery.close()
        await delivery.room.close()

    def _count(self, delivery: Delivery) -> None:
        for name, count in _counted(delivery).items():
            self._past[name] += count

    async def _meet(self, delivery: Delivery) -> None:
        room = delivery.room

        async def forgotten() -> None:
            """Another process has forgotten the room."""
            self._open.pop(room.id, None)
            await room.forget()
            await self._shut(delivery)
            self._neighbours.pop(room.id, None)

        self._neighbours[room.id] = Neighbours(delivery, self._name, forgotten)
        self._neighbours[room.id].start()

    async def _shut(self, delivery: Delivery) -> None:
        delivery.dismiss_all(Goodbye(4410, CLOSE_CODES[4410], retry=False))
        delivery.close()
        delivery.room.empty()
        self._cleared = False

    async def _look_after(self) -> None:
        """Open rooms whose date may have come, so that they forget what they promised to; nobody
        needs to visit them for it."""
        now = self.clock.now()
        self.alarms.set("keep", now + DAY, self._look_after)
        for id in await self.storage.rooms():
            if id not in self._open and await self._may_be_due(id, now):
                try:
                    await self.delivery(id)
                except Newer:
                    continue  # whoever understands it keeps its promises
                except Exception:
                    log.exception("keep_failed", room=id)

    async def _may_be_due(self, room: str, now: int) -> bool:
        """Told by its first commit alone: the dates are counted from its opening or later."""
        rows = await self.storage.commits(room)
        if not rows:
            return False
        try:
            first = commits.decode(rows[0][1])
        except (msgspec.DecodeError, Newer):
            return False  # damaged, or not ours: named when somebody opens it
        begun = next((e for e in first.events if isinstance(e, commits.RoomOpened)), None)
        return begun is not None and begun.keep.board_until(first.at) <= now

    async def room(self, room_id: str) -> Room:
        """The room. Raises `UnknownRoom`."""
        found = await self.delivery(room_id)
        if found is None:
            raise UnknownRoom(room_id)
        return found.room

    async def forget(self, room_id: str) -> None:
        """Forget a room: sessions end, then every byte goes. Raises `UnknownRoom`, and
        `Refused("full")` when the storage cannot be written: then call again."""
        found = await self.delivery(room_id)
        if found is None:
            raise UnknownRoom(room_id)
        self._forgetting.add(room_id)  # nobody loads it again half-way
        try:
            await found.room.forget()
            await self._shut(found)
            if self._open.pop(room_id, None) is not None:
                self._count(found)
            if neighbours := self._neighbours.pop(room_id, None):
                await neighbours.close()
            await self.storage.forget_room(room_id)
        except StorageUnwritable as error:
            raise Unsaved from error
        finally:
            self._forgetting.discard(room_id)

    def facts(self) -> Facts:
        """Figures over all open rooms."""
        open_now = self.deliveries()
        sessions = [s for d in open_now for s in d.sessions]
        return Facts(
            rooms=len(open_now),
            seats=sum(len(d.room.whole.room.seats) for d in open_now),
            here=sum(d.room.here() for d in open_now),
            devices=len(sessions),
            document_bytes=sum(d.room.shelf.loaded for d in open_now),
            outbox_bytes=sum(s.outbox.held for s in sessions),
            tick_seconds=max((d.tick.took for d in open_now), default=0.0),
            **{name: sum(_counted(d)[name] for d in open_now) + self._past[name] for name in GROWS},
        )

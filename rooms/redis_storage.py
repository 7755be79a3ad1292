"""Storage in Redis or Valkey, for any number of processes that serve the same rooms.

A room's commits are a stream whose entries have the commit's number (`XADD seq-0` refuses a used
one), each document is another; what changes several keys is a script (`redis_scripts.py`). Writes
go in order and in groups through `redis_line.py`, messages come by `redis_channels.py`, and what is
forgotten is rewritten out of the server's files by `redis_erasure.py`. What a server promises by
its settings is told by `redis_promises.py`.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import structlog

from rooms import redis_layout
from rooms import redis_promises as promises
from rooms import redis_scripts as scripts
from rooms.redis_channels import LOST, RedisChannels
from rooms.redis_erasure import RedisErasure
from rooms.redis_line import Command, RedisLine
from rooms.redis_scripts import key, prefix
from rooms.storage import (
    Conflict,
    Kept,
    News,
    StorageUnwritable,
    StoredUpdate,
)
from rooms.subscription import Subscription

MARKS_WAIT: Final = 0.2
"""Seconds that marks of applied updates are gathered. What is lost with a crash is probed again at
the next opening."""

LOOK_EVERY: Final = 15.0
"""Seconds between looks at the server's settings and replicas: somebody may change them while it
runs."""

SUBSCRIBED_SECONDS: Final = 2.0
"""How long a message waits for our own subscriptions to stand."""

log = structlog.get_logger("rooms")


class RedisStorage:
    """A `Storage` on a server. Made by `open`, ended by `close`. `replicas`: how many must have a
    write before it is answered; None for one wherever there is any."""

    shared = True

    def __init__(self, line: RedisLine, replicas: int | None) -> None:
        self.line = line
        self.origin = secrets.token_hex(8)
        """This process, among those that write here."""
        self.channels = RedisChannels(line.client)
        self.erasure = RedisErasure(line, self.origin)
        self.warnings: tuple[promises.Less, ...] = ()
        """What the server promises less than it could."""
        self._replicas = replicas
        self._marks: dict[str, int] = {}
        self._marking: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, url: str, *, replicas: int | None = None, secret: bytes = b""
    ) -> "RedisStorage":
        """Reach the server at `url`. `secret` is that of the processes that serve these rooms: its
        links and cookies are good at all of them or at none.

        Raises `StorageUnwritable` when it cannot be reached (in under 5 s), `StorageHeld` when
        others serve it with another secret, `StorageTooNew`, `StorageDamaged` when a restore was
        not finished.
        """
        line = await RedisLine.open(url)
        storage = cls(line, replicas)
        try:
            await redis_layout.take(line)
            await redis_layout.check_secret(line, secret)
            await storage._look()
        except BaseException:
            await storage.close()
            raise
        storage._looking = asyncio.create_task(storage._look_again(), name="redis settings")
        return storage

    async def close(self) -> None:
        if self._looking:
            self._looking.cancel()
        self._tell_marks()
        await self.channels.close()
        await self.erasure.close()
        await self.line.close()

    @property
    def trouble(self) -> float:
        """Seconds since the server has stopped answering, or keeping what it is given."""
        return self.line.trouble

    async def _look(self) -> None:
        """What the server promises now; each new shortcoming is said once."""
        async with self.line.reaching(), self.line.nodes() as nodes:
            found = await promises.look(nodes, self._replicas, cluster=self.line.is_cluster)
        for warning in found.warnings:
            if warning not in self.warnings:
                log.warning("redis_promises_less", kind=warning.code, hint=warning.sentence)
        self.warnings = found.warnings
        self.line.replicas = found.wait_for

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except StorageUnwritable:
                continue  # whoever writes finds out, and says so
            except Exception:
                log.exception("redis_look_failed")

    # Asking ---------------------------------------------------------------------------------------

    @staticmethod
    def _script(room: str, script: str, *arguments: Any) -> Command:
        return ("EVAL", script, 1, key(room, "room"), prefix(room), *arguments)

    async def _change(self, room: str, script: str, *arguments: Any) -> int:
        """Run a script of a room; its answer, which is above 0. Raises `Conflict`."""
        (answer,) = await self.line.write(self._script(room, script, *arguments))
        if not answer:
            raise Conflict(f"room {room} is not as it would have to be for this")
        return int(answer)

    # Rooms ----------------------------------------------------------------------------------------

    async def create_room(self, room: str, at: int) -> None:
        # First into the list: a room that nobody finds would be kept for ever.
        _, made = await self.line.write(
            ("ZADD", scripts.ROOMS_KEY, "NX", at, room),
            self._script(room, scripts.CREATE, at),
        )
        if not made:
            raise Conflict(f"room {room} exists")

    async def rooms(self) -> Sequence[str]:
        return [room.decode() for room in await self.line.read("ZRANGE", scripts.ROOMS_KEY, 0, -1)]

    async def forget_room(self, room: str) -> None:
        arguments = (scripts.GONE_SECONDS, scripts.channel(room), self.origin)
        _, digests, _ = await self.line.write(
            self.erasure.mark,
            self._script(room, scripts.FORGET, *arguments),
            ("ZREM", scripts.ROOMS_KEY, room),
        )
        if digests:
            keys = (scripts.secret_key(digest.decode()) for digest in digests)
            await self.line.write(*(("DEL", secret) for secret in keys))
        await self.erasure.now()

    # Commits and words ----------------------------------------------------------------------------

    async def append(
        self, room: str, seq: int, commit: bytes, words: Mapping[str, bytes] | None = None
    ) -> None:
        flat = [part for word in (words or {}).items() for part in word]
        news = scripts.channel(room)
        await self._change(room, scripts.APPEND, news, self.origin, seq, commit, *flat)

    async def commits(self, room: str, after: int = 0) -> Sequence[tuple[int, bytes]]:
        rows = await self.line.read("XRANGE", key(room, "log"), f"({after}-0", "+")
        return [(_number(id), fields[b"c"]) for id, fields in _rows(rows)]

    async def set_aside(self, room: str, after: int, why: str) -> None:
        await self.line.write(self._script(room, scripts.SET_ASIDE, after, why))
        log.error("redis_set_aside", room=room, count=after, reason=why)

    async def words(self, room: str) -> Mapping[str, bytes]:
        found = _pairs(await self.line.read("HGETALL", key(room, "words")))
        return {ref.decode(): text for ref, text in found}

    async def erase_words(self, room: str, refs: Sequence[str]) -> None:
        if refs:
            await self.line.write(self.erasure.mark, ("HDEL", key(room, "words"), *refs))
        await self.erasure.now()

    # Documents ------------------------------------------------------------------------------------

    async def add_update(
        self, document: str, update: bytes, after: int | None = None, together: str = ""
    ) -> int:
        room, _, name = document.partition("/")
        follows = "" if after is None else after
        news = scripts.channel(room)
        arguments = (news, self.origin, name, update, follows, together)
        return await self._change(room, scripts.ADD_UPDATE, *arguments)

    def add_soon(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        raise AssertionError("others may have been first: await add_update")

    async def updates(self, document: str, after: int = 0) -> Sequence[StoredUpdate]:
        room, _, name = document.partition("/")
        self._tell_marks()
        begin = after if after else -1  # a snapshot of nothing has the number 0
        found = await self.line.read(*self._script(room, scripts.UPDATES, name, begin))
        snapshot, upto, applied, rows = found
        first = [] if snapshot is None else [StoredUpdate(upto, snapshot, True)]
        later = ((_number(id), fields[fields.index(b"u") + 1]) for id, fields in rows)
        return first + [StoredUpdate(id, body, id <= applied) for id, body in later]

    async def mark_applied(self, document: str, upto: int) -> None:
        self._marks[document] = max(upto, self._marks.get(document, 0))
        if self._marking is None:
            loop = asyncio.get_running_loop()
            self._marking = loop.call_later(MARKS_WAIT, self._tell_marks)

    def _tell_marks(self) -> None:
        if self._marking is not None:
            self._marking.cancel()
            self._marking = None
        marks, self._marks = self._marks, {}
        for document, upto in marks.items():
            room, _, name = document.partition("/")
            self.line.write_later(self._script(room, scripts.MARK, name, upto))

    async def quarantine(self, document: str, id: int, why: str) -> None:
        room, _, name = document.partition("/")
        await self.line.write(self._script(room, scripts.QUARANTINE, name, id, why))
        log.error("redis_set_aside", document=document, count=id, reason=why)

    async def compact(self, document: str, snapshot: bytes, upto: int) -> None:
        room, _, name = document.partition("/")
        _, answer = await self.line.write(
            self.erasure.mark, self._script(room, scripts.COMPACT, name, snapshot, upto)
        )
        if not answer:
            raise Conflict(f"{document} has a newer snapshot, or there is no such room")
        # What people took out of it may be in the updates it stood for.
        self.erasure.later()

    async def documents(self, room: str) -> Sequence[str]:
        found = await self.line.read(*self._script(room, scripts.DOCUMENTS))
        return [f"{room}/{name.decode()}" for name in found]

    # Photos ---------------------------------------------------------------------------------------

    async def put_photo(self, room: str, id: str, body: bytes, media: str) -> None:
        await self._change(room, scripts.PUT_PHOTO, id, body, media)

    async def photo(self, room: str, id: str) -> tuple[str, bytes] | None:
        body = await self.line.read("HGET", key(room, "photos"), id)
        media = await self.line.read("HGET", key(room, "media"), id)
        return None if body is None or media is None else (media.decode(), body)

    async def photos(self, room: str) -> Mapping[str, int]:
        found = await self.line.read(*self._script(room, scripts.PHOTOS))
        return {id.decode(): int(size) for id, size in _pairs(found)}

    async def drop_photo(self, room: str, id: str) -> None:
        _, dropped = await self.line.write(
            self.erasure.mark, self._script(room, scripts.DROP_PHOTO, id)
        )
        if dropped:
            await self.erasure.now()

    # Secrets --------------------------------------------------------------------------------------

    async def put_secret(self, digest: str, room: str, value: bytes) -> None:
        # The room has what it opens, so that nothing opens a forgotten one.
        _, kept = await self.line.write(
            ("SET", scripts.secret_key(digest), room),
            self._script(room, scripts.PUT_SECRET, digest, value),
        )
        if not kept:
            await self.line.write(("DEL", scripts.secret_key(digest)))
            raise Conflict(f"room {room} was forgotten")

    async def secret(self, digest: str) -> tuple[str, bytes] | None:
        room = await self.line.read("GET", scripts.secret_key(digest))
        if room is None:
            return None
        value = await self.line.read("HGET", key(room.decode(), "secrets"), digest)
        return None if value is None else (room.decode(), value)

    async def drop_secret(self, digest: str) -> None:
        room = await self.line.read("GET", scripts.secret_key(digest))
        if room is not None:
            await self.line.write(
                ("HDEL", key(room.decode(), "secrets"), digest),
                ("DEL", scripts.secret_key(digest)),
            )

    # Who is alive ---------------------------------------------------------------------------------

    async def touch(self, seen: Mapping[str, int]) -> None:
        if seen:
            marks = seen.items()
            await self.line.write(*(self._script(room, scripts.TOUCH, at) for room, at in marks))

    async def touched(self, room: str) -> int:
        return int(await self.line.read("GET", key(room, "touched")) or 0)

    # Messages -------------------------------------------------------------------------------------

    def follow(self, room: str) -> AsyncIterator[News]:
        heard = self.channels.subscribe(scripts.channel(room), follows=True)
        return _Following(room, self.origin, heard)

    async def say_here(self, room: str, by: str, message: bytes, seconds: int) -> None:
        said = scripts.said_on(room)
        await self.line.write(self._script(room, scripts.SAY_HERE, said, by, message, seconds))

    async def said_here(self, room: str) -> Sequence[bytes]:
        found: list[bytes] = await self.line.read(*self._script(room, scripts.SAID_HERE))
        return found

    async def publish(self, channel: str, message: bytes) -> None:
        await self.channels.ready(SUBSCRIBED_SECONDS)
        said = scripts.said_on(channel)
        await self.line.write(("EVAL", scripts.PUBLISH, 1, said, message))

    def subscribe(self, channel: str) -> AsyncIterator[bytes]:
        return self.channels.subscribe(scripts.said_on(channel))

    async def check(self) -> None:
        await self.line.write(("INCR", scripts.PULSE_KEY))


class _Following(AsyncIterator[News]):
    """News of others in a room; ends with `aclose` or with the storage."""

    def __init__(self, room: str, origin: str, heard: Subscription) -> None:
        self._room = room
        self._origin = origin.encode()
        self._heard = heard

    async def aclose(self) -> None:
        """Follow no longer."""
        self._heard.end()

    async def __anext__(self) -> News:
        while True:
            message = await anext(self._heard)
            if message == LOST:
                return News()
            origin, number, *name = message.split(b" ", 2)
            if origin != self._origin:
                document = f"{self._room}/{name[0].decode()}" if name else ""
                return News(int(number), document)


def _number(id: bytes) -> int:
    return int(id.partition(b"-")[0])


def _pairs(flat: Any) -> list[tuple[bytes, Any]]:
    if isinstance(flat, dict):
        return list(flat.items())
    return list(zip(flat[::2], flat[1::2], strict=True))


def _rows(rows: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Entries of a stream, whichever way the client has read them."""
    return [
        (id, fields if isinstance(fields, dict) else dict(_pairs(fields))) for id, fields in rows
    ]

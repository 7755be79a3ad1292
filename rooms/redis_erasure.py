"""Leaving no byte of what was removed in a Redis server's files.

A key that is deleted is gone from memory; its text is still in the log of commands (AOF) until the
log is written anew, in the snapshot file (RDB) until the next one, and perhaps in the list of slow
commands. So after each forgetting the log is rewritten, the snapshot taken again where there is
one, and the list emptied. That something has to be rewritten stands in the server itself: a process
that is killed half-way leaves it to the others.

The replaced files are deleted, not overwritten, and replicas and backups have files of their own:
`docs/operations.md` says what follows from that.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from rooms.redis_line import Command, RedisLine, stop
from rooms.redis_scripts import UNCLEAN_KEY
from rooms.storage import StorageUnwritable

PATIENCE: Final = 2.0
"""Seconds that a forgetting waits for the files; a larger server goes on writing them by itself."""

LOOK_EVERY: Final = 0.02
"""Seconds between looks whether a rewriting has ended; it doubles up to `LOOK_SELDOM`."""
LOOK_SELDOM: Final = 1.0

LATER: Final = 15.0
"""Seconds until what people took out of a document leaves the files too: with the half minute that
the room waits (`TIDY_AFTER`), within a minute (DOC9)."""

REST: Final = 4.0
SHORT: Final = 0.5
"""A rewriting of more than so many seconds is followed by a pause so many times as long: a large
server shall not be busy with nothing else."""

SWEEP_EVERY: Final = 60.0
"""Seconds between looks whether somebody was killed before the files were clean."""

RETRY_SECONDS: Final = 1.0
REFUSED_SECONDS: Final = 600.0
"""Where rewriting is not allowed to us, it is tried again so seldom."""

NOT_ALLOWED: Final = (
    "What people erased may stay in Redis's files: it does not let us rewrite them"
    " (BGREWRITEAOF, BGSAVE). Allow it, or rewrite them every day."
)

log = structlog.get_logger("rooms")


class RedisErasure:
    """Rewrites the server's files, once however many ask at the same time."""

    def __init__(self, line: RedisLine, origin: str) -> None:
        self._line = line
        self._origin = origin
        self._marks = 0
        self._wanted = 0
        self._done = 0
        self._due: float | None = None
        self._seen = b""
        self._wake = asyncio.Event()
        self._changed = asyncio.Condition()
        self.rewritings = 0
        """How often the files were written anew by us."""
        self._task = asyncio.create_task(self._run(), name="redis erasure")

    @property
    def mark(self) -> Command:
        """The command that says that the files are unclean; goes before what removes something."""
        self._marks += 1
        return ("SET", UNCLEAN_KEY, f"{self._origin} {self._marks}")

    async def close(self) -> None:
        """Finish what waits, within `PATIENCE`; what is left, another process or start does."""
        if self._done < self._wanted:
            await self.now()
        await stop(self._task)

    def later(self) -> None:
        """Something was removed that need not be gone at once."""
        self._wanted += 1
        due = time.monotonic() + LATER
        self._due = due if self._due is None else min(due, self._due)
        self._wake.set()

    async def now(self) -> None:
        """Something was removed: rewrite, and wait for it, but not for ever (`PATIENCE`)."""
        self._wanted += 1
        number, self._due = self._wanted, time.monotonic()
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(lambda: self._done >= number or self._task.done())

    async def _run(self) -> None:
        while True:
            now = time.monotonic()
            rest = SWEEP_EVERY if self._due is None else self._due - now
            if rest > 0:
                self._wake.clear()
                try:
                    async with asyncio.timeout(rest):
                        await self._wake.wait()
                    continue
                except TimeoutError:
                    if self._due is None and not await self._left_behind():
                        continue
            number, self._due = self._wanted, None
            try:
                await self._rewrite()
            except ResponseError:
                log.warning("redis_rewrite_not_allowed", hint=NOT_ALLOWED)
                self._due = time.monotonic() + REFUSED_SECONDS
            except (StorageUnwritable, RedisError, OSError, TimeoutError) as error:
                log.warning("redis_rewrite_put_off", reason=type(error).__name__)
                self._due = time.monotonic() + RETRY_SECONDS
                continue
            except Exception:
                log.exception("redis_rewrite_failed")
                self._due = time.monotonic() + REFUSED_SECONDS
                continue
            self.rewritings += 1
            async with self._changed:
                self._done = number
                self._changed.notify_all()
            took = time.monotonic() - now
            await asyncio.sleep(took * REST if took > SHORT else 0.0)

    async def _left_behind(self) -> bool:
        """Whether what somebody removed has waited for so long that they must have been killed."""
        try:
            mark = await self._line.read("GET", UNCLEAN_KEY) or b""
        except StorageUnwritable:
            return False
        same, self._seen = mark == self._seen, mark
        return bool(mark) and same

    async def _rewrite(self) -> None:
        mark = await self._line.read("GET", UNCLEAN_KEY)
        async with self._line.nodes() as nodes:
            for node in nodes:
                await _rewrite_node(node)
        # Only if nobody has removed something since.
        script = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
        await self._line.write(("EVAL", script, 1, UNCLEAN_KEY, mark or b""))


async def _rewrite_node(node: Redis) -> None:
    info = await node.info("persistence")
    if info.get("aof_enabled"):
        await _ended(node, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
        await _ask(node.bgrewriteaof)
        await _ended(node, "aof_rewrite_in_progress", "aof_rewrite_scheduled")
    if await _has_snapshots(node, info):
        await _ended(node, "rdb_bgsave_in_progress")
        await _ask(partial(node.bgsave, schedule=True))
        await _ended(node, "rdb_bgsave_in_progress")
    with contextlib.suppress(ResponseError):
        await node.slowlog_reset()


async def _ask(command: Callable[[], Awaitable[Any]]) -> None:
    """A rewriting that somebody else has begun may have begun too early: another one after it."""
    while True:
        try:
            await command()
            return
        except ResponseError as error:
            if "in progress" not in str(error).lower():
                raise
            await asyncio.sleep(LOOK_EVERY)


async def _has_snapshots(node: Redis, info: dict[str, Any]) -> bool:
    try:
        wanted = await node.config_get("save")
    except ResponseError:
        return True  # a managed server does not say: better once too often
    return bool(wanted.get("save"))


async def _ended(node: Redis, *flags: str) -> None:
    wait = LOOK_EVERY
    while True:
        info = await node.info("persistence")
        if not any(info.get(flag) for flag in flags):
            return
        await asyncio.sleep(wait)
        wait = min(wait * 2, LOOK_SELDOM)

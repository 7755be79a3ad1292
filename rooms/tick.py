"""The merging tick: what changed since the last one leaves together.

A tick runs only while something waits. When all has been quiet it runs at once. Edits and views
then rest a multiple of the time that sending took, so that a small room hears everything at once
and a busy one merges more by itself instead of falling behind; pointers rest a fixed time, which
nobody sees (`performance.md` 10).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

MOST: Final = 0.050
"""Seconds of quiet after a tick, at most: what people still feel as at once."""

DUTY: Final = 4.0
"""Quiet after a flush, as a multiple of its length: sending takes a fifth of a core, and more only
once the longest rest is reached. A frame to each of 200 people takes about a millisecond."""

FREE: Final = 0.001
"""Seconds of that quiet which are not kept: up to some 50 people each edit leaves by itself."""

log = logging.getLogger(__name__)


def adjusted(took: float) -> float:
    """Seconds to rest after a flush that took so many."""
    return min(max(took * DUTY - FREE, 0.0), MOST)


class Tick:
    """Calls `flush` soon after `wake`, never twice at once, never too often.

    `flush` sends all that waits; what it raises is logged and the tick goes on. `rest` says how
    long to be quiet after a flush that took so many seconds. `time` (seconds) and `sleep` are given
    by tests; they are real ones even where the room's clock is a test's.
    """

    def __init__(
        self,
        flush: Callable[[], Awaitable[None]],
        *,
        rest: Callable[[float], float] = adjusted,
        time: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._flush = flush
        self._rest = rest
        self._time = time
        self._sleep = sleep
        self._wanted = False
        self._resting = False
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        self.took = 0.0
        """Seconds the last flush took, writing to the sockets included."""

    def wake(self) -> None:
        """Something waits. Cheap; call it as often as things happen."""
        self._wanted = True
        if self._task is None and not self._closed:
            self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def idle(self) -> bool:
        """Whether nothing waits and no rest is being kept."""
        return self._task is None

    async def close(self) -> None:
        """Flush what waits, without keeping the rest, and stop for good."""
        self._closed = True
        if self._task is not None:
            if self._resting:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._wanted:
            await self._once()

    async def _run(self) -> None:
        try:
            while self._wanted:
                await self._once()
                if self._closed:
                    break
                if (rest := self._rest(self.took)) > 0:
                    self._resting = True
                    await self._sleep(rest)
                    self._resting = False
        finally:
            self._resting = False
            self._task = None

    async def _once(self) -> None:
        self._wanted = False
        began = self._time()
        try:
            await self._flush()
            # Those who write to the sockets were woken by it and come first: its cost as well.
            await asyncio.sleep(0)
        except Exception:
            log.exception("a tick failed")
        self.took = self._time() - began

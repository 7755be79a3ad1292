"""The merging tick: what changed since the last one leaves together.

A tick runs only while something waits. When all has been quiet it runs at once. Edits and views
then rest a multiple of the time that sending took, so that a small room hears everything at once
and a busy one merges more by itself instead of falling behind; pointers rest a fixed time, which
nobody sees (`performance.md` 10).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

MOST: Final = 0.050
"""Seconds of quiet after a tick, at most: what people still feel as at once."""

DUTY: Final = 6.0
"""Quiet after a flush, as a multiple of its length: sending takes a seventh of a core, and more
only once the longest rest is reached. A frame to each of 200 people takes about a millisecond."""

FREE: Final = 0.004
"""Seconds of that quiet which are not kept: up to some 150 people each edit leaves by itself. A
longer rest saves them little: at 200, resting ten times as long saved a tenth of the processor."""

Later = Callable[[float, Callable[[], None]], asyncio.Handle]

log = logging.getLogger(__name__)


def adjusted(took: float) -> float:
    """Seconds to rest after a flush that took so many."""
    return min(max(took * DUTY - FREE, 0.0), MOST)


class Tick:
    """Calls `flush` soon after `wake`, never too often.

    `flush` sends all that waits; what it raises is logged and the tick goes on. `rest` says how
    long to be quiet after a flush that took so many seconds. `time` (seconds) and `later` (as the
    loop's `call_later`) are given by tests; they are real ones even where the room's clock is a
    test's.
    """

    __slots__ = (
        "_closed", "_coming", "_flush", "_later", "_loop", "_rest", "_time", "_wanted", "took",
    )  # fmt: skip

    def __init__(
        self,
        flush: Callable[[], None],
        *,
        rest: Callable[[float], float] = adjusted,
        time: Callable[[], float] = time.perf_counter,
        later: Later | None = None,
    ) -> None:
        self._flush = flush
        self._rest = rest
        self._time = time
        self._later = later
        self._loop: asyncio.AbstractEventLoop | None = None  # asking for it each time is a call
        self._wanted = False
        self._closed = False
        self._coming: asyncio.Handle | None = None  # a flush, or the end of it or of its rest
        self.took = 0.0
        """Seconds the last flush took, writing to the sockets included."""

    def wake(self) -> None:
        """Something waits. Cheap; call it as often as things happen."""
        self._wanted = True
        if self._coming is None and not self._closed:
            self._loop = self._loop or asyncio.get_running_loop()
            self._coming = self._loop.call_soon(self._once)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and no rest is being kept."""
        return self._coming is None

    def close(self) -> None:
        """Flush what waits, without keeping the rest, and stop for good."""
        self._closed = True
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None
        if self._wanted:
            self._run()

    def _once(self) -> None:
        began = self._time()
        try:
            self._run()
        finally:
            if not self._closed and self._loop is not None:
                # The sockets are written to at the end of this turn of the loop: its cost as well.
                self._coming = self._loop.call_soon(self._flushed, began)

    def _run(self) -> None:
        self._wanted = False
        try:
            self._flush()
        except Exception:
            log.exception("a tick failed")

    def _flushed(self, began: float) -> None:
        self.took = self._time() - began
        if (rest := self._rest(self.took)) > 0:
            later = self._later or asyncio.get_running_loop().call_later
            self._coming = later(rest, self._rested)
        else:
            self._rested()

    def _rested(self) -> None:
        self._coming = None
        if self._wanted:
            self.wake()

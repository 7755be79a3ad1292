"""The one source of time, and alarms that ring by it.

All times are integer milliseconds since the epoch. Nothing else in the rooms asks the operating
system what time it is, so a test (or `./dev run --test-clock`) can hold time still and move it.

The system's clock may be set back or forward while a room runs. `SystemClock` reads it once, at
start, and from then on counts with the steady clock: a turn never loses or gains an hour
(`reliability.md` U9). While the machine sleeps the steady clock stands still, and so do turns.

An alarm is a promise to call back at or after a time. One key has at most one alarm; its calls
never overlap, while alarms of different keys do not wait for each other. An alarm whose call
failed is a deadline nobody met, so it rings again, at growing distances, until it succeeds or is
replaced.
"""

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

Ring = Callable[[], Awaitable[None]]

RETRY_FIRST: Final = 1_000
"""Milliseconds until a failed alarm rings again: a full disk or a lost race is often over."""

RETRY_MOST: Final = 60_000
"""Longest distance between two tries: rare enough not to fill the log of a broken room."""

RINGS_LIMIT: Final = 100_000
"""Rings in one `TestClock.advance`: more means that an alarm sets itself again without end."""

log = logging.getLogger(__name__)


class Wake(Protocol):
    """A wake-up that was asked for."""

    def cancel(self) -> None:
        """Do not ring; has no effect on a ring that has begun."""


class Clock(Protocol):
    """What time it is, and wake-ups by that time."""

    def now(self) -> int:
        """Milliseconds since the epoch; never runs backwards."""

    def wake(self, at: int, ring: Ring) -> Wake:
        """Call `ring` once at or after `at`; at once if that has passed. `ring` must not raise."""


class SystemClock:
    """Real time: the system's time at the start plus what the steady clock counted since.

    `wall` gives seconds since the epoch, `steady` seconds from anywhere.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steady = steady
        self._offset = wall() - steady()
        self._ringing: set[asyncio.Task[None]] = set()

    def now(self) -> int:
        """Milliseconds since the epoch; never runs backwards."""
        return int((self._steady() + self._offset) * 1000)

    def wake(self, at: int, ring: Ring) -> Wake:
        """Call `ring` in a task of its own at or after `at`. Needs a running loop."""
        return _Timer(self, at, ring)

    def _start(self, ring: Ring) -> None:
        task = asyncio.get_running_loop().create_task(_awaited(ring))
        # The loop keeps only a weak reference to a task.
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)


class _Timer:
    """A wake-up of the system clock."""

    def __init__(self, clock: SystemClock, at: int, ring: Ring) -> None:
        self._clock = clock
        self._at = at
        self._ring = ring
        self._arm()

    def cancel(self) -> None:
        self._handle.cancel()

    def _arm(self) -> None:
        wait = max(0, self._at - self._clock.now()) / 1000
        self._handle = asyncio.get_running_loop().call_later(wait, self._due)

    def _due(self) -> None:
        # The loop rounds to its own resolution and may be early by a millisecond.
        if self._clock.now() < self._at:
            self._arm()
        else:
            self._clock._start(self._ring)


async def _awaited(ring: Ring) -> None:
    await ring()


async def _nobody() -> None:
    pass


class TestClock:
    """Time that stands still until it is told to advance."""

    __test__ = False  # not a test class, whatever its name says to pytest

    def __init__(self, now: int = 1_790_000_000_000) -> None:
        self._now = now
        self._waiting: list[tuple[int, int, _TestWake]] = []
        self._order = itertools.count()
        self._turn = asyncio.Lock()
        self._ringing: set[asyncio.Task[None]] = set()

    def now(self) -> int:
        """Milliseconds since the epoch; moves only in `advance`."""
        return self._now

    def wake(self, at: int, ring: Ring) -> Wake:
        """Call `ring` when time has come to `at`; a time already past rings without waiting for
        `advance`."""
        wake = _TestWake(ring)
        heapq.heappush(self._waiting, (at, next(self._order), wake))
        if at <= self._now and not self._turn.locked():
            task = asyncio.get_running_loop().create_task(self.advance(0))
            self._ringing.add(task)
            task.add_done_callback(self._ringing.discard)
        return wake

    async def advance(self, ms: int) -> None:
        """Move time on by `ms` milliseconds.

        Every alarm due on the way rings at its own time, in order, and has been awaited before
        this returns; so have the alarms they set, if due. Not to be called by an alarm.
        """
        async with self._turn:
            end = self._now + ms
            for _ in range(RINGS_LIMIT):
                if not self._waiting or self._waiting[0][0] > end:
                    self._now = end
                    return
                at, _, wake = heapq.heappop(self._waiting)
                self._now = max(self._now, at)
                if not wake.cancelled:
                    await wake.ring()
            raise RuntimeError("an alarm sets itself again without end")


class _TestWake:
    """A wake-up of the test clock."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True
        self.ring = _nobody  # it stays in line until its time; whose it was need not


class _Alarm:
    """One alarm: when, what, and how often it has failed."""

    def __init__(self, key: str, at: int, ring: Ring, failures: int = 0) -> None:
        self.key = key
        self.at = at
        self.ring = ring
        self.failures = failures
        self.wake: Wake | None = None


class Alarms:
    """Alarms by key: at most one each, set again by replacing it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._alarms: dict[str, _Alarm] = {}
        self._ringing: set[str] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def set(self, key: str, at: int, ring: Ring) -> None:
        """Call `ring` at or after `at`, in place of what was set for `key`.

        Set while an earlier call of the same key is running, it waits for that call to end.
        """
        self._put(_Alarm(key, at, ring))

    def drop(self, key: str) -> None:
        """Forget the alarm of `key`; no error if there is none. A call that has begun goes on."""
        if (alarm := self._alarms.pop(key, None)) and alarm.wake:
            alarm.wake.cancel()
            alarm.wake = None  # which holds it

    def due(self, key: str) -> int | None:
        """When the alarm of `key` will ring, or None."""
        alarm = self._alarms.get(key)
        return alarm.at if alarm else None

    async def close(self) -> None:
        """Forget all alarms and wait for the calls that have begun."""
        for key in list(self._alarms):
            self.drop(key)
        await self._quiet.wait()
        for key in list(self._alarms):  # set by those last calls
            self.drop(key)

    def _put(self, alarm: _Alarm) -> None:
        self.drop(alarm.key)
        self._alarms[alarm.key] = alarm
        if alarm.key not in self._ringing:
            self._arm(alarm)

    def _arm(self, alarm: _Alarm) -> None:
        async def ring() -> None:
            await self._ring(alarm)

        alarm.wake = self._clock.wake(alarm.at, ring)

    async def _ring(self, alarm: _Alarm) -> None:
        # Dropped or replaced between the wake-up and the start of its task.
        alarm.wake = None
        if self._alarms.get(alarm.key) is not alarm:
            return
        del self._alarms[alarm.key]
        self._ringing.add(alarm.key)
        self._quiet.clear()
        failed = False
        try:
            await alarm.ring()
        except Exception:
            log.exception("alarm %s failed and will ring again", alarm.key)
            failed = True
        finally:
            self._ringing.discard(alarm.key)
            if not self._ringing:
                self._quiet.set()
        if later := self._alarms.get(alarm.key):
            self._arm(later)
        elif failed:
            wait = min(RETRY_FIRST * 2 ** min(alarm.failures, 10), RETRY_MOST)
            at = self._clock.now() + wait
            self._put(_Alarm(alarm.key, at, alarm.ring, alarm.failures + 1))

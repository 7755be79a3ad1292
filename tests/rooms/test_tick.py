"""The merging tick (`rooms/tick.py`; architecture.md, Delivery)."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from rooms.tick import DUTY, FREE, MOST, Tick, adjusted


class Bench:
    """A tick whose time and rests are in the test's hands."""

    def __init__(self, work: float = 0.010) -> None:
        self.now = 0.0
        self.work = work
        self.flushes: list[float] = []
        self.rests: list[float] = []
        self.rested: Callable[[], None] | None = None
        self.fail: BaseException | None = None
        self.tick = Tick(self.flush, time=lambda: self.now, later=self.later)

    def flush(self) -> None:
        self.flushes.append(self.now)
        self.now += self.work
        if self.fail:
            raise self.fail

    def later(self, seconds: float, then: Callable[[], None]) -> asyncio.Handle:
        self.rests.append(seconds)
        self.rested = then
        return asyncio.get_running_loop().call_later(3600, then)

    async def rest_over(self) -> None:
        """The rest ends; returns when the next one begins, or the tick has nothing more to do."""
        assert self.rested
        self.now += self.rests[-1]
        self.rested()
        await turns()


async def turns() -> None:
    """Let the loop go round: a flush, and what comes right after it."""
    for _ in range(4):
        await asyncio.sleep(0)


async def test_idle_it_runs_at_once_and_then_not_at_all() -> None:
    bench = Bench()
    assert bench.tick.idle
    bench.tick.wake()
    await turns()
    assert bench.flushes == [0.0]
    assert not bench.tick.idle
    await bench.rest_over()
    assert bench.tick.idle
    assert len(bench.flushes) == 1


async def test_what_comes_during_the_rest_leaves_together_after_it() -> None:
    bench = Bench(0.010)
    bench.tick.wake()
    await turns()
    for _ in range(100):
        bench.tick.wake()
    await turns()
    assert len(bench.flushes) == 1
    await bench.rest_over()
    assert bench.flushes == [0.0, pytest.approx(0.010 + adjusted(0.010))]
    await bench.rest_over()
    assert bench.tick.idle


@pytest.mark.parametrize(
    ("work", "rest"),
    [(0.001, 0.002), (0.005, 0.026), (0.1, MOST), (3.0, MOST)],
)
async def test_the_rest_adjusts_itself_up_to_50_ms(work: float, rest: float) -> None:
    bench = Bench(work)
    bench.tick.wake()
    await turns()
    assert bench.rests == [pytest.approx(rest)]
    assert bench.tick.took == pytest.approx(work)
    assert (DUTY, FREE, MOST) == (6.0, 0.004, 0.050)


async def test_what_comes_right_after_the_flush_counts_as_its_cost() -> None:
    bench = Bench(0.001)

    def write() -> None:
        bench.now += 0.002  # as the loop writes to the sockets at the end of its turn

    bench.tick.wake()
    asyncio.get_running_loop().call_soon(write)
    await turns()
    assert bench.tick.took == pytest.approx(0.003)


@pytest.mark.parametrize("work", [0.0, 0.000_6])
async def test_a_quick_flush_is_followed_by_no_rest(work: float) -> None:
    bench = Bench(work)
    for flushed in (1, 2):
        bench.tick.wake()
        await turns()
        assert len(bench.flushes) == flushed
    assert bench.rests == []
    assert bench.tick.idle


async def test_a_fixed_rest_is_kept_however_quick_the_flush() -> None:
    bench = Bench(0.001)
    bench.tick._rest = lambda _took: 0.040
    bench.tick.wake()
    await turns()
    assert bench.rests == [0.040]


async def test_a_failing_flush_does_not_stop_the_tick(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.fail = ValueError("broken")
    bench.tick.wake()
    with caplog.at_level(logging.ERROR):
        await turns()
    assert "broken" in caplog.text
    bench.fail = None
    bench.tick.wake()
    await bench.rest_over()
    assert len(bench.flushes) == 2


class Panic(BaseException):
    """As native code has it."""


async def test_not_even_a_panic_stops_the_tick() -> None:
    heard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: heard.append(about))
    bench = Bench(0.0)
    bench.fail = Panic()
    bench.tick.wake()
    await turns()
    assert heard
    bench.fail = None
    bench.tick.wake()
    await turns()
    assert len(bench.flushes) == 2


async def test_what_is_woken_by_a_flush_comes_after_it() -> None:
    inside = flushed = 0

    def flush() -> None:
        nonlocal inside, flushed
        inside += 1
        assert inside == 1
        if flushed < 2:
            tick.wake()
        flushed += 1
        inside -= 1

    tick = Tick(flush, rest=lambda _took: 0.0)
    tick.wake()
    for _ in range(3):
        await turns()
    assert flushed == 3
    assert tick.idle


async def test_close_flushes_what_waits_without_resting() -> None:
    bench = Bench()
    bench.tick.wake()
    await turns()
    bench.tick.wake()
    bench.tick.close()
    assert len(bench.flushes) == 2
    assert bench.tick.idle
    bench.tick.wake()
    await turns()
    assert bench.tick.idle
    assert len(bench.flushes) == 2


async def test_close_when_idle_does_nothing() -> None:
    bench = Bench()
    bench.tick.close()
    assert bench.flushes == []

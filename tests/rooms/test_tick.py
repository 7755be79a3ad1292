"""The merging tick (`rooms/tick.py`; architecture.md, Delivery)."""

import asyncio
import logging

import pytest

from rooms.tick import DUTY, FREE, MOST, Tick, adjusted


class Bench:
    """A tick whose time and sleep are in the test's hands."""

    def __init__(self, work: float = 0.010) -> None:
        self.now = 0.0
        self.work = work
        self.flushes: list[float] = []
        self.rests: list[float] = []
        self.rested = asyncio.Event()
        self.go_on = asyncio.Event()
        self.fail = False
        self.tick = Tick(self.flush, time=lambda: self.now, sleep=self.sleep)

    async def flush(self) -> None:
        self.flushes.append(self.now)
        self.now += self.work
        if self.fail:
            raise ValueError("broken")

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.rested.set()
        await self.go_on.wait()
        self.go_on.clear()
        self.now += seconds

    async def until_resting(self) -> None:
        await asyncio.wait_for(self.rested.wait(), 5)
        self.rested.clear()

    async def rest_over(self) -> None:
        """The rest ends; returns when the next one begins, or the tick has nothing more to do."""
        running = self.tick._task
        assert running
        again = asyncio.ensure_future(self.rested.wait())
        self.go_on.set()
        done, _ = await asyncio.wait({again, running}, timeout=5, return_when="FIRST_COMPLETED")
        assert done
        again.cancel()


async def test_idle_it_runs_at_once_and_then_not_at_all() -> None:
    bench = Bench()
    assert bench.tick.idle
    bench.tick.wake()
    await bench.until_resting()
    assert bench.flushes == [0.0]
    await bench.rest_over()
    assert bench.tick.idle
    assert len(bench.flushes) == 1


async def test_what_comes_during_the_rest_leaves_together_after_it() -> None:
    bench = Bench(0.010)
    bench.tick.wake()
    await bench.until_resting()
    for _ in range(100):
        bench.tick.wake()
    assert len(bench.flushes) == 1
    await bench.rest_over()
    await bench.until_resting()
    assert bench.flushes == [0.0, pytest.approx(0.010 + adjusted(0.010))]
    await bench.rest_over()
    assert bench.tick.idle


@pytest.mark.parametrize(
    ("work", "rest"),
    [(0.001, 0.003), (0.010, 0.039), (0.1, MOST), (3.0, MOST)],
)
async def test_the_rest_adjusts_itself_up_to_50_ms(work: float, rest: float) -> None:
    bench = Bench(work)
    bench.tick.wake()
    await bench.until_resting()
    assert bench.rests == [pytest.approx(rest)]
    assert bench.tick.took == pytest.approx(work)
    assert (DUTY, FREE, MOST) == (4.0, 0.001, 0.050)
    await bench.rest_over()


@pytest.mark.parametrize("work", [0.0, 0.000_2])
async def test_a_quick_flush_is_followed_by_no_rest(work: float) -> None:
    bench = Bench(work)
    for flushed in (1, 2):
        bench.tick.wake()
        assert bench.tick._task
        await asyncio.wait_for(bench.tick._task, 5)
        assert len(bench.flushes) == flushed
    assert bench.rests == []
    assert bench.tick.idle


async def test_a_fixed_rest_is_kept_however_quick_the_flush() -> None:
    bench = Bench(0.001)
    bench.tick._rest = lambda _took: 0.040
    bench.tick.wake()
    await bench.until_resting()
    assert bench.rests == [0.040]
    await bench.rest_over()


async def test_a_failing_flush_does_not_stop_the_tick(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.fail = True
    bench.tick.wake()
    with caplog.at_level(logging.ERROR):
        await bench.until_resting()
    assert "broken" in caplog.text
    bench.fail = False
    bench.tick.wake()
    await bench.rest_over()
    await bench.until_resting()
    assert len(bench.flushes) == 2
    await bench.rest_over()


async def test_flushes_never_overlap() -> None:
    inside = 0
    flushed = 0
    gate = asyncio.Event()

    async def flush() -> None:
        nonlocal inside, flushed
        inside += 1
        assert inside == 1
        await gate.wait()
        flushed += 1
        inside -= 1

    tick = Tick(flush, rest=lambda _took: 0.0)
    tick.wake()
    await asyncio.sleep(0)
    tick.wake()
    tick.wake()
    gate.set()
    await tick.close()
    assert flushed == 2


async def test_close_flushes_what_waits_without_resting() -> None:
    bench = Bench()
    bench.tick.wake()
    await bench.until_resting()
    bench.tick.wake()
    await bench.tick.close()
    assert len(bench.flushes) == 2
    assert bench.tick.idle
    bench.tick.wake()
    assert bench.tick.idle


async def test_close_when_idle_does_nothing() -> None:
    bench = Bench()
    await bench.tick.close()
    assert bench.flushes == []

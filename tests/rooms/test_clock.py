"""The clock and its alarms (`rooms/clock.py`, reliability.md U9)."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

import pytest

from rooms.clock import RETRY_FIRST, RETRY_MOST, Alarms, SystemClock, TestClock

HOUR = 3_600


class Dial:
    """A dial that a test turns by hand, in seconds."""

    def __init__(self, at: float) -> None:
        self.at = at
        self.looked = asyncio.Event()

    def __call__(self) -> float:
        self.looked.set()
        return self.at


def test_U9_a_stepped_system_clock_makes_no_jump() -> None:
    wall, steady = Dial(1_790_000_000.0), Dial(50.0)
    clock = SystemClock(wall, steady)
    start = clock.now()
    assert start == 1_790_000_000_000
    wall.at -= HOUR
    steady.at += 2
    assert clock.now() == start + 2_000
    wall.at += 25 * HOUR
    steady.at += 1
    assert clock.now() == start + 3_000


async def test_system_alarm_rings_not_before_its_time() -> None:
    clock = SystemClock()
    alarms = Alarms(clock)
    rung: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ring() -> None:
        rung.set_result(clock.now())

    at = clock.now() + 20
    alarms.set("a", at, ring)
    assert await asyncio.wait_for(rung, 5) >= at
    await alarms.close()


async def test_system_alarm_in_the_past_rings_at_once() -> None:
    clock = SystemClock()
    alarms = Alarms(clock)
    rung = asyncio.Event()

    async def ring() -> None:
        rung.set()

    alarms.set("a", clock.now() - HOUR * 1000, ring)
    await asyncio.wait_for(rung.wait(), 5)
    await alarms.close()


async def test_system_clock_early_wake_up_is_armed_again() -> None:
    """The loop may be early; the alarm then waits for the rest instead of ringing too soon."""
    steady = Dial(0.0)
    clock = SystemClock(Dial(1000.0), steady)
    rung = asyncio.Event()

    async def ring() -> None:
        rung.set()

    wake = clock.wake(clock.now() + 1, ring)
    for _ in range(2):  # woken, too early, and woken again
        steady.looked.clear()
        await asyncio.wait_for(steady.looked.wait(), 5)
    assert not rung.is_set()
    steady.at = 0.002
    await asyncio.wait_for(rung.wait(), 5)
    wake.cancel()


async def test_alarms_ring_in_order_at_their_own_times_before_advance_returns() -> None:
    clock = TestClock(1_000)
    alarms = Alarms(clock)
    heard: list[tuple[str, int]] = []

    def hear(name: str) -> None:
        async def ring() -> None:
            await asyncio.sleep(0)
            heard.append((name, clock.now()))

        alarms.set(name, times[name], ring)

    times = {"late": 5_000, "early": 2_000, "same": 2_000, "never": 9_000}
    for name in times:
        hear(name)
    await clock.advance(4_500)
    assert heard == [("early", 2_000), ("same", 2_000), ("late", 5_000)]
    assert clock.now() == 5_500
    assert alarms.due("never") == 9_000
    assert alarms.due("late") is None


async def test_an_alarm_may_set_the_next_one_within_the_same_advance() -> None:
    clock = TestClock(0)
    alarms = Alarms(clock)
    heard: list[int] = []

    async def ring() -> None:
        heard.append(clock.now())
        alarms.set("turn", clock.now() + 1_000, ring)

    alarms.set("turn", 1_000, ring)
    await clock.advance(3_500)
    assert heard == [1_000, 2_000, 3_000]
    assert alarms.due("turn") == 4_000


async def test_setting_replaces_and_dropping_forgets() -> None:
    clock = TestClock(0)
    alarms = Alarms(clock)
    heard: list[str] = []

    def say(word: str) -> Callable[[], Awaitable[None]]:
        async def ring() -> None:
            heard.append(word)

        return ring

    alarms.set("a", 100, say("old"))
    alarms.set("a", 200, say("new"))
    alarms.set("b", 100, say("dropped"))
    alarms.drop("b")
    alarms.drop("unknown")
    await clock.advance(1_000)
    assert heard == ["new"]


async def test_rings_of_one_key_never_overlap() -> None:
    clock = SystemClock()
    alarms = Alarms(clock)
    inside = 0
    count = 0
    done = asyncio.Event()

    async def ring() -> None:
        nonlocal inside, count
        inside += 1
        assert inside == 1
        count += 1
        if count < 5:
            alarms.set("a", 0, ring)  # due at once, while this call is still running
        await asyncio.sleep(0.001)
        inside -= 1
        if count == 5:
            done.set()

    alarms.set("a", 0, ring)
    await asyncio.wait_for(done.wait(), 5)
    await alarms.close()
    assert count == 5


async def test_a_slow_key_does_not_delay_another() -> None:
    clock = SystemClock()
    alarms = Alarms(clock)
    gate, rung = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await gate.wait()

    async def quick() -> None:
        rung.set()

    alarms.set("slow", 0, slow)
    alarms.set("quick", 0, quick)
    await asyncio.wait_for(rung.wait(), 5)
    gate.set()
    await alarms.close()


async def test_a_failed_alarm_is_logged_and_rings_again(caplog: pytest.LogCaptureFixture) -> None:
    clock = TestClock(0)
    alarms = Alarms(clock)
    heard: list[int] = []

    async def ring() -> None:
        heard.append(clock.now())
        if len(heard) < 3:
            raise OSError("the disk is full")

    alarms.set("turn", 10, ring)
    with caplog.at_level(logging.ERROR):
        await clock.advance(60_000)
    assert heard == [10, 10 + RETRY_FIRST, 10 + 3 * RETRY_FIRST]
    assert "turn" in caplog.text
    assert "the disk is full" in caplog.text


async def test_a_failing_alarm_that_set_a_new_one_is_not_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = TestClock(0)
    alarms = Alarms(clock)
    heard: list[str] = []

    async def calm() -> None:
        heard.append("calm")

    async def ring() -> None:
        heard.append("failed")
        alarms.set("a", 5_000, calm)
        raise ValueError

    alarms.set("a", 10, ring)
    await clock.advance(20_000)
    assert heard == ["failed", "calm"]


async def test_retries_are_never_further_apart_than_the_limit() -> None:
    clock = TestClock(0)
    alarms = Alarms(clock)
    heard: list[int] = []

    async def ring() -> None:
        heard.append(clock.now())
        raise ValueError

    alarms.set("a", 0, ring)
    logging.disable(logging.CRITICAL)
    try:
        await clock.advance(20 * RETRY_MOST)
    finally:
        logging.disable(logging.NOTSET)
    gaps = [later - earlier for earlier, later in itertools.pairwise(heard)]
    assert gaps[:3] == [RETRY_FIRST, 2 * RETRY_FIRST, 4 * RETRY_FIRST]
    assert max(gaps) == RETRY_MOST == gaps[-1]


async def test_close_waits_for_a_ring_that_has_begun() -> None:
    clock = SystemClock()
    alarms = Alarms(clock)
    begun, gate, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def ring() -> None:
        begun.set()
        await gate.wait()
        alarms.set("a", 0, ring)
        ended.set()

    alarms.set("a", 0, ring)
    await begun.wait()
    closing = asyncio.create_task(alarms.close())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.set()
    await closing
    assert ended.is_set()
    assert alarms.due("a") is None


async def test_test_clock_rings_a_past_alarm_without_advance() -> None:
    clock = TestClock(1_000)
    rung = asyncio.Event()

    async def ring() -> None:
        rung.set()

    Alarms(clock).set("a", 500, ring)
    await asyncio.wait_for(rung.wait(), 5)
    assert clock.now() == 1_000


async def test_test_clock_stops_an_endless_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.clock.RINGS_LIMIT", 100)
    clock = TestClock(0)
    alarms = Alarms(clock)

    async def ring() -> None:
        alarms.set("a", clock.now(), ring)

    alarms.set("a", 10, ring)
    with pytest.raises(RuntimeError, match="without end"):
        await clock.advance(10)

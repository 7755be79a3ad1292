"""What stands in the place of asyncio's queue and event (`server/lean.py`)."""

from __future__ import annotations

import asyncio

import pytest

from server.lean import Event, Queue


async def test_a_queue_gives_in_order_and_waits_when_it_is_empty() -> None:
    queue: Queue[int] = Queue()
    assert queue.empty()
    getting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait(1)
    queue.put_nowait(2)
    assert await getting == 1
    assert await queue.get() == 2
    assert queue.empty()


async def test_a_reader_that_is_cancelled_takes_nothing_along() -> None:
    queue: Queue[int] = Queue()
    getting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait(1)
    getting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await getting
    assert await queue.get() == 1
    again = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)
    queue.put_nowait(2)
    assert await queue.get() == 2


async def test_an_event_lets_everybody_go_on() -> None:
    event = Event()
    waiting = [asyncio.create_task(event.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting[1:])
    event.set()
    event.clear()  # who waited goes on all the same
    await asyncio.wait_for(asyncio.gather(*waiting[1:]), 5)
    assert waiting[0].cancelled()
    assert not event.is_set()
    late = asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    assert not late.done()
    event.set()
    await late
    await event.wait()
    assert event.is_set()

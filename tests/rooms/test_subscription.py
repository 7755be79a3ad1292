"""Messages within one process (`rooms/subscription.py`)."""

import asyncio

import pytest

from rooms.subscription import SUBSCRIPTION_LIMIT, Subscription


async def test_messages_come_in_order_and_end_when_ended() -> None:
    among: dict[str, set[Subscription]] = {}
    subscription = Subscription(among, "c")
    subscription.add(b"1")
    subscription.add(b"2")
    subscription.end()
    assert [message async for message in subscription] == [b"1", b"2"]
    assert among == {}
    subscription.end()


async def test_who_waits_is_woken_by_the_end() -> None:
    subscription = Subscription({}, "c")
    waiting = asyncio.ensure_future(anext(subscription))
    await asyncio.sleep(0)
    await subscription.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_of_too_many_messages_the_oldest_go() -> None:
    subscription = Subscription({}, "c")
    for number in range(SUBSCRIPTION_LIMIT + 1):
        subscription.add(b"%d" % number)
    subscription.end()
    messages = [message async for message in subscription]
    assert len(messages) == SUBSCRIPTION_LIMIT
    assert messages[0] == b"1"

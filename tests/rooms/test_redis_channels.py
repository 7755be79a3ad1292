"""What other processes write and say arrives, and what was missed is told (issue 5)."""

import asyncio

import pytest
from redis.asyncio import Redis

from rooms.redis_storage import RedisStorage
from rooms.storage import News
from tests.redis_server import RedisServer

pytestmark = pytest.mark.redis


async def test_what_others_write_is_told_and_what_was_missed_too(
    redis_storage: RedisStorage, other: RedisStorage, redis_server: RedisServer
) -> None:
    await redis_storage.create_room("a", 1)
    following = redis_storage.follow("a")
    assert await asyncio.wait_for(anext(following), 5) == News()
    await redis_storage.append("a", 1, b"our own is no news")
    await other.append("a", 2, b"two")
    id = await other.add_update("a/group/g1", b"x")
    assert await asyncio.wait_for(anext(following), 5) == News(2)
    assert await asyncio.wait_for(anext(following), 5) == News(id, "a/group/g1")
    client = Redis.from_url(redis_server.url)
    await client.client_kill_filter(_type="pubsub")
    await client.aclose()
    assert await asyncio.wait_for(anext(following), 5) == News()
    await other.append("a", 3, b"three")
    assert await asyncio.wait_for(anext(following), 5) == News(3)


async def test_messages_reach_other_processes(
    redis_storage: RedisStorage, other: RedisStorage
) -> None:
    heard = other.subscribe("a/people")
    await other.channels.ready(5)
    await redis_storage.publish("a/people", b"here")
    assert await asyncio.wait_for(anext(heard), 5) == b"here"

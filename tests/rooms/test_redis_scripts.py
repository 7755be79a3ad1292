"""Where things lie in Redis: the keys of a room share a slot, whichever script wrote them."""

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from rooms import redis_scripts as scripts
from rooms.redis_storage import RedisStorage

pytestmark = pytest.mark.redis


async def test_a_room_has_its_keys_in_one_slot(redis_storage: RedisStorage, redis_url: str) -> None:
    await redis_storage.create_room("a", 1)
    await redis_storage.append("a", 1, b"one", {"w1": b"text"})
    id = await redis_storage.add_update("a/group/g", b"x")
    await redis_storage.mark_applied("a/group/g", id)
    await redis_storage.compact("a/board", b"x", 0)
    await redis_storage.quarantine("a/board", 0, "bad")
    await redis_storage.put_photo("a", "p", b"x", "image/png")
    await redis_storage.touch({"a": 1})
    await redis_storage.updates("a/group/g")
    await redis_storage.check()
    client = Redis.from_url(redis_url)
    keys = {name.decode() for name in await client.keys("*") if isinstance(name, bytes)}
    await client.aclose()
    shared = {"talanoa:version", "talanoa:rooms", "talanoa:pulse", "talanoa:unclean"}
    assert all(name.startswith("talanoa:{a}:") for name in keys - shared)
    assert len(keys - shared) >= 10
    assert len({key_slot(name.encode()) for name in keys - shared}) == 1
    assert all(name.startswith(scripts.prefix("a")) for name in keys - shared)

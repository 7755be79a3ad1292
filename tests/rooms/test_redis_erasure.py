"""Nothing of what was removed stays in the server's files (WRD11, DOC9)."""

import asyncio

import pytest
from redis.asyncio import Redis

from rooms.redis_storage import RedisStorage
from tests.redis_server import RedisServer
from tests.rooms.conftest import Opened

pytestmark = pytest.mark.redis


@pytest.mark.slow
async def test_what_was_erased_is_nowhere_in_the_servers_files(
    own_redis: RedisServer, redis_opened: Opened
) -> None:
    storage = await RedisStorage.open(own_redis.url)
    redis_opened.append(storage)
    await storage.create_room("a", 1)
    await storage.create_room("b", 1)
    await storage.append("a", 1, b"one", {"w1": b"CANARY-word", "w2": b"kept-word"})
    await storage.append("b", 1, b"CANARY-room", {"w1": b"CANARY-room"})
    await storage.add_update("b/board", b"CANARY-room")
    await storage.put_photo("a", "p", b"CANARY-photo", "image/jpeg")
    await storage.put_secret("d", "b", b"CANARY-secret")
    id = await storage.add_update("a/board", b"CANARY-edit")
    for canary in (b"word", b"room", b"photo", b"secret", b"edit"):
        assert b"CANARY-" + canary in own_redis.bytes()
    await storage.erase_words("a", ["w1"])
    assert b"CANARY-word" not in own_redis.bytes()
    await storage.drop_photo("a", "p")
    assert b"CANARY-photo" not in own_redis.bytes()
    await storage.forget_room("b")
    assert b"CANARY-room" not in own_redis.bytes()
    assert b"CANARY-secret" not in own_redis.bytes()
    await storage.compact("a/board", b"snapshot", id)
    await storage.close()  # which does not leave the rest of the minute to others
    assert b"CANARY" not in own_redis.bytes()
    assert b"kept-word" in own_redis.bytes()


@pytest.mark.slow
async def test_DOC9_what_a_killed_process_left_to_rewrite_others_do(
    own_redis: RedisServer, redis_opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.redis_erasure.SWEEP_EVERY", 0.05)
    storage = await RedisStorage.open(own_redis.url)
    redis_opened.append(storage)
    await storage.create_room("a", 1)
    await storage.append("a", 1, b"one", {"w1": b"CANARY"})
    client = Redis.from_url(own_redis.url)
    await client.set("talanoa:unclean", "somebody else")
    await client.hdel("talanoa:{a}:words", "w1")
    async with asyncio.timeout(10):
        while b"CANARY" in own_redis.bytes() or await client.exists("talanoa:unclean"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await client.aclose()

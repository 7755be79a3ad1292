"""Nothing of what was removed stays in the server's files (WRD11, DOC9)."""

import pytest
from redis.asyncio import Redis

from rooms.redis_storage import RedisStorage
from tests.redis_server import RedisServer
from tests.rooms.conftest import Opened
from tests.waiting import until

pytestmark = pytest.mark.redis


async def leaves(server: RedisServer, canary: bytes) -> None:
    """It is gone from the files, at once or, on a busy machine, soon."""

    async def gone() -> bool:
        return canary not in server.bytes()

    await until(gone, 20)


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
    await leaves(own_redis, b"CANARY-word")
    await storage.drop_photo("a", "p")
    await leaves(own_redis, b"CANARY-photo")
    await storage.forget_room("b")
    await leaves(own_redis, b"CANARY-room")
    await leaves(own_redis, b"CANARY-secret")
    await storage.compact("a/board", b"snapshot", id)
    await storage.erasure.now()  # what people took out of a card leaves within a minute (DOC9)
    await leaves(own_redis, b"CANARY")
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
    await leaves(own_redis, b"CANARY")

    async def clean() -> bool:
        return not await client.exists("talanoa:unclean")

    await until(clean, 30)  # a busy disk takes its time to rewrite files
    await client.aclose()

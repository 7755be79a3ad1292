"""What other processes write and say arrives, and what was missed is told (issue 5)."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from rooms.redis_storage import RedisStorage
from rooms.storage import News
from tests.redis_server import RedisServer
from tests.rooms.cut_line import CutLine
from tests.waiting import until

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


async def test_whatever_the_client_trips_over_messages_arrive_again(
    redis_storage: RedisStorage, other: RedisStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the fuzz: a line that is made anew while the old one is being read."""
    heard = redis_storage.subscribe("c")
    await redis_storage.channels.ready(5)
    ping, tripped = PubSub.ping, asyncio.Event()

    async def trip(self: PubSub, message: object = None) -> bool:
        if not tripped.is_set():
            tripped.set()
            raise RuntimeError("readuntil() called while another coroutine is already waiting")
        return await ping(self)

    monkeypatch.setattr(PubSub, "ping", trip)
    await asyncio.wait_for(tripped.wait(), 10)
    for _ in range(200):
        await other.publish("c", b"again")
        try:
            async with asyncio.timeout(0.05):
                assert await anext(heard) == b"again"
                return
        except TimeoutError:
            continue
    raise AssertionError("nothing is heard any more")


async def test_a_cut_line_leaves_no_connection_behind(redis_server: RedisServer) -> None:
    """Found by the fuzz: both who read and who asked made the cut line anew, and one of the two
    new ones was never closed."""
    line = await CutLine(redis_server.port).start()
    storage = await RedisStorage.open(f"redis://127.0.0.1:{line.port}/0")
    heard = [storage.subscribe("c0")]
    await storage.channels.ready(5)
    made = asyncio.open_connection
    opened: list[asyncio.StreamWriter] = []

    async def counted(*args: Any, **options: Any) -> Any:
        found = await made(*args, **options)
        opened.append(found[1])
        return found

    async def stands() -> bool:
        return storage.channels.stands

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio, "open_connection", counted)
        for n in range(1, 30):
            heard.append(storage.subscribe(f"c{n}"))
            line.cut()
            line.mend()  # at once: whoever makes it anew gets through
            await until(stands)
            await storage.channels.ready(5)
        await storage.close()
    await line.close()
    assert len(opened) >= 25, "hollow: nothing was cut"
    assert [writer for writer in opened if not writer.is_closing()] == []

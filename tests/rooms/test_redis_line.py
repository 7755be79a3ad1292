"""Writes to Redis: in order, in groups, each with its own answer."""

import asyncio
import contextlib

import pytest

from rooms.redis_line import RedisLine, place, stop
from rooms.redis_storage import RedisStorage
from rooms.storage import StorageUnwritable

pytestmark = pytest.mark.redis


async def test_what_is_asked_together_leaves_together_and_in_order(
    redis_storage: RedisStorage,
) -> None:
    line = redis_storage.line
    groups = line.groups
    answers = await asyncio.gather(*(line.write(("INCR", "n")) for _ in range(100)))
    assert [answer for (answer,) in answers] == list(range(1, 101))
    assert line.groups - groups <= 3


async def test_a_wrong_one_fails_alone(redis_storage: RedisStorage) -> None:
    line = redis_storage.line
    commands = (("SET", "x", "1"), ("LPUSH", "x", "1"), ("INCR", "x"))
    asked = [asyncio.ensure_future(line.write(command)) for command in commands]
    with pytest.raises(StorageUnwritable, match="WRONGTYPE"):
        await asked[1]
    assert [await asked[0], await asked[2]] == [[True], [2]]
    assert redis_storage.trouble == 0, "it answers"


async def test_nothing_is_taken_after_the_end(redis_url: str) -> None:
    line = await RedisLine.open(redis_url)
    asked = asyncio.ensure_future(line.write(("INCR", "n")))
    await asyncio.sleep(0)
    await line.close()
    assert await asked == [1]
    with pytest.raises(StorageUnwritable, match="closed"):
        await line.write(("INCR", "n"))


def test_a_server_is_named_without_its_password() -> None:
    assert place("redis://me:secret@host.example:7000/3") == "host.example:7000"
    assert place("redis://localhost") == "localhost:6379"
    assert place("unix:///run/redis.sock?password=secret") == "/run/redis.sock"


async def test_a_task_that_keeps_a_cancellation_to_itself_is_stopped_all_the_same() -> None:
    began = asyncio.Event()

    async def keeps() -> None:
        began.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    task = asyncio.create_task(keeps())
    await began.wait()
    await stop(task)
    assert task.cancelled()

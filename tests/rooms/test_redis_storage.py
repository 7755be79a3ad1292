"""The storage in Redis, over a real server (issue 5; reliability.md 5.2)."""

import asyncio

import pytest
from redis.asyncio import Redis

from rooms.redis_storage import RedisStorage
from rooms.storage import Conflict, News, Storage, StorageTooNew, StorageUnwritable
from tests.redis_server import RedisServer
from tests.rooms.conftest import Opened
from tests.rooms.storage_contract import Reopen, StorageContract

pytestmark = pytest.mark.redis


@pytest.fixture
def storage(redis_storage: RedisStorage) -> RedisStorage:
    """For the contract."""
    return redis_storage


@pytest.fixture
def reopen(redis_url: str, redis_opened: Opened) -> Reopen:
    async def again() -> Storage:
        await redis_opened[-1].close()
        redis_opened.append(await RedisStorage.open(redis_url))
        return redis_opened[-1]

    return again


class TestContract(StorageContract):
    """Redis keeps the contract."""


# Several processes


async def test_of_two_processes_that_append_at_once_one_wins(
    storage: RedisStorage, other: RedisStorage
) -> None:
    await storage.create_room("a", 1)
    for seq in range(1, 30):
        outcomes = await asyncio.gather(
            storage.append("a", seq, b"one", {f"w{seq}": b"one"}),
            other.append("a", seq, b"other", {f"w{seq}": b"other"}),
            return_exceptions=True,
        )
        assert {type(outcome) for outcome in outcomes} == {Conflict, type(None)}
    words = await other.words("a")
    for seq, body in await storage.commits("a"):
        assert words[f"w{seq}"] == body


async def test_an_update_that_follows_on_an_old_one_is_refused(
    storage: RedisStorage, other: RedisStorage
) -> None:
    await storage.create_room("a", 1)
    first = await storage.add_update("a/board", b"1", after=0)
    second = await other.add_update("a/board", b"2", after=first)
    assert second == first + 1
    with pytest.raises(Conflict):
        await storage.add_update("a/board", b"3", after=first)
    assert [u.update for u in await storage.updates("a/board", first)] == [b"2"]
    await other.compact("a/board", b"1 and 2", second)
    third = await storage.add_update("a/board", b"3", after=second)
    assert [u.update for u in await other.updates("a/board", first)] == [b"1 and 2", b"3"]
    assert [u.update for u in await other.updates("a/board", second)] == [b"3"]
    assert list(await other.updates("a/board", third)) == []


async def test_updates_added_together_fail_together_where_another_process_was_first(
    storage: RedisStorage, other: RedisStorage
) -> None:
    await storage.create_room("a", 1)

    async def both(after: int, word: str) -> list[object]:
        return [
            *await asyncio.gather(
                storage.add_update("a/board", b"mine", after=after, together=word),
                storage.add_update("a/board", b"mine too", together=word),
                return_exceptions=True,
            )
        ]

    first, second = await both(0, "w1")
    assert (first, second) == (1, 2)
    third = await other.add_update("a/board", b"theirs", after=2)
    # The second of the two would follow on a row of the very number it expects.
    assert [type(outcome) for outcome in await both(2, "w2")] == [Conflict, Conflict]
    assert await both(third, "w3") == [4, 5]
    assert [u.id for u in await other.updates("a/board")] == [1, 2, 3, 4, 5]


# A server that is not there


async def test_no_server_is_said_at_once_and_without_the_password() -> None:
    with pytest.raises(StorageUnwritable, match=r"Redis at 127\.0\.0\.1:1 .*reached") as raised:
        await RedisStorage.open("redis://somebody:secret@127.0.0.1:1/0")
    assert "secret" not in str(raised.value)


@pytest.mark.slow
async def test_a_killed_server_is_noticed_and_found_again_with_all_it_acknowledged(
    own_redis: RedisServer, redis_opened: Opened
) -> None:
    storage = await RedisStorage.open(own_redis.url)
    redis_opened.append(storage)
    following = storage.follow("a")
    assert await asyncio.wait_for(anext(following), 5) == News()
    await storage.create_room("a", 1)
    for seq in range(1, 40):
        await storage.append("a", seq, b"%d" % seq)
    own_redis.kill()
    with pytest.raises(StorageUnwritable):
        await asyncio.wait_for(storage.append("a", 40, b"lost?"), 5)
    with pytest.raises(StorageUnwritable):
        await asyncio.wait_for(storage.commits("a"), 5)
    assert storage.trouble > 0
    own_redis.start()
    async with asyncio.timeout(15):
        assert await anext(following) == News()
    assert len(await storage.commits("a")) == 39
    assert storage.trouble == 0
    await storage.append("a", 40, b"goes on")


@pytest.mark.slow
async def test_a_server_that_answers_nothing_is_given_up_within_5_s(
    own_redis: RedisServer, redis_opened: Opened
) -> None:
    storage = await RedisStorage.open(own_redis.url)
    redis_opened.append(storage)
    await storage.create_room("a", 1)
    own_redis.freeze()
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(
            storage.append("a", 1, b"one"), storage.commits("a"), return_exceptions=True
        )
    assert all(isinstance(outcome, StorageUnwritable) for outcome in outcomes)
    own_redis.thaw()
    # Whether it was kept only the log knows.
    seqs = [seq for seq, _ in await storage.commits("a")]
    assert seqs in ([], [1])
    await storage.append("a", len(seqs) + 1, b"next")


async def test_newer_data_is_left_alone(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    await client.set("talanoa:version", 99)
    with pytest.raises(StorageTooNew, match="newer version"):
        await RedisStorage.open(redis_url)
    assert await client.get("talanoa:version") == b"99"
    await client.aclose()

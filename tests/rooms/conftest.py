"""A real Redis or Valkey server for the tests of what lies there, started when one asks for it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rooms.redis_storage import RedisStorage
from tests.redis_server import RedisServer

Opened = list[RedisStorage]


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A server to be killed."""
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.stop()


@pytest.fixture
async def redis_opened() -> AsyncIterator[Opened]:
    """The storages opened during a test, closed at the end."""
    storages: Opened = []
    yield storages
    for storage in storages:
        await storage.close()


@pytest.fixture
async def redis_storage(redis_url: str, redis_opened: Opened) -> RedisStorage:
    """A storage on an empty database."""
    redis_opened.append(await RedisStorage.open(redis_url))
    return redis_opened[-1]


@pytest.fixture
async def other(redis_url: str, redis_opened: Opened, redis_storage: RedisStorage) -> RedisStorage:
    """Another process's storage of the same rooms."""
    redis_opened.append(await RedisStorage.open(redis_url))
    return redis_opened[-1]

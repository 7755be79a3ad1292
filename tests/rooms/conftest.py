"""A real Redis or Valkey server for the tests of what lies there, started when one asks for it."""

from collections.abc import AsyncIterator

import pytest

from rooms.redis_storage import RedisStorage

Opened = list[RedisStorage]


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

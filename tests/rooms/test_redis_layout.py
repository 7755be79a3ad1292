"""Whether what lies on a server is ours to use."""

import pytest

from rooms import redis_layout
from rooms import redis_scripts as scripts
from rooms.redis_storage import RedisStorage
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew

pytestmark = pytest.mark.redis


async def test_a_newer_layout_is_refused_and_stays_as_it_is(redis_storage: RedisStorage) -> None:
    line = redis_storage.line
    await line.write(("SET", scripts.VERSION_KEY, scripts.LAYOUT + 1))
    with pytest.raises(StorageTooNew, match="newer version"):
        await redis_layout.take(line)
    assert int(await line.read("GET", scripts.VERSION_KEY)) == scripts.LAYOUT + 1


async def test_what_is_not_whole_is_for_nobody_but_who_finishes_it(
    redis_storage: RedisStorage,
) -> None:
    line = redis_storage.line
    await redis_layout.take(line)
    await line.write(("SET", scripts.RESTORING_KEY, "1"))
    with pytest.raises(StorageDamaged, match="Run it again"):
        await redis_layout.look(line)
    await redis_layout.take(line, restoring=True)


async def test_the_first_secret_is_that_of_all(redis_storage: RedisStorage) -> None:
    line = redis_storage.line
    await redis_layout.check_secret(line, b"")
    assert await line.read("EXISTS", scripts.SEAL_KEY) == 0
    await redis_layout.check_secret(line, b"a" * 32)
    await redis_layout.check_secret(line, b"a" * 32)
    with pytest.raises(StorageHeld, match="TALANOA_SECRET"):
        await redis_layout.check_secret(line, b"b" * 32)

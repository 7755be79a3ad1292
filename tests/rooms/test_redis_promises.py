"""What a server promises less than it could is said, in words an operator can act upon."""

import pytest
import structlog

from rooms import redis_promises as promises
from rooms.redis_storage import RedisStorage
from rooms.storage import StorageUnwritable
from server.log import ALLOWED, VALUE_LIMIT
from tests.redis_server import RedisServer
from tests.rooms.conftest import Opened

GOOD = {"appendonly": "yes", "appendfsync": "always", "maxmemory": "0"}


def codes(found: promises.Found) -> list[str]:
    """What there is to say."""
    return [less.code for less in found.warnings]


def test_a_server_that_promises_all_is_not_talked_about() -> None:
    assert promises.judge(GOOD, 0, None) == promises.Found(())
    assert promises.judge(GOOD, 2, None) == promises.Found((), 1)
    assert promises.judge(GOOD, 2, 2) == promises.Found((), 2)
    assert promises.judge(GOOD, 2, 0) == promises.Found((), 0)
    full = {**GOOD, "maxmemory": "1000", "maxmemory-policy": "noeviction"}
    assert promises.judge(full, 0, None) == promises.Found(())


@pytest.mark.parametrize(
    ("settings", "attached", "wanted", "cluster", "code"),
    [
        ({**GOOD, "appendonly": "no"}, 0, None, False, "no_log"),
        ({**GOOD, "appendfsync": "everysec"}, 0, None, False, "log_not_at_once"),
        ({**GOOD, "appendfsync": "no"}, 0, None, False, "log_not_at_once"),
        (
            {**GOOD, "maxmemory": "1000", "maxmemory-policy": "allkeys-lru"},
            0,
            None,
            False,
            "evicts",
        ),
        (GOOD, 0, 1, False, "no_replica"),
        (GOOD, 1, None, True, "replicas_of_cluster"),
        (None, 0, None, False, "settings_hidden"),
    ],
)
def test_each_shortcoming_has_a_sentence(
    settings: dict[str, str] | None, attached: int, wanted: int | None, cluster: bool, code: str
) -> None:
    found = promises.judge(settings, attached, wanted, cluster=cluster)
    assert codes(found) == [code]
    (less,) = found.warnings
    assert len(less.sentence) <= VALUE_LIMIT, "the log would cut it"
    assert less.sentence.endswith(".")


@pytest.mark.redis
async def test_the_operator_is_warned_at_start_and_when_it_gets_worse(
    redis_url: str, redis_opened: Opened, redis_server: RedisServer
) -> None:
    with structlog.testing.capture_logs() as logs:
        storage = await RedisStorage.open(redis_url)
        redis_opened.append(storage)
        assert not logs
        await storage.line.client.config_set("appendfsync", "everysec")
        try:
            await storage._look()
            await storage._look()
        finally:
            await storage.line.client.config_set("appendfsync", "always")
    assert [line["kind"] for line in logs] == ["log_not_at_once"], "said once"
    assert logs[0]["log_level"] == "warning"
    assert set(logs[0]) - {"log_level"} <= ALLOWED


@pytest.mark.redis
@pytest.mark.slow
async def test_a_write_waits_for_its_replica_and_says_when_it_has_not_got_it(
    own_redis: RedisServer, redis_opened: Opened
) -> None:
    replica = RedisServer(
        own_redis.folder / "replica", replicaof=f"127.0.0.1 {own_redis.port}"
    ).start()
    try:
        await replica.linked()
        storage = await RedisStorage.open(own_redis.url)
        redis_opened.append(storage)
        assert storage.line.replicas == 1
        await storage.create_room("a", 1)
        replica.freeze()
        with pytest.raises(StorageUnwritable, match="replica"):
            await storage.append("a", 1, b"one")
        replica.thaw()
        assert len(await storage.commits("a")) == 1, "whoever asks again finds it there"
        await storage.append("a", 2, b"two")
    finally:
        replica.stop()


@pytest.mark.redis
async def test_too_few_replicas_are_said_and_nothing_is_promised(
    redis_url: str, redis_opened: Opened
) -> None:
    with structlog.testing.capture_logs() as logs:
        storage = await RedisStorage.open(redis_url, replicas=1)
        redis_opened.append(storage)
    assert [line["kind"] for line in logs] == ["no_replica"]
    with pytest.raises(StorageUnwritable, match="replica"):
        await storage.create_room("a", 1)

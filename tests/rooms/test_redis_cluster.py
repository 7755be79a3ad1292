"""The storage on a cluster of three nodes keeps the same contract (issue 5)."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from rooms import redis_backup
from rooms.redis_storage import RedisStorage
from rooms.sqlite_schema import FILE
from rooms.storage import News, Storage
from tests.redis_server import RedisServer, free_port
from tests.rooms.conftest import Opened
from tests.rooms.storage_contract import Reopen, StorageContract
from tests.rooms.test_redis_backup import contents, furnish, settled

pytestmark = [pytest.mark.redis, pytest.mark.slow]

NODES = 3
SLOTS = 16_384


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RedisServer]]:
    """Three servers that have shared out the slots among them."""
    folder = tmp_path_factory.mktemp("cluster")
    servers = [
        RedisServer(
            folder / f"node{n}", cluster_enabled="yes", cluster_port=str(free_port())
        ).start()
        for n in range(NODES)
    ]
    clients = [Redis(port=server.port) for server in servers]
    try:
        for number, client in enumerate(clients):
            first, last = SLOTS * number // NODES, SLOTS * (number + 1) // NODES - 1
            _ask(client, "ADDSLOTSRANGE", first, last)
            _ask(client, "SET-CONFIG-EPOCH", number + 1)
        for client in clients[1:]:
            bus = servers[0].settings["cluster-port"]
            _ask(client, "MEET", "127.0.0.1", servers[0].port, bus)
        end = time.monotonic() + 20
        while not all(_is_well(client) for client in clients):
            assert time.monotonic() < end, "the nodes do not find each other"
            time.sleep(0.05)
        yield servers
    finally:
        for client in clients:
            client.close()
        for server in servers:
            server.stop()


def _ask(client: Redis, *words: str | int) -> Any:
    return client.cluster(*words)


def _is_well(client: Redis) -> bool:
    said = _ask(client, "INFO")
    lines = (said.decode() if isinstance(said, bytes) else str(said)).split()
    known = said if isinstance(said, dict) else dict(line.split(":", 1) for line in lines)
    return known["cluster_state"] == "ok" and int(known["cluster_known_nodes"]) == NODES


@pytest.fixture
def address(cluster: list[RedisServer]) -> str:
    """One of the nodes, all of them empty."""
    for server in cluster:
        with Redis(port=server.port) as client:
            client.flushall()
    return f"redis://127.0.0.1:{cluster[-1].port}"


@pytest.fixture
async def storage(address: str, redis_opened: Opened) -> RedisStorage:
    """For the contract."""
    redis_opened.append(await RedisStorage.open(address))
    return redis_opened[-1]


@pytest.fixture
def reopen(address: str, redis_opened: Opened) -> Reopen:
    async def again() -> Storage:
        await redis_opened[-1].close()
        redis_opened.append(await RedisStorage.open(address))
        return redis_opened[-1]

    return again


class TestContract(StorageContract):
    """A cluster keeps the contract."""

    @pytest.mark.long
    async def test_random_histories_read_back_as_a_model_says(
        self, storage: Storage, reopen: Reopen
    ) -> None:
        """Three servers write their files anew after each of its forgettings: most of a minute."""
        await super().test_random_histories_read_back_as_a_model_says(storage, reopen)


async def test_rooms_are_spread_and_news_reach_every_process(
    storage: RedisStorage, address: str, redis_opened: Opened, cluster: list[RedisServer]
) -> None:
    other = await RedisStorage.open(address)
    redis_opened.append(other)
    for number in range(12):
        room = f"room{number}"
        await storage.create_room(room, 1)
        following = other.follow(room)
        async with asyncio.timeout(5):
            assert await anext(following) == News()
            await storage.append(room, 1, b"one")
            assert await anext(following) == News(1)
    held = []
    for server in cluster:
        with Redis(port=server.port) as client:
            held.append(client.dbsize())
    assert all(held), held


async def test_DUR4_rooms_on_all_nodes_are_in_one_copy_and_come_back(
    storage: RedisStorage, address: str, redis_opened: Opened, tmp_path: Path
) -> None:
    await furnish(storage)
    expected = await settled(storage)
    await redis_backup.copy_out(address, tmp_path / FILE)
    for room in await storage.rooms():
        await storage.forget_room(room)
    made = await redis_backup.bring_in(address, tmp_path / FILE)
    assert made.rooms == len(await storage.rooms()) > 0
    redis_opened.append(await RedisStorage.open(address))
    assert await contents(redis_opened[-1]) == expected

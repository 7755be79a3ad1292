"""SIGKILL of processes and of Redis itself under load: what was acknowledged is there, once (P1,
P8; issue 5, *Shown by*)."""

import asyncio
import itertools
import random
import sys
from pathlib import Path

import pytest

from rooms.redis_storage import RedisStorage
from tests.redis_server import RedisServer
from tests.waiting import until

pytestmark = [pytest.mark.redis, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
ROOMS = 3
Acknowledged = dict[str, tuple[str, int]]
"""Text -> room and number of the commit."""


class Process:
    """A writer of its own; `acknowledged` fills while it lives."""

    def __init__(self, url: str, name: str, acknowledged: Acknowledged) -> None:
        self.url, self.name, self.acknowledged = url, name, acknowledged
        self.lines = 0

    async def start(self) -> "Process":
        """Run until it writes."""
        words = ("-m", "tests.rooms.redis_writer", self.url, str(ROOMS), self.name)
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.child.stdout
        assert await self.child.stdout.readline() == b"ready\n"
        self.reading = asyncio.create_task(self._read(self.child.stdout))
        return self

    async def _read(self, out: asyncio.StreamReader) -> None:
        async for line in out:
            if line.endswith(b"\n"):  # the last one may be torn
                room, seq, number = line.decode().split()
                self.acknowledged[f"{room} {self.name} {number}"] = (room, int(seq))
                self.lines += 1

    async def wrote(self, more: int) -> None:
        """Wait for so many more acknowledgements."""
        upto = self.lines + more

        async def enough() -> bool:
            return self.lines >= upto

        await until(enough, 30)

    async def kill(self) -> None:
        """SIGKILL, and read what it had said."""
        self.child.kill()
        await self.child.wait()
        await self.reading


async def campaign(server: RedisServer, rounds: int, seed: int) -> None:
    """Two processes write to the same rooms; one of them, or Redis, is killed again and again."""
    print("seed", seed)
    dice = random.Random(seed)
    acknowledged: Acknowledged = {}
    names = (f"p{number}" for number in itertools.count(1))
    alive = [await Process(server.url, next(names), acknowledged).start() for _ in range(2)]
    try:
        for round in range(rounds):
            for process in alive:
                await process.wrote(dice.randrange(5, 40))
            if round % 2:
                server.kill()
                server.start()
            else:
                await alive.pop(dice.randrange(2)).kill()
                alive.append(await Process(server.url, next(names), acknowledged).start())
        for process in alive:
            await process.wrote(5)
    finally:  # none outlives the test
        for process in alive:
            await process.kill()
    await judge(server, acknowledged)
    assert len(acknowledged) > rounds * 10, "not hollow"


async def judge(server: RedisServer, acknowledged: Acknowledged) -> None:
    """Nothing acknowledged is lost, nothing is there twice."""
    storage = await RedisStorage.open(server.url)
    try:
        for number in range(ROOMS):
            room = f"room{number}"
            log = dict(await storage.commits(room))
            assert list(log) == list(range(1, len(log) + 1))
            assert len(set(log.values())) == len(log), "none twice"
            assert await storage.words(room) == {f"w{seq}": body for seq, body in log.items()}
            edits = [row.update for row in await storage.updates(f"{room}/board")]
            for text, (where, seq) in acknowledged.items():
                if where == room:
                    assert log[seq] == text.encode()
                    assert 1 <= edits.count(text.encode()) <= 2
    finally:
        await storage.close()


async def test_P8_kills_of_processes_and_of_redis_lose_nothing(own_redis: RedisServer) -> None:
    await campaign(own_redis, rounds=2, seed=1)


@pytest.mark.long
async def test_P8_fifty_kills_lose_nothing(own_redis: RedisServer) -> None:
    await campaign(own_redis, rounds=50, seed=random.randrange(2**32))

"""A process that writes to rooms in Redis and says what was acknowledged.

`python -m tests.rooms.redis_writer URL ROOMS NAME` prints "ready", then a line "room seq n" for
each acknowledged commit with its edit, until it is killed. Others may write to the same rooms.
"""

import asyncio
import contextlib
import sys

import structlog

from rooms.redis_storage import RedisStorage
from rooms.storage import Conflict, StorageUnwritable

PAUSE = 0.02


class Writer:
    """One room's writer."""

    def __init__(self, storage: RedisStorage, room: str, name: str) -> None:
        self.storage = storage
        self.room = room
        self.name = name
        self.seq = 0

    async def append(self, text: bytes) -> int:
        """Append once, whatever happens to the line on the way: look whether it is there before
        it is tried again, as rooms do by the name of a request."""
        while True:
            try:
                await self.storage.append(self.room, self.seq + 1, text, {f"w{self.seq + 1}": text})
            except (Conflict, StorageUnwritable) as error:
                with contextlib.suppress(StorageUnwritable):
                    mine = 0
                    for seq, body in await self.storage.commits(self.room, self.seq):
                        self.seq = seq
                        mine = seq if body == text else mine
                    if mine:
                        return mine
                if isinstance(error, StorageUnwritable):
                    await asyncio.sleep(PAUSE)
            else:
                self.seq += 1
                return self.seq

    async def edit(self, text: bytes) -> None:
        """Add an update; twice at most, if the answer was lost."""
        while True:
            try:
                await self.storage.add_update(f"{self.room}/board", text)
            except StorageUnwritable:
                await asyncio.sleep(PAUSE)
            else:
                return

    async def write(self) -> None:
        """For ever."""
        with contextlib.suppress(Conflict):
            await self.storage.create_room(self.room, 1)
        number = 0
        while True:
            number += 1
            text = f"{self.room} {self.name} {number}".encode()
            seq, _ = await asyncio.gather(self.append(text), self.edit(text))
            print(f"{self.room} {seq} {number}", flush=True)
            await asyncio.sleep(PAUSE)  # others want to write as well


async def main(url: str, rooms: int, name: str) -> None:
    """Write to every room."""
    storage = await RedisStorage.open(url)
    writers = [Writer(storage, f"room{n}", name) for n in range(rooms)]
    print("ready", flush=True)
    await asyncio.gather(*(writer.write() for writer in writers))


if __name__ == "__main__":
    # What it acknowledges is all that goes to its output.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))

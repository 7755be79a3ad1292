"""A process that writes to a storage as fast as it may and says what was acknowledged.

`python -m tests.rooms.writer_process FOLDER ROOMS` prints "ready", then one line "room seq" for
each acknowledged commit (flushed before the next one), until it is killed.
"""

import asyncio
import contextlib
import sys
from pathlib import Path

from rooms.sqlite_storage import SqliteStorage
from rooms.storage import Conflict


async def main(folder: Path, rooms: int) -> None:
    """Go on in every room from where the last process ended."""
    storage = await SqliteStorage.open(folder)

    async def write(room: str) -> None:
        with contextlib.suppress(Conflict):
            await storage.create_room(room, 1)
        seq = len(await storage.commits(room))
        while True:
            seq += 1
            text = f"{room} {seq}".encode()
            update = storage.add_update(f"{room}/board", text)
            _, id = await asyncio.gather(storage.append(room, seq, text, {f"w{seq}": text}), update)
            await storage.mark_applied(f"{room}/board", id)
            sys.stdout.write(f"{room} {seq}\n")
            sys.stdout.flush()

    print("ready", flush=True)
    await asyncio.gather(*(write(f"room{n}") for n in range(rooms)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

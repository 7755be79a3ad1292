"""Whether the data on a Redis server is ours to use: version, secret, whether it is whole."""

import hashlib

from rooms import redis_scripts as scripts
from rooms.redis_line import RedisLine, place
from rooms.storage import StorageDamaged, StorageHeld, StorageTooNew


async def look(line: RedisLine, *, restoring: bool = False) -> None:
    """Judge what is there. `restoring`: a restore that was not finished may be gone on with.

    Raises `StorageTooNew`, `StorageDamaged`, `StorageUnwritable`.
    """
    found = await line.read("GET", scripts.VERSION_KEY)
    if found is not None and int(found) > scripts.LAYOUT:
        raise StorageTooNew(
            f"The data at Redis {place(line.url)} was written by a newer version of"
            f" Talanoa (layout {int(found)}, this one knows {scripts.LAYOUT})."
            " Nothing was changed; run the newer version."
        )
    if not restoring and await line.read("EXISTS", scripts.RESTORING_KEY):
        raise StorageDamaged(
            f"A restore into Redis {place(line.url)} was not finished: what is there is not whole."
            " Run it again."
        )


async def take(line: RedisLine, *, restoring: bool = False) -> None:
    """The same, and say that this version writes here now."""
    await look(line, restoring=restoring)
    await line.write(("SET", scripts.VERSION_KEY, scripts.LAYOUT))


async def check_secret(line: RedisLine, secret: bytes) -> None:
    """Whether the processes that serve these rooms have this secret; the first one says which.

    Raises `StorageHeld`, `StorageUnwritable`.
    """
    if not secret:
        return
    # A hash of a key: it tells two keys apart and opens nothing.
    seal = hashlib.blake2b(b"talanoa seal", key=secret[:64], digest_size=16).hexdigest()
    _, found = await line.write(("SET", scripts.SEAL_KEY, seal, "NX"), ("GET", scripts.SEAL_KEY))
    if found.decode() != seal:
        raise StorageHeld(
            f"The rooms at Redis {place(line.url)} are served with another TALANOA_SECRET:"
            " links and cookies of one process would be worth nothing at the other. Set the"
            " same TALANOA_SECRET for all of them; or, to leave all old links behind, delete"
            f" the key {scripts.SEAL_KEY}."
        )

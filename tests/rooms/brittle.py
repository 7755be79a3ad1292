"""Real SQLite that can be made to fail, or to keep a writer waiting, at a chosen moment."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from rooms.sqlite_storage import SqliteStorage
from rooms.storage import Kept, StorageUnwritable


class Brittle(SqliteStorage):
    """`full` fails every write, `full_documents` those of documents only. While `held` is set to
    an event, a commit or an edit is written and then keeps its caller waiting for it."""

    full = False
    full_documents = False
    held: asyncio.Event | None = None
    written: asyncio.Event
    _adding: set[asyncio.Task[None]]

    @classmethod
    async def brittle(cls, folder: Path) -> "Brittle":
        storage = await cls.open(folder)
        assert isinstance(storage, cls)
        storage.written = asyncio.Event()
        storage._adding = set()
        return storage

    def _writable(self, *, document: bool = False) -> None:
        if self.full or (document and self.full_documents):
            raise StorageUnwritable("full, says the test")

    async def _hold(self) -> None:
        self.written.set()
        if self.held is not None:
            await self.held.wait()

    async def append(
        self, room: str, seq: int, commit: bytes, words: Mapping[str, bytes] | None = None
    ) -> None:
        self._writable()
        await super().append(room, seq, commit, words)
        await self._hold()

    async def add_update(
        self, document: str, update: bytes, after: int | None = None, together: str = ""
    ) -> int:
        self._writable(document=True)
        id = await super().add_update(document, update, after, together)
        await self._hold()
        return id

    def add_soon(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        if self.held is None and not (self.full or self.full_documents):
            self.written.set()
            super().add_soon(document, updates, told)
            return
        task = asyncio.ensure_future(self._add_all(document, updates, told))
        self._adding.add(task)
        task.add_done_callback(self._adding.discard)

    async def _add_all(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        asked = (self.add_update(document, update) for update in updates)
        kept = await asyncio.gather(*asked, return_exceptions=True)
        if applied := told(kept):
            await self.mark_applied(document, applied)

    async def compact(self, document: str, snapshot: bytes, upto: int) -> None:
        self._writable(document=True)
        await super().compact(document, snapshot, upto)

    async def put_secret(self, digest: str, room: str, value: bytes) -> None:
        self._writable()
        await super().put_secret(digest, room, value)

    async def put_photo(self, room: str, id: str, body: bytes, media: str) -> None:
        self._writable()
        await super().put_photo(room, id, body, media)

    async def drop_photo(self, room: str, id: str) -> None:
        self._writable()
        await super().drop_photo(room, id)

    async def erase_words(self, room: str, refs: Sequence[str]) -> None:
        self._writable()
        await super().erase_words(room, refs)

    async def forget_room(self, room: str) -> None:
        self._writable()
        await super().forget_room(room)

    async def touch(self, seen: Mapping[str, int]) -> None:
        self._writable()
        await super().touch(seen)

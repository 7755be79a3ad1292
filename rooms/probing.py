"""Which rows of a document's log may be loaded, when one of them may be what crashed this process.

Rows that nobody reported applied are suspects; a process of its own tries them (`probe.py`, DOC7).
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final
from weakref import WeakKeyDictionary

import structlog

from rooms.probe import survives
from rooms.storage import Storage, StoredUpdate

log = structlog.get_logger("rooms")

PROBES_AT_ONCE: Final = 2
"""Processes that try documents at a time, for all rooms of this one: after a kill everybody opens
everything at once."""

_gates: WeakKeyDictionary[Storage, asyncio.Semaphore] = WeakKeyDictionary()


class Probing:
    """Tries the logs of one room's documents. `update_of` reads the update out of a row."""

    def __init__(
        self, room: str, storage: Storage, update_of: Callable[[StoredUpdate], bytes]
    ) -> None:
        self._room = room
        self._storage = storage
        self._update_of = update_of
        self._gate = _gates.setdefault(storage, asyncio.Semaphore(PROBES_AT_ONCE))

    async def sound(self, document: str, stored: Sequence[StoredUpdate]) -> list[StoredUpdate]:
        """The rows of a document (by its full name) without those that kill a process; these are
        set aside. Raises `StorageUnwritable` when there is no telling now."""
        rows = list(stored)
        while any(not row.applied for row in rows) and not await self._survives(rows):
            bad = await self._culprit(rows)
            await self._storage.quarantine(document, bad.id, "crashed the probe")
            log.error("update_quarantined", room=self._room, document=document, update=bad.id)
            rows = [row for row in rows if row.id != bad.id]
        return rows

    async def _culprit(self, rows: list[StoredUpdate]) -> StoredUpdate:
        """The first suspect with which the log no longer survives; the honest ones before it are
        kept."""
        suspects = [n for n, row in enumerate(rows) if not row.applied]
        low, high = 0, len(suspects) - 1
        while low < high:
            middle = (low + high) // 2
            if await self._survives(rows[: suspects[middle] + 1]):
                low = middle + 1
            else:
                high = middle
        return rows[suspects[low]]

    async def _survives(self, rows: list[StoredUpdate]) -> bool:
        async with self._gate:
            return await survives([self._update_of(row) for row in rows])

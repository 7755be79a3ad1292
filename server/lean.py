"""A queue and an event that cost next to nothing while nobody waits.

asyncio's own keep four and one double-ended queues of 760 bytes ready; of each websocket's there
are thousands.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Event:
    """An `asyncio.Event`: any number wait."""

    __slots__ = ("_set", "_waiting")

    def __init__(self) -> None:
        self._set = False
        self._waiting: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        """Whether nobody has to wait."""
        return self._set

    def set(self) -> None:
        """Let everybody go on."""
        self._set = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def clear(self) -> None:
        """From now on they wait."""
        self._set = False

    async def wait(self) -> None:
        """Wait until it is set."""
        if not self._set:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
            # Whoever is cancelled leaves the others waiting.
            await asyncio.shield(self._waiting)


class Queue(Generic[T]):
    """An `asyncio.Queue` without an end, with one reader."""

    __slots__ = ("_filled", "_items")

    def __init__(self) -> None:
        self._items: list[T] = []
        self._filled: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    def put_nowait(self, item: T) -> None:
        """Add something."""
        self._items.append(item)
        if self._filled is not None and not self._filled.done():
            self._filled.set_result(None)

    async def get(self) -> T:
        """Wait for the oldest, and take it."""
        while not self._items:
            self._filled = asyncio.get_running_loop().create_future()
            await self._filled
        return self._items.pop(0)

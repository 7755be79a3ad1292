"""Messages within one process: what a storage without other processes gives its subscribers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from rooms.storage import News

SUBSCRIPTION_LIMIT: Final = 10_000
"""Messages that wait for one subscriber; beyond, the oldest go: messages are ephemeral."""


class Subscription(AsyncIterator[bytes]):
    """What is published on a channel since this was made; ends with `end` or with the storage."""

    def __init__(self, among: "dict[str, set[Subscription]]", channel: str) -> None:
        self._among = among
        self._channel = channel
        self._messages: deque[bytes] = deque(maxlen=SUBSCRIPTION_LIMIT)
        self._ready = asyncio.Event()
        self._ended = False
        among.setdefault(channel, set()).add(self)

    def add(self, message: bytes) -> None:
        """Queue a message; the oldest goes when too many wait."""
        self._messages.append(message)
        self._ready.set()

    def end(self) -> None:
        """No more messages; what waits is still given out."""
        self._ended = True
        self._ready.set()
        if subscriptions := self._among.get(self._channel):
            subscriptions.discard(self)
            if not subscriptions:
                del self._among[self._channel]

    async def aclose(self) -> None:
        """End, as `contextlib.aclosing` does."""
        self.end()

    async def __anext__(self) -> bytes:
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._messages.popleft()


class Silence(AsyncIterator[News]):
    """What other processes write where there are none."""

    async def __anext__(self) -> News:
        raise StopAsyncIteration

"""Messages from the other processes, over one connection of publish and subscribe.

Publish and subscribe promises nothing: what is said while the line is down is lost. Whoever follows
a room is told so (`LOST`) when the line is back, and reads the room again.
"""

import asyncio
import contextlib
import time
from typing import Any, Final

import structlog
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from rooms.redis_line import PAUSES, stop
from rooms.subscription import Subscription

PING_EVERY: Final = 1.0
"""Seconds between questions whether the line still stands."""

SILENT_SECONDS: Final = 3.5
"""A line that has answered no ping for so long is dropped, and another made."""

LOST: Final = b"lost"
"""To those who follow: something may have been said that nobody heard."""

NOTHING: Final = "talanoa:nothing"
"""A channel on which nothing is said: one is needed for the line to stand."""

log = structlog.get_logger("rooms")


class RedisChannels:
    """See the module. Made inside the loop, ended by `close`."""

    def __init__(self, client: "Redis | RedisCluster") -> None:
        self._client = client
        self._among: dict[str, set[Subscription]] = {}
        self._followed: set[str] = set()
        self._heard_on: set[str] = set()
        self._wake = asyncio.Event()
        self._settled = asyncio.Condition()
        self._last = 0.0
        self._stands = False
        self._task = asyncio.create_task(self._run(), name="redis messages")

    @property
    def stands(self) -> bool:
        """Whether messages arrive now."""
        return self._stands

    def subscribe(self, channel: str, *, follows: bool = False) -> Subscription:
        """What is said on a channel from now on. `follows`: with `LOST` where something may be
        missing."""
        made = Subscription(self._among, channel)
        if follows:
            self._followed.add(channel)
        if channel in self._heard_on and follows:
            made.add(LOST)  # it stands already: nobody else will say that reading may begin
        self._wake.set()
        return made

    async def ready(self, seconds: float) -> None:
        """Wait until everything subscribed to so far is heard, or until the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._settled:
                await self._settled.wait_for(lambda: self._heard_on >= set(self._among))

    async def close(self) -> None:
        """End every subscription and the line."""
        for subscriptions in list(self._among.values()):
            for subscription in list(subscriptions):
                subscription.end()
        await stop(self._task)

    async def _run(self) -> None:
        tries = 0
        while True:
            try:
                async with contextlib.aclosing(self._client.pubsub()) as pubsub:
                    await pubsub.subscribe(NOTHING)
                    # The client would make a cut line anew by itself, for who reads and who asks
                    # at the same time, and forget to close one of the two new ones.
                    connection: Any = pubsub.connection
                    connection.retry = Retry(NoBackoff(), 0, supported_errors=())
                    self._last = time.monotonic()
                    tries = 0
                    await self._stand(pubsub)
            except Exception as error:
                # Whatever it is, also what the client trips over when it makes a line anew while
                # the old one is being read: without this task nothing would be heard any more.
                if self._stands or not tries:
                    log.warning("redis_messages_cut", reason=type(error).__name__)
            finally:
                self._stands = False
                self._heard_on.clear()
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1

    async def _stand(self, pubsub: PubSub) -> None:
        listening = asyncio.create_task(self._listen(pubsub))
        try:
            while not listening.done():
                self._wake.clear()
                wanted = set(self._among)
                if new := sorted(wanted - self._asked(pubsub)):
                    _check(pubsub)
                    await pubsub.subscribe(*new)
                if old := sorted(self._asked(pubsub) - wanted - {NOTHING}):
                    self._followed -= set(old)
                    self._heard_on -= set(old)
                    _check(pubsub)
                    await pubsub.unsubscribe(*old)
                _check(pubsub)
                await pubsub.ping()
                if time.monotonic() - self._last > SILENT_SECONDS:
                    raise TimeoutError("no answer")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PING_EVERY):
                        await self._wake.wait()
            await listening
        finally:
            while not listening.done():
                listening.cancel()
                await asyncio.wait({listening}, timeout=0.2)
            if not listening.cancelled():
                listening.exception()  # whoever waited for it has it

    @staticmethod
    def _asked(pubsub: PubSub) -> set[str]:
        return {name.decode() if isinstance(name, bytes) else name for name in pubsub.channels}

    async def _listen(self, pubsub: PubSub) -> None:
        while True:
            _check(pubsub)
            message = await pubsub.get_message(timeout=None)
            if message is None:
                continue
            self._last = time.monotonic()
            self._stands = True
            if message["type"] not in ("message", "subscribe"):
                continue
            channel = message["channel"].decode()
            if message["type"] == "message":
                for subscription in list(self._among.get(channel, ())):
                    subscription.add(message["data"])
            else:
                self._heard_on.add(channel)
                if channel in self._followed:
                    for subscription in list(self._among.get(channel, ())):
                        subscription.add(LOST)
                async with self._settled:
                    self._settled.notify_all()


def _check(pubsub: PubSub) -> None:
    """Raise `ConnectionError` when the line is cut, before the client makes another one."""
    if pubsub.connection is None or not pubsub.connection.is_connected:
        raise RedisConnectionError("the line is cut")

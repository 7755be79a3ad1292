"""Waiting for what nobody tells: another process, a server, a file."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

SECONDS: Final = 10.0
"""How long something may take on a busy machine before a test fails."""


async def until(true: Callable[[], Awaitable[bool]], seconds: float = SECONDS) -> None:
    """Wait until something is so. Fails when it does not come true in time."""
    end = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.01)

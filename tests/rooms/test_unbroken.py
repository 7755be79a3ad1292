"""Work that goes on (LOG5)."""

import asyncio

import pytest

from rooms.unbroken import Unbroken


async def test_the_work_goes_on_when_whoever_waits_goes_away_LOG5() -> None:
    unbroken, gate, done = Unbroken(), asyncio.Event(), []

    async def work() -> int:
        await gate.wait()
        done.append(1)
        return 5

    waits = asyncio.ensure_future(unbroken.run(work()))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    gate.set()
    await unbroken.settled()
    assert done == [1]
    assert await unbroken.run(work()) == 5


async def test_what_goes_wrong_is_told_to_whoever_waits() -> None:
    async def work() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await Unbroken().run(work())

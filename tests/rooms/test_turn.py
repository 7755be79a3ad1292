"""A lock that may be asked for without waiting (`rooms/turn.py`)."""

import asyncio

from rooms.turn import Turn


async def test_it_is_taken_at_once_when_nobody_has_it() -> None:
    turn = Turn()
    assert turn.take()
    assert turn.locked()
    assert not turn.take()
    turn.release()
    assert turn.take()


async def test_it_goes_past_nobody_who_waits() -> None:
    turn = Turn()
    assert turn.take()
    had: list[str] = []

    async def wait() -> None:
        async with turn:
            had.append("waited")

    waiting = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    turn.release()
    assert not turn.locked()
    assert not turn.take(), "who waits has it next"
    await waiting
    assert had == ["waited"]
    assert turn.take()

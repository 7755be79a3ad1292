"""How long it takes to find partners, and how long the room's loop waits for it meanwhile."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from activities.kernel import Member
from activities.pairing import Seats, pairs
from tests.bench.figures import milliseconds

T = TypeVar("T")

SIZES: Final = (12, 39, 40, 41, 100, 199, 200)
ROUNDS: Final = 3


def hall(people: int) -> tuple[Member, ...]:
    """A mixed hall: four organisations, two languages."""
    return tuple(
        Member(f"s{n:03}", organisation=f"o{n % 4}", language=("en", "es")[n % 3 == 0])
        for n in range(people)
    )


async def run(sizes: tuple[int, ...] = SIZES) -> None:
    """Print both for halls of these sizes."""
    print(f"pairs, {ROUNDS} rounds with nobody met twice, computed beside the loop")
    for people in sizes:
        took, stalls, _ = await measured(people)
        print(
            f"  {people:4} people: {milliseconds(took)}; the loop waits at most {max(stalls):.4f} s"
        )


async def measured(people: int) -> tuple[list[float], list[float], int]:
    """Seconds of each round, seconds between two turns of the loop meanwhile, and how many turns
    it took."""
    everybody = hall(people)
    past: tuple[Seats, ...] = ()
    took: list[float] = []
    stalls: list[float] = [0.0]
    for turn in range(ROUNDS):
        began = time.perf_counter()
        found = await _beside(partial(pairs, everybody, past, turn), stalls)
        took.append(time.perf_counter() - began)
        past = (*past, *found)
    return took, stalls, len(stalls) - 1


async def _beside(work: Callable[[], T], stalls: list[float]) -> T:
    """What `work` gives, run in a thread; notes how long each turn of the loop is meanwhile."""
    computing = asyncio.ensure_future(asyncio.to_thread(work))
    while not computing.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        stalls.append(time.perf_counter() - before)
    return await computing

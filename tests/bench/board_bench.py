"""What a crowded board costs the server: a move, a cluster, opening it, and drafting the memo.

In this process, on real storage in a temporary folder; the wire is not measured here.
"""

import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from rooms import board_order, commits
from rooms.whole import Draft
from rooms.words import Mint
from tests.bench.figures import milliseconds
from tests.rooms.house import House

BOARDS: Final = (100, 1_000)
"""Cards of a lively evening, and of the fullest board anybody could read."""

DRAFTED: Final = 2_000
THEMES: Final = 20
MOVES: Final = 50


async def run(folder: Path | None = None, boards: tuple[int, ...] = BOARDS) -> None:
    """Print what is measured for boards of so many cards, and the memo of `DRAFTED`."""
    print("board, server time in one process")
    for cards in boards:
        for name, took in (await measured(cards, folder)).items():
            _print(cards, name, took)
    _print(DRAFTED, "memo drafted", await drafted(DRAFTED, folder))


def _print(cards: int, name: str, took: list[tuple[float, float]]) -> None:
    waited, used = [wall for wall, _ in took], sorted(cpu for _, cpu in took)
    middle = used[len(used) // 2] * 1_000
    print(f"  {cards:5} cards, {name}: {middle:.1f} ms of processor, {milliseconds(waited)}")


async def measured(cards: int, folder: Path | None = None) -> dict[str, list[tuple[float, float]]]:
    """Seconds each thing took with so many cards on the board, by the clock and of processor."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        async with await House.open(Path(made)) as house:
            ids = await lay(house, cards)
            lead = house.lead
            found = {"moved": [await timed(_move(house, ids, n)) for n in range(MOVES)]}
            some = ids[: min(40, cards // 2)]
            found["40 clustered"] = [
                await timed(lambda: house.do(lead, "theme.add", text="Water", cards=some))
            ]
            room, device = await house.room(), await house.device(lead)
            found["read by a program"] = [await timed(lambda: room.board(device))]
            author = room.whole.room.seats[lead]
            found["read by their author"] = [await timed(lambda: room.words_now(author))]
            await house.crash()
            room = await house.room()
            found["opened after a restart"] = [await timed(lambda: room.shelf.cards("board"))]
            return found


async def drafted(cards: int, folder: Path | None = None) -> list[tuple[float, float]]:
    """Seconds, as in `measured`, of three drafts of a memo from so many cards, twenty themes."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        async with await House.open(Path(made)) as house:
            ids = await lay(house, cards)
            for number in range(THEMES):
                under = ids[number : cards // 2 : THEMES]
                text = f"Theme {number}"
                await house.do(house.lead, "theme.add", text=text, cards=under)
            room = await house.room()
            return [await timed(lambda: room.draft_memo("participants")) for _ in range(3)]


def _move(house: House, ids: list[str], number: int) -> Callable[[], Awaitable[object]]:
    card, after = ids[-1 - number], ids[number]
    return lambda: house.do(house.lead, "note.move", card=card, after=after)


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds until this is done, and durable: by the clock, and of this process."""
    began, used = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - began, time.process_time() - used


async def lay(house: House, cards: int) -> list[str]:
    """So many cards of ten people, in one commit; their ids in order."""
    room = await house.room()
    mint = Mint(room.world.new_id)
    keys = board_order.behind((), None, cards)
    assert keys is not None
    ids = [f"s{number % 10 + 1}-b{number}" for number in range(cards)]

    def decider(draft: Draft) -> None:
        for number, (card, key) in enumerate(zip(ids, keys.keys, strict=True)):
            text = mint(f"What number {number} found out by the river, and what others say of it.")
            draft.add(
                commits.NoteAdded(
                    document="board", card=card, kind=("insight", "practice")[number % 3 == 0],
                    section="", theme="", words=text.ref, seat=card.partition("-")[0],
                    entered_by="", activity="", group="", language="en", scope="memo",
                    at=draft.now + number, order=key,
                )
            )  # fmt: skip

    await room.run(decider, mint=mint)
    return ids

"""Edits of all rooms on their way to the storage's thread: those that wait together go in one
statement, which is one transaction and one wait for the disk.

Handing over costs as much for one edit as for fifty: two wake-ups, a transaction, a wait for the
disk. So one hand-over is under way at a time, and on a busy server, where they would follow each
other all the time, the next one rests a little: the window opens when what came meanwhile was more
than one, and closes when edits come one by one.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final

from rooms.sqlite_thread import SqliteThread
from rooms.storage import Conflict, Kept, StorageUnwritable

ROWS: Final = 512
"""Rows in one statement: SQLite takes three values each, and 32,766 in all."""

WINDOW: Final = 0.006
"""Seconds between two hand-overs of a busy server, at most: what nobody feels, and at five thousand
edits a second thirty at once."""

OPENING: Final = 0.0005
"""Seconds by which it begins to open; below it there is none."""

AddOne = Callable[[str, bytes], Any]


class _Asked:
    """The updates of one document that were asked for at once."""

    __slots__ = ("document", "told", "updates")

    def __init__(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        self.document = document
        self.updates = updates
        self.told = told


class Gathering:
    """See the module. `add_one` adds a single update by itself and returns its id; `forgotten` has
    the rooms nothing is added to any more."""

    def __init__(self, thread: SqliteThread, add_one: AddOne, forgotten: set[str]) -> None:
        self._thread = thread
        self._add_one = add_one
        self._forgotten = forgotten
        self._asked: list[_Asked] = []
        self._under_way = False
        self._window = 0.0
        self._alone: set[asyncio.Task[None]] = set()

    def add(self, document: str, updates: Sequence[bytes], told: Kept) -> None:
        """Add updates of a document in order. See `Storage.add_soon`."""
        self._asked.append(_Asked(document, updates, told))
        if not self._under_way:
            self._under_way = True
            # What has arrived in this turn of the loop comes along.
            asyncio.get_running_loop().call_soon(self._hand_over)

    def _hand_over(self) -> None:
        asked, self._asked = self._asked, []
        rows: list[tuple[str, str, bytes]] = []
        count = 0
        while count < len(asked) and len(rows) < ROWS:
            one = asked[count]
            room = one.document.partition("/")[0]
            rows += [(room, one.document, update) for update in one.updates]
            count += 1
        asked, self._asked = asked[:count], asked[count:]

        def work(db: sqlite3.Connection) -> dict[int, int]:
            return _insert(db, rows, self._forgotten)

        def told(ids: dict[int, int], error: BaseException | None) -> None:
            self._told(asked, ids, error)

        try:
            self._thread.ask_soon(work, told)
        except StorageUnwritable as closed:
            self._told(asked, {}, closed)

    def _told(self, asked: list[_Asked], ids: dict[int, int], error: BaseException | None) -> None:
        loop = asyncio.get_running_loop()
        if len(asked) > 1 or self._asked:
            self._window = min(2 * self._window + OPENING, WINDOW)
        else:
            self._window = self._window / 2 if self._window > OPENING else 0.0
        if not self._asked:
            self._under_way = False
        elif self._window and len(self._asked) < ROWS:
            loop.call_later(self._window, self._hand_over)
        else:
            loop.call_soon(self._hand_over)
        if error is not None:
            # Whose fault it is shows when each is tried by itself.
            task = loop.create_task(self._one_by_one(asked))
            self._alone.add(task)
            task.add_done_callback(self._alone.discard)
            return
        number = 0
        for one in asked:
            kept: list[int | BaseException] = []
            for _ in one.updates:
                id = ids.get(number)
                gone = Conflict(f"the room of {one.document} was forgotten")
                kept.append(gone if id is None else id)
                number += 1
            self._tell(one, kept)

    async def _one_by_one(self, asked: list[_Asked]) -> None:
        for one in asked:
            kept: list[int | BaseException] = []
            for update in one.updates:
                try:
                    kept.append(await self._add_one(one.document, update))
                except Exception as error:
                    kept.append(error)
            self._tell(one, kept)

    def _tell(self, one: _Asked, kept: Sequence[int | BaseException]) -> None:
        if applied := one.told(kept):
            self._thread.mark(one.document, applied)


def _insert(
    db: sqlite3.Connection, rows: list[tuple[str, str, bytes]], forgotten: set[str]
) -> dict[int, int]:
    """The id of each row by its place, but of those whose room was forgotten."""
    places = [place for place, row in enumerate(rows) if row[0] not in forgotten]
    if not places:
        return {}
    values = [value for place in places for value in rows[place]]
    more = ", (?, ?, ?, 0)" * (len(places) - 1)
    cursor = db.execute(
        f"INSERT INTO updates (room, document, body, applied) VALUES (?, ?, ?, 0){more}", values
    )
    # Rows of one statement are numbered one after another (AUTOINCREMENT, one connection).
    assert cursor.lastrowid is not None
    first = cursor.lastrowid - len(places) + 1
    return {place: first + n for n, place in enumerate(places)}

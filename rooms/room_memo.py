"""The memo of one room, and what else may be taken out of it.

A memo is a pure function of frozen values, and with thousands of cards it takes as long as a person
notices. So the values are gathered on the loop, and the memo is made beside it, one at a time: who
asks while one is being made shares the next, made from the newest values of its turn.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from msgspec.structs import replace

from activities.blocks import say
from activities.kernel import Refused
from rooms import board_export, consent_desk, wire_words
from rooms.memo import draft
from rooms.memo_document import read_prose
from rooms.memo_ledger import NoteEntry, entries
from rooms.memo_material import material
from rooms.memo_places import headings, placed
from rooms.memo_source import MemoSource
from rooms.memo_tree import EDITIONS, Edition, Memo, nameless
from rooms.render import formatted
from rooms.room_reading import RoomReading
from rooms.seats import Device, Seat

T = TypeVar("T")


class Compute(Protocol):
    """Calls a function beside the loop and waits for what it returns."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


NOT_SENT: Final = say(
    "The memo is still being written. You get it from the same link when it is sent."
)


class RoomMemo:
    """See the module. `compute` is given by tests that hold a draft back."""

    def __init__(self, room: RoomReading) -> None:
        self.compute: Compute = asyncio.to_thread
        self._room = room
        self._turn = asyncio.Lock()
        self._next: dict[Edition, asyncio.Task[Memo]] = {}
        self._making: set[asyncio.Task[Memo]] = set()

    # Drafts -----------------------------------------------------------------------------------

    async def draft(self, edition: Edition) -> Memo:
        """The memo of what the room holds now or later, in the room's language."""
        if (task := self._next.get(edition)) is None:
            task = asyncio.create_task(self._make(edition))
            self._next[edition] = task
            self._making.add(task)
            task.add_done_callback(self._made)
        return await asyncio.shield(task)

    async def _make(self, edition: Edition) -> Memo:
        async with self._turn:
            del self._next[edition]  # whoever asks from here on may want what is newer
            source = await self._source()
            return await self.compute(partial(self._drafted, source, edition))

    def _made(self, task: "asyncio.Task[Memo]") -> None:
        self._making.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; if they went away, nobody needs it

    async def settled(self) -> None:
        """Wait until no draft is being made."""
        while self._making:
            await asyncio.gather(*self._making, return_exceptions=True)

    async def _source(self) -> MemoSource:
        prose = await self._room.shelf.read("memo", read_prose)
        return material(self._room, await self._room.shelf.cards("board"), prose)

    def _drafted(self, source: MemoSource, edition: Edition) -> Memo:
        world, language = self._room.world, source.language

        def translate(text: str, values: Mapping[str, object]) -> str:
            return formatted(world.translate(language, text, "", 0), values)

        return draft(source, edition, translate)

    # What is read of them ---------------------------------------------------------------------

    async def shown(self, device: Device, edition: Edition) -> Memo:
        """The memo as it stands. Facilitators always; others the participants' copy once it is
        sent. Raises `Refused` (ruling *Who may call what*)."""
        room = self._room
        if not room.is_facilitator(device) and (
            edition != "participants" or not room.whole.room.sent
        ):
            raise Refused("not_allowed", NOT_SENT)
        room.seat(device)
        return await self.draft(edition)

    async def photos_in(self, memo: Memo) -> dict[str, bytes]:
        """The photos a memo of this room shows, by id; without those taken back meanwhile."""
        found = {id: await self._room.photos.read(id) for id in memo.photos}
        return {id: kept[1] for id, kept in found.items() if kept is not None}

    async def ledger(self, device: Device) -> tuple[NoteEntry, ...]:
        """Where every note went, for facilitators. Raises `Refused`."""
        room = self._room
        if not room.is_facilitator(device):
            raise Refused("not_allowed")
        source = await self._source()
        board = frozenset(card.id for card in await room.shelf.cards("board"))
        names = {seat: room.name_of(seat) for seat in room.whole.room.seats}

        def listed() -> tuple[NoteEntry, ...]:
            return entries(self._drafted(source, "participants"), source, board, names.get)

        return await self.compute(listed)

    async def board(self, device: Device) -> dict[str, Any]:
        """The board as the organiser may take it out (`board_export.py`). Raises `Refused`."""
        room = self._room
        if not room.is_organiser(device):
            raise Refused("not_allowed")
        cards = await room.shelf.cards("board")
        source = material(room, cards)
        sections = await room.shelf.sections("board")
        return await self.compute(partial(board_export.exported, source, cards, sections))

    async def words(self, speaking: Seat) -> bytes:
        """The `words` message of a seat with where each stands in the memo, as printed now."""
        room = self._room
        places: dict[str, list[wire_words.MemoPlace]] = {}
        for edition in EDITIONS:
            memo = await self.draft(edition)
            named = headings(memo)
            for id, section in placed(memo).items():
                note = room.whole.room.notes.get(id)
                ref = note.words if note else id
                place = wire_words.MemoPlace(nameless(section), named[section], edition)
                places.setdefault(ref, []).append(place)
        found = consent_desk.items(room.whole, room.world.activities)
        message = consent_desk.my_words(room.whole, found, speaking.id, room.world.clock.now())
        words = tuple(
            replace(one, places=tuple(places.get(one.words, ()))) for one in message.words
        )
        return room.renderer.encode(replace(message, words=words), speaking.language, speaking.id)

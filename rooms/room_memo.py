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
from rooms import board_export, consent_desk, memo_states, memo_step_desk, wire_words
from rooms.memo import draft
from rooms.memo_copy import as_sent, prose_of, questions_of
from rooms.memo_document import read_prose
from rooms.memo_ledger import NoteEntry, entries
from rooms.memo_material import material, old_prose
from rooms.memo_places import headings, placed
from rooms.memo_source import MemoSource, ProseText
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
        self._next: dict[tuple[Edition, bool], asyncio.Task[Memo]] = {}
        self._making: set[asyncio.Task[Memo]] = set()

    # Drafts -----------------------------------------------------------------------------------

    async def draft(self, edition: Edition) -> Memo:
        """The memo of what the room holds now or later, in the room's language."""
        return await self._shared(edition, sent=False)

    async def copy(self, edition: Edition) -> Memo:
        """The copy people have: what was sent, less what its owners have taken out since."""
        return await self._shared(edition, sent=True)

    async def _shared(self, edition: Edition, *, sent: bool) -> Memo:
        if (task := self._next.get((edition, sent))) is None:
            task = asyncio.create_task(self._make(edition, sent=sent))
            self._next[edition, sent] = task
            self._making.add(task)
            task.add_done_callback(self._made)
        return await asyncio.shield(task)

    async def _make(self, edition: Edition, *, sent: bool) -> Memo:
        async with self._turn:
            del self._next[edition, sent]  # whoever asks from here on may want what is newer
            source = await (self.sent_source if sent else self._source)()
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
        return material(self._room, await self._room.shelf.cards("board"), await self.prose())

    async def sent_source(self) -> MemoSource:
        """What the copy people have is made of."""
        room, source = self._room, await self._source()
        state = room.whole.room
        if state.memo.opened:
            texts = {ref: room.book.get(ref) or "" for ref in memo_states.kept(state)}
            prose = {place: texts[ref] for place, ref in state.memo.prose.items() if texts[ref]}
            source = replace(
                source,
                prose=prose_of(prose),
                questions=questions_of(state.memo.questions, texts),
            )
        return as_sent(source, state)

    async def prose(self) -> dict[str, ProseText]:
        """What facilitators wrote, by place, each with whether it may stand in the shareable
        copy."""
        log = {id: ProseText(text) for id, text in old_prose(self._room).items()}
        found = {**log, **await self._room.shelf.read("memo", read_prose)}
        state = self._room.whole.room
        return {
            place: replace(text, public=memo_step_desk.fit(state, place, text))
            for place, text in found.items()
        }

    def _drafted(self, source: MemoSource, edition: Edition) -> Memo:
        world, language = self._room.world, source.language

        def translate(text: str, values: Mapping[str, object]) -> str:
            return formatted(world.translate(language, text, "", 0), values)

        return draft(source, edition, translate)

    # What is read of them ---------------------------------------------------------------------

    async def shown(self, device: Device, edition: Edition) -> Memo:
        """The memo for this device: facilitators read what they write, and once it is sent what
        people have; others the participants' copy once it is sent. Raises `Refused` (ruling *Who
        may call what*)."""
        room = self._room
        state, inside = room.whole.room, room.is_facilitator(device)
        if not inside and (edition != "participants" or not state.sent):
            raise Refused("not_allowed", NOT_SENT)
        room.seat(device)
        writes = inside and memo_states.writable(state)
        return await (self.draft if writes else self.copy)(edition)

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
        sent = room.whole.room.sent > 0
        for edition in EDITIONS:
            memo = await (self.copy if sent else self.draft)(edition)
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

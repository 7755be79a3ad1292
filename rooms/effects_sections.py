"""What a commit changes of the board's sections and themes in its document, and what the log says
of them."""

from collections.abc import Callable

from activities.blocks import Line
from rooms import board_events, board_repair, commits, renderings
from rooms.board_repair import Structure
from rooms.board_schema import Section
from rooms.shelf import Shelf
from rooms.shelf_cards import ShelfCards
from rooms.whole import Whole
from rooms.words import WordsBook


class SectionEffects:
    """Makes them; each may be made again and does no harm. `say` speaks the room's language."""

    def __init__(self, shelf: Shelf, cards: ShelfCards, say: Callable[[Line], str]) -> None:
        self._shelf = shelf
        self._cards = cards
        self._say = say

    async def make(self, event: commits.RoomEvent, whole: Whole, book: WordsBook) -> None:
        """Make what follows from one event. Raises `StorageUnwritable`."""
        match event:
            case board_events.SectionMade():
                await self._put(event.section, whole, book)
            case board_events.SectionNamed():
                await self._put(event.section, whole, book)
                if event.before:
                    await self._shelf.compact("board")
            case board_events.SectionOrdered():
                for id, _ in event.orders:
                    await self._put(id, whole, book)
            case commits.ThemesMerged():
                await self._cards.merge_themes(event.theme, event.into)
            case _:
                pass

    async def _put(self, id: str, whole: Whole, book: WordsBook) -> None:
        if (section := self.section_of(whole, book, id)) is not None:
            await self._cards.put_section(section)

    def structure(self, whole: Whole, book: WordsBook) -> Structure:
        """What the log says of the board."""
        known = (self.section_of(whole, book, id) for id in whole.room.board.sections)
        return board_repair.structure(
            whole.room,
            tuple(s for s in known if s is not None),
            lambda note: renderings.shown(whole.room, book, note),
        )

    def section_of(self, whole: Whole, book: WordsBook, id: str) -> Section | None:
        """A section as the document holds it, its heading in the room's language."""
        known = whole.room.board.sections.get(id)
        if known is None:
            return None
        title = book.get(known.words) if known.words else self._say(Line(known.line, {}))
        title = f"{title} {known.number}" if known.number else title
        kind = "" if known.words else "activity"
        return Section(id, title or "", kind, known.activity, known.step, known.order)

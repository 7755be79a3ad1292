"""What a commit changes of renderings beside the cards in the documents."""

from collections.abc import Sequence

from rooms import card_lookup, commits, renderings, safety
from rooms.board_schema import Rendering
from rooms.rendering_events import RenderingGone, RenderingMade, erased
from rooms.room_state import RoomState
from rooms.shelf_cards import ShelfCards, hidden_name
from rooms.whole import Whole
from rooms.words import WordsBook


class RenderingEffects:
    """Makes them; each may be made again and does no harm."""

    def __init__(self, cards: ShelfCards) -> None:
        self._cards = cards

    async def make(
        self, events: Sequence[commits.RoomEvent], whole: Whole, book: WordsBook
    ) -> None:
        """Make what follows from the events of a commit, when all else is made: each document is
        changed once, for somebody may have put hundreds of cards into a language. Raises
        `StorageUnwritable`."""
        state = whole.room
        places: dict[str, dict[str, tuple[Rendering, ...]]] = {}
        for card in touched(state, events):
            if (note := renderings.note_of(state, card)) is None:
                continue  # it went, with what stood beside it
            found = renderings.shown(state, book, note)
            names = card_lookup.stands_in(state, note)
            aside = map(hidden_name, names) if renderings.is_aside(state, note) else ()
            for name in (*names, *aside):
                places.setdefault(name, {})[card] = found
        for name, cards in places.items():
            await self._cards.render(name, cards, fold=any(map(_lets_go, events)))


def touched(state: RoomState, events: Sequence[commits.RoomEvent]) -> tuple[str, ...]:
    """Cards beside which something else is to be read after these events, each once."""
    found: dict[str, None] = {}
    hidden: set[str] = set()
    for event in events:
        match event:
            case RenderingMade() | RenderingGone():
                found[event.card] = None
            case safety.SeatHidden() | safety.SeatRestored():
                hidden.update(event.hidden.words)
            case _:
                pass
    if hidden:
        for card, made in state.renderings.items():
            if any(one.words in hidden for one in made.values()):
                found[card] = None
    return tuple(found)


def _lets_go(event: commits.RoomEvent) -> bool:
    """Whether what stood there before has to leave the disk too."""
    match event:
        case RenderingMade() | RenderingGone():
            return bool(erased(event))
        case safety.SeatHidden():
            return True
        case _:
            return False

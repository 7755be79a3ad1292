"""What each seat did of late in the documents, for hiding it (issue 3, *Safety*).

Kept in this process only: after a restart what a card says of itself, and the log, still find most
of it.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from rooms import whole as wholes
from rooms.board_schema import author_of
from rooms.ownership import Touch
from rooms.safety import HIDES_BACK

if TYPE_CHECKING:
    from rooms.room_reading import RoomReading

HIDING: Final = frozenset({"room.freeze", "seat.hide", "seat.remove"})
"""Commands that hide what a seat did."""

FORGETTING: Final = frozenset({"seat.forget", "words.erase"})
"""Commands that delete what a seat did; without a seat, the sender's own."""

TOUCHES_KEPT: Final = 2_000
"""Touches of one seat that are remembered: two minutes of a flood at ten edits a second."""


OTHERS: Final = frozenset({"ticks", "theme", "section", "order"})
"""Fields of a card that others than its author write: what they do is not the author's doing."""


class Doings(msgspec.Struct, frozen=True):
    """Cards of one seat as (document, card id): those made or changed of late, and all."""

    recent: tuple[tuple[str, str], ...]
    all: tuple[tuple[str, str], ...]


class Recent:
    """Remembers who touched which own cards; hand `touched` to the shelf."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._touched: dict[str, deque[tuple[int, str, str]]] = defaultdict(
            lambda: deque(maxlen=TOUCHES_KEPT)
        )

    def touched(self, document: str, touches: Sequence[Touch]) -> None:
        """An edit of people was taken in. Ticks on others' cards are no doing of the author."""
        for touch in touches:
            match touch.path:
                case ("cards", card, *field) if not OTHERS & set(field[:1]):
                    self._touched[author_of(card)].append((self._now(), document, card))
                case _:
                    pass

    async def doings(self, seat: str, room: "RoomReading") -> Doings:
        """What this seat made or changed in the last `HIDES_BACK` ms, and all its cards."""
        since = self._now() - HIDES_BACK
        touched = {(doc, card) for at, doc, card in self._touched[seat] if at > since}
        groups = wholes.groups(room.whole, room.world.activities)
        names = {"board", *(f"group/{g.id}" for g in groups if seat in g.members)}
        names |= {document for document, _ in touched}
        every: list[tuple[str, str]] = []
        recent: list[tuple[str, str]] = []
        for name in sorted(names):
            for card in await room.shelf.cards(name):
                if card.author != seat:
                    continue
                every.append((name, card.id))
                if card.created > since or (name, card.id) in touched:
                    recent.append((name, card.id))
        return Doings(tuple(recent), tuple(every))

"""What happened to people's words beside their consent: written down, changed, forgotten."""

from typing import Final

from activities.consent import Scope
from activities.kernel import Event

CardAt = tuple[str, str]
"""Document (without the room's prefix) and card id."""


class WordsWritten(Event, frozen=True, tag="words.written"):
    """`by` wrote down what `seat` said. Pending until `seat` answers."""

    words: str
    seat: str
    by: str
    kind: str
    activity: str
    at: int


class WordsReworded(Event, frozen=True, tag="words.reworded"):
    """The same reference has another text now; the one it had is gone from the storage."""

    words: str
    kind: str
    at: int


class ConsentScoped(Event, frozen=True, tag="consent.scoped"):
    """The owner lets words travel this far, under what was answered before."""

    words: str
    seat: str
    scope: Scope
    kind: str
    at: int


class WordsForgotten(Event, frozen=True, tag="words.forgotten"):
    """These texts are gone for good, and the cards that carried them. `wholly`: so is what their
    owner answered; without, the owner still sees that they said no and may write it anew. `seats`:
    in whose boxes they may stand as well."""

    words: tuple[str, ...]
    cards: tuple[CardAt, ...] = ()
    wholly: bool = False
    seats: tuple[str, ...] = ()


class SeatForgotten(Event, frozen=True, tag="seat.forgotten"):
    """Everything of a seat is gone for good: these texts, these cards, its private document. With
    `named` the seat still has its name. `scribes`: who wrote down some of the texts."""

    seat: str
    words: tuple[str, ...]
    cards: tuple[CardAt, ...] = ()
    named: bool = False
    scribes: tuple[str, ...] = ()


class BoardForgotten(Event, frozen=True, tag="board.forgotten"):
    """The date of the raw board has come: of what people wrote, only what stands in the memo is
    left (`kept`: its cards)."""

    words: tuple[str, ...]
    kept: tuple[str, ...]


WordsEvent = (
    WordsWritten | WordsReworded | ConsentScoped | WordsForgotten | SeatForgotten | BoardForgotten
)
WORDS_EVENTS: Final = (
    WordsWritten,
    WordsReworded,
    ConsentScoped,
    WordsForgotten,
    SeatForgotten,
    BoardForgotten,
)

"""What the log says happened on the board: where cards stand, what was taken away, sections.

One event places any number of cards, so that a cluster of 500 is one row of the log and one change
of the document. Headings are words by reference, like every text a person typed.
"""

import msgspec

from activities.kernel import Event


class Placing(msgspec.Struct, frozen=True, array_like=True):
    """Where a card of the board stands from now on: under `theme` if there is one, else in
    `section`, "" in both for not placed; `order` among what stands there."""

    card: str
    section: str
    theme: str
    order: str


class CardsPlaced(Event, frozen=True, tag="board.placed"):
    """Cards (themes too: their order) stand here."""

    places: tuple[Placing, ...]


class NoteTaken(Event, frozen=True, tag="note.taken"):
    """Its author took a card away and may bring it back until its words are erased
    (`commits.NoteDeleted`). `under`: the cards that stood under it, when it was a theme."""

    card: str
    at: int  # ms
    under: tuple[str, ...] = ()


class NoteRestored(Event, frozen=True, tag="note.restored"):
    """Its author brought a card back that was taken away."""

    card: str


class NotesShared(Event, frozen=True, tag="notes.shared"):
    """Their author let more people see cards. `cards` with the document each came from: a private
    one is moved to `document`, a circle's is copied to the board and stays with the circle."""

    cards: tuple[tuple[str, str], ...]
    document: str
    section: str
    at: int  # ms


class NotesUnshared(Event, frozen=True, tag="notes.unshared"):
    """While their circle's step goes on, their author thought better of it: everybody's copies go,
    the circle keeps its cards."""

    cards: tuple[str, ...]


class SectionMade(Event, frozen=True, tag="section.made"):
    """The board has a section: of a facilitator (`words`), or of an activity (`line`, a sentence of
    the catalogue, and beside it a number that is not 0). It belongs to `activity` and `step`, its
    phase."""

    section: str
    words: str
    line: str
    activity: str
    step: str
    order: str
    number: int = 0


class SectionNamed(Event, frozen=True, tag="section.named"):
    """A section has another heading; the words it had (`before`) are erased."""

    section: str
    words: str
    before: str


class SectionOrdered(Event, frozen=True, tag="section.ordered"):
    """A section stands somewhere else among the sections."""

    orders: tuple[tuple[str, str], ...]  # section, order


class BoardRestored(Event, frozen=True, tag="board.restored"):
    """A facilitator put a section (or a theme) back as it was after commit `to`; the moves
    themselves follow in the same commit."""

    to: int
    section: str = ""
    theme: str = ""


class BoardStepped(Event, frozen=True, tag="board.stepped"):
    """Somebody took a step that they can take back: `cards` moved; a theme was `made` for them, or
    `merged` into another."""

    cards: tuple[str, ...]
    made: str = ""
    merged: str = ""
    into: str = ""


class BoardUndone(Event, frozen=True, tag="board.undone"):
    """Somebody took back their step of commit `to`; the moves themselves follow in the same
    commit."""

    to: int


BoardEvent = (
    CardsPlaced
    | NoteTaken
    | NoteRestored
    | NotesShared
    | NotesUnshared
    | SectionMade
    | SectionNamed
    | SectionOrdered
    | BoardRestored
    | BoardStepped
    | BoardUndone
)

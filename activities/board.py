"""What activities and everyone's board tell each other: notes, themes, ticks and votes.

The board is a document; activities never see one. The room tells the running activity, in the role
`clock`, what comes to the board and leaves it (`NOTES`). An activity that sorts notes says so by
events; the room writes them to the board by the same path as `note.add` and `note.move`, so that
the memo finds themes with their notes (`methods.md` A7, A9, 3.1 h).
"""

from typing import Final

from activities.blocks import Words
from activities.kernel import BoardNote, Command, Event


class NoteCame(Command, frozen=True, kw_only=True, tag="note.came"):
    """From the room: a card stands on everyone's board."""

    note: BoardNote


class NoteWent(Command, frozen=True, kw_only=True, tag="note.went"):
    """From the room: its author took it away."""

    card: str


class NoteShifted(Command, frozen=True, kw_only=True, tag="note.shifted"):
    """From the room: somebody put a card under another theme ("": under none)."""

    card: str
    theme: str = ""


class NoteRenamed(Command, frozen=True, kw_only=True, tag="note.renamed"):
    """From the room: a facilitator gave a theme another heading; the words it had are erased."""

    card: str
    words: Words
    seat: str


class NoteLiked(Command, frozen=True, kw_only=True, tag="note.liked"):
    """From the room: `seat` said on the board that a card is also theirs, or no longer is."""

    card: str
    seat: str
    on: bool = True


NOTES: Final[tuple[type[Command], ...]] = (NoteCame, NoteWent, NoteShifted, NoteRenamed, NoteLiked)
"""What the room tells an activity about the board; only those that list them are told."""


class NoteGiven(Event, frozen=True, kw_only=True, tag="note.given"):
    """`seat`'s words become a card on everyone's board; `card` tells it from others of this
    activity. With an `owner` in place of a seat only the log knows whose it is, and its owner can
    change it; with neither nobody does."""

    card: str
    words: Words
    seat: str
    kind: str
    at: int
    owner: str = ""
    section: str = ""


class ThemeNamed(Event, frozen=True, kw_only=True, tag="theme.named"):
    """The theme `theme` is called this from now on, in words of `seat`; its card is made if there
    is none. A theme's id begins with "-", or with the seat of the facilitator whose card it is
    and "-" (`rooms/board_schema.py`)."""

    theme: str
    words: Words
    seat: str
    at: int


class NotePlaced(Event, frozen=True, kw_only=True, tag="note.placed"):
    """`card` stands under `theme`, or under none."""

    card: str
    theme: str = ""


class ThemesMerged(Event, frozen=True, kw_only=True, tag="themes.merged"):
    """Every card of `theme` stands under `into`; `theme` is no more."""

    theme: str
    into: str


class NoteTicked(Event, frozen=True, kw_only=True, tag="note.ticked"):
    """`seat` says of `card`: also ours; or no longer."""

    card: str
    seat: str
    on: bool = True


class ThemeScored(Event, frozen=True, kw_only=True, tag="theme.scored"):
    """So many dots lie on `theme`; `runoff` orders those with as many (3.1 h)."""

    theme: str
    votes: int
    runoff: int = 0


EVENTS: Final[tuple[type[Event], ...]] = (
    NoteGiven,
    ThemeNamed,
    NotePlaced,
    ThemesMerged,
    NoteTicked,
    ThemeScored,
)

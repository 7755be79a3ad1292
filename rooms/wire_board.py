"""The wire of the board: what people do with cards, themes and sections (issue 4, *Board*).

Where a card stands is the log's to say, so these are commands and no edits of a document. `after`
names the card, theme or section that the moved one stands behind: "" puts it first, leaving it out
puts it last. `since` is the number of a commit: the command is refused as stale when somebody has
changed the same thing after it, so that undoing one's own step undoes nobody else's.
"""

from typing import Final, Literal

import msgspec

from activities.blocks import Line, Words
from activities.kernel import Command

MOST_TOGETHER: Final = 500
"""Cards that one command may put under a theme: a whole evening's, selected at once."""

MOST_THEMES: Final = 60
"""Themes of one board: more than anybody reads in a memo; a report-out makes forty at most."""

MOST_SECTIONS: Final = 100
"""Sections of one board: four for each activity of a long day."""

NOTE_LIMIT: Final = 500
"""Characters of a note that is changed by a command: those of the box it was written in."""

HEADING_LIMIT: Final = 120
"""Characters of a theme's or section's heading: two lines on a phone."""


ALT_LIMIT: Final = 200
"""Characters that say what is on a picture: two or three sentences, as screen readers bear them."""

Faces = Literal["none", "agreed", "unsure"]
"""Whether people can be recognised on a picture: nobody can; they can, and they said yes; the one
who sends it is not sure, and asks them first."""


class NoteAdd(Command, frozen=True, tag="note.add"):
    """Put a card on a document: "board", "mine" or "group/{id}". The server makes it, author =
    the speaking seat.

    `photo`: a picture this seat has sent (`POST /api/rooms/{room}/photos`); then `alt` says what is
    on it, and `faces` whether its people said yes: without a yes it is refused.
    """

    document: str
    section: str
    kind: str
    text: Words
    theme: str = ""
    after: str | None = None
    photo: str = ""
    alt: Words | None = None
    faces: Faces | None = None


class NoteMove(Command, frozen=True, tag="note.move"):
    """Put a card of the board somewhere else: under a theme ("": under none), in a section (it
    leaves its theme then, unless one is named too), or behind another card where it stands. One's
    own cards, all by facilitators. `cards` in place of `card` moves several, in this order, in one
    step."""

    card: str = ""
    cards: tuple[str, ...] = ()
    theme: str | None = None
    section: str | None = None
    after: str | None = None
    since: int | None = None


class NoteTick(Command, frozen=True, tag="note.tick"):
    """Say of somebody else's card on the board: also ours; or (`on` false) no longer."""

    card: str
    on: bool = True


class NoteDelete(Command, frozen=True, tag="note.delete"):
    """Take away a card of my own. It is off the screens at once and can come back for a minute;
    then its words are erased."""

    document: str
    card: str


class NoteRestore(Command, frozen=True, tag="note.restore"):
    """Bring back a card of my own that I took away less than a minute ago."""

    card: str


class NoteShare(Command, frozen=True, tag="note.share"):
    """Let more people see cards of my own, some or all of a place: `to` is my circle ("group/{id}")
    or everybody ("board"). There is only this way; who thinks better of it takes the card away."""

    cards: tuple[str, ...]
    to: str


class NoteReword(Command, frozen=True, tag="note.reword"):
    """Change the words of a card of my own that stands on the board without my name: nobody types
    into such a card, because everybody would see who does."""

    card: str
    text: Words


class ThemeAdd(Command, frozen=True, tag="theme.add"):
    """A facilitator makes a theme and puts cards under it, in this order, in one step."""

    text: Words
    cards: tuple[str, ...] = ()
    after: str | None = None


class ThemeRename(Command, frozen=True, tag="theme.rename"):
    """A facilitator gives a theme another heading."""

    theme: str
    text: Words
    since: int | None = None


class ThemeSplit(Command, frozen=True, tag="theme.split"):
    """A facilitator puts some cards of a theme under a new one that stands behind it."""

    theme: str
    cards: tuple[str, ...]
    text: Words


class ThemeMerge(Command, frozen=True, tag="theme.merge"):
    """A facilitator puts all cards of a theme under another one ("": under none); the emptied theme
    is no more."""

    theme: str
    into: str = ""


class ThemeOrder(Command, frozen=True, tag="theme.order"):
    """A facilitator puts a theme somewhere else in the order of themes."""

    theme: str
    after: str | None = None
    since: int | None = None


class SectionAdd(Command, frozen=True, tag="section.add"):
    """A facilitator makes a section; it belongs to the activity and step of now."""

    title: Words
    after: str | None = None


class SectionRename(Command, frozen=True, tag="section.rename"):
    """A facilitator gives a section another heading."""

    section: str
    title: Words
    since: int | None = None


class SectionOrder(Command, frozen=True, tag="section.order"):
    """A facilitator puts a section somewhere else in the order of sections."""

    section: str
    after: str | None = None
    since: int | None = None


class BoardRestore(Command, frozen=True, tag="board.restore"):
    """A facilitator puts the cards of one section, or of one theme, back where they stood at a
    checkpoint; "" means those that were not placed. Cards their authors took away stay away, and
    cards that came since stay, behind the others.

    `at` is a checkpoint's. The restore makes a checkpoint of the moment before it (its commit less
    one), with which it is undone.
    """

    at: int
    section: str | None = None
    theme: str | None = None
    since: int | None = None


class BoardUndo(Command, frozen=True, tag="board.undo"):
    """Take back a step of my own: `note.move`, `theme.add`, `theme.split` or `theme.merge`, by the
    number of its commit (a merge within a minute). Refused as stale when somebody built on it."""

    at: int


BoardCommand = (
    NoteAdd
    | NoteMove
    | NoteTick
    | NoteDelete
    | NoteRestore
    | NoteShare
    | NoteReword
    | ThemeAdd
    | ThemeRename
    | ThemeSplit
    | ThemeMerge
    | ThemeOrder
    | SectionAdd
    | SectionRename
    | SectionOrder
    | BoardRestore
    | BoardUndo
)


class Checkpoint(msgspec.Struct, frozen=True):
    """A place in the log to which a section can be restored: `at` is the commit's number, `step`
    the activity's phase, `time` ms, `cards` how many stood on everyone's board."""

    at: int
    label: Line
    step: str
    time: int
    cards: int
    restore: bool = False  # the moment before a restore


class TakenCard(msgspec.Struct, frozen=True):
    """A card of my own that I can still bring back, until `until` (ms)."""

    card: str
    document: str
    until: int

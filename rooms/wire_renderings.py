"""The wire of renderings: what a card says, in another language beside its own (`methods.md`
1.10)."""

from typing import Annotated, Final

from msgspec import Meta

from activities.blocks import Words
from activities.kernel import Command

RENDERING_LIMIT: Final = 1_000
"""Characters of a rendering: those of a note twice, for what is short in one language is long in
another."""

LANGUAGES_MOST: Final = 8
"""Languages one card is put into: all that screens speak, and one more."""

SEAT_MOST: Final = 500
"""Renderings one seat has made: a whole evening's board by one interpreter."""

ROOM_MOST: Final = 2_000
"""Renderings of one room: 500 cards in four languages. At a kilobyte or two each they leave most of
the board's document to its cards."""

LanguageTag = Annotated[str, Meta(max_length=20)]
Mark = Annotated[str, Meta(pattern="^([0-9a-f]{8})?$")]
"""Of the original that was rendered (`renderings.mark`); "" for the one that stands there now."""


class NoteRender(Command, frozen=True, tag="note.render"):
    """Put beside a card I can read what it says in another language, or (`text` of one that is
    there) put it better: what I made, what stands on a card of mine, all by facilitators."""

    card: str
    language: LanguageTag
    text: Words
    of: Mark = ""


class NoteUnrender(Command, frozen=True, tag="note.unrender"):
    """Take away what a card says in a language: what I made, what stands on a card of mine, all by
    facilitators. Its words are deleted."""

    card: str
    language: LanguageTag


RenderingCommand = NoteRender | NoteUnrender

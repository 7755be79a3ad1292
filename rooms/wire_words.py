"""The wire of people's words: writing down what somebody said, changing it, how far it travels,
and forgetting it (`methods.md` 1.8).

An answer to the release card and taking words back are in `wire.py`. Every command is about words
of whoever sends it, unless it says otherwise.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities.blocks import Words
from activities.consent import Scope
from activities.kernel import Command, LeadCommand

DIGEST_LIMIT: Final = 64
"""Characters of the hash of exact words; ours have 32."""

SPOKEN_LIMIT: Final = 600
"""Characters of what somebody said, written down by another: about 100 words, as long as the
memo prints without shortening."""


class WordsWrite(Command, frozen=True, tag="words.write"):
    """I write down what `seat` said. It stays theirs to release: nobody else reads it until they
    have answered, on their own screen, with the exact words."""

    seat: str
    text: Words
    kind: Literal["quote", "key_moment", "story_title"] = "quote"


class WordsEdit(Command, frozen=True, tag="words.edit"):
    """Other exact words in the place of these: whatever was answered about a quote, a title or a
    key moment has to be answered again."""

    words: str
    text: Words


class WordsErase(Command, frozen=True, tag="words.erase"):
    """Delete these words for good; "" deletes everything of mine: what I said, my cards and my
    notes. Whoever wrote somebody's words down may delete them until they are answered for."""

    words: str = ""


class ConsentNarrow(Command, frozen=True, tag="consent.narrow"):
    """Keep words of mine closer: in the circle, in the room, or in the participants' copy."""

    words: str
    scope: Scope


class ConsentWiden(Command, frozen=True, tag="consent.widen"):
    """Let words of mine that I gave travel further."""

    words: str
    scope: Scope


class SeatForget(LeadCommand, frozen=True, tag="seat.forget"):
    """Remove a person with all that is theirs: name, words, cards and private notes, for good."""

    seat: str


WordsCommand = WordsWrite | WordsEdit | WordsErase | ConsentNarrow | ConsentWiden | SeatForget

Digest = Annotated[str, Meta(max_length=DIGEST_LIMIT)]
"""Of the exact words a screen showed when its owner answered; "" from programs that do not say."""


class MemoPlace(msgspec.Struct, frozen=True):
    """Where words of mine stand in the memo: the id of the section and its heading."""

    section: str
    heading: str
    edition: Literal["participants", "public"] = "participants"

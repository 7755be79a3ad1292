"""The fixed words of a card, for the board's schema and the memo alike: its kind and its scope."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

CardKind = Literal[
    "story_title", "key_moment", "quote", "insight", "question", "burning_question", "practice",
    "commitment", "theme", "plus", "delta", "score", "worthwhile", "mood", "offer", "need",
    "contact", "ask", "reply", "agreement", "update", "parking",
]  # fmt: skip
"""The kinds of `methods.md` 1.7."""

CardScope = Literal["circle", "room", "memo", "public"]
"""The scopes of `methods.md` 1.8 without `self`: what only I see is in `mine`."""

KINDS: Final[Mapping[str, CardKind]] = {kind: kind for kind in get_args(CardKind)}
SCOPES: Final[Mapping[str, CardScope]] = {scope: scope for scope in get_args(CardScope)}
"""For words from outside: `KINDS.get(word)` is a kind or None."""

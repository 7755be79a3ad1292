"""Consent as a value: how far someone's words may travel, under which name, and who said so.

Only the person whose words they are moves their consent; callers check that first. Not answered
means not released (`methods.md` 1.8).
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from activities.kernel import Choice, Refused

Scope = Literal["self", "circle", "room", "memo", "public"]
Attribution = Literal["none", "role", "first_name", "name_org"]
ConsentState = Literal["pending", "given", "refused", "withdrawn"]
Verb = Literal["release", "refuse", "widen", "narrow", "withdraw", "edit"]
Edition = Literal["participants", "public"]

SCOPES: Final[tuple[Scope, ...]] = ("self", "circle", "room", "memo", "public")
"""Each wider than the one before."""

OWN_WORDS: Final = frozenset({"quote", "story_title", "key_moment"})
"""Kinds only the person who said them can release, one by one."""

NEVER: Final = frozenset({"mood", "message", "help"})
"""Kinds that reach no export whatever anybody answers; moods survive as counts only."""

EDITION_SCOPE: Final[Mapping[Edition, Scope]] = {"participants": "memo", "public": "public"}
"""The narrowest scope each edition of the memo may hold (G8)."""

MOVES: Final[Mapping[ConsentState, Mapping[Verb, ConsentState]]] = {
    "pending": {"release": "given", "refuse": "refused", "edit": "pending"},
    "given": {
        "release": "given",
        "refuse": "refused",
        "widen": "given",
        "narrow": "given",
        "withdraw": "withdrawn",
        "edit": "pending",
    },
    "refused": {"release": "given", "refuse": "refused", "edit": "refused"},
    "withdrawn": {"release": "given", "edit": "withdrawn"},
}
"""State -> what its owner does -> state. A missing key is refused."""


class Consent(msgspec.Struct, frozen=True):
    """Consent to use one piece of words. `verbal`: read back aloud, answered aloud, confirmed by
    a second person."""

    scope: Scope
    attribution: Attribution = "none"
    state: ConsentState = "pending"
    verbal: bool = False


def default(kind: str, default_scope: Scope = "memo") -> Consent:
    """What holds for a new piece of words of `kind` before anybody answers. `default_scope` is
    the session's setting for unattributed insights, questions, practices."""
    if kind in OWN_WORDS:
        return Consent("circle")
    if kind in NEVER:
        return Consent("room", state="given")
    if kind == "commitment":
        return Consent("memo", "first_name", "given")
    return Consent(default_scope, state="given")


def of_choice(choice: Choice, outside: bool = False) -> Consent:
    """What an answer on the release card means. *Use the lesson without me* refuses the words and
    leaves a place in a theme open (`lesson_open`); `outside` makes `memo` into `public`."""
    scope: Scope = "public" if outside else "memo"
    match choice:
        case "keep":
            return Consent("circle", state="refused")
        case "lesson":
            return Consent(scope, state="refused")
        case "unnamed":
            return Consent(scope, state="given")
        case "first_name" | "name_org":
            return Consent(scope, choice, "given")


def lesson_open(consent: Consent) -> bool:
    """Whether a theme may carry the lesson in other words, without the teller."""
    return consent.state == "refused" and is_at_least(consent.scope, "memo")


def is_at_least(scope: Scope, other: Scope) -> bool:
    """Whether `scope` is as wide as `other` or wider."""
    return SCOPES.index(scope) >= SCOPES.index(other)


def release(consent: Consent, scope: Scope, attribution: Attribution = "none") -> Consent:
    """The owner says yes to these exact words."""
    state = _move(consent, "release")
    return replace(consent, scope=scope, attribution=attribution, state=state)


def refuse(consent: Consent) -> Consent:
    """The owner says no: the words stay in the circle."""
    return replace(_narrowed(consent, "circle"), state=_move(consent, "refuse"))


def widen(consent: Consent, scope: Scope) -> Consent:
    """The owner lets the words travel further. `Refused("bad_request")` if that is not wider."""
    if not is_at_least(scope, consent.scope):
        raise Refused("bad_request")
    return replace(consent, scope=scope, state=_move(consent, "widen"))


def narrow(consent: Consent, scope: Scope) -> Consent:
    """The owner keeps the words closer. `Refused("bad_request")` if that is not narrower."""
    if not is_at_least(consent.scope, scope):
        raise Refused("bad_request")
    return replace(consent, scope=scope, state=_move(consent, "narrow"))


def withdraw(consent: Consent) -> Consent:
    """The owner takes the words back: gone from the next export."""
    return replace(consent, state=_move(consent, "withdraw"))


def edited(kind: str, consent: Consent) -> Consent:
    """The text was changed: own words have to be released again, other kinds stay as they are."""
    if kind not in OWN_WORDS:
        return consent
    return replace(consent, state=_move(consent, "edit"))


def exportable(kind: str, consent: Consent, edition: Edition) -> bool:
    """Whether words of `kind` may stand in this edition of the memo (G8)."""
    if kind in NEVER or consent.state != "given":
        return False
    return is_at_least(consent.scope, EDITION_SCOPE[edition])


def _narrowed(consent: Consent, scope: Scope) -> Consent:
    return replace(consent, scope=min(consent.scope, scope, key=SCOPES.index))


def _move(consent: Consent, verb: Verb) -> ConsentState:
    """The state after `verb`; `Refused("not_allowed")` where the table has none."""
    state = MOVES[consent.state].get(verb)
    if state is None:
        raise Refused("not_allowed")
    return state

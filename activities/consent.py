"""Consent as a value: how far someone's words may travel, under which name, and who said so.

Only the person whose words they are moves their consent; callers check that first. Not answered
means not released (`methods.md` 1.8). What may then be printed is for the memo's rules (G8).
"""

from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from activities.kernel import Choice, Refused

Scope = Literal["self", "circle", "room", "memo", "public"]
Attribution = Literal["none", "role", "first_name", "name_org"]
ConsentState = Literal["pending", "given", "refused", "withdrawn"]

SCOPES: Final[tuple[Scope, ...]] = ("self", "circle", "room", "memo", "public")
"""Each wider than the one before."""

OWN_WORDS: Final = frozenset({"quote", "story_title", "key_moment"})
"""Kinds only the person who said them can release, one by one."""

NEVER: Final = frozenset({"mood", "message", "help"})
"""Kinds that reach no export whatever anybody answers; moods survive as counts only."""


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
    """What an answer on the release card means. *Use the lesson without me* refuses the words, with
    a scope that lets a theme say it in others; `outside` makes `memo` into `public`."""
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


def widen(consent: Consent, scope: Scope) -> Consent:
    """The owner lets words that are given travel further. Raises `Refused`: `bad_request` if that
    is not wider, `not_allowed` if they are not given."""
    return _given_to(consent, scope, is_at_least(scope, consent.scope))


def narrow(consent: Consent, scope: Scope) -> Consent:
    """The owner keeps words that are given closer. Raises `Refused`: `bad_request` if that is not
    narrower, `not_allowed` if they are not given."""
    return _given_to(consent, scope, is_at_least(consent.scope, scope))


def _given_to(consent: Consent, scope: Scope, fits: bool) -> Consent:
    if not fits:
        raise Refused("bad_request")
    if consent.state != "given":
        raise Refused("not_allowed")
    return replace(consent, scope=scope)


def edited(kind: str, consent: Consent) -> Consent:
    """The text was changed: own words have to be released again, other kinds stay as they are."""
    if kind not in OWN_WORDS or consent.state != "given":
        return consent
    return replace(consent, state="pending")

"""Who may touch what in a document, by path; pure.

The room decides who may open and write a document at all (`Writer.writes`); this table decides what
inside it. Author of a card is whom its id names, so nothing that a client writes decides who it is.
Everything not named here is refused. Rules: architecture.md *Documents* and *Gate*, methods.md 1.7.
Ownership never depends on the phase: late edits of one's own cards are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from rooms.board_schema import MAX_TIME, MAX_WORD, SECTION_WORDS, Family, author_of
from rooms.card_words import KINDS, SCOPES
from rooms.ownership import Touch
from rooms.update_gate import MAP, TEXT


class Writer(msgspec.Struct, frozen=True):
    """Who sends an update: a device and the seats it speaks for."""

    device: str
    seats: frozenset[str]
    facilitator: bool = False
    writes: bool = True


# Where a card stands: a facilitator's to change as well as the author's.
_PLACE: Final = frozenset({"theme", "section", "order"})
# Words an author writes freely.
_FREE: Final = frozenset({"language", "activity", "group"})
_DRAFT: Final = re.compile(r"[^/\s]{1,64}/[^\s]{1,60}")
_ID: Final = re.compile(r"[A-Za-z0-9_.~:-]{1,100}")


def refusal(
    family: Family, touches: Sequence[Touch], writer: Writer, owner: str = ""
) -> str | None:
    """Why these touches are refused (a word for the page), or None. `owner`: the seat of `mine`."""
    if not writer.writes:
        return "read_only"
    if family in ("room", "hidden"):
        return "read_only"
    if family == "mine" and owner not in writer.seats:
        return "not_yours"
    rules = _RULES[family]
    for touch in touches:
        rule = rules.get(touch.path[0])
        reason = "shape" if rule is None else rule(touch, writer)
        if reason is not None:
            return reason
    return None


def _cards(touch: Touch, writer: Writer) -> str | None:
    path = touch.path
    if len(path) < 2 or not _ID.fullmatch(path[1]):
        return "shape"
    mine = author_of(path[1]) in writer.seats
    match path:
        case (_, _):
            if touch.kind == "delete":
                return _yes(mine or writer.facilitator)
            return _shaped(touch.type == MAP, mine)
        case (_, _, "text"):
            return _text(touch, mine)
        case (_, _, "ticks"):
            # Once only: a fresh map would sweep away what others ticked.
            return _shaped(touch.kind == "set" and touch.type == MAP and touch.first, mine)
        case (_, _, "ticks", seat):
            return _tick(touch, seat, writer)
        case (_, card, field):
            return _field(touch, card, field, mine, writer)
    return "shape"


def _field(touch: Touch, card: str, field: str, mine: bool, writer: Writer) -> str | None:
    value = touch.value
    if field in _PLACE:
        allowed = mine or writer.facilitator
        return _yes(allowed) if touch.kind == "delete" else _shaped(_is_word(touch), allowed)
    if touch.kind != "set":
        return "shape"
    match field:
        case "kind":
            fits = _is_word(touch) and value in KINDS
            if value == "theme":
                # A chapter of the memo, whose question a facilitator has to answer.
                mine = mine and writer.facilitator
        case "scope":
            fits = _is_word(touch) and value in SCOPES
        case "author":
            fits = value == author_of(card)
        case "entered_by":
            # The server stamps it; a client may only say what is true.
            fits = value == "" or (_is_word(touch) and value in writer.seats)
        case "origin":
            fits = value == ""
        case "created":
            fits = _is_time(touch)
        case _:
            fits = field in _FREE and _is_word(touch)
    return _shaped(fits, mine)


def _sections(touch: Touch, writer: Writer) -> str | None:
    path = touch.path
    if len(path) < 2 or not _ID.fullmatch(path[1]):
        return "shape"
    if len(path) == 2:
        fits = touch.kind == "delete" or touch.type == MAP
    else:
        fits = len(path) == 3 and path[2] in SECTION_WORDS
        fits = fits and (touch.kind == "delete" or _is_word(touch))
    return _shaped(fits, writer.facilitator)


def _drafts(touch: Touch, writer: Writer) -> str | None:
    if len(touch.path) != 2 or not _DRAFT.fullmatch(touch.path[1]):
        return "shape"
    return _text(touch, True)


def _memo(touch: Touch, writer: Writer) -> str | None:
    return None


def _lines(touch: Touch, writer: Writer) -> str | None:
    path = touch.path
    if len(path) < 2 or not _ID.fullmatch(path[1]):
        return "shape"
    mine = author_of(path[1]) in writer.seats
    match path:
        case (_, _):
            if touch.kind == "delete":
                return _yes(mine or writer.facilitator)
            return _shaped(touch.type == MAP, mine)
        case (_, _, "text"):
            return _text(touch, mine)
        case (_, line, "author"):
            return _shaped(touch.kind == "set" and touch.value == author_of(line), mine)
        case (_, _, "created"):
            return _shaped(touch.kind == "set" and _is_time(touch), mine)
    return "shape"


def _board(touch: Touch, writer: Writer) -> str | None:
    """On everyone's board where a card stands, its kind and its ticks are the log's (BRD1): a page
    writes texts, and a program may put down a card of its own whole, and take it away."""
    reason = _cards(touch, writer)
    if reason is not None or len(touch.path) < 2:
        return reason
    match touch.path:
        case (_, card) if touch.kind == "delete":
            return _yes(author_of(card) in writer.seats)
        case (_, _):
            return _yes(touch.first)
        case (_, _, field) if field in _PLACE or field == "kind":
            return _yes(touch.kind == "set" and touch.first)
        case (_, _, "ticks", _):
            return "not_yours"
    return None


def _nobodys(touch: Touch, writer: Writer) -> str | None:
    """Sections are made by commands."""
    reason = _sections(touch, writer)
    return "not_yours" if reason is None else reason


_RULES: Final[Mapping[Family, Mapping[str, Callable[[Touch, Writer], str | None]]]] = {
    "board": {"cards": _board, "sections": _nobodys},
    "group": {"cards": _cards, "sections": _sections},
    "mine": {"drafts": _drafts, "notes": _cards},
    "memo": {"memo": _memo},
    "desk": {"lines": _lines},
}


def _yes(allowed: bool) -> str | None:
    return None if allowed else "not_yours"


def _shaped(fits: bool, allowed: bool) -> str | None:
    return _yes(allowed) if fits else "shape"


def _text(touch: Touch, allowed: bool) -> str | None:
    return _shaped(touch.kind != "set" or touch.type == TEXT, allowed)


def _tick(touch: Touch, seat: str, writer: Writer) -> str | None:
    fits = touch.kind == "delete" or (touch.kind == "set" and touch.value is True)
    return _shaped(fits, seat in writer.seats)


def _is_word(touch: Touch) -> bool:
    value = touch.value
    return touch.type < 0 and isinstance(value, str) and len(value) <= MAX_WORD


def _is_time(touch: Touch) -> bool:
    value = touch.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= MAX_TIME

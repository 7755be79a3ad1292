"""Where every note went, for facilitators: each card and released word with its place in the memo
or the reason it has none, and as much of it as they may read.

A card's text is shown as it stands on the board. Words that are no card are shown once they are
given; before that only whose they are and where they wait (ME6). Of what was refused or taken back
neither text nor owner is told: nobody should be asked why (WRD3). Words given without a name stand
here without one too.
"""

from collections.abc import Callable, Mapping

import msgspec

from rooms.memo_places import headings
from rooms.memo_source import MemoSource
from rooms.memo_text import clean, clip
from rooms.memo_tree import Memo, Reason

TEXT_MAX = 400
"""Characters of a card in the list: enough to know which it is."""

PRIVATE = frozenset({"refused", "withdrawn"})


class NoteEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One card or released word. `place` is a section id of the memo or empty, then `reason` says
    why; `heading` names the place; `board`: it is a card everybody can find on the board."""

    id: str
    kind: str
    place: str = ""
    heading: str = ""
    reason: Reason = ""
    text: str = ""
    language: str = ""
    owner: str = ""
    board: bool = False


class _Known(msgspec.Struct, frozen=True):
    kind: str
    text: str
    owner: str
    by: str
    state: str
    language: str
    board: bool


def entries(
    memo: Memo, source: MemoSource, board: frozenset[str], name: Callable[[str], str | None]
) -> tuple[NoteEntry, ...]:
    """Every card and part of the source once, in the order of the ledger. `board` holds the ids of
    cards on the board, `name` tells a seat's name."""
    known = _known(source, board)
    printed = headings(memo)
    out: list[NoteEntry] = []
    for entry in memo.ledger:
        note = known.get(entry.id)
        if note is None:
            continue
        told = note.state not in PRIVATE
        reads = told and (note.board or note.state in ("given", "none_needed"))
        out.append(
            NoteEntry(
                id=entry.id,
                kind=note.kind,
                place=entry.place,
                heading=_heading(entry.place, printed),
                reason=entry.reason,
                text=clip(" ".join(clean(note.text).split()), TEXT_MAX) if reads else "",
                language=note.language if reads else "",
                owner=_owner(note, name),
                board=note.board,
            )
        )
    return tuple(out)


def _owner(note: _Known, name: Callable[[str], str | None]) -> str:
    """Whose it is: as the board says, or while it waits; else as it was released."""
    if note.state in PRIVATE:
        return ""
    if note.board or note.state == "pending":
        return (name(note.owner) or "") if note.owner else ""
    return note.by


def _known(source: MemoSource, board: frozenset[str]) -> Mapping[str, _Known]:
    known: dict[str, _Known] = {}
    for card in source.cards:
        known[card.id] = _Known(
            card.kind, card.text, card.author, card.attribution, card.consent,
            card.language, card.id in board,
        )  # fmt: skip
    for story in source.stories:
        kinds = {id(story.title): "story_title", id(story.quote): "quote"}
        for part in story.parts:
            kind = kinds.get(id(part), "key_moment")
            state = part.consent.state
            known[part.id] = _Known(
                kind, part.text, story.seat, part.by, state, part.language, False
            )
    return known


def _heading(place: str, printed: Mapping[str, str]) -> str:
    if place.startswith("story:"):
        return printed.get("stories", "")
    while place:
        if place in printed:
            return printed[place]
        place = place.rpartition(":")[0]
    return ""

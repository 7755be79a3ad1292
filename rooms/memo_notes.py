"""The cards an edition may hold, whole: what tables carry besides the printed lines."""

from collections.abc import Mapping

from activities.consent import NEVER
from rooms.memo_desk import NAME_MAX, TITLE_MAX, Desk
from rooms.memo_rules import note_order
from rooms.memo_source import MemoCard
from rooms.memo_text import clean, language_tag
from rooms.memo_tree import LedgerEntry, Note

CONTACTS = frozenset({"offer", "need", "contact"})
"""Kinds for those who were there only (methods.md 1.7)."""


def notes(desk: Desk, ledger: Mapping[str, LedgerEntry]) -> tuple[Note, ...]:
    """Every card this edition may hold, in the order of rule h: released where it needs a release,
    of a scope that reaches this edition, without words nobody released; never a mood (G8, CH4)."""
    titles = {card.id: card for card in desk.cards("theme")}
    kept = [card for card in desk.allowed() if _travels(desk, card, ledger)]
    return tuple(_note(desk, card, titles, ledger) for card in sorted(kept, key=note_order))


def _travels(desk: Desk, card: MemoCard, ledger: Mapping[str, LedgerEntry]) -> bool:
    entry = ledger.get(card.id)
    # A quote too long to print waits until its owner has chosen a part of it.
    if card.kind in NEVER or (entry and entry.reason == "too_long"):
        return False
    return desk.edition == "participants" or card.kind not in CONTACTS


def _note(
    desk: Desk,
    card: MemoCard,
    titles: Mapping[str, MemoCard],
    ledger: Mapping[str, LedgerEntry],
) -> Note:
    theme = titles.get(card.theme)
    entry = ledger.get(card.id)
    translation = clean(card.translation, NAME_MAX * 5)
    return Note(
        id=card.id,
        kind=card.kind,
        text=clean(card.text),
        place=entry.place if entry else "",
        theme=desk.record(theme.text, TITLE_MAX).text if theme else "",
        language=language_tag(card.language),
        attribution=desk.attribution(card.attribution),
        translation=translation if not desk.echoes(translation) else "",
        ticks=max(card.ticks, 0),
    )

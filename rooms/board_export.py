"""The board as the organiser may take it out of the room: what the participants' copy of the memo
may hold, each card without its author unless released with a name (G8, CH4, `methods.md` 1.8)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from activities.consent import NEVER
from rooms.board_schema import Card, Section
from rooms.consent_desk import QUOTABLE
from rooms.memo_rules import Echoes, card_withheld
from rooms.memo_source import MemoSource
from rooms.memo_tree import nameless
from rooms.renderings import mark


def exported(
    source: MemoSource, cards: Sequence[Card], sections: Sequence[Section]
) -> dict[str, Any]:
    """Cards and sections as JSON. `source` is what the memo is made from, of these very cards."""
    echoes = Echoes(source, "participants")
    taken = [
        {
            "id": nameless(card.id),
            "kind": card.kind,
            "text": card.text,
            "language": card.language,
            "renderings": [
                {
                    "language": one.language,
                    "text": one.text,
                    "human": one.human,
                    "stale": one.of != mark(card.text),
                }
                for one in card.renderings
                if not echoes(one.text)
            ],
            "section": card.section,
            "theme": nameless(card.theme),
            "order": card.order,
            "created": card.created,
            "scope": known.scope,
            "ticks": known.ticks,
            "by": known.attribution,
        }
        for card, known in zip(cards, source.cards, strict=False)
        if not card_withheld(known, "participants")
        and card.kind not in NEVER
        and (card.kind in QUOTABLE or not echoes(card.text))
    ]
    return {"cards": taken, "sections": [msgspec.to_builtins(s) for s in sections]}

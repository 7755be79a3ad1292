"""Everyone's board as a program reads it (`GET /api/rooms/{room}/board`): themes and sections with
their cards in order, and for those who may use them checkpoints and one's own undo."""

from collections.abc import Sequence
from typing import Any

import msgspec

from activities.blocks import Line, say
from rooms import wire_board
from rooms.agenda import item_of, title_line
from rooms.board_schema import Card, Section
from rooms.board_state import UNDO_MS, Checkpoint
from rooms.room_state import RoomState

BEFORE_RESTORE = say("Before something was put back")


def reading(cards: Sequence[Card], sections: Sequence[Section]) -> dict[str, Any]:
    """The board's `themes`, `sections` and `unplaced` card ids, each list in the order people see.
    A card whose theme or section is not there counts as not placed."""
    rows = sorted(cards, key=lambda card: (card.order, card.created, card.id))
    themes = [card for card in rows if card.kind == "theme"]
    under: dict[str, list[str]] = {theme.id: [] for theme in themes}
    inside: dict[str, list[str]] = {section.id: [] for section in sections}
    unplaced: list[str] = []
    for card in rows:
        if card.kind != "theme":
            place = under.get(card.theme)
            place = inside.get(card.section, unplaced) if place is None else place
            place.append(card.id)
    return {
        "themes": [
            {"id": t.id, "text": t.text, "order": t.order, "cards": under[t.id]} for t in themes
        ],
        "sections": [{**msgspec.to_builtins(s), "cards": inside[s.id]} for s in sections],
        "unplaced": unplaced,
    }


def checkpoints(state: RoomState) -> tuple[wire_board.Checkpoint, ...]:
    """To what facilitators can restore a section, newest first. A step in which the board stood as
    at the one before is that one."""
    found: list[wire_board.Checkpoint] = []
    last: object = None
    for one in state.board.checkpoints:
        held = sum(_counts(one, card) for card in one.notes)
        if held and (one.notes is not last or one.restore):
            found.append(
                wire_board.Checkpoint(
                    at=one.at, label=_label(state, one), step=one.step, time=one.time,
                    cards=held, restore=one.restore,
                )
            )  # fmt: skip
        last = one.notes
    return tuple(reversed(found))


def _counts(one: Checkpoint, card: str) -> bool:
    note = one.notes[card]
    return note.kind != "theme" and (note.document == "board" or card in one.shared)


def _label(state: RoomState, one: Checkpoint) -> Line:
    if one.restore:
        return BEFORE_RESTORE
    item = item_of(state, one.activity)
    return title_line(item) if item else say("The board")


def taken(state: RoomState, seat: str) -> tuple[wire_board.TakenCard, ...]:
    """What this seat has just taken away and can bring back, newest first."""
    mine = (
        wire_board.TakenCard(
            card=card,
            document="mine" if known.note.document.startswith("mine/") else known.note.document,
            until=known.at + UNDO_MS,
        )
        for card, known in state.board.taken.items()
        if known.note.seat == seat and not known.merged
    )
    return tuple(reversed(tuple(mine)))

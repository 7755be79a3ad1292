"""The plan of an exchange: a fixed order of activities for now (the agenda editor is the next
issue)."""

from collections.abc import Mapping
from typing import Final

from rooms.commits import AgendaItem, RoomState

TEMPLATES: Final[Mapping[str, tuple[AgendaItem, ...]]] = {
    # The A4 and A1 items of template T3 (`methods.md` 4); the break is a pause inside the circle.
    "evening": (
        AgendaItem("a1", "check_in", 6, {"mode": "weather", "direction": "in"}, "Check-in"),
        AgendaItem("a2", "story_circle", 100, {}, "Story circles"),
        AgendaItem("a3", "check_in", 4, {"mode": "word", "direction": "out"}, "Check-out"),
    ),
    "circle": (AgendaItem("a1", "story_circle", 75, {}, "Story circle"),),
    "check_in": (AgendaItem("a1", "check_in", 6, {"mode": "word", "direction": "in"}, "Check-in"),),
}


def next_item(state: RoomState) -> AgendaItem | None:
    """The first item that was neither started nor skipped."""
    for item in state.agenda:
        if item.id not in state.started and item.id not in state.skipped:
            return item
    return None


def item_of(state: RoomState, id: str) -> AgendaItem | None:
    """The item with this id."""
    return next((item for item in state.agenda if item.id == id), None)

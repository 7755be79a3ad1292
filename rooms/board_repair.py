"""The board's document as the log says it is: what differs is put right when it is opened.

The log is in charge of where cards stand, of ticks and of sections; the document of texts. They
part when a process dies, or a disk is full, between a commit and its effects, or when an older
version wrote the room. Cards that the log does not know, of a program that wrote them into the
document itself, are left alone.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from pycrdt import Doc
from pycrdt import Map as SharedMap

from rooms import board_moves, board_schema
from rooms.board_events import Placing
from rooms.board_schema import Section
from rooms.room_state import RoomState


class Structure(msgspec.Struct, frozen=True):
    """What the log says: every card's place and ticks, and the sections."""

    places: Mapping[str, Placing]
    ticks: Mapping[str, frozenset[str]]
    sections: tuple[Section, ...] = ()


class Repair(msgspec.Struct, frozen=True):
    """What of the document is to be changed. Empty when it agrees."""

    places: tuple[Placing, ...] = ()
    ticks: tuple[tuple[str, str, bool], ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether document and log agree."""
        return not (self.places or self.ticks or self.sections)


def structure(state: RoomState, sections: tuple[Section, ...]) -> Structure:
    """What the log says of everyone's board."""
    there = [n for n in state.notes.values() if board_moves.is_on_board(state, n)]
    return Structure(
        places={n.card: Placing(n.card, n.section, n.theme, n.order) for n in there},
        ticks={n.card: frozenset(state.ticks.get(n.card, ())) for n in there},
        sections=sections,
    )


def differing(doc: Doc[Any], wanted: Structure) -> Repair:
    """What has to change in the document. Reads only; guarded by the caller."""
    cards = doc.get("cards", type=SharedMap)
    there = frozenset(cards.keys())
    places: list[Placing] = []
    ticks: list[tuple[str, str, bool]] = []
    for id, place in wanted.places.items():
        shared = cards[id] if id in there else None
        if not isinstance(shared, SharedMap):
            continue
        now = (shared.get("section"), shared.get("theme"), shared.get("order"))
        if now != (place.section, place.theme, place.order):
            places.append(place)
        known = shared.get("ticks")
        on = frozenset(known.keys()) if isinstance(known, SharedMap) else frozenset()
        ticks += [(id, seat, True) for seat in sorted(wanted.ticks[id] - on)]
        ticks += [(id, seat, False) for seat in sorted(on - wanted.ticks[id])]
    known_sections = {section.id: section for section in board_schema.read_sections(doc)}
    sections = tuple(s for s in wanted.sections if known_sections.get(s.id) != s)
    return Repair(tuple(places), tuple(ticks), sections)


def mend(doc: Doc[Any], repair: Repair) -> None:
    """Make the changes; inside `Document.server_edit`."""
    board_schema.place_cards(doc, repair.places)
    for card, seat, on in repair.ticks:
        board_schema.tick_card(doc, card, seat, on)
    for section in repair.sections:
        board_schema.put_section(doc, section)

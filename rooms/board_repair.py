"""The board's document as the log says it is: what differs is put right when it is opened.

The log is in charge of where cards stand, of ticks and of sections; the document of texts. They
part when a process dies, or a disk is full, between a commit and its effects, or when an older
version wrote the room. Cards that the log does not know, of a program that wrote them into the
document itself, are left alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from pycrdt import Doc
from pycrdt import Map as SharedMap

from rooms import board_moves, board_schema
from rooms.board_events import Placing
from rooms.board_schema import Rendering, Section, read_renderings
from rooms.commits import NoteAdded
from rooms.room_state import RoomState


class Structure(msgspec.Struct, frozen=True):
    """What the log says: every card's place, ticks and renderings, and the sections."""

    places: Mapping[str, Placing]
    ticks: Mapping[str, frozenset[str]]
    sections: tuple[Section, ...] = ()
    renderings: Mapping[str, tuple[Rendering, ...]] = {}


class Repair(msgspec.Struct, frozen=True):
    """What of the document is to be changed. Empty when it agrees."""

    places: tuple[Placing, ...] = ()
    ticks: tuple[tuple[str, str, bool], ...] = ()
    sections: tuple[Section, ...] = ()
    renderings: tuple[tuple[str, tuple[Rendering, ...]], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether document and log agree."""
        return not (self.places or self.ticks or self.sections or self.renderings)


def structure(
    state: RoomState,
    sections: tuple[Section, ...],
    renderings: Callable[[NoteAdded], tuple[Rendering, ...]] = lambda _note: (),
) -> Structure:
    """What the log says of everyone's board. `renderings`: what stands beside a card."""
    there = [n for n in state.notes.values() if board_moves.is_on_board(state, n)]
    return Structure(
        places={n.card: Placing(n.card, n.section, n.theme, n.order) for n in there},
        ticks={n.card: frozenset(state.ticks.get(n.card, ())) for n in there},
        sections=sections,
        renderings={n.card: renderings(n) for n in there if n.card in state.renderings},
    )


def differing(doc: Doc[Any], wanted: Structure) -> Repair:
    """What has to change in the document. Reads only; guarded by the caller."""
    cards = doc.get("cards", type=SharedMap)
    there = frozenset(cards.keys())
    places: list[Placing] = []
    ticks: list[tuple[str, str, bool]] = []
    renderings: list[tuple[str, tuple[Rendering, ...]]] = []
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
        rendered = wanted.renderings.get(id, ())
        if (rendered or "renderings" in shared) and rendered != read_renderings(shared):
            renderings.append((id, rendered))
    known_sections = {section.id: section for section in board_schema.read_sections(doc)}
    sections = tuple(s for s in wanted.sections if known_sections.get(s.id) != s)
    return Repair(tuple(places), tuple(ticks), sections, tuple(renderings))


def mend(doc: Doc[Any], repair: Repair) -> None:
    """Make the changes; inside `Document.server_edit`."""
    board_schema.place_cards(doc, repair.places)
    for card, seat, on in repair.ticks:
        board_schema.tick_card(doc, card, seat, on)
    for card, rendered in repair.renderings:
        board_schema.render_card(doc, card, rendered)
    for section in repair.sections:
        board_schema.put_section(doc, section)

"""People's own cards, shown to more people: from *only you* to the circle, and to everyone here.

There is only the way outwards. A private card is moved, so that it stands in one place; a circle
keeps its card and everybody has a copy. Who thinks better of it takes the card away, and may bring
it back for a minute, like any other (`rooms/note_gone_desk.py`). Nothing here reads a text: the
shelf carries it from document to document, as it stands there.
"""

from typing import Final

from activities import board
from activities.blocks import say
from activities.kernel import Refused
from rooms import (
    board_desk,
    board_events,
    board_moves,
    card_desk,
    card_lookup,
    commits,
    note_add_desk,
    wire_board,
)
from rooms.asking import Asking
from rooms.documents import CARDS_PER_SEAT
from rooms.room_state import RoomState
from rooms.whole import Draft

NOT_YOURS: Final = say("Only who wrote a note decides who sees it.")
TAKEN_BACK: Final = say("You have taken this back. Give it again first, under “My words”.")
NOT_OUTWARDS: Final = say("They see it already. To take a note back, take it away.")
NOT_YOUR_CIRCLE: Final = say("Notes go to your own circle while it writes, or to everyone here.")


def share(draft: Draft, command: wire_board.NoteShare, asking: Asking) -> None:
    """Show own cards to a circle of one's own, or to everybody. All or nothing. Raises
    `Refused`."""
    state, seat = draft.room, asking.seat
    if seat.role not in ("facilitator", "participant"):
        raise Refused("not_allowed")
    cards = tuple(dict.fromkeys(command.cards))
    if not 0 < len(cards) <= wire_board.MOST_TOGETHER:
        raise Refused("bad_request")
    section = "" if command.to == "board" else _section_of(draft, command.to, asking)
    notes = [_own(state, card, command.to, seat.id) for card in cards]
    there = sum(
        command.to in card_lookup.stands_in(state, n) for n in card_lookup.of_seat(state, seat.id)
    )
    if there + len(notes) > CARDS_PER_SEAT:
        raise Refused("full", card_desk.ENOUGH)
    draft.add(
        board_events.NotesShared(
            cards=tuple((n.card, n.document) for n in notes),
            document=command.to,
            section=section,
            at=asking.now,
        )
    )
    if command.to != "board":
        return
    card_desk.add_events(draft, [board_moves.put(draft.room, cards, section="", theme="")], asking)
    for card in cards:
        card_desk.tell(
            draft, board.NoteCame(note=board_desk.note_of(draft.room.notes[card])), asking
        )


def _section_of(draft: Draft, document: str, asking: Asking) -> str:
    """Where a circle's cards stand just now. Raises `Refused` for a circle that writes nothing now,
    such as one in which somebody tells (SC3), and for other people's."""
    for block in note_add_desk.sections_offered(draft, asking):
        if block.document == document and document.startswith("group/"):
            return block.section
    raise Refused("not_allowed", NOT_YOUR_CIRCLE)


def _own(state: RoomState, card: str, to: str, seat: str) -> commits.NoteAdded:
    note = state.notes.get(card)
    if note is None:
        raise Refused("unknown", board_moves.NOT_THERE)
    if note.seat != seat:
        raise Refused("not_allowed", NOT_YOURS)
    hidden = state.safety.hidden.get(seat)
    if hidden is not None and (note.words in hidden.words or (note.document, card) in hidden.cards):
        raise Refused("not_allowed")  # it would be the only thing of this person not hidden
    known = state.consents.get(note.words)
    if known is not None and known.consent.state == "withdrawn":
        raise Refused("not_allowed", TAKEN_BACK)  # it stands nowhere, and would stand nowhere
    outwards = note.document.startswith("mine/") or (
        note.document.startswith("group/") and to == "board" and card not in state.shared
    )
    if not outwards:
        raise Refused("duplicate", NOT_OUTWARDS)
    return note

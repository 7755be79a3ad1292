"""What every desk of the board goes by: what has to be so before a card is put somewhere, and how
the running activity is told of it."""

from collections.abc import Iterable
from typing import Final

from activities import board
from activities.blocks import say
from activities.kernel import Command, Refused
from rooms import board_events, card_lookup, commits
from rooms.asking import Asking
from rooms.board_moves import GONE_ON, is_on_board
from rooms.documents import CARDS_PER_SEAT
from rooms.room_state import RoomState
from rooms.whole import Draft

ENOUGH: Final = say("You have as many notes here as fit: {limit}.", limit=CARDS_PER_SEAT)
NO_SUCH_SECTION: Final = say("There is no such section on this board. Look again.")


def tell(draft: Draft, command: Command, asking: Asking) -> None:
    """Tell the running activity of the board, if it listens."""
    draft.tell_current(command, asking.clock(draft))


def add_events(draft: Draft, events: Iterable[commits.RoomEvent | None], asking: Asking) -> None:
    """Record events; the running activity is told of cards that go under another theme."""
    for event in events:
        if event is None:
            continue
        before = draft.room.notes
        draft.add(event)
        if isinstance(event, board_events.CardsPlaced):
            for place in event.places:
                if place.card in before and before[place.card].theme != place.theme:
                    shifted = board.NoteShifted(card=place.card, theme=place.theme)
                    tell(draft, shifted, asking)


def unchanged_since(state: RoomState, id: str, since: int | None) -> None:
    """Raises `Refused("stale_phase")` when somebody changed this after commit `since`."""
    if since is not None and state.board.moved.get(id, 0) > since:
        raise Refused("stale_phase", GONE_ON)


def ensure_room(state: RoomState, seat: str, document: str) -> None:
    """Raises `Refused("full")` when a seat has as many cards in a document as fit."""
    there = sum(n.document == document for n in card_lookup.of_seat(state, seat))
    if there >= CARDS_PER_SEAT:
        raise Refused("full", ENOUGH)


def ensure_section(state: RoomState, section: str) -> None:
    """Raises `Refused` unless the board has this section, or a card stands in it."""
    known = section in state.board.sections or any(
        n.section == section and is_on_board(state, n) for n in state.notes.values()
    )
    if not known:
        raise Refused("unknown", NO_SUCH_SECTION)


def full_name(document: str, asking: Asking) -> str:
    """The document a page means: each has a `mine` of its own."""
    return f"mine/{asking.seat.id}" if document == "mine" else document

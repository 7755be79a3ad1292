"""What people decide about cards: putting one elsewhere, ticking it, changing one without a name.
Adding has a desk of its own (`note_add_desk.py`), and so has taking away (`note_gone_desk.py`)."""

from collections.abc import Sequence
from typing import Final, assert_never

from activities import board
from activities.blocks import say
from activities.kernel import Refused
from rooms import (
    board_events,
    board_moves,
    card_desk,
    commits,
    note_add_desk,
    note_gone_desk,
    wire_board,
)
from rooms.asking import Asking
from rooms.board_moves import NOT_THERE, is_on_board
from rooms.room_state import RoomState
from rooms.whole import Draft

YOURS: Final = say("This one is yours already.")
NOT_YOURS_TO_CHANGE: Final = say("Only who wrote a note can change it.")
NO_SUCH_THEME: Final = say("This theme is not there any more. Look again.")
MOVE_THEMES: Final = say("A theme cannot stand under another one. Merge the two.")
TOO_MANY: Final = say(
    "That is more than {limit} notes at once. Take fewer.", limit=wire_board.MOST_TOGETHER
)
NOT_PLACED_THERE: Final = say("Only notes on everyone's board can be put under themes.")
NoteCommand = (
    wire_board.NoteAdd
    | wire_board.NoteMove
    | wire_board.NoteTick
    | wire_board.NoteDelete
    | wire_board.NoteRestore
    | wire_board.NoteReword
)
"""The commands of this module."""


def decide(draft: Draft, command: NoteCommand, asking: Asking) -> None:
    """Decide about a card. Raises `Refused`."""
    match command:
        case wire_board.NoteAdd():
            note_add_desk.add(draft, command, asking)
        case wire_board.NoteMove():
            _move(draft, command, asking)
        case wire_board.NoteTick():
            _tick(draft, command, asking)
        case wire_board.NoteDelete():
            note_gone_desk.take(draft, command, asking)
        case wire_board.NoteRestore():
            note_gone_desk.restore(draft, command, asking)
        case wire_board.NoteReword():
            _reword(draft, command, asking)
        case _:
            assert_never(command)


def _move(draft: Draft, command: wire_board.NoteMove, asking: Asking) -> None:
    state = draft.room
    if bool(command.card) == bool(command.cards):
        raise Refused("bad_request")
    cards = movable(state, (command.card,) if command.card else command.cards)
    if not cards:
        raise Refused("unknown", NOT_THERE)
    if command.theme and not board_moves.is_theme(state.notes, command.theme):
        raise Refused("unknown", NO_SUCH_THEME)
    if any(state.notes[card].seat != asking.seat.id for card in cards):
        asking.ensure_facilitator()
    if command.section:
        card_desk.ensure_section(state, command.section)
    if len(cards) > 1 and command.theme is None and command.section is None:
        raise Refused("bad_request")  # they come from several places, and go to one
    for card in cards:
        card_desk.unchanged_since(state, card, command.since)
    theme = command.theme
    if theme is None and command.section is not None:
        theme = ""
    moved = board_moves.put(state, cards, section=command.section, theme=theme, after=command.after)
    card_desk.add_events(draft, [moved], asking)
    draft.add(board_events.BoardStepped(cards=cards))


def movable(state: RoomState, ids: Sequence[str]) -> tuple[str, ...]:
    """Cards that go somewhere together; what its author has just taken away is left out. Raises
    `Refused`."""
    if len(ids) > wire_board.MOST_TOGETHER:
        raise Refused("too_many", TOO_MANY)
    if len(set(ids)) < len(ids):
        raise Refused("bad_request")
    there = tuple(id for id in ids if id not in state.board.taken)
    for id in there:
        note = state.notes.get(id)
        if note is None:
            raise Refused("unknown", NOT_THERE)
        if not is_on_board(state, note):
            raise Refused("not_allowed", NOT_PLACED_THERE)
        if note.kind == "theme":
            raise Refused("bad_request", MOVE_THEMES)
    return there


def _tick(draft: Draft, command: wire_board.NoteTick, asking: Asking) -> None:
    state, seat = draft.room, asking.seat
    note = state.notes.get(command.card)
    if note is None or not is_on_board(state, note):
        raise Refused("unknown", NOT_THERE)
    if seat.role not in ("facilitator", "participant"):
        raise Refused("not_allowed")
    if note.seat == seat.id:
        raise Refused("duplicate", YOURS)
    if command.on == (seat.id in state.ticks.get(note.card, ())):
        raise Refused("duplicate")
    draft.add(commits.NoteTicked(card=note.card, seat=seat.id, on=command.on))
    card_desk.tell(draft, board.NoteLiked(card=note.card, seat=seat.id, on=command.on), asking)


def _reword(draft: Draft, command: wire_board.NoteReword, asking: Asking) -> None:
    """Change one's own card that bears no name. The words it had are erased."""
    note = draft.room.notes.get(command.card)
    if note is None or not board_moves.is_nameless(note):
        raise Refused("unknown", NOT_THERE)
    if note.seat != asking.seat.id:
        raise Refused("not_allowed", NOT_YOURS_TO_CHANGE)
    if note.words in draft.room.safety.words:
        raise Refused("not_allowed")  # the new words would not be hidden
    words = asking.mint.ref(command.text, wire_board.NOTE_LIMIT)
    draft.add(commits.NoteReworded(card=note.card, words=words, before=note.words))

"""Themes of everyone's board: making one from cards, splitting, merging, naming and ordering them,
and putting a section back as it was (`methods.md` RO2, RO3). Facilitators only.

Each command is one commit whatever it moves, so that two people who cluster at once see each
other's step whole or not at all.
"""

from collections.abc import Sequence
from typing import Final, assert_never

from activities import board
from activities.blocks import Words, say
from activities.kernel import Refused
from rooms import (
    board_events,
    board_moves,
    card_desk,
    commits,
    note_add_desk,
    note_desk,
    wire_board,
)
from rooms.asking import Asking
from rooms.board_moves import GONE_ON, SECTION, THEME, Spot
from rooms.room_state import RoomState
from rooms.whole import Draft

ThemeCommand = (
    wire_board.ThemeAdd
    | wire_board.ThemeRename
    | wire_board.ThemeSplit
    | wire_board.ThemeMerge
    | wire_board.ThemeOrder
    | wire_board.BoardRestore
)
"""The commands of this module."""

CHOOSE: Final = say("Choose the notes that belong together first.")
TWO: Final = say("Choose two different themes.")
NO_CHECKPOINT: Final = say("There is nothing to go back to at that time. Look again.")
THEME_GONE: Final = say(
    "This theme is not there any more. Make it again and put its notes under it."
)


def decide(draft: Draft, command: ThemeCommand, asking: Asking) -> None:
    """Decide about themes. Raises `Refused`."""
    asking.ensure_facilitator()
    match command:
        case wire_board.ThemeAdd():
            cards = note_desk.movable(draft.room, command.cards)
            _make(draft, asking, command.text, command.after, cards)
        case wire_board.ThemeRename():
            _rename(draft, command, asking)
        case wire_board.ThemeSplit():
            _split(draft, command, asking)
        case wire_board.ThemeMerge():
            _merge(draft, command, asking)
        case wire_board.ThemeOrder():
            theme = _theme(draft.room, command.theme)
            card_desk.unchanged_since(draft.room, theme.card, command.since)
            moved = board_moves.put(draft.room, [theme.card], after=command.after)
            card_desk.add_events(draft, [moved], asking)
        case wire_board.BoardRestore():
            _restore(draft, command, asking)
        case _:
            assert_never(command)


def _theme(state: RoomState, id: str) -> commits.NoteAdded:
    if not board_moves.is_theme(state.notes, id):
        raise Refused("unknown", THEME_GONE)
    return state.notes[id]


def _make(
    draft: Draft,
    asking: Asking,
    text: Words,
    after: str | None,
    cards: Sequence[str],
) -> None:
    state = draft.room
    words = asking.mint.ref(text, wire_board.HEADING_LIMIT)
    note_add_desk.ensure_themes_fit(state)
    card_desk.ensure_room(state, asking.seat.id, "board")
    theme = note_add_desk.new_note(draft, asking, "board", "theme", "", words)
    note_add_desk.lay(draft, theme, after, asking)
    card_desk.add_events(draft, [board_moves.put(draft.room, cards, theme=theme.card)], asking)
    draft.add(board_events.BoardStepped(cards=tuple(cards), made=theme.card))


def _rename(draft: Draft, command: wire_board.ThemeRename, asking: Asking) -> None:
    theme = _theme(draft.room, command.theme)
    if theme.words in draft.room.safety.words:
        raise Refused("unknown", THEME_GONE)  # the new words would not be hidden
    card_desk.unchanged_since(draft.room, theme.card, command.since)
    words = asking.mint.ref(command.text, wire_board.HEADING_LIMIT)
    draft.add(commits.NoteReworded(card=theme.card, words=words, before=theme.words))
    renamed = board.NoteRenamed(card=theme.card, words=command.text, seat=asking.seat.id)
    card_desk.tell(draft, renamed, asking)


def _split(draft: Draft, command: wire_board.ThemeSplit, asking: Asking) -> None:
    state = draft.room
    theme = _theme(state, command.theme)
    cards = note_desk.movable(state, command.cards)
    if not cards:
        raise Refused("bad_request", CHOOSE)
    if any(state.notes[card].theme != theme.card for card in cards):
        raise Refused("stale_phase", GONE_ON)
    _make(draft, asking, command.text, theme.card, cards)


def _merge(draft: Draft, command: wire_board.ThemeMerge, asking: Asking) -> None:
    state = draft.room
    theme = _theme(state, command.theme)
    if command.into:
        _theme(state, command.into)
    if command.into == command.theme:
        raise Refused("bad_request", TWO)
    cards = tuple(n.card for n in board_moves.standing(state, Spot(THEME, theme.card)))
    card_desk.add_events(draft, board_moves.emptied(state, theme.card, command.into), asking)
    draft.add(commits.ThemesMerged(theme=theme.card, into=command.into))
    card_desk.tell(draft, board.NoteWent(card=theme.card), asking)
    draft.add(board_events.BoardStepped(cards=cards, merged=theme.card, into=command.into))


def _restore(draft: Draft, command: wire_board.BoardRestore, asking: Asking) -> None:
    state = draft.room
    if (command.section is None) == (command.theme is None):
        raise Refused("bad_request")
    known = [c for c in state.board.checkpoints if c.at == command.at]
    if not known:
        raise Refused("unknown", NO_CHECKPOINT)
    if command.theme:
        spot = Spot(THEME, _theme(state, command.theme).card)
    else:
        spot = Spot(SECTION, command.section or "")
    moved = board_moves.restored(state, known[-1], spot)
    if moved is None:
        raise Refused("duplicate", say("It stands like that already."))
    for card in {n.card for n in board_moves.standing(state, spot)} | {
        p.card for p in moved.places
    }:
        card_desk.unchanged_since(state, card, command.since)
    draft.add(
        board_events.BoardRestored(
            to=command.at, section=command.section or "", theme=command.theme or ""
        )
    )
    card_desk.add_events(draft, [moved], asking)

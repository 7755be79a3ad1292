"""Taking a card away, bringing it back within a minute, and what is gone for good (BRD5)."""

from collections.abc import Iterable
from typing import Final

from activities import board
from activities.blocks import say
from activities.kernel import Refused
from rooms import (
    board_desk,
    board_events,
    board_moves,
    card_desk,
    commits,
    renderings,
    wire_board,
)
from rooms.asking import Asking, moment_of
from rooms.board_moves import NOT_THERE, is_on_board
from rooms.board_state import UNDO_MS
from rooms.documents import CARDS_PER_SEAT
from rooms.whole import Draft

NOT_YOURS: Final = say("Only who wrote a note can take it away.")
TOO_LATE: Final = say("This note is gone for good. You can write it again.")


def take(draft: Draft, command: wire_board.NoteDelete, asking: Asking) -> None:
    """Take a card away; for a minute it may come back. Raises `Refused`."""
    state = draft.room
    note = state.notes.get(command.card)
    if note is None or note.document != card_desk.full_name(command.document, asking):
        raise Refused("unknown", NOT_THERE)
    if not _may_take(note, asking):
        raise Refused("not_allowed", NOT_YOURS)
    under: tuple[str, ...] = ()
    if note.kind == "theme" and is_on_board(state, note):
        there = board_moves.standing(state, board_moves.Spot(board_moves.THEME, note.card))
        under = tuple(n.card for n in there)
        card_desk.add_events(draft, board_moves.loosened(state, note.card), asking)
    _make_way(draft, note.seat)
    draft.add(board_events.NoteTaken(card=note.card, at=asking.now, under=under))
    card_desk.tell(draft, board.NoteWent(card=note.card), asking)


def restore(draft: Draft, command: wire_board.NoteRestore, asking: Asking) -> None:
    """Bring a card back where it stood. Raises `Refused`."""
    state = draft.room
    taken = state.board.taken.get(command.card)
    if taken is None or taken.merged or not _may_take(taken.note, asking):
        raise Refused("unknown", TOO_LATE)
    note = taken.note
    if asking.seat.id in state.safety.hidden or note.words in state.safety.words:
        raise Refused("not_allowed")  # it would be the only thing of this person not hidden
    if asking.now >= taken.at + UNDO_MS:
        raise Refused("unknown", TOO_LATE)
    card_desk.ensure_room(state, note.seat, note.document)
    draft.add(board_events.NoteRestored(card=note.card))
    if not is_on_board(draft.room, note):
        return
    theme = note.theme if board_moves.is_theme(state.notes, note.theme) else ""
    spot = board_moves.spot_of(draft.room, draft.room.notes[note.card])
    others = [n for n in board_moves.standing(draft.room, spot) if n.card != note.card]
    before = [n.card for n in others if n.order <= note.order]
    after = before[-1] if before else ""
    back = board_moves.put(draft.room, [note.card], theme=theme, after=after)
    card_desk.add_events(draft, [back], asking)
    card_desk.tell(
        draft, board.NoteCame(note=board_desk.note_of(draft.room.notes[note.card])), asking
    )
    if note.kind == "theme":
        loose = [c for c in taken.under if (n := state.notes.get(c)) and not n.theme]
        card_desk.add_events(draft, [board_moves.put(draft.room, loose, theme=note.card)], asking)


def erase_due(draft: Draft) -> None:
    """What was taken away a minute ago is gone for good."""
    for taken in draft.room.board.taken.values():
        if taken.at + UNDO_MS <= draft.now:
            _let_go(draft, taken.note)


def dropped(draft: Draft, cards: Iterable[str], dice: int) -> None:
    """Their authors took these cards away in a document itself: there is nothing to bring back."""
    clock = moment_of(draft, None, draft.now, dice)
    for card in cards:
        if (note := draft.room.notes.get(card)) is not None:
            for event in board_moves.loosened(draft.room, card):
                draft.add(event)
            _let_go(draft, note)
            draft.tell_current(board.NoteWent(card=card), clock)


def _may_take(note: commits.NoteAdded, asking: Asking) -> bool:
    """Its author; of a card that is nobody's (`activities/nameless.py`) a facilitator, who has no
    seat to hide when something must not stand there."""
    if note.seat or note.kind == "theme":
        return note.seat == asking.seat.id
    return asking.seat.role == "facilitator"


def _make_way(draft: Draft, seat: str) -> None:
    """Who takes away more than may ever lie there lets the oldest go for good."""
    mine = [t for t in draft.room.board.taken.values() if t.note.seat == seat]
    if len(mine) >= CARDS_PER_SEAT:
        _let_go(draft, mine[0].note)


def _let_go(draft: Draft, note: commits.NoteAdded) -> None:
    """A card is gone for good, with what it was put into other languages as."""
    for event in renderings.gone(draft.room, cards=(note.card,)):
        draft.add(event)
    draft.add(commits.NoteDeleted(document=note.document, card=note.card, words=note.words))

"""Taking back a step of one's own on everyone's board: notes that were moved, a theme that was made
of them, or put into another one (BRD6).

What is taken back is what the step itself changed. Where somebody has built on it, nothing is: that
is theirs too.
"""

from collections.abc import Iterator
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
    note_add_desk,
    wire_board,
)
from rooms.asking import Asking
from rooms.board_events import Placing
from rooms.board_moves import THEME, Spot
from rooms.board_state import Step
from rooms.room_state import RoomState
from rooms.whole import Draft

BUILT_ON: Final = say("Somebody has gone on from there. Nothing was changed.")
NOTHING: Final = say("This can no longer be taken back.")
NOT_YOURS: Final = say("Only who did this can take it back.")


def undo(draft: Draft, command: wire_board.BoardUndo, asking: Asking) -> None:
    """Take back a step of the asking seat. Raises `Refused`."""
    state = draft.room
    step = state.board.steps.get(command.at)
    if step is None:
        raise Refused("unknown", NOTHING)
    if step.seat != asking.seat.id:
        raise Refused("not_allowed", NOT_YOURS)
    done = step.done
    theirs = any(c in state.notes and state.notes[c].seat != step.seat for c in done.cards)
    if done.made or done.merged or theirs:
        asking.ensure_facilitator()
    if _is_built_on(state, step):
        raise Refused("stale_phase", BUILT_ON)
    if done.merged:
        _part(draft, step, asking)
    card_desk.add_events(draft, [board_moves.put_back(draft.room, step.places)], asking)
    if done.made:
        draft.add(board_events.NoteTaken(card=done.made, at=asking.now, under=done.cards))
        card_desk.tell(draft, board.NoteWent(card=done.made), asking)
    draft.add(board_events.BoardUndone(to=step.at))


def _is_built_on(state: RoomState, step: Step) -> bool:
    """Whether anything that the step changed has changed since."""
    done, moved = step.done, state.board.moved
    if any(moved.get(card, 0) > step.at for card in done.cards):
        return True
    homes = {place.theme for place in step.places} - {"", done.merged}
    if not all(board_moves.is_theme(state.notes, theme) for theme in homes):
        return True
    if done.made:
        return _is_used(state, done.made, step)
    if done.merged:
        gone = state.board.taken.get(done.merged)
        if gone is None:
            raise Refused("unknown", NOTHING)  # its name is erased
        both = tuple(dict.fromkeys((*step.others, *step.ticks)))
        return (
            gone.note.words in state.safety.words
            or (bool(done.into) and state.ticks.get(done.into, ()) != both)
            or any(state.placed.get(item, "") != done.into for item in step.items)
        )
    return False


def _is_used(state: RoomState, theme: str, step: Step) -> bool:
    """Whether a theme that was made has anything that it did not have then."""
    note = state.notes.get(theme)
    if note is None or note.words in state.safety.words:
        return True
    under = {n.card for n in board_moves.standing(state, Spot(THEME, theme))}
    return (
        state.board.moved.get(theme, 0) > step.at
        or not under <= set(step.done.cards)
        or bool(state.ticks.get(theme))
        or theme in state.placed.values()
        or theme in state.scores
        or theme in state.questions
    )


def _part(draft: Draft, step: Step, asking: Asking) -> None:
    """The theme that was put into another stands again, with its name, ticks and words that are no
    cards."""
    theme = step.done.merged
    note_add_desk.ensure_themes_fit(draft.room)
    draft.add(board_events.NoteRestored(card=theme))
    note = draft.room.notes[theme]
    stood = Placing(theme, note.section, note.theme, note.order)
    card_desk.add_events(draft, [board_moves.put_back(draft.room, [stood])], asking)
    for event in _parted(step):
        draft.add(event)
    came = board_desk.note_of(draft.room.notes[theme])
    card_desk.tell(draft, board.NoteCame(note=came), asking)


def _parted(step: Step) -> Iterator[commits.RoomEvent]:
    done = step.done
    for seat in step.ticks:
        yield commits.NoteTicked(card=done.merged, seat=seat, on=True)
        if done.into and seat not in step.others:
            yield commits.NoteTicked(card=done.into, seat=seat, on=False)
    for item in step.items:
        yield commits.ItemPlaced(words=item, theme=done.merged)

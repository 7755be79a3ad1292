"""What the log adds up to of the board beside its cards: sections, what was taken away, and the
checkpoints to which a section can be restored.

A checkpoint is a place in the log and no copy: the notes it holds are the very value of that
moment, which a replay makes again.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from rooms import board_events as events
from rooms.board_events import BoardEvent, Placing

if TYPE_CHECKING:
    from rooms.commits import NoteAdded

UNDO_MS: Final = 60_000
"""Milliseconds for which a card that was taken away can be brought back by its author."""

TOGETHER_MS: Final = 5_000
"""Milliseconds within which cards that were taken away are erased together: somebody tidies up ten
in a row, and each erasure costs a rewriting of the document."""

CHECKPOINTS_KEPT: Final = 200
"""Checkpoints of one room, the newest: a long day has about a hundred steps."""

STEPS_KEPT: Final = 200
"""Steps of one room that can be taken back, the newest: a page remembers fifty of its own."""

PLACES_KEPT: Final = 5_000
"""Cards in all these steps: ten times a whole evening's put somewhere at once."""

Notes = Mapping[str, "NoteAdded"]


class Taken(msgspec.Struct, frozen=True):
    """A card its author took away (ms), and the cards that stood under it when it was a theme; or
    a theme that was `merged` into another, which only undoing that brings back."""

    note: "NoteAdded"
    at: int
    under: tuple[str, ...] = ()
    merged: bool = False


class Checkpoint(msgspec.Struct, frozen=True):
    """The board after commit `at`, at the beginning of a step, or before a restore."""

    at: int
    time: int  # ms
    activity: str
    step: str
    notes: Notes
    shared: frozenset[str]
    restore: bool = False


class Step(msgspec.Struct, frozen=True):
    """What somebody did in commit `at` and can take back: where the cards stood before, and for a
    theme that was merged its ticks, those of the other one, and words without a card under it.
    `moved`: as the board had it of these cards and that theme."""

    at: int
    seat: str
    done: events.BoardStepped
    places: tuple[Placing, ...]
    moved: Mapping[str, int]
    ticks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Board(msgspec.Struct, frozen=True):
    """See the module. `moved`: the last commit that changed the place or heading of something;
    `step`: the activity and phase the last checkpoint was made in; `steps`: what can be taken back,
    by commit."""

    sections: Mapping[str, events.SectionMade] = msgspec.field(default_factory=dict)
    taken: Mapping[str, Taken] = msgspec.field(default_factory=dict)
    moved: Mapping[str, int] = msgspec.field(default_factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()
    step: tuple[str, str] = ("", "")
    steps: Mapping[int, Step] = msgspec.field(default_factory=dict)


def evolve(board: Board, notes: Notes, event: BoardEvent) -> tuple[Board, Notes]:
    """Both after `event`; total."""
    match event:
        case events.CardsPlaced(places=places):
            return board, {**notes, **placed(notes, places)}
        case events.NoteTaken(card=card) if card in notes:
            taken = Taken(notes[card], event.at, event.under)
            left = {c: n for c, n in notes.items() if c != card}
            return replace(board, taken={**board.taken, card: taken}), left
        case events.NoteRestored(card=card) if card in board.taken:
            note = board.taken[card].note
            return forgotten(board, card), {**notes, card: note}
        case events.SectionMade(section=section):
            return replace(board, sections={**board.sections, section: event}), notes
        case events.SectionNamed(section=id) if id in board.sections:
            named = replace(board.sections[id], words=event.words, line="")
            return replace(board, sections={**board.sections, id: named}), notes
        case events.SectionOrdered(orders=orders):
            known = board.sections
            ordered = {id: replace(known[id], order=key) for id, key in orders if id in known}
            return replace(board, sections={**known, **ordered}), notes
        case _:
            return board, notes


def stepped(board: Board, step: Step) -> Board:
    """The board with one more step that can be taken back; old ones make way."""
    steps = {**board.steps, step.at: step}
    held = sum(len(one.places) for one in steps.values())
    for at in list(steps):
        if len(steps) <= STEPS_KEPT and held <= PLACES_KEPT:
            break
        held -= len(steps.pop(at).places)
    return replace(board, steps=steps)


def undone(board: Board, to: int) -> Board:
    """The board after a step was taken back: what was moved before it was moved then."""
    step = board.steps.get(to)
    if step is None:
        return board
    changed = frozenset((*step.done.cards, step.done.merged))
    moved = {id: at for id, at in board.moved.items() if id not in changed}
    left = {at: one for at, one in board.steps.items() if at != to}
    return replace(board, steps=left, moved={**moved, **step.moved})


def placed(notes: Notes, places: Iterable[Placing]) -> dict[str, "NoteAdded"]:
    """The notes that these places are of, standing there."""
    return {
        p.card: replace(notes[p.card], section=p.section, theme=p.theme, order=p.order)
        for p in places
        if p.card in notes
    }


def forgotten(board: Board, card: str) -> Board:
    """The board without a card that was taken away."""
    if card not in board.taken:
        return board
    return replace(board, taken={c: t for c, t in board.taken.items() if c != card})


def touched(event: object) -> tuple[str, ...]:
    """Ids of cards and sections whose place or heading an event changes: what somebody who undoes
    a step must not have built upon."""
    match event:
        case events.CardsPlaced(places=places):
            return tuple(place.card for place in places)
        case events.SectionNamed(section=section):
            return (section,)
        case events.SectionOrdered(orders=orders):
            return tuple(section for section, _ in orders)
        case _:
            return ()


def checkpointed(board: Board, checkpoint: Checkpoint) -> Board:
    """The board with one more checkpoint."""
    return replace(board, checkpoints=(*board.checkpoints, checkpoint)[-CHECKPOINTS_KEPT:])


def erase_due(board: Board) -> int | None:
    """When the next cards that were taken away are to be erased (ms), all that were taken away
    one shortly after the other at once."""
    due = [taken.at + UNDO_MS for taken in board.taken.values()]
    if not due:
        return None
    return max(at for at in due if at <= min(due) + TOGETHER_MS)

"""Between activities and everyone's board: what an activity inherits, what its events do to the
board, and what it is told of notes that come and go (`activities/board.py`)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from activities import board
from activities.blocks import Line, Words
from activities.kernel import (
    Activity,
    Before,
    BoardNote,
    Event,
    FormerGroup,
    Group,
    Harvest,
    NotesChosen,
)
from rooms import board_events, board_moves, card_lookup, commits
from rooms.board_schema import author_of
from rooms.commits import RoomEvent
from rooms.room_state import RoomState, notes_shared


def notes_of(state: RoomState) -> tuple[BoardNote, ...]:
    """The cards on everyone's board that the log knows, oldest first."""
    notes = state.notes.values()
    return tuple(note_of(note) for note in notes if board_moves.is_on_board(state, note))


def note_of(note: commits.NoteAdded) -> BoardNote:
    """A card as activities see it."""
    return BoardNote(
        card=note.card,
        kind=note.kind,
        words=Words(note.words),
        seat=author_of(note.card),  # not of who may change a card that bears no name
        group=note.group,
        theme=note.theme,
        section=note.section,
    )


SORTABLE: Final = frozenset({"insight", "question", "burning_question", "practice", "parking"})
"""Kinds of what activities leave behind that stand under themes like the cards of the board;
somebody's exact words stand with their story."""


def items_of(state: RoomState, id: str, harvest: Harvest) -> Iterator[BoardNote]:
    """What an activity left behind that is no card but may be sorted, such as what people wrote
    after they sat in pairs; nothing that was taken back."""
    for item in harvest.items:
        known = state.consents.get(item.words.ref)
        given = known is None or known.consent.state == "given"
        if given and not item.story and item.kind in SORTABLE:
            yield BoardNote(
                card=item.words.ref,
                kind=item.kind,
                words=item.words,
                seat=item.seat,
                group=f"{id}-{item.group}" if item.group else "",
                theme=state.placed.get(item.words.ref, ""),
            )


def before(
    state: RoomState, running: Mapping[str, Any], activities: Mapping[str, Activity[Any]]
) -> Before:
    """What an activity that begins now inherits. `running` as in `Whole`."""
    met: list[tuple[str, ...]] = []
    left: list[BoardNote] = []
    last: tuple[FormerGroup, ...] = ()
    for id in state.started:
        if id not in running:
            continue
        activity, inner = activities[running[id].kind], running[id].state
        harvest = activity.harvest(inner)
        met += harvest.met
        left += items_of(state, id, harvest)
        found = tuple(_former(state, id, group) for group in activity.groups(inner))
        last = tuple(group for group in found if group.members) or last
    return Before(groups=last, met=tuple(met), notes=(*notes_of(state), *left))


def _former(state: RoomState, id: str, group: Group) -> FormerGroup:
    here = tuple(s for s in group.members if s in state.seats and state.seats[s].status == "in")
    name, number = spelled(group.name)
    return FormerGroup(f"{id}-{group.id}", here, name, number)


def spelled(name: Line) -> tuple[str, int]:
    """A group's name as a sentence of the catalogue and the number beside it, if it is no more."""
    match name.args:
        case {"name": Line(id=inner, args={}), "number": int(number)}:
            return inner, number
        case args if not args:
            return name.id, 0
        case _:
            return "", 0


def following(state: RoomState, activity: str, event: Event) -> Iterator[RoomEvent]:
    """The room's own events that follow from an activity's: one path to the board for a card, be
    it added by a person or by what a group decides."""
    match event:
        case board.NoteGiven():
            id = f"{event.seat}-{activity}{event.card}"
            # A line of somebody who erased everything meanwhile has no words any more.
            lost = bool(event.owner) and event.words.ref not in state.words
            if id not in state.notes and not lost:
                yield _added(state, activity, event, id, event.kind)
        case board.ThemeNamed():
            yield from _named(state, activity, event)
        case board.NotePlaced() if (note := state.notes.get(event.card)) is not None:
            theme = event.theme if board_moves.is_theme(state.notes, event.theme) else ""
            if note.theme != theme:
                yield from _placed(state, event.card, theme)
        case board.NotePlaced() if event.card in state.words:
            theme = event.theme if board_moves.is_theme(state.notes, event.theme) else ""
            if state.placed.get(event.card, "") != theme:
                yield commits.ItemPlaced(words=event.card, theme=theme)
        case board.ThemesMerged() if board_moves.is_theme(state.notes, event.theme):
            into = event.into if board_moves.is_theme(state.notes, event.into) else ""
            yield from board_moves.emptied(state, event.theme, into)
            yield commits.ThemesMerged(theme=event.theme, into=into)
        case board.NoteTicked() if event.card in state.notes or event.card in state.words:
            if event.on != (event.seat in state.ticks.get(event.card, ())):
                yield commits.NoteTicked(card=event.card, seat=event.seat, on=event.on)
        case board.ThemeScored() if board_moves.is_theme(state.notes, event.theme):
            yield commits.ThemeScored(theme=event.theme, votes=event.votes, runoff=event.runoff)
        case NotesChosen():
            yield from _chosen(state, activity, event)
        case _:
            return


def _chosen(state: RoomState, activity: str, event: NotesChosen) -> Iterator[RoomEvent]:
    """An author gave cards of a circle to everyone. The last choice holds: what is not in it any
    more is taken back, and what was given before stands where it stood."""
    circles = f"group/{activity}-"
    own = [n for n in card_lookup.of_seat(state, event.seat) if n.document.startswith(circles)]
    given = own if event.share == "all" else []
    if event.share == "some":
        given = [n for n in own if n.card in event.cards]
    kept = {note.card for note in given}
    if back := tuple(n.card for n in own if n.card in state.shared and n.card not in kept):
        yield board_events.NotesUnshared(cards=back)
    new = [n for n in given if n.card not in state.shared and not _withheld(state, n)]
    if not new:
        return
    shared = board_events.NotesShared(
        cards=tuple((n.card, n.document) for n in new),
        document="board",
        section="",
        at=state.last,
    )
    yield shared
    # They stand behind what is not placed.
    placed = board_moves.put(
        notes_shared(state, shared), [n.card for n in new if not n.order], section="", theme=""
    )
    if placed is not None:
        yield placed


def _withheld(state: RoomState, note: commits.NoteAdded) -> bool:
    """Whether a card stands nowhere just now: its author is hidden, or has taken it back."""
    known = state.consents.get(note.words)
    return note.card in state.safety.cards or (
        known is not None and known.consent.state == "withdrawn"
    )


def _placed(state: RoomState, card: str, theme: str) -> Iterator[RoomEvent]:
    event = board_moves.put(state, [card], theme=theme)
    if event is not None:
        yield event


def _named(state: RoomState, activity: str, event: board.ThemeNamed) -> Iterator[RoomEvent]:
    known = state.notes.get(event.theme)
    if known is not None:
        if known.words != event.words.ref:
            yield commits.NoteReworded(card=event.theme, words=event.words.ref, before=known.words)
        return
    yield _added(state, activity, event, event.theme, "theme")


def _added(
    state: RoomState, activity: str, event: board.ThemeNamed | board.NoteGiven, card: str, kind: str
) -> RoomEvent:
    seat = state.seats.get(event.seat)
    given = event if isinstance(event, board.NoteGiven) else None
    section = given.section if given else ""
    themes = board_moves.Spot(board_moves.THEMES)
    spot = themes if kind == "theme" else board_moves.Spot(board_moves.SECTION, section)
    keys = board_moves.keys_in(state, spot, None, 1)
    return commits.NoteAdded(
        document="board",
        card=card,
        kind=kind,
        section=section,
        theme="",
        words=event.words.ref,
        seat=author_of(card) or (given.owner if given else ""),
        entered_by="",
        activity=activity,
        group="",
        # A language tells who wrote it; the page finds it out from the words.
        language=seat.language if seat else "" if given else state.language,
        scope=state.default_scope,
        at=event.at,
        order=keys.keys[0],
    )

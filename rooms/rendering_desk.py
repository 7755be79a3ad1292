"""Putting a card into another language beside the original: who may, how much, and who puts it
better or takes it away (`methods.md` 1.10)."""

from typing import Final, assert_never

from activities.blocks import say
from activities.kernel import Refused
from rooms import board_moves, card_lookup, renderings
from rooms.asking import Asking
from rooms.commits import NoteAdded
from rooms.rendering_events import RenderingGone, RenderingMade
from rooms.room_view import documents_of
from rooms.whole import Draft, Whole
from rooms.wire_renderings import (
    LANGUAGES_MOST,
    RENDERING_LIMIT,
    ROOM_MOST,
    SEAT_MOST,
    NoteRender,
    NoteUnrender,
    RenderingCommand,
)
from rooms.words import is_language

MAY: Final = ("facilitator", "participant", "interpreter")
"""Roles whose hand a rendering may come from: who looks on leaves no trace."""

NOT_YOURS: Final = say(
    "Only who wrote this translation, who wrote the note, or a facilitator can change it."
)


def decide(draft: Draft, command: RenderingCommand, asking: Asking) -> None:
    """Decide one of this module's commands. Raises `Refused`."""
    match command:
        case NoteRender():
            _render(draft, command, asking)
        case NoteUnrender():
            _unrender(draft, command, asking)
        case _:
            assert_never(command)


def _render(draft: Draft, command: NoteRender, asking: Asking) -> None:
    state = draft.room
    note = _note(draft, command.card, asking)
    if not is_language(command.language):
        raise Refused("bad_request")
    made = state.renderings.get(note.card, {})
    old = made.get(command.language)
    if old is not None:
        _ensure_may(note, old, asking)
    elif (
        len(made) >= LANGUAGES_MOST
        or sum(1 for _ in renderings.made_by(state, asking.seat.id)) >= SEAT_MOST
        or renderings.count(state) >= ROOM_MOST
    ):
        raise Refused("full")
    draft.add(
        RenderingMade(
            card=note.card,
            language=command.language,
            words=asking.mint.ref(command.text, RENDERING_LIMIT),
            by=asking.seat.id,
            of=command.of or asking.known.original,
            at=asking.now,
            before=old.words if old else "",
        )
    )


def _unrender(draft: Draft, command: NoteUnrender, asking: Asking) -> None:
    one = draft.room.renderings.get(command.card, {}).get(command.language)
    if one is None:
        raise Refused("unknown", board_moves.NOT_THERE)
    if one.by != asking.seat.id:  # whose it is takes it away wherever it went
        _ensure_may(_note(draft, command.card, asking), one, asking)
    draft.add(RenderingGone(card=one.card, language=one.language, words=one.words, by=one.by))


def _note(draft: Draft, card: str, asking: Asking) -> NoteAdded:
    """The card, if the asking seat may read it and write beside it. Raises `Refused`; of a card
    one may not read nobody is told that it is there."""
    state = draft.room
    if asking.seat.role not in MAY:
        raise Refused("not_allowed")
    note = state.notes.get(card)
    if note is None or note.kind == "theme" or not _stands(draft, note, asking):
        raise Refused("unknown", board_moves.NOT_THERE)
    return note


def _stands(draft: Draft, note: NoteAdded, asking: Asking) -> bool:
    state = draft.room
    if renderings.is_aside(state, note):
        return False
    readable = documents_of(Whole(state, draft.running), draft.activities, asking.seat)
    return not frozenset(readable).isdisjoint(card_lookup.stands_in(state, note))


def _ensure_may(note: NoteAdded, one: RenderingMade, asking: Asking) -> None:
    """Raises `Refused` unless the asking seat made it, wrote the card, or is a facilitator."""
    seat = asking.seat
    if seat.id not in (one.by, note.seat) and seat.role != "facilitator":
        raise Refused("not_allowed", NOT_YOURS)

"""What people decide about cards: adding one, putting it under a theme, taking it away."""

from typing import assert_never

from activities import board
from activities.blocks import Cards
from activities.kernel import Command, Refused
from rooms import board_desk, commits, wire
from rooms.asking import Asking
from rooms.documents import CARDS_PER_SEAT
from rooms.offers import Standing
from rooms.room_view import BOARD_KINDS, seat_view
from rooms.whole import Draft, Whole

SECTION_LIMIT = 100
"""Characters of a section's id: ids, never text."""

FACILITATOR_KINDS = (*BOARD_KINDS, "theme")
"""Kinds of cards facilitators may put on the board at any time."""

NoteCommand = wire.NoteAdd | wire.NoteMove | wire.NoteDelete
"""The commands of this module."""


def decide(draft: Draft, command: NoteCommand, asking: Asking) -> None:
    """Decide about a card. Raises `Refused`."""
    match command:
        case wire.NoteAdd():
            draft.add(added := _note(draft, command, asking))
            if added.document == "board":
                _tell(draft, board.NoteCame(note=board_desk.note_of(added)), asking)
        case wire.NoteMove():
            note = draft.room.notes.get(command.card)
            theme = draft.room.notes.get(command.theme) if command.theme else None
            if note is None or (command.theme and (theme is None or theme.kind != "theme")):
                raise Refused("unknown")
            if note.document != "board" and note.card not in draft.room.shared:
                raise Refused("not_allowed")  # a circle's or a private card has no theme
            if note.seat != asking.seat.id:
                asking.ensure_facilitator()
            if note.kind == "theme":
                raise Refused("bad_request")
            draft.add(commits.NoteMoved(card=command.card, theme=command.theme))
            _tell(draft, board.NoteShifted(card=note.card, theme=command.theme), asking)
        case wire.NoteDelete():
            note = draft.room.notes.get(command.card)
            if note is None or note.document != _full_name(command.document, asking):
                raise Refused("unknown")
            if note.seat != asking.seat.id:
                raise Refused("not_allowed")
            draft.add(
                commits.NoteDeleted(document=note.document, card=command.card, words=note.words)
            )
            _tell(draft, board.NoteWent(card=note.card), asking)
        case _:
            assert_never(command)


def _tell(draft: Draft, command: Command, asking: Asking) -> None:
    draft.tell_current(command, asking.clock(draft))


def _full_name(document: str, asking: Asking) -> str:
    return f"mine/{asking.seat.id}" if document == "mine" else document


def _note(draft: Draft, command: wire.NoteAdd, asking: Asking) -> commits.NoteAdded:
    """A card may be added where the seat's own screen has a section for it; facilitators always
    on the board."""
    seat, state = asking.seat, draft.room
    document = _full_name(command.document, asking)
    if not _section_offered(draft, command, asking):
        drawer = seat.role == "facilitator" and document == "board"
        if not drawer or command.kind not in FACILITATOR_KINDS:
            raise Refused("not_allowed")
    if len(command.section) > SECTION_LIMIT:
        raise Refused("bad_request")
    there = sum(n.seat == seat.id and n.document == document for n in state.notes.values())
    if there >= CARDS_PER_SEAT:
        raise Refused("full")
    group = document.removeprefix("group/") if document.startswith("group/") else ""
    if command.theme and (t := state.notes.get(command.theme)) and t.kind != "theme":
        raise Refused("bad_request")
    where = document.split("/")[0]
    scope = {"mine": "self", "group": "circle"}.get(where, state.default_scope)
    return commits.NoteAdded(
        document=document,
        card=f"{seat.id}-{asking.new_id()}",
        kind=command.kind,
        section=command.section,
        theme=command.theme if command.theme in state.notes else "",
        words=command.text.ref,
        seat=seat.id,
        entered_by=asking.entered_by,
        activity=state.current,
        group=group,
        language=asking.seat.language,
        scope=scope,
        at=asking.now,
    )


def _section_offered(draft: Draft, command: wire.NoteAdd, asking: Asking) -> bool:
    standing = Standing(
        here=asking.presence.here, since=asking.presence.since, now=asking.now, running=False
    )
    whole = Whole(draft.room, draft.running)
    view, _ = seat_view(whole, draft.activities, asking.seat, "seat", standing)
    return any(
        isinstance(block, Cards)
        and block.add
        and block.document == command.document
        and block.section == command.section
        and command.kind in block.kinds
        for block in view.blocks
    )

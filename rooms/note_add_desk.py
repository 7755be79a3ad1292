"""Adding a card: where it may go, what it may be, and with which picture."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from activities import board
from activities.blocks import Cards, say
from activities.kernel import Refused
from rooms import (
    board_desk,
    board_events,
    board_moves,
    card_desk,
    commits,
    section_desk,
    wire_board,
)
from rooms.asking import Asking
from rooms.board_moves import Spot
from rooms.offers import Standing
from rooms.room_state import RoomState
from rooms.room_view import seat_view
from rooms.whole import Draft, Whole

SECTION_LIMIT = 100
"""Characters of a section's id: ids, never text."""

BY_HAND: Final = (
    "insight", "question", "practice", "quote", "parking", "burning_question", "worthwhile",
    "plus", "delta", "offer", "need", "contact", "ask", "reply", "agreement", "update",
)  # fmt: skip
"""Kinds of `methods.md` 1.7 that facilitators may put on the board by hand. The others come from
where their owner is asked: titles and moments from a story, commitments with their date, scores and
moods from numbers. Themes are made with `theme.add`, or by hand like these."""

NO_PICTURE: Final = say("This picture is not here any more. Choose it again.")
SAY_WHAT: Final = say("Say in a few words what is on the picture, for those who cannot see it.")
ASK_FIRST: Final = say(
    "Ask the people who can be recognised first. The picture was not shown to anybody."
)
THEMES_FULL: Final = say(
    "This board has {limit} themes, more than anybody can read. Merge some first.",
    limit=wire_board.MOST_THEMES,
)


def add(draft: Draft, command: wire_board.NoteAdd, asking: Asking) -> None:
    """A card may be added where the seat's own screen has a section for it; facilitators always
    on the board. Raises `Refused`."""
    seat, state = asking.seat, draft.room
    document = card_desk.full_name(command.document, asking)
    offered = _section_offered(draft, command, asking)
    if offered is None:
        drawer = seat.role == "facilitator" and document == "board"
        if not drawer or command.kind not in (*BY_HAND, "theme"):
            raise Refused("not_allowed")
    if len(command.section) > SECTION_LIMIT:
        raise Refused("bad_request")
    if offered is None and command.section:
        card_desk.ensure_section(state, command.section)
    if command.theme and not board_moves.is_theme(state.notes, command.theme):
        raise Refused("unknown" if command.theme not in state.notes else "bad_request")
    if command.kind == "theme" and document == "board":
        ensure_themes_fit(state)
    card_desk.ensure_room(state, seat.id, document)
    if offered is not None and document == "board":
        section_desk.open_section(draft, command.section, offered.heading or offered.title)
    note = new_note(draft, asking, document, command.kind, command.section, command.text.ref)
    if document == "board" and note.kind != "theme" and command.theme:
        note = replace(note, theme=command.theme)
    lay(draft, with_photo(state, note, command, asking), command.after, asking)


def with_photo(
    state: RoomState, note: commits.NoteAdded, command: wire_board.NoteAdd, asking: Asking
) -> commits.NoteAdded:
    """The card with the picture it is to show. Raises `Refused` without words for those who cannot
    see it, and without a yes of the people on it (LJ4)."""
    if not command.photo:
        if command.alt is not None or command.faces is not None:
            raise Refused("bad_request")
        return note
    if note.kind == "theme":
        raise Refused("bad_request")
    if command.photo != asking.known.photo or command.photo in state.photos:
        raise Refused("unknown", NO_PICTURE)
    if command.alt is None or not asking.mint.texts[command.alt.ref].strip():
        raise Refused("bad_request", SAY_WHAT)
    if command.faces not in ("none", "agreed"):
        raise Refused("not_allowed", ASK_FIRST)
    alt = asking.mint.ref(command.alt, wire_board.ALT_LIMIT)
    return replace(note, photo=command.photo, alt=alt, faces=command.faces)


def ensure_themes_fit(state: RoomState) -> None:
    """Raises `Refused("full")` when the board has as many themes as fit."""
    if len(board_moves.standing(state, Spot(board_moves.THEMES))) >= wire_board.MOST_THEMES:
        raise Refused("full", THEMES_FULL)


def new_note(
    draft: Draft, asking: Asking, document: str, kind: str, section: str, words: str
) -> commits.NoteAdded:
    """A card of the asking seat, not placed yet."""
    return commits.NoteAdded(
        document=document,
        card=f"{asking.seat.id}-{asking.new_id()}",
        kind=kind,
        section=section,
        theme="",
        words=words,
        seat=asking.seat.id,
        entered_by=asking.entered_by,
        activity=draft.room.current,
        group=document.removeprefix("group/") if document.startswith("group/") else "",
        language=asking.seat.language,
        scope={"mine": "self", "group": "circle"}.get(
            document.split("/")[0], draft.room.default_scope
        ),
        at=asking.now,
    )


def lay(draft: Draft, note: commits.NoteAdded, after: str | None, asking: Asking) -> None:
    """Add a card where it says it stands, on the board behind `after`. Raises `Refused`."""
    if note.document != "board":
        draft.add(note)  # circles and private notes keep the order in which they came
        return
    state = draft.room
    keys = board_moves.keys_in(state, board_moves.spot_of(state, note), after, 1)
    if keys.renumbered:
        places = board_moves.renumbered(state, keys)
        card_desk.add_events(draft, [board_events.CardsPlaced(places=places)], asking)
    added = replace(note, order=keys.keys[0])
    draft.add(added)
    card_desk.tell(draft, board.NoteCame(note=board_desk.note_of(added)), asking)


def _section_offered(draft: Draft, command: wire_board.NoteAdd, asking: Asking) -> Cards | None:
    """The block of the seat's own screen that takes this card."""
    return next(
        (
            block
            for block in sections_offered(draft, asking)
            if block.document == command.document
            and block.section == command.section
            and command.kind in block.kinds
        ),
        None,
    )


def sections_offered(draft: Draft, asking: Asking) -> Iterator[Cards]:
    """The blocks of the seat's own screen that take cards now."""
    standing = Standing(
        here=asking.presence.here, since=asking.presence.since, now=asking.now, running=False
    )
    whole = Whole(draft.room, draft.running)
    view, _ = seat_view(whole, draft.activities, asking.seat, "seat", standing)
    yield from (block for block in view.blocks if isinstance(block, Cards) and block.add)

"""What people decide about cards: adding one, putting it elsewhere, ticking it, changing one
without a name, taking it away and bringing it back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, assert_never

from msgspec.structs import replace

from activities import board
from activities.blocks import Cards, say
from activities.kernel import Command, Refused
from rooms import (
    board_desk,
    board_events,
    board_moves,
    card_lookup,
    commits,
    section_desk,
    wire_board,
)
from rooms.asking import Asking, moment_of
from rooms.board_moves import GONE_ON, NOT_THERE, Spot, is_on_board
from rooms.board_state import UNDO_MS
from rooms.documents import CARDS_PER_SEAT
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

YOURS: Final = say("This one is yours already.")
NOT_YOURS: Final = say("Only who wrote a note can take it away.")
NOT_YOURS_TO_CHANGE: Final = say("Only who wrote a note can change it.")
TOO_LATE: Final = say("This note is gone for good. You can write it again.")
ENOUGH: Final = say("You have as many notes here as fit: {limit}.", limit=CARDS_PER_SEAT)
NO_SUCH_SECTION: Final = say("There is no such section on this board. Look again.")
NO_SUCH_THEME: Final = say("This theme is not there any more. Look again.")
MOVE_THEMES: Final = say("A theme cannot stand under another one. Merge the two.")
TOO_MANY: Final = say(
    "That is more than {limit} notes at once. Take fewer.", limit=wire_board.MOST_TOGETHER
)
NO_PICTURE: Final = say("This picture is not here any more. Choose it again.")
SAY_WHAT: Final = say("Say in a few words what is on the picture, for those who cannot see it.")
ASK_FIRST: Final = say(
    "Ask the people who can be recognised first. The picture was not shown to anybody."
)
THEMES_FULL: Final = say(
    "This board has {limit} themes, more than anybody can read. Merge some first.",
    limit=wire_board.MOST_THEMES,
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
            _add(draft, command, asking)
        case wire_board.NoteMove():
            _move(draft, command, asking)
        case wire_board.NoteTick():
            _tick(draft, command, asking)
        case wire_board.NoteDelete():
            _take(draft, command, asking)
        case wire_board.NoteRestore():
            _restore(draft, command, asking)
        case wire_board.NoteReword():
            _reword(draft, command, asking)
        case _:
            assert_never(command)


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


def erase_due(draft: Draft) -> None:
    """What was taken away a minute ago is gone for good."""
    for taken in draft.room.board.taken.values():
        if taken.at + UNDO_MS <= draft.now:
            draft.add(_gone(taken.note))


def dropped(draft: Draft, cards: Iterable[str], dice: int) -> None:
    """Their authors took these cards away in a document itself: there is nothing to bring back."""
    clock = moment_of(draft, None, draft.now, dice)
    for card in cards:
        if (note := draft.room.notes.get(card)) is not None:
            for event in board_moves.loosened(draft.room, card):
                draft.add(event)
            draft.add(_gone(note))
            draft.tell_current(board.NoteWent(card=card), clock)


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
        _ensure_section(state, command.section)
    if len(cards) > 1 and command.theme is None and command.section is None:
        raise Refused("bad_request")  # they come from several places, and go to one
    for card in cards:
        unchanged_since(state, card, command.since)
    theme = command.theme
    if theme is None and command.section is not None:
        theme = ""
    moved = board_moves.put(state, cards, section=command.section, theme=theme, after=command.after)
    add_events(draft, [moved], asking)
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


def _ensure_section(state: RoomState, section: str) -> None:
    """Raises `Refused` unless the board has this section, or a card stands in it."""
    known = section in state.board.sections or any(
        n.section == section and is_on_board(state, n) for n in state.notes.values()
    )
    if not known:
        raise Refused("unknown", NO_SUCH_SECTION)


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
    tell(draft, board.NoteLiked(card=note.card, seat=seat.id, on=command.on), asking)


def _take(draft: Draft, command: wire_board.NoteDelete, asking: Asking) -> None:
    state = draft.room
    note = state.notes.get(command.card)
    if note is None or note.document != _full_name(command.document, asking):
        raise Refused("unknown", NOT_THERE)
    if not _may_take(note, asking):
        raise Refused("not_allowed", NOT_YOURS)
    under: tuple[str, ...] = ()
    if note.kind == "theme" and is_on_board(state, note):
        there = board_moves.standing(state, board_moves.Spot(board_moves.THEME, note.card))
        under = tuple(n.card for n in there)
        add_events(draft, board_moves.loosened(state, note.card), asking)
    _make_way(draft, note.seat)
    draft.add(board_events.NoteTaken(card=note.card, at=asking.now, under=under))
    tell(draft, board.NoteWent(card=note.card), asking)


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
        draft.add(_gone(mine[0].note))


def _gone(note: commits.NoteAdded) -> commits.NoteDeleted:
    return commits.NoteDeleted(document=note.document, card=note.card, words=note.words)


def _restore(draft: Draft, command: wire_board.NoteRestore, asking: Asking) -> None:
    state = draft.room
    taken = state.board.taken.get(command.card)
    if taken is None or taken.merged or not _may_take(taken.note, asking):
        raise Refused("unknown", TOO_LATE)
    note = taken.note
    if asking.seat.id in state.safety.hidden or note.words in state.safety.words:
        raise Refused("not_allowed")  # it would be the only thing of this person not hidden
    if asking.now >= taken.at + UNDO_MS:
        raise Refused("unknown", TOO_LATE)
    ensure_room(state, note.seat, note.document)
    draft.add(board_events.NoteRestored(card=note.card))
    if not is_on_board(draft.room, note):
        return
    theme = note.theme if board_moves.is_theme(state.notes, note.theme) else ""
    spot = board_moves.spot_of(draft.room, draft.room.notes[note.card])
    others = [n for n in board_moves.standing(draft.room, spot) if n.card != note.card]
    before = [n.card for n in others if n.order <= note.order]
    after = before[-1] if before else ""
    back = board_moves.put(draft.room, [note.card], theme=theme, after=after)
    add_events(draft, [back], asking)
    tell(draft, board.NoteCame(note=board_desk.note_of(draft.room.notes[note.card])), asking)
    if note.kind == "theme":
        loose = [c for c in taken.under if (n := state.notes.get(c)) and not n.theme]
        add_events(draft, [board_moves.put(draft.room, loose, theme=note.card)], asking)


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


def _full_name(document: str, asking: Asking) -> str:
    return f"mine/{asking.seat.id}" if document == "mine" else document


def _add(draft: Draft, command: wire_board.NoteAdd, asking: Asking) -> None:
    """A card may be added where the seat's own screen has a section for it; facilitators always
    on the board."""
    seat, state = asking.seat, draft.room
    document = _full_name(command.document, asking)
    offered = _section_offered(draft, command, asking)
    if offered is None:
        drawer = seat.role == "facilitator" and document == "board"
        if not drawer or command.kind not in (*BY_HAND, "theme"):
            raise Refused("not_allowed")
    if len(command.section) > SECTION_LIMIT:
        raise Refused("bad_request")
    if offered is None and command.section:
        _ensure_section(state, command.section)
    if command.theme and not board_moves.is_theme(state.notes, command.theme):
        raise Refused("unknown" if command.theme not in state.notes else "bad_request")
    if command.kind == "theme" and document == "board":
        ensure_themes_fit(state)
    ensure_room(state, seat.id, document)
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


def ensure_room(state: RoomState, seat: str, document: str) -> None:
    """Raises `Refused("full")` when a seat has as many cards in a document as fit."""
    there = sum(n.document == document for n in card_lookup.of_seat(state, seat))
    if there >= CARDS_PER_SEAT:
        raise Refused("full", ENOUGH)


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
        add_events(draft, [board_events.CardsPlaced(places=places)], asking)
    added = replace(note, order=keys.keys[0])
    draft.add(added)
    tell(draft, board.NoteCame(note=board_desk.note_of(added)), asking)


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

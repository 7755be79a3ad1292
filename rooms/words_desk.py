"""Writing down what somebody said, changing it, keeping it closer, and deleting it for good: what
the room decides about people's words beside the answer to the release card (`methods.md` 1.8).
"""

from collections.abc import Iterable
from typing import Final, assert_never

from activities import consent as consents
from activities.blocks import say
from activities.kernel import Refused
from rooms import (
    card_lookup,
    commits,
    consent_desk,
    memo_states,
    safety_desk,
    seat_desk,
    wire_words,
)
from rooms import whole as wholes
from rooms.asking import Asking
from rooms.room_state import RoomState
from rooms.whole import Activities, Draft, Whole
from rooms.wire_words import SPOKEN_LIMIT
from rooms.words_events import (
    CardAt,
    ConsentScoped,
    SeatForgotten,
    WordsForgotten,
    WordsReworded,
    WordsWritten,
)
from rooms.words_state import due

TELLING: Final = ("telling.offer", "telling.turn", "telling.breath", "second_chance", "half_")
"""How phases of a seat begin in which somebody of its circle or pair tells."""

SCRIBED_MOST: Final = 40
"""Texts one person may have written down that nobody has answered for: more than an evening's
release cards, and a bound for who would flood somebody's screen."""

LISTEN_NOW: Final = say("Somebody is telling. Write it down when they have finished.")
NOT_TOGETHER: Final = say("You can write down what somebody of your own group has said.")
OWNER_CHANGES: Final = say("Only the person who said it changes these words.")
ON_THE_BOARD: Final = say("Change this card on the board, where it stands.")
TEXT_GONE: Final = say("These words were deleted, as you wished. Write them again first.")
NEVER_LEAVES: Final = say("This reaches no memo, whatever is answered.")
NOT_YET_GIVEN: Final = say("Give these words first; then you can say how far they may travel.")


def decide(draft: Draft, command: wire_words.WordsCommand, asking: Asking) -> None:
    """Decide one of this module's commands. Raises `Refused`."""
    match command:
        case wire_words.WordsWrite():
            _write(draft, command, asking)
        case wire_words.WordsEdit():
            _edit(draft, command, asking)
        case wire_words.WordsErase():
            _erase(draft, command, asking)
        case wire_words.ConsentNarrow() | wire_words.ConsentWiden():
            _scope(draft, command, asking)
        case wire_words.SeatForget():
            _forget(draft, command, asking)
        case _:
            assert_never(command)


def tells(whole: Whole, activities: Activities, seat: str) -> bool:
    """Whether somebody tells now where this seat is, or it holds the turn itself: not the moment
    to write, nor to ask it anything."""
    if not (id := wholes.current(whole, activities)):
        return False
    here = whole.running[id]
    activity = activities[here.kind]
    if activity.phase(here.state, seat).startswith(TELLING):
        return True
    return "teller" in activity.roles(here.state, seat, frozenset({"member"}))


def _write(draft: Draft, command: wire_words.WordsWrite, asking: Asking) -> None:
    state = draft.room
    speaker = state.seats.get(command.seat)
    if speaker is None or not speaker.person or speaker.status not in ("in", "left"):
        raise Refused("unknown")
    if asking.seat.role not in ("facilitator", "participant"):
        raise Refused("not_allowed")
    whole = Whole(draft.room, draft.running)
    apart = asking.seat.role != "facilitator" and asking.seat.id != speaker.id
    if apart and not _together(whole, draft.activities, asking.seat.id, speaker.id):
        raise Refused("not_allowed", NOT_TOGETHER)
    for seat in (speaker.id, asking.seat.id):
        if tells(whole, draft.activities, seat):
            raise Refused("closed", LISTEN_NOW)
    waiting = (ref for ref in state.written if ref not in state.consents)
    if sum(state.written[ref].by == asking.seat.id for ref in waiting) >= SCRIBED_MOST:
        raise Refused("full")
    draft.add(
        WordsWritten(
            words=asking.mint.ref(command.text, SPOKEN_LIMIT),
            seat=speaker.id,
            by=asking.seat.id,
            kind=command.kind,
            activity=state.current,
            at=asking.now,
        )
    )


def _together(whole: Whole, activities: Activities, one: str, other: str) -> bool:
    """Whether two seats sit or sat in one circle or pair, or all are in the plenary."""
    groups = wholes.groups(whole, activities)
    return any({one, other} <= set(group.members) for group in groups) or not groups


def _edit(draft: Draft, command: wire_words.WordsEdit, asking: Asking) -> None:
    whole = Whole(draft.room, draft.running)
    found = consent_desk.found_of(whole, draft.activities, command.words)
    if found is None:
        raise Refused("unknown")
    if found.seat != asking.seat.id:
        raise Refused("not_allowed", OWNER_CHANGES)
    if consent_desk.card_of(whole, command.words) is not None:
        raise Refused("not_allowed", ON_THE_BOARD)
    asking.mint.rename(command.text, command.words, SPOKEN_LIMIT)
    draft.add(WordsReworded(words=command.words, kind=found.kind, at=asking.now))


def _scope(
    draft: Draft, command: wire_words.ConsentNarrow | wire_words.ConsentWiden, asking: Asking
) -> None:
    whole = Whole(draft.room, draft.running)
    ref = command.words
    found = consent_desk.found_of(whole, draft.activities, ref)
    if found is None or found.seat != asking.seat.id:
        raise Refused("not_allowed")
    if found.kind in consents.NEVER:
        raise Refused("not_allowed", NEVER_LEAVES)
    stands = consent_desk.consent_of(whole, ref, found.kind)
    change = consents.narrow if isinstance(command, wire_words.ConsentNarrow) else consents.widen
    if command.scope == stands.scope:
        raise Refused("duplicate")
    try:
        new = change(stands, command.scope)
    except Refused as refused:
        if refused.reason == "not_allowed":
            raise Refused("not_allowed", NOT_YET_GIVEN) from refused
        raise
    draft.add(
        ConsentScoped(
            words=ref, seat=asking.seat.id, scope=new.scope, kind=found.kind, at=asking.now
        )
    )


# --- deleting -------------------------------------------------------------------------------------


def _erase(draft: Draft, command: wire_words.WordsErase, asking: Asking) -> None:
    if not command.words:
        draft.add(_all_of(draft, asking.seat.id, asking.known.cards, named=True))
        return
    whole, ref = Whole(draft.room, draft.running), command.words
    found = consent_desk.found_of(whole, draft.activities, ref)
    scribe = draft.room.written.get(ref)
    if found is None:
        raise Refused("unknown")
    own = found.seat == asking.seat.id
    if not own and (scribe is None or scribe.by != asking.seat.id):
        raise Refused("not_allowed")
    if not own and ref in draft.room.consents:
        raise Refused("not_allowed", OWNER_CHANGES)
    card = consent_desk.card_of(whole, ref)
    seats = (found.seat, *((scribe.by,) if scribe else ()))
    cards = (card,) if card else ()
    draft.add(WordsForgotten(words=(ref,), cards=cards, wholly=True, seats=seats))


def _forget(draft: Draft, command: wire_words.SeatForget, asking: Asking) -> None:
    seat = draft.room.seats.get(command.seat)
    if seat is None or not seat.person or not seat.name:
        raise Refused("unknown")
    if seat.id == asking.seat.id:
        raise Refused("not_allowed", safety_desk.NOT_YOURSELF)
    if seat.organiser:
        raise Refused("not_allowed", safety_desk.NOT_THE_ORGANISER)
    if seat.status != "removed":
        seat_desk.gone(draft, seat, asking, removed=True)
    draft.add(_all_of(draft, seat.id, asking.known.cards, named=False))


def _all_of(draft: Draft, seat: str, cards: Iterable[CardAt], *, named: bool) -> SeatForgotten:
    """Everything of a seat: what it said or typed, its cards, and (unless `named`) its name. What
    it wrote for the room as a facilitator (agenda, prose, questions, notices) is the room's."""
    state = draft.room
    own = {
        (note.document, note.card): note.words
        for note in card_lookup.of_seat(state, seat)
        if not (named and note.kind == "theme")
    }
    for card, taken in state.board.taken.items():  # taken away, and not erased yet
        if taken.note.seat == seat:
            own[taken.note.document, card] = taken.note.words
    themes = {card for card, note in state.notes.items() if note.kind == "theme" and named}
    hidden = state.safety.hidden.get(seat)  # where no document shows it
    known = (*cards, *(hidden.cards if hidden else ()))
    there = tuple(at for at in known if at[1] not in themes)
    record = state.seats[seat]
    kept = frozenset((record.name, record.organisation)) if named else frozenset[str]()
    refs = (
        *(ref for ref, words in state.words.items() if words.seat == seat),
        *(ref for ref, known in state.consents.items() if known.seat == seat),
        *(ref for ref, written in state.written.items() if written.seat == seat),
        *own.values(),
        *(() if named else (record.name, record.organisation)),
    )
    room = _of_the_room(state)
    if named:
        room |= {note.words for note in state.notes.values() if note.kind == "theme"}
    words = tuple(dict.fromkeys(ref for ref in refs if ref and ref not in room | kept))
    cards = tuple(dict.fromkeys((*there, *own)))
    scribes = dict.fromkeys(w.by for w in state.written.values() if w.seat == seat != w.by)
    return SeatForgotten(seat=seat, words=words, cards=cards, named=named, scribes=tuple(scribes))


def _of_the_room(state: RoomState) -> frozenset[str]:
    """Texts that are the room's own, whoever typed them."""
    return frozenset(
        (
            state.title,
            state.notice,
            state.hall.call,
            *state.keys.values(),
            *state.prose.values(),
            *state.questions.values(),
            *memo_states.kept(state),
            *(section.words for section in state.board.sections.values()),
            *(ref for item in state.agenda for ref in (item.words, item.notes)),
            *(ref for item in state.agenda for ref in refs_in(item.settings)),
        )
    )


def refs_in(settings: object) -> Iterable[str]:
    """Every string of an item's settings: what is a reference cannot be told from a word, and what
    is none is harmless here."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, dict):
        for value in settings.values():
            yield from refs_in(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from refs_in(value)


def board_forgotten(
    draft: Draft, printed: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts that go and the cards that stay when the date of the raw board has come.
    `printed`: ids of what stands in the memo."""
    state = draft.room
    kept = tuple(
        card for card, note in state.notes.items() if card in printed or note.kind == "theme"
    )
    names = {ref for seat in state.seats.values() for ref in (seat.name, seat.organisation)}
    stay = _of_the_room(state) | names | printed | {state.notes[card].words for card in kept}
    stay |= {state.notes[card].alt for card in kept}
    return tuple(ref for ref in state.words if ref not in stay), kept


def refused_due(state: RoomState, now: int) -> dict[str, commits.NoteAdded | None]:
    """Words whose owner said no ten minutes ago, each with the card that carries it."""
    cards = card_lookup.by_words(state)
    return {ref: cards.get(ref) for ref, at in due(state).items() if at <= now}


def said_by(draft: Draft, seat: str, entered_by: str) -> dict[str, tuple[str, str]]:
    """Whose texts of a commit are not its sender's, and who typed them: what somebody wrote down
    for another, and what took the place of an older text."""
    found: dict[str, tuple[str, str]] = {}
    for event in draft.events:
        if isinstance(event, WordsWritten):
            found[event.words] = (event.seat, entered_by or (seat if seat != event.seat else ""))
        elif isinstance(event, WordsReworded) and (old := draft.room.words.get(event.words)):
            found[event.words] = (old.seat or seat, entered_by)
    return found

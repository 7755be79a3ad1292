"""Deleting words for good: what their owner asks for, and what the room has promised
(`methods.md` 1.8)."""

from collections.abc import Iterable
from typing import Final

from activities.blocks import say
from activities.kernel import Refused
from rooms import (
    card_lookup,
    consent_desk,
    memo_states,
    renderings,
    safety_desk,
    seat_desk,
    wire_words,
)
from rooms.asking import Asking
from rooms.room_state import RoomState
from rooms.whole import Draft, Whole
from rooms.words_events import BoardForgotten, CardAt, SeatForgotten, WordsForgotten
from rooms.words_state import forget_times

OWNER_CHANGES: Final = say("Only the person who said it changes these words.")


def erase(draft: Draft, command: wire_words.WordsErase, asking: Asking) -> None:
    """Delete a text of one's own, or that one wrote down and nobody has answered for; or, without
    a text, everything of oneself. Raises `Refused`."""
    if not command.words:
        _forget(draft, _all_of(draft, asking.seat.id, asking.known.cards, named=True))
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
    _forget(draft, WordsForgotten(words=(ref,), cards=cards, wholly=True, seats=seats))


def forget(draft: Draft, command: wire_words.SeatForget, asking: Asking) -> None:
    """Remove somebody and delete everything of theirs. Raises `Refused`."""
    seat = draft.room.seats.get(command.seat)
    if seat is None or not seat.person or not seat.name:
        raise Refused("unknown")
    if seat.id == asking.seat.id:
        raise Refused("not_allowed", safety_desk.NOT_YOURSELF)
    if seat.organiser:
        raise Refused("not_allowed", safety_desk.NOT_THE_ORGANISER)
    if seat.status != "removed":
        seat_desk.gone(draft, seat, asking, removed=True)
    _forget(draft, _all_of(draft, seat.id, asking.known.cards, named=False))


def _forget(draft: Draft, event: WordsForgotten | SeatForgotten) -> None:
    """Forget, and first what the cards were put into other languages as, by whomever, and what the
    seat made of others' cards."""
    seat = event.seat if isinstance(event, SeatForgotten) else ""
    cards = frozenset(card for _, card in event.cards)
    for gone in tuple(renderings.gone(draft.room, cards=cards, words=event.words, seat=seat)):
        draft.add(gone)
    draft.add(event)


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


def forget_board(draft: Draft, printed: frozenset[str]) -> None:
    """The date of the raw board has come: its texts go, but what stands in the memo. `printed`: ids
    of what stands there."""
    state = draft.room
    if state.board_gone:
        return  # another process was first
    kept = tuple(
        card for card, note in state.notes.items() if card in printed or note.kind == "theme"
    )
    names = {ref for seat in state.seats.values() for ref in (seat.name, seat.organisation)}
    stay = _of_the_room(state) | names | printed | {state.notes[card].words for card in kept}
    stay |= {state.notes[card].alt for card in kept}
    lost = frozenset((*state.renderings, *state.board.taken)) - frozenset(kept)
    for event in tuple(renderings.gone(state, cards=lost)):
        draft.add(event)
    stay |= {one.words for made in draft.room.renderings.values() for one in made.values()}
    words = tuple(ref for ref in state.words if ref not in stay)
    draft.add(BoardForgotten(words=words, kept=kept))


def forget_refused(draft: Draft) -> None:
    """Words whose owner said no ten minutes ago go, each with the card that carries it."""
    state = draft.room
    found = tuple(ref for ref, at in forget_times(state).items() if at <= draft.now)
    if not found:
        return
    cards = card_lookup.by_words(state)
    seats = {state.consents[ref].seat for ref in found}
    seats |= {state.written[ref].by for ref in found if ref in state.written}
    _forget(
        draft,
        WordsForgotten(
            words=found,
            cards=tuple((cards[ref].document, cards[ref].card) for ref in found if ref in cards),
            seats=tuple(sorted(seats)),
        ),
    )

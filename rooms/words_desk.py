"""Writing down what somebody said, changing it, keeping it closer: what the room decides about
people's words beside the answer to the release card (`methods.md` 1.8) and their deletion
(`forgetting_desk.py`)."""

from collections.abc import Iterable
from typing import Final, assert_never

from activities import consent as consents
from activities.blocks import say
from activities.kernel import Refused
from rooms import card_lookup, consent_desk, forgetting_desk, wire_words
from rooms import whole as wholes
from rooms.asking import Asking
from rooms.whole import Activities, Draft, Whole
from rooms.wire_words import SPOKEN_LIMIT
from rooms.words_events import (
    ConsentScoped,
    WordsReworded,
    WordsWritten,
)

SCRIBED_MOST: Final = 40
"""Texts one person may have written down that nobody has answered for: more than an evening's
release cards, and a bound for who would flood somebody's screen."""

LISTEN_NOW: Final = say("Somebody is telling. Write it down when they have finished.")
NOT_TOGETHER: Final = say("You can write down what somebody of your own group has said.")
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
            forgetting_desk.erase(draft, command, asking)
        case wire_words.ConsentNarrow() | wire_words.ConsentWiden():
            _scope(draft, command, asking)
        case wire_words.SeatForget():
            forgetting_desk.forget(draft, command, asking)
        case _:
            assert_never(command)


def tells(whole: Whole, activities: Activities, seat: str) -> bool:
    """Whether somebody tells now where this seat is, or it holds the turn itself: not the moment
    to write, nor to ask it anything."""
    if not (id := wholes.current(whole, activities)):
        return False
    here = whole.running[id]
    activity = activities[here.kind]
    if activity.phase(here.state, seat) in activity.tells:
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
        raise Refused("not_allowed", forgetting_desk.OWNER_CHANGES)
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


def reword_cards(draft: Draft, words: Iterable[str]) -> None:
    """Their authors changed the cards of these words on the board: a yes was for other words."""
    notes = card_lookup.by_words(draft.room)
    for ref in words:
        kind = notes[ref].kind if ref in notes else ""
        draft.add(WordsReworded(words=ref, kind=kind, at=draft.now))

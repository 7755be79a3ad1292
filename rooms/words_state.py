"""What answers, edits and deletions of people's words add up to, and what they change in a memo
that went out already (`methods.md` 1.8, A18).

The log alone says which words stood where when the memo was sent (`MemoSent.places`: ids, never
text), so that every process knows which places have to be sent again, and no facilitator is told
more than that.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec.structs import replace

from activities import consent
from activities.kernel import ConsentGiven
from rooms import memo_states
from rooms.words_events import (
    BoardForgotten,
    ConsentScoped,
    SeatForgotten,
    WordsEvent,
    WordsForgotten,
    WordsReworded,
    WordsWritten,
)

if TYPE_CHECKING:
    from rooms.commits import Commit, ConsentChanged
    from rooms.room_state import RoomState

REFUSED_KEPT: Final = 10 * 60_000
"""Milliseconds that words stay after their owner said no or took them back: long enough to think
again or to have tapped beside it, and then they are in no file any more."""

T = TypeVar("T")

NEW_WORDS: Final = ""
"""The place of words that were given only after the memo was sent."""


class WordsConsent(msgspec.Struct, frozen=True):
    """Where the consent to one text stands, and whose it is.

    `entered_by`: who pressed the button for somebody who answered aloud; `heard`: the second person
    who heard it (`methods.md` 1.8); `answer`: the commit the answer came with; `at` (ms): when;
    `digest`: the exact words that were answered for.
    """

    seat: str
    consent: consent.Consent
    entered_by: str = ""
    heard: str = ""
    answer: int = 0
    at: int = 0
    digest: str = ""

    @property
    def unheard(self) -> bool:
        """Whether it was said aloud and waits for a second person."""
        return self.consent.verbal and self.consent.state == "pending"

    @property
    def held(self) -> bool:
        """Whether its owner said no, or took the words back."""
        return self.consent.state in ("refused", "withdrawn")


def answered(
    state: "RoomState", ref: str, seat: str, stands: consent.Consent, at: int
) -> "RoomState":
    """The owner has answered for the words as they are now."""
    kept = state.words.get(ref)
    known = WordsConsent(seat, stands, at=at, digest=kept.digest if kept else "")
    return replace(state, consents={**state.consents, ref: known})


def consent_given(state: "RoomState", event: ConsentGiven, at: int) -> "RoomState":
    """An activity's release card was answered (`methods.md` 1.8)."""
    stands = consent.of_choice(event.choice, event.outside)
    return answered(state, event.words.ref, event.seat, stands, at)


def said_aloud(state: "RoomState", ref: str, commit: "Commit") -> "RoomState":
    """The answer to these words was pressed by somebody else: a yes is not given before a second
    person has heard it; a no holds at once (`methods.md` 1.8, *Proxied members*)."""
    known = state.consents[ref]
    answer = replace(known.consent, verbal=True)
    if answer.state == "given":
        answer = replace(answer, state="pending")
    kept = replace(known, consent=answer, entered_by=commit.entered_by, answer=commit.seq)
    return replace(state, consents={**state.consents, ref: kept})


def consent_changed(state: "RoomState", event: "ConsentChanged", at: int) -> "RoomState":
    """The owner answered again later, or withdrew."""
    if event.choice is not None:
        stands = consent.of_choice(event.choice, event.outside)
        return answered(state, event.words, event.seat, stands, at)
    old = state.consents.get(event.words)
    # What was never answered was given by default: an insight, say.
    before = old.consent if old else consent.Consent("memo", state="given")
    state = answered(state, event.words, event.seat, replace(before, state="withdrawn"), at)
    return replace(state, withdrawals=state.withdrawals + (before.state == "given"))


def lets_go(before: "RoomState", event: "ConsentChanged | ConsentScoped") -> bool:
    """Whether an event is an answer that a second person has to hear when it was said aloud: one
    that only keeps words closer is not."""
    if not isinstance(event, ConsentScoped):
        return True
    known = before.consents.get(event.words)
    was = known.consent if known else consent.default(event.kind, before.default_scope)
    return not consent.is_at_least(was.scope, event.scope)


def evolve(state: "RoomState", event: WordsEvent) -> "RoomState":
    """The state after one of this noun's events. Total."""
    match event:
        case WordsWritten():
            return replace(state, written={**state.written, event.words: event})
        case WordsReworded():
            return _reworded(state, event)
        case ConsentScoped():
            old = state.consents.get(event.words)
            before = old.consent if old else consent.default(event.kind, state.default_scope)
            stands = replace(before, scope=event.scope, state="given")
            if old is None:
                return answered(state, event.words, event.seat, stands, event.at)
            kept = replace(old, consent=stands, at=event.at)
            return replace(state, consents={**state.consents, event.words: kept})
        case WordsForgotten():
            state = without_words(without_cards(state, (c for _, c in event.cards)), event.words)
            if not event.wholly:
                return state
            lost = frozenset(event.words)
            taken = sum(
                known.consent.state == "given"
                for ref, known in state.consents.items()
                if ref in lost
            )
            return replace(
                state,
                consents=_but(state.consents, lost),
                written=_but(state.written, lost),
                gone=state.gone - lost,
                withdrawals=state.withdrawals + taken,
            )
        case SeatForgotten():
            return _seat_forgotten(state, event)
        case BoardForgotten():
            gone = [card for card in state.notes if card not in event.kept]
            state = without_words(without_cards(state, gone), event.words)
            return replace(state, desk=(), help={}, board_gone=True)


def _reworded(state: "RoomState", event: WordsReworded) -> "RoomState":
    """An answer was for other words (`methods.md` 1.8). What was deleted and is written anew is as
    if it had never been asked about."""
    known = state.consents.get(event.words)
    if known is None:
        return state
    if event.words in state.gone:
        state = replace(state, gone=state.gone - {event.words})
        kept = replace(known, consent=consent.default(event.kind, state.default_scope))
    else:
        kept = replace(known, consent=consent.edited(event.kind, known.consent))
    # Who said yes aloud says it again to the new words.
    spoken = replace(kept.consent, verbal=False)
    kept = replace(kept, consent=spoken, entered_by="", heard="", at=event.at)
    return replace(state, consents={**state.consents, event.words: kept})


def answers_moved(state: "RoomState", before: str, after: str, kind: str) -> "RoomState":
    """A card has other words under another reference: what its author answered goes with it, so
    that they travel no further than the old ones (WRD10)."""
    known = state.consents.get(before)
    if known is None or before == after:
        return state
    kept = state.words.get(after)
    stands = replace(consent.edited(kind, known.consent), verbal=False)
    moved = replace(
        known, consent=stands, entered_by="", heard="", digest=kept.digest if kept else ""
    )
    consents = {**_but(state.consents, frozenset((before,))), after: moved}
    return replace(state, consents=consents)


def without_words(state: "RoomState", refs: Iterable[str]) -> "RoomState":
    """These texts are no more; that they were refused or withdrawn is still known."""
    lost = frozenset(refs) & frozenset((*state.words, *state.consents, *state.written))
    if not lost:
        return state
    return replace(
        state,
        words=_but(state.words, lost),
        placed=_but(state.placed, lost - _lessons(state, lost)),
        ticks=_but(state.ticks, lost),
        prose={place: ref for place, ref in state.prose.items() if ref not in lost},
        memo=memo_states.without_words(state.memo, lost),
        gone=state.gone | {ref for ref in lost if ref in state.consents},
    )


def _lessons(state: "RoomState", lost: frozenset[str]) -> frozenset[str]:
    """Those of the lost words whose lesson may be told without them: its theme is still known."""
    known = ((ref, state.consents.get(ref)) for ref in lost)
    return frozenset(ref for ref, k in known if k is not None and consent.lesson_open(k.consent))


def without_cards(state: "RoomState", cards: Iterable[str]) -> "RoomState":
    """These cards are on no board any more; what stood under a theme that went stands alone."""
    lost = frozenset(cards)
    taken = {card: one for card, one in state.board.taken.items() if card not in lost}
    if len(taken) < len(state.board.taken):
        state = replace(state, board=replace(state.board, taken=taken))
    if not lost & state.notes.keys():
        return state
    notes = {
        card: replace(note, theme="") if note.theme in lost else note
        for card, note in state.notes.items()
        if card not in lost
    }
    placed = {ref: "" if theme in lost else theme for ref, theme in state.placed.items()}
    return replace(state, notes=notes, placed=placed, shared=state.shared - lost)


def _seat_forgotten(state: "RoomState", event: SeatForgotten) -> "RoomState":
    seat = event.seat
    state = without_words(without_cards(state, (c for _, c in event.cards)), event.words)
    taken = sum(
        known.seat == seat and known.consent.state == "given" for known in state.consents.values()
    )
    if not event.named:
        nobody = replace(state.seats[seat], name="", organisation="", devices=())
        state = replace(state, seats={**state.seats, seat: nobody})
    return replace(
        state,
        consents={r: k for r, k in state.consents.items() if k.seat != seat},
        written={r: w for r, w in state.written.items() if w.seat != seat},
        gone=state.gone - {r for r, k in state.consents.items() if k.seat == seat},
        help={s: h for s, h in state.help.items() if s != seat},
        ticks={ref: tuple(s for s in by if s != seat) for ref, by in state.ticks.items()},
        withdrawals=state.withdrawals + taken,
    )


def _but(kept: Mapping[str, T], lost: frozenset[str]) -> Mapping[str, T]:
    return {ref: value for ref, value in kept.items() if ref not in lost}


# --- what a memo that went out says no longer -----------------------------------------------------


def forget_times(state: "RoomState") -> Mapping[str, int]:
    """When words whose owner said no are to be forgotten (ms), by reference. A card that may not
    be quoted stays where its author put it; one that was taken back does not."""
    held = {ref: known for ref, known in state.consents.items() if known.held}
    if not held:
        return {}
    cards = {note.words for note in state.notes.values()}
    return {
        ref: known.at + REFUSED_KEPT
        for ref, known in held.items()
        if ref in state.words and (known.consent.state == "withdrawn" or ref not in cards)
    }


def sent_again(before: "RoomState", after: "RoomState") -> "RoomState":
    """`after` with what must be sent again, when the commit between them changed words that stand
    in a memo people have, or gave new ones."""
    after = memo_states.answered(before, after)
    if not before.sent or after.sent != before.sent:
        return after
    same = before.consents is after.consents and before.words is after.words
    if same and before.notes is after.notes:
        return after
    changed = {
        place
        for id, place in before.sent_places.items()
        if _standing(before, id) != _standing(after, id)
    }
    printed = {_ref(before, id) for id in before.sent_places}
    if any(
        ref not in printed and _is_given(known) and not _is_given(before.consents.get(ref))
        for ref, known in after.consents.items()
    ):
        changed.add(NEW_WORDS)
    if not changed:
        return after
    places = (*after.changed_since_sent, *sorted(changed - set(after.changed_since_sent)))
    # What is only new changes nothing people have: it waits for the next version.
    version = after.memo_version + (changed != {NEW_WORDS})
    return replace(after, memo_version=version, changed_since_sent=places)


def _ref(state: "RoomState", id: str) -> str:
    note = state.notes.get(id)
    return note.words if note is not None else id


def _standing(state: "RoomState", id: str) -> tuple[object, ...]:
    """What decides whether and how something is printed: its answer, and whether it is there."""
    ref = _ref(state, id)
    known = state.consents.get(ref)
    there = id in state.notes or ref in state.words
    if known is None:
        return (there,)
    answer = known.consent
    kept = state.words.get(ref)
    return (there, answer.state, answer.scope, answer.attribution, kept.digest if kept else "")


def _is_given(known: WordsConsent | None) -> bool:
    return (
        known is not None
        and known.consent.state == "given"
        and consent.is_at_least(known.consent.scope, "memo")
    )

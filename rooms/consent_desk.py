"""Whose words are what, and where their consent stands: the one door from people's words to the
memo.

Everything here only reads. Consent lives in the log (`consent.given`, `consent.changed`), never in
a document; texts in the words book; cards in the documents. `methods.md` 1.7, 1.8, G8, G10.
"""

from collections.abc import Callable, Mapping
from typing import Final

from activities import consent as consents
from activities.blocks import Who, Words
from activities.kernel import Harvest, Item
from rooms import card_lookup, wire
from rooms.whole import Activities, Whole
from rooms.words_events import CardAt
from rooms.words_state import forget_times

Text = Callable[[str], str | None]
Name = Callable[[str], str | None]

QUOTABLE: Final = consents.OWN_WORDS
"""Kinds that are somebody's exact words."""


def harvests(whole: Whole, activities: Activities) -> dict[str, Harvest]:
    """What each activity has left behind so far, by instance."""
    return {id: activities[here.kind].harvest(here.state) for id, here in whole.running.items()}


Items = Mapping[str, tuple[str, Item]]
"""By the reference of its words: the instance an item came from ("" for what somebody wrote down
for another), and the item."""

SILENCE: Final = 48 * 3_600_000
"""Milliseconds that words somebody wrote down wait for their owner; then silence means that they
are left out (`methods.md` A18, `consent_hours`)."""


def items(whole: Whole, activities: Activities) -> Items:
    """Every item by the reference of its words, with the instance it came from."""
    found = {
        item.words.ref: (id, item)
        for id, harvest in harvests(whole, activities).items()
        for item in harvest.items
    }
    for ref, one in whole.room.written.items():
        found[ref] = ("", Item(kind=one.kind, words=Words(ref), seat=one.seat))
    return found


def cards_by_author(whole: Whole) -> Mapping[str, Items]:
    """Cards of everyone's board and of circles as items, by author: words like all others."""
    # Asked for with every frame for every seat: kept with the value it is read from.
    known: dict[str, dict[str, tuple[str, Item]]] | None = whole.__dict__.get("cards_by_author")
    if known is None:
        known = whole.__dict__["cards_by_author"] = {}
        for note in whole.room.notes.values():
            if not note.document.startswith("mine/") and note.kind != "theme":
                item = Item(note.kind, Words(note.words), note.seat, note.group)
                known.setdefault(note.seat, {})[note.words] = ("", item)
    return known


def card_of(whole: Whole, ref: str) -> CardAt | None:
    """The card that carries these words, None when they are no card's."""
    note = card_lookup.by_words(whole.room).get(ref)
    return (note.document, note.card) if note else None


def consent_of(whole: Whole, ref: str, kind: str, shown: str = "") -> consents.Consent:
    """Where the consent to these words stands; what was never answered is not released. `shown`
    is the hash of the text on a card, which its author may have changed since the answer: then the
    answer was for other words."""
    state = whole.room
    known = state.consents.get(ref)
    if known is None:
        return consents.default(kind, state.default_scope)
    kept = state.words.get(ref)
    exact = shown or (kept.digest if kept else "")
    if known.digest and exact and known.digest != exact:
        return consents.edited(kind, known.consent)
    return known.consent


def waits(whole: Whole, ref: str, now: int) -> bool:
    """Whether words that somebody wrote down still wait for their owner's answer; later, silence
    leaves them out."""
    written = whole.room.written.get(ref)
    if written is None or ref in whole.room.gone:
        return False
    answer = consent_of(whole, ref, written.kind)
    return answer.state == "pending" and now < written.at + SILENCE


def found_of(whole: Whole, activities: Activities, ref: str) -> Item | None:
    """What these words are, None when nobody answers for them."""
    if (found := items(whole, activities).get(ref)) is not None:
        return found[1]
    at = card_of(whole, ref)
    if at is None:
        return None
    note = whole.room.notes[at[1]]
    if note.document.startswith("mine/") or note.kind == "theme":
        return None
    return Item(note.kind, Words(ref), note.seat, note.group)


def owner(whole: Whole, activities: Activities, ref: str) -> str:
    """The seat whose words these are, "" when they are nobody's to release: text that is neither
    answered for nor left behind by an activity nor on a card."""
    if (known := whole.room.consents.get(ref)) is not None:
        return known.seat
    found = found_of(whole, activities, ref)
    return found.seat if found else ""


def stands(whole: Whole, activities: Activities, ref: str) -> consents.Consent:
    """Where the consent to these words stands, whatever kind of words an activity says they are."""
    found = found_of(whole, activities, ref)
    return consent_of(whole, ref, found.kind if found else "quote")


def readable(whole: Whole, ref: str, viewer: str) -> bool:
    """Whether `viewer` may be shown these words on a screen: their owner always, others unless
    refused or withdrawn."""
    state = whole.room
    known = state.consents.get(ref)
    if known is None:
        # What a scribe wrote down is for the one who said it, and stays on the scribe's own screen.
        written = state.written.get(ref)
        return written is None or viewer in (written.seat, written.by)
    return known.seat == viewer or known.consent.state == "given"


def attribution(whole: Whole, seat: str, how: str, name: Name, text: Text) -> str:
    """The line under a quote, as released: nothing, a first name, or name and organisation."""
    person = whole.room.seats.get(seat)
    full = name(seat) or ""
    match how:
        case "first_name":
            return full.split(" ")[0]
        case "name_org":
            organisation = text(person.organisation) if person and person.organisation else ""
            return f"{full}, {organisation}" if organisation else full
        case _:
            return ""


def my_words(whole: Whole, found: Items, seat: str, now: int) -> wire.WordsMessage:
    """Everything of this seat that could be quoted or printed, with its present consent. `found`:
    `items`."""
    state = whole.room
    ends = forget_times(state)
    mine: list[wire.MyWords] = []
    cards = cards_by_author(whole).get(seat, {})
    for ref, (_, item) in (*found.items(), *cards.items()):
        if item.seat != seat or (ref not in state.words and ref not in state.gone):
            continue
        stands = consent_of(whole, ref, item.kind)
        known, kept = state.consents.get(ref), state.words.get(ref)
        scribe = state.written.get(ref)
        mine.append(
            wire.MyWords(
                words=ref,
                text=Words(ref) if kept else Words(""),
                kind=item.kind,
                state=stands.state,
                scope=stands.scope,
                attribution=stands.attribution,
                in_memo=stands.state == "given" and consents.is_at_least(stands.scope, "memo"),
                story=item.story,
                unheard=known is not None and known.unheard,
                by=Who(scribe.by) if scribe and scribe.by != seat else None,
                digest=kept.digest if kept else "",
                gone=kept is None,
                until=ends.get(ref, 0),
                card=ref in cards,
                own=item.kind in consents.OWN_WORDS,
                verbal=known.heard if known and known.consent.verbal else "",
            )
        )
    keeps = state.keep.board_until(state.kept_from), state.keep.memo_until(state.kept_from)
    return wire.WordsMessage(
        seat=seat,
        seq=state.seq,
        now=now,
        words=tuple(mine),
        kept_until=keeps[0],
        memo_until=keeps[1],
        sent=bool(state.sent),
        asked_until=0 if state.memo.over else state.memo.ends,
    )


def stories(
    found: Mapping[str, tuple[str, Item]],
) -> Mapping[tuple[str, str], list[Item]]:
    """Items of one story together, by activity and story, in the order told."""
    by_story: dict[tuple[str, str], list[Item]] = {}
    for activity, item in found.values():
        if item.story:
            by_story.setdefault((activity, item.story), []).append(item)
    return by_story


def counts(whole: Whole, activities: Activities) -> dict[str, int]:
    """The activities' counts added up ("stories_told", "circles", "mood:sun")."""
    total: dict[str, int] = {}
    for harvest in harvests(whole, activities).values():
        for key, number in harvest.counts.items():
            total[key] = total.get(key, 0) + number
    return total

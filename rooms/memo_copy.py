"""The copy people have of a memo that was sent: what stood in it then, less what its owners have
taken out of it since.

It is drafted anew from what the room holds at every reading, as every memo is, so that nobody's
withdrawn words live on in a copy. Only what came later is left out: it waits for the next version.
What an owner does with their own words (taking them back, another name under them, other words on
their card) shows in it at once, also in a final one: consent outranks finality. Facilitators' words
and questions are those of the sending, kept apart while a new version is being written.
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from activities.consent import OWN_WORDS
from rooms.memo_source import (
    Held,
    MemoCard,
    MemoSource,
    ProseText,
    StoryItem,
    StoryPart,
    ThemeQuestion,
)
from rooms.renderings import base
from rooms.room_state import RoomState


def as_sent(source: MemoSource, state: RoomState) -> MemoSource:
    """The source of the copy people have. `source` is that of the room as it stands, with the
    prose and the questions of the sending."""
    started = [id for id, at in state.started.items() if at <= state.sent]
    lines = zip(state.started, source.activities, strict=False)
    themes = {
        card.id for card in source.cards if card.kind == "theme" and _stood(card.id, "", state)
    }
    cards = (_card(_translated(card, state), themes, state) for card in source.cards)
    ended = [state.ended[id] for id in started if id in state.ended]
    return replace(
        source,
        activities=tuple(line for id, line in lines if id in started),
        ended=max(ended, default=source.ended),
        cards=tuple(card for card in cards if card is not None),
        stories=tuple(_story(story, state) for story in source.stories),
        commitments=tuple(one for one in source.commitments if _stood(one.id, one.id, state)),
        state="final" if state.memo.step == "final" and not state.memo.opened else "sent",
        version=state.memo_version,
    )


def prose_of(texts: Mapping[str, str]) -> dict[str, ProseText]:
    """Facilitators' words as they were kept when a new version was opened."""
    return {place: msgspec.json.decode(text, type=ProseText) for place, text in texts.items()}


def questions_of(kept: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, ThemeQuestion]:
    """The questions of the sending: edited ones with their words, others as they were confirmed."""
    return {
        theme: ThemeQuestion(texts.get(ref, ""), "edited" if texts.get(ref) else "confirmed")
        for theme, ref in kept.items()
    }


def _stood(id: str, ref: str, state: RoomState) -> bool:
    """Whether a card or text was there when the memo was sent."""
    if id in state.sent_places or f"theme:{id}" in state.sent_places.values():
        return True
    if (note := state.notes.get(id)) is not None:
        return note.at < state.sent
    kept = state.words.get(ref or id)
    return kept is not None and kept.at < state.sent


def _card(card: MemoCard, themes: set[str], state: RoomState) -> MemoCard | None:
    """As it may stand in the copy, None when it came later. Exact words that were not in it then
    wait for the next version, whatever was answered since."""
    place = state.sent_places.get(card.id)
    if place is not None and card.kind != "theme":
        theme = place.removeprefix("theme:") if place.startswith("theme:") else ""
        held = _held(card.consent, there=True)
        return replace(card, theme=theme if theme in themes else "", held=held)
    if card.kind == "theme":
        return card if card.id in themes else None
    if card.kind in OWN_WORDS:
        # It stays among the source: what nobody released is looked for in everybody's sentences.
        return replace(card, held=_held(card.consent, there=False))
    if not _stood(card.id, card.id, state):
        return None
    note = state.notes.get(card.id)
    answer = state.consents.get(note.words if note else card.id)
    if answer is not None and answer.at >= state.sent:
        return None
    return card if not card.theme or card.theme in themes else None


def _translated(card: MemoCard, state: RoomState) -> MemoCard:
    """Without a translation that was made or put better since: it waits for the next version."""
    made = state.renderings.get(card.id, {}).values()
    printed = (one for one in made if base(one.language) == base(state.language))
    if card.translation and any(one.at >= state.sent for one in printed):
        return replace(card, translation="")
    return card


def _held(answer: str, *, there: bool) -> Held:
    """Whether exact words wait for the next version: those that were not in this one, and those
    whose owner has made other words of them and not answered for these."""
    return "later" if answer == "pending" or (answer == "given" and not there) else ""


def _story(story: StoryItem, state: RoomState) -> StoryItem:
    return replace(
        story,
        title=_part(story.title, state) if story.title else None,
        key_moments=tuple(_part(part, state) for part in story.key_moments),
        quote=_part(story.quote, state) if story.quote else None,
    )


def _part(part: StoryPart, state: RoomState) -> StoryPart:
    there = part.id in state.sent_places
    return replace(part, held=_held(part.consent.state, there=there))

"""Whose words are what, and where their consent stands: the one door from people's words to the
memo.

Everything here only reads. Consent lives in the log (`consent.given`, `consent.changed`), never in
a document; texts in the words book; cards in the documents. `methods.md` 1.7, 1.8, G8, G10.
"""

from collections.abc import Callable, Mapping
from typing import Final

from activities import consent as consents
from activities.blocks import Words
from activities.kernel import Harvest, Item
from rooms import wire
from rooms.whole import Activities, Whole

Text = Callable[[str], str | None]
Name = Callable[[str], str | None]

QUOTABLE: Final = consents.OWN_WORDS
"""Kinds that are somebody's exact words."""


def harvests(whole: Whole, activities: Activities) -> dict[str, Harvest]:
    """What each activity has left behind so far, by instance."""
    return {id: activities[here.kind].harvest(here.state) for id, here in whole.running.items()}


Items = Mapping[str, tuple[str, Item]]
"""By the reference of its words: the instance an item came from, and the item."""


def items(whole: Whole, activities: Activities) -> Items:
    """Every item by the reference of its words, with the instance it came from."""
    return {
        item.words.ref: (id, item)
        for id, harvest in harvests(whole, activities).items()
        for item in harvest.items
    }


def consent_of(whole: Whole, ref: str, kind: str) -> consents.Consent:
    """Where the consent to these words stands; what was never answered is not released."""
    known = whole.room.consents.get(ref)
    return known.consent if known else consents.default(kind)


def owner(whole: Whole, activities: Activities, ref: str) -> str:
    """The seat whose words these are, "" when they are nobody's to release: text that is neither
    answered for nor left behind by an activity."""
    if (known := whole.room.consents.get(ref)) is not None:
        return known.seat
    found = items(whole, activities).get(ref)
    return found[1].seat if found else ""


def stands(whole: Whole, activities: Activities, ref: str) -> consents.Consent:
    """Where the consent to these words stands, whatever kind of words an activity says they are."""
    found = items(whole, activities).get(ref)
    return consent_of(whole, ref, found[1].kind if found else "quote")


def readable(whole: Whole, ref: str, viewer: str) -> bool:
    """Whether `viewer` may be shown these words on a screen: their owner always, others unless
    refused or withdrawn."""
    known = whole.room.consents.get(ref)
    if known is None or known.seat == viewer:
        return True
    return known.consent.state == "given"


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
    """Everything of this seat that could be quoted, with its present consent. `found`: `items`."""
    mine: list[wire.MyWords] = []
    for ref, (_, item) in found.items():
        if item.seat != seat:
            continue
        stands = consent_of(whole, ref, item.kind)
        mine.append(
            wire.MyWords(
                words=ref,
                text=Words(ref),
                kind=item.kind,
                state=stands.state,
                scope=stands.scope,
                attribution=stands.attribution,
                in_memo=stands.state == "given" and consents.is_at_least(stands.scope, "memo"),
                story=item.story,
                unheard=(known := whole.room.consents.get(ref)) is not None and known.unheard,
            )
        )
    return wire.WordsMessage(seat=seat, seq=whole.room.seq, now=now, words=tuple(mine))


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

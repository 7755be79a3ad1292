"""What the log says of renderings, and what it adds up to: cards put into other languages, by a
person, beside the original (`methods.md` 1.10). Their words are references, like every text a
person typed."""

from collections.abc import Mapping

from activities.kernel import Event


class RenderingMade(Event, frozen=True, tag="rendering.made"):
    """`by` put a card into a language. `of`: the mark of the original it was made of; `before`: the
    words that stood there until now, which are erased. `human`: a person made it, no machine."""

    card: str
    language: str
    words: str
    by: str
    of: str
    at: int  # ms
    before: str = ""
    human: bool = True


class RenderingGone(Event, frozen=True, tag="rendering.gone"):
    """A card is in this language no longer; the words, which `by` had made, are erased."""

    card: str
    language: str
    words: str
    by: str


RenderingEvent = RenderingMade | RenderingGone

Renderings = Mapping[str, Mapping[str, RenderingMade]]
"""The renderings of a room: by card, then by language."""


def evolve(before: Renderings, event: RenderingEvent) -> Renderings:
    """The renderings after `event`; total."""
    of_card = dict(before.get(event.card, {}))
    match event:
        case RenderingMade():
            of_card[event.language] = event
        case RenderingGone():
            of_card.pop(event.language, None)
    others = {card: made for card, made in before.items() if card != event.card}
    return {**others, event.card: of_card} if of_card else others


def erased(event: RenderingEvent) -> str:
    """The words that are no more after `event`, "" for none."""
    return event.before if isinstance(event, RenderingMade) else event.words

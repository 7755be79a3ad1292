"""Commitment cards and their partners: who may write, ask, accept (`methods.md` A10)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal, assert_never

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from activities.blocks import Words, say
from activities.kernel import Command, Event, Moment, Pledge, Refused, WordsErased

DAY: Final = 86_400_000
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

LATEST_YEARS: Final = 5
"""A step further away than this is a wish; a date so late is a slip of the finger."""

PARTNER_OF: Final = 3
"""Nobody is partner of more cards than this unless they say so once more (AC4)."""

TEXT_LIMIT: Final = 280

Sees = Literal["self", "room", "memo", "public"]
Standing = Literal["active", "done", "changed", "dropped"]

NO_DATE: Final = "none"
"""No date yet, said openly (A10): a date is never left out by mistake."""

Id = Annotated[str, Meta(max_length=80)]


class CardAdd(Command, frozen=True, kw_only=True, tag="commitment.add"):
    """A card of mine. `by`: an ISO date, or `NO_DATE`, chosen openly."""

    text: Words
    with_whom: Words | None = None
    by: Annotated[str, Meta(max_length=10)]
    first_step: Words | None = None
    requires: Words | None = None  # what they need; an offer's own `needs` would cover that name
    sees: Sees = "memo"


class CardWrite(CardAdd, frozen=True, kw_only=True, tag="commitment.write"):
    """Other words on my card `card`, all of them."""

    card: Id


class CardDrop(Command, frozen=True, kw_only=True, tag="commitment.erase"):
    """My card `card` was not meant; its words are forgotten."""

    card: Id


class CardMark(Command, frozen=True, kw_only=True, tag="commitment.mark"):
    """Where my card stands. Changed and dropped are normal; nobody asks why."""

    card: Id
    state: Standing


class PartnerAsk(Command, frozen=True, kw_only=True, tag="partner.ask"):
    """I ask `seat` to ask me about my card."""

    card: Id
    seat: str


class PartnerAnswer(Command, frozen=True, kw_only=True, tag="partner.answer"):
    """I will ask about the card `card`, or rather not. `also`: although I am partner of three."""

    card: Id
    yes: bool
    also: bool = False


CardCommand = CardAdd | CardWrite | CardDrop | CardMark | PartnerAsk | PartnerAnswer
CARD_COMMANDS: Final[tuple[type[Command], ...]] = (
    CardAdd,
    CardWrite,
    CardDrop,
    CardMark,
    PartnerAsk,
    PartnerAnswer,
)


class Card(msgspec.Struct, frozen=True):
    """One commitment. `asked`: who was asked to be partner; `partner`: who said yes."""

    id: str
    seat: str
    text: Words
    with_whom: Words | None = None
    by: str = ""  # ISO date, "" openly none
    first_step: Words | None = None
    needs: Words | None = None
    sees: Sees = "memo"
    state: Standing = "active"
    asked: str = ""
    partner: str = ""


class CardEvent(Event, frozen=True, kw_only=True):
    """Something about one card."""


class CardWritten(CardEvent, frozen=True, kw_only=True, tag="commitment.written"):
    """A card is new, or has other words."""

    card: Card


class CardErased(CardEvent, frozen=True, kw_only=True, tag="commitment.erased"):
    """A card was not meant."""

    card: str


class CardMarked(CardEvent, frozen=True, kw_only=True, tag="commitment.marked"):
    """Its owner said where it stands."""

    card: str
    state: Standing


class PartnerAsked(CardEvent, frozen=True, kw_only=True, tag="partner.asked"):
    """`seat` was asked; "" when the question was taken back or declined."""

    card: str
    seat: str


class PartnerFound(CardEvent, frozen=True, kw_only=True, tag="partner.found"):
    """`seat` said yes."""

    card: str
    seat: str


CARD_EVENTS: Final[tuple[type[Event], ...]] = (
    CardWritten,
    CardErased,
    CardMarked,
    PartnerAsked,
    PartnerFound,
)

Cards = Mapping[str, Card]


def of_seat(cards: Cards, seat: str) -> tuple[Card, ...]:
    """The cards of one person, oldest first."""
    return tuple(card for card in cards.values() if card.seat == seat)


def partner_of(cards: Cards, seat: str) -> int:
    """How many cards `seat` is partner of."""
    return sum(card.partner == seat for card in cards.values())


def decide_card(
    cards: Cards, command: CardCommand, moment: Moment, *, each: int, known: frozenset[str]
) -> tuple[Event, ...]:
    """What follows. `each`: cards a person may have; `known`: seats who may be asked.

    Raises `Refused`: `unknown` for a card that is not one's own (AC2), `full`, `bad_request` for
    what is neither a date after today nor *no date yet* (AC1, AC5), and `not_allowed` for oneself
    as partner (AC4).
    """
    seat = moment.seat
    match command:
        case CardAdd():
            old = cards.get(command.card) if isinstance(command, CardWrite) else None
            card = _written(cards, command, moment, each)
            return (CardWritten(card=card), *_forgotten(old, card))
        case CardDrop():
            gone = _own(cards, command.card, seat)
            return (CardErased(card=gone.id), *_forgotten(gone, None))
        case CardMark():
            return (CardMarked(card=_own(cards, command.card, seat).id, state=command.state),)
        case PartnerAsk():
            card = _own(cards, command.card, seat)
            if command.seat == seat:
                raise Refused("not_allowed", say("Somebody else can ask you best."))
            if command.seat not in known:
                raise Refused("unknown")
            return (PartnerAsked(card=card.id, seat=command.seat),)
        case PartnerAnswer():
            asked = cards.get(command.card)
            if asked is None or asked.asked != seat:
                raise Refused("stale_seat")
            if not command.yes:
                return (PartnerAsked(card=asked.id, seat=""),)
            if partner_of(cards, seat) >= PARTNER_OF and not command.also:
                raise Refused("full", say("You are partner of three already."))
            return (PartnerFound(card=asked.id, seat=seat),)
        case _:
            assert_never(command)


def _own(cards: Cards, id: str, seat: str) -> Card:
    card = cards.get(id)
    if card is None or card.seat != seat:
        raise Refused("unknown")
    return card


def _forgotten(old: Card | None, new: Card | None) -> tuple[WordsErased, ...]:
    """Words that stand on no card any more."""
    kept = words_of(new) if new else ()
    gone = tuple(words for words in words_of(old) if words not in kept) if old else ()
    return (WordsErased(words=gone),) if gone else ()


def _written(cards: Cards, command: CardAdd, moment: Moment, each: int) -> Card:
    seat = moment.seat
    by = _date(command, moment.now)
    if isinstance(command, CardWrite):
        old = _own(cards, command.card, seat)
    elif len(of_seat(cards, seat)) >= each:
        raise Refused("full", say("One or two steps are enough. Change one you have."))
    else:
        # `dice` are fresh for each command: no card has the id of one that was erased.
        old = Card(id=f"{seat}-{moment.dice:016x}", seat=seat, text=command.text)
    return replace(
        old,
        text=command.text,
        with_whom=command.with_whom,
        by=by,
        first_step=command.first_step,
        needs=command.requires,
        sees=command.sees,
    )


def _date(command: CardAdd, now: int) -> str:
    """The date as ISO text, "" for openly none."""
    if command.by == NO_DATE:
        return ""
    try:
        by = date.fromisoformat(command.by)
    except ValueError:
        raise Refused("bad_request", say("Choose a date, or say: no date yet.")) from None
    today = EPOCH_DAY + now // DAY
    if not today < by.toordinal() <= today + 366 * LATEST_YEARS:
        raise Refused("bad_request", say("Choose a date after today, within five years."))
    return by.isoformat()


def evolve_cards(cards: Cards, event: CardEvent) -> Cards:
    """The cards after `event`; total."""
    match event:
        case CardWritten(card=card):
            return {**cards, card.id: card}
        case CardErased(card=id):
            return {other: card for other, card in cards.items() if other != id}
        case CardMarked(card=id, state=state) if id in cards:
            return {**cards, id: replace(cards[id], state=state)}
        case PartnerAsked(card=id, seat=seat) if id in cards:
            return {**cards, id: replace(cards[id], asked=seat, partner="")}
        case PartnerFound(card=id, seat=seat) if id in cards:
            return {**cards, id: replace(cards[id], asked="", partner=seat)}
        case _:
            return cards


def words_of(card: Card) -> tuple[Words, ...]:
    """Everything its owner wrote on a card."""
    texts = (card.text, card.with_whom, card.first_step, card.needs)
    return tuple(words for words in texts if words is not None)


def pledges(cards: Cards) -> tuple[Pledge, ...]:
    """Cards as the memo takes them (AC1)."""
    return tuple(
        Pledge(
            id=card.id,
            seat=card.seat,
            what=card.text,
            by=card.by,
            with_whom=card.with_whom,
            first_step=card.first_step,
            needs=card.needs,
            partner=card.partner,
            scope=card.sees,
        )
        for card in cards.values()
    )

"""What commitments show and offer (`methods.md` A10)."""

from collections.abc import Mapping
from typing import Final

from activities import people, phases, rounds, timing, turns
from activities._commitments_cards import (
    NO_DATE,
    PARTNER_OF,
    TEXT_LIMIT,
    Card,
    CardAdd,
    CardDrop,
    CardMark,
    CardWrite,
    PartnerAnswer,
    PartnerAsk,
    Standing,
    of_seat,
    partner_of,
)
from activities._commitments_model import PAIRS, State, following, pair_of, speaker_of
from activities.blocks import (
    AnyBlock,
    Commitment,
    Commitments,
    Field,
    Form,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Pair,
    Pairs,
    Progress,
    Prompt,
    RingSeat,
    Voice,
    Who,
    Words,
    say,
)
from activities.kernel import Hint, Planned, Purpose, Viewer

NOTHING: Final = Words("")

SCOPES: Final = (
    Option("memo", say("Everyone here, and the memo with my name")),
    Option("room", say("Everyone here")),
    Option("self", say("Only me and my partner")),
    Option("public", say("Also outside this group")),
)
WHEN: Final = Option(NO_DATE, say("No date yet"))

QUESTIONS: Final = say("Is it yours to do? What could stop it? Who at home must know?")
_NOW: Final[Mapping[str, Line]] = {
    "think": say("What will you do at home?"),
    "write": say("Write your step down"),
    "say": say("Who would like to say it?"),
    "partner": say("Who will ask you about it?"),
}
_HOW: Final[Mapping[str, Line]] = {
    "think": say("One or two steps that are yours, small enough for the next two weeks."),
    "write": say("Say what, by when, and what you do first within two days."),
    "say": say("Saying it aloud is up to you. Passing needs no reason."),
    "partner": say("Ask one person here. In two weeks they ask you how it went."),
}
_NEXT: Final[Mapping[str, Line]] = {
    "pair_1": say("Two and two: one speaks, the other asks."),
    "pair_2": say("The other one speaks."),
    "pair_3": say("The third one speaks."),
    "write": say("Everybody writes their step down."),
    "say": say("Who likes says their step aloud."),
    "partner": say("Everybody looks for a partner."),
    phases.CLOSED: say("Thank everybody. Cards stay open for a week."),
}
"""Phase -> what it does to the others."""
_BUTTON: Final[Mapping[str, Line]] = {
    "pair_1": say("Let pairs talk"),
    "pair_2": say("Change over now"),
    "pair_3": say("Change over now"),
    "write": say("Let everybody write"),
    "say": say("Hear the steps"),
    "partner": say("Find partners"),
    phases.CLOSED: say("Thank everybody"),
}
"""Phase -> what the button that leads to it says."""


def pair_name(id: str, people: int) -> Line:
    """What the pair "p3" is called; three are a trio."""
    number = int(id.removeprefix("p"))
    return say("Trio {n}", n=number) if people > 2 else say("Pair {n}", n=number)


# --- blocks -------------------------------------------------------------------------------------


def blocks(state: State, viewer: Viewer, offers: tuple[Offer, ...]) -> tuple[AnyBlock, ...]:
    """The screen of one viewer; `offers` are those of the same view."""
    phase = state.phases.phase
    seat = viewer.seat if viewer.lens == "seat" else ""
    found: list[AnyBlock] = phases.notices(state.phases)
    if viewer.lens == "panel" and phase != phases.CLOSED:
        found.append(NextStep(text=_NEXT[following(state)]))
    if phase in PAIRS:
        found += _pairs(state, seat)
    elif phase == "say" and state.round is not None:
        found += [Now(text=_floor(state, seat)), Prompt(text=_HOW["say"])]
        found.append(rounds.picture(state.round, "say"))
    elif phase in _NOW:
        found += [Now(text=_NOW[phase]), Prompt(text=_HOW[phase])]
        found += phases.countdown(state.phases)
    else:
        found.append(Now(text=say("Thank you. Go well.")))
        if seat:
            note = say("Your card stays open for a week. Look at it again in {n} days.",
                       n=state.settings.remind_days)  # fmt: skip
            found.append(Note(text=note))
    if seat and phase in ("think", "write", "partner", "closed"):
        found += _own(state, seat, offers, write=phase != "partner")
    if phase in ("say", "partner", "closed") or viewer.lens == "panel":
        found += _shared(state, seat)
    if phase in ("write", "partner"):
        found.append(_progress(state))
    return tuple(found)


def _pairs(state: State, seat: str) -> list[AnyBlock]:
    clock = timing.clock(state.phases.timer)
    own = pair_of(state, seat)
    if not own:
        title = say("Two and two: is it yours to do?")
        pairs = Pairs(title=say("Who is with whom"), pairs=_table(state), clock=clock)
        found: list[AnyBlock] = [Now(text=title), pairs]
        if seat:
            late = say("You are in no pair this time. Go on thinking about your step.")
            found.append(Note(text=late))
        return found
    speaker = speaker_of(state, own)
    others = tuple(_seat(state, other, speaker) for other in own if other != seat)
    if speaker == seat:
        text = say("You speak: your step, and what could stop it.")
        told: list[AnyBlock] = [Voice(mode="speak", text=text, clock=clock, others=others)]
        if cards := of_seat(state.cards, seat):
            told.append(
                Commitments(title=say("Your steps"), cards=tuple(_card(c, ()) for c in cards))
            )
        else:
            told.append(Note(text=say("It need not be written yet: say it in your own words.")))
        return told
    if speaker:
        text = say("You listen. {name} speaks.", name=Who(speaker))
        voice = Voice(mode="listen", text=text, clock=clock, others=others)
        return [voice, Prompt(text=QUESTIONS)]
    return [Voice(mode="open", text=say("Talk freely."), clock=clock, others=others)]


def _table(state: State) -> tuple[Pair, ...]:
    return tuple(
        Pair(
            id,
            pair_name(id, len(seats)),
            tuple(_seat(state, seat, speaker_of(state, seats)) for seat in seats),
        )
        for id, seats in state.pairs.items()
    )


def _seat(state: State, seat: str, speaker: str) -> RingSeat:
    member = state.people.get(seat)
    if member is None or not member.here:
        return RingSeat(seat, Who(seat), "away")
    return RingSeat(seat, Who(seat), "floor" if seat == speaker else "waiting")


def _floor(state: State, seat: str) -> Line:
    floor = state.round.floor if state.round else None
    if floor is None:
        return say("Thank you, everyone")
    if floor.seat == seat and floor.speaking:
        return say("You have the floor")
    return rounds.floor_line(floor, seat)


def _progress(state: State) -> Progress:
    here = people.here(state.people)
    done = sum(bool(of_seat(state.cards, seat)) for seat in here)
    label = say("{done} of {of} have a step.", done=done, of=len(here))
    return Progress(done=done, of=len(here), label=label)


def _own(state: State, seat: str, offers: tuple[Offer, ...], *, write: bool) -> list[AnyBlock]:
    """One's own cards, those one was asked about, and a form for one more."""
    found: list[AnyBlock] = []
    asked = [card for card in state.cards.values() if card.asked == seat]
    if asked:
        title = say("Will you ask about it?")
        found.append(Commitments(title=title, cards=tuple(_card(c, offers) for c in asked)))
    kept = [card for card in state.cards.values() if card.partner == seat]
    if kept:
        title = say("You ask about")
        found.append(Commitments(title=title, cards=tuple(_card(c, offers) for c in kept)))
    own = of_seat(state.cards, seat)
    if own:
        title = say("Your steps")
        found.append(Commitments(title=title, cards=tuple(_card(c, offers) for c in own)))
    if write and len(own) < state.settings.per_person:
        found.append(_form(first=not own))
    return found


def _shared(state: State, seat: str) -> list[AnyBlock]:
    """Cards their owners show to everyone here."""
    open_ = [c for c in state.cards.values() if c.sees != "self" and c.seat != seat]
    if not open_:
        return []
    return [Commitments(title=say("Back home"), cards=tuple(_card(c, ()) for c in open_))]


def _card(card: Card, offers: tuple[Offer, ...]) -> Commitment:
    mine = tuple(n for n, offer in enumerate(offers) if _about(offer) == card.id)
    return Commitment(
        id=card.id,
        who=Who(card.seat),
        text=card.text,
        with_whom=card.with_whom,
        by=card.by,
        first_step=card.first_step,
        needs=card.needs,
        partner=Who(card.partner) if card.partner else None,
        asked=Who(card.asked) if card.asked else None,
        state=card.state,
        sees="memo" if card.sees == "public" else card.sees,
        offers=mine,
    )


def _about(offer: Offer) -> str:
    return str(getattr(offer.command, "card", ""))


def _form(*, first: bool) -> Form:
    return Form(
        offer="commitment.add",
        title=say("I will ...") if first else say("One more step"),
        fields=(
            Field(box="text", field="text", label=say("What you will do"), lines=2),
            Field(box="with", field="with_whom", label=say("For or with whom"), optional=True),
            Field(box="by", field="by", label=say("By when"), kind="date", options=(WHEN,)),
            Field(
                box="first",
                field="first_step",
                label=say("First step within two days"),
                optional=True,
            ),
            Field(box="needs", field="requires", label=say("What you need"), optional=True),
            Field(
                box="sees",
                field="sees",
                label=say("Who may see it?"),
                kind="choice",
                options=SCOPES,
            ),
        ),
        sees="self",
    )


# --- offers -------------------------------------------------------------------------------------


def own_offers(state: State, viewer: Viewer) -> list[Offer]:
    """What somebody may do with cards and with the floor."""
    seat = viewer.seat
    found: list[Offer] = _turn_offers(state, seat)
    own = of_seat(state.cards, seat)
    if len(own) < state.settings.per_person:
        add = CardAdd(text=NOTHING, by=NO_DATE)
        label = say("Add a step") if own else say("This is my step")
        found.append(Offer(add, label, needs=_needs(None)))
    for card in own:
        write = CardWrite(card=card.id, text=NOTHING, by=NO_DATE)
        found.append(Offer(write, say("Change it"), "group", needs=_needs(card)))
        gone = say("Its words are deleted.")
        found.append(Offer(CardDrop(card=card.id), say("Take it away"), "group", confirm=gone))
        found += _partner_offers(state, card)
        found += [
            Offer(CardMark(card=card.id, state=standing), label, "group")
            for standing, label in STANDINGS
            if standing != card.state
        ]
    many = partner_of(state.cards, seat) >= PARTNER_OF
    for card in state.cards.values():
        if card.asked == seat:
            yes = PartnerAnswer(card=card.id, yes=True, also=many)
            hint = say("You are partner of three already.") if many else None
            label = say("I will ask {name}", name=Who(card.seat))
            found.append(Offer(yes, label, "group", hint=hint))
            no = PartnerAnswer(card=card.id, yes=False)
            found.append(Offer(no, say("Rather not"), "group"))
    return found + phases.pause_offers(state.phases, viewer)


STANDINGS: Final[tuple[tuple[Standing, Line], ...]] = (
    ("active", say("Still on it")),
    # Translators: where a commitment stands, not a button.
    ("done", say("Done")),
    ("changed", say("It changed")),
    ("dropped", say("Let go")),
)


def _partner_offers(state: State, card: Card) -> list[Offer]:
    others = [seat for seat in state.people if seat != card.seat]
    if not others or card.partner:
        return []
    options = tuple(Option(seat, say("{name}", name=Who(seat))) for seat in others)
    need = {"seat": Need(kind="seat", label=say("Who will ask you?"), options=options)}
    return [Offer(PartnerAsk(card=card.id, seat=""), say("Ask for a partner"), "group", needs=need)]


def _needs(card: Card | None) -> Mapping[str, Need]:
    def text(label: Line, value: Words | None, *, optional: bool = True) -> Need:
        return Need(kind="text", label=label, limit=TEXT_LIMIT, optional=optional, value=value)

    return {
        "text": text(say("What you will do"), card.text if card else None, optional=False),
        "with_whom": text(say("For or with whom"), card.with_whom if card else None),
        "by": Need(
            kind="date",
            label=say("By when"),
            options=(WHEN,),
            value=(card.by or NO_DATE) if card else None,
        ),
        "first_step": text(say("First step within two days"), card.first_step if card else None),
        "requires": text(say("What you need"), card.needs if card else None),
        "sees": Need(
            kind="choice",
            label=say("Who may see it?"),
            options=SCOPES,
            value=card.sees if card else None,
        ),
    }


def _turn_offers(state: State, seat: str) -> list[Offer]:
    floor = state.round.floor if state.round else None
    if state.phases.phase != "say" or floor is None or floor.seat != seat:
        return []
    pass_ = turns.Pass(turn=floor.turn, begun=floor.speaking)
    if floor.speaking:
        done = turns.Done(turn=floor.turn)
        return [Offer(done, say("I have finished")), Offer(pass_, say("Pass"), "foot")]
    return [
        Offer(turns.Begin(turn=floor.turn), say("Begin")),
        Offer(pass_, say("Pass"), "beside"),
    ]


def lead_offers(state: State, viewer: Viewer) -> list[Offer]:
    """The facilitators' buttons."""
    kept = say("What was written is kept.")
    now = state.phases.phase
    labels = {} if now == phases.CLOSED else {now: _BUTTON[following(state)]}
    found = phases.lead_offers(state.phases, viewer, labels, kept)
    round_ = state.round
    if state.phases.phase == "say" and round_ and round_.floor and turns.may_move_on(round_):
        moving = turns.Next(turn=round_.floor.turn)
        name = Who(round_.floor.seat)
        found.append(Offer(moving, say("Thank {name} and go on", name=name), "beside"))
    return found


HINTS: Final[Mapping[str, Hint]] = {
    "per_person": Hint(say("Steps each"), say("One or two are kept; ten are not."), unit=""),
    "think_min": Hint(say("Time to think"), unit="min"),
    "pair_test": Hint(say("Test it in pairs"), say("Two minutes each, the other one asks.")),
    "write_min": Hint(say("Time to write"), unit="min"),
    "say": Hint(say("Say it aloud"), say("A voluntary round, half a minute each.")),
    "partner": Hint(say("Find a partner"), say("Somebody who asks in two weeks.")),
    "remind_days": Hint(say("Days until the reminder")),
}
PLANNED: Final = Planned(minutes=15, low=5, high=30, fewest=2, does=frozenset[Purpose](("commit",)))

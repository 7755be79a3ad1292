"""Back home: one or two steps of one's own, said aloud and shared with a partner
(`methods.md` A10).

Theory
------
    think -> pair_1 -> pair_2 (-> pair_3) -> write -> say -> partner -> closed, and seven days more

Everybody thinks alone, tests the step with one other person (is it yours to do? what could stop
it? who at home must know?), writes it down, says it if they like, and finds somebody who will
ask about it. A card belongs to its owner alone (AC2); a partner is set by two taps, one of each
(AC3). A date lies after the session or is openly left out (AC1, AC5).

The pair test is step-locked for the whole room: two halves of two minutes, or three parts of
ninety seconds when there is a trio, so that everybody has equal time (pairs talk freely in the
third). `pairing.py` finds the pairs and mends them when somebody leaves.
"""

from typing import Final

from activities import pairing, people, phases, rounds, turns
from activities._commitments_cards import (
    CARD_COMMANDS,
    CARD_EVENTS,
    CardAdd,
    CardDrop,
    CardMark,
    PartnerAnswer,
    PartnerAsk,
    decide_card,
    pledges,
)
from activities._commitments_model import (
    KEPT_OPEN,
    PAIRS,
    PairsDrawn,
    RoundDrawn,
    Settings,
    State,
    evolve,
    following,
    phase_of,
    roles_of,
    speakers,
    stage,
)
from activities._commitments_view import HINTS, PLANNED, blocks, lead_offers, own_offers, pair_name
from activities.blocks import View, say
from activities.kernel import (
    Activity,
    Command,
    Deadline,
    Event,
    Group,
    Harvest,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    Reason,
    Refused,
    TimeUp,
    Viewer,
    WordsErased,
)

Events = tuple[Event, ...]

# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """Everybody thinks."""
    begun = phases.begin("think", stage(settings, "think", 2), moment.now)
    return State(settings, begun, people.of(members))


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case turns.TurnCommand(turn=turn):
            if state.round is None or state.phases.phase != "say":
                return "stale_turn"
            begun = {turns.Begin: False, turns.Done: True}.get(type(command))
            if isinstance(command, turns.Pass):
                begun = command.begun
            return turns.stale(state.round, turn, begun)
        case TimeUp(timer="turn:", at=at):
            due = turns.due(state.round) if state.round else None
            return None if due == at else "stale_turn"
        case _:
            return phases.stale(state.phases, command, moment)


def deadline(state: State) -> Deadline | None:
    """Of the phase, or of the round."""
    says = state.phases.phase == "say" and state.round is not None
    turn = turns.deadline(state.round) if says and state.round else None
    return phases.soonest(phases.deadline(state.phases), turn)


def groups(state: State) -> tuple[Group, ...]:
    """Pairs, while they talk."""
    talking = state.phases.phase in PAIRS
    return tuple(
        Group(id, pair_name(id, len(seats)), seats, closed=not talking)
        for id, seats in state.pairs.items()
    )


def harvest(state: State) -> Harvest:
    """Cards, with their owners' choice of who may see them; who met whom in the pair test."""
    kept = pledges(state.cards)
    met = tuple(state.pairs.values())
    return Harvest(counts={"commitments": len(kept)}, met=met, pledges=kept)


def view(state: State, viewer: Viewer) -> View:
    """One step at a time."""
    own, lead = own_offers(state, viewer), lead_offers(state, viewer)
    allowed = phases.permitted(
        ALLOWED[phase_of(state, viewer.seat)], roles_of(state, viewer.seat, viewer.roles)
    )
    offers = phases.arranged(viewer, own, lead, allowed)
    return View(
        phase=phase_of(state, viewer.seat),
        blocks=blocks(state, viewer, offers),
        may=offers,
        ends_at=state.phases.timer.ends_at,
        place=say("Commitments"),
    )


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> Events:
    """What follows from a command. Raises `Refused`."""
    match command:
        case CardAdd() | CardDrop() | CardMark() | PartnerAsk() | PartnerAnswer():
            known = frozenset(state.people)
            each = state.settings.per_person
            return decide_card(state.cards, command, moment, each=each, known=known)
        case turns.TurnCommand() | TimeUp(timer="turn:"):
            return _turn(state, command, moment)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _next(state, moment))
        case _ if isinstance(command, people.PeopleCommand):
            return _person(state, command, moment)
        case _:
            raise Refused("unknown")


def _next(state: State, moment: Moment) -> Events:
    phase = following(state)
    events: list[Event] = []
    parts = state.parts
    if phase == PAIRS[0]:
        drawn = pairing.pairs(people.placeable(state.people), (), moment.dice)
        named = {f"p{number}": seats for number, seats in enumerate(drawn, 1)}
        parts = max(len(seats) for seats in drawn)
        events.append(PairsDrawn(pairs=named, parts=parts))
    if phase == "say":
        events.append(RoundDrawn(order=speakers(state)))
    events.append(phases.enter(phase, stage(state.settings, phase, parts), moment.now))
    return _offered(state, tuple(events), moment.now)


def _offered(state: State, events: Events, now: int) -> Events:
    """`events`, and the floor for the next one, if it is free in a round that runs."""
    for event in events:
        state = evolve(state, event)
    runs = state.phases.phase == "say" and state.round is not None and not state.round.paused
    return (*events, *turns.offer(state.round, now)) if runs and state.round else events


def _turn(state: State, command: turns.TurnCommand | TimeUp, moment: Moment) -> Events:
    round_, now = state.round, moment.now
    if round_ is None:
        raise Refused("stale_turn")
    holder = isinstance(command, turns.Begin | turns.Done | turns.Pass | turns.Defer)
    if holder and (round_.floor is None or round_.floor.seat != moment.seat):
        raise Refused("not_allowed")
    match command:
        case turns.Begin():
            return turns.begin(round_, now)
        case turns.Done():
            events: Events = turns.done(round_, now)
        case turns.Pass():
            events = turns.pass_(round_, now)
        case turns.Next():
            events = turns.move_on(round_, now)
        case TimeUp():
            events = turns.timeup(round_, now, auto=moment.autopilot)
        case _:
            raise Refused("unknown")
    return _offered(state, events, now)


PersonCommand = MemberJoined | MemberAway | MemberBack | MemberLeft | MemberChanged


def _person(state: State, command: PersonCommand, moment: Moment) -> Events:
    """Who leaves leaves the round and the pair too; nobody is left alone (G4)."""
    told: Events = people.decide(state.people, command)
    if not told:
        return ()
    after, now = state, moment.now
    for event in told:
        after = evolve(after, event)
    round_ = state.round if state.round and not state.round.complete else None
    match command:
        case MemberAway(seat=seat, seen=seen) if round_:
            told += turns.away(round_, seat, seen, now)
        case MemberBack(seat=seat) | MemberJoined(member=Member(seat=seat)) if round_:
            if seat in round_.status:
                told += turns.back(round_, seat, now)
        case _ if set(state.people) - set(after.people):
            seat = next(iter(set(state.people) - set(after.people)))
            told += turns.leave(round_, seat, now) if round_ else ()
            told += _mended(after, seat, moment)
        case _:
            pass
    return _offered(state, told, now)


def _mended(state: State, seat: str, moment: Moment) -> Events:
    """The pairs without `seat`, and nobody alone."""
    if state.phases.phase not in PAIRS or not any(seat in one for one in state.pairs.values()):
        return ()
    left = {id: tuple(s for s in one if s != seat) for id, one in state.pairs.items()}
    sitting = [state.people[s] for one in left.values() for s in one if s in state.people]
    pairs = pairing.mended(left, sitting, (), moment.dice)
    found = {id: one for id, one in pairs.items() if len(one) > 1}
    parts = max([state.parts, *(len(one) for one in found.values())])
    return (PairsDrawn(pairs=found, parts=parts),)


# --- who may do what ----------------------------------------------------------------------------

_Kinds = frozenset[type[Command]]
_WRITE: Final[_Kinds] = frozenset((CARD_COMMANDS[0], CARD_COMMANDS[1], CardDrop))
_ASK: Final[_Kinds] = frozenset((PartnerAsk, PartnerAnswer))
_AFTER: Final[_Kinds] = _WRITE | _ASK | {CardMark}
_NEXT: Final[_Kinds] = frozenset((turns.Next,))
_OFFERED: Final[_Kinds] = frozenset((turns.Begin, turns.Pass))
_SPEAKS: Final[_Kinds] = frozenset((turns.Done, turns.Pass))

ALLOWED: Final = {
    "think": phases.row(member=_WRITE),
    **{phase: phases.row() for phase in PAIRS},
    "write": phases.row(member=_WRITE),
    "say": phases.row(lead=_NEXT, co=_NEXT),
    "offer": phases.row(lead=_NEXT, co=_NEXT, teller=_OFFERED),
    "turn": phases.row(lead=_NEXT, co=_NEXT, teller=_SPEAKS),
    "partner": phases.row(member=_WRITE | _ASK),
    "paused": phases.paused_row(),
    "closed": phases.closed_row(member=_AFTER),
}

COMMITMENTS: Final = Activity(
    kind="commitments",
    version=1,
    title=say("Commitments"),
    summary=say("One or two steps of one's own for home, and somebody who will ask about them."),
    settings=Settings,
    state=State,
    commands=(
        *phases.COMMANDS,
        *CARD_COMMANDS,
        turns.Begin,
        turns.Done,
        turns.Pass,
        turns.Next,
    ),
    events=(
        PairsDrawn,
        RoundDrawn,
        *CARD_EVENTS,
        WordsErased,
        *rounds.EVENTS,
        *people.EVENTS,
        *phases.EVENTS,
    ),
    phases=tuple(ALLOWED),
    allowed=ALLOWED,
    initial=initial,
    phase=phase_of,
    roles=roles_of,
    stale=stale,
    decide=decide,
    evolve=evolve,
    view=view,
    harvest=harvest,
    deadline=deadline,
    closed=lambda state: state.phases.phase == "closed",
    groups=groups,
    lingers=lambda _state: KEPT_OPEN,
    hints=HINTS,
    planned=PLANNED,
)

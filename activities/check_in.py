"""Check-in and check-out: everybody is present, seen, heard, once (`methods.md` A4).

Theory
------
    frame -> answer -> reveal -> thanks -> closed      word, weather, scale, picture, gesture
    frame -> answer ----------> thanks -> closed       round, circles

In the first row everyone answers together: nothing is shown before `reveal` (CH2), and until then
the last answer counts (CH3). In the second row `answer` is a round of the turn engine, one for
the plenary (its id is "") or one for each circle; seats are then in `offer`, `turn` or `heard`.
Whoever comes too late for a round, or missed it, gets a card of their own instead.

Whoever is still silent when it closes has passed (CH1). Moods leave as counts only (CH4).
"""

from typing import Final, assert_never

from msgspec.structs import replace

from activities import grouping, people, phases, rounds, turns
from activities._check_in_commands import (
    COMMANDS,
    EVENTS,
    AnswerGiven,
    AnswerPassed,
    AnswersDrawn,
    CareAsk,
    CareAsked,
    CareTake,
    CareTaken,
    CirclesFormed,
    Give,
    InsightGive,
    InsightGiven,
    ModeChoose,
    ModeChosen,
    PassAnswer,
    Settings,
)
from activities._check_in_evolve import evolve
from activities._check_in_hints import HINTS, PLANNED
from activities._check_in_model import (
    ALLOWED,
    CIRCLE_MAX,
    INSIGHTS_EACH,
    OPTIONS,
    PHASES,
    State,
    circle_name,
    gathers,
    is_low,
    is_spoken,
    may_give,
    phase_of,
    roles_of,
    stage,
    takes_part,
)
from activities._check_in_people import come_again, decide_people
from activities._check_in_view import view
from activities.blocks import say
from activities.kernel import (
    Activity,
    Command,
    Deadline,
    Event,
    Group,
    Harvest,
    Item,
    Member,
    Moment,
    Reason,
    Refused,
    TimeUp,
    shuffled,
)
from activities.phases import Phases

Events = tuple[Event, ...]

# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """The frame, with everybody who takes part."""
    state = State(settings, Phases("frame"), people.of(members))
    return replace(state, phases=phases.begin("frame", stage(state, "frame"), moment.now))


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case Give() | PassAnswer():
            return None if command.phase == state.phase else "stale_phase"
        case turns.TurnCommand():
            return _stale_turn(state, command, moment)
        case TimeUp(timer=timer, at=at) if timer.startswith("turn:"):
            return None if at == _alarm(state, timer) else "stale_turn"
        case _:
            return phases.stale(state.phases, command, moment)


def _stale_turn(state: State, command: turns.TurnCommand, moment: Moment) -> Reason | None:
    round_ = state.rounds.get(_group(state, command.group, moment))
    if round_ is None or state.phase != "answer":
        return "stale_turn"
    match command:
        case turns.Begin():
            return turns.stale(round_, command.turn, speaking=False)
        case turns.Done() | turns.Extend():
            return turns.stale(round_, command.turn, speaking=True)
        case turns.Pass(begun=begun):
            return turns.stale(round_, command.turn, begun)
        case _:
            return turns.stale(round_, command.turn)


def deadline(state: State) -> Deadline | None:
    """The next word of the clock: of the phase or of a round."""
    going = state.rounds.items() if state.phase == "answer" else ()
    bells = (turns.deadline(round_, group) for group, round_ in going)
    return phases.soonest(phases.deadline(state.phases), *bells)


def groups(state: State) -> tuple[Group, ...]:
    """The circles of the mode `circles`; the plenary is no group."""
    return tuple(
        Group(
            group,
            circle_name(group),
            tuple(s for s, g in state.place.items() if g == group and s in state.members),
            closed=state.phase != "answer",
        )
        for group in state.rounds
        if group
    )


def harvest(state: State) -> Harvest:
    """Counts of moods (CH4) and, of a check-out, the one thing each takes home."""
    given = [answer for answer in state.answers.values() if not answer.passed]
    counts = {"checked_in": len(given)}
    for round_ in state.rounds.values():
        told = sum(status == "told" for status in round_.status.values())
        counts["checked_in"] += told
    for answer in given:
        if answer.value:
            key = f"mood:{answer.value}"
            counts[key] = counts.get(key, 0) + 1
    insights = state.insights
    if gathers(state):
        answers = ((seat, answer.words) for seat, answer in state.answers.items())
        insights += tuple((seat, words) for seat, words in answers if words is not None)
    return Harvest(tuple(Item("insight", words, seat) for seat, words in insights), counts)


def closed(state: State) -> bool:
    """The check-in is over."""
    return state.phase == "closed"


def _group(state: State, group: str, moment: Moment) -> str:
    """The circle a command is about: the one it names, or the sender's own."""
    return group or state.place.get(moment.seat, "")


def _alarm(state: State, timer: str) -> int | None:
    """When the timer "turn:{group}" speaks next."""
    round_ = state.rounds.get(timer.removeprefix("turn:"))
    return turns.due(round_) if round_ is not None and state.phase == "answer" else None


# --- decide -------------------------------------------------------------------------------------

AnyCommand = (
    phases.Decided
    | people.PeopleCommand
    | ModeChoose
    | Give
    | PassAnswer
    | InsightGive
    | CareAsk
    | CareTake
    | turns.Begin
    | turns.Done
    | turns.Pass
    | turns.Defer
    | turns.Extend
    | turns.Next
    | turns.Reorder
)


def decide(state: State, command: AnyCommand, moment: Moment) -> Events:
    """What follows from `command`; the phases, the people, the answers and the turns each have
    functions of their own below."""
    match command:
        case TimeUp(timer=timer) if timer.startswith("turn:"):
            return _bell(state, timer.removeprefix("turn:"), moment)
        case phases.PhaseBack():
            back = phases.decide(state.phases, command, moment, lambda: ())
            return come_again(state, back, moment.now)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _next(state, moment))
        case ModeChoose():
            return (ModeChosen(mode=command.mode),)
        case Give() | PassAnswer() | InsightGive() | CareAsk() | CareTake():
            return _answer(state, command, moment)
        case turns.TurnCommand() | turns.Reorder():
            return _turn(state, command, moment)
        case _ if isinstance(command, people.PeopleCommand):
            return decide_people(state, command, moment)
        case _:
            assert_never(command)


def _next(state: State, moment: Moment) -> Events:
    """Leave the phase. Going into `answer` draws the rings, into `reveal` the order of answers."""
    spoken = is_spoken(state)
    match state.phase:
        case "frame":
            following = _draw(state, moment) if spoken else ()
            return (phases.enter("answer", stage(state, "answer"), moment.now), *following)
        case "answer" if not spoken:
            order = shuffled(tuple(sorted(state.answers)), moment.dice, "reveal")
            drawn = AnswersDrawn(order=order)
            return (drawn, phases.enter("reveal", stage(state, "reveal"), moment.now))
        case "answer" | "reveal":
            return (phases.enter("thanks", stage(state, "thanks"), moment.now),)
        case _:
            return (phases.enter("closed", stage(state, "closed"), moment.now),)


def _draw(state: State, moment: Moment) -> Events:
    """The rings, and the first offer in each. In the plenary a facilitator answers first, as a
    model; ring order follows (1.5 rule 9)."""
    people = tuple(m for seat, m in state.members.items() if takes_part(state, seat))
    if state.settings.mode == "circles":
        split = grouping.split(people, CIRCLE_MAX, moment.dice)
        circles = {f"c{i}": circle.seats for i, circle in enumerate(split, 1)}
    else:
        ring = tuple(member.seat for member in grouping.ring(people, moment.dice))
        models = [m.seat for m in people if m.facilitator and m.here]
        first = moment.seat if moment.seat in ring else models[0] if models else ""
        circles = {"": rounds.from_seat(ring, first)}
    formed = CirclesFormed(circles=circles)
    drawn = evolve(state, formed)
    offers = (turns.offer(round_, moment.now, g) for g, round_ in drawn.rounds.items())
    return (formed, *(event for events in offers for event in events))


def _bell(state: State, group: str, moment: Moment) -> Events:
    """A bell of a round. Nothing is forced while a facilitator is here; circles have no host and
    move on by themselves."""
    round_ = state.rounds[group]
    events = turns.timeup(round_, moment.now, group, moment.autopilot or bool(group))
    return turns.then_offer(round_, events, moment.now, group)


def _answer(
    state: State, command: Give | PassAnswer | InsightGive | CareAsk | CareTake, moment: Moment
) -> Events:
    """What one person gives; all of it is refused to people who do not take part."""
    seat = moment.seat
    match command:
        case Give():
            _ensure_given(state, command, seat)
            return (AnswerGiven(seat=seat, value=command.value, words=command.words),)
        case PassAnswer():
            if not may_give(state, seat):
                raise Refused("closed")
            return (AnswerPassed(seat=seat),)
        case InsightGive():
            if state.settings.direction != "out":
                raise Refused("not_allowed")
            if sum(other == seat for other, _ in state.insights) >= INSIGHTS_EACH:
                raise Refused("full")
            return (InsightGiven(seat=seat, words=command.words),)
        case CareAsk():
            if not is_low(state, seat):
                raise Refused("not_allowed")
            return () if seat in state.care else (CareAsked(seat=seat),)
        case CareTake():
            if command.seat not in state.care:
                raise Refused("stale_seat")
            taken = CareTaken(seat=command.seat, by=seat)
            return () if state.care[command.seat] else (taken,)
        case _:
            assert_never(command)


def _ensure_given(state: State, command: Give, seat: str) -> None:
    """Refuse an answer that is too late (`closed`) or is none (`bad_request`)."""
    if not may_give(state, seat):
        raise Refused("closed")
    options = OPTIONS.get(state.settings.mode, ())
    if command.value and command.value not in {option.value for option in options}:
        raise Refused("bad_request")
    counted = state.settings.mode in ("weather", "scale")
    if not command.value and (counted or command.words is None):
        raise Refused("bad_request")


def _turn(state: State, command: turns.TurnCommand | turns.Reorder, moment: Moment) -> Events:
    """The turn engine, in the circle the command is about. Only the holder uses the holder's
    commands: the table gives them to the role teller alone."""
    group = _group(state, command.group, moment)
    round_, now = state.rounds.get(group), moment.now
    if round_ is None:
        raise Refused("stale_turn")
    holder = isinstance(command, turns.Begin | turns.Done | turns.Pass | turns.Defer)
    if holder and (round_.floor is None or round_.floor.seat != moment.seat):
        raise Refused("not_allowed")
    match command:
        case turns.Begin():
            return turns.begin(round_, now, group)
        case turns.Done():
            events = turns.done(round_, now, group)
        case turns.Pass():
            events = turns.pass_(round_, now, group)
        case turns.Defer():
            events = turns.later(round_, now, group)
        case turns.Next():
            events = turns.move_on(round_, now, group)
        case turns.Extend():
            return turns.extend(round_, command, now, group)
        case turns.Reorder():
            return turns.reorder(round_, command.order, now, group)
        case _:
            raise Refused("unknown")
    return turns.then_offer(round_, events, now, group)


CHECK_IN: Final = Activity(
    kind="check_in",
    version=1,
    title=say("Check-in"),
    summary=say("Everybody is present, seen and heard, once: a word, a picture or a short round."),
    settings=Settings,
    state=State,
    commands=COMMANDS,
    events=EVENTS,
    phases=PHASES,
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
    closed=closed,
    groups=groups,
    stays=True,
    hints=HINTS,
    planned=PLANNED,
)

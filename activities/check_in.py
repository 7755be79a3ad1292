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

from activities import grouping, rounds, timing, turns
from activities._check_in_model import (
    ALLOWED,
    AUTOPILOT_AFTER,
    BACK_WITHIN,
    CIRCLE_MAX,
    COMMANDS,
    EVENTS,
    INSIGHTS_EACH,
    OPTIONS,
    PHASE_BELLS,
    PHASE_EXTENSIONS,
    PHASES,
    ActivityPhase,
    AnswerGiven,
    AnswerPassed,
    Before,
    CareAsk,
    CareAsked,
    CareTake,
    CareTaken,
    CirclePlaced,
    CirclesFormed,
    Give,
    Given,
    InsightGive,
    InsightGiven,
    ModeChoose,
    ModeChosen,
    PassAnswer,
    PauseCall,
    PauseCalled,
    PauseEnded,
    PauseResume,
    PersonAway,
    PersonBack,
    PersonCame,
    PersonLeft,
    PhaseBack,
    PhaseChanged,
    PhaseExtend,
    PhaseNext,
    PhaseRestored,
    Settings,
    State,
    circle_name,
    has_answered,
    is_low,
    is_spoken,
    length,
    may_give,
    phase_of,
    roles_of,
    takes_part,
)
from activities._check_in_view import view
from activities.blocks import say
from activities.kernel import (
    Activity,
    Command,
    Cut,
    Deadline,
    Event,
    Group,
    Harvest,
    Item,
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
    shuffled,
)
from activities.rounds import Round

Events = tuple[Event, ...]

# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """The frame, with everybody who takes part."""
    state = State(settings, members={m.seat: m for m in members if not m.observer})
    return replace(state, timer=_timer(state, "frame", moment.now))


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case PhaseNext() | PhaseExtend() | Give() | PassAnswer():
            return None if command.phase == state.phase else "stale_phase"
        case PhaseBack():
            before = state.before
            late = before is None or moment.now - before.at > BACK_WITHIN
            return "stale_phase" if late or command.phase != state.phase else None
        case PauseCall():
            return "stale_phase" if state.paused_by is not None else None
        case PauseResume():
            gone = state.paused_by is None or command.pause != state.pauses
            return "stale_phase" if gone else None
        case turns.TurnCommand():
            return _stale_turn(state, command, moment)
        case TimeUp():
            return None if command.at == _alarm(state, command.timer) else "stale_turn"
        case _:
            return None


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
    if state.phase == "closed":
        return None
    names = ["phase", *(f"turn:{group}" for group in state.rounds)]
    ringing = [(at, name) for name in names if (at := _alarm(state, name)) is not None]
    if not ringing:
        return None
    at, name = min(ringing)
    return Deadline(at, TimeUp(timer=name, at=at))


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
    if state.settings.direction == "out" and state.settings.mode == "word":
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
    """When the timer called `timer` speaks next."""
    if timer == "phase":
        return timing.due(state.timer)
    round_ = state.rounds.get(timer.removeprefix("turn:"))
    return turns.due(round_) if round_ is not None and state.phase == "answer" else None


def _timer(state: State, phase: ActivityPhase, now: int) -> timing.Timer:
    if phase == "closed":
        return timing.Timer(state="ended")
    timer = timing.idle("soft", length(state, phase), bells=PHASE_BELLS)
    return timing.start(timer, now)


# --- decide -------------------------------------------------------------------------------------

AnyCommand = (
    PhaseNext
    | PhaseBack
    | PhaseExtend
    | ModeChoose
    | PauseCall
    | PauseResume
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
    | Cut
    | TimeUp
    | MemberJoined
    | MemberAway
    | MemberBack
    | MemberLeft
    | MemberChanged
)


def decide(state: State, command: AnyCommand, moment: Moment) -> Events:
    """What follows from `command`; the phases, the people, the answers and the turns each have
    functions of their own below."""
    now = moment.now
    match command:
        case PhaseNext():
            return _next(state, moment)
        case PhaseBack():
            return (PhaseRestored(at=now),)
        case PhaseExtend():
            by = timing.ensure_extension(state.timer, command.seconds, PHASE_EXTENSIONS)
            return (timing.TimerExtended(at=now, by=by),)
        case ModeChoose():
            return (ModeChosen(mode=command.mode),)
        case Cut():
            return (PhaseChanged(phase="closed", at=now),)
        case PauseCall():
            return (PauseCalled(at=now, seat=moment.seat),)
        case PauseResume():
            return _resume(state, moment)
        case TimeUp():
            return _timeup(state, command, moment)
        case Give() | PassAnswer() | InsightGive() | CareAsk() | CareTake():
            return _answer(state, command, moment)
        case turns.TurnCommand() | turns.Reorder():
            return _turn(state, command, moment)
        case MemberJoined() | MemberAway() | MemberBack() | MemberLeft() | MemberChanged():
            return _people(state, command, moment)
        case _:
            assert_never(command)


def _next(state: State, moment: Moment) -> Events:
    """Leave the phase. Going into `answer` draws the rings, into `reveal` the order of answers."""
    match state.phase:
        case "frame":
            changed = PhaseChanged(phase="answer", at=moment.now)
            return (changed, *_draw(state, moment)) if is_spoken(state) else (changed,)
        case "answer" if is_spoken(state):
            return (PhaseChanged(phase="thanks", at=moment.now),)
        case "answer":
            order = shuffled(tuple(sorted(state.answers)), moment.dice, "reveal")
            return (PhaseChanged(phase="reveal", at=moment.now, order=order),)
        case "reveal":
            return (PhaseChanged(phase="thanks", at=moment.now),)
        case "thanks" | "closed":
            return (PhaseChanged(phase="closed", at=moment.now),)
        case _:
            assert_never(state.phase)


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


def _resume(state: State, moment: Moment) -> Events:
    """Facilitators end a pause, or whoever called it, and with no facilitator here anybody."""
    lead = bool({"lead", "co"} & moment.roles) or moment.autopilot
    if not lead and moment.seat != state.paused_by:
        raise Refused("not_allowed")
    return (PauseEnded(at=moment.now),)


def _timeup(state: State, command: TimeUp, moment: Moment) -> Events:
    """A bell. Nothing is forced while a facilitator is here; circles have no host and move on
    by themselves."""
    if command.timer == "phase":
        rang = timing.TimerRang(at=moment.now)
        late = timing.rung_at(timing.ring(state.timer), AUTOPILOT_AFTER)
        return (rang, *_next(state, moment)) if moment.autopilot and late else (rang,)
    group = command.timer.removeprefix("turn:")
    round_ = state.rounds[group]
    auto = moment.autopilot or bool(group)
    events = turns.timeup(round_, moment.now, group, auto)
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


def _people(
    state: State,
    command: MemberJoined | MemberAway | MemberBack | MemberLeft | MemberChanged,
    moment: Moment,
) -> Events:
    """Comings and goings. Observers do not take part."""
    now = moment.now
    match command:
        case MemberJoined(member=member) | MemberChanged(member=member):
            old = state.members.get(member.seat)
            if member.observer:
                return _leave(state, member.seat, now)
            if old is not None and isinstance(command, MemberChanged):
                member = replace(member, here=old.here)
            came = PersonCame(member=member)
            return (came, *_enter(evolve(state, came), member.seat, now))
        case MemberAway(seat=seat, seen=seen):
            if seat not in state.members:
                return ()
            group, round_ = _running(state, seat)
            events = turns.away(round_, seat, seen, now, group) if round_ else ()
            return (PersonAway(seat=seat), *events)
        case MemberBack(seat=seat):
            if seat not in state.members:
                return ()
            back = PersonBack(seat=seat)
            return (back, *_enter(evolve(state, back), seat, now))
        case MemberLeft(seat=seat):
            return _leave(state, seat, now)
        case _:
            assert_never(command)


def _enter(state: State, seat: str, now: int) -> Events:
    """Somebody who is here finds their round: their own again, or the smallest still going."""
    group, round_ = _running(state, seat)
    if state.phase != "answer" or not is_spoken(state) or not takes_part(state, seat):
        return ()
    member = state.members[seat]
    if round_ is not None:
        if seat not in round_.status or member.here:
            return _joined(round_, seat, member.here, now, group)
        return ()
    going = {g: len(r.ring) - len(r.gone) for g, r in state.rounds.items() if not r.complete}
    smallest = grouping.smallest(going)
    if smallest is None or seat in state.place:
        return ()
    placed = CirclePlaced(seat=seat, group=smallest)
    return (placed, *_joined(state.rounds[smallest], seat, member.here, now, smallest))


def _joined(round_: Round, seat: str, here: bool, now: int, group: str) -> Events:
    """Join a round, offering the floor if it is free."""
    events = turns.join(round_, seat, now, group)
    if not here:
        known = rounds.after(round_, events)
        events = (*events, *turns.away(known, seat, now, now, group))
    return turns.then_offer(round_, events, now, group)


def _leave(state: State, seat: str, now: int) -> Events:
    """The order closes up behind somebody; a last one left alone goes to another circle (G4)."""
    if seat not in state.members:
        return ()
    left: Events = (PersonLeft(seat=seat),)
    group, round_ = _running(state, seat)
    if round_ is None:
        return left
    events = turns.then_offer(round_, turns.leave(round_, seat, now, group), now, group)
    return (*left, *events, *_not_alone(_after(state, (*left, *events)), group, now))


def _not_alone(state: State, group: str, now: int) -> Events:
    """Move the last one of a circle to the smallest other circle."""
    people = [s for s, g in state.place.items() if g == group and s in state.members]
    others = {
        g: sum(p == g and s in state.members for s, p in state.place.items()) for g in state.rounds
    }
    target = grouping.smallest(others, without=group)
    if len(people) != 1 or target is None:
        return ()
    seat = people[0]
    moved: Events = (CirclePlaced(seat=seat, group=target),)
    if has_answered(state, seat):
        return moved
    left = turns.leave(state.rounds[group], seat, now, group)
    here = state.members[seat].here
    gone = turns.then_offer(state.rounds[group], left, now, group)
    return (*moved, *gone, *_joined(state.rounds[target], seat, here, now, target))


def _running(state: State, seat: str) -> tuple[str, Round | None]:
    """The circle of `seat` and its round, if it goes on."""
    group = state.place.get(seat, "")
    round_ = state.rounds.get(group)
    return group, round_ if state.phase == "answer" else None


def _after(state: State, events: Events) -> State:
    for event in events:
        state = evolve(state, event)
    return state


# --- evolve -------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case PhaseChanged() | PhaseRestored() | PauseCalled() | PauseEnded():
            return _phase_evolved(state, event)
        case PersonCame() | PersonAway() | PersonBack() | PersonLeft():
            return _person_evolved(state, event)
        case ModeChosen(mode=mode):
            return replace(state, settings=replace(state.settings, mode=mode))
        case CirclesFormed(circles=circles):
            away = frozenset(seat for seat, member in state.members.items() if not member.here)
            cap = state.settings.cap_s * timing.SECOND
            place = {seat: group for group, seats in circles.items() for seat in seats}
            # Going back and drawing again never reuses a turn's number.
            turn = max((round_.turn for round_ in state.rounds.values()), default=0)
            opened = {g: rounds.fresh(seats, cap, away, turn) for g, seats in circles.items()}
            return replace(state, place=place, rounds=opened)
        case CirclePlaced(seat=seat, group=group):
            return replace(state, place={**state.place, seat: group})
        case AnswerGiven(seat=seat, value=value, words=words):
            return replace(state, answers={**state.answers, seat: Given(value, words)})
        case AnswerPassed(seat=seat):
            return replace(state, answers={**state.answers, seat: Given(passed=True)})
        case InsightGiven(seat=seat, words=words):
            return replace(state, insights=(*state.insights, (seat, words)))
        case CareAsked(seat=seat):
            return replace(state, care={**state.care, seat: ""})
        case CareTaken(seat=seat, by=by):
            return replace(state, care={**state.care, seat: by})
        case timing.TimerEvent():
            return replace(state, timer=timing.evolve(state.timer, event))
        case rounds.RoundEvent():
            return _round_evolved(state, event)
        case _:
            return state


def _phase_evolved(
    state: State, event: PhaseChanged | PhaseRestored | PauseCalled | PauseEnded
) -> State:
    match event:
        case PhaseChanged(phase=phase, at=at, order=order):
            before = Before(state.phase, timing.pause(state.timer, at), at)
            if state.phase == "answer":  # rounds stand still, in case the lead goes back
                state = _rounds(state, rounds.RoundPaused(at=at))
            state = replace(
                state,
                phase=phase,
                before=None if phase == "closed" else before,
                timer=_timer(state, phase, at),
                order=order or state.order,
                revealed=state.revealed or phase == "reveal",
            )
            return _silence(state) if phase == "closed" else state
        case PhaseRestored(at=at):
            if state.before is None:
                return state
            restored = replace(
                state,
                phase=state.before.phase,
                timer=timing.resume(state.before.timer, at),
                before=None,
            )
            spoken = restored.phase == "answer"
            return _rounds(restored, rounds.RoundResumed(at=at)) if spoken else restored
        case PauseCalled(at=at, seat=seat):
            paused = _rounds(state, rounds.RoundPaused(at=at))
            timer = timing.pause(state.timer, at)
            return replace(
                paused, timer=timer, pauses=state.pauses + 1, paused_by=seat, paused_at=at
            )
        case PauseEnded(at=at):
            state = replace(state, timer=timing.resume(state.timer, at), paused_by=None)
            return _rounds(state, rounds.RoundResumed(at=at)) if state.phase == "answer" else state


def _person_evolved(
    state: State, event: PersonCame | PersonAway | PersonBack | PersonLeft
) -> State:
    if isinstance(event, PersonCame):
        return replace(state, members={**state.members, event.member.seat: event.member})
    member = state.members.get(event.seat)
    if member is None:
        return state
    if isinstance(event, PersonLeft):
        others = {seat: m for seat, m in state.members.items() if seat != event.seat}
        return replace(state, members=others)
    member = replace(member, here=isinstance(event, PersonBack))
    return replace(state, members={**state.members, event.seat: member})


def _round_evolved(state: State, event: rounds.RoundEvent) -> State:
    round_ = state.rounds.get(event.group)
    if round_ is None:
        return state
    return replace(state, rounds={**state.rounds, event.group: rounds.evolve(round_, event)})


def _rounds(state: State, event: rounds.RoundEvent) -> State:
    """All rounds after `event`, whichever group it names."""
    return replace(
        state, rounds={group: rounds.evolve(r, event) for group, r in state.rounds.items()}
    )


def _silence(state: State) -> State:
    """CH1: whoever is here and still silent at the end has passed."""
    silent = {
        seat: Given(passed=True)
        for seat, member in state.members.items()
        if member.here and takes_part(state, seat) and not has_answered(state, seat)
    }
    return replace(state, answers={**state.answers, **silent})


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
)

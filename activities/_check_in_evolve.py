"""How events change a check-in."""

from msgspec.structs import replace

from activities import rounds, timing
from activities._check_in_commands import (
    ActivityPhase,
    AnswerGiven,
    AnswerPassed,
    CareAsked,
    CareTaken,
    CirclePlaced,
    CirclesFormed,
    InsightGiven,
    ModeChosen,
    PauseCalled,
    PauseEnded,
    PersonAway,
    PersonBack,
    PersonCame,
    PersonLeft,
    PhaseChanged,
    PhaseRestored,
)
from activities._check_in_model import (
    PHASE_BELLS,
    Before,
    Given,
    State,
    has_answered,
    length,
    takes_part,
)
from activities.kernel import (
    Event,
)


def timer_of(state: State, phase: ActivityPhase, now: int) -> timing.Timer:
    """The timer of a phase that begins at `now`."""
    if phase == "closed":
        return timing.Timer(state="ended")
    timer = timing.idle("soft", length(state, phase), bells=PHASE_BELLS)
    return timing.start(timer, now)


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
                timer=timer_of(state, phase, at),
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

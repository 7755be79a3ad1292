"""How events change a check-in."""

from msgspec.structs import replace

from activities import people, phases, rounds, timing
from activities._check_in_commands import (
    AnswerGiven,
    AnswerPassed,
    AnswersDrawn,
    CareAsked,
    CareTaken,
    CirclePlaced,
    CirclesFormed,
    InsightGiven,
    ModeChosen,
)
from activities._check_in_model import Given, State, has_answered, takes_part
from activities.kernel import Event


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case people.PersonEvent():
            return replace(state, members=people.evolve(state.members, event))
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
        case AnswersDrawn(order=order):
            return replace(state, order=order)
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
        case rounds.RoundEvent():
            return _round_evolved(state, event)
        case _:
            return _phase_evolved(state, event)


def _phase_evolved(state: State, event: Event) -> State:
    """Phase and clock; rounds stand still whenever the check-in is not in `answer`, in case the
    lead goes back."""
    was = state.phase
    state = replace(state, phases=phases.evolve(state.phases, event))
    match event:
        case phases.PhaseChanged(phase=phase, at=at):
            if was == "answer":
                state = _rounds(state, rounds.RoundPaused(at=at))
            state = replace(state, revealed=state.revealed or phase == "reveal")
            return _silence(state) if phase == "closed" else state
        case phases.PauseCalled(at=at):
            return _rounds(state, rounds.RoundPaused(at=at))
        case phases.PhaseRestored(at=at) | phases.PauseEnded(at=at) if state.phase == "answer":
            return _rounds(state, rounds.RoundResumed(at=at))
        case _:
            return state


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

"""How each event changes the state of a fishbowl. `evolve` is total."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from activities import _fishbowl_events as happened
from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import people, phases, rounds
from activities._fishbowl_seats import BowlEvent, ChairFreed, ChairTaken
from activities._fishbowl_state import Before, State, speaking
from activities.kernel import Event
from activities.people import PersonEvent
from activities.phases import PauseCalled, PauseEnded, PhaseChanged, PhaseRestored, PhaseSettled
from activities.rounds import Round, RoundEvent


def evolve(state: State, event: Any) -> State:
    """The state after `event`; an event of another kind changes nothing."""
    state = replace(state, phases=phases.evolve(state.phases, event))
    match event:
        case PhaseChanged():
            return _changed(state, event)
        case PhaseRestored():
            return _restored(state, event)
        case PhaseSettled():
            return replace(state, before=None)
        case PauseCalled(at=at):
            bowl = seats.stop(state.bowl, at)
            return replace(state, bowl=bowl, round=_round(state.round, at, stop=True))
        case PauseEnded(at=at):
            bowl = seats.go_on(state.bowl, at)
            return replace(state, bowl=bowl, round=_round(state.round, at, stop=False))
        case PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case BowlEvent():
            return _in_bowl(state, event)
        case questions.QuestionEvent():
            asked = state.asked + isinstance(event, questions.QuestionAdded)
            return replace(state, board=questions.evolve(state.board, event), asked=asked)
        case RoundEvent() if state.round is not None:
            return replace(state, round=rounds.evolve(state.round, event))
        case _:
            change = _CHANGE.get(type(event))
            return state if change is None else change(state, event)


def _changed(state: State, event: PhaseChanged) -> State:
    """A phase begins. What only the last one needed ends with it."""
    before = Before(
        event.at,
        state.bowl,
        state.groups,
        state.round,
        state.board,
        state.put,
        state.answering,
        state.batch,
    )
    return replace(
        _unmarked(state, event.at),
        bowl=seats.go_on(state.bowl, event.at),
        round=None,
        invited=(),
        put="",
        answering="",
        threads=state.threads if event.phase == "batch" else (),
        open_board=state.open_board or event.phase in ("answers", "debrief", "closed"),
        before=before,
    )


def _restored(state: State, event: PhaseRestored) -> State:
    """The phase before: chairs, groups and turns as they were left, their time too. Who spoke how
    long is not taken back, nor is what everybody has read already."""
    before = state.before
    if before is None:
        return state
    state = _unmarked(state, event.at)
    round_ = before.round
    if round_ is not None:
        # The time since then is nobody's.
        round_ = _round(_round(round_, before.at, stop=True), event.at, stop=False)
    return replace(
        state,
        bowl=seats.go_on(seats.stop(before.bowl, before.at), event.at),
        groups=before.groups,
        round=round_,
        board=before.board,
        put=before.put,
        answering=before.answering,
        batch=before.batch,
        invited=(),
        before=None,
    )


def _round(round_: Round | None, at: int, *, stop: bool) -> Round | None:
    if round_ is None or round_.paused == stop:
        return round_
    kind = rounds.RoundPaused if stop else rounds.RoundResumed
    return rounds.evolve(round_, kind(at=at))


def _in_bowl(state: State, event: BowlEvent) -> State:
    if isinstance(event, ChairFreed) and event.seat == state.floor:
        state = _unmarked(state, event.at)
    if isinstance(event, ChairFreed) and event.seat == state.answering:
        state = replace(state, answering="")  # the question stays with the others inside
    if isinstance(event, ChairTaken):
        state = replace(state, invited=tuple(s for s in state.invited if s != event.seat))
    return replace(state, bowl=seats.evolve(state.bowl, event))


def _unmarked(state: State, at: int) -> State:
    """Nobody is tapped on; what they spoke is kept."""
    return replace(state, spoken=speaking(state, at), floor="", floor_since=0)


def _floor(state: State, event: happened.FloorMarked) -> State:
    since = seats.time(state.bowl, event.at)
    return replace(_unmarked(state, event.at), floor=event.seat, floor_since=since)


def _quote(state: State, event: happened.QuoteReleased) -> State:
    return replace(state, quotes=(*state.quotes, (event.seat, event.words)))


_CHANGE: Final[dict[type[Event], Callable[[State, Any], State]]] = {
    happened.TopicGiven: lambda state, event: replace(state, topic=event.words),
    happened.SeatInvited: lambda state, event: replace(
        state, invited=(*(s for s in state.invited if s != event.seat), event.seat)
    ),
    happened.InviteEnded: lambda state, event: replace(
        state, invited=tuple(s for s in state.invited if s != event.seat)
    ),
    happened.SeedAsked: lambda state, event: replace(
        state, seeds={**state.seeds, event.seat: "asked"}
    ),
    happened.SeedAnswered: lambda state, event: replace(
        state, seeds={**state.seeds, event.seat: "yes" if event.yes else "no"}
    ),
    happened.FloorMarked: _floor,
    happened.BatchWished: lambda state, event: replace(
        # The last wish counts, at its own place in the order of wishes.
        state,
        wishes={
            **{seat: batch for seat, batch in state.wishes.items() if seat != event.seat},
            event.seat: event.batch,
        },
    ),
    happened.BatchesFixed: lambda state, event: replace(state, batches=event.batches),
    happened.BatchBegan: lambda state, event: replace(state, batch=event.batch),
    happened.ThreadPassed: lambda state, event: replace(
        state, threads=(*state.threads, (event.seat, event.words))
    ),
    happened.GroupsDealt: lambda state, event: replace(
        state, groups=event.groups, dealt=state.dealt + len(event.groups)
    ),
    happened.GroupsChanged: lambda state, event: replace(
        state,
        groups=event.groups,
        dealt=max([state.dealt, *(one.index + 1 for one in event.groups)]),
    ),
    happened.RoundBegan: lambda state, event: replace(
        state, round=rounds.fresh(event.order, event.length, event.away)
    ),
    happened.QuestionPut: lambda state, event: replace(
        state, put=event.question, answering=event.seat
    ),
    happened.PromptShown: lambda state, event: replace(state, prompt=event.prompt),
    happened.QuoteReleased: _quote,
}

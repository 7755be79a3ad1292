"""What each event makes of the state; total (`kernel.py`)."""

from collections.abc import Mapping
from itertools import combinations

from msgspec.structs import replace

from activities import pairing, people, phases, rounds
from activities._dyads_commands import (
    AloudBegun,
    ItemBrought,
    LeadSeen,
    NoteKept,
    PairsFormed,
    PairsMended,
    PairsPlanned,
    PartnerBack,
    PartnerMissed,
    PartnerSilent,
    ReadyChanged,
    TimeAsked,
    TimeGiven,
    TurnSwitched,
    WaitChosen,
    WishMade,
)
from activities._dyads_model import (
    ALOUD_TURN,
    HALVES,
    SHORTEST_HALF,
    Brought,
    Kept,
    Plan,
    Sitting,
    State,
    lasted,
    steps,
    turn,
    without,
)
from activities.kernel import Event
from activities.pairing import Seats, Wishes


def after(state: State, events: tuple[Event, ...]) -> State:
    """The state after all of `events`."""
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case phases.PhaseChanged():
            return _changed(state, event)
        case phases.PhaseRestored():
            return _restored(state, event)
        case phases.PhaseSettled():
            return replace(state, undo=None, phases=phases.evolve(state.phases, event))
        case phases.PauseCalled() | phases.PauseEnded():
            return _paused(state, event)
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case rounds.RoundEvent():
            if state.aloud is None:
                return state
            return replace(state, aloud=rounds.evolve(state.aloud, event))
        case AloudBegun(ring=ring):
            return replace(state, aloud=rounds.fresh(ring, ALOUD_TURN))
        case (
            PairsPlanned()
            | PairsFormed()
            | PairsMended()
            | TurnSwitched()
            | PartnerSilent()
            | PartnerMissed()
            | PartnerBack()
            | WaitChosen()
        ):
            return _seated(state, event)
        case _:
            return _told(state, event)


Seated = (
    PairsPlanned
    | PairsFormed
    | PairsMended
    | TurnSwitched
    | PartnerSilent
    | PartnerMissed
    | PartnerBack
    | WaitChosen
)


def _seated(state: State, event: Seated) -> State:
    match event:
        case PairsPlanned(basis=basis, groups=groups):
            return replace(state, plan=Plan(basis, groups))
        case PairsFormed():
            return _formed(state, event)
        case PairsMended():
            return _mended(state, event)
        case TurnSwitched():
            return replace(_heard(state), sitting=replace(_heard(state).sitting, switched=True))
        case PartnerSilent(seat=seat, at=at):
            silent = {**state.silent, seat: at}
            return replace(state, silent=silent, missed=state.missed - {seat})
        case PartnerMissed(seat=seat):
            return replace(state, missed=state.missed | {seat})
        case PartnerBack(seat=seat):
            return without(state, seat)
        case WaitChosen(seat=seat):
            return replace(state, patient=state.patient | {seat})


def _told(state: State, event: Event) -> State:
    match event:
        case WishMade():
            return replace(state, wishes=_wished(state.wishes, event))
        case NoteKept():
            kept = Kept(event.seat, event.words, event.kind, event.scope)
            return replace(state, notes=(*state.notes, kept))
        case ItemBrought(group=group):
            brought = {**state.brought, group: Brought(event.seat, event.words)}
            return replace(state, brought=brought)
        case ReadyChanged(group=group):
            ready = state.ready | {group} if event.ready else state.ready - {group}
            return replace(state, ready=ready)
        case TimeAsked(group=group):
            return replace(state, asked=state.asked | {group})
        case TimeGiven(group=group, more=more):
            asked = state.asked - {group} if group else frozenset()
            return replace(state, asked=asked, sitting=replace(state.sitting, more=more))
        case LeadSeen(seat=seat):
            return replace(state, lead=seat)
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


def _changed(state: State, event: phases.PhaseChanged) -> State:
    """Into the next step, or to the end. Who spoke in a half that is over has spoken."""
    before = state.sitting
    state = _heard(state)
    sitting = replace(left_half(state, event.at), switched=False, more={})
    if event.phase == phases.CLOSED:
        sitting = replace(sitting, at=len(steps(state.settings)))
    else:
        sitting = replace(sitting, at=min(sitting.at + 1, len(steps(state.settings))))
    if event.phase == "half_1":
        sitting = replace(sitting, half=0, spoke=frozenset())
        firsts = [seats[0] for seats in sitting.groups.values() if seats]
        began = {**sitting.began, **{s: sitting.began.get(s, 0) + 1 for s in firsts}}
        sitting = replace(sitting, began=began)
    return replace(
        state,
        sitting=sitting,
        undo=None if event.phase == phases.CLOSED else before,
        phases=phases.evolve(state.phases, event),
        ready=frozenset(),
        asked=frozenset(),
        patient=frozenset(),
        aloud=None,
    )


def left_half(state: State, now: int) -> Sitting:
    """Who sits how, when the present phase ends at `now`: a first half says how long the second
    will be (DY3)."""
    if state.phases.phase != "half_1":
        return state.sitting
    return replace(state.sitting, half=max(SHORTEST_HALF, lasted(state, now)))


def _restored(state: State, event: phases.PhaseRestored) -> State:
    """Phase, clock and groups are as they were; people who left since are not."""
    if state.undo is None:
        return state
    groups = {
        id: kept
        for id, seats in state.undo.groups.items()
        if (kept := tuple(seat for seat in seats if seat in state.people))
    }
    return replace(
        state,
        sitting=replace(state.undo, groups=groups),
        undo=None,
        phases=phases.evolve(state.phases, event),
        aloud=None,
    )


def _paused(state: State, event: phases.PauseCalled | phases.PauseEnded) -> State:
    aloud = state.aloud
    if aloud is not None:
        stop = isinstance(event, phases.PauseCalled)
        made = rounds.RoundPaused if stop else rounds.RoundResumed
        aloud = rounds.evolve(aloud, made(at=event.at, group=""))
    return replace(state, aloud=aloud, phases=phases.evolve(state.phases, event))


def _formed(state: State, event: PairsFormed) -> State:
    groups = {f"p{event.round}-{n}": seats for n, seats in enumerate(event.groups, 1)}
    sitting = state.sitting
    # Fours are pairs that sit down together: not a new meeting of two.
    fours = any(len(seats) > pairing.TRIO for seats in event.groups) or (
        state.settings.form == "one_two_four" and event.round > 1
    )
    past = sitting.past if fours else (*sitting.past, *event.groups)
    began = sitting.began
    if state.phases.phase in HALVES:  # known late: their first has the floor at once
        firsts = {seats[0]: began.get(seats[0], 0) + 1 for seats in event.groups}
        began = {**began, **firsts}
    mates = tuple(sitting.groups.values()) if fours else ()
    sitting = replace(
        sitting, round=event.round, groups=groups, past=past, began=began, mates=mates
    )
    seats = {seat for group in event.groups for seat in group}
    silent = {seat: at for seat, at in state.silent.items() if seat in seats}
    return replace(
        state,
        sitting=sitting,
        plan=None,
        silent=silent,
        missed=state.missed & frozenset(silent),
        patient=frozenset(),
    )


def _mended(state: State, event: PairsMended) -> State:
    """The groups are these; who now sits with somebody new has met them."""
    old = state.sitting.groups
    mates = {two for seats in old.values() for two in combinations(sorted(seats), 2)}
    new = [
        two
        for seats in event.groups.values()
        for two in combinations(sorted(seats), 2)
        if two not in mates
    ]
    fours = state.phases.phase == "four"
    past = state.sitting.past if fours else (*state.sitting.past, *new)
    more = _taken_along(state.sitting, event.groups)
    sitting = replace(state.sitting, groups=dict(event.groups), past=past, more=more)
    sitting_seats = {seat for seats in event.groups.values() for seat in seats}
    silent = {seat: at for seat, at in state.silent.items() if seat in sitting_seats}
    return replace(
        state,
        sitting=sitting,
        silent=silent,
        missed=state.missed & frozenset(silent),
        ready=state.ready & frozenset(event.groups),
        asked=state.asked & frozenset(event.groups),
        brought={id: one for id, one in state.brought.items() if id in event.groups},
    )


def _taken_along(sitting: Sitting, groups: Mapping[str, Seats]) -> Mapping[str, int]:
    """What each group has beyond the others once people sit anew: nobody loses time they were
    given. What a group had that is no more stays known, so that nobody else's end moves (G6)."""
    if not sitting.more:
        return sitting.more
    had = {
        id: max((sitting.more.get(sitting.place.get(seat, ""), 0) for seat in seats), default=0)
        for id, seats in groups.items()
    }
    return {**sitting.more, **had}


def _heard(state: State) -> State:
    """Whoever has the floor in a half has spoken in this round."""
    if state.phases.phase not in HALVES:
        return state
    floor = {seats[turn(state, id)] for id, seats in state.groups.items() if seats}
    sitting = replace(state.sitting, spoke=state.sitting.spoke | floor)
    return replace(state, sitting=sitting)


def _wished(wishes: Wishes, event: WishMade) -> Wishes:
    two = (event.one, event.other) if event.one < event.other else (event.other, event.one)

    def others(known: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple(one for one in known if one != two)

    together, apart = others(wishes.together), others(wishes.apart)
    match event.wish:
        case "together":
            return Wishes((*together, two), apart)
        case "apart":
            return Wishes(together, (*apart, two))
        case _:
            return Wishes(together, apart)

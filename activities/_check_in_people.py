"""Comings and goings in a check-in: who finds which round, who moves when one is left alone."""

from activities import grouping, groups, people, rounds, turns
from activities._check_in_commands import CirclePlaced
from activities._check_in_evolve import evolve
from activities._check_in_model import (
    State,
    has_answered,
    is_spoken,
    takes_part,
)
from activities.kernel import Event, MemberAway, Moment
from activities.rounds import Round

Events = tuple[Event, ...]


def decide_people(state: State, command: people.PeopleCommand, moment: Moment) -> Events:
    """Comings and goings. Observers do not take part."""
    news = people.decide(state.members, command)
    return tuple(after for one in news for after in (one, *_follows(state, one, command, moment)))


def _follows(
    state: State, news: people.PersonEvent, command: people.PeopleCommand, moment: Moment
) -> Events:
    """What the news about one person means for the rounds."""
    now = moment.now
    match news:
        case people.PersonCame(member=member):
            return _enter(evolve(state, news), member.seat, now)
        case people.PersonBack(seat=seat):
            return _enter(evolve(state, news), seat, now)
        case people.PersonAway(seat=seat) if isinstance(command, MemberAway):
            group, round_ = _running(state, seat)
            return turns.away(round_, seat, command.seen, now, group) if round_ else ()
        case people.PersonLeft(seat=seat):
            return _leave(state, news, seat, now)
        case _:
            return ()


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
    going = {
        g: tuple(s for s in r.ring if s not in r.gone)
        for g, r in state.rounds.items()
        if not r.complete
    }
    into = groups.door(going, going, groups.NO_LIMIT)
    if not into or seat in state.place:
        return ()
    placed = CirclePlaced(seat=seat, group=into)
    return (placed, *_joined(state.rounds[into], seat, member.here, now, into))


def come_again(state: State, back: Events, now: int) -> Events:
    """`back` (the lead goes back a phase), and what the rounds have missed while they stood still:
    who came meanwhile finds one, who left or whose line dropped is known to theirs."""
    events = back
    state = _after(state, back)
    if state.phase != "answer":
        return events
    for seat in sorted({*state.members, *state.place}):
        more = _caught_up(state, seat, now)
        events, state = (*events, *more), _after(state, more)
    return events


def _caught_up(state: State, seat: str, now: int) -> Events:
    group, round_ = _running(state, seat)
    member = state.members.get(seat)
    if round_ is None or seat not in round_.ring:
        return _enter(state, seat, now) if member and member.here else ()
    if round_.complete or seat in round_.gone:
        return ()
    if member is None:
        left = turns.then_offer(round_, turns.leave(round_, seat, now, group), now, group)
        return (*left, *_not_alone(_after(state, left), group, now))
    if member.here == (seat not in round_.away):
        return ()
    if member.here:
        return _joined(round_, seat, True, now, group)
    return turns.away(round_, seat, now, now, group)


def _joined(round_: Round, seat: str, here: bool, now: int, group: str) -> Events:
    """Join a round, offering the floor if it is free."""
    events = turns.join(round_, seat, now, group)
    if not here:
        known = rounds.after(round_, events)
        events = (*events, *turns.away(known, seat, now, now, group))
    return turns.then_offer(round_, events, now, group)


def _leave(state: State, left: people.PersonEvent, seat: str, now: int) -> Events:
    """The order closes up behind somebody; a last one left alone goes to another circle (G4)."""
    group, round_ = _running(state, seat)
    if round_ is None:
        return ()
    events = turns.then_offer(round_, turns.leave(round_, seat, now, group), now, group)
    return (*events, *_not_alone(_after(state, (left, *events)), group, now))


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

"""How pairs come about and change: the work of matching, the steps, people who go and come."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from msgspec.structs import replace

from activities import groups as places
from activities import pairing, people, phases, rounds, turns
from activities._dyads_commands import (
    AloudBegun,
    PairsFormed,
    PairsFound,
    PairsMended,
    PairsPlanned,
    PartnerBack,
    PartnerMissed,
    PartnerSilent,
)
from activities._dyads_evolve import after, evolve, left_half
from activities._dyads_model import (
    ALOUD,
    ALOUD_TURN,
    MOST_TOGETHER,
    PATIENCE,
    REPAIR,
    State,
    filler,
    goes_on_unrecorded,
    group_of,
    here,
    in_pairs,
    member,
    stage,
    step,
    waiting,
)
from activities.kernel import (
    Command,
    Event,
    Job,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    shuffled,
)
from activities.pairing import Seats

Events = tuple[Event, ...]

FOUR: Final = "four"
# --- the work -----------------------------------------------------------------------------------


def work(state: State) -> Job | None:
    """What should be computed now: the groups of the present step, or those of the next one while
    this one is still running."""
    wanted = _wanted(state)
    if wanted is None:
        return None
    turn, basis = wanted
    if state.plan is not None and state.plan.basis == basis:
        return None
    if joins_pairs(state, turn):
        return Job(basis, _fours(state, basis))
    return Job(basis, _pairs(state, turn, basis))


def _wanted(state: State) -> tuple[int, str] | None:
    """The round whose groups should be known, and what they are computed from."""
    if state.phases.phase == phases.CLOSED:
        return None
    turn = coming_round(state)
    if turn <= state.sitting.round:
        return None
    basis = basis_of(state, turn)
    return (turn, basis) if basis else None


def coming_round(state: State) -> int:
    """The round of the present step; of the next one where it is prepared ahead: in the last
    half of a round, and before the first."""
    phase, turn = step(state)
    if phase in ("intro", "half_2", "alone", "pair"):
        following, later = step(state, state.sitting.at + 1)
        if following in ("move", "half_1", "pair", FOUR):
            return later if state.sitting.round >= turn else turn
    return 0 if phase in ("own_note", "plenary", "all", phases.CLOSED) else turn


def who_sits(state: State) -> tuple[Member, ...]:
    """Everybody to be placed, with a facilitator where that is the rule: for one alone, for five
    people, or whenever their number is odd (A3 *Pairing rule*)."""
    found = people.placeable(state.people)
    if len(found) % 2 == 0:
        return found
    extra = _free_filler(state, alone=len(found) == 1)
    fills = state.settings.odd == "facilitator_fills" or len(found) in (1, 5)
    return (*found, state.people[extra]) if fills and extra else found


def _free_filler(state: State, *, alone: bool) -> str:
    """Who may fill: whoever does not lead; the lead only where somebody would be alone."""
    free = [m.seat for m in state.people.values() if m.facilitator and m.here]
    others = [seat for seat in free if seat != state.lead]
    return others[0] if others else free[0] if free and alone else ""


def basis_of(state: State, turn: int) -> str:
    """A name for all that the groups of round `turn` depend on; "" when nobody can be placed."""
    sitting = who_sits(state)
    if len(sitting) < pairing.PAIR:
        return ""
    if joins_pairs(state, turn):
        about: object = sorted(state.groups.values())
    else:
        about = [(m.seat, m.where, m.table, m.language, m.organisation) for m in sitting]
    told = repr((turn, about, state.wishes, len(state.sitting.past)))
    return sha256(told.encode()).hexdigest()[:16]


def joins_pairs(state: State, turn: int) -> bool:
    """Whether the groups of round `turn` are made of those there are: the fours."""
    return turn > 1 and state.settings.form == "one_two_four" and bool(state.groups)


class _Work:
    """A computation of its own, with all it needs: it runs in another thread."""

    def __init__(self, state: State, basis: str) -> None:
        self.sitting = who_sits(state)
        self.past = state.sitting.past
        self.basis = basis


class _pairs(_Work):
    def __init__(self, state: State, turn: int, basis: str) -> None:
        super().__init__(state, basis)
        self.mix = state.settings.mix
        self.wishes = state.wishes
        self.ahead = state.settings.rounds - turn + 1 if state.settings.form == "rotating" else 1

    def __call__(self, dice: int) -> Command:
        found = pairing.pairs(
            self.sitting,
            self.past,
            dice,
            mix=self.mix,
            wishes=self.wishes,
            ahead=self.ahead,
        )
        return PairsFound(basis=self.basis, groups=found)


class _fours(_Work):
    def __init__(self, state: State, basis: str) -> None:
        super().__init__(state, basis)
        self.groups = tuple(state.groups.values())

    def __call__(self, dice: int) -> Command:
        joined = pairing.fours(self.groups, self.sitting, self.past, dice)
        groups = tuple(tuple(s for i in four for s in self.groups[i]) for four in joined)
        return PairsFound(basis=self.basis, groups=groups)


def found(state: State, command: PairsFound, moment: Moment) -> Events:
    """The groups are known: people sit down, or it is a plan for the next step."""
    turn = coming_round(state)
    if turn == step(state)[1] and step(state)[0] not in ("intro", "alone"):
        formed = formed_as(state, turn, command.groups, moment.now)
        return (formed, *settled(evolve(state, formed), moment))
    return (PairsPlanned(at=moment.now, basis=command.basis, groups=command.groups),)


def formed_as(state: State, turn: int, groups: tuple[Seats, ...], now: int) -> PairsFormed:
    """The groups in speaking order: who began less often first, then who came last (A3a)."""
    came = {seat: place for place, seat in enumerate(state.people)}
    began = state.sitting.began

    def order(seat: str) -> tuple[int, int]:
        return began.get(seat, 0), -came.get(seat, 0)

    return PairsFormed(
        at=now, round=turn, groups=tuple(tuple(sorted(g, key=order)) for g in groups)
    )


# --- steps --------------------------------------------------------------------------------------


def go_on(state: State, moment: Moment) -> Events:
    """The next phase, with its groups if they are known already."""
    now, at = moment.now, state.sitting.at + 1
    phase, turn = step(state, at)
    events: list[Event] = []
    state = replace(state, sitting=left_half(state, now))
    plan = state.plan if phase != phases.CLOSED and turn > state.sitting.round else None
    if plan is not None and plan.basis == basis_of(state, turn):
        events.append(formed_as(state, turn, plan.groups, now))
    seated = after(state, tuple(events))
    entered = phases.enter(*stage(seated, at), now)
    # The change of phase first: it keeps who sat with whom, for the way back.
    events.insert(0, entered)
    state = after(state, tuple(events))
    if phase == "all":
        events += _aloud(state, moment)
    elif state.groups and phase not in (phases.CLOSED, "own_note", "plenary"):
        events += settled(state, moment)
    return tuple(events)


def _aloud(state: State, moment: Moment) -> Events:
    """One of each group says what it brings: groups that have something first, a few of many."""
    reporters = []
    for id, seats in state.groups.items():
        known = state.brought.get(id)
        present = [seat for seat in seats if here(state, seat)]
        if known is not None and known.seat in present:
            reporters.append((0, known.seat))
        elif present:
            reporters.append((int(known is None), present[0]))
    drawn = shuffled(tuple(reporters), moment.dice, "aloud")
    ring = tuple(seat for _, seat in sorted(drawn, key=lambda one: one[0]))[:ALOUD]
    if not ring:
        return ()
    begun = AloudBegun(at=moment.now, ring=ring)
    return (begun, *turns.offer(rounds.fresh(ring, ALOUD_TURN), moment.now))


# --- people who go and come ---------------------------------------------------------------------

PeopleCommand = MemberJoined | MemberAway | MemberBack | MemberLeft | MemberChanged


def decide_people(state: State, command: PeopleCommand, moment: Moment) -> Events:
    """The room's news: presence, the groups, and the round of `all`."""
    now = moment.now
    events: list[Event] = list(people.decide(state.people, command))
    seat = (
        command.member.seat if isinstance(command, MemberJoined | MemberChanged) else command.seat
    )
    later = after(state, tuple(events))
    if isinstance(command, MemberAway) and group_of(state, seat) and seat not in state.silent:
        events.append(PartnerSilent(at=now, seat=seat))
    elif here(later, seat) and seat in state.silent:
        events += [PartnerBack(at=now, seat=seat), *_waited_for(state, seat, now)]
    if state.aloud is not None and state.phases.phase == "all":
        events += _round_people(state.aloud, command, seat, now)
    later = after(state, tuple(events))
    if later.groups:
        events += settled(later, moment)
    return tuple(events)


def _waited_for(state: State, seat: str, now: int) -> Events:
    """Who comes back first after all of a group were away waits for the others from now on."""
    mates = state.groups.get(group_of(state, seat), ())
    return tuple(
        PartnerSilent(at=now, seat=mate)
        for mate in mates
        if mate != seat and state.silent.get(mate, now) + REPAIR <= now
    )


def _round_people(
    aloud: rounds.Round, command: PeopleCommand, seat: str, now: int
) -> tuple[rounds.RoundEvent, ...]:
    match command:
        case MemberAway():
            events = turns.away(aloud, seat, command.seen, now)
        case MemberLeft():
            events = turns.leave(aloud, seat, now)
        case MemberJoined() | MemberBack():
            events = turns.back(aloud, seat, now)
        case _:
            return ()
    return turns.then_offer(aloud, events, now)


def settled(state: State, moment: Moment, dropped: frozenset[str] = frozenset()) -> Events:
    """Mend what needs it: somebody who left or was away too long (`dropped`: now) goes out of
    their group, nobody stays alone, and who comes while people still think sits down with others.
    """
    phase = state.phases.phase
    if not state.groups or (not in_pairs(state) and phase != FOUR):
        return ()
    gone = {seat for seats in state.groups.values() for seat in seats if seat not in state.people}
    gone |= dropped
    left = {
        id: tuple(seat for seat in seats if seat not in gone) for id, seats in state.groups.items()
    }
    mended = _fours_mended(state, left) if phase == FOUR else _mended(state, left, moment, dropped)
    if mended == dict(state.groups):
        return ()
    return (PairsMended(at=moment.now, groups=mended),)


def _mended(
    state: State, left: Mapping[str, Seats], moment: Moment, dropped: frozenset[str]
) -> dict[str, Seats]:
    """Pairs after repair (1.6). Who is only away for a moment keeps the place."""
    late = [seat for seat in waiting(state) if seat not in dropped]
    thinking = state.phases.phase == "think"
    # Of a group that falls apart nobody stays who is not there either.
    groups = {
        id: seats for id, seats in left.items() if len(seats) > 1 or here(state, "".join(seats))
    }
    # Nobody is sent to a group of which nobody is here; it waits for its own people.
    asleep = {id: s for id, s in groups.items() if not any(here(state, seat) for seat in s)}
    groups = {id: seats for id, seats in groups.items() if id not in asleep}
    if thinking and late:  # a facilitator who filled a place makes room
        groups = {id: _of_people(state, seats) for id, seats in groups.items()}
    alone = sum(len(seats) == 1 for seats in groups.values())
    # One left alone with nobody to join: whoever waits at the door is company.
    company = alone == 1 and not any(len(seats) > 1 for seats in groups.values())
    for number, seat in enumerate(late):
        if thinking or (company and number == 0):
            groups[fresh_id(state, {**groups, **asleep})] = (seat,)
    found = pairing.mended(
        groups,
        [member(state, seat) for seats in groups.values() for seat in seats],
        state.sitting.past,
        moment.dice,
        wishes=state.wishes,
        filler=filler(state),
    )
    spoke = state.sitting.spoke
    return {
        id: seats if seats == state.groups.get(id) else _in_turn(seats, spoke, state.groups.get(id))
        for id, seats in {**found, **asleep}.items()
        if len(seats) > 1
    }


def _in_turn(seats: Seats, spoke: frozenset[str], before: Seats | None) -> Seats:
    """Speaking order of a mended group: as it was for those who stay, newcomers after them; in a
    new pair whoever has spoken in this round comes first, so that the other still will."""
    known = [seat for seat in before or () if seat in seats]
    if len(known) > 1:
        return (*known, *(seat for seat in seats if seat not in known))
    return tuple(sorted(seats, key=lambda seat: seat not in spoke))


def _of_people(state: State, seats: Seats) -> Seats:
    return tuple(seat for seat in seats if not member(state, seat).facilitator)


def fresh_id(state: State, groups: Mapping[str, Seats]) -> str:
    """An id no group has."""
    number = len(groups) + 1
    while (id := f"p{state.sitting.round}-{number}") in groups or id in state.groups:
        number += 1
    return id


def _fours_mended(state: State, left: Mapping[str, Seats]) -> dict[str, Seats]:
    """In fours nobody stays alone, and who waited comes to the smallest group."""
    groups = {id: seats for id, seats in left.items() if seats}
    single = [id for id, seats in groups.items() if len(seats) == 1]
    homeless = [seat for id in single for seat in groups.pop(id)]
    homeless += [seat for seat in waiting(state) if seat not in homeless]
    for seat in homeless:
        if into := places.door(groups, groups, MOST_TOGETHER):
            groups[into] = (*groups[into], seat)
    return groups


# --- the clock of people ------------------------------------------------------------------------


def silences(state: State) -> list[tuple[int, str]]:
    """When the clock speaks about somebody whose line is down: (ms, timer)."""
    if not in_pairs(state) and state.phases.phase != FOUR:
        return []
    found = []
    for seat, since in state.silent.items():
        group = group_of(state, seat)
        # Where nobody is here nobody is alone: an outage of everybody parts no pair.
        waited_for = any(here(state, mate) for mate in state.groups.get(group, ()))
        if waited_for and not goes_on_unrecorded(state, group):
            late = seat in state.missed
            word = "mend" if late else "missed"
            found.append((since + (REPAIR if late else PATIENCE), f"{word}:{seat}"))
    return found


def silence_rang(state: State, timer: str, moment: Moment) -> Events:
    """A line has been down for 30 s: the partner is asked. For 60 s: the pair is mended (DY5)."""
    word, _, seat = timer.partition(":")
    if word == "missed":
        return (PartnerMissed(at=moment.now, seat=seat),)
    return settled(state, moment, frozenset({seat}))

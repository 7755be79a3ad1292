"""Dyads: everybody speaks and is heard within minutes (`methods.md` A3).

Theory
------
    think -> half_1 -> breath -> half_2 -> breath -> open -> own_note -> closed       paired
    intro -> (move -> half_1 -> half_2) for each round -> plenary -> closed           rotating
    alone -> pair -> four -> all -> closed                                      one_two_four

The whole room is in step: one clock, hard ends in which the first warning is the end and ten
seconds remain for last words. A trio keeps the same two halves: its floor goes on at two thirds of
the first and at one third of the second, so that three turns share the time of two (DY3); its
third turn is the phase `half_3` of those who sit in it.

Who sits with whom is heavy to decide for 200 people, so it is work of the room (`work`): asked
for while the step before is still running, kept as a plan with the basis it was computed from,
and put in place when the step begins; if somebody came or went since, it is computed again and
people sit down a moment later.

While people sit in pairs nobody is left alone for more than a minute (DY5): pairs are mended at
once when somebody leaves, and after 60 s when a line is down. Nothing anybody says in a pair is
written down; what leaves it is each one's own note (DY4).
"""

from typing import Final

from activities import _dyads_regroup as regroup
from activities import pairing, people, phases, turns
from activities._dyads_commands import (
    HINTS,
    ItemBring,
    ItemBrought,
    LeadSeen,
    NoteKeep,
    NoteKept,
    PairJoin,
    PairsFound,
    PairWait,
    PairWish,
    PartnerSilent,
    PhaseNext,
    ReadyChanged,
    Settings,
    TimeAsked,
    TurnSwitched,
    WaitChosen,
    WishMade,
)
from activities._dyads_evolve import after, evolve
from activities._dyads_flow import (
    decide_people,
    found,
    go_on,
    settled,
    silence_rang,
    silences,
    work,
)
from activities._dyads_model import (
    ALLOWED,
    COMMANDS,
    EVENTS,
    GROUPED,
    NOTES_EACH,
    PHASES,
    TELLS,
    Sitting,
    State,
    group_of,
    here,
    in_pairs,
    left_alone,
    may_extend,
    phase_of,
    roles_of,
    stage,
    switch_due,
)
from activities._dyads_view import view
from activities._dyads_words import group_name
from activities.blocks import say
from activities.groups import (
    GroupMerge,
    GroupMove,
    GroupReady,
    GroupSplit,
    TimeAsk,
    TimeGive,
)
from activities.kernel import (
    Activity,
    Command,
    ConsentGiven,
    Deadline,
    Event,
    Group,
    Harvest,
    Item,
    LeadCommand,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    Planned,
    Reason,
    Refused,
    TimeUp,
)
from activities.phases import PhaseBack, PhaseExtend

Events = tuple[Event, ...]

OWN_ONLY: Final = say(
    "Only your own part leaves the pair: what you said or thought."
    " What your partner said is theirs."
)
EQUAL_TIME: Final = say("Everybody gets the same time. There is more of it when you talk freely.")

# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """Everybody alone, in the first phase. The pairs of earlier activities are known."""
    met = tuple(group for group in moment.before.met if 1 < len(group) <= pairing.TRIO)
    # Pairs of the last activity are in `met` already; from its circles one meets others too.
    met += tuple(g.members for g in moment.before.groups if len(g.members) > pairing.TRIO)
    team = [member.seat for member in members if member.facilitator]
    lead = moment.seat if moment.seat in team else next(iter(team), "")
    empty = State(
        settings,
        phases.Phases("think"),
        people.of(members),
        lead=lead,
        sitting=Sitting(past=met),
        earlier=len(met),
    )
    first, how = stage(empty, 0)
    return State(
        settings,
        phases.begin(first, how, moment.now),
        empty.people,
        lead=lead,
        sitting=empty.sitting,
        earlier=len(met),
    )


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case PhaseNext(step=number) if number and number != state.sitting.at + 1:
            return "stale_phase"
        case PairWait(group=group) | PairJoin(group=group):
            mine = in_pairs(state) and group_of(state, moment.seat) == group
            return None if mine and left_alone(state, group, moment.seat) else "stale_seat"
        case ItemBring(group=group) | GroupReady(group=group) | TimeAsk(group=group):
            if state.phases.phase not in GROUPED:
                return "stale_phase"
            return None if group and group_of(state, moment.seat) == group else "stale_seat"
        case TimeGive(phase=phase):
            return None if phase == state.phases.phase else "stale_phase"
        case turns.TurnCommand():
            return _stale_turn(state, command)
        case TimeUp(timer=timer, at=at) if timer not in ("phase", "back"):
            return None if (at, timer) in _rings(state) else "stale_turn"
        case PairsFound(basis=basis):
            wanted = work(state)
            return None if wanted is not None and wanted.basis == basis else "stale_phase"
        case _:
            return phases.stale(state.phases, command, moment)


def _stale_turn(state: State, command: turns.TurnCommand) -> Reason | None:
    if state.aloud is None or state.phases.phase != "all":
        return "stale_turn"
    match command:
        case turns.Begin():
            return turns.stale(state.aloud, command.turn, speaking=False)
        case turns.Done():
            return turns.stale(state.aloud, command.turn, speaking=True)
        case turns.Pass(begun=begun):
            return turns.stale(state.aloud, command.turn, begun)
        case _:
            return turns.stale(state.aloud, command.turn)


def _rings(state: State) -> list[tuple[int, str]]:
    """When the clock speaks about something else than the phase: (ms, timer)."""
    found = silences(state)
    if (at := switch_due(state)) is not None:
        found.append((at, "switch"))
    aloud = state.aloud if state.phases.phase == "all" else None
    if aloud is not None and (at := turns.due(aloud)) is not None:
        found.append((at, "turn:"))
    return found


def deadline(state: State) -> Deadline | None:
    """The next word of the clock."""
    own = [Deadline(at, TimeUp(timer=timer, at=at)) for at, timer in sorted(_rings(state))[:1]]
    return phases.soonest(phases.deadline(state.phases), *own)


def groups(state: State) -> tuple[Group, ...]:
    """Pairs, trios and fours, as places nobody else enters."""
    open_ = state.phases.phase not in ("own_note", "plenary", "all", phases.CLOSED)
    return tuple(
        Group(id, group_name(state, id), seats, closed=not open_)
        for id, seats in state.groups.items()
    )


def harvest(state: State) -> Harvest:
    """Own notes, what fours brought, and who met (`methods.md A3` *Capture*)."""
    notes = [Item(kept.kind, kept.words, kept.seat) for kept in state.notes]
    brought = [Item("insight", one.words, one.seat) for one in state.brought.values()]
    met = state.sitting.past[state.earlier :]
    return Harvest((*notes, *brought), {"pairs": len(met)}, met)


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> Events:
    """What follows from a command. Raises `Refused`."""
    seen: Events = ()
    leads = isinstance(command, LeadCommand) and "lead" in moment.roles
    if leads and moment.seat != state.lead:
        seen = (LeadSeen(at=moment.now, seat=moment.seat),)
    return (*seen, *_decide(state, command, moment))


def _decide(state: State, command: Command, moment: Moment) -> Events:
    now, seat = moment.now, moment.seat
    match command:
        case PhaseExtend() if not may_extend(state):
            raise Refused("not_allowed", EQUAL_TIME)
        case PhaseBack():
            return _back(state, moment)
        case TimeUp(timer=timer) if timer not in ("phase", "back"):
            return _rang(state, timer, moment)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: go_on(state, moment))
        case PairsFound():
            return found(state, command, moment)
        case PairWait():
            return (WaitChosen(at=now, seat=seat),)
        case PairJoin(group=group):
            lost = [other for other in state.groups[group] if not here(state, other)]
            return settled(state, moment, frozenset(lost))
        case GroupMove():
            return regroup.move(state, command, moment)
        case GroupMerge():
            return regroup.merge(state, command, moment)
        case GroupSplit():
            return regroup.split(state, command, moment)
        case TimeGive():
            return regroup.give_time(state, command, now)
        case PairWish():
            return _wish(state, command, now)
        case NoteKeep():
            return _note(state, command, moment)
        case ItemBring(group=group, words=words):
            return (ItemBrought(at=now, group=group, seat=seat, words=words),)
        case GroupReady(group=group, ready=ready):
            if ready == (group in state.ready):
                raise Refused("duplicate")
            return (ReadyChanged(at=now, group=group, ready=ready),)
        case TimeAsk(group=group):
            if group in state.asked:
                raise Refused("duplicate")
            return (TimeAsked(at=now, group=group),)
        case turns.TurnCommand():
            return _turn(state, command, moment)
        case MemberJoined() | MemberAway() | MemberBack() | MemberLeft() | MemberChanged():
            return decide_people(state, command, moment)
        case _:
            raise Refused("unknown")


def _back(state: State, moment: Moment) -> Events:
    """Phase, clock and groups as they were; people who are not here now are missed in them."""
    restored: Events = (phases.PhaseRestored(at=moment.now),)
    before = after(state, restored)
    sitting = [seat for seats in before.groups.values() for seat in seats]
    lost = [s for s in sitting if not here(before, s) and s not in before.silent]
    silent = tuple(PartnerSilent(at=moment.now, seat=seat) for seat in lost)
    before = after(before, silent)
    return (*restored, *silent, *settled(before, moment))


def _rang(state: State, timer: str, moment: Moment) -> Events:
    if timer == "switch":
        return (TurnSwitched(at=moment.now),)
    if timer == "turn:" and state.aloud is not None:
        events = turns.timeup(state.aloud, moment.now, auto=moment.autopilot)
        return turns.then_offer(state.aloud, events, moment.now)
    return silence_rang(state, timer, moment)


def _wish(state: State, command: PairWish, now: int) -> Events:
    one, other = command.one, command.other
    if one == other:
        raise Refused("duplicate")
    if not {one, other} <= set(state.people):
        raise Refused("stale_seat")
    return (WishMade(at=now, one=one, other=other, wish=command.wish),)


def _note(state: State, command: NoteKeep, moment: Moment) -> Events:
    """One's own note, and no other (DY4)."""
    seat = moment.seat
    if command.said_by not in ("", seat):
        raise Refused("not_allowed", OWN_ONLY)
    if sum(kept.seat == seat for kept in state.notes) >= NOTES_EACH:
        raise Refused("full")
    kept = NoteKept(
        at=moment.now, seat=seat, words=command.words, kind=command.kind, scope=command.scope
    )
    if command.scope == "memo":
        return (kept,)
    return (kept, ConsentGiven(words=command.words, seat=seat, choice="keep"))


def _turn(state: State, command: turns.TurnCommand, moment: Moment) -> Events:
    """The round of `all`: only who has the floor uses it; facilitators may thank them."""
    aloud, now = state.aloud, moment.now
    if aloud is None:
        raise Refused("stale_turn")
    holder = isinstance(command, turns.Begin | turns.Done | turns.Pass)
    if holder and (aloud.floor is None or aloud.floor.seat != moment.seat):
        raise Refused("not_allowed")
    match command:
        case turns.Begin():
            return turns.begin(aloud, now)
        case turns.Done():
            events = turns.done(aloud, now)
        case turns.Pass():
            events = turns.pass_(aloud, now)
        case turns.Next():
            events = turns.move_on(aloud, now)
        case _:
            raise Refused("unknown")
    return turns.then_offer(aloud, events, now)


DYADS: Final = Activity(
    kind="dyads",
    version=1,
    title=say("Pairs"),
    summary=say("Everybody speaks and is heard within minutes: in pairs, in turn, equal time."),
    settings=Settings,
    state=State,
    commands=COMMANDS,
    events=(*EVENTS, ConsentGiven),
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
    closed=lambda state: state.phases.phase == phases.CLOSED,
    groups=groups,
    tells=TELLS,
    inherits=True,
    work=work,
    hints=HINTS,
    planned=Planned(
        minutes=10, low=5, high=30, fewest=2, most=200, soft=False, does=frozenset({"reflect"})
    ),
)

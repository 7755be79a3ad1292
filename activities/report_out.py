"""Report-out and harvest: each group reports once, all sort what was found into themes
(`methods.md` A7).

    prepare -> reports (offer / turn / heard) -> cluster -> name -> missing -> closed

The turn engine runs with groups where it has seats elsewhere: a group is here while anybody of it
is, so a voice whose line drops is followed by the next of the group in the same turn. Notes and
themes are changed by the events of `activities/board.py`, which change everyone's board as well.
"""

from typing import Final

from msgspec.structs import replace

from activities import board, grouping, groups, people, phases, rounds, timing, turns
from activities._report_out_evolve import evolve
from activities._report_out_hints import HINTS, PLANNED
from activities._report_out_model import (
    ALLOWED,
    COMMANDS,
    EVENTS,
    LARGEST,
    MARKED,
    MARKS,
    OTHER,
    PHASES,
    GroupReadied,
    HelperJoin,
    NoteMark,
    NoteMarked,
    NotePlace,
    NoteSuggest,
    NoteTick,
    NoteUntick,
    RoundDrawn,
    SeatPlaced,
    Settings,
    State,
    SuggestionAnswer,
    TeamMade,
    TeamsMerged,
    ThemeMerge,
    ThemeName,
    TimeAsked,
    TimeGiven,
    VoiceChosen,
    VoiceTake,
    floor,
    following,
    members,
    more_of,
    phase_of,
    present,
    report_length,
    reporting,
    roles_of,
    seating,
    stage,
    team_name,
)
from activities._report_out_piles import entered, news, said, sorted_, ticked
from activities._report_out_teams import form, free_name
from activities._report_out_view import view
from activities.blocks import say
from activities.kernel import (
    Activity,
    Command,
    Deadline,
    Event,
    Group,
    Harvest,
    Member,
    MemberAway,
    MemberChanged,
    MemberJoined,
    Moment,
    Reason,
    Refused,
    TimeUp,
    Where,
)
from activities.rounds import Round

Events = tuple[Event, ...]
PeopleCommand = people.PeopleCommand

TWO_NOTES: Final = say("Two notes are enough: take one back first.")


# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, everybody: tuple[Member, ...], moment: Moment) -> State:
    """The groups of the activity before with what they shared, or new ones; or, when nobody is to
    prepare, the first report at once."""
    taking_part = people.of(everybody)
    dealt = [member for member in taking_part.values() if not member.facilitator]
    teams, place = form(settings, dealt, moment.before, moment.dice)
    state = State(
        settings,
        phases.Phases("prepare"),
        taking_part,
        teams=teams,
        place=place,
        salt=f"r{moment.dice % 36**4:05x}",
    )
    themes_first = sorted(moment.before.notes, key=lambda note: note.kind != "theme")
    for note in themes_first:
        state = _after(state, entered(state, note))
    first = "prepare" if settings.prepare_min else "reports"
    state = replace(state, phases=phases.begin(first, stage(state, first), moment.now))
    return state if settings.prepare_min else _after(state, _draw(state, moment))


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case turns.TurnCommand():
            return _stale_turn(state, command)
        case groups.TimeGive(phase=phase):
            return None if phase == state.phases.phase else "stale_phase"
        case TimeUp(timer="turn:", at=at):
            due = turns.due(state.round) if state.round and floor(state) else None
            return None if due == at else "stale_turn"
        case _:
            return phases.stale(state.phases, command, moment)


def _stale_turn(state: State, command: turns.TurnCommand) -> Reason | None:
    if state.round is None or state.phases.phase != "reports":
        return "stale_turn"
    match command:
        case turns.Begin():
            return turns.stale(state.round, command.turn, speaking=False)
        case turns.Done() | turns.Extend():
            return turns.stale(state.round, command.turn, speaking=True)
        case turns.Pass(begun=begun):
            return turns.stale(state.round, command.turn, begun)
        case _:
            return turns.stale(state.round, command.turn)


def deadline(state: State) -> Deadline | None:
    """When the clock speaks next: of the phase or of a report."""
    spoken = turns.deadline(state.round) if state.round and floor(state) else None
    return phases.soonest(phases.deadline(state.phases), spoken)


def places(state: State) -> tuple[Group, ...]:
    """The groups while they prepare; afterwards all are together (G3)."""
    return tuple(
        Group(team, team_name(state, team), seats, closed=state.phases.phase != "prepare")
        for team in state.teams
        if (seats := members(state, team))
    )


def harvest(state: State) -> Harvest:
    """Counts; the notes and themes themselves are cards of the board."""
    told = [s for s in state.round.status.values() if s == "told"] if state.round else []
    counts = {
        "groups_reported": len(told),
        "themes": sum(1 for pile in state.piles if pile.words is not None),
        "notes_sorted": sum(1 for note in state.notes.values() if note.pile),
    }
    return Harvest(counts=counts)


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> Events:
    """What follows from a command. Raises `Refused`."""
    match command:
        case TimeUp(timer="turn:"):
            return _turn_time(state, moment)
        case phases.PhaseBack():
            return _back(state, command, moment)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _go_on(state, moment))
        case turns.TurnCommand() | turns.Reorder() if state.round is not None:
            events = _turn(state.round, command, moment.now)
            return turns.then_offer(state.round, events, moment.now)
        case VoiceTake():
            return _voice(state, command.team, moment)
        case NoteMark():
            return _marked(state, command, moment.seat)
        case NoteTick() | NoteUntick():
            if not state.settings.ticks:
                raise Refused("closed")
            return ticked(state, command, moment.seat)
        case NotePlace() | NoteSuggest() | SuggestionAnswer() | HelperJoin():
            return sorted_(state, command, moment)
        case ThemeName() | ThemeMerge():
            return sorted_(state, command, moment)
        case groups.GroupMove() | groups.GroupMerge() | groups.GroupSplit():
            return _regrouped(state, command, moment)
        case groups.GroupReady():
            return _readied(state, command, moment.seat)
        case groups.TimeAsk():
            return _time_asked(state, command, moment.seat)
        case groups.TimeGive():
            return _time_given(state, command, moment.now)
        case board.NoteCame() | board.NoteWent() | board.NoteShifted():
            return news(state, command)
        case board.NoteRenamed() | board.NoteLiked():
            return said(state, command, moment.now)
        case _ if isinstance(command, people.PeopleCommand):
            return _people(state, command, moment.now)
        case _:
            return ()


def _go_on(state: State, moment: Moment) -> Events:
    """Leave the present phase for the next one that is not left out."""
    now = moment.now
    after = following(state.settings, state.phases.phase)
    if after == phases.CLOSED:
        return (phases.PhaseChanged(at=now, phase=phases.CLOSED),)
    if after != "reports":
        return (phases.enter(after, stage(state, after), now),)
    merged = _merge_alone(state)
    state = _after(state, merged)
    changed = phases.enter(after, stage(state, after), now)
    return (*merged, changed, *_draw(_after(state, (changed,)), moment))


def _back(state: State, command: phases.PhaseBack, moment: Moment) -> Events:
    """Back among the reports the floor is offered again, if it came free meanwhile."""
    events = phases.decide(state.phases, command, moment, lambda: ())
    after = _after(state, events)
    if after.phases.phase != "reports" or after.round is None:
        return events
    return (*events, *turns.offer(after.round, moment.now))


def _merge_alone(state: State) -> Events:
    """At the boundary a group of one joins the smallest other (`methods.md` 1.6, G4)."""
    events: list[Event] = []
    while True:
        counts = {team: len(members(state, team)) for team in state.teams}
        alone = next((team for team, n in counts.items() if n == 1), None)
        into = grouping.smallest(counts, without=alone) if alone else None
        if alone is None or into is None:
            return tuple(events)
        events.append(TeamsMerged(team=alone, into=into))
        state = evolve(state, events[-1])


def _draw(state: State, moment: Moment) -> Events:
    """The order of the groups, those of the hall and those far away in turn (A7, *Hybrid*), and
    the first offer."""
    teams = tuple(team for team in state.teams if members(state, team))
    sides = [Member(team, where=_side(state, team)) for team in teams]
    order = tuple(member.seat for member in grouping.ring(sides, moment.dice))
    drawn = RoundDrawn(
        order=order,
        length=report_length(state.settings, len(order)),
        away=tuple(team for team in teams if not present(state, team)),
    )
    after = evolve(state, drawn)
    return (drawn, *turns.offer(after.round, moment.now)) if after.round else (drawn,)


def _side(state: State, team: str) -> Where:
    """Whether a group sits in the hall, as most of it does."""
    inside = [state.people[seat].where in ("room", "carried") for seat in members(state, team)]
    return "room" if 2 * sum(inside) > len(inside) else "remote"


def _turn_time(state: State, moment: Moment) -> Events:
    """A bell of the report. Nothing is forced while a facilitator is here."""
    if state.round is None:
        return ()
    events = turns.timeup(state.round, moment.now, auto=moment.autopilot)
    return turns.then_offer(state.round, events, moment.now)


def _turn(
    round_: Round, command: turns.TurnCommand | turns.Reorder, now: int
) -> tuple[rounds.RoundEvent, ...]:
    match command:
        case turns.Begin():
            return turns.begin(round_, now)
        case turns.Done():
            return turns.done(round_, now)
        case turns.Pass():
            return turns.pass_(round_, now)
        case turns.Defer():
            return turns.later(round_, now)
        case turns.Extend():
            return turns.extend(round_, command, now)
        case turns.Next():
            return turns.move_on(round_, now)
        case turns.Reorder():
            return turns.reorder(round_, command.order, now)
        case _:
            return ()


def _voice(state: State, team: str, moment: Moment) -> Events:
    """Somebody of the group speaks for it; for a silent one the lead reads what it marked."""
    if team not in state.teams:
        raise Refused("unknown")
    reads = bool({"lead", "co"} & moment.roles) and team == reporting(state)
    if state.place.get(moment.seat) != team and not reads:
        raise Refused("not_allowed")
    if state.teams[team].voice == moment.seat:
        raise Refused("duplicate")
    return (VoiceChosen(team=team, seat=moment.seat),)


def _marked(state: State, command: NoteMark, seat: str) -> Events:
    team, note = state.place.get(seat, ""), state.notes.get(command.note)
    known = command.pile in (OTHER, MARKED)
    if team not in state.teams or note is None or note.team != team or not known:
        raise Refused("unknown")
    marked, on = state.teams[team].marked, command.pile == MARKED
    if on == (note.card in marked):
        raise Refused("duplicate")
    if on and len(marked) >= MARKS:
        raise Refused("full", TWO_NOTES)
    return (NoteMarked(team=team, note=note.card, on=on),)


def _regrouped(
    state: State,
    command: groups.GroupMove | groups.GroupMerge | groups.GroupSplit,
    moment: Moment,
) -> Events:
    """What facilitators change about the groups while they prepare."""
    now = seating(state)
    match command:
        case groups.GroupMove():
            groups.ensure_move(now, command, state.people, LARGEST)
            return (SeatPlaced(seat=command.seat, team=command.to),)
        case groups.GroupMerge():
            groups.ensure_merge(now, command, LARGEST)
            return (TeamsMerged(team=command.group, into=command.into),)
        case groups.GroupSplit():
            _, go = groups.halves(now, command, state.people, moment.dice)
            name, number = free_name((team.name, team.number) for team in state.teams.values())
            made = f"g{1 + max(int(team[1:]) for team in state.teams)}"
            return (TeamMade(team=made, seats=go, name=name, number=number),)


def _readied(state: State, command: groups.GroupReady, seat: str) -> Events:
    team = state.place.get(seat, "")
    if team not in state.teams or command.group != team:
        raise Refused("unknown")
    if state.teams[team].ready == command.ready:
        raise Refused("duplicate")
    return (GroupReadied(team=team, ready=command.ready),)


def _time_asked(state: State, command: groups.TimeAsk, seat: str) -> Events:
    """Anybody of a group asks for two more minutes to prepare."""
    team = state.place.get(seat, "")
    if team not in state.teams or command.group != team:
        raise Refused("unknown")
    if state.teams[team].wants_time:
        raise Refused("duplicate")
    return (TimeAsked(team=team),)


def _time_given(state: State, command: groups.TimeGive, now: int) -> Events:
    """For one group, whom the others wait for, or for all."""
    if command.group and command.group not in state.teams:
        raise Refused("unknown")
    by, more = groups.given(state.phases.timer, more_of(state), command)
    extended: Events = (timing.TimerExtended(at=now, by=by),) if by else ()
    return (*extended, TimeGiven(team=command.group, more=more))


# --- people -------------------------------------------------------------------------------------


def _people(state: State, command: PeopleCommand, now: int) -> Events:
    """Comings and goings. A group is away when nobody of it is here."""
    events: Events = people.decide(state.people, command)
    if isinstance(command, MemberJoined | MemberChanged):
        events += _dealt(_after(state, events), command.member.seat)
    seen = command.seen if isinstance(command, MemberAway) else now
    return events + _presence(_after(state, events), seen, now)


def _dealt(state: State, seat: str) -> Events:
    """Who comes late joins the smallest group that does not speak just now; a facilitator
    belongs to none."""
    member, team = state.people.get(seat), state.place.get(seat, "")
    if member is None:
        return ()
    if member.facilitator:
        return (SeatPlaced(seat=seat, team=""),) if team else ()
    if team in state.teams:
        return ()
    quiet = [one for one in state.teams if one != reporting(state)]
    into = groups.door(seating(state), quiet, groups.NO_LIMIT)
    return (SeatPlaced(seat=seat, team=into or next(iter(state.teams))),)


def _presence(state: State, seen: int, now: int) -> Events:
    """What the round is told: groups of which nobody is here any more, or somebody is again."""
    round_ = state.round
    if round_ is None:
        return ()
    events: tuple[rounds.RoundEvent, ...] = ()
    for team in state.teams:
        known = rounds.after(round_, events)
        if present(state, team):
            absent = team in known.away | known.gone
            late = team not in known.status and bool(members(state, team))
            events += turns.join(known, team, now) if absent or late else ()
        elif team in known.status and team not in known.away | known.gone:
            left = not members(state, team)
            events += turns.leave(known, team, now) if left else turns.away(known, team, seen, now)
        elif team in known.away and not members(state, team):
            events += turns.leave(known, team, now)
    if state.phases.phase != "reports":
        return events
    return turns.then_offer(round_, events, now) if events else ()


def _after(state: State, events: Events) -> State:
    for event in events:
        state = evolve(state, event)
    return state


REPORT_OUT: Activity[State] = Activity(
    kind="report_out",
    version=1,
    title=say("Report-out and harvest"),
    summary=say("Each group says one thing; together you find the themes."),
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
    closed=lambda state: state.phases.phase == phases.CLOSED,
    groups=places,
    inherits=True,
    hints=HINTS,
    planned=PLANNED,
)

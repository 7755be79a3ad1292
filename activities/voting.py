"""Voting: tidy the options, place dots in secret, see the numbers, never who (`methods.md` A9).

    tidy -> open (hard) -> reveal -> (runoff 60 s -> reveal) -> closed
    tidy -> talk (fewer than four voters) -> closed

Dots are placed without a name (`Activity.unnamed`): a token keeps each ballot together, one for
each seat. They live in `State.papers` while a ballot is open and are let go of when it closes; from
then on there are counts only. So no screen, harvest, log or later state says who voted for what
(VO3).
"""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from activities import board, people, phases
from activities._voting_hints import HINTS, PLANNED
from activities._voting_model import (
    ALLOWED,
    COMMANDS,
    EVENTS,
    FEWEST,
    MOST_OPTIONS,
    PHASES,
    UNNAMED,
    BallotCounted,
    BallotDone,
    BallotHushed,
    BallotOpened,
    Choice,
    DotsSet,
    OptionAdd,
    OptionAdded,
    OptionDrop,
    OptionDropped,
    OptionMerge,
    OptionReworded,
    OptionsMerged,
    Papers,
    RunoffOpen,
    Settings,
    State,
    VoteCast,
    VoteCommand,
    VoteDone,
    VoteUncast,
    dots_for,
    enough,
    first_cut,
    may_run_off,
    option_of,
    stage,
    tally,
)
from activities._voting_view import roles_of, view
from activities.blocks import say
from activities.kernel import (
    Activity,
    Command,
    Cut,
    Deadline,
    Event,
    Harvest,
    Member,
    Moment,
    Reason,
    Refused,
)

Events = tuple[Event, ...]

TWO_OPTIONS: Final = say("A vote needs two options. Add one, or end this.")
ALL_PLACED: Final = say("All your dots are placed. Take one back first.")


# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """The themes of the board as options, to be tidied."""
    themes = [note for note in moment.before.notes if note.kind == "theme"]
    options = tuple(
        Choice(theme.card, theme.words, (theme.card,))
        for theme in (themes if settings.themes else [])[:MOST_OPTIONS]
    )
    state = State(settings, phases.Phases("tidy"), people.of(members), options)
    return replace(state, phases=phases.begin("tidy", stage(state, "tidy"), moment.now))


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    match command:
        case VoteCommand(ballot=ballot) | RunoffOpen(ballot=ballot):
            over = state.papers is None and not isinstance(command, RunoffOpen)
            return "stale_phase" if over or ballot != state.last else None
        case OptionAdd() | OptionDrop() | OptionMerge():
            return "stale_phase" if state.phases.phase != "tidy" else None
        case _:
            return phases.stale(state.phases, command, moment)


def deadline(state: State) -> Deadline | None:
    """When the clock speaks next."""
    return phases.deadline(state.phases)


def harvest(state: State) -> Harvest:
    """Counts only, and none before they are shown."""
    if not state.counted:
        return Harvest()
    return Harvest(counts={"voters": state.voters, "dots": sum(state.counts.values())})


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> Events:
    """What follows from a command. Raises `Refused`."""
    match command:
        case Cut():
            return _ended(state, moment)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _go_on(state, moment))
        case _ if isinstance(command, people.PeopleCommand):
            return people.decide(state.people, command)
        case OptionAdd() | OptionDrop() | OptionMerge():
            return _tidied(state, command)
        case VoteCast() | VoteUncast() | VoteDone():
            return _voted(state.papers, command, moment.token)
        case RunoffOpen():
            return _run_off(state, moment)
        case board.NoteCame() | board.NoteWent():
            return _board(state, command)
        case board.NoteRenamed(card=card, words=words):
            known = option_of(state, card)
            return (OptionReworded(option=card, words=words),) if known else ()
        case _:
            return ()


def _go_on(state: State, moment: Moment) -> Events:
    """Leave the present phase for the next."""
    now = moment.now
    match state.phases.phase:
        case "tidy":
            if len(state.options) < 2:
                raise Refused("not_allowed", TWO_OPTIONS)
            if not enough(state):
                return (phases.enter("talk", stage(state, "talk"), now),)
            ids = tuple(option.id for option in state.options)
            dots = dots_for(len(ids), state.settings.dots)
            opened = BallotOpened(
                ballot=state.last + 1, options=ids, dots=dots, each=state.settings.per_option
            )
            return (opened, phases.enter("open", stage(state, "open"), now))
        case "open" | "runoff":
            return _counted(state, moment)
        case _:
            return (phases.PhaseChanged(at=now, phase=phases.CLOSED),)


def _counted(state: State, moment: Moment) -> Events:
    """The ballot closes. There is no way back to it: everybody has seen the numbers."""
    papers, now = state.papers, moment.now
    if papers is None:
        return (phases.enter("reveal", stage(state, "reveal"), now),)
    settled = phases.PhaseSettled(at=now)
    if papers.voters < FEWEST:
        # A second ballot that fails leaves the first one's numbers.
        then = "reveal" if state.counted else "talk"
        return (BallotHushed(), phases.enter(then, stage(state, then), now), settled)
    counts = tally(papers)
    counted = BallotCounted(counts=counts, voters=papers.voters)
    entered = phases.enter("reveal", stage(state, "reveal"), now)
    return (counted, *_scores(state, counts), entered, settled)


def _scores(state: State, counts: Mapping[str, int]) -> Events:
    """What the board is told: dots on themes, of the first ballot and among equals of the second
    (`methods.md` 3.1 h)."""
    votes, second = (state.counts, counts) if state.counted else (counts, {})
    return tuple(
        board.ThemeScored(theme=theme, votes=votes[option], runoff=second.get(option, 0))
        for option in counts
        if (choice := option_of(state, option)) is not None
        for theme in choice.themes
    )


def _ended(state: State, moment: Moment) -> Events:
    """Ended before its time: an open ballot is let go of uncounted."""
    return (phases.PhaseChanged(at=moment.now, phase=phases.CLOSED),)


def _tidied(state: State, command: OptionAdd | OptionDrop | OptionMerge) -> Events:
    if isinstance(command, OptionAdd):
        if len(state.options) >= MOST_OPTIONS:
            raise Refused("full")
        return (OptionAdded(option=f"o{state.serial + 1}", words=command.words),)
    if option_of(state, command.option) is None:
        raise Refused("unknown")
    if isinstance(command, OptionDrop):
        return (OptionDropped(option=command.option),)
    if command.into == command.option:
        raise Refused("duplicate", say("Choose two different options."))
    if option_of(state, command.into) is None:
        raise Refused("unknown")
    return (OptionsMerged(option=command.option, into=command.into),)


def _voted(papers: Papers | None, command: VoteCast | VoteUncast | VoteDone, token: str) -> Events:
    if papers is None or not token:
        raise Refused("stale_phase")
    if isinstance(command, VoteDone):
        if token in papers.done:
            raise Refused("duplicate")
        return (BallotDone(token=token),)
    if command.option not in papers.options:
        raise Refused("unknown")
    dots = papers.on(token, command.option)
    if isinstance(command, VoteUncast):
        if dots == 0:
            raise Refused("duplicate")
        return (DotsSet(token=token, option=command.option, dots=dots - 1),)
    if dots >= papers.each:
        raise Refused("duplicate")
    if papers.used(token) >= papers.dots:
        raise Refused("full", ALL_PLACED)
    return (DotsSet(token=token, option=command.option, dots=dots + 1),)


def _run_off(state: State, moment: Moment) -> Events:
    if not may_run_off(state):
        raise Refused("stale_phase")
    line = first_cut(state)
    # One dot on one option: who likes two of them twice as much would else outvote others.
    opened = BallotOpened(ballot=state.last + 1, options=line.tied, dots=line.left, each=1)
    return (opened, phases.enter("runoff", stage(state, "runoff"), moment.now))


def _board(state: State, command: board.NoteCame | board.NoteWent) -> Events:
    """Themes that come and go are options while the list is being tidied, and not after (VO4)."""
    if state.phases.phase != "tidy" or not state.settings.themes:
        return ()
    if isinstance(command, board.NoteWent):
        gone = option_of(state, command.card)
        return (OptionDropped(option=gone.id),) if gone and len(gone.themes) == 1 else ()
    note = command.note
    full = len(state.options) >= MOST_OPTIONS or option_of(state, note.card) is not None
    if note.kind != "theme" or full:
        return ()
    return (OptionAdded(option=note.card, words=note.words, theme=note.card),)


# --- evolving -----------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case OptionAdded() | OptionDropped() | OptionsMerged():
            return _options_evolved(state, event)
        case OptionReworded(option=id, words=words):
            options = (replace(o, words=words) if o.id == id else o for o in state.options)
            return replace(state, options=tuple(options))
        case BallotOpened():
            tied = event.options if state.counted else ()
            opened = _opened(state.aside, event)
            return replace(
                state, papers=opened, aside=None, last=event.ballot, tied=tied, hushed=False
            )
        case DotsSet() | BallotDone() if state.papers is not None:
            return replace(state, papers=_papers_evolved(state.papers, event))
        case BallotCounted() if state.counted:
            return replace(state, papers=None, aside=None, second=event.counts)
        case BallotCounted():
            counts, voters = event.counts, event.voters
            counted = replace(state, counts=counts, voters=voters, counted=True)
            return replace(counted, papers=None, aside=None)
        case BallotHushed():
            return replace(state, papers=None, aside=None, hushed=True)
        case phases.PhaseRestored():
            # Back before a ballot: its dots count again only if the same options are opened.
            back = replace(state, phases=phases.evolve(state.phases, event), papers=None)
            return replace(back, aside=state.papers, tied=state.tied if state.second else ())
        case phases.PhaseChanged(phase=phases.CLOSED):
            ended = replace(state, phases=phases.evolve(state.phases, event))
            return replace(ended, papers=None, aside=None)
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


def _opened(aside: Papers | None, event: BallotOpened) -> Papers:
    """A fresh ballot; an opening undone by mistake loses nobody's dots."""
    fresh = Papers(event.options, event.dots, event.each)
    if aside is None or replace(aside, placed={}, done=frozenset()) != fresh:
        return fresh
    return replace(fresh, placed=aside.placed)


def _options_evolved(state: State, event: OptionAdded | OptionDropped | OptionsMerged) -> State:
    if isinstance(event, OptionAdded):
        themes = (event.theme,) if event.theme else ()
        added = Choice(event.option, event.words, themes)
        return replace(state, options=(*state.options, added), serial=state.serial + 1)
    gone = option_of(state, event.option)
    left = tuple(option for option in state.options if option.id != event.option)
    if gone is not None and isinstance(event, OptionsMerged):
        left = tuple(
            replace(o, themes=o.themes + gone.themes) if o.id == event.into else o for o in left
        )
    return replace(state, options=left)


def _papers_evolved(papers: Papers, event: DotsSet | BallotDone) -> Papers:
    if isinstance(event, BallotDone):
        return replace(papers, done=papers.done | {event.token})
    mine = {**papers.placed.get(event.token, {}), event.option: event.dots}
    mine = {option: dots for option, dots in mine.items() if dots}
    return replace(papers, placed={**papers.placed, event.token: mine})


VOTING: Activity[State] = Activity(
    kind="voting",
    version=1,
    title=say("Vote with dots"),
    summary=say("Dots on numbered options, in secret; all see the numbers, never who."),
    settings=Settings,
    state=State,
    commands=COMMANDS,
    events=EVENTS,
    phases=PHASES,
    allowed=ALLOWED,
    initial=initial,
    phase=lambda state, _seat: state.phases.shown,
    roles=roles_of,
    stale=stale,
    decide=decide,
    evolve=evolve,
    view=view,
    harvest=harvest,
    deadline=deadline,
    closed=lambda state: state.phases.phase == phases.CLOSED,
    inherits=True,
    unnamed=UNNAMED,
    hints=HINTS,
    planned=PLANNED,
)

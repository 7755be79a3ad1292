"""The story circle: one story each, in circles of equals, told to people who only listen.

Theory (`methods.md` A1)
------
Everybody shares a phase, which the lead moves; in `settle` and `telling` each circle has its own
host, round and clock besides.

    gather > frame > form > settle > telling > quiet > reflect > release > plenary > closed
                            each circle: settle > (offer > turn > breath)* > done

The door is a rule of its own: people are added to a circle only while it forms, settles or is in
a breath (SC4). What a teller gives away they decide alone, after the stories, on the release card
(SC9).

The modules whose names begin like this one's are parts of it: commands (with settings and the
table of who may do what), events, state, evolve; flow (how a circle goes on by itself), people,
turns and phases (deciders); offers, words, view, telling, after and panel (screens).
"""

from typing import Any

from activities import _story_circle_harvest as harvesting
from activities import _story_circle_people as people
from activities import _story_circle_phases as phases
from activities import _story_circle_turns as turns_of
from activities import _story_circle_view as screens
from activities import turns
from activities._story_circle_commands import (
    ALLOWED,
    COMMANDS,
    PHASES,
    ROUND,
    BreakEnd,
    BreakStart,
    BreathHold,
    DraftErase,
    GiftGive,
    GiftShare,
    GroupJoin,
    HostTake,
    LensTake,
    NotesShare,
    PauseCall,
    PauseResume,
    PromptReveal,
    QuestionNext,
    ReleaseAnswer,
    RoundStop,
    RulesHear,
    Settings,
    SignalSend,
    TellingStart,
    TurnInterpret,
    TurnShorten,
    TurnVolunteer,
    VoiceTake,
    WitnessAnswer,
    WitnessAsk,
    WitnessDraft,
)
from activities._story_circle_events import EVENTS
from activities._story_circle_evolve import evolve
from activities._story_circle_flow import Unfolding, welcome
from activities._story_circle_hints import HINTS, PLANNED
from activities._story_circle_state import (
    State,
    alarms,
    circle,
    deadline,
    in_groups,
    named,
    phase,
    phase_after,
    roles,
    voices,
)
from activities.blocks import say
from activities.grouping import name
from activities.groups import (
    DoorAdmit,
    GroupMerge,
    GroupMove,
    GroupReady,
    GroupSplit,
    TimeAsk,
    TimeGive,
)
from activities.kernel import (
    PEOPLE,
    Activity,
    Command,
    Cut,
    Event,
    Group,
    Harvest,
    Item,
    Member,
    Moment,
    Reason,
    TimeUp,
)
from activities.people import of as everybody
from activities.phases import STEERING, PhaseBack, PhaseExtend, PhaseNext, PhaseSoften, Steering
from activities.turns import Begin, Defer, Done, Extend, Next, Pass, Reorder

SAMPLES = 3
"""How many sample prompts there are (A1, *Prompt*)."""


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """People talk freely; nothing is decided yet but which sample prompt would be used."""
    return State(
        settings=settings,
        members=everybody(members),
        sample=moment.dice % SAMPLES,
    )


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """A tap on what has ended since."""
    match command:
        case PhaseSoften() if state.phases.softened:
            return "stale_phase"
        case _ if isinstance(command, Steering | RoundStop | TimeGive):
            return None if command.phase == state.phase else "stale_phase"
        case TimeUp():
            known = (command.at, command.timer) in alarms(state)
            return None if known and moment.now >= command.at else "stale_phase"
        case PauseCall():
            return _old_epoch(command.epoch, moment)
        case PauseResume():
            one = circle(state, command.group)
            pause = one.pause if one is not None else state.pause
            if pause is None or pause.id != command.pause:
                return "stale_phase"
            return _old_epoch(command.epoch, moment)
        case Begin() | Done() | Pass() | Defer() | Next() | Extend():
            return _stale_turn(state, command, moment)
        case SignalSend() | WitnessDraft():
            one = named(state, command.group, moment.seat)
            return "stale_turn" if one is None else turns.stale(one.round, command.turn, True)
        case TellingStart():
            one = circle(state, command.group)
            return "stale_phase" if one is not None and one.stage != "settle" else None
        case _:
            return None


def _old_epoch(epoch: int | None, moment: Moment) -> Reason | None:
    return "stale_epoch" if epoch is not None and epoch != moment.epoch else None


def _stale_turn(
    state: State, command: Begin | Done | Pass | Defer | Next | Extend, moment: Moment
) -> Reason | None:
    """Turns are numbered in each circle; the voices of the plenary from 1."""
    if state.phase == "plenary":
        return None if command.turn == state.voice <= len(voices(state)) else "stale_turn"
    one = named(state, command.group, moment.seat)
    if one is None:
        return "stale_turn"
    speaking: bool | None = None
    if isinstance(command, Begin):
        speaking = False
    elif isinstance(command, Done | Extend):
        speaking = True
    elif isinstance(command, Pass):
        speaking = command.begun
    return turns.stale(one.round, command.turn, speaking)


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    """One function per group of commands; see the modules named at the top."""
    story = Unfolding(state, moment.now)
    decider = _DECIDE[type(command)]
    decider(story, command, moment)
    welcome(story)
    return tuple(story.events)


def _shared(story: Unfolding, command: Any, moment: Moment) -> None:
    match command:
        case PhaseNext():
            following = phase_after(story.state, story.state.phase)
            phases.enter(story, following, moment.dice)
        case PhaseBack():
            phases.back(story)
        case PhaseExtend():
            phases.extend(story, command)
        case PhaseSoften():
            phases.soften(story)
        case RoundStop():
            phases.enter(story, "quiet", moment.dice)
        case Cut():
            phases.enter(story, "closed", moment.dice)
        case BreakStart():
            phases.start_break(story, command, moment)
        case BreakEnd():
            phases.end_break(story, command)
        case _:
            raise AssertionError(command)


def _seating(story: Unfolding, command: Any, moment: Moment) -> None:
    facilitator = turns_of.facilitates(moment)
    match command:
        case DoorAdmit():
            people.admit(story, command, moment, facilitator)
        case GroupMove():
            people.move(story, command)
        case GroupMerge():
            people.merge(story, command)
        case GroupSplit():
            people.split(story, command, moment)
        case GroupJoin():
            people.join(story, command, moment, facilitator)
        case GroupReady():
            people.ready(story, command, moment)
        case HostTake():
            people.take_host(story, command, moment)
        case _:
            raise AssertionError(command)


def _turn(story: Unfolding, command: Any, moment: Moment) -> None:
    match command:
        case Done() | Next() if story.state.phase == "plenary":
            phases.next_voice(story, command, moment)
        case Extend() if story.state.phase == "plenary":
            phases.extend_voice(story, command)
        case Begin() | Done() | Pass() | Defer():
            turns_of.own_turn(story, command, moment)
        case Next():
            turns_of.next_turn(story, command, moment)
        case Extend():
            turns_of.extend_turn(story, command, moment)
        case Reorder():
            turns_of.reorder(story, command, moment)
        case _:
            raise AssertionError(command)


_DECIDE: dict[type[Command], Any] = {
    **dict.fromkeys((*STEERING, RoundStop, Cut, BreakStart, BreakEnd), _shared),
    **dict.fromkeys(PEOPLE, lambda story, command, _moment: people.come_and_go(story, command)),
    **dict.fromkeys(
        (DoorAdmit, GroupMove, GroupMerge, GroupSplit, GroupJoin, GroupReady, HostTake), _seating
    ),
    **dict.fromkeys((Begin, Done, Pass, Defer, Next, Extend, Reorder), _turn),
    TimeUp: phases.ring,
    RulesHear: phases.hear_rules,
    LensTake: harvesting.take_lens,
    GiftGive: harvesting.give,
    GiftShare: harvesting.share,
    QuestionNext: phases.show_question,
    NotesShare: phases.share_notes,
    ReleaseAnswer: phases.release,
    VoiceTake: phases.take_voice,
    TurnVolunteer: turns_of.volunteer,
    WitnessAsk: turns_of.ask_witness,
    WitnessAnswer: turns_of.answer_witness,
    PromptReveal: turns_of.reveal,
    TellingStart: turns_of.begin_round,
    TurnInterpret: turns_of.interpret,
    TurnShorten: turns_of.shorten,
    SignalSend: turns_of.signal,
    BreathHold: turns_of.hold_breath,
    WitnessDraft: turns_of.write_draft,
    DraftErase: turns_of.erase_drafts,
    TimeAsk: turns_of.ask_time,
    TimeGive: turns_of.give_time,
    PauseCall: turns_of.pause,
    PauseResume: turns_of.resume,
}
"""Command -> decider. That every command has one is tested."""


def harvest(state: State) -> Harvest:
    """The words tellers named on their cards, and two counts. Whether they may be used is the
    consent desk's to say; who passed is nowhere (G10)."""
    items = []
    for number, seat in enumerate(state.tellers, 1):
        answer = state.releases.get(seat)
        if answer is None:
            continue
        group, story = state.homes.get(seat, ""), f"story{number}"
        if answer.title is not None:
            items.append(Item("story_title", answer.title, seat, group, story))
        items += [Item("key_moment", words, seat, group, story) for words in answer.moments]
        if answer.quote is not None:
            items.append(Item("quote", answer.quote, seat, group, story))
    told_in = {state.homes[seat] for seat in state.tellers if seat in state.homes}
    return Harvest(tuple(items), {"stories_told": len(state.tellers), "circles": len(told_in)})


def groups(state: State) -> tuple[Group, ...]:
    """The circles, each with a document only its people read."""
    return tuple(
        Group(
            one.id,
            name(one.index),
            one.seats,
            closed=state.phase == "closed",
            meeting=in_groups(state) and state.phase != "release",
        )
        for one in state.circles
    )


def closed(state: State) -> bool:
    """Whether the room may go on."""
    return state.phase == "closed"


STORY_CIRCLE: Activity[State] = Activity(
    kind="story_circle",
    version=1,
    title=say("Story circle"),
    summary=say("Everyone tells one true story; the others only listen."),
    settings=Settings,
    state=State,
    commands=COMMANDS,
    events=EVENTS,
    phases=PHASES,
    allowed=ALLOWED,
    initial=initial,
    phase=phase,
    roles=roles,
    stale=stale,
    decide=decide,
    evolve=evolve,
    view=screens.view,
    harvest=harvest,
    deadline=deadline,
    closed=closed,
    groups=groups,
    rested=lambda state: state.rested,
    tells=frozenset(ROUND),
    hints=HINTS,
    planned=PLANNED,
)
"""The record the registry lists."""

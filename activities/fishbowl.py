"""The fishbowl: a few talk with one another, everybody else learns by listening.

Theory (`methods.md` A2)
------
Everybody shares a phase, which the lead moves; chairs have a life of their own inside it.

    open        frame > starters > open > last_call > outer_speaks > debrief > closed
    closed      frame > (batch > swap)* > batch > outer_speaks > debrief > closed
    experience  frame > talk > questions > answers > debrief > closed
    below six   frame > round > debrief > closed

The modules whose names begin like this one's are parts of it: seats (chairs, waiting list, asking
somebody to make room), groups (satellites, pairs, batches), questions (what listeners ask),
commands (with settings and the table of who may do what), events, state, evolve; flow (how it
goes on), deciders; words, view and panel (screens).
"""

from typing import Any

from activities import _fishbowl_deciders as deciders
from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import _fishbowl_view as screens
from activities import people, phases
from activities._fishbowl_commands import ALLOWED, COMMANDS, PHASES, Settings
from activities._fishbowl_events import EVENTS
from activities._fishbowl_evolve import evolve
from activities._fishbowl_hints import HINTS, PLANNED
from activities._fishbowl_state import State, deadline, hats, pace, stage
from activities.blocks import say
from activities.grouping import name
from activities.kernel import Activity, Group, Harvest, Item, Member, Moment


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """Free chairs, and everybody around them."""
    return State(
        settings=settings,
        phases=phases.begin("frame", stage(settings, "frame"), moment.now),
        people=people.of(members),
        bowl=seats.fresh(settings.S, pace(settings)),
        topic=settings.prompt,
    )


def harvest(state: State) -> Harvest:
    """Questions with whether they were answered, what was noticed, and sentences people released.
    Who was silent, spoke long or came inside is nowhere (G10). Groups' words count once everybody
    reads them."""
    asked = questions.standing(state.board)
    items = [
        Item(
            "question",
            one.words,
            one.seat,
            origin="fishbowl",
            answered=one.status == "answered",
        )
        for one in (asked if state.open_board else ())
    ]
    items += [
        Item("insight", one.words, one.seat, origin="fishbowl")
        for one in state.board
        if one.kind == "observation" and state.open_board
    ]
    items += [Item("quote", words, seat) for seat, words in state.quotes]
    counts = {
        "fishbowls": int(bool(state.bowl.been)),
        "came_inside": len(state.bowl.been),
        "questions_asked": len(asked),
        "questions_answered": sum(1 for one in asked if one.status == "answered"),
    }
    return Harvest(tuple(items), counts)


def groups(state: State) -> tuple[Group, ...]:
    """Satellites and pairs, each with a document only its people read."""
    open_ = state.phases.phase in ("talk", "questions", "outer_speaks")
    apart = open_ and state.phases.phase != "talk"  # while a bowl talks everybody hears it
    return tuple(
        Group(one.id, name(one.index), one.seats, closed=not open_, meeting=apart)
        for one in state.groups
    )


def phase(state: State, _seat: str) -> str:
    """Everybody is in the same one."""
    return state.phases.shown


def closed(state: State) -> bool:
    """Whether the room may go on."""
    return state.phases.phase == phases.CLOSED


FISHBOWL: Activity[Any] = Activity(
    kind="fishbowl",
    version=1,
    title=say("Fishbowl"),
    summary=say("A few talk with each other inside; everybody else listens and may come in."),
    settings=Settings,
    state=State,
    commands=COMMANDS,
    events=EVENTS,
    phases=PHASES,
    allowed=ALLOWED,
    initial=initial,
    phase=phase,
    roles=hats,
    stale=deciders.stale,
    decide=deciders.decide,
    evolve=evolve,
    view=screens.view,
    harvest=harvest,
    deadline=deadline,
    closed=closed,
    groups=groups,
    hints=HINTS,
    planned=PLANNED,
)
"""The record the registry lists."""

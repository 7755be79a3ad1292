"""The whole group together: arriving, the frame, open talk, one line each (agenda templates T1
and T3 of `methods.md` 4).

Theory
------
    open -> closed

One phase with a soft end; what differs is what people are asked for (`form`):

arrival   greet each other, try the sound, say "I am here"
frame     purpose and ground rules; everybody says that they have heard them (nobody waits for it)
talk      hands: who has not spoken yet comes first, then who asked first (as in a fishbowl's
          waiting list); facilitators give the floor, never the machine
write     in quiet, for everyone's board; with names or without (`nameless.py`)
insight   one line each, and its author says who may see it
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from activities import nameless, people, phases
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Cards,
    Field,
    Form,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Progress,
    Prompt,
    Roll,
    Rules,
    View,
    Who,
    Words,
    say,
)
from activities.kernel import (
    MINUTE,
    Activity,
    Command,
    Deadline,
    Event,
    Harvest,
    Hint,
    Item,
    LeadCommand,
    Member,
    Moment,
    Planned,
    Reason,
    Refused,
    Viewer,
)
from activities.phases import (
    Phases,
    Stage,
)

INSIGHT_LIMIT: Final = 280
INSIGHTS_EACH: Final = 3
"""One line each is asked for; three leave room for second thoughts."""

GiveTo = Literal["room", "memo"]
Occasion = Literal["arrival", "frame", "talk", "write", "insight"]
WRITING: Final = ("talk", "write")
"""Occasions on which people write notes for everyone's board."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the group is asked for, for how long; `prompt`: the purpose or the question in the
    facilitators' words."""

    form: Occasion = "talk"
    minutes: Annotated[int, Meta(ge=1, le=60)] = 5
    prompt: Words | None = None
    names: nameless.Names = "named"


# --- commands and events ------------------------------------------------------------------------


class Ready(Command, frozen=True, kw_only=True, tag="ready.say"):
    """I am here and hear you; or, in the frame: I have heard the rules."""


class HandUp(Command, frozen=True, kw_only=True, tag="hand.up"):
    """I would like to speak."""


class HandDown(Command, frozen=True, kw_only=True, tag="hand.down"):
    """Not any more."""


class FloorGive(LeadCommand, frozen=True, kw_only=True, tag="floor.give"):
    """A facilitator gives the floor to `seat`; `turn` is the last turn their screen showed."""

    seat: str
    turn: int


class FloorDone(Command, frozen=True, kw_only=True, tag="floor.done"):
    """Turn `turn` is over: the speaker has finished, or a facilitator thanks them."""

    turn: int


class InsightGive(Command, frozen=True, kw_only=True, tag="insight.give"):
    """One line, for everyone here or also for the memo."""

    words: Words
    to: GiveTo = "memo"


class ReadySaid(Event, frozen=True, kw_only=True, tag="ready.said"):
    """`seat` is ready."""

    seat: str


class HandMoved(Event, frozen=True, kw_only=True, tag="hand.moved"):
    """A hand went up or down."""

    seat: str
    up: bool


class FloorGiven(Event, frozen=True, kw_only=True, tag="floor.given"):
    """`seat` has the floor, in turn number `turn`; "" when it is free again."""

    seat: str
    turn: int


class InsightGiven(Event, frozen=True, kw_only=True, tag="insight.given"):
    """`seat` leaves one line."""

    seat: str
    words: Words
    to: GiveTo


class Insight(msgspec.Struct, frozen=True):
    """One line as it was given."""

    seat: str
    words: Words
    to: GiveTo


class State(msgspec.Struct, frozen=True):
    """`hands` in the order they went up; `floor`: who speaks, "" nobody, in turn `turn`."""

    settings: Settings
    phases: Phases
    people: people.People
    ready: frozenset[str] = frozenset()
    hands: tuple[str, ...] = ()
    floor: str = ""
    turn: int = 0
    spoken: frozenset[str] = frozenset()
    insights: tuple[Insight, ...] = ()
    lines: nameless.Lines = nameless.Lines()


# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """Everybody is together."""
    open_ = Stage("soft", settings.minutes * MINUTE)
    names = settings.names if settings.form in WRITING else "named"
    lines = nameless.Lines(names=names)
    begun = phases.begin("open", open_, moment.now)
    return State(settings, begun, people.of(members), lines=lines)


def queue(state: State) -> tuple[str, ...]:
    """Hands in the order of the floor: who has not spoken yet first, then who asked first."""
    return tuple(sorted(state.hands, key=lambda seat: seat in state.spoken))


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everybody who takes part is a member; who has the floor is a teller."""
    if not seat and roles & {"member", "lead", "co"}:
        return roles | {"member"}  # somebody who gives a line without their seat
    if seat not in state.people:
        return roles - {"member"}
    return roles | ({"member", "teller"} if seat == state.floor else {"member"})


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """A second tap names a turn that is over."""
    match command:
        case FloorGive():
            if command.turn != state.turn:
                return "stale_turn"
            return None if command.seat in state.hands else "stale_seat"
        case FloorDone():
            return None if state.floor and command.turn == state.turn else "stale_turn"
        case _:
            late = nameless.stale(state.lines, command)
            return late or phases.stale(state.phases, command, moment)


def harvest(state: State) -> Harvest:
    """Lines their authors gave for the memo."""
    given = [one for one in state.insights if one.to == "memo"]
    return Harvest(tuple(Item("insight", one.words, one.seat) for one in given))


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    """What follows from a command. Raises `Refused`."""
    seat = moment.seat
    match command:
        case _ if isinstance(command, phases.Decided):
            closed = phases.enter("closed", Stage(), moment.now)
            events = phases.decide(state.phases, command, moment, lambda: (closed,))
            over = any(isinstance(e, phases.PhaseChanged) and e.phase == "closed" for e in events)
            return (*nameless.show(state.lines, moment), *events) if over else events
        case _ if isinstance(command, nameless.LineCommand):
            return nameless.decide(state.lines, command, moment)
        case Ready():
            if seat in state.ready:
                raise Refused("duplicate")
            return (ReadySaid(seat=seat),)
        case HandUp() | HandDown():
            up = isinstance(command, HandUp)
            if up == (seat in state.hands) or (up and seat == state.floor):
                raise Refused("duplicate")
            return (HandMoved(seat=seat, up=up),)
        case FloorGive():
            return (FloorGiven(seat=command.seat, turn=state.turn + 1),)
        case FloorDone():
            if seat != state.floor and not {"lead", "co"} & moment.roles:
                raise Refused("not_allowed")
            return (FloorGiven(seat="", turn=state.turn),)
        case InsightGive():
            if sum(one.seat == seat for one in state.insights) >= INSIGHTS_EACH:
                raise Refused("full")
            return (InsightGiven(seat=seat, words=command.words, to=command.to),)
        case _ if isinstance(command, people.PeopleCommand):
            return people.decide(state.people, command)
        case _:
            raise Refused("unknown")


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case ReadySaid(seat=seat):
            return replace(state, ready=state.ready | {seat})
        case HandMoved(seat=seat, up=up):
            others = tuple(other for other in state.hands if other != seat)
            return replace(state, hands=(*others, seat) if up else others)
        case FloorGiven(seat=seat, turn=turn):
            hands = tuple(other for other in state.hands if other != seat)
            spoken = state.spoken | {seat} if seat else state.spoken
            return replace(state, floor=seat, turn=turn, hands=hands, spoken=spoken)
        case InsightGiven(seat=seat, words=words, to=to):
            return replace(state, insights=(*state.insights, Insight(seat, words, to)))
        case people.PersonEvent():
            return _person(state, event)
        case _ if isinstance(event, nameless.EVENTS):
            return replace(state, lines=nameless.evolve(state.lines, event))
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


def _person(state: State, event: people.PersonEvent) -> State:
    """Who leaves takes hand and floor along."""
    state = replace(state, people=people.evolve(state.people, event))
    hands = tuple(seat for seat in state.hands if seat in state.people)
    return replace(state, hands=hands, floor=state.floor if state.floor in state.people else "")


# --- what screens show --------------------------------------------------------------------------

RULES: Final = Rules(
    title=say("How we talk here"),
    lines=(
        say("Everybody's experience counts the same."),
        say("We speak from our own practice, briefly, one at a time."),
        say("What is told here stays here unless the person who said it gives it away."),
        say("Passing needs no reason. Anybody may ask for a pause."),
    ),
    open=True,
)

_NOW: Final[Mapping[str, Line]] = {
    "arrival": say("We arrive"),
    "frame": say("Why we are here, and how"),
    "talk": say("We talk together"),
    "write": say("We write in quiet"),
    "insight": say("One line each"),
}
_PROMPT: Final[Mapping[str, Line]] = {
    "arrival": say("Greet each other. Say where you are, and try whether everybody hears you."),
    "frame": say("Listen to the purpose, the rules and the time. Ask what is not clear."),
    "talk": say("What would you like all of us to hear?"),
    "write": say("What would you like all of us to read?"),
    "insight": say("What do you take with you from this?"),
}
_READY: Final[Mapping[str, Line]] = {
    "arrival": say("I am here and hear you"),
    "frame": say("I have heard the rules"),
}
_COMES: Final[Mapping[str, Line]] = {
    "arrival": say("Begin when most are here. Who comes later is simply in."),
    "frame": say("Say the purpose, the rules, the time and who leads what."),
    "talk": say("Give the floor by name; who has not spoken comes first."),
    "write": say("Leave time to write. Then read together what stands on the board."),
    "insight": say("Leave a minute of quiet, then thank everybody."),
}


def view(state: State, viewer: Viewer) -> View:
    """One thing now: what the whole group is asked for."""
    blocks: list[AnyBlock] = phases.notices(state.phases)
    panel = viewer.lens == "panel"
    wall = viewer.lens == "screen"
    if state.phases.phase == "closed":
        blocks.append(Now(text=say("Thank you, everyone")))
    else:
        if panel:
            blocks.append(NextStep(text=_COMES[state.settings.form]))
        seat = viewer.seat if viewer.lens == "seat" else ""
        blocks += _blocks(state, seat, panel=panel, wall=wall)
        if state.settings.form in WRITING:
            own = replace(viewer, roles=roles_of(state, viewer.seat, viewer.roles))
            blocks += nameless.blocks(state.lines, own, len(people.here(state.people)))
            if not wall:  # a wall opens no documents
                blocks.append(_section(state.lines))
    return View(
        phase=state.phases.shown,
        blocks=tuple(blocks),
        may=_offers(state, viewer),
        ends_at=state.phases.timer.ends_at,
        place=_NOW[state.settings.form],
    )


def _blocks(state: State, seat: str, *, panel: bool, wall: bool) -> list[AnyBlock]:
    form = state.settings.form
    prompt: AnyBlock = Prompt(text=state.settings.prompt or _PROMPT[form])
    blocks: list[AnyBlock] = [Now(text=_NOW[form]), prompt]
    if state.floor:
        blocks[0] = Now(text=say("{name} speaks", name=Who(state.floor)))
        if state.floor == seat:
            blocks[0] = Now(text=say("You have the floor"))
    if form in _READY:
        here = people.here(state.people)
        done = len(state.ready & frozenset(here))
        said = say("{done} of {of} have said so.", done=done, of=len(here))
        blocks.append(Progress(done=done, of=len(here), label=said))
    if form == "frame" and not panel:
        blocks.append(RULES)
    if form == "talk":
        blocks += _hands(state, seat)
    if form == "insight":
        blocks += _insights(state, seat)
    return blocks


def _hands(state: State, seat: str) -> list[AnyBlock]:
    waiting = queue(state)
    if not waiting:
        return []
    if seat in waiting:
        place = say("Your hand is up: number {n}.", n=waiting.index(seat) + 1)
        return [Note(text=place, tone="private", title=say("Only you see this"))]
    rows = tuple(
        (Who(each), say("has spoken") if each in state.spoken else say("has not spoken yet"))
        for each in waiting
    )
    return [Roll(title=say("Hands"), rows=rows)] if not seat else []


def _section(lines: nameless.Lines) -> Cards:
    named = lines.names == "named"
    return Cards(
        document="board",
        section="talk",
        title=say("What we want to keep"),
        kinds=("insight", "question", "practice"),
        sees="memo",
        add=named,
        hint=say("Everyone here sees your name beside it. In the memo it stands without.")
        if named
        else None,
    )


SCOPES: Final = (
    Option("memo", say("Everyone here, and the memo without my name")),
    Option("room", say("Everyone here")),
)


def _insights(state: State, seat: str) -> list[AnyBlock]:
    blocks: list[AnyBlock] = []
    own = sum(one.seat == seat for one in state.insights)
    if seat and own < INSIGHTS_EACH:
        line = Field(
            box="insight",
            field="words",
            label=say("Your line"),
            lines=2,
            limit=INSIGHT_LIMIT,
        )
        who = Field(
            box="to", field="to", label=say("Who may see it?"), kind="choice", options=SCOPES
        )
        form = Form(
            offer="insight.give",
            title=say("One line"),
            fields=(line, who),
            sees="room",
            given=own > 0,
        )
        blocks.append(form)
    if state.insights:
        answers = tuple(Answer(one.words) for one in state.insights)
        blocks.append(Answers(title=say("What was given"), answers=answers))
    return blocks


def _offers(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    form, seat = state.settings.form, viewer.seat
    own: list[Offer] = []
    if form in _READY and seat not in state.ready:
        own.append(Offer(Ready(), _READY[form]))
    if form == "talk":
        own += _talk_offers(state, seat)
    if form in WRITING:
        own += nameless.own_offers(state.lines, viewer)
    if form == "insight" and sum(one.seat == seat for one in state.insights) < INSIGHTS_EACH:
        needs = {
            "words": Need(kind="text", limit=INSIGHT_LIMIT),
            "to": Need(kind="choice", options=SCOPES),
        }
        own.append(Offer(InsightGive(words=Words("")), say("Give this"), needs=needs))
    own += phases.pause_offers(state.phases, viewer)
    kept = say("What was written is kept.")
    onward = say("Let us begin") if state.settings.form == "arrival" else say("End this activity")
    lead = phases.lead_offers(state.phases, viewer, {"open": onward}, kept)
    lead += _floor_offers(state, viewer)
    lead += nameless.lead_offers(state.lines, viewer)
    allowed = phases.permitted(ALLOWED[state.phases.shown], roles_of(state, seat, viewer.roles))
    return phases.arranged(viewer, own, lead, allowed)


def _talk_offers(state: State, seat: str) -> list[Offer]:
    if seat == state.floor:
        return [Offer(FloorDone(turn=state.turn), say("I have finished"))]
    if seat in state.hands:
        return [Offer(HandDown(), say("Take my hand down"), "beside")]
    return [Offer(HandUp(), say("I would like to speak"))]


def _floor_offers(state: State, viewer: Viewer) -> list[Offer]:
    offers = []
    if state.floor and state.floor != viewer.seat:
        thanks = say("Thank {name}", name=Who(state.floor))
        offers.append(Offer(FloorDone(turn=state.turn), thanks, "beside"))
    for seat in queue(state):
        give = FloorGive(epoch=viewer.epoch, seat=seat, turn=state.turn)
        offers.append(Offer(give, say("Give the floor to {name}", name=Who(seat)), "group"))
    return offers


_ASKED: Final[frozenset[type[Command]]] = frozenset((Ready, HandUp, HandDown, InsightGive))
_FLOOR: Final[frozenset[type[Command]]] = frozenset((FloorGive, FloorDone))

ALLOWED: Final = {
    "open": phases.row(
        member=_ASKED | nameless.MEMBER,
        lead=_FLOOR | nameless.LEAD,
        co=_FLOOR,
        teller=frozenset[type[Command]]((FloorDone,)),
    ),
    "paused": phases.paused_row(),
    "closed": phases.closed_row(),
}


HINTS: Final[Mapping[str, Hint]] = {
    "form": Hint(
        say("What for"),
        options=(
            Option("arrival", say("Arriving"), hint=say("Greet each other, try the sound.")),
            Option(
                "frame",
                say("Why we are here, and how"),
                hint=say("Purpose, rules, time, who leads what."),
            ),
            Option("talk", say("Open talk"), hint=say("Hands up; who has not spoken comes first.")),
            Option(
                "write",
                say("Writing in quiet"),
                hint=say("Notes for everyone's board, with names or without."),
            ),
            Option("insight", say("One line each"), hint=say("Each says who may see it.")),
        ),
    ),
    "minutes": Hint(say("How long"), say("A soft time: nothing is cut off."), unit="min"),
    "prompt": Hint(
        say("The purpose or the question"), say("Left empty, the house has a sentence.")
    ),
    "names": replace(nameless.HINT, only=("form", WRITING)),
}
PLANNED: Final = Planned(minutes=5, low=1, high=60, whole=True)


def deadline(state: State) -> Deadline | None:
    """The soft end."""
    return phases.deadline(state.phases)


PLENARY: Final = Activity(
    kind="plenary",
    version=1,
    title=say("All together"),
    summary=say("The whole group: arriving, why we are here, open talk, one line each."),
    settings=Settings,
    state=State,
    commands=(
        *phases.COMMANDS,
        Ready,
        HandUp,
        HandDown,
        FloorGive,
        FloorDone,
        InsightGive,
        *nameless.COMMANDS,
    ),
    events=(
        ReadySaid,
        HandMoved,
        FloorGiven,
        InsightGiven,
        *nameless.EVENTS,
        *people.EVENTS,
        *phases.EVENTS,
    ),
    phases=("open", "paused", "closed"),
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
    closed=lambda state: state.phases.phase == "closed",
    unnamed=nameless.UNNAMED,
    hints=HINTS,
    planned=PLANNED,
)

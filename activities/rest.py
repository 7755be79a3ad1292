"""Breaks and energisers: everybody rests, and comes back together (`methods.md` A16).

Theory
------
    on -> back_soon -> return -> closed        a break
    on -> closed                               an energiser

A break is a promise: for its first five minutes nobody can end it (`early` lies over the phase in
the table), the lead may only lengthen it. Two minutes before the end the phones say so; then there
are two minutes to come in, which end when four fifths of those asked are back. Nothing here has a
turn, a vote or a consent deadline (BR2), and whoever is away during a break has not left it.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from activities import people, phases
from activities.blocks import (
    AnyBlock,
    Countdown,
    Line,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Progress,
    Prompt,
    View,
    say,
)
from activities.kernel import (
    MINUTE,
    PEOPLE,
    Activity,
    Command,
    Cut,
    Deadline,
    Event,
    Harvest,
    Hint,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    Moment,
    Planned,
    Purpose,
    Reason,
    Refused,
    TimeUp,
    Viewer,
)
from activities.phases import PhaseBack, PhaseExtend, PhaseNext, Phases, Stage
from activities.timing import clock

Set = Literal["stretch", "far", "sounds", "step_in", "claps", "breath"]

AT_LEAST: Final = 5 * MINUTE
"""A break is never cut below this (`methods.md A16`, BR3)."""

BACK_SOON: Final = 2 * MINUTE
"""How long before its end a break says that it ends."""

COMING_IN: Final = 2 * MINUTE
"""How long a group waits for the last ones (A16)."""

ENOUGH: Final = 80
"""Per cent of those here when the break began who are back: the exchange may go on (A16)."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A16. An energiser of the prepared set `exercise` takes 2 to 4
    minutes, whatever `minutes` says beyond that. The five minutes of `min_cut` are a rule (BR3),
    no setting; music belongs where the voices are."""

    form: Literal["break", "energiser"] = "break"
    minutes: Annotated[int, Meta(ge=2, le=60)] = 10
    exercise: Set = "stretch"


class BackSay(Command, frozen=True, kw_only=True, tag="back.say"):
    """I am back from the break."""


class BackSaid(Event, frozen=True, kw_only=True, tag="back.said"):
    """`seat` is back."""

    seat: str


class BreakOpened(Event, frozen=True, kw_only=True, tag="break.opened"):
    """Five minutes have passed: the lead may end it now."""


class State(msgspec.Struct, frozen=True):
    """`asked` are those who were here when it began; `opens` (ms) when it may be ended, 0 once
    that has come."""

    settings: Settings
    phases: Phases
    people: people.People
    asked: frozenset[str]
    opens: int = 0
    back: frozenset[str] = frozenset()


# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """The break begins."""
    everybody = people.of(members)
    rests = settings.form == "break"
    return State(
        settings,
        phases.begin("on", _stage(settings, "on"), moment.now),
        everybody,
        frozenset(people.here(everybody)),
        opens=moment.now + AT_LEAST if rests else 0,
    )


def _stage(settings: Settings, phase: str) -> Stage:
    if phase == "closed":
        return Stage()
    if settings.form == "energiser":
        return Stage("soft", min(settings.minutes, 4) * MINUTE, drifts=True)
    minutes = max(settings.minutes * MINUTE, AT_LEAST)
    return Stage("hard", {"on": minutes - BACK_SOON}.get(phase, COMING_IN), sharp=True)


def phase_of(state: State, _seat: str) -> str:
    """`early` while the break may not be ended, whatever its phase."""
    over = state.phases.phase == "closed" or not state.opens
    return state.phases.phase if over else "early"


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """Why a command comes too late."""
    if isinstance(command, TimeUp) and command.timer == "early":
        return None if command.at == state.opens else "stale_turn"
    if isinstance(command, BackSay) and state.phases.phase == "on":
        return "stale_phase"
    return phases.stale(state.phases, command, moment)


def deadline(state: State) -> Deadline | None:
    """The end of a phase, or of the five minutes."""
    open_ = state.opens and state.phases.phase != "closed"
    early = Deadline(state.opens, TimeUp(timer="early", at=state.opens)) if open_ else None
    return phases.soonest(phases.deadline(state.phases), early)


def enough(state: State) -> bool:
    """Whether four fifths of those who were here are back."""
    return len(state.back & state.asked) * 100 >= ENOUGH * len(state.asked)


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    """What follows from a command. Raises `Refused`."""
    match command:
        case TimeUp(timer="early"):
            return (BreakOpened(),)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _next(state, moment.now))
        case BackSay():
            if moment.seat in state.back:
                raise Refused("duplicate")
            said = BackSaid(seat=moment.seat)
            return (said, *_all_in(evolve(state, said), moment.now))
        case MemberJoined() | MemberAway() | MemberBack() | MemberChanged():
            return people.decide(state.people, command)
        case _:  # MemberLeft: being away from a break is what it is for
            return ()


def _next(state: State, now: int) -> tuple[Event, ...]:
    after = {"on": "back_soon", "back_soon": "return"} if state.settings.form == "break" else {}
    phase = after.get(state.phases.phase, "closed")
    changed = phases.enter(phase, _stage(state.settings, phase), now)
    return (changed, *_all_in(evolve(state, changed), now))


def _all_in(state: State, now: int) -> tuple[Event, ...]:
    """Enough are back: nobody waits for the last ones."""
    if state.phases.phase != "return" or not state.asked or not enough(state):
        return ()
    return (phases.enter("closed", Stage(), now),)


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case BackSaid(seat=seat):
            return replace(state, back=state.back | {seat})
        case BreakOpened():
            return replace(state, opens=0)
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


# --- what screens show --------------------------------------------------------------------------

EXERCISES: Final[Mapping[Set, tuple[Line, Line]]] = {
    "stretch": (
        say("Copy me: a long stretch"),
        say("One person stretches, seated or standing. Everybody copies, then the next one."),
    ),
    "far": (
        say("Look far away"),
        say("Look out of a window or across the room for twenty seconds. Blink. Once more."),
    ),
    "sounds": (
        say("A sound you hear"),
        say("Close your eyes if you like. Name one sound you hear where you are."),
    ),
    "step_in": (
        say("Hands up if ..."),
        say("Somebody says a small true thing. Whoever it is true for raises a hand."),
    ),
    "claps": (
        say("Weather in our hands"),
        say("One finger on the palm: drops. Two, three, all: rain. Then slowly back to quiet."),
    ),
    "breath": (
        say("One breath together"),
        say("Breathe in while the first person counts to four, and out for as long. Three times."),
    ),
}
SKIP: Final = say("No touching, no running, nobody wins. Leave it out if you like.")


def view(state: State, viewer: Viewer) -> View:
    """Large and quiet: until when, and who need not look."""
    return View(
        phase=phase_of(state, viewer.seat),
        blocks=(*_panel(state, viewer), *_blocks(state, viewer)),
        may=_offers(state, viewer),
        ends_at=state.phases.timer.ends_at,
        place=say("Break") if state.settings.form == "break" else say("A small exercise"),
    )


def _blocks(state: State, viewer: Viewer) -> tuple[AnyBlock, ...]:
    phase = state.phases.phase
    if phase == "closed":
        return (Now(text=say("Welcome back")),)
    until = Countdown(clock=clock(state.phases.timer), until=True)
    if state.settings.form == "energiser":
        title, how = EXERCISES[state.settings.exercise]
        return (Now(text=title), Prompt(text=how), until, Note(text=SKIP, tone="quiet"))
    match phase:
        case "on":
            rest = say("Put the phone down. It will call you two minutes before we go on.")
            return (Now(text=say("A break")), until, Note(text=rest))
        case "back_soon":
            soon = say("We go on in two minutes. Nothing happens before.")
            return (Now(text=say("Back soon")), until, Note(text=soon))
        case _:
            line = say("{done} of {of} are back.", done=len(state.back), of=len(state.asked))
            progress = Progress(done=len(state.back), of=len(state.asked), label=line)
            return (Now(text=say("We come in")), until, progress)


def _panel(state: State, viewer: Viewer) -> tuple[AnyBlock, ...]:
    if viewer.lens != "panel" or state.phases.phase == "closed":
        return ()
    if state.opens:
        hint = say("A break lasts five minutes at least. You can make it longer.")
        return (NextStep(text=say("Rest too."), hint=hint),)
    text = {
        "on": say("Everybody is called back in."),
        "back_soon": say("Everybody says when they are back."),
        "return": say("We go on without waiting for the last ones."),
    }
    done = say("Everybody sits down again.")
    energiser = state.settings.form == "energiser"
    return (NextStep(text=done if energiser else text[state.phases.phase]),)


def _offers(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    phase = state.phases.phase
    own = []
    if phase in ("back_soon", "return") and viewer.seat not in state.back:
        own.append(Offer(BackSay(), say("I am back")))
    energiser = state.settings.form == "energiser"
    labels = {
        "on": say("Sit down again") if energiser else say("Call everybody back"),
        "back_soon": say("Come in now"),
        "return": say("Go on with the agenda"),
    }
    lead = phases.lead_offers(state.phases, viewer, labels, say("The break ends for everybody."))
    allowed = phases.permitted(
        ALLOWED[phase_of(state, viewer.seat)], roles_of(state, viewer.seat, viewer.roles)
    )
    return phases.arranged(viewer, own, lead, allowed)


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Everybody who takes part may say that they are back, facilitators too."""
    return roles | {"member"} if seat in state.people else roles - {"member"}


HINTS: Final[Mapping[str, Hint]] = {
    "form": Hint(
        say("Form"),
        options=(
            Option("break", say("A break"), hint=say("Five minutes at least, with a time back.")),
            Option("energiser", say("A small exercise"), hint=say("Two to four minutes.")),
        ),
    ),
    "minutes": Hint(say("How long"), unit="min"),
    "exercise": Hint(
        say("Which one"),
        say("All can be done seated and with the camera off."),
        options=tuple(Option(value, title) for value, (title, _) in EXERCISES.items()),
        only=("form", ("energiser",)),
    ),
}
PLANNED: Final = Planned(minutes=10, low=2, high=60, does=frozenset[Purpose](("rest",)))

PHASES: Final = ("on", "early", "back_soon", "return", "closed")
_BACK: Final[frozenset[type[Command]]] = frozenset((BackSay,))
_LONGER: Final[frozenset[type[Command]]] = frozenset((PhaseExtend,))
_LEAD: Final = phases.LEAD - {phases.PauseCall, phases.PhaseSoften}


def _row(member: frozenset[type[Command]]) -> Mapping[str, frozenset[type[Command]]]:
    return {"clock": phases.CLOCK, "lead": _LEAD, "co": _LONGER, "member": member}


ALLOWED: Final = {
    "early": {"clock": phases.CLOCK, "lead": _LONGER, "co": _LONGER, "member": _BACK},
    "on": _row(phases.NOTHING),
    "back_soon": _row(_BACK),
    "return": _row(_BACK),
    "closed": phases.closed_row(),
}

REST: Final = Activity(
    kind="break",
    version=1,
    title=say("Break"),
    summary=say("Rest, with a time to be back, or a small exercise to wake up."),
    settings=Settings,
    state=State,
    commands=(PhaseNext, PhaseBack, PhaseExtend, Cut, TimeUp, BackSay, *PEOPLE),
    events=(BackSaid, BreakOpened, *people.EVENTS, *phases.EVENTS),
    phases=PHASES,
    allowed=ALLOWED,
    initial=initial,
    phase=phase_of,
    roles=roles_of,
    stale=stale,
    decide=decide,
    evolve=evolve,
    view=view,
    harvest=lambda state: Harvest(),
    deadline=deadline,
    closed=lambda state: state.phases.phase == "closed",
    hints=HINTS,
    planned=PLANNED,
)

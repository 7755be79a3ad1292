"""The phases an activity goes through, their clock, pauses, and the way back (`methods.md` 1.3,
1.4): shared by all activities that move everybody in step.

Theory
------
An activity keeps a `Phases` value in its state and describes each of its phases as a `Stage`
(kind of end and length). Entering a phase is the event `PhaseChanged`, which carries the whole
clock, so that `evolve` needs to know nothing else. The commands of this module are decided by
`decide`; only what `phase.next` leads to is the activity's own and is handed in as `go_on`.

    case _ if isinstance(command, phases.Decided):
        return phases.decide(state.phases, command, moment, lambda: _next(state, moment))

Rounds, groups and other clocks of the activity must stand still between `PauseCalled` and
`PauseEnded`: the activity matches those events too. A pause shows as the phase `PAUSED`, which
lies over any other but `CLOSED`. Going back restores phase and clock; what else it restores is
for the activity to say (`PhaseRestored`).
"""

from collections.abc import Callable, Mapping
from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from activities import rounds, timing
from activities.blocks import AnyBlock, ClockKind, Countdown, Line, Note, Offer, Place, say
from activities.kernel import (
    MINUTE,
    PEOPLE,
    Command,
    Cut,
    Deadline,
    Event,
    LeadCommand,
    Moment,
    Reason,
    Refused,
    TimeUp,
    Viewer,
)
from activities.timing import SECOND, Timer

PAUSED: Final = "paused"
CLOSED: Final = "closed"

BACK_WITHIN: Final = MINUTE
"""A change of phase can be undone for this long (`methods.md` 1.3)."""

EXTENSIONS: Final = 10
"""Extensions of one phase: who needs more than ten needs another plan."""

SOFT_BELLS: Final = (0, *rounds.LATER_BELLS)
"""A soft end is told once and then each minute, so that an autopilot that sets in late still
hears one."""

HALF_A_MINUTE: Final = 30 * SECOND
SOFT_END: Final = 2 * MINUTE
"""A soft end gives this long, then a minute of grace (ruling *Time*)."""

DRIFT: Final = 60 * SECOND
"""With no facilitator present, a phase that may go on by itself does when it has been over for
this long."""

Events = tuple[Event, ...]
Commands = frozenset[type[Command]]


class Stage(msgspec.Struct, frozen=True):
    """How a phase ends: its clock's kind, and its length in ms (0 for an open one).

    `drifts`: without any facilitator it goes on by itself after `DRIFT`; hard ones always do.
    `sharp`: a hard end without the 10 s of last words (a break ends when the clock says).
    `bells`: other moments (ms from the end) at which the clock speaks, such as the notices of
    circles.
    """

    kind: ClockKind = "open"
    length: int = 0
    drifts: bool = False
    sharp: bool = False
    bells: tuple[int, ...] | None = None


# --- commands -----------------------------------------------------------------------------------


class PhaseNext(LeadCommand, frozen=True, kw_only=True, tag="phase.next"):
    """Leave `phase` for the one after it."""

    phase: str


class PhaseBack(LeadCommand, frozen=True, kw_only=True, tag="phase.back"):
    """Undo the last change of phase, which led to `phase`, within 60 s."""

    phase: str


class PhaseExtend(LeadCommand, frozen=True, kw_only=True, tag="phase.extend"):
    """`seconds` more for `phase`."""

    phase: str
    seconds: int


class PhaseSoften(LeadCommand, frozen=True, kw_only=True, tag="phase.soften"):
    """End `phase` softly: two minutes with notices, a last one of grace, then it goes on by
    itself."""

    phase: str


class PauseCall(Command, frozen=True, kw_only=True, tag="pause.call"):
    """Pause please: all clocks stand still. Anybody may."""


class PauseResume(Command, frozen=True, kw_only=True, tag="pause.resume"):
    """Go on from pause number `pause`."""

    pause: int


Steering = PhaseNext | PhaseBack | PhaseExtend | PhaseSoften
"""What facilitators say about the phase everybody is in."""

Decided = Steering | PauseCall | PauseResume | Cut | TimeUp
"""What `decide` answers. An activity asks for all of it at once, after what it answers itself:
`case _ if isinstance(command, phases.Decided)`; a command added here reaches them all."""

STEERING: Final[tuple[type[Command], ...]] = get_args(Steering)
DECIDED: Final[tuple[type[Command], ...]] = get_args(Decided)
COMMANDS: Final[tuple[type[Command], ...]] = (*DECIDED, *PEOPLE)
"""What every activity with phases understands; it adds its own."""

# Rows of the `allowed` table (phase -> role -> commands).

LEAD: Final[Commands] = frozenset((*STEERING, PauseCall, Cut))
CO: Final[Commands] = frozenset((PhaseExtend, PauseCall))
MEMBER: Final[Commands] = frozenset((PauseCall,))
CLOCK: Final[Commands] = frozenset((TimeUp, *PEOPLE))
NOTHING: Final[Commands] = frozenset()


def row(
    member: Commands = NOTHING, lead: Commands = NOTHING, co: Commands = NOTHING, **hats: Commands
) -> Mapping[str, Commands]:
    """One phase of the table: what everybody may do in any phase, and besides that what is given
    here; `hats` are roles of the activity's own."""
    return {"clock": CLOCK, "lead": LEAD | lead, "co": CO | co, "member": MEMBER | member, **hats}


def permitted(row: Mapping[str, Commands], roles: frozenset[str]) -> Commands:
    """What a row of the table gives to somebody with these roles."""
    return frozenset().union(*(row.get(role, NOTHING) for role in roles))


def paused_row(member: Commands = NOTHING, both: Commands = NOTHING) -> Mapping[str, Commands]:
    """The phase `PAUSED`; `both` are for lead and co-facilitators."""
    resume: Commands = frozenset((PauseResume,))
    return {
        "clock": CLOCK,
        "lead": resume | both | {Cut},
        "co": resume | both,
        "member": resume | member,
    }


def closed_row(member: Commands = NOTHING, both: Commands = NOTHING) -> Mapping[str, Commands]:
    """The phase `CLOSED`."""
    return {"clock": CLOCK, "lead": both, "co": both, "member": member}


# --- events -------------------------------------------------------------------------------------


class PhaseEvent(Event, frozen=True, kw_only=True):
    """Something about the phase everybody is in; `at` in ms."""

    at: int


class PhaseChanged(PhaseEvent, frozen=True, kw_only=True, tag="phase.changed"):
    """`phase` began, with a clock of `kind` for `length` ms."""

    phase: str
    kind: ClockKind = "open"
    length: int = 0
    drifts: bool = False
    sharp: bool = False
    bells: tuple[int, ...] | None = None


class PhaseRestored(PhaseEvent, frozen=True, kw_only=True, tag="phase.restored"):
    """The last change was undone: phase and clock are as they were."""


class PhaseSettled(PhaseEvent, frozen=True, kw_only=True, tag="phase.settled"):
    """The last change can no longer be undone."""


class PhaseSoftened(PhaseEvent, frozen=True, kw_only=True, tag="phase.softened"):
    """The phase ends softly from now on."""


class PauseCalled(PhaseEvent, frozen=True, kw_only=True, tag="pause.called"):
    """Everything stands still; `seat` asked for it."""

    seat: str


class PauseEnded(PhaseEvent, frozen=True, kw_only=True, tag="pause.ended"):
    """Everything goes on."""


EVENTS: Final[tuple[type[Event], ...]] = (
    PhaseChanged,
    PhaseRestored,
    PhaseSettled,
    PhaseSoftened,
    PauseCalled,
    PauseEnded,
    timing.TimerRang,
    timing.TimerExtended,
)
"""Timer events with an empty `group` are about the phase's clock."""

# --- state --------------------------------------------------------------------------------------


class Before(msgspec.Struct, frozen=True):
    """What going back restores."""

    phase: str
    timer: Timer
    at: int
    drifts: bool = False


class Phases(msgspec.Struct, frozen=True):
    """Where everybody is. `paused_by` is the seat that called the pause, None when none is on."""

    phase: str
    timer: Timer = Timer()
    drifts: bool = False
    softened: bool = False
    before: Before | None = None
    pauses: int = 0
    paused_by: str | None = None

    @property
    def paused(self) -> bool:
        """Whether everything stands still."""
        return self.paused_by is not None and self.phase != CLOSED

    @property
    def shown(self) -> str:
        """The phase for the table: `PAUSED` while everything stands still."""
        return PAUSED if self.paused else self.phase


def enter(phase: str, stage: Stage, now: int) -> PhaseChanged:
    """The event of `phase` beginning now."""
    return PhaseChanged(
        at=now,
        phase=phase,
        kind=stage.kind,
        length=stage.length,
        drifts=stage.drifts,
        sharp=stage.sharp,
        bells=stage.bells,
    )


def begin(phase: str, stage: Stage, now: int) -> Phases:
    """The first phase, of `initial`: there is no way back from it."""
    return replace(evolve(Phases(phase), enter(phase, stage, now)), before=None)


def evolve(phases: Phases, event: Event) -> Phases:
    """The phases after `event`; total: other events change nothing."""
    match event:
        case PhaseChanged(phase=phase, at=at):
            before = Before(phases.phase, timing.pause(phases.timer, at), at, phases.drifts)
            timer = Timer(state="ended") if phase == CLOSED else _timer(event)
            return replace(
                phases,
                phase=phase,
                timer=timing.start(timer, at),
                drifts=event.drifts,
                softened=False,
                before=None if phase == CLOSED else before,
                paused_by=None,
            )
        case PhaseRestored(at=at) if phases.before is not None:
            before = phases.before
            return replace(
                phases,
                phase=before.phase,
                timer=timing.resume(before.timer, at),
                drifts=before.drifts,
                softened=False,
                before=None,
            )
        case PhaseSettled():
            return replace(phases, before=None)
        case PhaseSoftened(at=at):
            return replace(phases, timer=_soft_end(phases.timer, at), softened=True)
        case PauseCalled(at=at, seat=seat):
            return replace(
                phases,
                timer=timing.pause(phases.timer, at),
                pauses=phases.pauses + 1,
                paused_by=seat,
            )
        case PauseEnded(at=at):
            return replace(phases, timer=timing.resume(phases.timer, at), paused_by=None)
        case timing.TimerEvent(group=""):
            return replace(phases, timer=timing.evolve(phases.timer, event))
        case _:
            return phases


def _timer(event: PhaseChanged) -> Timer:
    hard = (0,) if event.sharp else timing.HARD_BELLS
    usual = {"soft": SOFT_BELLS, "hard": hard, "open": timing.NO_BELLS}[event.kind]
    return timing.idle(
        event.kind, event.length, bells=usual if event.bells is None else event.bells
    )


def _soft_end(timer: Timer, at: int) -> Timer:
    """What is left, but two minutes at most, with the notices of circles (ruling *Time*)."""
    left = timer.ends_at - at if timer.ends_at is not None else SOFT_END
    length = min(max(left, 0), SOFT_END)
    return timing.start(timing.idle("hard", length, bells=timing.CIRCLES_BELLS), at)


# --- deciding -----------------------------------------------------------------------------------


def stale(phases: Phases, command: Command, moment: Moment) -> Reason | None:
    """Why a command of this module comes too late; None for all others."""
    match command:
        case PhaseSoften(phase=phase):
            return None if phase == phases.phase and not phases.softened else _LATE
        case PhaseNext(phase=phase) | PhaseExtend(phase=phase):
            return None if phase == phases.phase else "stale_phase"
        case PhaseBack(phase=phase):
            return None if phase == phases.phase and may_go_back(phases, moment.now) else _LATE
        case PauseCall():
            return _LATE if phases.paused else None
        case PauseResume(pause=pause):
            return None if phases.paused and pause == phases.pauses else _LATE
        case TimeUp(timer="phase" | "back" as timer, at=at):
            return None if _due(phases).get(timer) == at else "stale_turn"
        case _:
            return None


_LATE: Final[Reason] = "stale_phase"


def may_go_back(phases: Phases, now: int) -> bool:
    """Whether the last change of phase can still be undone."""
    return phases.before is not None and now - phases.before.at <= BACK_WITHIN


def decide(
    phases: Phases,
    command: Decided,
    moment: Moment,
    go_on: Callable[[], Events],
) -> Events:
    """What follows from a command of this module. `go_on` gives the events of leaving the
    present phase for the next, `PhaseChanged` among them.

    Raises `Refused`: `bad_request` or `full` for an extension, `not_allowed` when somebody else
    than a facilitator or the caller ends a pause. `TimeUp` of another timer is the activity's own.
    """
    now = moment.now
    match command:
        case PhaseNext():
            return go_on()
        case PhaseBack():
            return (PhaseRestored(at=now),)
        case PhaseExtend():
            by = timing.ensure_extension(phases.timer, command.seconds, EXTENSIONS)
            return (timing.TimerExtended(at=now, by=by),)
        case PhaseSoften():
            if not may_soften(phases):
                raise Refused("closed", say("This ends by the clock already."))
            return (PhaseSoftened(at=now),)
        case PauseCall():
            return (PauseCalled(at=now, seat=moment.seat),)
        case PauseResume():
            if not may_resume(phases, moment.seat, moment.roles, moment.autopilot):
                raise Refused("not_allowed")
            return (PauseEnded(at=now),)
        case Cut():
            return (PhaseChanged(at=now, phase=CLOSED),)
        case TimeUp():
            return _rang(phases, command, moment, go_on)


def may_soften(phases: Phases) -> bool:
    """Whether a soft end says something new: the phase has a soft end, none, or the long hard one
    of groups at work; halves, votes and quiet minutes end by the clock."""
    together = phases.timer.kind != "hard" or phases.timer.bells == timing.CIRCLES_BELLS
    return together and phases.phase != CLOSED and not phases.softened


def may_resume(phases: Phases, seat: str, roles: frozenset[str], autopilot: bool) -> bool:
    """Facilitators end a pause, or whoever called it; with no facilitator here anybody."""
    return bool({"lead", "co"} & roles) or autopilot or seat == phases.paused_by


def _rang(phases: Phases, command: TimeUp, moment: Moment, go_on: Callable[[], Events]) -> Events:
    if command.timer == "back":
        return (PhaseSettled(at=moment.now),)
    rang = timing.TimerRang(at=moment.now)
    timer = timing.ring(phases.timer)
    drifts = moment.autopilot and phases.drifts and timing.rung_at(timer, DRIFT)
    if timer.state != "ended" and not drifts:
        return (rang,)
    try:
        return (rang, *go_on())
    except Refused:
        return (rang,)  # what cannot begin yet (too few people, no options) waits for the lead


def deadline(phases: Phases) -> Deadline | None:
    """When the clock speaks next about the phase; the activity takes the earliest of all its
    deadlines (`soonest`)."""
    found = [(at, timer) for timer, at in _due(phases).items()]
    if not found:
        return None
    at, timer = min(found)
    return Deadline(at, TimeUp(timer=timer, at=at))


def soonest(*deadlines: Deadline | None) -> Deadline | None:
    """The earliest of several deadlines."""
    found = [deadline for deadline in deadlines if deadline is not None]
    return min(found, key=lambda deadline: deadline.at) if found else None


def _due(phases: Phases) -> dict[str, int]:
    if phases.phase == CLOSED:
        return {}
    found = {}
    if (at := timing.due(phases.timer)) is not None:
        found["phase"] = at
    if phases.before is not None:
        found["back"] = phases.before.at + BACK_WITHIN + 1
    return found


# --- what screens show --------------------------------------------------------------------------


def notices(phases: Phases) -> list[AnyBlock]:
    """What stands over everything: that it stands still, or that it comes to an end."""
    if phases.paused:
        return [Note(text=say("Paused for everyone. Your time is kept."), tone="look")]
    if not phases.softened or phases.phase == CLOSED:
        return []
    timer = phases.timer
    if timing.rung_at(timer, 0):
        text = say("Time is up. One more minute, then we go on.")
    elif timing.rung_at(timer, -HALF_A_MINUTE):
        text = say("Half a minute left. Finish your sentence.")
    else:
        text = say("We come to an end in two minutes.")
    return [Note(text=text, tone="look")]


def countdown(phases: Phases, label: Line | None = None) -> tuple[Countdown, ...]:
    """The phase's clock, if it has an end."""
    if phases.timer.kind == "open" or phases.phase == CLOSED:
        return ()
    return (Countdown(clock=timing.clock(phases.timer), label=label),)


def pause_offers(phases: Phases, viewer: Viewer) -> list[Offer]:
    """Pause please, or go on; for everybody (the table takes it from who may not)."""
    if phases.phase == CLOSED:
        return []
    if not phases.paused:
        return [Offer(PauseCall(), say("Pause please"), "foot")]
    if may_resume(phases, viewer.seat, viewer.roles, viewer.autopilot):
        return [Offer(PauseResume(pause=phases.pauses), say("Go on"), "main")]
    return []


def lead_offers(
    phases: Phases, viewer: Viewer, labels: Mapping[str, Line], end: Line
) -> list[Offer]:
    """The facilitators' buttons for phases. `labels`: phase -> what the button that leaves it
    says ("Show the answers"); `end` says what ending the activity now keeps."""
    epoch, phase = viewer.epoch, phases.phase
    offers = pause_offers(phases, viewer)
    if phase in labels and not phases.paused:
        offers.append(Offer(PhaseNext(epoch=epoch, phase=phase), labels[phase]))
    if phases.before is not None:
        back = PhaseBack(epoch=epoch, phase=phase)
        offers.append(Offer(back, say("Undo"), "foot", hint=say("For one minute.")))
    if phase != CLOSED and timing.may_extend(phases.timer, EXTENSIONS):
        more = PhaseExtend(epoch=epoch, phase=phase, seconds=60)
        offers.append(Offer(more, say("1 minute more"), "foot"))
    if may_soften(phases) and phase in labels and not phases.paused:
        hint = say("Two minutes and a last one, then we go on.")
        soften = PhaseSoften(epoch=epoch, phase=phase)
        offers.append(Offer(soften, say("End softly"), "foot", hint=hint))
    if phase != CLOSED:
        offers.append(Offer(Cut(epoch=epoch), say("End now"), "menu", confirm=end))
    return offers


def arranged(
    viewer: Viewer,
    own: list[Offer],
    lead: list[Offer],
    allowed: Commands,
) -> tuple[Offer, ...]:
    """All offers of one screen: on the panel the facilitator's buttons, with what is one's own
    unseen (it stands on one's own page); elsewhere one's own, with the facilitator's buttons in
    the menu; on the wall none. Only what is `allowed`: what the table permits."""
    if viewer.lens == "screen":
        return ()
    leads = bool({"lead", "co"} & viewer.roles)
    if viewer.lens == "panel" and leads:
        offers = [*lead, *(_placed(offer, offer.place, shown=False) for offer in own)]
    else:
        menu = [_placed(offer, "menu", offer.shown) for offer in lead] if leads else []
        offers = [*own, *menu]
    # A facilitator who takes part has "Pause please" in both lists.
    unique: dict[str, Offer] = {}
    for offer in offers:
        unique.setdefault(repr(offer.command), offer)
    return tuple(offer for offer in unique.values() if type(offer.command) in allowed)


def _placed(offer: Offer, place: Place, shown: bool) -> Offer:
    return replace(offer, place=place, shown=shown)

"""What people may ask for in a check-in, what happens in it, and its settings (`methods.md` A4)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities import rounds, timing, turns
from activities.blocks import Words
from activities.kernel import (
    PEOPLE,
    Command,
    Cut,
    Event,
    LeadCommand,
    Member,
    TimeUp,
)

Mode = Literal["round", "circles", "word", "weather", "scale", "picture", "gesture"]
ActivityPhase = Literal["frame", "answer", "reveal", "thanks", "closed"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A4. `direction`: check-in or check-out. `prompt` empty: the
    sample number `sample` of the house."""

    mode: Mode = "word"
    direction: Literal["in", "out"] = "in"
    cap_s: Annotated[int, Meta(ge=10, le=120)] = 30
    prompt: Words | None = None
    sample: Annotated[int, Meta(ge=0, le=3)] = 0
    care_view: bool = False
    reveal: Literal["together"] = "together"


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


class ModeChoose(LeadCommand, frozen=True, kw_only=True, tag="mode.choose"):
    """Check in another way; before it has begun."""

    mode: Mode


class PauseCall(Command, frozen=True, kw_only=True, tag="pause.call"):
    """Pause please: all clocks stand still. Anybody may."""


class PauseResume(Command, frozen=True, kw_only=True, tag="pause.resume"):
    """Go on from pause number `pause`."""

    pause: int


class Give(Command, frozen=True, kw_only=True, tag="answer.give"):
    """My answer, seen from `phase`. Before the reveal the last one counts."""

    phase: str
    value: str = ""
    words: Words | None = None


class PassAnswer(Command, frozen=True, kw_only=True, tag="answer.pass"):
    """I pass. Nobody asks why."""

    phase: str


class InsightGive(Command, frozen=True, kw_only=True, tag="insight.give"):
    """One thing I take home; check-out only."""

    words: Words


class CareAsk(Command, frozen=True, kw_only=True, tag="care.ask"):
    """Please talk to me. Only facilitators learn of it."""


class CareTake(Command, frozen=True, kw_only=True, tag="care.take"):
    """A facilitator talks to `seat`."""

    seat: str


# --- events -------------------------------------------------------------------------------------


class PhaseChanged(Event, frozen=True, kw_only=True, tag="phase.changed"):
    """`phase` began. `order`: at the reveal, the drawn order in which answers are shown."""

    phase: ActivityPhase
    at: int
    order: tuple[str, ...] = ()


class PhaseRestored(Event, frozen=True, kw_only=True, tag="phase.restored"):
    """The last change was undone: phase and timers are as they were."""

    at: int


class ModeChosen(Event, frozen=True, kw_only=True, tag="mode.chosen"):
    """The check-in goes another way."""

    mode: Mode


class CirclesFormed(Event, frozen=True, kw_only=True, tag="circles.formed"):
    """The rings as drawn: one with the id "" for the plenary, else "c1", "c2"..."""

    circles: Mapping[str, tuple[str, ...]]


class CirclePlaced(Event, frozen=True, kw_only=True, tag="circle.placed"):
    """`seat` belongs to the circle `group` now."""

    seat: str
    group: str


class PauseCalled(Event, frozen=True, kw_only=True, tag="pause.called"):
    """Everything stands still."""

    at: int
    seat: str


class PauseEnded(Event, frozen=True, kw_only=True, tag="pause.ended"):
    """Everything goes on."""

    at: int


class AnswerGiven(Event, frozen=True, kw_only=True, tag="answer.given"):
    """`seat` gave an answer, or another one instead."""

    seat: str
    value: str = ""
    words: Words | None = None


class AnswerPassed(Event, frozen=True, kw_only=True, tag="answer.passed"):
    """`seat` passed."""

    seat: str


class InsightGiven(Event, frozen=True, kw_only=True, tag="insight.given"):
    """`seat` leaves one thing for everyone."""

    seat: str
    words: Words


class CareAsked(Event, frozen=True, kw_only=True, tag="care.asked"):
    """`seat` would like somebody to talk to."""

    seat: str


class CareTaken(Event, frozen=True, kw_only=True, tag="care.taken"):
    """The facilitator `by` talks to `seat`."""

    seat: str
    by: str


class PersonCame(Event, frozen=True, kw_only=True, tag="person.came"):
    """Somebody is here, or their record changed."""

    member: Member


class PersonAway(Event, frozen=True, kw_only=True, tag="person.away"):
    """A line dropped."""

    seat: str


class PersonBack(Event, frozen=True, kw_only=True, tag="person.back"):
    """And is there again."""

    seat: str


class PersonLeft(Event, frozen=True, kw_only=True, tag="person.left"):
    """Somebody left."""

    seat: str


COMMANDS: Final[tuple[type[Command], ...]] = (
    PhaseNext,
    PhaseBack,
    PhaseExtend,
    ModeChoose,
    PauseCall,
    PauseResume,
    Give,
    PassAnswer,
    InsightGive,
    CareAsk,
    CareTake,
    turns.Begin,
    turns.Done,
    turns.Pass,
    turns.Defer,
    turns.Extend,
    turns.Next,
    turns.Reorder,
    Cut,
    TimeUp,
    *PEOPLE,
)

EVENTS: Final[tuple[type[Event], ...]] = (
    PhaseChanged,
    PhaseRestored,
    ModeChosen,
    CirclesFormed,
    CirclePlaced,
    PauseCalled,
    PauseEnded,
    AnswerGiven,
    AnswerPassed,
    InsightGiven,
    CareAsked,
    CareTaken,
    PersonCame,
    PersonAway,
    PersonBack,
    PersonLeft,
    timing.TimerRang,
    timing.TimerExtended,
    *rounds.EVENTS,
)

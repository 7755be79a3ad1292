"""What people may ask for in a check-in, what happens in it, and its settings (`methods.md` A4)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities import people, phases, rounds, turns
from activities.blocks import Words
from activities.kernel import Command, Event, LeadCommand

Mode = Literal["round", "circles", "word", "weather", "scale", "picture", "gesture"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A4. `direction`: check-in or check-out. `prompt` empty: the
    sample number `sample` of the house."""

    mode: Mode = "word"
    direction: Literal["in", "out"] = "in"
    cap_s: Annotated[int, Meta(ge=10, le=120)] = 30
    prompt: Words | None = None
    sample: Annotated[int, Meta(ge=0, le=3)] = 0
    care_view: bool = False
    reveal: Literal["together"] = "together"  # the one way there is (CH2); logs and wire name it


# --- commands -----------------------------------------------------------------------------------


class ModeChoose(LeadCommand, frozen=True, kw_only=True, tag="mode.choose"):
    """Check in another way; before it has begun."""

    mode: Mode


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


class AnswersDrawn(Event, frozen=True, kw_only=True, tag="answers.drawn"):
    """The order in which the reveal shows the answers."""

    order: tuple[str, ...]


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


COMMANDS: Final[tuple[type[Command], ...]] = (
    *phases.COMMANDS,
    ModeChoose,
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
)

EVENTS: Final[tuple[type[Event], ...]] = (
    *phases.EVENTS,
    *people.EVENTS,
    ModeChosen,
    CirclesFormed,
    CirclePlaced,
    AnswersDrawn,
    AnswerGiven,
    AnswerPassed,
    InsightGiven,
    CareAsked,
    CareTaken,
    *rounds.EVENTS,
)

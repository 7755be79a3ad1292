"""What people may ask for in a story circle, and its settings (`methods.md` A1, 1.15)."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities.blocks import Words
from activities.groups import (
    DoorAdmit,
    GroupMerge,
    GroupMove,
    GroupReady,
    GroupSplit,
    TimeAsk,
    TimeGive,
)
from activities.kernel import PEOPLE, Choice, Command, Cut, LeadCommand, TimeUp
from activities.phases import STEERING, PhaseExtend
from activities.turns import Begin, Defer, Done, Extend, Next, Pass, Reorder

CARDS_LIMIT: Final = 200
"""More cards than one person writes in a circle; a longer list is no list of theirs."""

Marks = Annotated[tuple[int, ...], Meta(max_length=3)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A1. `prompt` empty: one of the samples, drawn by the dice.

    `variant` collective_harvest: one teller a circle, who takes `story_min` minutes, and listeners
    with a lens each; `lens1` to `lens4` stand in place of the house's four.
    """

    max: Annotated[int, Meta(ge=3, le=15)] = 8
    turn_s: Annotated[int, Meta(ge=60, le=420)] = 180
    breath_s: Annotated[int, Meta(ge=0, le=60)] = 15
    marks: Marks = (60, 15)
    second_chance: bool = True
    witness: Literal["off", "ask"] = "ask"
    prompt: Words | None = None
    reflect_min: Annotated[int, Meta(ge=5, le=30)] = 13
    release: bool = True
    plenary: bool = True
    variant: Literal["round", "collective_harvest"] = "round"
    story_min: Annotated[int, Meta(ge=10, le=30)] = 20
    lens1: Words | None = None
    lens2: Words | None = None
    lens3: Words | None = None
    lens4: Words | None = None
    overtime_prompt_s: Annotated[int, Meta(ge=60, le=300, multiple_of=60)] = 60


# The shared phases: the lead moves them, as in every activity (`phases.py`).


class RoundStop(LeadCommand, frozen=True, kw_only=True, tag="round.stop"):
    """End the stories in all circles now and go to the quiet minute (A1, *Distress*)."""

    phase: str


class BreakStart(LeadCommand, frozen=True, kw_only=True, tag="break.start"):
    """Everybody rests for `minutes`; everything stands still and goes on where it was."""

    minutes: Annotated[int, Meta(ge=1, le=60)]


class BreakEnd(LeadCommand, frozen=True, kw_only=True, tag="break.end"):
    """End the break `pause` before its time."""

    pause: int


class PauseCall(Command, frozen=True, kw_only=True, tag="pause.call"):
    """Stop the clocks of `group`, or of everything when empty (facilitators, with their epoch)."""

    group: str = ""
    epoch: int | None = None


class PauseResume(Command, frozen=True, kw_only=True, tag="pause.resume"):
    """Let the clocks that `pause` stopped go on."""

    pause: int
    group: str = ""
    epoch: int | None = None


# People and circles.


class RulesHear(Command, frozen=True, kw_only=True, tag="rules.hear"):
    """I have heard the rules. Nobody waits for it."""


class GroupJoin(Command, frozen=True, kw_only=True, tag="group.join"):
    """A circle of two or fewer ends, and its people enter the smallest other one at its breath."""

    group: str


class HostTake(Command, frozen=True, kw_only=True, tag="host.take"):
    """I look after this circle, which has no host."""

    group: str


# Settling in.


class TurnVolunteer(Command, frozen=True, kw_only=True, tag="turn.volunteer"):
    """I begin, if nobody minds."""


class WitnessAsk(Command, frozen=True, kw_only=True, tag="witness.ask"):
    """I would write a few words down for each teller, if all agree."""


class WitnessAnswer(Command, frozen=True, kw_only=True, tag="witness.answer"):
    """My hand: yes or no to `witness` writing drafts for us."""

    witness: str
    yes: bool


class PromptReveal(Command, frozen=True, kw_only=True, tag="prompt.reveal"):
    """Show the prompt to the circle."""

    group: str


class TellingStart(Command, frozen=True, kw_only=True, tag="telling.start"):
    """Start the round in this circle."""

    group: str


# Turns: begin, done, pass, later, extend, next and reorder are the turn engine's. Each names the
# turn it is about: a late or doubled tap changes nothing.


class TurnShorten(Command, frozen=True, kw_only=True, tag="turn.shorten"):
    """Shorten all turns to come equally, so that all of `group` can tell."""

    group: str


class TurnInterpret(Command, frozen=True, kw_only=True, tag="turn.interpret"):
    """An interpreter speaks after `seat`: the turn is twice as long."""

    seat: str
    on: bool = True


class SignalSend(Command, frozen=True, kw_only=True, tag="signal.send"):
    """The host's one-tap card, shown to the teller only: `story` ("what happened, then?") or
    `time` (gently)."""

    turn: int
    group: str = ""
    signal: Literal["story", "time"]


class BreathHold(Command, frozen=True, kw_only=True, tag="breath.hold"):
    """Half a minute more of silence."""

    group: str


class WitnessDraft(Command, frozen=True, kw_only=True, tag="witness.draft"):
    """The agreed witness writes `words` down for the teller of `turn`; nobody else sees them."""

    turn: int
    words: Words
    group: str = ""


class DraftErase(Command, frozen=True, kw_only=True, tag="draft.erase"):
    """The teller lets go of everything the witness wrote for them."""


# After the stories.


class QuestionNext(Command, frozen=True, kw_only=True, tag="question.next"):
    """The host shows the question after number `question`."""

    group: str
    question: int


class NotesShare(Command, frozen=True, kw_only=True, tag="notes.share"):
    """What becomes of my cards of this circle: all, some (`cards`) or none go to the board."""

    cards: Annotated[tuple[str, ...], Meta(max_length=CARDS_LIMIT)] = ()
    share: Literal["all", "some", "none"]


class ReleaseAnswer(Command, frozen=True, kw_only=True, tag="release.answer"):
    """The teller's own card: what may be quoted of my story, and how (`methods.md` 1.8)."""

    title: Words | None = None
    moments: Annotated[tuple[Words, ...], Meta(max_length=3)] = ()
    quote: Words | None = None
    choice: Choice
    outside: bool = False


class VoiceTake(Command, frozen=True, kw_only=True, tag="voice.take"):
    """I speak for our circle in the plenary."""

    group: str


# The collective harvest: one teller, many listeners with a lens each.


class LensTake(Command, frozen=True, kw_only=True, tag="lens.take"):
    """I listen with lens number `lens`, from 0. Each lens has a listener before any has two."""

    lens: int


class GiftGive(Command, frozen=True, kw_only=True, tag="gift.give"):
    """What I heard with my lens, for the teller of my circle alone."""

    words: Words


class GiftShare(Command, frozen=True, kw_only=True, tag="gift.share"):
    """The teller lets everybody have what was given back as number `gift`."""

    gift: int


COMMANDS: Final[tuple[type[Command], ...]] = (
    *STEERING,
    RoundStop,
    BreakStart,
    BreakEnd,
    PauseCall,
    PauseResume,
    RulesHear,
    DoorAdmit,
    GroupMove,
    GroupMerge,
    GroupSplit,
    GroupJoin,
    GroupReady,
    HostTake,
    TimeAsk,
    TimeGive,
    TurnVolunteer,
    WitnessAsk,
    WitnessAnswer,
    PromptReveal,
    TellingStart,
    Begin,
    Done,
    Pass,
    Defer,
    Next,
    Extend,
    Reorder,
    TurnShorten,
    TurnInterpret,
    SignalSend,
    BreathHold,
    WitnessDraft,
    DraftErase,
    QuestionNext,
    NotesShare,
    ReleaseAnswer,
    VoiceTake,
    LensTake,
    GiftGive,
    GiftShare,
    Cut,
    TimeUp,
    *PEOPLE,
)

# Who may do what, phase by phase: the diagram of A1 as data.

SHARED: Final = (
    "gather",
    "frame",
    "form",
    "settle",
    "telling",
    "quiet",
    "reflect",
    "release",
    "plenary",
    "closed",
)
"""The phases everybody shares, in order. The lead moves them; circles settle and tell on their
own clocks inside `settle` and `telling`."""

STEPS: Final = ("offer", "turn", "breath")
ROUND: Final = tuple(f"{part}.{step}" for part in ("telling", "second_chance") for step in STEPS)
"""The steps of a circle's round, in which one tells and the others listen."""

PHASES: Final = (
    *SHARED[:5],
    *ROUND,
    "telling.done",
    "door",
    *SHARED[5:],
)
"""Every phase a seat can be in: the shared ones, the steps of its own circle's round, done with
the round, and at the door."""


def _set(*commands: type[Command]) -> frozenset[type[Command]]:
    return frozenset(commands)


_LEAD: Final = _set(*STEERING, BreakStart, BreakEnd, PauseCall, PauseResume, Cut)
_CO: Final = _set(PhaseExtend, PauseCall, PauseResume)
_CLOCK: Final = _set(TimeUp, *PEOPLE)
_GROUPS: Final = _set(GroupMove, GroupMerge, DoorAdmit, TurnInterpret)
_CIRCLES: Final = _set(
    Next,
    Extend,
    Reorder,
    TurnShorten,
    TurnInterpret,
    BreathHold,
    DoorAdmit,
    GroupJoin,
    PromptReveal,
    TellingStart,
)
_HOST: Final = _set(GroupReady, GroupJoin, DoorAdmit, TurnInterpret, PauseCall, PauseResume)
_ALWAYS: Final = _set(PauseCall, PauseResume, HostTake, GroupReady, TimeAsk)
_NOTHING: Final = _set()


def _facilitators(phase: str) -> tuple[frozenset[type[Command]], frozenset[type[Command]]]:
    """What the lead and a co-facilitator may do in `phase`, wherever their own seat is."""
    if phase == "closed":
        return _NOTHING, _NOTHING
    if phase == "form":
        both = _GROUPS | {GroupSplit}
        return _LEAD | both, _CO | both
    if phase == "settle":
        both = _GROUPS | _CIRCLES | {GroupSplit}
        return _LEAD | both | {RoundStop}, _CO | both
    if phase.startswith(("telling", "second_chance")) or phase == "door":
        # A seat at the door or in a circle may be the lead's own: the circles' table holds.
        both = _GROUPS | _CIRCLES | {TimeGive}
        return _LEAD | both | {RoundStop}, _CO | both
    if phase == "reflect":
        both = _set(QuestionNext, TimeGive)
        return _LEAD | both, _CO | both
    if phase == "plenary":
        both = _set(Next, Extend)
        return _LEAD | both, _CO | both
    return _LEAD, _CO


def _members(phase: str) -> dict[str, frozenset[type[Command]]]:
    """What member, host, teller and witness may do in `phase`."""
    match phase:
        case "frame":
            return {"member": _set(RulesHear, PauseCall, PauseResume)}
        case "form":
            return {"member": _set(RulesHear, HostTake)}
        case "settle":
            member = _ALWAYS | _set(
                TurnVolunteer, LensTake, WitnessAsk, WitnessAnswer, TurnInterpret
            )
            host = _HOST | {PromptReveal, TellingStart}
            return {"member": member, "host": host}
        case "telling.offer" | "second_chance.offer":
            teller = _set(Begin, Pass, Defer, DraftErase)
            return {"member": _ALWAYS, "teller": teller, "host": _HOST | {Next, TurnShorten}}
        case "telling.turn" | "second_chance.turn":
            witness = _set(WitnessDraft)
            return {
                "member": _ALWAYS,
                "teller": _set(Done, Pass, Defer, DraftErase),
                "witness": witness,
                "host": _HOST | {Next, Extend, SignalSend, TurnShorten},
            }
        case "telling.breath" | "second_chance.breath":
            return {"member": _ALWAYS, "host": _HOST | {BreathHold, TurnShorten}}
        case "telling.done":
            return {"member": _ALWAYS, "host": _HOST | {QuestionNext}}
        case "quiet":
            return {"member": _set(PauseCall, PauseResume)}
        case "reflect":
            member = _ALWAYS | _set(NotesShare, GiftGive)
            return {"member": member, "host": _HOST | {QuestionNext}, "told": _set(GiftShare)}
        case "release":
            member = _set(NotesShare, PauseCall, PauseResume)
            return {"member": member, "told": _set(ReleaseAnswer, DraftErase, GiftShare)}
        case "plenary":
            member = _set(NotesShare, VoiceTake, PauseCall, PauseResume)
            told = _set(ReleaseAnswer, DraftErase, GiftShare)
            voice = _set(Done)
            return {"member": member, "told": told, "voice": voice}
        case _:
            return {}


def _table() -> dict[str, dict[str, frozenset[type[Command]]]]:
    """phase -> role -> commands."""
    table = {}
    for phase in PHASES:
        lead, co = _facilitators(phase)
        table[phase] = {"clock": _CLOCK, "lead": lead, "co": co, **_members(phase)}
    return table


ALLOWED: Final = _table()

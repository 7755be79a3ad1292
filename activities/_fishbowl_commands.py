"""What people may ask for in a fishbowl, its settings, and who may do what (`methods.md` A2,
1.15)."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities import phases
from activities.blocks import Words
from activities.groups import (
    GroupMerge,
    GroupMove,
    GroupReady,
    GroupSplit,
    TimeAsk,
    TimeGive,
)
from activities.kernel import Choice, Command, LeadCommand
from activities.phases import CLOSED, PAUSED
from activities.turns import Begin, Done, Next, Pass

Mode = Literal["open", "closed", "experience"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A2, and the lengths its templates T1 and T2 ask for.

    `S` is the number of chairs; `prompt` the topic question, when it is known before. `frame_min`
    0: as long as the form's table says; `debrief_min` 0: none, because a report-out follows.
    """

    mode: Mode = "open"
    S: Annotated[int, Meta(ge=3, le=7)] = 5
    chair_rule: Literal["swap", "visitor"] = "swap"
    starters_min: Annotated[int, Meta(ge=5, le=15)] = 8
    grace_s: Annotated[int, Meta(ge=30, le=180)] = 60
    min_stay_s: Annotated[int, Meta(ge=30, le=300)] = 60
    auto_release: bool = False
    satellites: Annotated[int, Meta(ge=2, le=4)] = 3
    batch_min: Annotated[int, Meta(ge=7, le=12)] = 8
    frame_min: Annotated[int, Meta(ge=0, le=10)] = 0
    open_min: Annotated[int, Meta(ge=5, le=40)] = 20
    talk_min: Annotated[int, Meta(ge=5, le=25)] = 15
    questions_min: Annotated[int, Meta(ge=2, le=8)] = 4
    answers_min: Annotated[int, Meta(ge=5, le=25)] = 15
    debrief_min: Annotated[int, Meta(ge=0, le=15)] = 8
    mixed_sides: bool = False
    prompt: Words | None = None


# --- chairs: members ----------------------------------------------------------------------------


class SeatTake(Command, frozen=True, kw_only=True, tag="seat.take"):
    """I sit down on the free chair number `chair` my screen shows (from 0)."""

    chair: int


class SeatAsk(Command, frozen=True, kw_only=True, tag="seat.ask"):
    """I would like a chair. `phase` is the one my screen shows."""

    phase: str


class SeatUnask(Command, frozen=True, kw_only=True, tag="seat.unask"):
    """I listen on after all; `number` is that of my place in the waiting list."""

    number: int


class SeatLeave(Command, frozen=True, kw_only=True, tag="chair.leave"):
    """I make room; `sitting` is the number of my sitting. (`seat.leave` is the room's: it leaves
    the exchange.)"""

    sitting: int


class SeatRelief(Command, frozen=True, kw_only=True, tag="seat.relief"):
    """I would make room, but only two are inside: please find somebody."""

    sitting: int


class SeatDecline(Command, frozen=True, kw_only=True, tag="seat.decline"):
    """Thank you, I listen: the answer to an invitation."""


class SeedAnswer(Command, frozen=True, kw_only=True, tag="seed.answer"):
    """Whether the lead may invite me quietly when nobody comes."""

    yes: bool


class BatchChoose(Command, frozen=True, kw_only=True, tag="batch.choose"):
    """I sit inside in the batch with this number, from "1"; "0": I only listen."""

    batch: Annotated[str, Meta(pattern="^[0-9]{1,2}$")]


class ThreadPass(Command, frozen=True, kw_only=True, tag="thread.pass"):
    """One sentence for those who come inside now; `batch` is the batch that goes."""

    batch: int
    words: Words


# --- chairs: the lead ---------------------------------------------------------------------------


class TopicSet(LeadCommand, frozen=True, kw_only=True, tag="topic.set"):
    """The question of this fishbowl."""

    words: Words


class SeatOffer(LeadCommand, frozen=True, kw_only=True, tag="seat.offer"):
    """Invite `seat` inside, privately: as a starter, or, once nobody comes, one of those who
    agreed to it beforehand."""

    seat: str


class SeedAsk(LeadCommand, frozen=True, kw_only=True, tag="seed.ask"):
    """Ask `seat` privately whether they may be invited when nobody comes."""

    seat: str


class SeatAnchor(LeadCommand, frozen=True, kw_only=True, tag="seat.anchor"):
    """Whoever sits there stays inside (a host of the topic), or no longer."""

    sitting: int
    on: bool = True


class SeatThank(LeadCommand, frozen=True, kw_only=True, tag="seat.thank"):
    """A private sign: thank you, somebody else may have the chair soon."""

    sitting: int


class SeatRelease(LeadCommand, frozen=True, kw_only=True, tag="seat.release"):
    """Thank them aloud and free the chair."""

    sitting: int


class FloorMark(LeadCommand, frozen=True, kw_only=True, tag="floor.mark"):
    """A tap on who speaks now; 0: nobody. Only the lead sees what comes of it."""

    sitting: int


class RoundStart(LeadCommand, frozen=True, kw_only=True, tag="round.start"):
    """So few are here that everybody speaks in turn instead."""

    phase: str


# --- questions ----------------------------------------------------------------------------------


class QuestionAdd(Command, frozen=True, kw_only=True, tag="question.add"):
    """My group asks this."""

    group: str
    words: Words


class ObservationAdd(Command, frozen=True, kw_only=True, tag="observation.add"):
    """My group noticed this."""

    group: str
    words: Words


class QuestionDrop(Command, frozen=True, kw_only=True, tag="question.drop"):
    """I take back what I wrote."""

    question: str


class QuestionMerge(LeadCommand, frozen=True, kw_only=True, tag="question.merge"):
    """Two questions ask the same: answer `into`, for both groups."""

    question: str
    into: str


class QuestionTake(Command, frozen=True, kw_only=True, tag="question.take"):
    """A fish answers this now; or the lead (with the epoch) puts it to the fish."""

    question: str
    epoch: int | None = None


class QuestionDone(Command, frozen=True, kw_only=True, tag="question.done"):
    """It is answered."""

    question: str
    epoch: int | None = None


class QuestionDecline(Command, frozen=True, kw_only=True, tag="question.decline"):
    """We leave this one open."""

    question: str
    epoch: int | None = None


class PromptNext(LeadCommand, frozen=True, kw_only=True, tag="prompt.next"):
    """Show the question after number `prompt` of the talk at the end."""

    prompt: int


class QuoteRelease(Command, frozen=True, kw_only=True, tag="quote.release"):
    """One sentence of mine, and what may become of it (`methods.md` 1.8)."""

    words: Words
    choice: Choice
    outside: bool = False


COMMANDS: Final[tuple[type[Command], ...]] = (
    *phases.COMMANDS,
    SeatTake,
    SeatAsk,
    SeatUnask,
    SeatLeave,
    SeatRelief,
    SeatDecline,
    SeedAnswer,
    BatchChoose,
    ThreadPass,
    TopicSet,
    SeatOffer,
    SeedAsk,
    SeatAnchor,
    SeatThank,
    SeatRelease,
    FloorMark,
    RoundStart,
    QuestionAdd,
    ObservationAdd,
    QuestionDrop,
    QuestionMerge,
    QuestionTake,
    QuestionDone,
    QuestionDecline,
    GroupReady,
    GroupMove,
    GroupMerge,
    GroupSplit,
    TimeAsk,
    TimeGive,
    PromptNext,
    QuoteRelease,
    Begin,
    Done,
    Pass,
    Next,
)

# --- the diagram of A2 as data ------------------------------------------------------------------

PHASES: Final = (
    "frame",
    "starters",
    "open",
    "last_call",
    "batch",
    "swap",
    "talk",
    "questions",
    "answers",
    "round",
    "outer_speaks",
    "debrief",
    CLOSED,
    PAUSED,
)
"""open: frame starters open last_call outer_speaks debrief; closed: frame (batch swap)* batch
outer_speaks debrief; experience: frame talk questions answers debrief; below six people, instead
of any: frame round debrief."""


def _set(*commands: type[Command]) -> frozenset[type[Command]]:
    return frozenset(commands)


_STAND: Final = _set(SeatLeave, SeatRelief)
_TALK: Final = _set(SeatThank, FloorMark)
_SEED: Final = _set(SeedAsk, SeatAnchor)
_WRITE: Final = _set(QuestionAdd, ObservationAdd, QuestionDrop, GroupReady, TimeAsk)
_MOVES: Final = _set(GroupMove, GroupMerge, GroupSplit)
_GROUPS: Final = _MOVES | {TimeGive}
_TURN: Final = _set(Begin, Done, Pass)
_ANSWER: Final = _set(QuestionTake, QuestionDone, QuestionDecline)

ALLOWED: Final = {
    "frame": phases.row(
        member=_set(SeatTake, SeatLeave, SeatDecline, SeedAnswer, BatchChoose),
        lead=_set(TopicSet, SeatOffer, RoundStart) | _SEED,
    ),
    "starters": phases.row(member=_STAND | {SeedAnswer}, lead=_TALK | _SEED),
    "open": phases.row(
        member=_STAND | {SeatTake, SeatAsk, SeatUnask, SeatDecline, SeedAnswer},
        lead=_TALK | _SEED | {SeatRelease, SeatOffer},
    ),
    "last_call": phases.row(lead=_set(Next), co=_set(Next), teller=_TURN),
    "batch": phases.row(member=_STAND, lead=_TALK),
    "swap": phases.row(member=_set(ThreadPass)),
    "talk": phases.row(member=_STAND, lead=_TALK | _MOVES, co=_MOVES),
    "questions": phases.row(member=_WRITE, lead=_GROUPS, co=_GROUPS),
    "answers": phases.row(member=_STAND, lead=_TALK | _ANSWER | {QuestionMerge}, fish=_ANSWER),
    "round": phases.row(lead=_set(Next), co=_set(Next), teller=_TURN),
    "outer_speaks": phases.row(member=_WRITE, lead=_GROUPS, co=_GROUPS),
    "debrief": phases.row(
        member=_set(QuoteRelease), lead=_set(PromptNext, QuestionMerge, QuestionDone)
    ),
    CLOSED: phases.closed_row(),
    PAUSED: phases.paused_row(),
}

"""The wire of the hand-over: planned batons, duties, proposals, the private strip
(`methods.md A5`)."""

from typing import Literal

import msgspec

from activities.blocks import Line, Who, Words
from activities.kernel import Command, LeadCommand

Duty = Literal["time", "door", "notes", "care", "producer", "watch"]
"""What co-facilitators look after; `watch`: who reads the private strip."""

Code = Literal[
    "five_left", "slow_down", "wants_in", "sound", "skip_next", "extend", "your_turn", "back"
]
"""One-tap lines of the private strip (`methods.md A5`, *Back channel*)."""

Question = Literal["saw", "follow", "change"]
"""The three questions of the facilitators' debrief."""

ProposalState = Literal["open", "done", "set_aside", "failed"]


class LeadForce(Command, frozen=True, tag="lead.force"):
    """The organiser gives the lead to a present facilitator, whoever leads; `epoch` as seen."""

    to: str
    epoch: int


class LeadPropose(Command, frozen=True, tag="lead.propose"):
    """A shadow proposes a facilitators' command; the lead approves it with one tap.

    `command` is complete, as it would be sent; `item` is the activity it is for, "" for the room's
    own.
    """

    command: msgspec.Raw
    item: str = ""


class LeadApprove(LeadCommand, frozen=True, tag="lead.approve"):
    """The lead does what was proposed: checked and run with the rights of this moment."""

    proposal: str


class LeadSetAside(LeadCommand, frozen=True, tag="lead.set_aside"):
    """The lead leaves a proposal undone."""

    proposal: str


class DutySet(LeadCommand, frozen=True, tag="duty.set"):
    """Give a duty to a facilitator, or to nobody (`seat` empty); any facilitator may."""

    duty: Duty
    seat: str = ""


class DeskCode(Command, frozen=True, tag="desk.code"):
    """A one-tap line on the private strip; facilitators and shadows."""

    code: Code


class CoTime(LeadCommand, frozen=True, tag="room.co_time"):
    """Whether co-facilitators may extend and pause for all (`methods.md` 1.15, co_may_time)."""

    on: bool


class DebriefAnswer(Command, frozen=True, tag="debrief.answer"):
    """A facilitator's line under one of the three questions, after the last activity."""

    question: Question
    text: Words


HelmCommand = (
    LeadForce
    | LeadPropose
    | LeadApprove
    | LeadSetAside
    | DutySet
    | DeskCode
    | CoTime
    | DebriefAnswer
)


class Baton(msgspec.Struct, frozen=True):
    """The card both see before a planned hand-over: who leads `item` next, and how it is set.

    `offered`: the offer stands now, until `ends_at` (ms).
    """

    item: str
    title: Line
    minutes: int
    to: str
    name: Who
    purpose: Line
    prompt: Words | None = None
    settings: tuple[Line, ...] = ()
    offered: bool = False
    ends_at: int | None = None


class DutyRow(msgspec.Struct, frozen=True):
    """A duty with its holder; `set` false: nobody has decided, which the panel warns of."""

    duty: Duty
    label: Line
    set: bool
    seat: str = ""
    name: Who | None = None


class Bridge(msgspec.Struct, frozen=True):
    """The line for the room when the lead has changed: who leads now, what comes, how long.

    Shown until `until` (ms), to be read aloud by whoever took the lead.
    """

    text: Line
    seat: str
    at: int
    until: int


class ProposalRow(msgspec.Struct, frozen=True):
    """A line of the log of proposals: what a shadow proposed, and what became of it."""

    id: str
    who: Who
    what: Line
    at: int
    state: ProposalState


class DebriefLine(msgspec.Struct, frozen=True):
    """One answer of a facilitator."""

    who: Who
    text: Words


class DebriefQuestion(msgspec.Struct, frozen=True):
    """One of the three questions with what facilitators wrote."""

    question: Question
    label: Line
    lines: tuple[DebriefLine, ...] = ()


class Debrief(msgspec.Struct, frozen=True):
    """The facilitators' debrief after the last activity; ten minutes, softly."""

    ends_at: int
    questions: tuple[DebriefQuestion, ...]

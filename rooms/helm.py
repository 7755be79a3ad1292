"""What the room keeps about leading beside the lead record: duties, batons, proposals, debrief
(`methods.md A5`)."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from activities.kernel import Event
from rooms.wire_helm import Duty, ProposalState, Question

PROPOSALS_KEPT: Final = 200
"""Proposals in the log: a learner who proposes one a minute for three hours."""

ANSWERS_KEPT: Final = 60
"""Lines of the debrief: three questions, a team of ten, two lines each."""

BRIDGE_LASTS: Final = 60_000
"""Milliseconds the line "who leads now" stands: time to be read aloud."""

DEBRIEF_LASTS: Final = 600_000
"""Milliseconds the facilitators' debrief is planned for; nothing ends with it
(`methods.md A5`)."""


class Proposal(msgspec.Struct, frozen=True):
    """A command a shadow proposed: encoded as the log encodes it, words as references."""

    id: str
    seat: str
    activity: str
    command: msgspec.Raw
    tag: str
    at: int
    state: ProposalState = "open"
    during: str = ""  # activity and phase it was meant for, "" for whenever


class DutyGiven(Event, frozen=True, tag="duty.given"):
    """A duty has a name, or nobody's (`seat` empty)."""

    duty: Duty
    seat: str


class CoTimeSet(Event, frozen=True, tag="room.co_time_set"):
    """Co-facilitators may move the time for all, or not."""

    on: bool


class BatonPassed(Event, frozen=True, tag="lead.baton"):
    """The planned offer for an agenda item was made; it is made once."""

    item: str
    to: str


class Proposed(Event, frozen=True, tag="lead.proposed"):
    """A shadow proposed a command."""

    proposal: Proposal


class ProposalSettled(Event, frozen=True, tag="lead.proposal_settled"):
    """What became of a proposal."""

    proposal: str
    state: ProposalState


class DebriefSaid(Event, frozen=True, tag="debrief.said"):
    """A facilitator's line in the debrief; `text` is a reference."""

    seat: str
    question: Question
    text: str
    at: int


HelmEvent = DutyGiven | CoTimeSet | BatonPassed | Proposed | ProposalSettled | DebriefSaid


class Helm(msgspec.Struct, frozen=True):
    """See the module. `led_since` (ms): when the acting lead last changed, 0 before it ever did."""

    duties: Mapping[str, str] = msgspec.field(default_factory=dict)
    co_time: bool = True
    batons: frozenset[str] = frozenset()
    proposals: tuple[Proposal, ...] = ()
    debrief: tuple[DebriefSaid, ...] = ()
    led_since: int = 0

    def proposal(self, id: str) -> Proposal | None:
        """The open proposal with this id."""
        return next((p for p in self.proposals if p.id == id and p.state == "open"), None)


def lead_changed(helm: Helm, at: int) -> Helm:
    """Somebody else leads since `at`."""
    return replace(helm, led_since=at)


def evolve(helm: Helm, event: HelmEvent) -> Helm:
    """The record after `event`; total."""
    match event:
        case DutyGiven(duty=duty, seat=seat):
            return replace(helm, duties={**helm.duties, duty: seat})
        case CoTimeSet(on=on):
            return replace(helm, co_time=on)
        case BatonPassed(item=item):
            return replace(helm, batons=helm.batons | {item})
        case Proposed(proposal=proposal):
            return replace(helm, proposals=(*helm.proposals, proposal)[-PROPOSALS_KEPT:])
        case ProposalSettled(proposal=id, state=state):
            settled = tuple(replace(p, state=state) if p.id == id else p for p in helm.proposals)
            return replace(helm, proposals=settled)
        case DebriefSaid():
            return replace(helm, debrief=(*helm.debrief, event)[-ANSWERS_KEPT:])


def without(helm: Helm, seat: str) -> Helm:
    """Somebody is gone: their duties are unset again, so that the panel asks for a name."""
    if seat not in helm.duties.values():
        return helm
    return replace(helm, duties={d: s for d, s in helm.duties.items() if s != seat})

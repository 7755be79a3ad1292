"""What the room decides about leading beside offer and accept: force, planned batons, proposals,
duties, the private strip, the debrief (`methods.md A5`).

A proposal is kept as the log keeps any command: words as references, without its epoch's meaning.
Approved, it gets the epoch of that moment and is decided as if the lead had tapped it, so that it
can do nothing the lead could not.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, assert_never

from msgspec.structs import replace

from activities.blocks import say
from activities.kernel import Command, LeadCommand, Refused
from rooms import activity_desk, commits, helm, wire, wire_helm
from rooms import lead as leads
from rooms.agenda import next_item, planned_lead
from rooms.agenda_items import AgendaItem
from rooms.asked import ROOM_TAGS, tag_of
from rooms.asking import Asking
from rooms.hats import facilitators
from rooms.presence import Presence
from rooms.room_state import RoomState
from rooms.whole import Activities, Draft, Running
from rooms.words import decode_command

PROPOSALS_OPEN: Final = 10
"""Proposals of one shadow that may wait at a time: more nobody reads."""

PROPOSAL_LASTS: Final = 300_000
"""Milliseconds a proposal can be approved: after five minutes the room is elsewhere."""

NEVER_PROPOSED: Final = frozenset(
    {
        "lead.approve",
        "lead.set_aside",
        "memo.send",
        "help.answer",
        "room.freeze",
        "seat.hide",
        "seat.erase",
        "seat.remove",
        "seat.role",
        "seat.carry",
        "room.call",
        "link.renew",
        "link.revoke",
    }
)
"""Proposals about proposals, what a lead answers for alone (who has which rights, where everybody's
pages lead), and who asked for help: only facilitators know."""

OF_THE_MOMENT: Final = frozenset({"activity.cut"})
"""Commands to the room that name no activity and mean the one that runs when they are proposed."""

SHADOWS_ONLY: Final = say("Only somebody who looks on proposes. You can do it yourself.")
NOT_PROPOSABLE: Final = say("Only what the lead does can be proposed.")
ORGANISER_ONLY: Final = say("Only the person who opened the room may do this.")
NOT_OVER: Final = say("There is time for this when the last activity is over.")


# The boundary -------------------------------------------------------------------------------------


def due_baton(draft: Draft, presence: Presence) -> tuple[AgendaItem, str] | None:
    """The agenda item whose planned lead is to be offered the lead now: nothing runs, the evening
    has begun, and it was not offered before."""
    state = draft.room
    if not state.started or draft.current():
        return None
    item = next_item(state)
    if item is None or item.id in state.helm.batons or not (to := planned_lead(state, item)):
        return None
    present = frozenset(s.id for s in facilitators(state) if presence.here(s.id))
    return (item, to) if leads.may_baton(state.lead, to, present) else None


def settle(draft: Draft, before: leads.Lead, presence: Presence, new_id: Callable[[], str]) -> None:
    """What follows for the lead at the end of every commit: a planned offer nobody took is told on
    the strip, and the next one is made at its boundary."""
    record = draft.room.lead
    if before.planned and not record.offered_to and record.acting == before.acting:
        draft.add(
            commits.DeskLineSaid(
                id=new_id(),
                seat=record.acting,
                at=draft.now,
                code="not_taken",
                about=before.offered_to,
            )
        )
    if (due := due_baton(draft, presence)) is not None:
        item, to = due
        draft.add(helm.BatonPassed(item=item.id, to=to))
        draft.add(commits.LeadChanged(lead=leads.baton(record, item.id, to, draft.now)))


# Commands -----------------------------------------------------------------------------------------


def decide(
    draft: Draft,
    command: wire_helm.HelmCommand,
    asking: Asking,
    run: Callable[[Draft, Command, Asking], None],
) -> None:
    """Decide one of this module's commands; the epoch of facilitators' commands is checked
    already. `run` decides an approved proposal of a room's command. Raises `Refused`."""
    match command:
        case wire_helm.LeadForce():
            _force(draft, command, asking)
        case wire_helm.LeadPropose():
            _propose(draft, command, asking)
        case wire_helm.LeadApprove():
            _approve(draft, command, asking, run)
        case wire_helm.LeadSetAside():
            _open(draft, command.proposal)
            draft.add(helm.ProposalSettled(proposal=command.proposal, state="set_aside"))
        case wire_helm.DutySet():
            _duty(draft, command)
        case wire_helm.CoTime():
            if draft.room.helm.co_time == command.on:
                raise Refused("duplicate")
            draft.add(helm.CoTimeSet(on=command.on))
        case wire_helm.DeskCode():
            say_on_strip(draft, asking, code=command.code)
        case wire_helm.DebriefAnswer():
            _debrief(draft, command, asking)
        case _:
            assert_never(command)


def say_on_strip(draft: Draft, asking: Asking, *, text: str = "", code: str = "") -> None:
    """A line on the private strip, which is facilitators' and shadows' (`methods.md A5`): kept
    words, or the code of a one-tap line. Raises `Refused`."""
    if asking.seat.role not in ("facilitator", "observer"):
        raise Refused("not_allowed")
    draft.add(
        commits.DeskLineSaid(
            id=asking.new_id(), seat=asking.seat.id, at=asking.now, text=text, code=code
        )
    )


def _force(draft: Draft, command: wire_helm.LeadForce, asking: Asking) -> None:
    if not asking.seat.organiser:
        raise Refused("not_allowed", ORGANISER_ONLY)
    record = draft.room.lead
    new = leads.force(record, command.to, command.epoch, asking.present(draft))
    draft.add(commits.LeadChanged(lead=new))
    draft.add(
        commits.DeskLineSaid(
            id=asking.new_id(),
            seat=asking.seat.id,
            at=asking.now,
            code="forced",
            about=command.to,
        )
    )


def _propose(draft: Draft, command: wire_helm.LeadPropose, asking: Asking) -> None:
    if asking.seat.role != "observer":
        raise Refused("not_allowed", SHADOWS_ONLY)
    mine = [
        p for p in draft.room.helm.proposals if p.seat == asking.seat.id and waits(p, asking.now)
    ]
    if len(mine) >= PROPOSALS_OPEN:
        raise Refused("too_many")
    raw = bytes(command.command)
    what = tag_of(raw)
    if (what in ROOM_TAGS) != (not command.item):
        raise Refused("bad_request")
    union: Any = wire.RoomCommand
    if command.item:
        if command.item != draft.current():
            raise Refused("stale_phase")
        union = draft.activities[draft.running[command.item].kind].command_union()
    proposed = decode_command(raw, union, asking.mint)
    if not isinstance(proposed, LeadCommand) or what in NEVER_PROPOSED:
        raise Refused("not_allowed", NOT_PROPOSABLE)
    kept = commits.encode_command(proposed)
    if any(bytes(p.command) == bytes(kept) and p.activity == command.item for p in mine):
        raise Refused("duplicate")
    proposal = helm.Proposal(
        id=asking.new_id(),
        seat=asking.seat.id,
        activity=command.item,
        command=kept,
        tag=what,
        at=asking.now,
        during=_meanwhile(draft) if command.item or what in OF_THE_MOMENT else "",
    )
    draft.add(helm.Proposed(proposal=proposal))


def _meanwhile(draft: Draft) -> str:
    """What runs now, and its phase."""
    if not (id := draft.current()):
        return ""
    here = draft.running[id]
    return f"{id}/{draft.activities[here.kind].phase(here.state, '')}"


def waits(proposal: helm.Proposal, now: int) -> bool:
    """Whether the lead can still approve a proposal."""
    return proposal.state == "open" and now - proposal.at < PROPOSAL_LASTS


def _open(draft: Draft, id: str) -> helm.Proposal:
    found = draft.room.helm.proposal(id)
    if found is None:
        raise Refused(
            "duplicate" if any(p.id == id for p in draft.room.helm.proposals) else "unknown"
        )
    return found


def proposed(draft: Draft, proposal: helm.Proposal) -> Command:
    """The proposed command with the epoch of now. Raises `Refused` when its activity is over."""
    if proposal.activity and proposal.activity != draft.current():
        raise Refused("stale_phase")
    command = read(proposal, draft.running, draft.activities)
    assert isinstance(command, LeadCommand)
    return replace(command, epoch=draft.room.lead.epoch)


def read(
    proposal: helm.Proposal, running: Mapping[str, Running], activities: Activities
) -> Command:
    """The command as it was proposed."""
    union: Any = wire.RoomCommand
    if proposal.activity:
        union = activities[running[proposal.activity].kind].command_union()
    return commits.decode_command(proposal.command, union)


def _approve(
    draft: Draft,
    command: wire_helm.LeadApprove,
    asking: Asking,
    run: Callable[[Draft, Command, Asking], None],
) -> None:
    proposal = _open(draft, command.proposal)
    if not waits(proposal, asking.now):
        raise Refused("stale_phase")
    if proposal.during and proposal.during != _meanwhile(draft):
        raise Refused("stale_phase")  # the room is elsewhere
    wanted = proposed(draft, proposal)
    draft.add(helm.ProposalSettled(proposal=proposal.id, state="done"))
    if proposal.activity:
        activity_desk.tell_as_lead(draft, proposal.activity, wanted, asking)
    else:
        run(draft, wanted, asking)


def _duty(draft: Draft, command: wire_helm.DutySet) -> None:
    state = draft.room
    holder = state.seats.get(command.seat) if command.seat else None
    if command.seat and (
        holder is None or holder.status != "in" or holder.role not in ("facilitator", "observer")
    ):
        raise Refused("unknown", say("Duties are for facilitators. Make them one first."))
    if state.helm.duties.get(command.duty) == command.seat:
        raise Refused("duplicate")
    draft.add(helm.DutyGiven(duty=command.duty, seat=command.seat))


def is_over(state: RoomState, *, running: bool) -> bool:
    """Whether the last activity of the plan is over."""
    return bool(state.started) and not running and next_item(state) is None


def _debrief(draft: Draft, command: wire_helm.DebriefAnswer, asking: Asking) -> None:
    asking.ensure_facilitator()
    if not is_over(draft.room, running=bool(draft.current())):
        raise Refused("stale_phase", NOT_OVER)
    draft.add(
        helm.DebriefSaid(
            seat=asking.seat.id,
            question=command.question,
            text=command.text.ref,
            at=asking.now,
        )
    )

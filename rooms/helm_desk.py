"""What the room decides about leading beside offer and accept: force, planned batons, proposals,
duties, the private strip, the debrief (`methods.md A5`).

A proposal is kept as the log keeps any command: words as references, without its epoch's meaning.
Approved, it gets the epoch of that moment and is decided as if the lead had tapped it, so that it
can do nothing the lead could not.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, assert_never

from msgspec.structs import replace

from activities.blocks import Who, say
from activities.kernel import Command, LeadCommand, Refused
from rooms import commits, helm, wire, wire_helm
from rooms import lead as leads
from rooms.agenda import next_item, planned_lead
from rooms.agenda_items import AgendaItem
from rooms.asked import ROOM_TAGS, tag_of
from rooms.hats import facilitators
from rooms.presence import Presence
from rooms.whole import Activities, Draft, Running
from rooms.words import decode_command

if TYPE_CHECKING:
    from rooms.room_decide import Asking

PROPOSALS_OPEN: Final = 10
"""Proposals of one shadow that may wait at a time: more nobody reads."""

PROPOSAL_LASTS: Final = 300_000
"""Milliseconds a proposal can be approved: after five minutes the room is elsewhere."""

PEER_TAGS: Final = frozenset(
    {
        "phase.next",
        "phase.back",
        "phase.extend",
        "pause.call",
        "pause.resume",
        "activity.start",
        "activity.skip",
        "activity.cut",
        "lead.offer",
    }
)
"""What a peer lead may do as lead: next, extend, pause, close; no consent, no export, no removals
(`methods.md A5`)."""

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

NOT_YOURS: Final = say("This is not yours to do right now. Nothing was changed.")
NO_TIME: Final = say("The lead keeps the time here. Ask for it on the private strip.")
SHADOWS_ONLY: Final = say("Only somebody who looks on proposes. You can do it yourself.")
NOT_PROPOSABLE: Final = say("Only what the lead does can be proposed.")
ORGANISER_ONLY: Final = say("Only the person who opened the room may do this.")
NOT_OVER: Final = say("There is time for this when the last activity is over.")


def stale_epoch(draft: Draft) -> Refused:
    """A facilitator's command of an old epoch: says who leads (CO7)."""
    record = draft.room.lead
    if record.acting == leads.AUTOPILOT:
        return Refused("stale_epoch", say("The clocks go on by themselves. Nothing was changed."))
    return Refused(
        "stale_epoch",
        say("{name} leads now. Nothing was changed.", name=Who(record.acting)),
    )


def tag(command: Command) -> str:
    """A command's type as on the wire."""
    return str(command.__struct_config__.tag)


def peer_may(command: Command) -> bool:
    """Whether a peer lead's limited rights hold this command; what is no facilitators' command is
    a member's and stays theirs."""
    return not isinstance(command, LeadCommand) or tag(command) in PEER_TAGS


def lead_keeps_time(state: commits.RoomState, roles: frozenset[str], command: Command) -> bool:
    """Whether a co-facilitator sends this although only the lead moves the time for all
    (`co_may_time` off). Pausing stays everybody's right."""
    whole = tag(command) == "phase.extend" and not getattr(command, "group", "")
    return whole and not state.helm.co_time and "co" in roles and "lead" not in roles


def check_activity(draft: Draft, roles: frozenset[str], command: Command) -> None:
    """What the room has to say before an activity decides a command. Raises `Refused`."""
    state = draft.room
    if state.lead.peer and "lead" in roles and not peer_may(command):
        raise Refused("not_allowed", NOT_YOURS)
    if lead_keeps_time(state, roles, command):
        raise Refused("not_allowed", NO_TIME)


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
    asking: "Asking",
    run: Callable[[Draft, Command, "Asking"], None],
    tell: Callable[[Draft, str, Command, "Asking"], None],
) -> None:
    """Decide one of this module's commands; the epoch of facilitators' commands is checked
    already. `run` decides a room's command, `tell` an activity's: of an approved proposal.
    Raises `Refused`."""
    match command:
        case wire_helm.LeadForce():
            _force(draft, command, asking)
        case wire_helm.LeadPropose():
            _propose(draft, command, asking)
        case wire_helm.LeadApprove():
            _approve(draft, command, asking, run, tell)
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
            ensure_strip(asking)
            line = commits.DeskLineSaid(
                id=asking.new_id(), seat=asking.seat.id, at=asking.now, code=command.code
            )
            draft.add(line)
        case wire_helm.DebriefAnswer():
            _debrief(draft, command, asking)
        case _:
            assert_never(command)


def ensure_strip(asking: "Asking") -> None:
    """The private strip is facilitators' and shadows' (`methods.md A5`). Raises `Refused`."""
    if asking.seat.role not in ("facilitator", "observer"):
        raise Refused("not_allowed")


def _force(draft: Draft, command: wire_helm.LeadForce, asking: "Asking") -> None:
    if not asking.seat.organiser:
        raise Refused("not_allowed", ORGANISER_ONLY)
    record = draft.room.lead
    present = frozenset(s.id for s in facilitators(draft.room) if asking.presence.here(s.id))
    new = leads.force(record, command.to, command.epoch, present)
    draft.add(commits.LeadChanged(lead=new))
    draft.add(helm.LeadForced(by=asking.seat.id, to=command.to))
    draft.add(
        commits.DeskLineSaid(
            id=asking.new_id(),
            seat=asking.seat.id,
            at=asking.now,
            code="forced",
            about=command.to,
        )
    )


def _propose(draft: Draft, command: wire_helm.LeadPropose, asking: "Asking") -> None:
    if asking.seat.role != "observer":
        raise Refused("not_allowed", SHADOWS_ONLY)
    mine = [p for p in draft.room.helm.proposals if p.seat == asking.seat.id and _waits(p, asking)]
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
    assert asking.mint is not None
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


def _waits(proposal: helm.Proposal, asking: "Asking") -> bool:
    return waits(proposal, asking.now)


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
    asking: "Asking",
    run: Callable[[Draft, Command, "Asking"], None],
    tell: Callable[[Draft, str, Command, "Asking"], None],
) -> None:
    proposal = _open(draft, command.proposal)
    if not waits(proposal, asking.now):
        raise Refused("stale_phase")
    if proposal.during and proposal.during != _meanwhile(draft):
        raise Refused("stale_phase")  # the room is elsewhere
    wanted = proposed(draft, proposal)
    draft.add(helm.ProposalSettled(proposal=proposal.id, state="done"))
    if proposal.activity:
        tell(draft, proposal.activity, wanted, asking)
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


def is_over(state: commits.RoomState, *, running: bool) -> bool:
    """Whether the last activity of the plan is over."""
    return bool(state.started) and not running and next_item(state) is None


def _debrief(draft: Draft, command: wire_helm.DebriefAnswer, asking: "Asking") -> None:
    if asking.seat.role != "facilitator":
        raise Refused("not_allowed")
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

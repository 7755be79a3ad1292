"""Which commands the lead, a peer lead and co-facilitators may send (`methods.md` A5)."""

from typing import Final

from activities.blocks import Who, say
from activities.kernel import Command, LeadCommand, Refused
from rooms import lead as leads
from rooms import wire, wire_hall, wire_safety
from rooms.hats import roles_of
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Draft
from rooms.wire_helm import DutySet

CO_MAY: Final = (
    wire.RoomSay,
    wire.DoorOpen,
    wire.DoorClose,
    wire.HelpAnswer,
    DutySet,
    wire_safety.RoomFreeze,
    wire_safety.RoomUnfreeze,
    wire_safety.SeatHide,
    wire_safety.SeatRestore,
    wire_safety.DoorAsk,
    wire_safety.SeatAdmit,
    wire_safety.SeatRefuse,
    wire_safety.LinkRenew,
    wire_safety.LinkRevoke,
    wire_hall.RoomCall,
    wire_hall.SeatCarry,
)
"""Room-level facilitators' commands a co-facilitator may send too (door, help, voice to all,
safety)."""

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

NOT_YOURS: Final = say("This is not yours to do right now. Nothing was changed.")
NO_TIME: Final = say("The lead keeps the time here. Ask for it on the private strip.")


def tag(command: Command) -> str:
    """A command's type as on the wire."""
    return str(command.__struct_config__.tag)


def stale_epoch(draft: Draft) -> Refused:
    """A facilitator's command of an old epoch: says who leads (CO7)."""
    record = draft.room.lead
    if record.acting == leads.AUTOPILOT:
        return Refused("stale_epoch", say("The clocks go on by themselves. Nothing was changed."))
    return Refused(
        "stale_epoch",
        say("{name} leads now. Nothing was changed.", name=Who(record.acting)),
    )


def peer_may(command: Command) -> bool:
    """Whether a peer lead's limited rights hold this command; what is no facilitators' command is
    a member's and stays theirs."""
    return not isinstance(command, LeadCommand) or tag(command) in PEER_TAGS


def lead_keeps_time(state: RoomState, roles: frozenset[str], command: Command) -> bool:
    """Whether a co-facilitator sends this although only the lead moves the time for all
    (`co_may_time` off). Pausing stays everybody's right."""
    more = tag(command) in ("phase.extend", "time.give")
    whole = more and not getattr(command, "group", "")
    return whole and not state.helm.co_time and "co" in roles and "lead" not in roles


def ensure_lead(state: RoomState, seat: Seat, command: LeadCommand) -> None:
    """Raises `Refused` unless `seat` may send this room's command with the epoch it names."""
    roles = roles_of(state, seat)
    if not roles & {"lead", "co"}:
        raise Refused("not_allowed")
    if command.epoch != state.lead.epoch:
        raise Refused("stale_epoch")
    if "lead" not in roles and not isinstance(command, CO_MAY):
        raise Refused("not_allowed")
    if state.lead.peer and "lead" in roles and not peer_may(command):
        raise Refused("not_allowed")


def ensure_activity(state: RoomState, roles: frozenset[str], command: Command) -> None:
    """What the room has to say before an activity decides a command. Raises `Refused`."""
    if state.lead.peer and "lead" in roles and not peer_may(command):
        raise Refused("not_allowed", NOT_YOURS)
    if lead_keeps_time(state, roles, command):
        raise Refused("not_allowed", NO_TIME)

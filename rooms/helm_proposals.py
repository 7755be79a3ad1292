"""What a shadow proposes, as its own buttons and as the lead's (`methods.md A5`)."""

from collections.abc import Callable
from typing import Final

from activities.blocks import Line, Offer, Who, Words, say
from activities.kernel import Command, LeadCommand
from rooms import commits, helm_desk, lead_rights
from rooms import wire_helm as on_wire
from rooms.helm import Proposal
from rooms.offers import NO_WORDS
from rooms.room_state import RoomState

VALUES_SHOWN: Final = 12
"""Values of one field on the button of a proposal: what can be read before it is tapped."""

NAMES: Final[dict[str, Line]] = {
    "phase.next": say("Move on"),
    "phase.back": say("Go back"),
    "phase.extend": say("More time"),
    "activity.start": say("Start the next activity"),
    "activity.skip": say("Leave the next activity out"),
    "activity.cut": say("End this activity now"),
    "lead.offer": say("Hand over the lead"),
    "door.open": say("Open the door"),
    "door.close": say("Close the door"),
    "say.all": say("Say something to everyone"),
    "group.move": say("Move somebody to another group"),
}
"""Proposals in words, where the lead's screen has no button of that name any more."""


def approvals(
    state: RoomState, roles: frozenset[str], now: int, name_of: Callable[[Proposal], Line]
) -> list[Offer]:
    """What the lead may do with proposals. `name_of` says what one would do, all of it."""
    if "lead" not in roles or state.lead.peer:
        return []
    epoch = state.lead.epoch
    found: list[Offer] = []
    for one in state.helm.proposals:
        if not helm_desk.waits(one, now):
            continue
        found += [
            Offer(
                command=on_wire.LeadApprove(epoch=epoch, proposal=one.id),
                label=say("Do it: {what}", what=name_of(one)),
                place="menu",
                hint=say("{name} proposes this.", name=Who(one.seat)),
            ),
            Offer(
                command=on_wire.LeadSetAside(epoch=epoch, proposal=one.id),
                label=say("Set aside: {what}", what=name_of(one)),
                place="menu",
                shown=False,
            ),
        ]
    return found


def as_proposal(offer: Offer, activity: str) -> Offer | None:
    """A lead's offer as a shadow may propose it; None when it cannot be proposed with one tap."""
    command = offer.command
    if not isinstance(command, LeadCommand) or offer.needs:
        return None
    if lead_rights.tag(command) in helm_desk.NEVER_PROPOSED:
        return None
    return Offer(
        command=on_wire.LeadPropose(command=commits.encode_command(command), item=activity),
        label=say("Propose: {what}", what=offer.label),
        place=offer.place,
        hint=say("Whoever leads decides."),
    )


def named(tag: str) -> Line:
    """A proposed command in words."""
    return NAMES.get(tag, say("{command}", command=tag))


def described(command: Command, state: RoomState) -> Line:
    """A proposed command in words with everything it carries: whoever approves it knows whom and
    what it is about."""
    line = named(lead_rights.tag(command))
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name in ("epoch", "phase") or value in (None, "", (), NO_WORDS):
            continue
        many = value if isinstance(value, tuple) else (value,)
        for one in many[:VALUES_SHOWN]:
            line = say("{what}: {value}", what=line, value=_value(one, state))
    return line


def _value(value: object, state: RoomState) -> str | int | Who | Words:
    match value:
        case Words() | int():
            return value
        case str() if value in state.seats:
            return Who(value)
        case _:
            return str(value)

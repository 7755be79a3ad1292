"""How the lead changes hands: offered, accepted, asked for, taken over, volunteered for
(`methods.md` A5)."""

from typing import assert_never

from activities.kernel import Refused
from rooms import commits, wire
from rooms import lead as leads
from rooms.asking import Asking
from rooms.whole import Draft

LeadCommand = (
    wire.LeadOffer
    | wire.LeadAccept
    | wire.LeadDecline
    | wire.LeadRequest
    | wire.LeadTake
    | wire.LeadVolunteer
)
"""The commands of this module."""


def decide(draft: Draft, command: LeadCommand, asking: Asking) -> None:
    """Decide who leads, or is asked to. Raises `Refused`."""
    record, me, now = draft.room.lead, asking.seat.id, asking.now
    match command:
        case wire.LeadOffer():
            new = leads.offer(record, me, command.to, asking.present(draft), now)
        case wire.LeadAccept():
            new = leads.accept(record, me, command.epoch, now)
        case wire.LeadDecline():
            new = leads.decline(record, me, command.epoch)
        case wire.LeadRequest():
            new = leads.request(record, me)
        case wire.LeadTake():
            away = asking.presence.since(record.lead)
            new = leads.take(record, me, command.epoch, away, now)
        case wire.LeadVolunteer():
            if not asking.seat.willing or asking.seat.role != "participant":
                raise Refused("not_allowed")
            new = leads.volunteer(record, me, command.epoch, now)
        case _:
            assert_never(command)
    draft.add(commits.LeadChanged(lead=new))

"""Who is in the room, in which role and by which name: what people decide about their own seat,
and facilitators about others'."""

from typing import assert_never

from msgspec.structs import replace

from activities.kernel import MemberLeft, Refused
from rooms import commits, safety_desk, wire
from rooms import lead as leads
from rooms.asking import Asking
from rooms.seats import Seat
from rooms.whole import Draft
from rooms.words import is_language

OwnSeat = wire.SeatName | wire.SeatLanguage | wire.SeatWilling | wire.SeatDealIn
"""What somebody changes of their own seat."""

SeatCommand = wire.SeatReturn | wire.SeatLeave | wire.SeatRemove | wire.SeatRole | OwnSeat
"""The commands of this module."""


def decide(draft: Draft, command: SeatCommand, asking: Asking) -> None:
    """Decide about a seat. Raises `Refused`."""
    match command:
        case wire.SeatReturn():
            _return(draft, asking)
        case wire.SeatLeave():
            # Who goes while waiting at the door does not come back in by asking.
            gone(draft, asking.seat, asking, removed=asking.seat.status == "waiting")
        case wire.SeatRemove():
            _remove(draft, command, asking)
        case wire.SeatRole():
            _give_role(draft, command, asking)
        case wire.SeatName() | wire.SeatLanguage() | wire.SeatWilling() | wire.SeatDealIn():
            _own_seat(draft, command, asking)
        case _:
            assert_never(command)


def _return(draft: Draft, asking: Asking) -> None:
    if asking.seat.status == "in":
        raise Refused("duplicate")
    if asking.seat.status == "removed":
        raise Refused("not_allowed")
    asking.let_in(draft, asking.seat)


def _other(draft: Draft, id: str) -> Seat:
    seat = draft.room.seats.get(id)
    if seat is None or seat.status != "in" or not seat.person:
        raise Refused("unknown")
    return seat


def _remove(draft: Draft, command: wire.SeatRemove, asking: Asking) -> None:
    seat = _other(draft, command.seat)
    if seat.id == asking.seat.id:
        raise Refused("not_allowed", safety_desk.NOT_YOURSELF)
    if seat.organiser:
        raise Refused("not_allowed", safety_desk.NOT_THE_ORGANISER)
    if command.cards == "hide":
        safety_desk.hide(draft, seat, asking, everything=True)
    gone(draft, seat, asking, removed=True)


def _give_role(draft: Draft, command: wire.SeatRole, asking: Asking) -> None:
    seat = _other(draft, command.seat)
    if seat.id == asking.seat.id or command.role == seat.role:
        raise Refused("duplicate")
    if seat.organiser and command.role != "facilitator":
        raise Refused("not_allowed")
    new = replace(seat, role=command.role, dealt_in=command.role == "facilitator")
    draft.add(commits.SeatChanged(seat=new))
    if seat.role == "facilitator":
        record = leads.facilitator_gone(draft.room.lead, seat.id, asking.present(draft), asking.now)
        draft.add(commits.LeadChanged(lead=record))
    asking.tell_changed(draft, new.id)


def gone(draft: Draft, seat: Seat, asking: Asking, *, removed: bool) -> None:
    """The seat is left, or taken away; the lead passes on if it held it."""
    draft.add(commits.SeatGone(seat=seat.id, removed=removed))
    if seat.id == draft.room.lead.lead or seat.id in draft.room.lead.succession:
        present = asking.present(draft) - {seat.id}
        record = leads.facilitator_gone(draft.room.lead, seat.id, present, asking.now)
        if record != draft.room.lead:
            draft.add(commits.LeadChanged(lead=record))
    clock = asking.clock(draft)
    draft.tell_current(MemberLeft(seat=seat.id), clock)


def _own_seat(
    draft: Draft,
    command: OwnSeat,
    asking: Asking,
) -> None:
    seat = asking.seat
    match command:
        case wire.SeatName():
            new = replace(seat, name=command.name.ref)
        case wire.SeatLanguage():
            if not is_language(command.language):
                raise Refused("bad_request")
            new = replace(seat, language=command.language)
        case wire.SeatWilling():
            new = replace(seat, willing=command.willing)
        case wire.SeatDealIn():
            asking.ensure_facilitator()
            new = replace(seat, dealt_in=command.dealt_in)
        case _:
            assert_never(command)
    if new == seat:
        raise Refused("duplicate")
    draft.add(commits.SeatChanged(seat=new))
    # An activity knows who takes part in it; a wall does not.
    if new.person and not isinstance(command, wire.SeatName):
        asking.tell_changed(draft, new.id)

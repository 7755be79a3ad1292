"""Who is here, and who is on a device, as messages."""

from collections.abc import Callable
from typing import Literal

from activities.blocks import Line, Who, Words
from rooms import whole as wholes
from rooms import wire, wire_hall
from rooms.presence import Presence
from rooms.room_state import RoomState
from rooms.seats import Device, Seat
from rooms.whole import Activities, Whole


def people_message(
    whole: Whole,
    activities: Activities,
    presence: Presence,
    now: int,
    *,
    inside: bool,
    waiting: bool = False,
) -> wire.PeopleMessage:
    """Who is here; groups, requests for help and who is at the door only for facilitators
    (`inside`). Nobody is listed for who waits there (`waiting`)."""
    state = whole.room
    if waiting:
        return wire.PeopleMessage(seq=state.seq, now=now, people=())
    group_of: dict[str, Line] = {}
    if inside and (id := wholes.current(whole, activities)):
        here = whole.running[id]
        for group in activities[here.kind].groups(here.state):
            group_of.update(dict.fromkeys(group.members, group.name))
    people = tuple(
        wire.Person(
            seat=s.id,
            name=Who(s.id),
            where=s.where,
            presence=_presence(s, presence),
            role="lead" if state.lead.acting == s.id else s.role,
            since=presence.since(s.id),
            group=group_of.get(s.id),
            help=inside and s.id in state.help,
            about=Words(state.help[s.id].about)
            if inside and s.id in state.help and state.help[s.id].about
            else None,
            hidden=inside and s.id in state.safety.hidden,
        )
        for s in state.seats.values()
        if s.person and s.status != "removed" and (inside or s.status != "waiting")
    )
    return wire.PeopleMessage(seq=state.seq, now=now, people=people)


def _presence(seat: Seat, presence: Presence) -> Literal["here", "away", "gone", "waiting"]:
    if seat.status == "waiting":
        return "waiting"
    return presence.word(seat.id) if seat.status == "in" else "gone"


def device_message(
    state: RoomState, device: Device, now: int, code: Callable[[str, str], str]
) -> wire_hall.DeviceMessage:
    """Who is on this device, for the device itself. `code(seat, nonce)`: what another phone types
    in."""
    seats: list[wire_hall.OwnSeat] = []
    for id in device.seats:
        seat, offer = state.seats[id], state.hall.offer(id, now)
        seats.append(
            wire_hall.OwnSeat(
                seat=id,
                name=Who(id),
                role=seat.role,
                where=seat.where,
                status="in" if seat.status == "removed" else seat.status,
                language=seat.language,
                steward=id == device.seats[0] and len(device.seats) > 1,
                code=code(id, offer.nonce) if offer else "",
                code_ends=offer.until if offer else None,
            )
        )
    return wire_hall.DeviceMessage(seq=state.seq, now=now, seats=tuple(seats))

"""What pages and the API read from a room, for one device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from rooms.memo_places import headings, named
from rooms.memo_tree import Memo

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.seats import Device


class SeatInfo(msgspec.Struct, frozen=True):
    """A seat of this device, as its page needs it."""

    seat: str
    name: str
    role: str
    language: str
    where: str
    status: str


def title_of(room: Room) -> str:
    """The room's title; empty once erased."""
    return room.book.get(room.whole.room.title) or ""


def page_of(room: Room, page: str = "", *, seat: str | None = None) -> str:
    """The address of a page of a room ("" for the room itself), for the seat it is to show."""
    return f"/r/{room.id}{page and '/' + page}{f'?as={seat}' if seat else ''}"


def seat_info(room: Room, seat: str) -> SeatInfo:
    """One seat."""
    found = room.whole.room.seats[seat]
    return SeatInfo(
        seat, room.name_of(seat) or "", found.role, found.language, found.where, found.status
    )


def own_seats(room: Room, device: Device) -> list[SeatInfo]:
    """The seats this device speaks for, in the order they came."""
    return [seat_info(room, seat) for seat in device.seats]


def organiser_name(room: Room) -> str:
    """Who invites: the person who opened the room."""
    seats = room.whole.room.seats.values()
    return next((room.name_of(seat.id) or "" for seat in seats if seat.organiser), "")


def facilitator_seat(room: Room, device: Device) -> str:
    """The first seat of this device that is a facilitator's who has not left, or empty."""
    seats = room.whole.room.seats
    return next((seat for seat in device.seats if room.inside(seats[seat])), "")


def memo_page(room: Room, device: Device, memo: Memo) -> dict[str, Any]:
    """What the memo's page shows: the tree and the counts, for facilitators with what is missing
    and the names of whom it has nothing of yet. The ledger is asked for apart (`memo_ledger`),
    and the notes are for files. `changed_since_sent`: the places they have to send again, never
    whose words or which."""
    shown = memo if room.is_facilitator(device) else memo.shared()
    found: dict[str, Any] = msgspec.to_builtins(shown)
    for apart in ("ledger", "notes"):
        found.pop(apart, None)
    found["organiser"] = room.is_organiser(device)
    found["unheard"] = [name for seat in shown.unheard if (name := room.name_of(seat))]
    state = room.whole.room
    found["memo_version"] = state.memo_version
    if room.is_facilitator(device):
        names = headings(memo)
        found["changed_since_sent"] = [
            {
                "section": place,
                "heading": names.get(place)
                or room.say(named(state, [place])[0], room.language_of(device.seats[0])),
            }
            for place in state.changed_since_sent
        ]
    return found

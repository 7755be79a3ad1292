"""What pages and the API read from a room, for one device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from rooms import memo_stage, memo_states, memo_step_desk
from rooms.memo_places import headings, named, placed
from rooms.memo_source import ProseText
from rooms.memo_tree import Memo, nameless

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


def fit_places(room: Room, prose: dict[str, ProseText]) -> list[str]:
    """Places whose words were read again for the shareable copy."""
    state = room.whole.room
    return [place for place, text in prose.items() if memo_step_desk.fit(state, place, text)]


async def memo_page(room: Room, device: Device, memo: Memo) -> dict[str, Any]:
    """What the memo's page shows: the tree and the counts, for facilitators with what is missing
    and the names of whom it has nothing of yet. The ledger is asked for apart (`memo_ledger`),
    and the notes are for files. `changed_since_sent`: the places they have to send again, never
    whose words or which. `stage`: where it stands, with the one next button; `comments` of those
    who have it, and `own_places`, where something of this device's people stands."""
    shown = memo if room.is_facilitator(device) else memo.shared()
    found: dict[str, Any] = msgspec.to_builtins(shown)
    for apart in ("ledger", "notes"):
        found.pop(apart, None)
    found["organiser"] = room.is_organiser(device)
    found["unheard"] = [name for seat in shown.unheard if (name := room.name_of(seat))]
    state = room.whole.room
    found["memo_version"] = state.memo_version
    if state.sent:
        own = device.seats
        full = {nameless(section.id): section.id for section in shown.sections}
        found["comments"] = [
            {**msgspec.to_builtins(one), "place": full.get(one.place, one.place)}
            for one in memo_stage.comments(state, own, room.name_of, room.book.get)
        ]
        found["own_places"] = memo_stage.own_places(state, placed(memo), own)
        found["commentable"] = memo_states.commentable(state)
        found["final"] = memo_states.final(state)
    if room.is_facilitator(device):
        names = headings(memo)
        waiting = shown.counts.quotes_waiting
        said = memo_stage.stage(state, waiting, ready=shown.ready)
        language = room.language_of(device.seats[0])
        found["stage"] = msgspec.to_builtins(said, enc_hook=lambda line: room.say(line, language))
        found["fit"] = fit_places(room, await room.memos.prose()) if said.writable else []
        found["changed_since_sent"] = [
            {
                "section": place,
                "heading": names.get(place)
                or room.say(named(state, [place])[0], room.language_of(device.seats[0])),
            }
            for place in state.changed_since_sent
        ]
    return found

"""Taking a seat along to another phone: the button behind a code, and the code as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rooms.hub import CODE_OVER
from server import auth
from server.bodies import read_form
from server.errors import Problem
from server.joining import Door
from server.reading import page_of
from server.site import site_of
from server.templating import qr

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.seats import Device


async def bring_seat(request: Request) -> Response:
    """The person behind a code takes their seat to this browser. A browser that sits in the room
    already keeps the seats it has."""
    site = site_of(request)
    auth.check_origin(request, site)
    await read_form(request)
    door = Door(site, auth.address_of(request))
    code = door.remembered(request)
    found = await site.hub.find(code) if code else None
    if found is None or found.kind != "move":
        raise Problem("stale_seat", CODE_OVER)
    room = await site.hub.room(found.room)
    device = room.device(auth.cookie_token(request, room.id))
    joined = await door.take_over(code, room, device)
    made = RedirectResponse(page_of(room, seat=joined.seat), 303, {"Cache-Control": "no-store"})
    if joined.token:
        auth.remember_seat(made, site, request, room.id, joined.token)
    made.delete_cookie("enter", "/j")
    return made


async def code_picture(request: Request) -> Response:
    """The code of a seat that is being taken along, for the other phone's camera."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("as", "")) or device.seats[0]
    code = next((own["code"] for own in own_seats(room, device) if own["seat"] == seat), "")
    if not code:
        raise Problem("unknown")
    drawn = qr(f"{site.address(request)}/j#{code}")
    size = drawn["size"]
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{drawn["path"]}"/></svg>'
    )
    return Response(picture, 200, {"Cache-Control": "no-store"}, "image/svg+xml")


def own_seats(room: Room, device: Device) -> list[dict[str, Any]]:
    """The seats of the `device` message."""
    found: dict[str, Any] = msgspec.json.decode(room.device_seats(device))
    seats: list[dict[str, Any]] = found["seats"]
    return seats

"""The page /r/{room}/agenda: the editor for facilitators, the outline of the day for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import auth, live_pages
from server.agendas import LIMITS, kinds, templates
from server.reading import facilitator_seat, page_of, title_of
from server.site import site_of

if TYPE_CHECKING:
    from rooms.room import Room


ROW: Final = ("title", "state", "minutes", "starts", "lead")
"""What a device keeps of a row, to show it without a line."""


async def agenda_page(request: Request) -> Response:
    """The editor, or the outline."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = facilitator_seat(room, device)
    if not seat:
        return await outline(request, room)
    language = live_pages.language_of(request, site, room, device, seat)
    plan = room.plan(room.whole.room.seats[seat])
    more = {
        "plan": msgspec.json.decode(plan) if plan else None,
        "kinds": kinds(site, language),
        "templates": templates(site, language),
        "limits": LIMITS,
        "organiser": room.is_organiser(device),
    }
    return await live_pages.live(request, "agenda", own=seat, more=more)


async def outline(request: Request, room: Room) -> Response:
    """Where we are and what comes, to read."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, room.id)
    wanted = auth.seat_of(device, request.query_params.get("as", ""))
    view = live_pages.view_of(room, device, wanted, "seat")
    language = live_pages.language_of(request, site, room, device)
    return site.pages.answer(
        request,
        "outline.html",
        language,
        room_title=title_of(room),
        agenda=view["room"]["agenda"],
        plan=view["room"]["plan"],
        boot={
            "catalogue": site.languages.catalogue(language),
            "room": room.id,
            "title": title_of(room),
            "rows": [{name: row.get(name) for name in ROW} for row in view["room"]["agenda"]],
        },
        back_url=page_of(room, seat=wanted),
    )

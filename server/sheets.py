"""The page /r/{room}/sheets: what a hall has on paper. The way in, a sheet for each table, and
ballots for those who vote without a device."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server import auth, live_pages
from server.api import links_of
from server.errors import Problem
from server.reading import facilitator_seat, title_of
from server.site import site_of
from server.templating import qr

TABLES: Final = (0, 4, 40)
"""Table sheets: the fewest, how many without being asked, and the most that one hall has."""

BALLOTS: Final = (0, 8, 200)
"""Ballots, eight to a page."""

OPTIONS: Final = (2, 6, 12)
"""Lines of a ballot: a vote with more options is no vote by hand (`methods.md` A9)."""


def within(typed: str, limits: tuple[int, int, int]) -> int:
    """A number from the address, or the usual one where it is none; never outside its limits."""
    least, usual, most = limits
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6):
        return usual
    return min(most, max(least, int(typed)))


async def sheets(request: Request) -> Response:
    """Sheets to print, for the room's facilitators: `?tables=4&ballots=16&options=6`."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = facilitator_seat(room, device)
    if not seat:
        raise Problem("not_allowed")
    links = links_of(site.address(request), room.id, site.hub.links(room, seat))
    query = request.query_params
    return site.pages.answer(
        request,
        "sheets.html",
        live_pages.language_of(request, site, room, device, seat),
        title=title_of(room),
        code=room.code(),
        address=links.join.split("#")[0].split("://", 1)[-1],
        qr=qr(links.join),
        tables=within(query.get("tables", ""), TABLES),
        ballots=within(query.get("ballots", ""), BALLOTS),
        options=within(query.get("options", ""), OPTIONS),
        limits={"tables": TABLES, "ballots": BALLOTS, "options": OPTIONS},
        ready_url=f"/r/{room.id}/ready",
    )

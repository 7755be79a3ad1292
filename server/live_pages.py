"""The pages of a running room: a seat's own screen, panel, wall, my words, memo; and their forms.

Contexts, besides what `templating.Pages` and `base.html` name: `room.html`, `panel.html`,
`screen.html`, `me.html`, `memo.html`, `agenda.html`, `board.html` (all extend `live.html`) take
boot, title, form_key, seat, notice (a refusal of the last form, or empty).

`boot` is printed as JSON data for the script: {page, room, title, seat, seats [{seat, name, role,
language, where, status}], lens, device, view (as `GET view`, or null), words (me), memo (memo),
plan, kinds, templates, limits, organiser (agenda: `server/agendas.py`), circles, first (board:
`board_page.py`), catalogue {language, direction, plurals} (its sentences: `messages.py`),
languages, sync, now}. Without a seat it has page, room, catalogue, languages, sync, and `recover`:
the address to post a fragment's secret to.

Forms of a live page post to /r/{room}/do: `offer` (the command as JSON: filter `command`),
`request` (from `request_id()`), `activity`, `as` (seat), `back` ("", "panel", "me", "memo"), `key`
(form_key) and a `need-{field}` for each need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.kernel import Refused
from server import auth
from server.bodies import read_form
from server.errors import Problem, problem_of
from server.forms import command_from
from server.reading import memo_page, own_seats, page_of, seat_info, title_of
from server.site import Site, site_of
from server.templating import qr

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.seats import Device

Live = Literal["room", "panel", "screen", "me", "memo", "agenda", "board"]

BACK_TO: Final[Mapping[str, Live]] = {"panel": "panel", "me": "me", "memo": "memo"}
"""Field `back` of a form -> the page it came from; any other goes back to the room."""

LENSES: Final = {
    "room": "seat",
    "panel": "panel",
    "screen": "screen",
    "me": "seat",
    "memo": "seat",
    "agenda": "seat",
    "board": "seat",
}


async def live(
    request: Request,
    page: Live,
    problem: Problem | None = None,
    *,
    own: str = "",
    more: dict[str, Any] | None = None,
) -> Response:
    """A live page: first paint for the seat, or a shell that exchanges the link's secret. `own`:
    the seat it is for; `more`: what only this page's script needs."""
    site = site_of(request)
    room_id = request.path_params["room"]
    try:
        room, device = await auth.device_of(request, site, room_id)
        seat = own or auth.seat_of(device, request.query_params.get("as", "")) or device.seats[0]
        view = view_of(room, device, seat, LENSES[page])
    except (Problem, Refused) as error:
        may_recover = page != "room" and problem_of(error).reason in (
            "no_seat", "not_allowed",
        )  # fmt: skip
        if not may_recover:
            raise
        return await _shell(request, site, page, room_id)
    language = language_of(request, site, room, device, seat)
    boot: dict[str, Any] = {
        **_boot(site, page, room.id, language),
        "title": title_of(room),
        "seat": seat,
        "seats": msgspec.to_builtins(own_seats(room, device)),
        "lens": LENSES[page],
        "device": device.id,
        "view": view,
        "now": site.clock.now(),
        **(more or {}),
    }
    if page == "me":
        boot["words"] = msgspec.json.decode(await room.words_now(room.seat(device, seat)))
    if page == "screen":
        join = site.hub.links(room, seat)["join"]
        boot["qr"] = qr(f"{site.address(request)}/j#{join}")
    if page == "memo":
        boot["memo"] = await memo_page(room, device, await room.open_memo(device))
    return site.pages.answer(
        request,
        f"{page}.html",
        language,
        problem.status if problem else 200,
        trusted_types=page != "memo",
        boot=boot,
        title=title_of(room),
        form_key=site.signer.form_key(auth.cookie_token(request, room.id)),
        seat=seat,
        notice=site.message(problem, language) if problem else "",
    )


async def _shell(request: Request, site: Site, page: Live, room_id: str) -> Response:
    room = await auth.room_of(request, site, room_id)
    language = site.language(request)
    boot = {**_boot(site, page, room.id, language), "recover": f"/api/rooms/{room.id}/recover"}
    return site.pages.answer(request, f"{page}.html", language, boot=boot, title="", notice="")


def _boot(site: Site, page: Live, room_id: str, language: str) -> dict[str, Any]:
    return {
        "page": page,
        "room": room_id,
        "catalogue": site.languages.catalogue(language),
        "languages": site.languages.offered(),
        "sync": "/sync",
        "view": None,
    }


async def room_page(request: Request) -> Response:
    """A seat's own screen."""
    return await live(request, "room")


async def panel_page(request: Request) -> Response:
    """The control panel."""
    return await live(request, "panel")


async def screen_page(request: Request) -> Response:
    """The wall."""
    return await live(request, "screen")


async def me_page(request: Request) -> Response:
    """My words."""
    return await live(request, "me")


async def memo_live(request: Request) -> Response:
    """The memo, for facilitators and note-takers."""
    return await live(request, "memo")


async def do(request: Request) -> Response:
    """A form of a live page: one offer, sent back with its needs filled in."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    form = await read_form(request)
    page = BACK_TO.get(form.one("back"), "room")
    own = site.signer.form_key(auth.cookie_token(request, room.id))
    if form.one("key") != own and not auth.bearer(request):
        raise Problem("wrong_origin")
    wanted = request.query_params.get("as", "") or form.one("as")
    seat = auth.seat_of(device, wanted)
    try:
        await room.command(device, msgspec.json.encode(command_from(form)), seat=seat)
    except (Problem, Refused) as error:
        return await live(request, page, problem_of(error))
    return see_other(page_of(room, "" if page == "room" else page, seat=seat))


def view_of(room: Room, device: Device, seat: str | None, lens: Any) -> dict[str, Any]:
    """The view of a seat as data. Raises `Refused`."""
    found: dict[str, Any] = msgspec.json.decode(room.view(device, seat, lens))
    return found


def language_of(request: Request, site: Site, room: Room, device: Device, seat: str = "") -> str:
    """The language of a seat's pages."""
    chosen = seat_info(room, seat or device.seats[0]).language or room.language
    return site.languages.choose(request.headers.get("accept-language", ""), chosen)


def see_other(path: str) -> Response:
    """After a form: go there, and ask for it anew."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})

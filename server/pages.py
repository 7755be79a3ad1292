"""The pages: front door, join, ready, room, panel, screen, agenda, my words, memo.

Every page works without a script except those that must read a secret behind a #.

Contexts, besides what `templating.Pages` and `base.html` name:

- `front.html`: templates [{name, title, summary}], values (what was typed), error, error_at
  ("open" or "code")
- `join.html`: title ("" while only the script knows the secret), facilitator, here, moving (the
  name of the person whose seat a code brings to this phone, or empty), values {name, more [],
  where, language}, error
- `ready.html`: title, code, join_url, facilitate_url, screen_url, room_url, panel_url,
  calendar_url, qr {size, path}, people, here
- `room.html`, `panel.html`, `screen.html`, `me.html`, `memo.html`, `agenda.html` (all extend
  `live.html`): boot, title, form_key, seat, notice (a refusal of the last form, or empty)
- `outline.html`: room_title, agenda and plan (of the view), back_url, boot (catalogue)
- `error.html`: status, heading, message, action_url, action_label

`boot` is printed as JSON data for the script: {page, room, title, seat, seats [{seat, name, role,
language, where, status}], lens, device, view (as `GET view`, or null), words (me), memo (memo),
plan, kinds, templates, limits, organiser (agenda: `server/agendas.py`), catalogue {language,
direction, messages, plurals}, languages, sync, now}. Without a seat it has page, room, catalogue,
languages, sync, and `recover`: the address to post a fragment's secret to.

Forms of a live page post to /r/{room}/do: `offer` (the command as JSON: filter `command`),
`request` (from `request_id()`), `activity`, `as` (seat), `back` ("", "panel", "me", "memo"), `key`
(form_key) and a `need-{field}` for each need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.blocks import say
from activities.kernel import Refused
from rooms.hub import Newcomer
from server import auth
from server.agendas import FROM, again, front_choices, plan_from
from server.api import OPERATIONS, links_of
from server.bodies import Form, person_name, read_form, room_title
from server.errors import Problem, problem_of
from server.forms import command_from
from server.invitation import calendar_file
from server.joining import Door
from server.languages import is_language
from server.limits import ROOMS_PER_ADDRESS
from server.reading import (
    facilitator_seat,
    memo_page,
    organiser_name,
    own_seats,
    seat_info,
    title_of,
)
from server.shapes import Links
from server.site import Site, site_of
from server.templating import qr

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.seats import Device

Live = Literal["room", "panel", "screen", "me", "memo", "agenda"]

MORE_LIMIT: Final = 8
"""People besides the first on one device (`rooms/seats.py`)."""

LENSES: Final = {
    "room": "seat",
    "panel": "panel",
    "screen": "screen",
    "me": "seat",
    "memo": "seat",
    "agenda": "seat",
}


async def front(request: Request) -> Response:
    """The front door; POST opens a room."""
    if request.method == "POST":
        return await _open(request)
    site = site_of(request)
    if not (wanted := request.query_params.get("from", "")):
        return _front(request, {}, None, "")
    room, plan = await plan_from(request, site, wanted)
    return _front(request, {}, None, "", [again(site, site.language(request), room, plan)])


def _front(
    request: Request,
    values: dict[str, Any],
    problem: Problem | None,
    where: str,
    first: list[dict[str, str]] | None = None,
) -> Response:
    site = site_of(request)
    language = site.language(request, str(values.get("language", "")))
    return site.pages.answer(
        request,
        "front.html",
        language,
        problem.status if problem else 200,
        templates=[*(first or []), *front_choices(site, language)],
        values=values,
        error=site.message(problem, language) if problem else "",
        error_at=where,
    )


async def _open(request: Request) -> Response:
    site = site_of(request)
    auth.check_origin(request, site)
    form = await read_form(request)
    language = form.one("language") or site.language(request)
    try:
        title, name = room_title(form.one("title")), person_name(form.one("facilitator"))
        template, plan = form.one("template") or "evening", None
        if template.startswith(FROM):
            _, plan = await plan_from(request, site, template.removeprefix(FROM))
        await site.limits.count(ROOMS_PER_ADDRESS, "rooms", auth.address_of(request))
        opened = await site.hub.open_room(
            title=title,
            facilitator=name,
            template=template,
            plan=plan,
            language=language if is_language(language) else "en",
            zone=form.one("zone") or "UTC",
        )
    except (Problem, Refused) as error:
        return _front(request, form.kept(), problem_of(error), "open")
    made = _see_other(f"/r/{opened.room}/ready")
    auth.remember_seat(made, site, request, opened.room, opened.token)
    return made


async def ready(request: Request) -> Response:
    """The links of a room, for its facilitators: each sees the recovery link of their own seat."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = facilitator_seat(room, device)
    if not seat:
        raise Problem("not_allowed")
    links = _links(request, site, room, seat)
    language = language_of(request, site, room, device)
    # Whoever opened the room is not somebody who has come in.
    here = max(0, room.here() - 1)
    return site.pages.answer(
        request,
        "ready.html",
        language,
        title=title_of(room),
        code=room.code(),
        join_url=links.join,
        facilitate_url=links.facilitate,
        screen_url=links.screen,
        room_url=f"/r/{room.id}",
        panel_url=f"/r/{room.id}/panel",
        calendar_url=f"/r/{room.id}/calendar.ics",
        qr=qr(links.join),
        people=[],
        here=here,
    )


async def calendar(request: Request) -> Response:
    """The exchange as a calendar file: `?starts=2026-11-22T10:00&minutes=120&zone=Pacific/Fiji`."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = facilitator_seat(room, device)
    query = request.query_params
    return calendar_file(
        room=room.id,
        title=title_of(room),
        url=_links(request, site, room, seat).join if seat else "",
        message=site.languages.line(
            language_of(request, site, room, device), say("Tap, write your name, that is all.")
        ),
        now=site.clock.now(),
        starts=query.get("starts", ""),
        minutes=query.get("minutes", ""),
        zone=query.get("zone", ""),
    )


def _links(request: Request, site: Site, room: Room, seat: str) -> Links:
    return links_of(site.address(request), room.id, site.hub.links(room, seat))


async def join(request: Request) -> Response:
    """The join form; POST takes a spoken code."""
    site = site_of(request)
    door = Door(site, auth.address_of(request))
    if request.method == "POST":
        form = await read_form(request)
        try:
            found = await door.find(form.one("code"))
        except Problem as problem:
            return _join(request, form.kept(), problem)
        inside = found.kind != "move" and await door.is_inside(request, found.room)
        made = _see_other(f"/r/{found.room}" if inside else "/j")
        door.remember(made, request, form.one("code"), found)
        return made
    secret = door.remembered(request)
    if not secret:
        return _join(request, {}, None)
    try:
        found_again = await site.hub.find(secret)
    except Refused as refused:
        return _join(request, {}, Problem(refused.reason, refused.message))
    if found_again is None or found_again.kind not in ("join", "code", "move"):
        return _join(request, {}, None)
    room = await site.hub.room(found_again.room)
    return _join(request, {}, None, room, found_again.seat)


def _join(
    request: Request,
    values: dict[str, Any],
    problem: Problem | None,
    room: Room | None = None,
    moving: str = "",
) -> Response:
    site = site_of(request)
    language = site.language(request, str(values.get("language", "")))
    if isinstance(values.get("more"), str):
        values = {**values, "more": [values["more"]]}
    return site.pages.answer(
        request,
        "join.html",
        language,
        problem.status if problem else 200,
        title=title_of(room) if room else "",
        facilitator=organiser_name(room) if room else "",
        here=room.here() if room else 0,
        moving=(room.name_of(moving) or "") if room and moving else "",
        values=values,
        error=site.message(problem, language) if problem else "",
    )


async def come_in(request: Request) -> Response:
    """The join form is sent: a seat for each person on this device."""
    site = site_of(request)
    auth.check_origin(request, site)
    form = await read_form(request)
    door = Door(site, auth.address_of(request))
    secret = door.remembered(request)
    if not secret:
        return _join(request, {}, Problem("no_seat", say("Type the code once more, please.")))
    try:
        found = await site.hub.find(secret)
    except Refused as refused:
        return _join(request, {}, Problem(refused.reason, refused.message))
    if found is None:
        return _join(request, {}, Problem("unknown"))
    try:
        names = [person_name(form.one("name"))]
        names += [person_name(name) for name in form.all("more")[:MORE_LIMIT] if name.strip()]
        first, *others = (_newcomer(form, name, at == 0) for at, name in enumerate(names))
        joined = await door.join(secret, first, found.room)
        room = await site.hub.room(found.room)
        token = joined.token or ""
        for other in others:
            carrier = room.device(token)
            if carrier is None:
                break
            await door.carry(room, other, carrier)
    except (Problem, Refused) as error:
        return _join(request, form.kept(), problem_of(error), await site.hub.room(found.room))
    made = _see_other(f"/r/{found.room}")
    auth.remember_seat(made, site, request, found.room, token)
    made.delete_cookie("enter", "/j")
    return made


def _newcomer(form: Form, name: str, own: bool) -> Newcomer:
    where = form.one("where")
    language = form.one("language")
    return Newcomer(
        name=name,
        language=language if is_language(language) else "en",
        where="carried" if not own
        else "room" if where == "room" else "phone" if where == "phone" else "remote",
    )  # fmt: skip


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
        boot["words"] = msgspec.json.decode(room.my_words(room.seat(device, seat)))
    if page == "screen":
        join = site.hub.links(room, seat)["join"]
        boot["qr"] = qr(f"{site.address(request)}/j#{join}")
    if page == "memo":
        boot["memo"] = memo_page(room, device, await room.memo(device, "participants"))
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
    page: Live = {"panel": "panel", "me": "me", "memo": "memo"}.get(form.one("back"), "room")  # type: ignore[assignment]
    own = site.signer.form_key(auth.cookie_token(request, room.id))
    if form.one("key") != own and not auth.bearer(request):
        raise Problem("wrong_origin")
    wanted = request.query_params.get("as", "") or form.one("as")
    seat = auth.seat_of(device, wanted)
    try:
        await room.command(device, msgspec.json.encode(command_from(form)), seat=seat)
    except (Problem, Refused) as error:
        return await live(request, page, problem_of(error))
    return _see_other(
        f"/r/{room.id}{'' if page == 'room' else '/' + page}{f'?as={seat}' if seat else ''}"
    )


async def api_page(request: Request) -> Response:
    """The JSON API for people."""
    site = site_of(request)
    return site.pages.answer(request, "api.html", site.language(request), operations=OPERATIONS)


def error_page(request: Request, problem: Problem) -> Response:
    """What went wrong, what is safe, what to do."""
    site = site_of(request)
    language = site.language(request)
    heading = HEADINGS.get(problem.reason, HEADINGS["bad_request"])
    return site.pages.answer(
        request,
        "error.html",
        language,
        problem.status,
        heading=site.languages.line(language, heading),
        message=site.message(problem, language),
        action_url="/j" if problem.reason == "no_seat" else "/",
        action_label=site.languages.line(
            language,
            say("Come in with a code")
            if problem.reason == "no_seat"
            else say("Go to the front door"),
        ),
    )


HEADINGS: Final = {
    "bad_request": say("That did not work"),
    "no_seat": say("You have no seat here yet"),
    "not_allowed": say("This is not open to you"),
    "unknown": say("There is nothing here"),
    "gone": say("This room is closed"),
    "closed": say("The door is closed"),
    "too_many": say("A moment, please"),
    "tripped": say("Something tripped"),
    "unwritable": say("We cannot save at this moment"),
}


def view_of(room: Room, device: Device, seat: str | None, lens: Any) -> dict[str, Any]:
    """The view of a seat as data. Raises `Refused`."""
    found: dict[str, Any] = msgspec.json.decode(room.view(device, seat, lens))
    return found


def language_of(request: Request, site: Site, room: Room, device: Device, seat: str = "") -> str:
    """The language of a seat's pages."""
    chosen = seat_info(room, seat or device.seats[0]).language or room.language
    return site.languages.choose(request.headers.get("accept-language", ""), chosen)


def _see_other(path: str) -> Response:
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})

"""The pages before the room: front door, links of a new room, join.

Every page works without a script except those that must read a secret behind a #. Pages of a
running room are in `live_pages.py`, what went wrong in `error_page.py`.

Contexts, besides what `templating.Pages` and `base.html` name:

- `front.html`: templates [{name, title, summary}], values (what was typed), error, error_at
  ("open" or "code")
- `join.html`: title ("" while only the script knows the secret), facilitator, here, moving (the
  name of the person whose seat a code brings to this phone, or empty), values {name, more [],
  where, language}, error
- `ready.html`: title, code, join_url, facilitate_url, screen_url, room_url, panel_url,
  agenda_url, rehearse_url, sheets_url, calendar_url, qr {size, path}, people, here
- `outline.html`: room_title, agenda and plan (of the view), back_url, boot (catalogue)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import say
from activities.kernel import Refused
from rooms.agenda_items import planned_minutes
from rooms.hub import Newcomer
from rooms.keeping import BOARD_DAYS, DAYS_MOST, MEMO_DAYS
from rooms.offers_words import keeps
from rooms.wire import TITLE_LIMIT
from server import auth, live_pages
from server.agendas import FROM, again, front_choices, plan_from
from server.api import OPERATIONS, links_of
from server.bodies import Form, person_name, read_form, room_title
from server.errors import Problem, problem_of
from server.invitation import calendar_file
from server.joining import Door
from server.languages import is_language
from server.limits import ROOMS_PER_ADDRESS
from server.reading import (
    facilitator_seat,
    organiser_name,
    title_of,
)
from server.shapes import Links
from server.site import Site, site_of
from server.templating import qr

if TYPE_CHECKING:
    from rooms.room import Room

MORE_LIMIT: Final = 8
"""People besides the first on one device (`rooms/seats.py`)."""


async def sentences(request: Request) -> Response:
    """GET /messages/{name}: what a page's script says, in one language."""
    return site_of(request).pages.messages.answer(request)


async def front(request: Request) -> Response:
    """The front door; POST opens a room."""
    if request.method == "POST":
        return await _open(request)
    site = site_of(request)
    if not (wanted := request.query_params.get("from", "")):
        return _front(request, {}, None, "")
    room, plan = await plan_from(request, site, wanted)
    # The same people meet again: the next room is usually about the same.
    values = {"title": title_of(room), "facilitator": organiser_name(room)}
    return _front(request, values, None, "", [again(site, site.language(request), room, plan)])


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
        board_days=BOARD_DAYS,
        memo_days=MEMO_DAYS,
        days_most=DAYS_MOST,
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
        wanted: dict[str, Any] = {
            "title": title,
            "facilitator": name,
            "template": template,
            "plan": plan,
            "language": language if is_language(language) else "en",
            "zone": form.one("zone") or "UTC",
        }
        if form.one("rehearse"):
            return await _rehearse(request, wanted)
        opened = await site.hub.open_room(**wanted, settings=_kept(form))
    except (Problem, Refused) as error:
        return _front(request, form.kept(), problem_of(error), "open")
    made = live_pages.see_other(f"/r/{opened.room}/ready")
    auth.remember_seat(made, site, request, opened.room, opened.token)
    return made


async def rehearse(request: Request) -> Response:
    """The agenda of a room, in a room of invented people."""
    site = site_of(request)
    auth.check_origin(request, site)
    form = await read_form(request)
    room, plan = await plan_from(request, site, request.path_params["room"])
    await site.limits.count(ROOMS_PER_ADDRESS, "rooms", auth.address_of(request))
    wanted = {
        "title": title_of(room),
        "facilitator": organiser_name(room),
        "plan": plan,
        "language": site.language(request),
        "zone": form.one("zone") or "UTC",
    }
    return await _rehearse(request, wanted)


async def _rehearse(request: Request, wanted: dict[str, Any]) -> Response:
    site = site_of(request)
    title = say("Rehearsal: {title}", title=wanted["title"])
    shown = site.languages.line(wanted["language"], title)
    opened = await site.rehearsals.open(**{**wanted, "title": shown[:TITLE_LIMIT]})
    made = live_pages.see_other(f"/r/{opened.room}/panel")
    auth.remember_seat(made, site, request, opened.room, opened.token)
    return made


def _kept(form: Form) -> dict[str, Any]:
    """How many days board and memo are kept, as typed; a number that is none is refused with the
    sentence for one that is out of range."""
    typed = {name: form.one(name).strip() for name in ("keep_board_days", "keep_memo_days")}
    return {
        name: int(days) if days.isdecimal() and len(days) < 6 else 0
        for name, days in typed.items()
        if days
    }


async def ready(request: Request) -> Response:
    """The links of a room, for its facilitators: each sees the recovery link of their own seat."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = facilitator_seat(room, device)
    if not seat:
        raise Problem("not_allowed")
    links = _links(request, site, room, seat)
    language = live_pages.language_of(request, site, room, device)
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
        agenda_url=f"/r/{room.id}/agenda",
        rehearse_url=f"/r/{room.id}/rehearse",
        sheets_url=f"/r/{room.id}/sheets",
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
    begins = room.whole.room.plan.frame.starts
    language = live_pages.language_of(request, site, room, device)
    return calendar_file(
        room=room.id,
        title=title_of(room),
        url=_links(request, site, room, seat).join if seat else "",
        message=site.languages.line(language, say("Tap, write your name, that is all.")),
        now=site.clock.now(),
        starts=query.get("starts", "") or _utc(begins),
        minutes=query.get("minutes", "") or str(_planned(room) or ""),
        zone=query.get("zone", ""),
    )


def _planned(room: Room) -> int:
    """Minutes of the agenda, 0 while nothing is planned."""
    plan = room.whole.room.plan
    return plan.frame.minutes or planned_minutes(plan.items)


def _utc(ms: int) -> str:
    """When the agenda says that it starts, "" while it does not."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat() if ms else ""


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
        made = live_pages.see_other(f"/r/{found.room}" if inside else "/j")
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
        # A form that was filled already stays, with what was typed.
        shut=room is not None and problem is None and not room.whole.room.door,
        waits=room is not None and room.whole.room.safety.door_asks,
        kept=site.languages.line(language, keeps(room.whole.room, language)) if room else "",
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
    made = live_pages.see_other(f"/r/{found.room}")
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


async def languages_page(request: Request) -> Response:
    """Which languages there are, and which of them a native reader has checked."""
    return site_of(request).pages.answer(
        request, "languages.html", site_of(request).language(request)
    )


async def api_page(request: Request) -> Response:
    """The JSON API for people."""
    site = site_of(request)
    return site.pages.answer(request, "api.html", site.language(request), operations=OPERATIONS)

"""What pages and the API say about agendas: templates, kinds of activity with their settings, and
a room's plan as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import Line, say, say_n
from activities.kernel import Activity
from rooms.agenda_file import written
from rooms.agenda_items import ITEMS_LIMIT, MINUTES_LIMIT, PEOPLE_LIMIT
from rooms.agenda_settings import Field, fields, length_range, mirrors_minutes
from rooms.agenda_templates import Template, offered
from server import auth
from server.downloads import attachment
from server.errors import Problem
from server.reading import facilitator_seat, title_of
from server.site import Site, site_of

if TYPE_CHECKING:
    from rooms.room import Room

FROM: Final = "from:"
"""A template of this name is the agenda of the room whose id follows."""

ORGANISERS: Final = say("Only the person who opened that room may use its agenda again.")


class Kind(msgspec.Struct, frozen=True):
    """A kind of activity as the gallery of the agenda page shows it."""

    kind: str
    title: Line
    summary: Line
    minutes: int
    low: int
    high: int
    fewest: int
    most: int
    rests: bool
    does: tuple[str, ...]
    fields: tuple[Field, ...]
    timed: bool  # its minutes are among its settings, with a range that refuses


class TemplateItem(msgspec.Struct, frozen=True):
    """One line of a template."""

    title: Line
    minutes: int
    kind: str


class TemplateInfo(msgspec.Struct, frozen=True):
    """A template as people choose it."""

    name: str
    title: Line
    summary: Line
    minutes: int
    people: int
    items: tuple[TemplateItem, ...]


def kind(activity: Activity[Any]) -> Kind:
    """What the agenda page needs to know of an activity."""
    planned = activity.planned
    low, high = length_range(activity) or (planned.low, planned.high)
    return Kind(
        kind=activity.kind,
        title=activity.title,
        summary=activity.summary,
        minutes=planned.minutes,
        low=low,
        high=high,
        fewest=planned.fewest,
        most=planned.most,
        rests=planned.rests,
        does=tuple(sorted(planned.does)),
        fields=fields(activity),
        timed=mirrors_minutes(activity),
    )


def template_info(template: Template) -> TemplateInfo:
    """A template with its lines."""
    return TemplateInfo(
        name=template.name,
        title=template.title,
        summary=template.summary,
        minutes=template.minutes,
        people=template.people,
        items=tuple(
            TemplateItem(say(item.title), item.minutes, item.kind) for item in template.items
        ),
    )


def spoken(site: Site, language: str, value: Any) -> Any:
    """Structs as plain data, every sentence in a language."""
    return msgspec.to_builtins(value, enc_hook=lambda line: site.languages.line(language, line))


def kinds(site: Site, language: str) -> list[dict[str, Any]]:
    """Every kind of activity a room here can run, in menu order."""
    found: list[dict[str, Any]] = spoken(
        site, language, [kind(one) for one in site.hub.world.activities.values()]
    )
    return found


def templates(site: Site, language: str) -> list[dict[str, Any]]:
    """Every template a room here can run."""
    known = offered(frozenset(site.hub.world.activities)).values()
    found: list[dict[str, Any]] = spoken(site, language, [template_info(one) for one in known])
    return found


def front_choices(site: Site, language: str) -> list[dict[str, str]]:
    """The templates as the front door offers them, each with what it is and how long."""
    made = []
    for one in offered(frozenset(site.hub.world.activities)).values():
        length = say_n("{n} minute", "{n} minutes", one.minutes)
        summary = say("{what} {minutes}.", what=one.summary, minutes=length)
        told = summary if one.items else one.summary
        made.append(
            {"name": one.name, **spoken(site, language, {"title": one.title, "summary": told})}
        )
    return made


def again(site: Site, language: str, room: Room, plan: dict[str, Any]) -> dict[str, str]:
    """Another room's agenda as a choice of the front door."""
    count = len(plan["items"])
    minutes = sum(item["minutes"] for item in plan["items"])
    summary = say(
        "{activities}, {minutes}. Nothing that people said comes along.",
        activities=say_n("{n} activity", "{n} activities", count),
        minutes=say_n("{n} minute", "{n} minutes", minutes),
    )
    title = say("The agenda of “{room}”", room=title_of(room))
    return {
        "name": f"{FROM}{room.id}",
        **spoken(site, language, {"title": title, "summary": summary}),
    }


def plan_of(room: Room) -> dict[str, Any]:
    """A room's agenda for a file: its plan with titles, prompts and notes; nobody's name, and
    nothing people said."""
    return written(room.whole.room, title_of(room), room.world.activities, room.book.get)


async def plan_from(request: Request, site: Site, room_id: str) -> tuple[Room, dict[str, Any]]:
    """The agenda of another room, for its organiser. Raises `Problem`."""
    room, device = await auth.device_of(request, site, room_id)
    if not room.is_organiser(device):
        raise Problem("not_allowed", ORGANISERS)
    return room, plan_of(room)


async def read_plan(request: Request) -> Response:
    """The agenda as facilitators edit it."""
    room, seat = await _facilitated(request)
    found = room.plan(room.whole.room.seats[seat])
    if found is None:
        raise Problem("not_allowed")
    return Response(found, headers={"Cache-Control": "no-store"}, media_type="application/json")


async def plan_file(request: Request) -> Response:
    """The agenda as a file to keep."""
    room, _ = await _facilitated(request)
    body = msgspec.json.format(msgspec.json.encode(plan_of(room)), indent=2) + b"\n"
    named = attachment(f"{title_of(room)} agenda", "json")
    headers = {"Cache-Control": "no-store", "Content-Disposition": named}
    return Response(body, headers=headers, media_type="application/json")


async def _facilitated(request: Request) -> tuple[Room, str]:
    room, device = await auth.device_of(request, site_of(request), request.path_params["room"])
    seat = facilitator_seat(room, device)
    if not seat:
        raise Problem("not_allowed")
    return room, seat


async def list_templates(request: Request) -> Response:
    """Every template, in the language asked for."""
    site = site_of(request)
    body = msgspec.json.encode(templates(site, site.language(request)))
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    return Response(body, headers=headers, media_type="application/json")


LIMITS: Final = {"items": ITEMS_LIMIT, "minutes": MINUTES_LIMIT, "people": PEOPLE_LIMIT}
"""What the page must know to stop before the room refuses."""

"""The JSON API: one table of operations, from which routes and the OpenAPI document are made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from activities.blocks import say
from activities.registry import ACTIVITIES
from rooms.asked import KIB, too_large
from rooms.hub import Newcomer
from rooms.wire import COMMAND_LIMIT, ViewMessage
from rooms.wire_agenda import PlanMessage
from rooms.wire_hall import DeviceMessage
from server import agendas, auth, shapes
from server.agendas import TemplateInfo, list_templates, plan_file, plan_from, read_plan
from server.archive import export_zip
from server.bodies import BODY_LIMIT, bounded_json, person_name, read_body, read_json, room_title
from server.downloads import memo_file
from server.errors import Problem
from server.health import advance_clock, alive, read_clock, ready
from server.joining import Door
from server.languages import is_language
from server.limits import ROOMS_PER_ADDRESS
from server.openapi import Answer, Operation, Parameter, on_the_wire, spoken
from server.photos import TAKES, read_photo, send_photo
from server.reading import facilitator_seat, memo_page
from server.site import site_of

OPENING_TOO_LARGE: Final = say(
    "This is too large: {limit} KiB fit, the agenda included. No room was opened.",
    limit=BODY_LIMIT // KIB,
)

TAG_LENGTH: Final = 32
"""Characters of a SHA-256 that tell one draft from another."""

SEAT: Final = Parameter("seat", "query", "Which seat of this device; default: its first.")
LENS: Final = Parameter(
    "lens", "query", "Which screen.", {"type": "string", "enum": ["seat", "panel", "screen"]}
)
WHOSE: Final = Parameter("seat", "query", "A participant's seat; default: anybody's.")
EDITION: Final = Parameter(
    "edition", "query", "Whose copy.", {"type": "string", "enum": ["participants", "public"]}
)


def answer(value: Any, status: int = 200) -> Response:
    """A struct, or JSON bytes made elsewhere, as an answer nobody may store."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


async def open_room(request: Request) -> Response:
    """Open a room."""
    site = site_of(request)
    body = await read_json(request, shapes.OpenRoom, why=lambda _: OPENING_TOO_LARGE)
    title, name = room_title(body.title), person_name(body.facilitator)
    _language(body.language)
    plan = body.agenda
    if body.agenda_from:
        _, plan = await plan_from(request, site, body.agenda_from)
    await site.limits.count(ROOMS_PER_ADDRESS, "rooms", auth.address_of(request))
    opened = await site.hub.open_room(
        title=title,
        facilitator=name,
        template=body.template,
        language=body.language,
        zone=body.zone,
        settings=body.settings,
        plan=plan,
    )
    links = links_of(site.address(request), opened.room, msgspec.structs.asdict(opened))
    return answer(
        shapes.RoomOpened(opened.room, opened.code, opened.seat, opened.token, links), 201
    )


def links_of(address: str, room: str, secrets: Mapping[str, str]) -> shapes.Links:
    """The three links of a room; each secret stands behind the #."""
    return shapes.Links(
        join=f"{address}/j#{secrets['join']}",
        facilitate=f"{address}/r/{room}/panel#{secrets['facilitate']}",
        screen=f"{address}/r/{room}/screen#{secrets['screen']}",
    )


async def take_seat(request: Request) -> Response:
    """Come in, or bring a person in on one's own device."""
    site = site_of(request)
    room_id = request.path_params["room"]
    body = await read_json(request, shapes.TakeSeat)
    name = person_name(body.name)
    organisation = person_name(body.organisation) if body.organisation else ""
    _language(body.language)
    newcomer = Newcomer(
        name=name,
        language=body.language,
        where="carried" if body.carried_by and body.where != "phone" else body.where,
        organisation=organisation,
        willing=body.willing,
    )
    door = Door(site, auth.address_of(request))
    if body.carried_by:
        room, carrier = await auth.device_of(request, site, room_id)
        if body.carried_by not in carrier.seats:
            raise Problem("not_allowed")
        joined = await door.carry(room, newcomer, carrier)
    else:
        joined = await door.join(body.secret or body.code, newcomer, room_id)
    return answer(shapes.SeatTaken(joined.seat, joined.token or None), 201)


async def take_over(request: Request) -> Response:
    """Take a seat to this device, with the code its old device shows. With a token, the seat joins
    those this device speaks for; without, a new token is told."""
    site = site_of(request)
    room_id = request.path_params["room"]
    body = await read_json(request, shapes.TakeOver)
    door = Door(site, auth.address_of(request))
    token = auth.bearer(request)
    room, device = (
        await auth.device_of(request, site, room_id)
        if token
        else (await auth.room_of(request, site, room_id), None)
    )
    joined = await door.take_over(body.code, room, device)
    return answer(shapes.SeatTaken(joined.seat, joined.token), 201)


async def read_device(request: Request) -> Response:
    """Who is on this device, and the codes their seats can be taken along with."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    return answer(room.device_seats(device))


async def recover(request: Request) -> Response:
    """Exchange the secret of a recovery or screen link for this browser's cookie."""
    site = site_of(request)
    auth.check_origin(request, site)
    body = await read_json(request, shapes.Enter)
    room = await auth.room_of(request, site, request.path_params["room"])
    joined = await site.hub.recover(room, body.secret)
    made = answer(shapes.SeatTaken(joined.seat))
    if joined.token:
        auth.remember_seat(made, site, request, room.id, joined.token)
    return made


async def enter(request: Request) -> Response:
    """Exchange the secret of a link for a short cookie that the join form uses."""
    site = site_of(request)
    auth.check_origin(request, site)
    body = await read_json(request, shapes.Enter)
    door = Door(site, auth.address_of(request))
    found = await door.find(body.secret)
    inside = found.kind != "move" and await door.is_inside(request, found.room)
    path = f"/r/{found.room}" if inside else "/j"
    made = answer(shapes.Entered(found.room, found.title, found.kind, path))
    if path == "/j":
        door.remember(made, request, body.secret, found)
    return made


async def send_command(request: Request) -> Response:
    """Ask the room for something, as a seat of this device."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("wrong_type")
    raw = bounded_json(await read_body(request, COMMAND_LIMIT, too_large))
    site.limits.command(room.id, device, raw)
    done = await room.command(device, raw)
    return answer(shapes.Done(done.request, done.seq))


async def read_view(request: Request) -> Response:
    """What a seat sees now and may do."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("seat", ""))
    room.called(device)  # a program has no other way to say that its people are here
    await room.sweep()
    lens = request.query_params.get("lens")
    match lens:
        case None | "seat" | "panel" | "screen":
            return answer(room.view(device, seat, lens))
        case _:
            raise Problem("bad_request")


async def read_preview(request: Request) -> Response:
    """What a participant's phone shows, for facilitators: nobody's private words are in it."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    asking = facilitator_seat(room, device)
    return answer(room.preview(device, asking or None, request.query_params.get("seat", "")))


async def read_board(request: Request) -> Response:
    """Cards this seat may read."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("seat", ""))
    return answer(await room.board(device, seat))


async def read_words(request: Request) -> Response:
    """Everything of this seat's that could be quoted, and where it stands in the memo."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("seat", ""))
    return answer(await room.words_now(room.seat(device, seat)))


async def memo_draft(request: Request) -> Response:
    """The memo as its page shows it, drafted anew; a device that keeps it asks by its tag."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    memo = await room.open_memo(device)
    body = msgspec.json.encode(await memo_page(room, device, memo))
    tag = f'"{hashlib.sha256(body).hexdigest()[:TAG_LENGTH]}"'
    same = request.headers.get("if-none-match", "").removeprefix("W/") == tag
    made = Response(status_code=304) if same else answer(body)
    made.headers.update({"Cache-Control": "no-store", "ETag": tag})
    return made


async def memo_ledger(request: Request) -> Response:
    """Where every note went; for facilitators."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    return answer(msgspec.json.encode({"notes": await room.ledger(device)}))


async def forget_room(request: Request) -> Response:
    """Forget a room for good; the organiser's alone."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    if not room.is_organiser(device):
        raise Problem("not_allowed", say("Only the person who opened the room may do this."))
    await site.hub.forget(room.id)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def list_activities(request: Request) -> Response:
    """Every kind of activity with its settings and diagram."""
    site = site_of(request)
    language = site.language(request)
    found = [
        shapes.ActivityKind(
            kind=activity.kind,
            version=activity.version,
            title=site.languages.line(language, activity.title),
            summary=site.languages.line(language, activity.summary),
            settings=msgspec.json.schema(activity.settings, schema_hook=spoken),
            phases=list(activity.phases),
            allowed=diagram(activity),
            plan=agendas.spoken(site, language, agendas.kind(activity)),
        )
        for activity in (ACTIVITIES.values() if isinstance(ACTIVITIES, Mapping) else ACTIVITIES)
    ]
    made = answer(found)
    made.headers["Vary"] = "Accept-Language"
    return made


def diagram(activity: Any) -> dict[str, dict[str, list[str]]]:
    """The `allowed` table in the tags of the wire."""
    return {
        phase: {
            role: sorted(command.__struct_config__.tag for command in commands)
            for role, commands in roles.items()
        }
        for phase, roles in activity.allowed.items()
    }


def _language(code: str) -> None:
    if not is_language(code):
        raise Problem("bad_request", say("We do not know this language. Use a code like en or sw."))


_MUST: Final = ("no_seat", "not_allowed", "unknown", "too_many", "wrong_origin")
_STALE: Final = ("stale_epoch", "stale_phase", "stale_turn", "stale_seat")
_BODY: Final = ("bad_request", "too_large", "wrong_type", "unwritable")

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "POST", "/api/rooms", open_room, "openRoom", "Open a room.",
        {201: Answer("The room is open.", shapes.RoomOpened)},
        body=shapes.OpenRoom, token="may", refusals=(*_BODY, *_MUST),
    ),
    Operation(
        "POST", "/api/rooms/{room}/seats", take_seat, "takeSeat",
        "Come in by code or secret, or bring somebody in on one's own device.",
        {201: Answer("A seat.", shapes.SeatTaken)},
        body=shapes.TakeSeat, token="may", refusals=(*_BODY, *_MUST, "closed", "full"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/take-over", take_over, "takeOver",
        "Take a seat to this device, with the code its old device shows.",
        {201: Answer("The seat.", shapes.SeatTaken)},
        body=shapes.TakeOver, token="may", refusals=(*_BODY, *_MUST, "stale_seat", "full"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/device", read_device, "readDevice",
        "Who is on this device.",
        {200: Answer("Its seats.", on_the_wire(DeviceMessage))},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/commands", send_command, "sendCommand",
        "Ask the room for something.",
        {200: Answer("In the log.", shapes.Done)},
        body=shapes.SendCommand, token="must",
        refusals=(*_BODY, *_MUST, *_STALE, "closed", "full", "duplicate", "not_present"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/view", read_view, "readView", "What a seat sees and may do.",
        {200: Answer("A whole view.", on_the_wire(ViewMessage))},
        query=(SEAT, LENS), token="must", refusals=(*_MUST, "bad_request", "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/preview", read_preview, "readPreview",
        "What a participant's phone shows, without anybody's private words; for facilitators.",
        {200: Answer("A view with nothing to send.", on_the_wire(ViewMessage))},
        query=(WHOSE,), token="must", refusals=(*_MUST, "unknown", "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/board", read_board, "readBoard", "Cards this seat may read.",
        {200: Answer("Cards.", shapes.Board)},
        query=(SEAT,), token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/photos", send_photo, "sendPhoto",
        "Send a picture that a card is to show.",
        {201: Answer("Its id.", shapes.PhotoKept)},
        takes=TAKES, query=(SEAT,), token="must",
        refusals=(*_BODY, *_MUST, "closed", "full"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/photos/{photo}", read_photo, "readPhoto",
        "A picture of a card this device may read.",
        {200: Answer("The picture.", None, ("image/jpeg",)),
         304: Answer("As it was.", None, ())},
        token="must", refusals=("unknown", "too_many"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/words", read_words, "readWords",
        "Everything of this seat's that could be quoted.",
        {200: Answer("Words with their consent.", dict[str, Any])},
        query=(SEAT,), token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/memo.{format}", memo_file, "readMemo", "The debrief memo.",
        {200: Answer("The memo as a file.", None, (
            "text/markdown", "text/html", "application/pdf", "application/json", "text/plain",
            "text/csv",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))},
        query=(EDITION,), token="must", refusals=(*_MUST, "bad_request", "closed", "no_glyph"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/memo", memo_draft, "readMemoDraft",
        "The memo as its page shows it; for facilitators with what is missing.",
        {200: Answer("The draft.", dict[str, Any])},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/memo/ledger", memo_ledger, "readMemoLedger",
        "Where every note went in the memo, or why not; for facilitators.",
        {200: Answer("Every note once.", dict[str, Any])},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/export.zip", export_zip, "exportRoom",
        "Everything the organiser may take out.",
        {200: Answer("An archive.", None, ("application/zip",))},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "DELETE", "/api/rooms/{room}", forget_room, "forgetRoom", "Forget the room for good.",
        {204: Answer("Nothing of it is left.", None, ())},
        token="must", refusals=(*_MUST, "unwritable"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/agenda", read_plan, "readAgenda",
        "The agenda as facilitators edit it.",
        {200: Answer("Items, times and what to look at.", on_the_wire(PlanMessage))},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/agenda.json", plan_file, "exportAgenda",
        "The agenda as a file, without the room and its people.",
        {200: Answer("A plan with its version.", dict[str, Any])},
        token="must", refusals=(*_MUST, "closed"),
    ),
    Operation(
        "GET", "/api/templates", list_templates, "listTemplates", "Plans to begin with.",
        {200: Answer("All templates.", on_the_wire(list[TemplateInfo]))},
    ),
    Operation(
        "POST", "/api/rooms/{room}/recover", recover, "recover",
        "Exchange the secret of a recovery or screen link for this browser's cookie.",
        {200: Answer("The seat; the token is in the cookie.", shapes.SeatTaken)},
        body=shapes.Enter, refusals=(*_BODY, "unknown", "not_allowed", "wrong_origin", "full",
                                     "closed"),
    ),
    Operation(
        "POST", "/api/enter", enter, "enter",
        "Exchange the secret of a link for a short cookie that the join form uses.",
        {200: Answer("What the secret opens.", shapes.Entered)},
        body=shapes.Enter, refusals=(*_BODY, "unknown", "too_many", "wrong_origin"),
    ),
    Operation(
        "GET", "/api/activities", list_activities, "listActivities",
        "Kinds of activity with settings and diagrams.",
        {200: Answer("All kinds.", list[shapes.ActivityKind])},
    ),
    Operation(
        "GET", "/healthz", alive, "alive", "The process answers.",
        {200: Answer("It does.", shapes.Alive)},
    ),
    Operation(
        "GET", "/readyz", ready, "ready", "Storage reachable and disk writable.",
        {200: Answer("They are.", shapes.Alive)}, refusals=("unwritable",),
    ),
)  # fmt: skip
"""The public surface of `architecture.md`: add, do not rename."""

TEST_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "GET", "/api/test/clock", read_clock, "readClock", "What time tests say it is.",
        {200: Answer("Milliseconds since the epoch.", shapes.TestTime)},
    ),
    Operation(
        "POST", "/api/test/clock", advance_clock, "advanceClock",
        "Move time on; alarms ring before the answer.",
        {200: Answer("The new time.", shapes.TestTime)}, body=shapes.Move, refusals=_BODY,
    ),
)  # fmt: skip
"""Only with --test-clock; otherwise these addresses are unknown."""


def routes(operations: tuple[Operation, ...]) -> list[Route]:
    """The table as routes of the application."""
    return [Route(one.path, one.handler, methods=[one.method]) for one in operations]

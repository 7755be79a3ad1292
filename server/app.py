"""The composition root: one value of settings becomes one application."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from activities.blocks import say
from activities.kernel import Refused
from rooms.clock import Clock, SystemClock, TestClock
from rooms.hub import Hub
from rooms.storage import Newer, Storage, StorageDamaged, StorageUnwritable
from server import (
    agenda_page,
    api,
    board_page,
    error_page,
    health,
    live_pages,
    moving,
    offline,
    openapi,
    pages,
    sheets,
)
from server.auth import ROOM_ID, Signer
from server.backup_archive import RESTORING
from server.backup_door import door
from server.bodies import Heard
from server.errors import STATUS, Problem, error_json, is_api, problem_of
from server.languages import Languages
from server.limits import Limits
from server.log import log
from server.rehearsal import Rehearsals
from server.settings import Settings, secret_bytes
from server.site import Site, site_of
from server.sockets import sync
from server.templating import Pages, Static

VERSION: Final = "0.1.0"

HEADERS: Final = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)
"""On every answer."""

BARE_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""On answers that are no pages."""

STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")


ELSEWHERE: Final = say(
    "This room is served by a newer version of the program by now. Nothing was lost; try again."
)


@asynccontextmanager
async def site(settings: Settings, storage: Storage, clock: Clock) -> AsyncIterator[Site]:
    """All parts of a server over an open storage; closes the hub at the end, not the storage."""
    languages = Languages(invented=settings.test_clock)
    secret = secret_bytes(settings)
    extra: dict[str, Any] = {}
    if settings.seed is not None:
        extra["dice"] = seeded(settings.seed)
    hub = Hub(storage, clock, secret=secret, translate=languages.translate, **extra)
    await hub.start()
    drawn = Pages(languages)
    rehearsals = Rehearsals(hub, clock)
    try:
        yield Site(
            settings=settings,
            hub=hub,
            storage=storage,
            clock=clock,
            languages=languages,
            pages=drawn,
            offline=offline.Offline(drawn, languages),
            rehearsals=rehearsals,
            limits=Limits(),
            signer=Signer(secret, clock),
            origins=settings.origins,
        )
    finally:
        await rehearsals.close()
        await hub.close()


def seeded(seed: int) -> Callable[[], int]:
    """Dice that fall the same way every time (`--seed`)."""
    source = random.Random(seed)
    return lambda: source.getrandbits(64)


def clock_for(settings: Settings) -> Clock:
    """Real time, or time that tests move."""
    if settings.test_clock:
        return TestClock()
    since = settings.since
    return SystemClock() if since is None else SystemClock(lambda: since + time.monotonic())


async def open_storage(settings: Settings) -> Storage:
    """The storage the settings ask for; raises `StorageHeld`, `StorageTooNew`,
    `StorageUnwritable`, `StorageDamaged`."""
    if settings.redis_url:
        from rooms.redis_storage import RedisStorage

        return await RedisStorage.open(
            settings.redis_url,
            replicas=settings.redis_replicas,
            secret=secret_bytes(settings),
        )
    from rooms.sqlite_storage import SqliteStorage

    if (settings.data / RESTORING).exists():
        raise StorageDamaged(
            f"A restore into {settings.data} was not finished: run it again, with the same backup."
        )
    return await SqliteStorage.open(settings.data)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Starlette]:
    """The whole application over its own storage, for as long as the block lasts."""
    storage = await open_storage(settings)
    try:
        async with (
            site(settings, storage, clock_for(settings)) as made,
            door(settings.data, storage, VERSION),
        ):
            app = application(settings)
            app.state.site = made
            yield app
    finally:
        await storage.close()


def application(settings: Settings) -> Starlette:
    """Routes, errors and headers; the caller sets `app.state.site`."""
    operations = api.OPERATIONS + (api.TEST_OPERATIONS if settings.test_clock else ())
    routes = [
        *api.routes(operations),
        Route("/metrics", health.metrics, methods=["GET"]),
        Route("/api", pages.api_page, methods=["GET"]),
        Route("/api/openapi.json", _openapi(operations), methods=["GET"]),
        Route("/", pages.front, methods=["GET", "POST"]),
        Route("/j", pages.join, methods=["GET", "POST"]),
        Route("/j/join", pages.come_in, methods=["POST"]),
        Route("/j/move", moving.bring_seat, methods=["POST"]),
        Route("/r/{room}", live_pages.room_page, methods=["GET"]),
        Route("/r/{room}/panel", live_pages.panel_page, methods=["GET"]),
        Route("/r/{room}/screen", live_pages.screen_page, methods=["GET"]),
        Route("/r/{room}/agenda", agenda_page.agenda_page, methods=["GET"]),
        Route("/r/{room}/board", board_page.board_page, methods=["GET"]),
        Route("/r/{room}/me", live_pages.me_page, methods=["GET"]),
        Route("/r/{room}/memo", live_pages.memo_live, methods=["GET"]),
        Route("/r/{room}/ready", pages.ready, methods=["GET"]),
        Route("/r/{room}/rehearse", pages.rehearse, methods=["POST"]),
        Route("/r/{room}/sheets", sheets.sheets, methods=["GET"]),
        Route("/r/{room}/calendar.ics", pages.calendar, methods=["GET"]),
        Route("/r/{room}/move.svg", moving.code_picture, methods=["GET"]),
        Route("/r/{room}/do", live_pages.do, methods=["POST"]),
        WebSocketRoute("/sync", sync),
        Route("/languages", pages.languages_page, methods=["GET"]),
        Route("/sw.js", offline.worker, methods=["GET"]),
        Route("/kept/{page}/{language}", offline.shell, methods=["GET"]),
        Route("/messages/{name}", pages.sentences, methods=["GET"]),
        Mount("/static", Static(), name="static"),
    ]
    handlers: Mapping[Any, Any] = {
        Problem: _trouble,
        Refused: _trouble,
        Newer: _newer,
        StorageUnwritable: _unwritable,
        HTTPException: _http,
    }
    return Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[Middleware(Heard), Middleware(Headers), Middleware(Guard)],
    )


def _openapi(operations: tuple[openapi.Operation, ...]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        address = site_of(request).address(request)
        made = api.answer(openapi.encoded(operations, VERSION, address))
        made.headers["Cache-Control"] = "public, max-age=300"
        return made

    return answer


async def _trouble(request: Request, error: Exception) -> Response:
    return refuse(request, problem_of(error))


async def _newer(request: Request, error: Exception) -> Response:
    """Another process, of a newer version, serves the room: the next try may find it."""
    return refuse(request, Problem("unwritable", ELSEWHERE, retry_after=1))


async def _unwritable(request: Request, error: Exception) -> Response:
    return refuse(request, Problem("unwritable"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = {404: "unknown", 405: "no_method", 413: "too_large"}.get(
        error.status_code, "bad_request"
    )
    made = refuse(request, Problem(reason))
    if error.headers:
        made.headers.update(error.headers)
    return made


def refuse(request: Request, problem: Problem) -> Response:
    """The answer to a refused request, as JSON or as a page, and its line in the log."""
    log().info(
        "refused", kind="http", reason=problem.reason, status=problem.status,
        method=request.method, path=route_of(request), room=room_named(request),
    )  # fmt: skip
    if is_api(request) or STATUS.get(problem.reason) is None:
        found = site_of(request)
        return error_json(problem, found.message(problem, found.language(request)))
    return error_page.error_page(request, problem)


def route_of(request: Request) -> str:
    """The route, not the address: an address may hold what somebody pasted."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "")) or "(none)"


def room_named(request: Request) -> str:
    """The room in the address, if it can be one."""
    named = str(request.scope.get("path_params", {}).get("room", ""))
    return named if ROOM_ID.fullmatch(named) else ""


class Guard:
    """Turns a bug into an answer and a line in the log that quotes nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            request = Request(scope, receive)
            log().error(
                "tripped", kind="http", method=request.method, path=route_of(request),
                room=room_named(request), exc_info=error,
            )  # fmt: skip
            if started:
                raise ConnectionError("the answer broke off") from None
            await refuse(request, Problem("tripped"))(scope, receive, send)


class Headers:
    """Puts the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        more = [*HEADERS, *([STRICT_TRANSPORT] if scope["scheme"] == "https" else [])]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                wanted = [*more] if BARE_POLICY[0] in given else [*more, BARE_POLICY]
                message["headers"] = [
                    *message["headers"],
                    *(header for header in wanted if header[0] not in given),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)

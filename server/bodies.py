"""Bodies of requests: bounded before they are read; names cleaned with a clear word."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from activities.blocks import Line, say
from rooms import lib0
from rooms.wire import COMMAND_LIMIT, NAME_LIMIT, NESTING_LIMIT, TITLE_LIMIT
from server.errors import Problem

BODY_LIMIT: Final = 2 * COMMAND_LIMIT
"""Bytes of any request's body: a form is a command, URL-encoded, with room to spare."""

BODY_SECONDS: Final = 20.0
"""A body must arrive in this time; the largest one needs 2 s at 256 kbit/s."""

LISTENED: Final = 4 * 1024 * 1024
"""Bytes of a body that is refused, up to which it is heard to its end."""

FIELDS_LIMIT: Final = 100
"""Fields of a form: the release card has eight, a table of nine people 20."""

INVISIBLE: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")
"""Marks that turn the text round them about; a name has no use for them."""

JOINERS: Final = "\u200c\u200d"
"""Invisible, yet part of correct spelling in Persian and Indic scripts."""

T = TypeVar("T")


class Heard:
    """Hears out a body that nobody asked for any more before the answer goes: who is answered in
    the middle of speaking finds a broken line in place of it, and a front says 502."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        speaks = scope["type"] == "http" and any(
            name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]
        )
        if not speaks:
            await self.app(scope, receive, send)
            return
        heard = 0
        over = False

        async def listen() -> Message:
            nonlocal heard, over
            message = await receive()
            heard += len(message.get("body", b""))
            over = not message.get("more_body", False)
            return message

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                with suppress(TimeoutError):
                    async with asyncio.timeout(BODY_SECONDS):
                        while not over and heard <= LISTENED:
                            await listen()
            await send(message)

        await self.app(scope, listen, answer)


async def read_body(
    request: Request,
    limit: int = BODY_LIMIT,
    why: Callable[[bytes], Line | None] | None = None,
    seconds: float = BODY_SECONDS,
) -> bytes:
    """The body, at most `limit` bytes and in `seconds`; raises `Problem` (too_large, bad_request).
    `why` says what is too large, by how the body begins."""
    try:
        announced = int(request.headers.get("content-length", "0"))
    except ValueError:
        raise Problem("bad_request") from None
    if announced > limit and why is None:
        raise Problem("too_large")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                parts.append(part)
                if size > limit:
                    break
    except (TimeoutError, ClientDisconnect):
        raise Problem("bad_request") from None
    body = b"".join(parts)
    if max(size, announced) > limit:
        raise Problem("too_large", why(body[:limit]) if why else None)
    return body


def bounded_json(body: bytes) -> bytes:
    """The same bytes when they are UTF-8 and nest no deeper than `NESTING_LIMIT`: asked before any
    parser, which would recurse. Raises `Problem("bad_request")`."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Problem("bad_request") from None
    if lib0.nests_deeper(text, NESTING_LIMIT):
        raise Problem("bad_request")
    return body


async def read_json(
    request: Request,
    shape: type[T],
    limit: int = BODY_LIMIT,
    why: Callable[[bytes], Line | None] | None = None,
) -> T:
    """The body as `shape`, strictly; raises `Problem`.

    Only `application/json` is read: other types could be sent by a form of another site.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("wrong_type")
    body = bounded_json(await read_body(request, limit, why))
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Problem("bad_request") from None


class Form:
    """A posted form: the first value of each field, or all of them."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        """The first value of a field, or empty."""
        return self._fields.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self._fields.get(name, [])

    def names(self) -> list[str]:
        """The names of the fields that came."""
        return list(self._fields)

    def kept(self) -> dict[str, Any]:
        """What was typed, so that a form can be shown again as it was."""
        return {name: values if len(values) > 1 else values[0] for name, values in
                self._fields.items()}  # fmt: skip


async def read_form(request: Request, limit: int = BODY_LIMIT) -> Form:
    """The body of an HTML form without files; raises `Problem`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem("bad_request")
    body = await read_body(request, limit)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict"
        )
    except ValueError:  # too many fields, or not UTF-8
        raise Problem("bad_request") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


def person_name(text: str) -> str:
    """A person's name, tidied; raises `Problem` with a sentence that says what to change."""
    return _tidy(
        text,
        NAME_LIMIT,
        say("Write a name, so that others can call you."),
        say("This name is too long: {limit} letters fit on a screen.", limit=NAME_LIMIT),
        say("This name holds signs that cannot be shown. Write it with letters."),
    )


def room_title(text: str) -> str:
    """A room's title, tidied; raises `Problem`."""
    return _tidy(
        text,
        TITLE_LIMIT,
        say("Write in a few words what it is about."),
        say("This title is too long: {limit} letters fit on a screen.", limit=TITLE_LIMIT),
        say("This title holds signs that cannot be shown. Write it with letters."),
    )


def _tidy(text: str, limit: int, empty: Line, long: Line, odd: Line) -> str:
    if len(text) > 4 * limit:  # before any work is done on it
        raise Problem("too_large", long)
    tidy = " ".join(unicodedata.normalize("NFC", text).split(" ")).strip()
    if INVISIBLE.search(tidy) or any(
        unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in tidy
    ):
        raise Problem("bad_request", odd)
    if len(tidy) > limit:
        raise Problem("too_large", long)
    if not any(unicodedata.category(char)[0] in "LNPS" for char in tidy.strip(JOINERS)):
        raise Problem("bad_request", empty)
    return tidy

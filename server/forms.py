"""From a posted form of a live page to the command it stands for."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from activities.blocks import say
from rooms.wire import COMMAND_LIMIT
from server.bodies import Form, bounded_json
from server.errors import Problem

PREFIX = "need-"


def command_from(form: Form) -> dict[str, Any]:
    """`ClientCommand` as a dict: the offer's command with what the person filled in.

    Nothing here is trusted: the room decodes it as strictly as what a websocket brings. A missing
    request id gets a fresh one; the id of the form makes a double tap one command.
    """
    text = form.one("offer")
    if len(text) > COMMAND_LIMIT:
        raise Problem("too_large")
    try:
        command = msgspec.json.decode(bounded_json(text.encode()), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise Problem("bad_request", say("This page is old. Look again, then choose.")) from None
    for name in form.names():
        if name.startswith(PREFIX):
            field, _, kind = name[len(PREFIX) :].partition(":")
            command[field] = _value(kind, form.all(name))
    # A box that is not ticked sends nothing at all.
    for field in form.all("flag"):
        command[field] = bool(form.one(f"{PREFIX}{field}:flag") or form.one(PREFIX + field))
    sent: dict[str, Any] = {
        "request": form.one("request") or f"f-{secrets.token_urlsafe(9)}",
        "command": command,
    }
    if form.one("activity"):
        sent["activity"] = form.one("activity")
    return sent


def _value(kind: str, values: list[str]) -> Any:
    first = values[0].replace("\r\n", "\n") if values else ""
    match kind:
        case "texts" | "seats":
            return [value for value in values if value.strip()]
        case "number":
            try:
                return int(first)
            except ValueError:
                raise Problem("bad_request", say("Write a number.")) from None
        case "flag":
            return first not in ("", "0", "false")
        case _:
            return first

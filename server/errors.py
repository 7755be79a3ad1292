"""What goes wrong at the door, as answers: one reason, one status, one plain sentence."""

from __future__ import annotations

from typing import Final

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response

from activities.blocks import Line, say
from activities.kernel import Refused

STATUS: Final = {
    "bad_request": 400,
    "no_seat": 401,
    "not_allowed": 403,
    "wrong_origin": 403,
    "unknown": 404,
    "no_method": 405,
    "closed": 409,
    "duplicate": 409,
    "full": 409,
    "not_present": 409,
    "stale_epoch": 409,
    "stale_phase": 409,
    "stale_seat": 409,
    "stale_turn": 409,
    "gone": 410,
    "too_large": 413,
    "wrong_type": 415,
    "no_glyph": 422,
    "too_many": 429,
    "tripped": 500,
    "unwritable": 503,
}
"""HTTP status of each reason; every `stale_*` is 409 (`architecture.md`, Shapes on the wire)."""

SENTENCES: Final[dict[str, Line]] = {
    "bad_request": say("We could not read that. Nothing was changed."),
    "no_seat": say("This device has no seat in the room. Come in by the link or the code."),
    "not_allowed": say("That is not open to you at this moment. Nothing was changed."),
    "wrong_origin": say("This came from another site. Open the room by its own address."),
    "unknown": say("We do not know this room or code. Check it, or ask whoever invited you."),
    "no_method": say("This address does not take that kind of request."),
    "closed": say("The door is closed. Ask whoever leads to open it."),
    "duplicate": say("That has arrived already. Nothing was done twice."),
    "full": say("There is no place left here. Ask whoever leads."),
    "not_present": say("You are not in the room at this moment. Come in again."),
    "stale_epoch": say("Somebody else leads now. Your screen shows it in a moment."),
    "stale_phase": say("The room has moved on already. Nothing was lost."),
    "stale_turn": say("The turn has moved on already. Nothing was lost."),
    "stale_seat": say("This seat has changed since. Your screen shows it in a moment."),
    "gone": say("This room is closed for good."),
    "too_large": say("That is more than fits. Shorten it, and send it again."),
    "wrong_type": say("Send this as JSON."),
    "no_glyph": say(
        "The memo holds a letter this server has no font for. Take the DOCX; your own machine has."
    ),
    "too_many": say("That was a lot at once. Wait a minute, then try again."),
    "tripped": say("Something tripped on our side. Nothing of yours was lost; try again."),
    "unwritable": say(
        "The server cannot save at this moment, so it took nothing. Keep your words."
    ),
}
"""What people read; replaced by a better sentence where the place knows one."""


class Problem(Exception):
    """Ends a request with one of `STATUS`; `message` replaces the general sentence."""

    def __init__(
        self, reason: str, message: Line | None = None, *, retry_after: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message
        self.retry_after = retry_after  # seconds

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS.get(self.reason, 400)


class ErrorInfo(msgspec.Struct, frozen=True):
    """Why: `reason` for programs, `message` for people, in their language."""

    reason: str
    message: str


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of every answer that is not a success."""

    error: ErrorInfo


def problem_of(error: Exception) -> Problem:
    """The `Problem` that says what an exception of the rooms means to the one who asked."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return Problem(error.reason, error.message)
    return Problem("tripped")


def sentence(problem: Problem) -> Line:
    """What a person reads."""
    return problem.message or SENTENCES.get(problem.reason, SENTENCES["bad_request"])


def error_json(problem: Problem, message: str) -> Response:
    """The answer to a program."""
    body = msgspec.json.encode(ErrorAnswer(ErrorInfo(problem.reason, message)))
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body, problem.status, headers, "application/json")


def is_api(connection: HTTPConnection) -> bool:
    """Whether a program asks, so that errors are JSON."""
    return connection.url.path.startswith("/api/")

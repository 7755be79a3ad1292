"""The page that says what happened, what is safe and what to do.

Context of `error.html`, besides what `templating.Pages` and `base.html` name: heading and message
(what happened), safe, action_url and action_label (what to do).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from activities.blocks import Line, say
from server.auth import ROOM_ID
from server.site import site_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from server.errors import Problem

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
"""What happened, in a few words; any other reason has those of `bad_request`."""

KEPT: Final = say("What you wrote is safe: in the room, and on this device.")

NOTHING: Final = say("Nothing was changed.")

SAFE: Final = {
    "bad_request": NOTHING,
    "closed": NOTHING,
    "no_seat": NOTHING,  # a stranger has written nothing, here or anywhere
    "too_large": NOTHING,
    "unknown": NOTHING,
    "wrong_origin": NOTHING,
    "wrong_type": NOTHING,
    "gone": say("Files that were taken out of it stay yours."),
}
"""What is safe; `KEPT` with any other reason."""

AGAIN: Final = frozenset({"too_many", "tripped", "unwritable"})
"""Reasons that pass by themselves."""

NO_WAY_BACK: Final = frozenset({"unknown", "gone"})
"""Reasons with which the room itself does not open either."""


def error_page(request: Request, problem: Problem) -> Response:
    """What went wrong, what is safe, what to do."""
    site = site_of(request)
    language = site.language(request)
    reason = problem.reason
    address, label = way_on(request, reason)
    return site.pages.answer(
        request,
        "error.html",
        language,
        problem.status,
        heading=site.languages.line(language, HEADINGS.get(reason, HEADINGS["bad_request"])),
        message=site.message(problem, language),
        safe=site.languages.line(language, SAFE.get(reason, KEPT)),
        action_url=address,
        action_label=site.languages.line(language, label),
    )


def way_on(request: Request, reason: str) -> tuple[str, Line]:
    """Where to go from here: the same again, the room, or a door."""
    path = request.url.path
    named = str(request.path_params.get("room", ""))
    room = f"/r/{named}" if ROOM_ID.fullmatch(named) else ""
    if reason in AGAIN and (request.method == "GET" or room):
        return (path if request.method == "GET" else room), say("Try again")
    if reason == "no_seat":
        return "/j", say("Come in with a code")
    if room and reason not in NO_WAY_BACK and path.rstrip("/") != room:
        return room, say("Back to the room")
    return "/", say("Go to the front door")

"""The page /r/{room}/board: everything people put down, to read before its script runs.

Context of `board.html`, besides what `live_pages.py` names: boot.circles {group: name}, and first
[{title, cards [{text, language, who, rendering}]}], what everybody may read of the board, by theme;
`rendering` is what a card says in the reader's language: {text, language, direction, by}, or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import say
from activities.kernel import Refused
from rooms import whole as wholes
from rooms.render import SOMEONE
from rooms.renderings import base
from server import auth, live_pages
from server.languages import direction
from server.site import site_of

if TYPE_CHECKING:
    from rooms.room import Room
    from rooms.seats import Device

FIRST_CARDS: Final = 60
"""Cards printed into the page: what a reader sees before the script has fetched the rest."""

SMALL: Final = 3
"""Members up to which a circle is not named beside a note: it would name its people
(`methods.md` 1.8)."""


async def board_page(request: Request) -> Response:
    """The board, for every seat that is in."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("as", "")) or device.seats[0]
    language = live_pages.language_of(request, site, room, device, seat)
    first = await first_cards(room, device, seat, language)
    return await live_pages.live(
        request, "board", own=seat, more={"circles": circles(room, language), "first": first}
    )


def circles(room: Room, language: str) -> dict[str, str]:
    """Names of the circles that are large enough to be named, by the group a card tells."""
    return {
        group.id: room.say(group.name, language)
        for group in wholes.groups(room.whole, room.world.activities)
        if len(group.members) > SMALL
    }


async def first_cards(
    room: Room, device: Device, seat: str, language: str = ""
) -> list[dict[str, Any]]:
    """The first cards of everyone's board, by theme, those without one last, with what somebody
    says they say in the reader's `language`."""
    try:
        read = await room.board(device, seat)
    except Refused:
        return []  # still at the door
    board = [card for card in read["cards"] if card["document"] == "board"]
    themes = {card["id"]: card["text"] for card in board if card["kind"] == "theme"}
    columns: dict[str, list[dict[str, Any]]] = {theme: [] for theme in themes}
    notes = [card for card in board if card["kind"] != "theme"]
    for card in notes[:FIRST_CARDS]:
        under = card["theme"] if card["theme"] in themes else ""
        who = room.name_of(card["author"]) or "" if card["author"] else ""
        # Whoever wrote a note reads what they wrote.
        own = card["author"] in device.seats
        columns.setdefault(under, []).append(
            {
                "text": card["text"],
                "language": card["language"],
                "who": who,
                "rendering": None if own else _rendering(room, card["renderings"], language),
            }
        )
    return [{"title": themes.get(key, ""), "cards": cards} for key, cards in columns.items()]


def _rendering(room: Room, found: list[dict[str, Any]], language: str) -> dict[str, Any] | None:
    """What a card says in this language, and who says so."""
    fitting = [one for one in found if base(one["language"]) == base(language)]
    fitting.sort(key=lambda one: bool(one["language"] != language))
    if not fitting:
        return None
    one = fitting[0]
    who = (room.name_of(one["by"]) if one["by"] else "") or room.say(SOMEONE, language)
    return {
        "text": one["text"],
        "language": one["language"],
        "direction": direction(one["language"]),
        "by": room.say(say("Translated by {name}", name=f"\u2068{who}\u2069"), language),
    }

"""Where a room talks: a link made from a template, a different one for each circle.

The template is a facilitator's: `https://meet.example.org/{room}-{group}`, a phone bridge
(`tel:+679555123,,{group}#`) or `sip:{group}@bridge.example.org`. The names put in come from the
room's key, so that nobody who knows one circle's call can guess another's; they are none of the
room's own secrets. Read with the parser browsers follow (WHATWG), so that what is checked here is
what is opened there.
"""

import re
from collections.abc import Callable
from typing import Final

import ada_url

from activities.blocks import Line, say
from activities.kernel import Refused

CALL_LIMIT: Final = 300
"""Characters of a template: the longest meeting link with a password in it is about half."""

EVERYONE: Final = "all"
"""The group of a call in which everybody is."""

PLACES: Final = re.compile(r"\{([^{}]*)\}")
KNOWN_PLACES: Final = frozenset({"room", "group"})
PHONE: Final = re.compile(r"[+*]?[0-9][0-9().,;*#p-]{1,80}", re.IGNORECASE)
SIP: Final = re.compile(
    r"[A-Za-z0-9_.!~*'()&=+$,;?/-]{1,100}@[A-Za-z0-9.:\[\]-]{1,100}(;\S{1,60})?"
)

PLAIN: Final = say(
    "This is no link to a call. Begin it with https:, tel: or sip:, without blanks or a password."
)
OTHER_PLACES: Final = say("Only {places} can stand in this link.", places="{room}, {group}")
TOO_LONG: Final = say("This link is too long: {limit} signs fit.", limit=CALL_LIMIT)

Name = Callable[[str, bool], str]
"""(group or "", digits only) -> an unguessable name of it."""


def checked(template: str) -> str:
    """The template without blanks round it. Raises `Refused` with a sentence that says what to
    change."""
    tidy = template.strip()
    if len(tidy) > CALL_LIMIT:
        raise Refused("too_large", TOO_LONG)
    if any(place not in KNOWN_PLACES for place in PLACES.findall(tidy)):
        raise Refused("bad_request", OTHER_PLACES)
    if _read(link(tidy, EVERYONE, lambda _group, _digits: "0123456789")) is None:
        raise Refused("bad_request", PLAIN)
    return tidy


def link(template: str, group: str, name: Name) -> str:
    """The link of one group (`EVERYONE` for all), as a browser opens it; "" when the template is
    none that `checked` let pass."""
    digits = template.lower().startswith("tel:")
    filled = template.replace("{room}", name("", digits)).replace("{group}", name(group, digits))
    return _read(filled) or ""


def _read(url: str) -> str | None:
    """The link as browsers read it, or None: what may be opened beside the page, and nothing that
    could run in it."""
    if not url.isprintable() or any(sign in url for sign in " <>\"'`\\{}|^"):
        return None
    try:
        found = ada_url.URL(url)
    except ValueError:
        return None
    rest = found.pathname + found.search + found.hash
    match found.protocol:
        case "https:":
            plain = not (found.username or found.password) and url[6:8] == "//"
            return found.href if plain and "." in found.hostname else None
        case "tel:":
            return found.href if PHONE.fullmatch(rest) else None
        case "sip:":
            return found.href if SIP.fullmatch(rest) else None
        case _:
            return None


def labelled(*, alone: bool, hall: bool) -> Line:
    """What stands on the button: `alone` when it is the circle's own call, `hall` when this person
    sits in the hall, where one device is enough (`methods.md` 1.9: more would echo)."""
    if hall:
        return say("Open the call, on one device at your table only")
    return say("Open the call of your group") if alone else say("Open the call")

"""A command as it comes from a client: bounded, parsed, and told apart by its type."""

from typing import Any, Final, get_args

import msgspec

from activities.blocks import Line, say
from activities.kernel import Refused
from rooms import wire
from rooms.words import too_deep

REQUEST_LIMIT: Final = 64
"""Characters of a request id: a UUID with a prefix fits."""

KIB: Final = 1024
PLAN_TOO_LARGE: Final = say(
    "This agenda is too large: {limit} KiB fit. Shorten its notes or leave some activities out."
    " Nothing was changed.",
    limit=wire.COMMAND_LIMIT // KIB,
)

ROOM_TAGS: Final = frozenset(kind.__struct_config__.tag for kind in get_args(wire.RoomCommand))
"""Types of room-level commands; everything else belongs to the activity."""


def parse(raw: bytes) -> wire.ClientCommand:
    """The envelope of a command. Raises `Refused`: `too_large`, or `bad_request`."""
    if len(raw) > wire.COMMAND_LIMIT:
        raise Refused("too_large", too_large(raw))
    if too_deep(raw):
        raise Refused("bad_request")
    try:
        asked = msgspec.json.decode(raw, type=wire.ClientCommand)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("bad_request") from error
    if not 0 < len(asked.request) <= REQUEST_LIMIT:
        raise Refused("bad_request")
    return asked


def too_large(beginning: bytes) -> Line | None:
    """What is too large and how much fits, by the beginning of a command nobody will read; None
    where the general sentence says enough."""
    return PLAN_TOO_LARGE if b'"agenda.import"' in beginning else None


def tag_of(raw: bytes) -> str:
    """The `type` of a command, "" when there is none."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    tag = found.get("type")
    return tag if isinstance(tag, str) else ""


def field_of(raw: bytes, name: str) -> str:
    """A text field of a command, "" when there is none."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    value = found.get(name)
    return value if isinstance(value, str) else ""

"""Everything a session sends to its device, before the wire's framing.

One object goes to every reader it is meant for. They are immutable, compare by content and can be
weakly referenced, so the codec (`server/hocuspocus.py`) encodes each once and keeps the frame for
as long as somebody waits for it. Documents are named `{room}` or `{room}/...`.
"""

from typing import Final

import msgspec

OVERHEAD: Final = 64
"""Bytes counted for an item besides its content: names, framing, and its place in a queue."""


NOTHING_KNOWN: Final = b"\x00"
"""The state vector of a device that has nothing."""


class AuthOk(msgspec.Struct, frozen=True, weakref=True):
    """The document is open to this device."""

    document: str
    readonly: bool


class AuthNo(msgspec.Struct, frozen=True, weakref=True):
    """The document is not open to this device."""

    document: str
    reason: str


class Step1(msgspec.Struct, frozen=True, weakref=True):
    """What the server has of a document; the device answers with what it has beyond that."""

    document: str
    state_vector: bytes


class Step2(msgspec.Struct, frozen=True, weakref=True):
    """What the device lacked of a document beyond the state vector `since`; `packed`: deflated, for
    a page that asked for it."""

    document: str
    update: bytes
    since: bytes = NOTHING_KNOWN
    packed: bytes = b""


class Update(msgspec.Struct, frozen=True, weakref=True):
    """A change of a document. Who has all that came before it has at least `since` (a state
    vector): what to answer somebody with for whom it had to be dropped."""

    document: str
    update: bytes
    since: bytes = NOTHING_KNOWN


class Aware(msgspec.Struct, frozen=True, weakref=True):
    """Who points where in a document; worth nothing a moment later."""

    document: str
    data: bytes


class Pointers(msgspec.Struct, frozen=True, weakref=True):
    """The same in few bytes (`rooms/pointing.py`), for a page that asked for it."""

    document: str
    data: bytes


class Ack(msgspec.Struct, frozen=True, weakref=True):
    """The device's update is durable (`ok`) or refused; exactly one for each update or step 2."""

    document: str
    ok: bool


class Say(msgspec.Struct, frozen=True, weakref=True):
    """A stateless message: one of `wire.ServerMessage` as JSON."""

    document: str
    payload: str


class ClosedDocument(msgspec.Struct, frozen=True, weakref=True):
    """The document is no longer open to this device; its socket stays."""

    document: str
    reason: str


class Bye(msgspec.Struct, frozen=True, weakref=True):
    """The last thing a device is sent: tell the page `bye`, whether coming `retry` makes sense,
    and close its socket with this code (`wire.CLOSE_CODES`)."""

    code: int
    reason: str
    retry: bool = True


Outgoing = (
    AuthOk | AuthNo | Step1 | Step2 | Update | Aware | Pointers | Ack | Say | ClosedDocument | Bye
)


def size(item: Outgoing) -> int:
    """About how many bytes an item occupies while it waits."""
    match item:
        case Step2(packed=content) if content:
            return len(content) + OVERHEAD
        case Step2(update=content) | Update(update=content):
            return len(content) + OVERHEAD
        case Aware(data=content) | Pointers(data=content):
            return len(content) + OVERHEAD
        case Step1(state_vector=content):
            return len(content) + OVERHEAD
        case Say(payload=text):
            # A Python string holds up to four bytes a character; the frame up to as many.
            return len(text) * 2 + OVERHEAD
        case _:
            return OVERHEAD

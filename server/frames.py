"""What a session sends, as frames: encoded once for all who are sent the same."""

from typing import Any, assert_never
from weakref import WeakKeyDictionary

from rooms import outgoing as out
from server import hocuspocus as wire
from server.direct import framed, payload


def encode(item: out.Outgoing, name: str) -> bytes:
    """The frame of an outgoing object under the name a provider knows the document by."""
    match item:
        case out.AuthOk(readonly=readonly):
            return wire.authenticated(name, readonly=readonly)
        case out.AuthNo(reason=reason):
            return wire.permission_denied(name, reason)
        case out.Step1(state_vector=state_vector):
            return wire.sync_step1(name, state_vector)
        case out.Step2(packed=data) if data:
            return wire.packed(name, data)
        case out.Step2(update=update):
            return wire.sync_step2(name, update)
        case out.Update(update=update):
            return wire.update(name, update)
        case out.Aware(data=data):
            return wire.awareness(name, data)
        case out.Pointers(data=data):
            return wire.pointers(name, data)
        case out.Ack(ok=ok):
            return wire.sync_status(name, saved=ok)
        case out.Say(payload=payload):
            return wire.stateless(name, payload)
        case out.ClosedDocument(reason=reason):
            return wire.close(name, reason)
        case out.Bye():
            raise AssertionError("a Bye closes the socket; it has no frame")
        case _:
            assert_never(item)


_framed: WeakKeyDictionary[Any, bytes] = WeakKeyDictionary()
"""Each outgoing object's websocket frame, for as long as somebody waits for it."""

_last: tuple[out.Outgoing | None, bytes] = None, b""
"""The one asked for last: what goes to two hundred is asked for two hundred times running."""


def framed_of(item: out.Outgoing) -> bytes:
    """The whole websocket frame of an outgoing object under the plain name of its document, to be
    written straight to a transport."""
    global _last
    last, frame = _last
    if last is item:
        return frame
    known = _framed.get(item)
    if known is None:
        known = _framed[item] = framed(encode(item, getattr(item, "document", "")))
    _last = item, known
    return known


def frame_of(item: out.Outgoing) -> bytes:
    """The same without the websocket's own head, for the ASGI way."""
    return payload(framed_of(item))

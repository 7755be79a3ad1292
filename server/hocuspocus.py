"""The Hocuspocus v4 wire, sans I/O: frames to messages and back, bounded and strict.

One websocket carries many documents. Every frame but ping and pong begins with a *name*: the
document, and behind a NUL the session of a provider that shares the document with another provider
on the same socket (`sessionAwareness`). Answers must carry the very name they answer, because the
provider finds itself by it. Ping (9) and pong (10) are frames of a single byte without a name.

The order a provider speaks in (4.8): on open, for each document, Authenticate, SyncStep1 and
perhaps AwarenessUpdate *without waiting*; after the server's first frame, what it queued while
offline (Update frames); to the server's SyncStep1 it answers SyncStep2. The caller's duties:

- hold back everything of a name until its Authenticate is judged, then send `authenticated` or
  `permission_denied`, `sync_step1` with the server's state vector and the answer to SyncStep1;
- answer every SyncStep2 and every Update with exactly one `sync_status`, after durability:
  the provider counts them (*not saved (n)*). `saved=False` leaves its count as it is;
- an Update queued offline may come before the SyncStep2 that closes the gap below it: then say
  `saved=False`, drop it, and let the SyncStep2 bring it;
- send `PING` at least as often as the provider's `messageReconnectTimeout`; it answers Pong.

Raises only `BadFrame`. Document frames over the gate's sizes decode here and are refused there:
only the transport limit closes a socket.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from rooms import lib0
from rooms.lib0 import Malformed

# The longest document name is `{room}/group/{id}`, about 60 bytes.
MAX_DOCUMENT_BYTES = 128
# A provider's session is 11 letters of base 36.
MAX_SESSION_BYTES = 32
# The transport limit of the door; what is longer was never read.
MAX_FRAME_BYTES = 1024 * 1024
# Device tokens are about 100 characters.
MAX_TOKEN_BYTES = 2048
# "4.8.0", or a name somebody else's client gives itself.
MAX_VERSION_BYTES = 64
# What a page says in JSON is the room's to refuse, by the name of its request (rooms/wire.py): a
# line closed for it would come back and send the same again. Up to here it is looked at for depth,
# in under 5 ms; what is longer the room refuses unread.
MAX_LOOKED_AT = 64 * 1024
# Commands are flat records; a parser recurses once a level.
MAX_STATELESS_DEPTH = 16
# One awareness state is at most 1 KiB (rooms/documents.py); a provider may mention those that timed
# out as well.
MAX_AWARENESS_BYTES = 64 * 1024
# 5,000 client ids at 10 bytes each.
MAX_STATE_VECTOR_BYTES = 64 * 1024
MAX_REASON_BYTES = 1024

_SYNC, _AWARENESS, _AUTH, _QUERY_AWARENESS = 0, 1, 2, 3
_STATELESS, _CLOSE, _SYNC_STATUS, _PING, _PONG = 5, 7, 8, 9, 10
_POINTERS, _PACKED = 100, 101  # ours, to pages that asked for it
_STEP1, _STEP2, _UPDATE = 0, 1, 2
_TOKEN, _PERMISSION_DENIED, _AUTHENTICATED = 0, 1, 2

PING = bytes((_PING,))
PONG = bytes((_PONG,))

_DOCUMENT = re.compile(r"[A-Za-z0-9_.~-]+(?:/[A-Za-z0-9_.~-]+)*")
_SESSION = re.compile(r"[A-Za-z0-9_-]+")


class BadFrame(Exception):
    """No honest client sends this; `reason` is a word for the log; close the socket with 1007."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ping(msgspec.Struct, frozen=True, tag=True):
    """Asks for a Pong."""


class Pong(msgspec.Struct, frozen=True, tag=True):
    """The answer to `PING`: somebody is there."""


class Named(msgspec.Struct, frozen=True):
    """What every message about a document has.

    `name` goes back unchanged in answers; `document` is the name without the session.
    """

    name: str

    @property
    def document(self) -> str:
        """The document's name."""
        return self.name.partition("\0")[0]

    @property
    def session(self) -> str:
        """The provider's session, or empty."""
        return self.name.partition("\0")[2]


class Authenticate(Named, frozen=True, tag=True):
    """A client shows a device's token (may be empty: the cookie speaks) and its version."""

    token: str
    version: str


class SyncStep1(Named, frozen=True, tag=True):
    """ "This is what I know": a state vector, to be answered by `sync_step2`."""

    state_vector: bytes


class SyncStep2(Named, frozen=True, tag=True):
    """Everything the server said it lacks, and the whole delete set."""

    update: bytes


class Update(Named, frozen=True, tag=True):
    """A fresh edit."""

    update: bytes


class AwarenessUpdate(Named, frozen=True, tag=True):
    """Pointers and carets, undecoded."""

    update: bytes


class Pointers(Named, frozen=True, tag=True):
    """Pointers in few bytes (`rooms/pointing.py`), to a page that asked with `can=pointers`."""

    data: bytes


class Packed(Named, frozen=True, tag=True):
    """A step 2 deflated (zlib), to a page that asked with `can=deflate`."""

    data: bytes


class QueryAwareness(Named, frozen=True, tag=True):
    """Asks for everybody's awareness."""


class Stateless(Named, frozen=True, tag=True):
    """A command or a view as JSON text."""

    payload: str


class Close(Named, frozen=True, tag=True):
    """A client lets go of the document; from the server, with a reason."""

    reason: str = ""


class TokenRequest(Named, frozen=True, tag=True):
    """The server asks for the token again."""


class PermissionDenied(Named, frozen=True, tag=True):
    """The server does not open this document."""

    reason: str


class Authenticated(Named, frozen=True, tag=True):
    """The server opens the document, for reading only or for both."""

    readonly: bool


class SyncStatus(Named, frozen=True, tag=True):
    """One update or step 2 is saved, or was not taken."""

    saved: bool


Symmetric: TypeAlias = (
    Ping
    | Pong
    | SyncStep1
    | SyncStep2
    | Update
    | AwarenessUpdate
    | QueryAwareness
    | Stateless
    | Close
)
FromClient: TypeAlias = Symmetric | Authenticate
FromServer: TypeAlias = (
    Symmetric | TokenRequest | PermissionDenied | Authenticated | SyncStatus | Pointers | Packed
)


def decode(frame: bytes) -> FromClient:
    """What a client sent, or `BadFrame`."""
    try:
        return _from_client(frame)
    except Malformed as error:
        raise BadFrame(str(error)) from None


def decode_from_server(frame: bytes) -> FromServer:
    """What a server sent, or `BadFrame`: for clients in Python (bench, tests). A board that comes
    whole may be longer than anything a client may send."""
    try:
        return _from_server(frame)
    except Malformed as error:
        raise BadFrame(str(error)) from None


def _head(frame: bytes) -> tuple[str, int, int]:
    name, at = lib0.read_text(frame, 0, MAX_DOCUMENT_BYTES + 1 + MAX_SESSION_BYTES)
    document, separator, session = name.partition("\0")
    if len(document) > MAX_DOCUMENT_BYTES or not _DOCUMENT.fullmatch(document):
        raise Malformed("document_name")
    if separator and (len(session) > MAX_SESSION_BYTES or not _SESSION.fullmatch(session)):
        raise Malformed("session_name")
    kind, at = lib0.read_uint(frame, at)
    return name, kind, at


def _from_client(frame: bytes) -> FromClient:
    if len(frame) > MAX_FRAME_BYTES:
        raise Malformed("frame_too_long")
    if frame == PONG:
        return Pong()
    if frame == PING:
        return Ping()
    name, kind, at = _head(frame)
    if kind != _AUTH:
        return _symmetric(frame, name, kind, at)
    sub, at = lib0.read_uint(frame, at)
    if sub != _TOKEN:
        raise Malformed("auth_kind")
    token, at = lib0.read_text(frame, at, MAX_TOKEN_BYTES)
    version = ""
    if at < len(frame):  # providers before 3 say no version
        version, at = lib0.read_text(frame, at, MAX_VERSION_BYTES)
    _end(frame, at)
    return Authenticate(name, token, version)


def _from_server(frame: bytes) -> FromServer:
    if frame == PING:
        return Ping()
    if frame == PONG:
        return Pong()
    name, kind, at = _head(frame)
    message: FromServer
    if kind == _SYNC_STATUS:
        saved, at = lib0.read_int(frame, at)
        message = SyncStatus(name, saved == 1)
    elif kind == _AUTH:
        sub, at = lib0.read_uint(frame, at)
        if sub == _TOKEN:
            message = TokenRequest(name)
        elif sub == _PERMISSION_DENIED:
            reason, at = lib0.read_text(frame, at, MAX_REASON_BYTES)
            message = PermissionDenied(name, reason)
        elif sub == _AUTHENTICATED:
            scope, at = lib0.read_text(frame, at, 16)
            if scope not in ("read-write", "readonly"):
                raise Malformed("scope")
            message = Authenticated(name, scope == "readonly")
        else:
            raise Malformed("auth_kind")
    elif kind == _CLOSE:
        reason, at = lib0.read_text(frame, at, MAX_REASON_BYTES)
        message = Close(name, reason)
    elif kind == _AWARENESS:  # of everybody in a hall, not of one provider
        data, at = lib0.read_bytes(frame, at, len(frame))
        message = AwarenessUpdate(name, data)
    elif kind == _POINTERS:
        data, at = lib0.read_bytes(frame, at, len(frame))
        message = Pointers(name, data)
    elif kind == _PACKED:
        data, at = lib0.read_bytes(frame, at, len(frame))
        message = Packed(name, data)
    else:
        return _symmetric(frame, name, kind, at)
    _end(frame, at)
    return message


def _symmetric(frame: bytes, name: str, kind: int, at: int) -> Symmetric:
    message: Symmetric
    if kind == _SYNC:
        sub, at = lib0.read_uint(frame, at)
        limit = MAX_STATE_VECTOR_BYTES if sub == _STEP1 else len(frame)
        payload, at = lib0.read_bytes(frame, at, limit)
        if sub == _STEP1:
            message = SyncStep1(name, payload)
        elif sub == _STEP2:
            message = SyncStep2(name, payload)
        elif sub == _UPDATE:
            message = Update(name, payload)
        else:
            raise Malformed("sync_kind")
    elif kind == _AWARENESS:
        payload, at = lib0.read_bytes(frame, at, MAX_AWARENESS_BYTES)
        message = AwarenessUpdate(name, payload)
    elif kind == _STATELESS:
        said, at = lib0.read_text(frame, at, MAX_FRAME_BYTES)
        if len(said) <= MAX_LOOKED_AT and lib0.nests_deeper(said, MAX_STATELESS_DEPTH):
            raise Malformed("too_deep")
        message = Stateless(name, said)
    elif kind == _QUERY_AWARENESS:
        message = QueryAwareness(name)
    elif kind == _CLOSE:
        message = Close(name)
    else:
        raise Malformed("message_kind")
    _end(frame, at)
    return message


def _end(frame: bytes, at: int) -> None:
    if at != len(frame):
        raise Malformed("trailing_bytes")


def authenticate(name: str, token: str, version: str = "4.8.0") -> bytes:
    """A client's first frame for a document."""
    return lib0.text(name) + bytes((_AUTH, _TOKEN)) + lib0.text(token) + lib0.text(version)


def authenticated(name: str, *, readonly: bool = False) -> bytes:
    """Open the document to the provider; `readonly` shows there as `authorizedScope`."""
    scope = "readonly" if readonly else "read-write"
    return lib0.text(name) + bytes((_AUTH, _AUTHENTICATED)) + lib0.text(scope)


def permission_denied(name: str, reason: str) -> bytes:
    """Do not open the document; the provider raises `authenticationFailed` and keeps the socket."""
    return lib0.text(name) + bytes((_AUTH, _PERMISSION_DENIED)) + lib0.text(reason)


def sync_step1(name: str, state_vector: bytes) -> bytes:
    """Say what the sender knows; the other side answers with a step 2."""
    return lib0.text(name) + bytes((_SYNC, _STEP1)) + lib0.prefixed(state_vector)


def sync_step2(name: str, diff: bytes) -> bytes:
    """Answer a step 1; the provider is `synced` after it."""
    return lib0.text(name) + bytes((_SYNC, _STEP2)) + lib0.prefixed(diff)


def update(name: str, change: bytes) -> bytes:
    """Send a change; the same bytes serve every reader without a session in the name."""
    return lib0.text(name) + bytes((_SYNC, _UPDATE)) + lib0.prefixed(change)


def heads(name: str) -> tuple[bytes, bytes]:
    """What an `Update`, and an `AwarenessUpdate`, under this name begins with."""
    written = lib0.text(name)
    return written + bytes((_SYNC, _UPDATE)), written + bytes((_AWARENESS,))


def updated(frame: bytes, known: Mapping[bytes, str]) -> tuple[str, bytes] | None:
    """The document and the change of an `Update` whose head is known, read without the care that
    a stranger's frame needs; None when it is anything else, or not in order."""
    if not frame or (document := known.get(frame[: (at := frame[0] + 3)])) is None:
        return None
    return _rest(frame, at, document, MAX_FRAME_BYTES)


def pointed(frame: bytes, known: Mapping[bytes, str]) -> tuple[str, bytes] | None:
    """The same of an `AwarenessUpdate`: the document and the states."""
    if not frame or (document := known.get(frame[: (at := frame[0] + 2)])) is None:
        return None
    return _rest(frame, at, document, MAX_AWARENESS_BYTES)


def _rest(frame: bytes, at: int, document: str, most: int) -> tuple[str, bytes] | None:
    try:
        content, at = lib0.read_bytes(frame, at, most)
    except Malformed:
        return None
    return (document, content) if at == len(frame) else None


def awareness(name: str, states: bytes) -> bytes:
    """Send awareness states as `rooms.documents` encodes them."""
    return lib0.text(name) + bytes((_AWARENESS,)) + lib0.prefixed(states)


def pointers(name: str, data: bytes) -> bytes:
    """Send pointers as `rooms.pointing` writes them."""
    return lib0.text(name) + bytes((_POINTERS,)) + lib0.prefixed(data)


def packed(name: str, data: bytes) -> bytes:
    """Answer a step 1 with a diff that zlib has deflated."""
    return lib0.text(name) + bytes((_PACKED,)) + lib0.prefixed(data)


def query_awareness(name: str) -> bytes:
    """Ask the other side for its awareness states."""
    return lib0.text(name) + bytes((_QUERY_AWARENESS,))


def stateless(name: str, payload: str) -> bytes:
    """Send a view, an answer or a command as JSON text."""
    return lib0.text(name) + bytes((_STATELESS,)) + lib0.text(payload)


def sync_status(name: str, *, saved: bool) -> bytes:
    """Answer one update or step 2, after durability; never merged, never twice."""
    return lib0.text(name) + bytes((_SYNC_STATUS, 1 if saved else 0))


def close(name: str, reason: str) -> bytes:
    """Close one document on a socket that stays open."""
    return lib0.text(name) + bytes((_CLOSE,)) + lib0.text(reason)


def leave(name: str) -> bytes:
    """A client lets go of a document."""
    return lib0.text(name) + bytes((_CLOSE,))

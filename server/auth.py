"""Who asks: a device's token in a header or in the room's cookie, and the short signed cookies."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any, Final

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.errors import Problem

if TYPE_CHECKING:
    from rooms.clock import Clock
    from rooms.room import Room
    from rooms.seats import Device
    from server.site import Site

ROOM_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,16}")
"""What a room id can look like; anything else is unknown without asking the storage, and is never
written to the log: a secret pasted in its place has 22 characters."""

TOKEN_LIMIT: Final = 200
"""Characters of a token or secret that are looked at; ours have under 60."""

SEAT_COOKIE_AGE: Final = 90 * 86_400
"""Seconds a browser keeps a seat: the debrief call and the follow-up come weeks later."""

ENTER_AGE: Final = 3_600
"""Seconds between opening a link and coming in: a slow phone handed round a table."""


class _Stamped(TimestampSigner):
    """Stamps with the rooms' time."""

    def __init__(self, *words: Any, clock: Clock, **more: Any) -> None:
        super().__init__(*words, **more)
        self._clock = clock

    def get_timestamp(self) -> int:
        return self._clock.now() // 1000


class Signer:
    """Signs what the server gives away for a short time, and the keys of forms. Whether the time
    is over is the rooms' clock's to say: the machine's may be set meanwhile."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def sign(self, purpose: str, value: Any) -> str:
        """A text only this server can make; `purpose` keeps kinds apart."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, text: str, age: int) -> Any:
        """The value signed for `purpose` at most `age` seconds ago, or None."""
        if not text or len(text) > 2_000:
            return None
        try:
            value, at = self._serializer(purpose).loads(text, return_timestamp=True)
        except BadData:
            return None
        # What seems to come from later was signed by a process whose clock is ahead of this one's.
        return value if self._clock.now() / 1000 - at.timestamp() <= age else None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        clock = {"clock": self._clock}
        return URLSafeTimedSerializer(
            self._secret, salt=purpose, signer=_Stamped, signer_kwargs=clock
        )

    def form_key(self, token: str) -> str:
        """What a form of a device must carry, so that no other site can post it."""
        return hmac.new(self._secret, b"form\0" + token.encode(), hashlib.sha256).hexdigest()[:32]


def bearer(connection: HTTPConnection) -> str:
    """The token in the Authorization header, or empty."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and len(token) <= TOKEN_LIMIT else ""


def cookie_token(connection: HTTPConnection, room: str) -> str:
    """The token in the room's cookie, or empty."""
    token = connection.cookies.get(f"seat_{room}", "")
    return token if len(token) <= TOKEN_LIMIT else ""


def check_origin(connection: HTTPConnection, site: Site) -> None:
    """Refuse what another site sends with our cookie.

    Pages are served with `no-referrer`, so that the browser writes `Origin: null` on a form of our
    own: null passes here when the browser does not call it cross-site, and the form's key decides.
    """
    origin = connection.headers.get("origin", "")
    if origin and origin != "null" and origin not in site.origins:
        raise Problem("wrong_origin")
    if connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Problem("wrong_origin")


async def room_of(connection: HTTPConnection, site: Site, room_id: str) -> Room:
    """The room of this id; raises `Problem("unknown")`."""
    from rooms.open_rooms import UnknownRoom

    if not ROOM_ID.fullmatch(room_id):
        raise Problem("unknown")
    try:
        return await site.hub.room(room_id)
    except UnknownRoom:
        raise Problem("unknown") from None


async def device_of(connection: HTTPConnection, site: Site, room_id: str) -> tuple[Room, Device]:
    """The room and the device that asks; raises `Problem` (unknown, no_seat, too_many).

    A token in the header goes before the cookie. An unknown room and a wrong token look alike to
    those without a token, so that ids cannot be tried out.
    """
    token = bearer(connection) or cookie_token(connection, room_id)
    if not token:
        raise Problem("no_seat")
    room = await room_of(connection, site, room_id)
    device = await room.device_now(token)
    if device is None:
        raise Problem("no_seat")
    site.limits.request(f"{room.id}/{device.id}")
    if connection.scope.get("method") not in ("GET", "HEAD") and not bearer(connection):
        check_origin(connection, site)
    return room, device


def seat_of(device: Device, wanted: str) -> str | None:
    """The seat to speak for: the one asked for, if this device carries it; None leaves the choice
    to the room. Raises `Problem("not_allowed")`."""
    if not wanted:
        return None
    if wanted not in device.seats:
        raise Problem("not_allowed")
    return wanted


def set_cookie(
    response: Response, site: Site, connection: HTTPConnection, name: str, value: str, age: int,
    path: str = "/",
) -> None:  # fmt: skip
    """Keep a value in the browser, out of reach of scripts and other sites."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=path,
        httponly=True,
        samesite="lax",
        secure=connection.url.scheme in ("https", "wss"),
    )


def remember_seat(
    response: Response, site: Site, connection: HTTPConnection, room: str, token: str
) -> None:
    """Keep a device's token for a room."""
    set_cookie(response, site, connection, f"seat_{room}", token, SEAT_COOKIE_AGE)


def address_of(connection: HTTPConnection) -> str:
    """The address that asks, as far as trusted proxies tell."""
    return connection.client.host if connection.client else "local"

"""Photos of cards: sent by people, shown to those who may read a card with it."""

from __future__ import annotations

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rooms.photos import TOO_HEAVY
from server import auth, shapes
from server.bodies import read_body
from server.errors import Problem
from server.limits import PHOTOS_PER_SEAT
from server.pictures import NO_PICTURE, UPLOAD_LIMIT
from server.site import site_of

TAKES: Final = ("image/jpeg", "image/png", "image/webp")
"""What may be sent; a form of another site can send none of these."""

UPLOAD_SECONDS: Final = 90.0
"""A photo must arrive in this time: 600 KiB at 64 kbit/s."""

POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A photo opened by its own address is a picture and nothing else."""


async def send_photo(request: Request) -> Response:
    """Send a picture for a card; `note.add` then names it."""
    site = site_of(request)
    room, device = await auth.device_of(request, site, request.path_params["room"])
    seat = auth.seat_of(device, request.query_params.get("seat", ""))
    speaking = room.ensure_photo(device, seat)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TAKES:
        raise Problem("wrong_type", NO_PICTURE)
    if not site.limits.take("photo", f"{room.id}/{speaking.id}", PHOTOS_PER_SEAT):
        raise Problem("too_many", retry_after=10)
    sent = await read_body(request, UPLOAD_LIMIT, lambda _: TOO_HEAVY, UPLOAD_SECONDS)
    body = await site.darkroom.develop(sent)
    kept = shapes.PhotoKept(await room.add_photo(device, speaking.id, body))
    return Response(
        msgspec.json.encode(kept), 201, {"Cache-Control": "no-store"}, "application/json"
    )


async def read_photo(request: Request) -> Response:
    """A picture, for who may read a card that shows it; for anybody else there is none."""
    site = site_of(request)
    try:
        room, device = await auth.device_of(request, site, request.path_params["room"])
    except Problem as problem:
        if problem.reason == "no_seat":
            raise Problem("unknown") from None
        raise
    id = request.path_params["photo"]
    found = await room.photo(device, id)
    if found is None:
        raise Problem("unknown")
    media, body = found
    headers = {
        # Asked again each time, so that what was hidden or taken back is not shown from a store.
        "Cache-Control": "private, no-cache",
        "ETag": f'"{id}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if f'"{id}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media)

"""Coming in: codes and secrets of links, counted when wrong, and the cookie of the join form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from activities.kernel import Refused
from server import auth
from server.errors import Problem
from server.limits import SEATS_PER_ADDRESS

if TYPE_CHECKING:
    from rooms.doors import Invitation
    from rooms.hub import Joined, Newcomer
    from rooms.room import Room
    from rooms.seats import Device
    from server.site import Site

CODE: Final = re.compile(r"[A-Za-z0-9]{8}")
SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015_.]+")


def spelled(text: str) -> str:
    """A spoken code as it is stored, "ABCD-EFGH", however it was typed; other texts unchanged."""
    bare = SEPARATORS.sub("", text.strip())
    return f"{bare[:4]}-{bare[4:]}".upper() if CODE.fullmatch(bare) else text.strip()


def is_code(text: str) -> bool:
    """Whether a text is or tries to be a spoken code; anything as short can be guessed."""
    return len(text) < 16


class Door:
    """One request at the door, from one address."""

    def __init__(self, site: Site, address: str) -> None:
        self._site = site
        self._address = address

    async def find(self, typed: str, room_id: str = "") -> Invitation:
        """What a code or secret opens; raises `Problem` (unknown, too_many).

        Wrong codes are counted for the address and the room; links are not, because nobody guesses
        128 bits, so that a hall behind one router still gets in by its QR code.
        """
        text = spelled(typed)
        if not text or len(text) > auth.TOKEN_LIMIT:
            raise Problem("unknown")
        counted = is_code(text)
        if counted:
            await self._site.limits.may_try_code(self._address, room_id)
        try:
            found = await self._site.hub.find(text)
        except Refused as refused:  # it was good once
            raise Problem(refused.reason, refused.message) from refused
        if found is None or (room_id and found.room != room_id):
            if counted:
                await self._site.limits.wrong_code(self._address, room_id)
            raise Problem("unknown")
        return found

    async def join(self, typed: str, newcomer: Newcomer, room_id: str = "") -> Joined:
        """Take a seat by a code or link; raises `Problem` or `Refused`."""
        found = await self.find(typed, room_id)
        if found.kind not in ("join", "code"):
            raise Problem("unknown")  # a recovery or screen link adds a device, not a seat
        await self._site.limits.count(SEATS_PER_ADDRESS, "seats", self._address)
        room = await self._site.hub.room(found.room)
        return await self._site.hub.join(room, newcomer, secret=spelled(typed))

    async def take_over(self, typed: str, room: Room, device: Device | None = None) -> Joined:
        """Take a seat to `device`, or to a new one, by the code its old device shows; raises
        `Problem` or `Refused`."""
        found = await self.find(typed, room.id)
        if found.kind != "move":
            raise Problem("unknown")
        return await self._site.hub.take_over(room, spelled(typed), device)

    async def carry(self, room: Room, newcomer: Newcomer, carrier: Device) -> Joined:
        """Seat a person on somebody's device."""
        await self._site.limits.count(SEATS_PER_ADDRESS, "seats", self._address)
        return await self._site.hub.join(room, newcomer, carrier=carrier)

    async def is_inside(self, request: Request, room_id: str) -> bool:
        """Whether this browser has a seat in the room already."""
        token = auth.cookie_token(request, room_id)
        if not token:
            return False
        room = await auth.room_of(request, self._site, room_id)
        return await room.device_now(token) is not None

    def remember(self, response: Response, request: Request, typed: str, found: Any) -> None:
        """Keep what was shown at the door until the join form is sent."""
        value = self._site.signer.sign("enter", {"s": spelled(typed), "r": found.room})
        auth.set_cookie(response, self._site, request, "enter", value, auth.ENTER_AGE, "/j")

    def remembered(self, request: Request) -> str:
        """The code or secret of the cookie, or empty."""
        held = self._site.signer.read("enter", request.cookies.get("enter", ""), auth.ENTER_AGE)
        return str(held.get("s", "")) if isinstance(held, dict) else ""

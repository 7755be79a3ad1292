"""The ways into a room: opening one, sitting down in it, coming back, changing the device."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog
from msgspec.structs import replace

from activities.blocks import say
from activities.kernel import MemberChanged, MemberJoined, Refused, Where
from rooms import commits
from rooms.asking import member_of, moment_of
from rooms.doors import Door, Invitation, new_room_id, new_token, same
from rooms.hall_desk import may_move, taken_over
from rooms.open_rooms import OpenRooms
from rooms.opening import ORGANISER, Wanted, opening
from rooms.room import Room
from rooms.room_log import Unsaved
from rooms.room_state import RoomState
from rooms.seats import SEATS_PER_DEVICE, SEATS_PER_ROOM, Device, Seat
from rooms.session import Session
from rooms.storage import StorageUnwritable
from rooms.whole import Draft
from rooms.words import Mint, clean_name, digest, is_language

log = structlog.get_logger("rooms")

CODE_OVER: Final = say("This code has ended. Ask for a new one at the device you come from.")
RENEWED: Final = say(
    "This invitation was replaced by a new one. Ask the people who invited you for it."
)
REPLACED: Final = say(
    "This link was replaced by a new one. Ask the person who opened the room for it, or find it on"
    " a device that is still in the room, under Invitation and links."
)
NO_LONGER: Final = say("This link belonged to a facilitator who no longer is one here.")


class Opened(msgspec.Struct, frozen=True):
    """A new room: its code, the organiser's seat and token, and the three secrets."""

    room: str
    code: str
    seat: str
    token: str
    join: str
    facilitate: str
    screen: str


class Newcomer(msgspec.Struct, frozen=True):
    """Someone at the door."""

    name: str
    language: str = "en"
    where: Where = "remote"
    organisation: str = ""
    willing: bool = False


class Joined(msgspec.Struct, frozen=True):
    """A seat, and the token of its device unless it is carried."""

    seat: str
    token: str | None


class Hub(OpenRooms):
    """See the module. Start it inside the loop; close it before the storage."""

    def session(self) -> Session:
        """A new websocket."""
        return Session(self)

    async def open_room(
        self,
        *,
        title: str,
        facilitator: str,
        template: str = "evening",
        language: str = "en",
        zone: str = "UTC",
        settings: Mapping[str, Any] | None = None,
        plan: object = None,
    ) -> Opened:
        """Open a room with its organiser's seat. `zone`: an IANA name, else the memo is in UTC.
        `plan`: an agenda from a file, in the place of the template.

        Raises `Refused`: names nobody could read, no such template or plan, or `full` when it
        cannot be saved.
        """
        room_id, now = new_room_id(), self.clock.now()
        wanted = Wanted(title, facilitator, template, language, zone, settings or {}, plan)
        begun = opening(wanted, now, self.world.new_id, self.world.activities)
        opened = Opened(
            room=room_id,
            code=self.doors.code(room_id),
            seat=ORGANISER,
            token=begun.token,
            join=self.doors.secret(room_id, "join"),
            facilitate=self.doors.secret(room_id, "facilitate", 1, ORGANISER),
            screen=self.doors.secret(room_id, "screen"),
        )
        try:
            # Ways in first: a room that exists without them could never be found again.
            await self._know(opened.join, room_id, "join")
            await self._know(opened.code, room_id, "code")
            await self.storage.create_room(room_id, now)
            stored = {ref: text.encode() for ref, text in begun.texts.items()}
            await self.storage.append(room_id, 1, commits.encode(begun.commit), stored)
        except StorageUnwritable as error:
            log.warning("open_failed", room=room_id)
            with contextlib.suppress(StorageUnwritable):
                await self.storage.forget_room(room_id)
            raise Unsaved from error
        room = await self.room(room_id)
        room.presence.beat(begun.device, now)
        await room.sweep()
        return opened

    async def _know(self, secret: str, room: str, kind: Door) -> None:
        await self.storage.put_secret(self.doors.lookup(secret), room, kind.encode())

    async def find(self, secret_or_code: str) -> Invitation | None:
        """What a join link's secret or a spoken code opens, or None. Raises `Refused("closed")`
        with a clear word when it was replaced by a new one."""
        if not 0 < len(secret_or_code) <= 64:
            return None
        known = await self.storage.secret(self.doors.lookup(secret_or_code))
        if known is None or (found := await self.delivery(known[0])) is None:
            return None
        room = found.room
        title = room.book.get(room.whole.room.title) or ""
        if known[1] == b"move":
            seat = self._taking(room, secret_or_code)
            return Invitation(room.id, "move", title, seat) if seat else None
        if not self._opens(room, secret_or_code):
            raise Refused("closed", RENEWED)
        kind: Door = "code" if known[1] == b"code" else "join"
        return Invitation(room.id, kind, title)

    def _taking(self, room: Room, code: str) -> str:
        """The seat that this code takes to another device now, or ""."""
        now = self.clock.now()
        typed = self.doors.lookup(code)
        for id, offer in room.whole.room.hall.offered.items():
            known = self.doors.lookup(self.doors.moving(room.id, id, offer.nonce))
            able = may_move(room.whole.room.seats[id])
            if able and now < offer.until and same(known, typed):
                return id
        return ""

    async def take_over(self, room: Room, code: str, device: Device | None = None) -> Joined:
        """Take a seat to another device with its code: to `device`, or to a new one, whose token is
        returned. The device it was on speaks for it no longer. Raises `Refused`."""
        seat = self._taking(room, code)
        if not seat:
            raise Refused("stale_seat", CODE_OVER)
        token = None if device else new_token()
        id = device.id if device else self.world.new_id()

        def move(draft: Draft) -> None:
            offered = draft.room.hall.offer(seat, draft.now)
            if offered is None or not may_move(draft.room.seats[seat]):
                raise Refused("stale_seat", CODE_OVER)  # taken by another phone meanwhile
            room.presence.beat(id, draft.now)

            def tell(other: str) -> None:
                self._tell_changed(draft, room, other)

            taken_over(draft, seat, id, digest(token) if token else "", tell)

        await room.run(move, seat=seat)
        with contextlib.suppress(StorageUnwritable):
            await self.storage.drop_secret(self.doors.lookup(code))
        await room.sweep()
        return Joined(seat, token)

    def links(self, room: Room, seat: str) -> dict[str, str]:
        """The secrets a facilitator may be shown again: join, screen, and their own recovery."""
        generation = room.whole.room.generation
        return {
            "join": self.doors.secret(room.id, "join", generation),
            "screen": self.doors.secret(room.id, "screen"),
            "facilitate": self.doors.secret(
                room.id, "facilitate", room.whole.room.seats[seat].recovery, seat
            ),
        }

    async def join(
        self, room: Room, who: Newcomer, *, secret: str = "", carrier: Device | None = None
    ) -> Joined:
        """Take a seat with the link's secret or the code, or on a carrier's device.

        Raises `Refused`: `not_allowed` for a secret of another room, `closed`, `full`, or what
        the name says.
        """
        if carrier is None and not self._opens(room, secret):
            raise Refused("not_allowed")
        waits = _waits(room.whole.room, carrier)
        if not is_language(who.language):
            raise Refused("bad_request")
        _check_place(room.whole.room, carrier)
        name = clean_name(who.name)
        organisation = clean_name(who.organisation) if who.organisation.strip() else ""
        token = None if carrier else new_token()
        device = carrier.id if carrier else self.world.new_id()
        mint = Mint(self.world.new_id)
        name_ref = mint(name).ref
        organisation_ref = mint(organisation).ref if organisation else ""
        seat = Seat(
            id="",
            name=name_ref,
            where="carried" if carrier and who.where != "phone" else who.where,
            language=who.language,
            organisation=organisation_ref,
            willing=who.willing,
            status="waiting" if waits else "in",
            devices=(device,),
            joined=self.clock.now(),
        )
        taken = await self._sit(room, seat, device, digest(token) if token else "", mint, carrier)
        return Joined(taken, token)

    def _opens(self, room: Room, secret: str) -> bool:
        generation = room.whole.room.generation
        link = self.doors.secret(room.id, "join", generation)
        code = self.doors.code(room.id, generation)
        return same(self.doors.lookup(secret), self.doors.lookup(link)) or same(
            self.doors.lookup(secret), self.doors.lookup(code)
        )

    async def _sit(
        self,
        room: Room,
        seat: Seat,
        device: str,
        token: str,
        mint: Mint,
        carrier: Device | None = None,
    ) -> str:
        """Give the newcomer the next free seat; returns its id. Raises `Refused`."""
        while True:
            fresh = replace(seat, id=_free_seat(room.whole.room.seats))

            def take(draft: Draft, fresh: Seat = fresh) -> None:
                if fresh.id in draft.room.seats:
                    raise _SeatTaken
                if fresh.person:
                    _check_place(draft.room, carrier)  # others may have come in meanwhile
                room.presence.beat(device, draft.now)
                room.presence.set(fresh.id, "here", draft.now)
                draft.add(commits.SeatTaken(seat=fresh, device=device, digest=token))
                if fresh.person and fresh.status == "in":
                    clock = moment_of(draft, None, draft.now, self.world.dice())
                    who = member_of(draft, fresh, room.presence)
                    if fresh.organisation:
                        # Its words are in this very commit, so the state does not know them yet.
                        who = replace(who, organisation=digest(mint.texts[fresh.organisation]))
                    draft.tell_current(MemberJoined(member=who), clock)
                    self._tell_table(draft, room, device, fresh.id)

            try:
                await room.run(take, mint=mint, seat=fresh.id)
            except _SeatTaken:
                continue
            return fresh.id

    def _tell_table(self, draft: Draft, room: Room, device: str, newest: str) -> None:
        """Whoever sat alone at a device until now sits at a table with the newcomer."""
        seats = draft.room.device_by_id(device).seats
        if len(seats) != 2:
            return
        for id in seats:
            if id != newest and draft.room.seats[id].status == "in":
                self._tell_changed(draft, room, id)

    def _tell_changed(self, draft: Draft, room: Room, seat: str) -> None:
        clock = moment_of(draft, None, draft.now, self.world.dice())
        who = member_of(draft, draft.room.seats[seat], room.presence)
        draft.tell_current(MemberChanged(member=who), clock)

    async def recover(self, room: Room, secret: str) -> Joined:
        """A facilitator's recovery link adds a device to that seat; the wall's link opens the
        wall's own seat.

        Never takes the lead by itself. Raises `Refused`, in clear words for a link that was good
        once.
        """
        if not 0 < len(secret) <= 64:
            raise Refused("not_allowed")
        token, device = new_token(), self.world.new_id()
        for seat in room.whole.room.seats.values():
            generation = self._recovers(room, seat, secret)
            if not generation:
                continue
            if seat.status == "removed" or seat.role != "facilitator":
                raise Refused("not_allowed", NO_LONGER)
            if generation != seat.recovery:
                raise Refused("not_allowed", REPLACED)
            await self._add_device(room, seat.id, device, digest(token))
            return Joined(seat.id, token)
        if same(secret, self.doors.secret(room.id, "screen")):
            walls = [s for s in room.whole.room.seats.values() if s.role == "screen"]
            if walls:
                await self._add_device(room, walls[0].id, device, digest(token))
                return Joined(walls[0].id, token)
            wall = Seat(
                id="", name="", role="screen", where="room",
                language=room.language, devices=(device,), joined=self.clock.now(),
            )  # fmt: skip
            taken = await self._sit(room, wall, device, digest(token), Mint(self.world.new_id))
            return Joined(taken, token)
        raise Refused("not_allowed")

    def _recovers(self, room: Room, seat: Seat, secret: str) -> int:
        """Which generation of this seat's recovery link the secret is, 0 for none."""
        found = 0
        for generation in range(1, seat.recovery + 1):
            if same(secret, self.doors.secret(room.id, "facilitate", generation, seat.id)):
                found = generation
        return found

    async def _add_device(self, room: Room, seat: str, device: str, token: str) -> None:
        event = commits.DeviceAdded(seat=seat, device=device, digest=token)
        await room.run(lambda draft: draft.add(event), seat=seat)
        room.presence.beat(device, self.clock.now())
        await room.sweep()


def _waits(state: RoomState, carrier: Device | None) -> bool:
    """Whether a newcomer waits at the door: where newcomers are asked for, also those added to a
    device that is inside, unless a facilitator adds them to their own; and with whoever brings
    them and waits too (SAF9)."""
    if carrier is None:
        return state.safety.door_asks
    company = (state.seats[id] for id in state.device_by_id(carrier.id).seats)
    inside = [seat for seat in company if seat.status == "in"]
    lets_in = any(seat.role == "facilitator" for seat in inside)
    return not inside or (state.safety.door_asks and not lets_in)


def _check_place(state: RoomState, carrier: Device | None) -> None:
    """Whether there is a place for one more person. Raises `Refused`."""
    if carrier is not None:
        seats = state.device_by_id(carrier.id).seats
        there = ("in", "waiting")
        if not any(state.seats[s].person and state.seats[s].status in there for s in seats):
            raise Refused("not_allowed")
        if len(seats) >= SEATS_PER_DEVICE:
            raise Refused("full")
    if not state.door:
        raise Refused("closed")
    if sum(1 for s in state.seats.values() if s.status in ("in", "waiting")) >= SEATS_PER_ROOM:
        raise Refused("full")


class _SeatTaken(Exception):
    """Somebody else sat down on this number meanwhile."""


def _free_seat(taken: Mapping[str, Seat]) -> str:
    number = len(taken) + 1
    while f"s{number}" in taken:
        number += 1
    return f"s{number}"

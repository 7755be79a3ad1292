"""What the room looks up before it decides a command, because no decider can read it."""

from typing import Final

import structlog
from msgspec.structs import replace

from rooms import renderings
from rooms.asked import field_of, tag_of
from rooms.asking import Known
from rooms.looked_up import looked_up
from rooms.recent import FORGETTING, HIDING, Doings, Recent
from rooms.room_log import Unsaved
from rooms.room_memo import RoomMemo
from rooms.room_reading import RoomReading
from rooms.storage import StorageUnwritable

log = structlog.get_logger("rooms")

RENDER: Final = "note.render"


class Knowing:
    """Looks things up in one room. Each is read before the room is locked: what changes in
    between is found by the decider, or by whoever looks again after the commit."""

    def __init__(self, room: RoomReading, recent: Recent, memos: RoomMemo) -> None:
        self._room = room
        self._memos = memos
        self._recent = recent

    async def known(self, raw: bytes, sender: str) -> Known:
        """What deciding this command of this seat needs, but for its code."""
        tag = tag_of(raw)
        about = await self._about(raw, sender)
        photo = field_of(raw, "photo") if tag == "note.add" else ""
        return replace(
            await looked_up(self._room, self._memos, tag),
            recent=about.recent if about else (),
            cards=about.all if about else (),
            photo=photo if self._room.photos.has(sender, photo) else "",
            original=await self._original(raw) if tag == RENDER else "",
        )

    async def _original(self, raw: bytes) -> str:
        """The mark of the text that stands on the card a rendering is for, for a program that does
        not say which one it was made of."""
        note = self._room.whole.room.notes.get(field_of(raw, "card"))
        if note is None or field_of(raw, "of"):
            return ""
        cards = await self._room.shelf.cards(note.document)
        return next((renderings.mark(card.text) for card in cards if card.id == note.card), "")

    async def _about(self, raw: bytes, sender: str) -> Doings | None:
        """What the seat a command would hide or forget has done."""
        tag = tag_of(raw)
        if tag not in HIDING | FORGETTING:
            return None
        seat = sender if tag == "words.erase" else field_of(raw, "seat")
        if seat not in self._room.whole.room.seats:
            return None
        return await self._recent.doings(seat, self._room)

    async def with_code(self, known: Known, seat: str) -> Known:
        """The same with a nonce for the code that takes this seat to another phone; the join page
        finds the code before it is shown. Raises `Refused("full")`."""
        world = self._room.world
        nonce = world.new_id()
        digest = world.doors.lookup(world.doors.moving(self._room.id, seat, nonce))
        try:
            await world.storage.put_secret(digest, self._room.id, b"move")
        except StorageUnwritable as error:
            log.warning("code_unknown", room=self._room.id, seat=seat)
            raise Unsaved from error
        return replace(known, nonce=nonce)

    async def late(self, seat: str) -> tuple[tuple[str, str], ...]:
        """Cards of a hidden seat that were on their way while it was hidden."""
        again = await self._recent.doings(seat, self._room)
        hidden = self._room.whole.room.safety.hidden.get(seat)
        return tuple(c for c in again.recent if c not in hidden.cards) if hidden else ()

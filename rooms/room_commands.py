"""One command of one person: what it needs to know, what it becomes, what follows from it."""

import contextlib
from typing import Final

from activities.kernel import Refused
from rooms import activity_desk, call, lead_rights, unnamed, wire, wire_hall
from rooms.asked import ROOM_TAGS, field_of, tag_of
from rooms.asking import Asking, Known
from rooms.knowing import Knowing
from rooms.recent import HIDING
from rooms.room_activity import RoomActivity
from rooms.room_cards import RoomCards
from rooms.room_decide import decide
from rooms.room_forgetting import RoomForgetting
from rooms.room_log import RoomLog
from rooms.room_people import RoomPeople
from rooms.room_reading import RoomReading
from rooms.safety import Hidden, SeatHidden
from rooms.whole import Draft
from rooms.words import Mint, decode_command

ANSWERING: Final = frozenset({"consent.release", "consent.withdraw", "consent.widen"})
"""Commands that answer for exact words."""


class RoomCommands:
    """Applies the commands of one room's people."""

    def __init__(
        self,
        room: RoomReading,
        log: RoomLog,
        *,
        knowing: Knowing,
        people: RoomPeople,
        activity: RoomActivity,
        cards: RoomCards,
        forgetting: RoomForgetting,
    ) -> None:
        self.refusals = 0
        self._room = room
        self._log = log
        self._knowing = knowing
        self._people = people
        self._activity = activity
        self._cards = cards
        self._forgetting = forgetting

    async def apply(self, device: str, seat: str, asked: wire.ClientCommand) -> int:
        """Apply a command of a seat that this device speaks for; returns the number of its commit.
        Raises `Refused`; then nothing was changed."""
        await self._people.sweep()
        raw = bytes(asked.command)
        tag = tag_of(raw)
        carried = self._room.whole.room.device_by_id(device).seats
        entered_by = carried[0] if carried and carried[0] != seat else ""
        if tag in ANSWERING:
            await self._cards.sync_one(field_of(raw, "words"))
        known = await self._knowing.known(raw, seat)
        mint = Mint(self._room.world.new_id)
        nameless = False

        def decider(draft: Draft) -> None:
            nonlocal nameless
            if seat not in draft.room.device_by_id(device).seats:
                raise Refused("not_allowed")  # removed while this waited
            try:
                self._decide(draft, device, seat, entered_by, asked, mint, known)
            except Refused as refused:
                if refused.reason == "stale_epoch" and refused.message is None:
                    raise lead_rights.stale_epoch(draft) from refused
                raise
            nameless = bool(draft.unnamed)
            self._people.roll.move_lead(draft)

        if tag == "seat.move":
            # What would be refused leaves no code behind.
            decider(self._log.draft(entered_by))
            known = await self._knowing.with_code(known, seat)
        try:
            seq = await self._log.commit(
                decider, seat=seat, entered_by=entered_by, request=asked.request, mint=mint
            )
        except Refused:
            self.refusals += 1
            raise
        if nameless:
            await self._forgetting.forget_drafts(seat, frozenset(mint.texts.values()))
        if tag in HIDING:
            await self._hide_late(field_of(raw, "seat"), seat)
        if tag in ("seat.adopt", "seat.carry") or not self._room.presence.here(seat):
            await self._people.sweep()  # somebody came back in, or is on another device now
        await self._activity.ring_due()
        return seq

    def _decide(
        self,
        draft: Draft,
        device: str,
        seat: str,
        entered_by: str,
        asked: wire.ClientCommand,
        mint: Mint,
        known: Known,
    ) -> None:
        mint.texts.clear()
        room, world = self._room, self._room.world
        raw = bytes(asked.command)
        tag = tag_of(raw)
        asking = Asking(
            seat=draft.room.seats[seat],
            device=device,
            entered_by=entered_by,
            now=draft.now,
            dice=world.dice(),
            presence=room.presence,
            mint=mint,
            new_id=world.new_id,
            new_key=lambda: mint(unnamed.fresh_key(world.dice)).ref,
            adopting=room.adopting,
            known=known,
        )
        activity = asked.activity or (draft.current() if tag not in ROOM_TAGS else "")
        if activity and tag not in ROOM_TAGS:
            activity_desk.tell(draft, activity, raw, asking, room.book.get)
            return
        command = decode_command(raw, wire.RoomCommand, mint)
        if isinstance(command, wire.SeatName):
            mint.name(command.name.ref)
        elif isinstance(command, wire_hall.RoomCall) and command.link:
            mint.texts[command.link.ref] = call.checked(mint.texts[command.link.ref])
        decide(draft, command, asking)

    async def _hide_late(self, seat: str, by: str) -> None:
        """What was on its way while its author was hidden goes as well."""
        if not (late := await self._knowing.late(seat)):
            return
        hidden = Hidden(at=self._room.world.clock.now(), by=by, cards=late)
        with contextlib.suppress(Refused):  # the command itself is in the log and stays done
            await self._log.commit(
                lambda draft: draft.add(SeatHidden(seat=seat, hidden=hidden)), seat=by
            )

"""One room in this process: takes a command, decides, appends, evolves, delivers.

Theory
------
* `RoomReading` holds what the room knows and says who may read what; `RoomLog` alone lets it grow,
  by what this process appends and by what others did. After each commit `_happened` looks at what
  follows from it: alarms, heavy work, views.
* Each part serves one noun: commands, people, the running activity, cards, photos, promises to
  forget. A part asks the log to commit and never writes anything of the log itself.
* The clock speaks through alarms (`room_alarms.py`). After loading, everyone who was here is away
  since the last heartbeat the storage has, and then past deadlines ring: a teller keeps what
  remained (ruling *Time*).
* Views leave with the tick: whole, newest only (`delivery.py`).
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from activities.kernel import Refused
from rooms import asked as asking_for
from rooms import wire
from rooms.knowing import Knowing
from rooms.memo_ledger import NoteEntry
from rooms.memo_material import old_prose
from rooms.memo_source import ProseText
from rooms.memo_tree import Edition, Memo
from rooms.neighbourly import Here
from rooms.recent import Recent
from rooms.room_activity import RoomActivity
from rooms.room_alarms import RoomAlarms
from rooms.room_cards import RoomCards
from rooms.room_commands import RoomCommands
from rooms.room_forgetting import RoomForgetting
from rooms.room_log import RoomLog, Unsaved
from rooms.room_memo import RoomMemo
from rooms.room_memo_clock import RoomMemoClock
from rooms.room_people import RoomPeople
from rooms.room_photos import RoomPhotos
from rooms.room_reading import RoomReading
from rooms.seats import Device, Seat
from rooms.storage import Newer, StorageUnwritable
from rooms.whole import Draft, Whole
from rooms.words import Mint, WordsBook
from rooms.world import World

log = structlog.get_logger("rooms")

DAMAGED: Final = (
    "The end of this room's log is damaged. The room opens as it was before; what came after is"
    " kept aside, where docs/operations.md, Damage, says. A backup may have it."
)
NOTHING_WHOLE: Final = (
    "Nothing of this room's log is whole: it cannot be opened, and was left as it is. Restore a"
    " backup: docs/operations.md, Damage."
)
WALL_MAY: Final = "seat.language"
"""The one command of a wall: a hall reads it in a language of its own."""


class Room(RoomReading):
    """A room. Make it with `Room.load`; every public method may be called from any task of the
    loop."""

    def __init__(self, id: str, world: World, whole: Whole, book: WordsBook) -> None:
        super().__init__(id, world, whole, book)
        self._alarms = RoomAlarms(id, world.alarms, world.clock)
        self.log = RoomLog(self, self._alarms)
        self.memos = RoomMemo(self)
        self.recent = Recent(world.clock.now)
        self._people = RoomPeople(self, self.log, self._alarms)
        self._activity = RoomActivity(self, self.log, self._alarms, self._people.roll)
        self.bench = self._activity.bench
        self._cards = RoomCards(self, self.log, self._alarms, self.recent)
        self._photos = RoomPhotos(self, self.log, self._alarms)
        self._forgetting = RoomForgetting(self, self.log, self._alarms, self.memos)
        self._memo_clock = RoomMemoClock(self, self.log, self._alarms)
        self._commands = RoomCommands(
            self,
            self.log,
            knowing=Knowing(self, self.recent, self.memos),
            people=self._people,
            activity=self._activity,
            cards=self._cards,
            forgetting=self._forgetting,
        )
        self._alarms.look = self._look
        self.log.happened = self._happened

    @classmethod
    async def load(cls, id: str, world: World) -> "Room | None":
        """Read a room from storage and let the clock catch up; None when there is no such room.

        What is damaged at the end of its log is set aside and named: the room opens with what is
        whole (DUR1). A room of which nothing is whole is none; nothing of it is touched.
        """
        rows = await world.storage.commits(id)
        if not rows:
            return None
        room = cls(id, world, Whole(), WordsBook(await world.storage.words(id)))
        await room.photos.load(world.clock.now())
        whole = room.log.load(rows)
        if whole < rows[-1][0]:
            lost = sum(seq > whole for seq, _ in rows)
            log.error("log_damaged", room=id, count=lost, hint=DAMAGED if whole else NOTHING_WHOLE)
            if not whole:
                return None
            await world.storage.set_aside(id, whole, "damaged, or after what is damaged")
        await room._wake_up(await world.storage.touched(id))
        return room

    async def _wake_up(self, touched: int) -> None:
        await self.log.settle_later()
        await self._people.come_back(touched)
        await self._activity.ring_due()
        await self._people.drop_keys()
        await self._cards.erase_taken()
        self.bench.look()

    def _happened(self) -> None:
        """The log has grown, here or elsewhere."""
        self._look()
        self.bench.look()
        self.changed()

    def _look(self) -> None:
        """Keep the alarms that follow from what the room holds."""
        if not self.forgotten:
            self._forgetting.set_alarms()
            self._activity.set_alarm()
            self._memo_clock.set_alarm()
            self._cards.set_alarm()
            self._photos.set_alarm()
            self._people.set_alarm()

    # What it says of itself -------------------------------------------------------------------

    @property
    def forgotten(self) -> bool:
        """Whether the room takes no more commits or edits."""
        return self.log.forgotten

    @property
    def handed_over(self) -> bool:
        """Whether a newer version has written in the room: it is that one's."""
        return self.log.handed_over or self.shelf.handed_over

    @property
    def appends(self) -> int:
        """How many commits this process has written."""
        return self.log.appends

    @property
    def refusals(self) -> int:
        """How many commands were refused."""
        return self._commands.refusals

    def when_expired(self, expired: Callable[[], Awaitable[None]]) -> None:
        """Call this when the date of the whole room has come."""
        self._forgetting.expired = expired

    # Commands ---------------------------------------------------------------------------------

    async def command(
        self, device: Device, raw: bytes, *, seat: str | None = None
    ) -> wire.DoneMessage:
        """Apply one `ClientCommand` (JSON) once. Raises `Refused`, and `Newer`; then nothing was
        changed."""
        asked = asking_for.parse(raw)
        speaking = self.seat(device, asked.seat or seat)
        if speaking.role == "screen" and asking_for.tag_of(asked.command) != WALL_MAY:
            raise Refused("not_allowed")
        self.called(device)
        if (seq := self.log.known(speaking.id, asked.request)) is None:
            applied = self._commands.apply(device.id, speaking.id, asked)
            try:
                seq = await self.log.unbroken.run(applied)
            except Newer:
                raise
            except StorageUnwritable as error:  # what it would be decided by cannot be read
                raise Unsaved from error
        return wire.DoneMessage(request=asked.request, seq=seq, now=self.world.clock.now())

    async def run(
        self, decider: Callable[[Draft], None], *, mint: Mint | None = None, seat: str = ""
    ) -> int:
        """Commit something that is no person's command (joining, recovery). Raises `Refused`."""
        return await self.log.commit(decider, mint=mint, seat=seat)

    # People -----------------------------------------------------------------------------------

    def seat(self, device: Device, seat: str | None = None) -> Seat:
        """The seat a device speaks for: the named one, or its first. Raises `Refused`, `closed`
        once the room is forgotten."""
        if self.forgotten:
            raise Refused("closed")
        return super().seat(device, seat)

    def called(self, device: Device) -> None:
        """An HTTP call or a frame came from this device: it is alive."""
        self._people.called(device)

    async def device_now(self, token: str) -> Device | None:
        """The device a token belongs to, also when it sat down at another process just now. Raises
        `StorageUnwritable`."""
        found = self.device(token)
        if found is None and self.world.storage.shared:
            await self.log.follow()
            found = self.device(token)
        return found

    def told(self, here: Here) -> None:
        """Another process says who is connected to it."""
        self._people.told(here)

    async def sweep(self) -> None:
        """Compare presence with sockets and heartbeats; tell the activity and the lead record
        what changed. What cannot be written is told later."""
        await self._people.sweep()

    # Pictures and words -----------------------------------------------------------------------

    def ensure_photo(self, device: Device, seat: str | None = None) -> Seat:
        """The seat that may send one more picture now. Raises `Refused`."""
        return self._photos.ensure(device, seat)

    async def add_photo(self, device: Device, seat: str | None, body: bytes) -> str:
        """Keep a picture, made harmless already, for a card that is to show it (`note.add`);
        returns its id. Raises `Refused`."""
        return await self._photos.add(device, seat, body)

    async def words_now(self, speaking: Seat) -> bytes:
        """The `words` message of this seat with where each stands in the memo, and the text of its
        cards as it stands on them now."""
        with contextlib.suppress(Refused):  # a full disk: what is known is shown
            await self._cards.sync_of(speaking.id)
        return await self.memos.words(speaking)

    # The memo and what may be taken out -------------------------------------------------------

    async def memo(self, device: Device, edition: Edition) -> Memo:
        """The memo as it stands, for who may read it. Raises `Refused`."""
        return await self.memos.shown(device, edition)

    async def draft_memo(self, edition: Edition) -> Memo:
        """The memo of what the room holds now."""
        return await self.memos.draft(edition)

    async def sent_copy(self, edition: Edition) -> Memo:
        """The copy people have: what was sent, less what its owners have taken out since."""
        return await self.memos.copy(edition)

    async def prose(self) -> dict[str, ProseText]:
        """What facilitators wrote in the memo, by place."""
        return await self.memos.prose()

    async def photos_in(self, memo: Memo) -> dict[str, bytes]:
        """The photos a memo of this room shows, by id; without those taken back meanwhile."""
        return await self.memos.photos_in(memo)

    async def ledger(self, device: Device) -> tuple[NoteEntry, ...]:
        """Where every note went, for facilitators. Raises `Refused`."""
        return await self.memos.ledger(device)

    async def board_for_export(self, device: Device) -> dict[str, Any]:
        """The board as the organiser may take it out. Raises `Refused`."""
        return await self.memos.board(device)

    async def open_memo(self, device: Device) -> Memo:
        """The memo for its page. Facilitators find a place in its document for whatever may be
        written; what only the log held of it is put there. Raises `Refused`."""
        memo = await self.memo(device, "participants")
        if self.is_facilitator(device) and (spaces := memo.spaces):
            try:
                await self.shelf.make_places({**dict.fromkeys(spaces, ""), **old_prose(self)})
            except StorageUnwritable:
                log.warning("places_put_off", room=self.id)  # at the next opening
        return memo

    # The end ----------------------------------------------------------------------------------

    def when_newer(self, newer: Callable[[], None]) -> None:
        """Call this when a newer version has written something that is not understood here."""
        self.log.on_newer = self.shelf.on_newer = newer

    def hand_over(self) -> None:
        """The room is a newer version's from here on: change nothing of it any more (SCA5)."""
        self.log.hand_over()
        self.shelf.hand_over()
        self._alarms.drop_all()

    async def forget(self) -> None:
        """Take no more commits or edits, for good; returns when none is under way."""
        await self.log.forget()
        await self.close()

    def empty(self) -> None:
        """Let go of all that a forgotten room knew: its parts hold each other and go much later,
        but nobody's words may wait for that."""
        self.whole, self.book = Whole(), WordsBook({})

    async def close(self) -> None:
        """Wait for what is under way and let go of alarms."""
        await self.bench.close()
        await self.log.unbroken.settled()
        await self.memos.settled()
        self._alarms.drop_all()
        with contextlib.suppress(StorageUnwritable):
            await self.shelf.tidy()

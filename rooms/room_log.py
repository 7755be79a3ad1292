"""The log of one room in this process: how it grows, here and by other processes.

Theory
------
* There are two ways in and one way on. Our own commit is decided on a `Draft`, appended at the
  expected number, and only then taken in (`commit`); what another process appended is read and
  taken in (`follow`). Either ends in `_evolve` and `happened`, which is all that alarms, heavy
  work and delivery know of: nobody behind it asks who wrote a commit.
* On `Conflict` what is new is taken in first, and the decider decides again (LOG2). If nothing is
  new the room was forgotten elsewhere.
* A request id is applied once per seat: a resent tap is answered with the number it got the first
  time (LOG3).
* Nothing a client does, not even going away, stops a commit half-way: between append and evolve
  it runs in a task of its own (LOG5).
* A commit's effects on documents are made by the process that appended it, before its next commit
  (`effects.py`). If it is killed in between, whoever commits next makes them, or anybody who has
  the room open after a while; so each process owes those of the last commit it knows of until it
  hears that they are made (`settled`).
* A storage that cannot be written refuses with `full` and loses nothing (STO1).
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import structlog

from activities.blocks import say
from activities.kernel import Refused
from rooms import commits, unnamed
from rooms import whole as wholes
from rooms.commit_writing import written
from rooms.commits import Commit
from rooms.effects import Effects
from rooms.room_alarms import RoomAlarms
from rooms.room_reading import RoomReading
from rooms.storage import Conflict, Newer, StorageUnwritable
from rooms.unbroken import Unbroken
from rooms.whole import Draft
from rooms.words import Mint, WordsBook
from rooms.words_gone import gone

log = structlog.get_logger("rooms")

DISK_FULL: Final = say(
    "This room cannot save right now. Nothing was lost; what you wrote stays on this device."
    " Try again soon."
)


class Unsaved(Refused):
    """Nothing is wrong with what was asked: it cannot be saved at the moment, and may be asked
    again as it is."""

    def __init__(self) -> None:
        super().__init__("full", DISK_FULL)


EFFECTS_OF_OTHERS: Final = 2_000
"""Milliseconds after which another process's effects are made here if it has not said that it made
them: it may have been killed."""

FORGOTTEN: Final = say("This room was closed, and everything in it was deleted.")


class RoomLog:
    """See the module. It alone changes what `room` holds of the log: its `whole` and its `book`.

    `happened` is called after every commit, whoever wrote it, when it is taken in.
    """

    def __init__(self, room: RoomReading, alarms: RoomAlarms) -> None:
        self.happened: Callable[[], None] = lambda: None
        self.tell_settled: Callable[[int], None] = lambda seq: None
        """Called with the number of a commit whose effects are made, here."""
        self.on_newer: Callable[[], None] = lambda: None
        """Called when a newer version has written what is not understood here (SCA5)."""
        self.forgotten = False
        self.handed_over = False
        """Whether the room is a newer version's: nothing is read or written any more."""
        self.appends = 0
        self.unbroken = Unbroken()
        self._room = room
        self._alarms = alarms
        self._effects = Effects(
            room.id,
            room.shelf,
            room.world.storage,
            room.world.activities,
            room.world.doors.ways_in,
            lambda line: room.say(line, room.language),
        )
        room.shelf.structure = lambda: self._effects.structure(room.whole, room.book)
        room.shelf.is_latest = self._is_latest
        self._lock = asyncio.Lock()
        self._settled_elsewhere = 0
        self._requests: dict[tuple[str, str], int] = {}

    def known(self, seat: str, request: str) -> int | None:
        """The number of the commit this request of this seat was applied with (LOG3). One that was
        unnamed is known by its mark alone, and no longer once its key is dropped (NML4)."""
        if (seq := self._requests.get((seat, request))) is not None:
            return seq
        marks = (self._mark(activity, seat, request) for activity in self._room.whole.room.keys)
        found = (self._requests.get(("", mark)) for mark in marks if mark)
        return next((seq for seq in found if seq is not None), None)

    def _mark(self, activity: str, seat: str, request: str) -> str:
        state, text = self._room.whole.room, self._room.book.get
        return unnamed.request_mark(state, text, activity, seat, request) if activity else ""

    def draft(self, entered_by: str = "") -> Draft:
        """A draft of what could be decided now."""
        world = self._room.world
        return Draft(self._room.whole, world.activities, world.clock.now(), entered_by)

    # What we write ----------------------------------------------------------------------------

    async def commit(
        self,
        decider: Callable[[Draft], None],
        *,
        seat: str = "",
        entered_by: str = "",
        request: str = "",
        mint: Mint | None = None,
    ) -> int:
        """Decide, append, evolve. Returns the number of the commit, or the present one when
        nothing happened. Raises `Refused`: what the decider says, `full`, or `closed`; and `Newer`,
        which answers nobody: the page asks again where the room is served."""
        return await self.unbroken.run(self._commit(decider, seat, entered_by, request, mint))

    async def _commit(
        self,
        decider: Callable[[Draft], None],
        seat: str,
        entered_by: str,
        request: str,
        mint: Mint | None,
    ) -> int:
        room = self._room
        async with self._lock:
            while True:
                if self.forgotten:
                    raise Refused("closed", FORGOTTEN)
                self._check_ours()
                if request and (known := self.known(seat, request)) is not None:
                    return known
                draft = self.draft(entered_by)
                decider(draft)
                if not draft.events and not request:
                    return room.whole.room.seq
                texts = dict(mint.texts) if mint else {}
                commit = written(
                    draft,
                    texts,
                    seq=room.whole.room.seq + 1,
                    activity=room.whole.room.current,
                    language=room.language,
                    seat=seat,
                    entered_by=entered_by,
                    request=request,
                    mark=self._mark(draft.unnamed, seat, request),
                )
                try:
                    await self._effects.settle(room.whole, room.book)
                    await self._append(commit, texts)
                except Conflict:
                    await self._catch_up()
                    continue
                except Newer:
                    raise
                except StorageUnwritable as error:
                    log.warning("append_failed", room=room.id, seat=seat, request=request)
                    raise Unsaved from error
                await self._take_in(commit, texts)
                return commit.seq

    async def _append(self, commit: Commit, texts: dict[str, str]) -> None:
        stored = {ref: text.encode() for ref, text in texts.items()}
        room = self._room
        await room.world.storage.append(room.id, commit.seq, commits.encode(commit), stored)

    async def _take_in(self, commit: Commit, texts: dict[str, str]) -> None:
        """Our commit is in the log: from here on nothing may stop it."""
        self.appends += 1
        self._room.book.add(texts)
        self._evolve(commit)
        self._effects.owed = commit
        await self.settle_later()
        self.happened()

    # What others wrote ------------------------------------------------------------------------

    def load(self, rows: Sequence[tuple[int, bytes]]) -> int:
        """Take in the log from its beginning, as far as it is whole; returns the number of the
        last commit taken in. Its effects may be missing: call `settle_later`. Raises `Newer`."""
        for seq, raw in rows:
            try:
                commit = commits.decode(raw)
            except msgspec.DecodeError:
                break
            if not seq == commit.seq == self._room.whole.room.seq + 1:
                break
            self._effects.owed = self._learned(commit)
        return self._room.whole.room.seq

    async def follow(self) -> bool:
        """Take in what other processes appended; whether there was anything. If they forgot the
        room, so do we. Raises `StorageUnwritable`, `Newer`."""
        async with self._lock:
            return await self._follow()

    def hand_over(self) -> None:
        """The room is a newer version's: decide and make nothing any more."""
        self.handed_over = True

    def _check_ours(self) -> None:
        if self.handed_over:
            raise Newer("a newer version serves this room")

    async def _follow(self) -> bool:
        self._check_ours()
        try:
            return await self._read_on()
        except Newer:
            self.hand_over()
            self.on_newer()
            raise

    async def _read_on(self) -> bool:
        room, storage, known = self._room, self._room.world.storage, self._room.whole.room.seq
        rows = await storage.commits(room.id, max(known - 1, 0))
        if not rows:  # not even the last one we know
            self.forgotten = True
            room.changed()
            return False
        new = [raw for seq, raw in rows if seq > known]
        if not new:
            return False
        book = WordsBook(await storage.words(room.id))
        learned = [self._learned(commit) for commit in [commits.decode(raw) for raw in new]]
        self._effects.owed = learned[-1]
        self.settled(self._settled_elsewhere)
        room.book = book
        room.book.hide(room.whole.room.safety.words)
        for commit in learned:
            # Who wrote it may not have erased them from the storage yet.
            for one in gone(commit, room.whole, room.world.activities):
                room.book.erase(list(one.refs))
        # Whoever wrote it makes its effects, unless they are killed.
        if self._effects.owed is not None:
            self._alarms.set("effects", room.world.clock.now() + EFFECTS_OF_OTHERS, self.settle)
        self.happened()
        return True

    def settled(self, seq: int) -> None:
        """Another process has made the effects of this commit."""
        self._settled_elsewhere = max(seq, self._settled_elsewhere)
        if (owed := self._effects.owed) is not None and owed.seq <= seq:
            self._effects.owed = None
            self._alarms.drop("effects")

    async def _catch_up(self) -> None:
        """Our number was taken. If there is nothing new the room is no more."""
        try:
            if not await self._follow():
                self.forgotten = True
        except Newer:
            raise
        except StorageUnwritable as error:
            raise Unsaved from error

    def _learned(self, commit: Commit) -> Commit:
        self._evolve(commit)
        return commit

    def _evolve(self, commit: Commit) -> None:
        room = self._room
        room.whole = wholes.apply(room.whole, commit, room.world.activities)
        room.book.hide(room.whole.room.safety.words)
        if commit.request:
            self._requests[commit.seat, commit.request] = commit.seq

    # What follows outside the log -------------------------------------------------------------

    async def settle(self) -> None:
        """Make what is owed outside the log. Raises `StorageUnwritable`: then call again."""
        async with self._lock:
            self._check_ours()
            await self._settle()
        self._alarms.look()
        self._room.changed()

    async def settle_later(self) -> None:
        """The same, now or as soon as the storage can be written."""
        try:
            await self._settle()
        except StorageUnwritable:
            self._alarms.again("effects", self.settle)

    async def _settle(self) -> None:
        room = self._room
        owed = self._effects.owed
        await self._effects.settle(room.whole, room.book)
        if owed is not None:
            self.tell_settled(owed.seq)
        await room.photos.sweep(room.whole.room, room.book, room.world.clock.now())

    async def _is_latest(self) -> bool:
        """Whether no other process may be ahead of this one, or be about to bring the board to
        where the log says it is (BRD8)."""
        room = self._room
        if not room.world.storage.shared:
            return True
        if self._effects.owed is not None and not self._effects.settling:
            return False
        try:
            return not await room.world.storage.commits(room.id, room.whole.room.seq)
        except StorageUnwritable:
            return False

    # The end ----------------------------------------------------------------------------------

    async def forget(self) -> None:
        """Take no more commits or edits, for good; returns when none is under way."""
        self.forgotten = True
        async with self._lock:
            await self._room.shelf.close()

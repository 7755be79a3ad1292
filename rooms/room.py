"""One room in this process: takes a command, decides, appends, evolves, delivers.

Theory
------
* A command becomes one commit. `_commit` runs a pure decider on a `Draft` of the whole, appends
  the result at the expected number, and only then lets anyone see it. On `Conflict` it reads what
  is new and decides again (LOG2).
* A request id is applied once per seat: a resent tap is answered with the number it got the first
  time (LOG3).
* Nothing a client does, not even going away, stops a commit half-way: between append and evolve
  it runs in a task of its own (LOG5).
* The clock speaks through alarms: one for the running activity's next deadline, one for people
  (silence, grace, offers), one for what could not be written. After loading, everyone who was here
  is away since the last heartbeat the storage has, and then past deadlines ring: a teller keeps
  what remained (ruling *Time*).
* After each commit its effects on documents are made (`effects.py`), before the next commit.
* A storage that cannot be written refuses commands with `full` and loses nothing: reading goes
  on, presence waits in the roll, deadlines ring again (STO1).
* Views leave with the tick: whole, newest only (`delivery.py`).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from msgspec.structs import replace

from activities.blocks import say
from activities.kernel import Command, Job, Refused
from rooms import (
    activity_desk,
    board_state,
    call,
    commits,
    consent_desk,
    lead_rights,
    memo_states,
    memo_step_desk,
    note_desk,
    safety_desk,
    unnamed,
    wire,
    wire_hall,
    words_desk,
    words_events,
    words_state,
)
from rooms import asked as asking_for
from rooms import whole as wholes
from rooms.asked import ROOM_TAGS, field_of, tag_of
from rooms.asking import Asking, Known, moment_of
from rooms.commits import Commit, WordsKept
from rooms.effects import Effects
from rooms.looked_up import looked_up
from rooms.memo_material import old_prose
from rooms.memo_places import placed
from rooms.memo_tree import Memo
from rooms.ownership import Touch
from rooms.recent import FORGETTING, HIDING, Doings, Recent
from rooms.roll import Change, Roll
from rooms.room_alarms import RoomAlarms, people_due
from rooms.room_decide import decide
from rooms.room_reading import RoomReading
from rooms.safety import Hidden, SeatHidden
from rooms.seats import Device, Seat
from rooms.storage import Conflict, StorageUnwritable
from rooms.unbroken import Unbroken
from rooms.whole import Draft, Whole
from rooms.words import Mint, WordsBook, decode_command, digest
from rooms.words_desk import said_by
from rooms.workbench import Workbench
from rooms.world import World

log = structlog.get_logger("rooms")

RINGS_AT_ONCE: Final = 500
"""Deadlines that may ring in one go: an evening has about a hundred; more means an activity that
never moves on."""

ANSWERING: Final = frozenset({"consent.release", "consent.withdraw", "consent.widen"})
"""Commands that answer for exact words."""

TIDY_AFTER: Final = 30_000
"""Milliseconds after which what people removed from documents leaves the disk too: soon enough
that nobody finds it there, seldom enough that a person who corrects a sentence costs one
compaction."""

DISK_FULL: Final = say(
    "This room cannot save right now. Nothing was lost; what you wrote stays on this device."
    " Try again soon."
)

FORGOTTEN: Final = say("This room was closed, and everything in it was deleted.")


class Room(RoomReading):
    """A room. Make it with `Room.load`; every public method may be called from any task of the
    loop."""

    def __init__(self, id: str, world: World, whole: Whole, book: WordsBook) -> None:
        super().__init__(id, world, whole, book)
        self.changed: Callable[[], None] = lambda: None  # views are out of date
        self.expired: Callable[[], Awaitable[None]] | None = None  # the date of its end has come
        self.appends = 0
        self.refusals = 0
        self.forgotten = False
        self._roll = Roll(self.presence, world.new_id)
        ways_in = world.doors.ways_in
        self._effects = Effects(
            id,
            self.shelf,
            world.storage,
            world.activities,
            ways_in,
            lambda line: self.say(line, self.language),
        )
        self.shelf.structure = lambda: self._effects.structure(self.whole, self.book)
        self._alarms = RoomAlarms(id, world.alarms, world.clock)
        self._lock = asyncio.Lock()
        self._requests: dict[tuple[str, str], int] = {}
        self._unbroken = Unbroken()
        self.bench = Workbench(id, self._wanted, self._hand_in, world.dice, self._work_later)
        self.shelf.on_removed = self._tidy_later
        self.recent = Recent(world.clock.now)
        self.shelf.on_touched = self._touched
        self._dropped: dict[str, None] = {}
        self._boxes: list[tuple[str, frozenset[str]]] = []  # to be emptied (NML4)

    # Loading ----------------------------------------------------------------------------------

    @classmethod
    async def load(cls, id: str, world: World) -> "Room | None":
        """Read a room from storage and let the clock catch up; None when there is no such room."""
        rows = await world.storage.commits(id)
        if not rows:
            return None
        room = cls(id, world, Whole(), WordsBook(await world.storage.words(id)))
        await room.photos.load(world.clock.now())
        for _, raw in rows:
            room._effects.owed = room._learn(raw)
        await room._wake_up(await world.storage.touched(id))
        return room

    def _learn(self, raw: bytes) -> Commit:
        """Take in a commit that is in the log already."""
        commit = commits.decode(raw)
        self.whole = wholes.apply(self.whole, commit, self.world.activities)
        self.book.hide(self.whole.room.safety.words)
        if commit.request:
            self._requests[commit.seat, commit.request] = commit.seq
        return commit

    async def _wake_up(self, touched: int) -> None:
        now = self.world.clock.now()
        seen = min(max(touched, self.whole.room.last), now)
        self._roll.everyone_away(self.whole.room, seen, now)
        await self._settle_later()
        await self._tell_roll()
        await self._ring_due()
        await self._drop_keys()
        await self._erase_taken()
        self.bench.look()

    # Commands ---------------------------------------------------------------------------------

    async def command(
        self, device: Device, raw: bytes, *, seat: str | None = None
    ) -> wire.DoneMessage:
        """Apply one `ClientCommand` (JSON) once. Raises `Refused`; then nothing was changed."""
        asked = asking_for.parse(raw)
        speaking = self.seat(device, asked.seat or seat)
        if speaking.role == "screen":
            raise Refused("not_allowed")
        self.called(device)
        if (known := self._requests.get((speaking.id, asked.request))) is not None:
            return self._done(asked.request, known)
        return await self._unbroken.run(self._command(device, speaking.id, asked))

    async def _command(
        self, device: Device, seat_id: str, asked: wire.ClientCommand
    ) -> wire.DoneMessage:
        await self.sweep()
        mint = Mint(self.world.new_id)
        carried = self.whole.room.device_by_id(device.id).seats
        entered_by = carried[0] if carried and carried[0] != seat_id else ""
        tag = tag_of(bytes(asked.command))
        if tag in ANSWERING:
            await self._sync_card(field_of(bytes(asked.command), "words"))
        about = await self._about(bytes(asked.command), seat_id)
        named = field_of(bytes(asked.command), "photo") if tag == "note.add" else ""
        known = replace(
            await looked_up(self, tag),
            recent=about.recent if about else (),
            cards=about.all if about else (),
            photo=named if self.photos.has(seat_id, named) else "",
        )

        nameless = False

        def decider(draft: Draft) -> None:
            nonlocal nameless
            if seat_id not in draft.room.device_by_id(device.id).seats:
                raise Refused("not_allowed")  # removed while this waited
            try:
                self._decide(draft, device.id, seat_id, entered_by, asked, mint, known)
            except Refused as refused:
                if refused.reason == "stale_epoch" and refused.message is None:
                    raise lead_rights.stale_epoch(draft) from refused
                raise
            nameless = draft.unnamed
            self._roll.move_lead(draft)

        if tag == "seat.move":
            # What would be refused leaves no code behind.
            decider(Draft(self.whole, self.world.activities, self.world.clock.now(), entered_by))
            known = replace(known, nonce=await self._make_code(seat_id))

        try:
            seq = await self._commit(
                decider, seat=seat_id, entered_by=entered_by, request=asked.request, mint=mint
            )
        except Refused:
            self.refusals += 1
            raise
        if nameless:
            await self._forget_drafts(seat_id, frozenset(mint.texts.values()))
        if about is not None and tag in HIDING:
            await self._hide_late(field_of(bytes(asked.command), "seat"), seat_id)
        if tag in ("seat.adopt", "seat.carry") or not self.presence.here(seat_id):
            await self.sweep()  # somebody came back in, or is on another device now
        await self._ring_due()
        return self._done(asked.request, seq)

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

    async def _forget_drafts(self, seat: str, texts: frozenset[str]) -> None:
        """What was given without a name stands in no private document either: the page that typed
        it may be gone before it has emptied its box (NML4)."""
        self._boxes.append((seat, texts))
        try:
            await self._ring_boxes()
        except StorageUnwritable:
            log.warning("drafts_kept", room=self.id)
            self._alarms.again("boxes", self._ring_boxes)

    async def _ring_boxes(self) -> None:
        """Empty the boxes that wait for it. Raises `StorageUnwritable`: then the alarm rings
        again."""
        while self._boxes and not self.forgotten:
            seat, texts = self._boxes[0]
            await self.shelf.forget_drafts(seat, texts, whole=True)
            self._boxes = [box for box in self._boxes if box != (seat, texts)]
        self._alarms.drop("boxes")

    async def _make_code(self, seat: str) -> str:
        """A nonce for the code that takes this seat to another phone; the join page finds the code
        before it is shown. Raises `Refused("full")`."""
        nonce, doors = self.world.new_id(), self.world.doors
        digest = doors.lookup(doors.moving(self.id, seat, nonce))
        try:
            await self.world.storage.put_secret(digest, self.id, b"move")
        except StorageUnwritable as error:
            log.warning("code_unknown", room=self.id, seat=seat)
            raise Refused("full", DISK_FULL) from error
        return nonce

    async def _about(self, raw: bytes, sender: str) -> Doings | None:
        """What the seat a command would hide or forget has done, which a decider cannot read."""
        tag = tag_of(raw)
        if tag not in HIDING | FORGETTING:
            return None
        seat = sender if tag == "words.erase" else field_of(raw, "seat")
        return await self.recent.doings(seat, self) if seat in self.whole.room.seats else None

    async def _hide_late(self, seat: str, by: str) -> None:
        """What was on its way while its author was hidden goes as well."""
        again = await self.recent.doings(seat, self)
        late = tuple(c for c in again.recent if c not in self._hidden_cards(seat))
        if not late or seat not in self.whole.room.safety.hidden:
            return
        hidden = Hidden(at=self.world.clock.now(), by=by, cards=late)
        with contextlib.suppress(Refused):  # the command itself is in the log and stays done
            await self.run(lambda draft: draft.add(SeatHidden(seat=seat, hidden=hidden)), seat=by)

    def _hidden_cards(self, seat: str) -> tuple[tuple[str, str], ...]:
        hidden = self.whole.room.safety.hidden.get(seat)
        return hidden.cards if hidden else ()

    def _decide(
        self,
        draft: Draft,
        device: str,
        seat_id: str,
        entered_by: str,
        asked: wire.ClientCommand,
        mint: Mint,
        known: Known,
    ) -> None:
        mint.texts.clear()
        seat = draft.room.seats[seat_id]
        raw = bytes(asked.command)
        tag = tag_of(raw)
        asking = Asking(
            seat=seat,
            device=device,
            entered_by=entered_by,
            now=draft.now,
            dice=self.world.dice(),
            presence=self.presence,
            mint=mint,
            new_id=self.world.new_id,
            new_key=lambda: mint(unnamed.fresh_key(self.world.dice)).ref,
            adopting=self.adopting,
            known=known,
        )
        activity = asked.activity or (draft.current() if tag not in ROOM_TAGS else "")
        if activity and tag not in ROOM_TAGS:
            activity_desk.tell(draft, activity, raw, asking, self.book.get)
            return
        command = decode_command(raw, wire.RoomCommand, mint)
        if isinstance(command, wire.SeatName):
            mint.name(command.name.ref)
        elif isinstance(command, wire_hall.RoomCall) and command.link:
            mint.texts[command.link.ref] = call.checked(mint.texts[command.link.ref])
        decide(draft, command, asking)

    def _done(self, request: str, seq: int) -> wire.DoneMessage:
        return wire.DoneMessage(request=request, seq=seq, now=self.world.clock.now())

    async def run(
        self, decider: Callable[[Draft], None], *, mint: Mint | None = None, seat: str = ""
    ) -> int:
        """Commit something that is no person's command (joining, recovery). Raises `Refused`."""
        return await self._commit(decider, mint=mint, seat=seat)

    # The log ----------------------------------------------------------------------------------

    async def _commit(
        self,
        decider: Callable[[Draft], None],
        *,
        seat: str = "",
        entered_by: str = "",
        request: str = "",
        mint: Mint | None = None,
    ) -> int:
        """Decide, append, evolve. Returns the number of the commit, or the present one when
        nothing happened. Raises `Refused`: what the decider says, `full`, or `closed`."""
        return await self._unbroken.run(self._commit_now(decider, seat, entered_by, request, mint))

    async def _commit_now(
        self,
        decider: Callable[[Draft], None],
        seat: str,
        entered_by: str,
        request: str,
        mint: Mint | None,
    ) -> int:
        async with self._lock:
            while True:
                if self.forgotten:
                    raise Refused("closed", FORGOTTEN)
                if request and (known := self._requests.get((seat, request))) is not None:
                    return known
                draft = Draft(self.whole, self.world.activities, self.world.clock.now(), entered_by)
                decider(draft)
                if not draft.events and not request:
                    return self.whole.room.seq
                texts = dict(mint.texts) if mint else {}
                commit = self._written(draft, seat, entered_by, request, texts)
                try:
                    await self._effects.settle(self.whole, self.book)
                    await self._append(commit, texts)
                except Conflict:
                    await self._catch_up()
                    continue
                except StorageUnwritable as error:
                    log.warning("append_failed", room=self.id, seat=seat, request=request)
                    raise Refused("full", DISK_FULL) from error
                seq = await self._take_in(commit, texts)
                if request:
                    self._requests[seat, request] = seq
                return seq

    def _written(
        self, draft: Draft, seat: str, entered_by: str, request: str, texts: dict[str, str]
    ) -> Commit:
        if draft.unnamed:
            seat = entered_by = request = ""
        speaker = draft.room.seats.get(seat)
        keys = frozenset(draft.room.keys.values())
        owners = said_by(draft, seat, entered_by)
        kept = tuple(
            WordsKept(
                # A key is nobody's words: hiding a person keeps it.
                ref=ref,
                seat="" if ref in keys else owners.get(ref, (seat, entered_by))[0],
                entered_by=owners.get(ref, (seat, entered_by))[1],
                language=old.language
                if (old := draft.room.words.get(ref)) is not None
                else speaker.language
                if speaker
                else self.language,
                activity=self.whole.room.current,
                digest=digest(text),
                at=draft.now,
            )
            for ref, text in texts.items()
        )
        return Commit(
            seq=self.whole.room.seq + 1,
            at=draft.now,
            events=tuple(draft.events),
            seat=seat,
            entered_by=entered_by,
            request=request,
            words=kept,
        )

    async def _append(self, commit: Commit, texts: dict[str, str]) -> None:
        stored = {ref: text.encode() for ref, text in texts.items()}
        await self.world.storage.append(self.id, commit.seq, commits.encode(commit), stored)

    async def _take_in(self, commit: Commit, texts: dict[str, str]) -> int:
        """The commit is in the log: from here on nothing may stop it."""
        self.appends += 1
        self.book.add(texts)
        self.whole = wholes.apply(self.whole, commit, self.world.activities)
        self.book.hide(self.whole.room.safety.words)
        self._effects.owed = commit
        await self._settle_later()
        self._set_alarms()
        self.bench.look()
        self.changed()
        return commit.seq

    async def _catch_up(self) -> None:
        """Another process was first: learn what it wrote. If it forgot the room, so do we."""
        rows = await self.world.storage.commits(self.id, self.whole.room.seq)
        if not rows:
            self.forgotten = True
            return
        for _, raw in rows:
            self._learn(raw)
        self.book = WordsBook(await self.world.storage.words(self.id))
        self.book.hide(self.whole.room.safety.words)
        self._set_alarms()
        self.bench.look()
        self.changed()

    async def _settle_later(self) -> None:
        """Make the last commit's effects, now or as soon as the storage can be written."""
        try:
            await self._settle()
        except StorageUnwritable:
            self._alarms.again("effects", self._ring_effects)

    async def _settle(self) -> None:
        await self._effects.settle(self.whole, self.book)
        await self.photos.sweep(self.whole.room, self.book, self.world.clock.now())
        self._set_photo_alarm()

    async def _ring_effects(self) -> None:
        async with self._lock:
            await self._settle()
        self.changed()

    # Photos -----------------------------------------------------------------------------------

    def ensure_photo(self, device: Device, seat: str | None = None) -> Seat:
        """The seat that may send one more picture now. Raises `Refused`."""
        speaking = self.seat(device, seat)
        if speaking.status != "in" or speaking.role not in ("facilitator", "participant"):
            raise Refused("not_allowed")
        safety_desk.ensure_free(self.whole.room, speaking, "note.add")
        self.photos.ensure_place(speaking.id)
        return speaking

    async def add_photo(self, device: Device, seat: str | None, body: bytes) -> str:
        """Keep a picture, made harmless already, for a card that is to show it (`note.add`);
        returns its id. Raises `Refused`."""
        speaking = self.ensure_photo(device, seat)
        return await self._unbroken.run(self._add_photo(speaking.id, body))

    async def _add_photo(self, seat: str, body: bytes) -> str:
        id = self.world.doors.photo(self.id, seat, self.world.new_id())
        if self.forgotten:
            raise Refused("closed", FORGOTTEN)
        try:
            await self.photos.keep(seat, id, body, self.world.clock.now())
        except StorageUnwritable as error:
            raise Refused("full", DISK_FULL) from error
        self._set_photo_alarm()
        return id

    def _set_photo_alarm(self) -> None:
        due = self.photos.due
        if self.forgotten or due is None:
            self._alarms.drop("photos")
        elif self._alarms.due("photos") is None:
            self._alarms.set("photos", due, self._ring_photos)

    async def _ring_photos(self) -> None:
        self._alarms.drop("photos")
        try:
            await self._ring_effects()
        except StorageUnwritable:
            self._alarms.again("photos", self._ring_photos)

    def _tidy_later(self) -> None:
        if not self.forgotten and self._alarms.due("tidy") is None:
            self._alarms.set("tidy", self.world.clock.now() + TIDY_AFTER, self._ring_tidy)

    async def _ring_tidy(self) -> None:
        names = self.shelf.untidy
        try:
            await self.shelf.tidy()
            await self._sync_cards(names)
        except (StorageUnwritable, Refused):
            self._alarms.again("tidy", self._ring_tidy)

    # Words that are kept no longer ------------------------------------------------------------

    async def _sync_cards(
        self, documents: frozenset[str], only: frozenset[str] | None = None
    ) -> None:
        """The words of cards are what their authors made of them on the board: what they were
        before leaves the storage, and a yes was for other words. Raises `Refused`."""
        texts: dict[str, str] = {}
        for name in sorted(documents):
            for card in await self.shelf.cards(name):
                note = self.whole.room.notes.get(card.id)
                if (
                    note is None
                    or note.document != name
                    or (only is not None and note.words not in only)
                ):
                    continue
                if card.text.strip() and self.book.get(note.words) not in (None, card.text):
                    texts[note.words] = card.text
        if not texts:
            return
        mint = Mint(self.world.new_id)

        def reword(draft: Draft) -> None:
            mint.texts = dict(texts)
            kinds = {note.words: note.kind for note in draft.room.notes.values()}
            for ref in texts:
                draft.add(
                    words_events.WordsReworded(words=ref, kind=kinds.get(ref, ""), at=draft.now)
                )

        await self._commit(reword, mint=mint)

    async def _sync_card(self, words: str) -> None:
        """Whoever answers for a card answers for what stands on it now. Raises `Refused`."""
        if (at := consent_desk.card_of(self.whole, words)) is not None:
            await self._sync_cards(frozenset({at[0]}), frozenset({words}))

    async def words_now(self, speaking: Seat) -> bytes:
        """The `words` message of this seat with where each stands in the memo, and the text of its
        cards as it stands on them now."""
        cards = consent_desk.noted(self.whole).get(speaking.id, {})
        at = (consent_desk.card_of(self.whole, ref) for ref in cards)
        with contextlib.suppress(Refused):  # a full disk: what is known is shown
            await self._sync_cards(frozenset(a[0] for a in at if a), frozenset(cards))
        return await self.words_in_memo(speaking)

    def _set_words_alarms(self) -> None:
        """When words whose owner said no, and the board, and the memo, are forgotten."""
        state = self.whole.room
        soonest = min(words_state.due(state).values(), default=None)
        if soonest is None:
            self._alarms.drop("words")
        elif self._alarms.due("words") != soonest:
            self._alarms.set("words", soonest, self._ring_words)
        until = state.keep.memo_until if state.board_gone else state.keep.board_until
        if self._alarms.due("keep") != until(state.begins):
            self._alarms.set("keep", until(state.begins), self._ring_keep)

    async def _ring_words(self) -> None:
        """Forget words ten minutes after their owner said no. Raises `Refused("full")`: then the
        alarm rings again."""

        def forget(draft: Draft) -> None:
            found = words_desk.refused_due(draft.room, draft.now)
            cards = tuple((n.document, n.card) for n in found.values() if n is not None)
            if found:
                seats = {draft.room.consents[ref].seat for ref in found}
                written = draft.room.written
                seats |= {written[ref].by for ref in found if ref in written}
                draft.add(
                    words_events.WordsForgotten(
                        words=tuple(found), cards=cards, seats=tuple(sorted(seats))
                    )
                )

        await self._commit(forget)
        self._set_alarms()

    async def _ring_keep(self) -> None:
        """The date of the board has come, or that of the whole room. Raises `Refused("full")`: then
        the alarm rings again."""
        state, now = self.whole.room, self.world.clock.now()
        if state.keep.memo_until(state.begins) <= now:
            if self.expired is None:
                self._alarms.again("keep", self._ring_keep)  # nobody has taken it in yet
            else:
                await self.expired()
            return
        if not state.board_gone and state.keep.board_until(state.begins) <= now:
            memos = [await self.draft_memo("participants")]
            if state.sent:
                memos.append(await self.sent_copy("participants"))
            printed = frozenset(id for memo in memos for id in placed(memo))

            def forget(draft: Draft) -> None:
                words, kept = words_desk.board_forgotten(draft, printed)
                draft.add(words_events.BoardForgotten(words=words, kept=kept))

            await self._commit(forget)
        self._set_alarms()

    # Heavy decisions --------------------------------------------------------------------------

    def _wanted(self) -> tuple[str, Job] | None:
        return None if self.forgotten else wholes.work(self.whole, self.world.activities)

    async def _hand_in(self, activity: str, job: Job, command: Command) -> None:
        """Let the activity decide what was computed for it. Raises `Refused`: `stale_phase` when
        it no longer wants that."""

        def tell(draft: Draft) -> None:
            wanted = wholes.work(Whole(draft.room, draft.running), self.world.activities)
            if wanted is None or (wanted[0], wanted[1].basis) != (activity, job.basis):
                raise Refused("stale_phase")
            clock = moment_of(draft, None, draft.now, self.world.dice())
            draft.tell(activity, command, clock)

        await self._commit(tell)

    def _work_later(self) -> None:
        self._alarms.again("work", self._ring_work)

    async def _ring_work(self) -> None:
        self.bench.look()
        await self.bench.settled()

    # The clock --------------------------------------------------------------------------------

    def _set_alarms(self) -> None:
        if self.forgotten:
            return
        self._set_words_alarms()
        self._set_memo_alarm()
        due = wholes.deadline(self.whole, self.world.activities)
        if due is None:
            self._alarms.drop("activity")
        elif self._alarms.due("activity") != due[1].at:
            self._alarms.set("activity", due[1].at, self._ring_activity)
        erase = board_state.erase_due(self.whole.room.board)
        if erase is None:
            self._alarms.drop("taken")
        elif self._alarms.due("taken") is None:
            self._alarms.set("taken", erase, self._erase_taken)
        self._set_people_alarm()

    def _set_memo_alarm(self) -> None:
        """When the memo becomes a draft, or waits no longer for answers."""
        if (due := memo_states.due(self.whole.room)) is None:
            self._alarms.drop("memo")
        elif self._alarms.due("memo") != due:
            self._alarms.set("memo", due, self._ring_memo)

    async def _ring_memo(self) -> None:
        """Raises `Refused("full")`: then the alarm rings again."""
        await self._commit(memo_step_desk.ring)
        self._set_alarms()

    def _touched(self, document: str, touches: Sequence[Touch]) -> None:
        """An edit of people was taken in. A card that its author took out of the document itself,
        as any program may, is gone from the log too."""
        self.recent.touched(document, touches)
        notes = self.whole.room.notes
        gone = [t.path[1] for t in touches if t.kind == "delete" and len(t.path) == 2]
        gone = [card for card in gone if card in notes and notes[card].document == document]
        if gone:
            self._dropped.update(dict.fromkeys(gone))
            self._alarms.set("taken", self.world.clock.now(), self._erase_taken)

    async def _erase_taken(self) -> None:
        """Erase the cards that nobody brought back within a minute (BRD5)."""

        gone = tuple(self._dropped)

        def erase(draft: Draft) -> None:
            if gone:
                note_desk.dropped(draft, gone, self.world.dice())
            note_desk.erase_due(draft)

        try:
            await self._commit(erase)
            for card in gone:  # others may have come meanwhile
                self._dropped.pop(card, None)
        except Refused as refused:
            log.warning("taken_kept", room=self.id, reason=refused.reason)
            self._alarms.again("taken", self._erase_taken)
        else:
            self._alarms.drop("taken")
            self._set_alarms()

    def _set_people_alarm(self) -> None:
        if self.forgotten:
            return
        coming = people_due(
            self.whole,
            self.world.activities,
            self.presence,
            self.world.clock.now(),
            untold=self._roll.waiting,
        )
        if coming is None:
            self._alarms.drop("people")
        elif self._alarms.due("people") != coming:
            self._alarms.set("people", coming, self._ring_people)

    async def _ring_people(self) -> None:
        await self.sweep()
        await self._drop_keys()
        self.changed()
        self._set_people_alarm()

    async def _ring_activity(self) -> None:
        """The alarm: deadlines, and what follows from them."""
        await self._ring_passed()
        await self.bench.settled()

    async def _ring_passed(self) -> None:
        """Let every deadline that has passed speak, in order. Raises `Refused("full")`: then the
        alarm rings again."""
        for _ in range(RINGS_AT_ONCE):
            due = wholes.deadline(self.whole, self.world.activities)
            if due is None or due[1].at > self.world.clock.now():
                break
            try:
                await self._commit(self._ring)
            except Refused as refused:
                if refused.reason == "full":
                    raise
                log.error("deadline_refused", room=self.id, activity=due[0], reason=refused.reason)
                return
        self._set_alarms()

    def _ring(self, draft: Draft) -> None:
        due = wholes.deadline(Whole(draft.room, draft.running), self.world.activities)
        if due and due[1].at <= draft.now:
            clock = moment_of(draft, None, draft.now, self.world.dice())
            draft.tell(due[0], due[1].command, clock)
            self._roll.move_lead(draft)

    async def _ring_due(self) -> None:
        """Deadlines that have passed, now; those that cannot be written ring again by the alarm."""
        try:
            await self._ring_passed()
        except Refused:
            self._alarms.again("activity", self._ring_activity)

    # People -----------------------------------------------------------------------------------

    def called(self, device: Device) -> None:
        """An HTTP call or a frame came from this device: it is alive."""
        self.presence.beat(device.id, self.world.clock.now())

    async def sweep(self) -> None:
        """Compare presence with sockets and heartbeats; tell the activity and the lead record
        what changed. What cannot be written is told later."""
        self._roll.call(self.whole.room, self.world.clock.now())
        if self._roll.waiting or self._lead_waits():
            await self._tell_roll()
        else:
            self._set_people_alarm()

    async def _drop_keys(self) -> None:
        """Forget whose answers were whose where no more are taken (`methods.md` A11 EV1)."""

        def drop(draft: Draft) -> None:
            whole = Whole(draft.room, draft.running)
            for id, until in unnamed.keys_due(whole, draft.activities).items():
                if until <= draft.now:
                    draft.add(commits.KeyDropped(activity=id, words=draft.room.keys[id]))

        try:
            await self._commit(drop)
        except Refused as refused:
            log.warning("keys_kept", room=self.id, reason=refused.reason)  # tried at every check

    async def _tell_roll(self) -> None:
        told: list[Change] = []

        def tell(draft: Draft) -> None:
            told.extend(self._roll.take())
            self._roll.tell(draft, told, self.world.dice())

        try:
            await self._commit(tell)
        except Refused as refused:
            self._roll.put_back(told)
            log.warning("presence_untold", room=self.id, reason=refused.reason)
        self._set_people_alarm()
        self.changed()

    def _lead_waits(self) -> bool:
        draft = Draft(self.whole, self.world.activities, self.world.clock.now())
        self._roll.move_lead(draft)
        return bool(draft.events)

    # The end ----------------------------------------------------------------------------------

    async def forget(self) -> None:
        """Take no more commits or edits, for good; returns when none is under way."""
        self.forgotten = True
        async with self._lock:
            await self.shelf.close()
        await self.close()

    async def close(self) -> None:
        """Wait for what is under way and let go of alarms."""
        await self.bench.close()
        await self._unbroken.settled()
        self._alarms.drop_all()
        with contextlib.suppress(StorageUnwritable):
            await self.shelf.tidy()

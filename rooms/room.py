"""One room in this process: takes a command, decides, appends, evolves, delivers.

Theory
------
* A command becomes one commit. `_commit` runs a pure decider on a `Draft` of the whole, appends
  the result at the
  expected number, and only then lets anyone see it. On `Conflict` it reads what is new and
  decides again (rule LOG2).
* A request id is applied once per seat: a resent tap is answered with the number it got the first
  time (LOG3).
* No task of a client can be cancelled between append and evolve: `_commit` runs shielded.
* The clock speaks through alarms: one for the running activity's next deadline, one for people
  (silence, grace, offers).
  After loading, everyone who was here is away since the last heartbeat the storage has, and then
  past deadlines ring: a teller
  keeps what remained (ruling *Time*).
* After each commit, effects that other stores need (cards in documents) are made from the
  commit's events; loading makes those
  of the last commit again, so that a crash in between loses nothing (DOC5).
* Views leave with the tick: whole, newest only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec
import structlog

from activities.blocks import Line, say
from activities.kernel import (
    Lens,
    Member,
    MemberAway,
    MemberBack,
    MemberJoined,
    MemberLeft,
    NotesChosen,
    Refused,
)
from rooms import commits, consent_desk, wire
from rooms import lead as leads
from rooms import whole as wholes
from rooms.clock import Alarms, Clock
from rooms.commits import Commit, WordsKept
from rooms.hats import facilitators, roles_of
from rooms.memo import Edition, Memo, draft
from rooms.memo_material import material
from rooms.offers import Standing
from rooms.permissions import Writer
from rooms.presence import Presence
from rooms.render import Renderer, Translate, formatted
from rooms.room_decide import Asking, decide, member_of, moment_of
from rooms.room_view import (
    default_lens,
    desk_message,
    documents_of,
    people_message,
    view_message,
)
from rooms.seats import Device, Seat
from rooms.shelf import Shelf
from rooms.storage import Conflict, Storage, StorageUnwritable
from rooms.whole import Activities, Draft, Whole
from rooms.words import Mint, WordsBook, decode_command, digest, too_deep

log = structlog.get_logger("rooms")

RINGS_AT_ONCE: Final = 500
"""Deadlines that may ring in one go: an evening has about a hundred; more means an activity that
never moves on."""

DISK_FULL: Final = say(
    "This room cannot save right now. Nothing was lost; what you wrote stays on this device."
    " Try again soon."
)

NOT_SENT: Final = say(
    "The memo is still being written. You get it from the same link when it is sent."
)

NOT_WHOLE: Final = say("Something is still missing before the memo can go out. See the list.")
MEMO_SEND: Final = str(wire.MemoSend.__struct_config__.tag)

T = TypeVar("T")


class World:
    """What all rooms of a process share."""

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        alarms: Alarms,
        activities: Activities,
        translate: Translate,
        new_id: Callable[[], str],
        dice: Callable[[], int],
        code: Callable[[str, int], str],
    ) -> None:
        self.storage = storage
        self.clock = clock
        self.alarms = alarms
        self.activities = activities
        self.translate = translate
        self.new_id = new_id
        self.dice = dice
        self.code = code  # the spoken code of (room, generation)


class Room:
    """A room. Make it with `Room.load`; every public method may be called from any task of the
    loop."""

    def __init__(self, id: str, world: World, whole: Whole, book: WordsBook) -> None:
        self.id = id
        self.world = world
        self.whole = whole
        self.book = book
        self.presence = Presence()
        self.shelf = Shelf(id, world.storage)
        self.renderer = Renderer(world.translate, self.name_of, self.words_for)
        self.changed: Callable[[], None] = lambda: None  # views are out of date
        self.appends = 0
        self.refusals = 0
        self._lock = asyncio.Lock()
        self._requests: dict[tuple[str, str], int] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    # Loading ----------------------------------------------------------------------------------

    @classmethod
    async def load(cls, id: str, world: World) -> "Room | None":
        """Read a room from storage and let the clock catch up; None when there is no such room."""
        rows = await world.storage.commits(id)
        if not rows:
            return None
        whole = Whole()
        requests: dict[tuple[str, str], int] = {}
        last: Commit | None = None
        for _, raw in rows:
            last = commits.decode(raw)
            whole = wholes.apply(whole, last, world.activities)
            if last.request:
                requests[last.seat, last.request] = last.seq
        room = cls(id, world, whole, WordsBook(await world.storage.words(id)))
        room._requests = requests
        await room._wake_up(await world.storage.touched(id), last)
        return room

    async def _wake_up(self, touched: int, last: Commit | None) -> None:
        now = self.world.clock.now()
        seen = min(touched or self.whole.room.last, now)
        for seat in self.whole.room.seats.values():
            if seat.status == "in":
                self.presence.set(seat.id, "away", now)
        if last is not None:
            await self._effects(last)

        def everyone_is_away(draft: Draft) -> None:
            clock = moment_of(draft, None, now, self.world.dice())
            for seat in list(draft.room.seats.values()):
                if seat.status == "in" and seat.person:
                    draft.tell_current(MemberAway(seat=seat.id, seen=seen), clock)

        await self._commit(everyone_is_away)
        await self._ring_activity()

    # Who is who -------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The language the room was opened in."""
        return self.whole.room.language

    def name_of(self, seat: str) -> str | None:
        """A person's display name, None when unknown or erased."""
        known = self.whole.room.seats.get(seat)
        return self.book.get(known.name) if known else None

    def words_for(self, ref: str, viewer: str) -> str | None:
        """Text for a screen, if this viewer may see it."""
        return self.book.get(ref) if consent_desk.readable(self.whole, ref, viewer) else None

    def device(self, token: str) -> Device | None:
        """The device a token belongs to, if it still speaks for anyone."""
        if not token or len(token) > 100:
            return None
        device = self.whole.room.device(digest(token))
        return device if device and device.seats else None

    def seat(self, device: Device, seat: str | None = None) -> Seat:
        """The seat a device speaks for: the named one, or its first. Raises `Refused`."""
        fresh = self.whole.room.device_by_id(device.id).seats
        id = seat or (fresh[0] if fresh else "")
        if id not in fresh:
            raise Refused("not_allowed")
        return self.whole.room.seats[id]

    def say(self, line: Line, language: str) -> str:
        """A catalogue line in a language."""
        return self.renderer.line(line, language)

    def code(self) -> str:
        """The spoken code, valid while the door is open."""
        return self.world.code(self.id, self.whole.room.generation)

    # Commands ---------------------------------------------------------------------------------

    async def command(
        self, device: Device, raw: bytes, *, seat: str | None = None
    ) -> wire.DoneMessage:
        """Apply one `ClientCommand` (JSON) once. Raises `Refused`; then nothing was changed."""
        asked = self._parse(raw)
        speaking = self.seat(device, asked.seat or seat)
        if speaking.role == "screen":
            raise Refused("not_allowed")
        self.called(device)
        if (known := self._requests.get((speaking.id, asked.request))) is not None:
            return self._done(asked.request, known)
        return await self._shielded(self._command(device, speaking.id, asked))

    def _parse(self, raw: bytes) -> wire.ClientCommand:
        if len(raw) > wire.COMMAND_LIMIT:
            raise Refused("too_large")
        if too_deep(raw):
            raise Refused("bad_request")
        try:
            asked = msgspec.json.decode(raw, type=wire.ClientCommand)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused("bad_request") from error
        if not 0 < len(asked.request) <= 64:
            raise Refused("bad_request")
        return asked

    async def _command(
        self, device: Device, seat_id: str, asked: wire.ClientCommand
    ) -> wire.DoneMessage:
        await self.sweep()
        if _tag(bytes(asked.command)) == MEMO_SEND:
            await self._memo_is_whole()
        mint = Mint(self.world.new_id)
        carried = self.whole.room.device_by_id(device.id).seats
        entered_by = carried[0] if carried and carried[0] != seat_id else ""

        def decider(draft: Draft) -> None:
            self._decide(draft, seat_id, entered_by, asked, mint)

        try:
            seq = await self._commit(
                decider, seat=seat_id, entered_by=entered_by, request=asked.request, mint=mint
            )
        except Refused:
            self.refusals += 1
            raise
        await self._ring_activity()
        return self._done(asked.request, seq)

    def _decide(
        self, draft: Draft, seat_id: str, entered_by: str, asked: wire.ClientCommand, mint: Mint
    ) -> None:
        mint.texts.clear()
        seat = draft.room.seats[seat_id]
        raw = bytes(asked.command)
        tag = _tag(raw)
        activity = asked.activity or (draft.current() if tag not in ROOM_TAGS else "")
        if activity and tag not in ROOM_TAGS:
            self._decide_activity(draft, seat, activity, raw, mint)
            return
        command = decode_command(raw, wire.RoomCommand, mint)
        if isinstance(command, wire.SeatName):
            mint.name(command.name.ref)
        asking = Asking(
            seat=seat,
            entered_by=entered_by,
            now=draft.now,
            dice=self.world.dice(),
            presence=self.presence,
            new_id=self.world.new_id,
            language=seat.language,
        )
        decide(draft, command, asking)

    def _decide_activity(
        self, draft: Draft, seat: Seat, activity: str, raw: bytes, mint: Mint
    ) -> None:
        if seat.status != "in":
            raise Refused("not_present")
        if activity not in draft.running:
            raise Refused("unknown")
        if activity != draft.current():
            raise Refused("stale_phase")
        kind = draft.activities[draft.running[activity].kind]
        command = decode_command(raw, kind.command_union(), mint)
        moment = moment_of(draft, seat, draft.now, self.world.dice())
        if draft.room.lead.peer and "lead" in moment.roles and seat.role == "participant":
            moment = msgspec.structs.replace(moment, roles=moment.roles | {"member"})
        draft.tell(activity, command, moment)

    def _done(self, request: str, seq: int) -> wire.DoneMessage:
        return wire.DoneMessage(request=request, seq=seq, now=self.world.clock.now())

    # The log ----------------------------------------------------------------------------------

    async def _shielded(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

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
        nothing happened."""
        async with self._lock:
            if request and (known := self._requests.get((seat, request))) is not None:
                return known
            while True:
                draft = Draft(self.whole, self.world.activities, self.world.clock.now())
                decider(draft)
                if not draft.events and not request:
                    return self.whole.room.seq
                texts = dict(mint.texts) if mint else {}
                commit = Commit(
                    seq=self.whole.room.seq + 1,
                    at=draft.now,
                    events=tuple(draft.events),
                    seat=seat,
                    entered_by=entered_by,
                    request=request,
                    words=tuple(
                        self._kept(ref, text, seat, entered_by) for ref, text in texts.items()
                    ),
                )
                stored = {ref: text.encode() for ref, text in texts.items()}
                try:
                    await self.world.storage.append(
                        self.id, commit.seq, commits.encode(commit), stored
                    )
                except Conflict:
                    await self._catch_up()
                    continue
                except StorageUnwritable as error:
                    log.warning("append_failed", room=self.id, seat=seat, request=request)
                    raise Refused("full", DISK_FULL) from error
                break
            self.appends += 1
            self.book.add(texts)
            self.whole = wholes.apply(self.whole, commit, self.world.activities)
            if request:
                self._requests[seat, request] = commit.seq
            await self._effects(commit)
            self._set_alarms()
            self.changed()
            return commit.seq

    def _kept(self, ref: str, text: str, seat: str, entered_by: str) -> WordsKept:
        speaker = self.whole.room.seats.get(seat)
        return WordsKept(
            ref=ref,
            seat=seat,
            entered_by=entered_by,
            language=speaker.language if speaker else self.language,
            activity=self.whole.room.current,
            digest=digest(text),
        )

    async def _catch_up(self) -> None:
        for _, raw in await self.world.storage.commits(self.id, self.whole.room.seq):
            commit = commits.decode(raw)
            self.whole = wholes.apply(self.whole, commit, self.world.activities)
            if commit.request:
                self._requests[commit.seat, commit.request] = commit.seq
        self.book = WordsBook(await self.world.storage.words(self.id))

    async def _effects(self, commit: Commit) -> None:
        """Cards the events speak of, in their documents. Repeating it changes nothing (DOC5)."""
        for event in commit.events:
            match event:
                case commits.NoteAdded():
                    if (text := self.book.get(event.words)) is not None:
                        await self.shelf.put_note(event, text)
                case commits.NoteMoved():
                    await self.shelf.move_note(event.card, event.theme)
                case commits.NoteDeleted():
                    await self.shelf.delete_note(event.document, event.card)
                    self.book.erase([event.words])
                    await self.world.storage.erase_words(self.id, [event.words])
                case commits.ActivityEvent():
                    await self._share(event)
                case _:
                    pass

    async def _share(self, event: commits.ActivityEvent) -> None:
        here = self.whole.running[event.activity]
        activity = self.world.activities[here.kind]
        inner: Any = commits.decode_event(event.event, activity.event_union())
        if inner.__struct_config__.tag != NotesChosen.__struct_config__.tag:
            return
        for group in activity.groups(here.state):
            if inner.seat in group.members and inner.share != "none":
                only = None if inner.share == "all" else inner.cards
                await self.shelf.share(f"group/{event.activity}-{group.id}", inner.seat, only)

    # The clock --------------------------------------------------------------------------------

    def _set_alarms(self) -> None:
        key = f"{self.id}/activity"
        due = wholes.deadline(self.whole, self.world.activities)
        if due is None:
            self.world.alarms.drop(key)
        elif self.world.alarms.due(key) != due[1].at:
            self.world.alarms.set(key, due[1].at, self._ring_activity)
        self._set_people_alarm()

    def _set_people_alarm(self) -> None:
        now = self.world.clock.now()
        lead = self.whole.room.lead
        times = [self.presence.next_check(now), lead.offer_ends or None]
        if (since := self.presence.since(lead.lead)) and lead.acting != leads.AUTOPILOT:
            times.append(since + leads.LEAD_GRACE)
        if lead.alone_since:
            times.append(lead.alone_since + leads.VOLUNTEER_AFTER)
        coming = [t for t in times if t is not None and t > now]
        key = f"{self.id}/people"
        if coming:
            if self.world.alarms.due(key) != min(coming):
                self.world.alarms.set(key, min(coming), self._ring_people)
        else:
            self.world.alarms.drop(key)

    async def _ring_people(self) -> None:
        await self.sweep()
        self.changed()
        self._set_people_alarm()

    async def _ring_activity(self) -> None:
        """Let every deadline that has passed speak, in order."""

        def ring(draft: Draft) -> None:
            due = wholes.deadline(Whole(draft.room, draft.running), self.world.activities)
            if due and due[1].at <= draft.now:
                draft.tell(
                    due[0], due[1].command, moment_of(draft, None, draft.now, self.world.dice())
                )

        for _ in range(RINGS_AT_ONCE):
            due = wholes.deadline(self.whole, self.world.activities)
            if due is None or due[1].at > self.world.clock.now():
                break
            try:
                await self._commit(ring)
            except Refused as refused:
                if refused.reason == "full":
                    raise RuntimeError("the storage is full") from refused  # the alarm rings again
                log.error("deadline_refused", room=self.id, activity=due[0], reason=refused.reason)
                return
        self._set_alarms()

    # People -----------------------------------------------------------------------------------

    def called(self, device: Device) -> None:
        """An HTTP call or a frame came from this device: it is alive."""
        self.presence.beat(device.id, self.world.clock.now())

    async def sweep(self) -> None:
        """Compare presence with sockets and heartbeats; tell the activity and the lead record
        what changed."""
        now = self.world.clock.now()
        state = self.whole.room
        people = {s.id: s.devices for s in state.seats.values() if s.status == "in"}
        before = {seat: self.presence.word(seat) for seat in people}
        changes = self.presence.sweep(people, now)
        if not changes and not self._lead_waits(now):
            self._set_people_alarm()
            return

        def tell(draft: Draft) -> None:
            clock = moment_of(draft, None, now, self.world.dice())
            for seat_id, word, seen in changes:
                seat = draft.room.seats[seat_id]
                if not seat.person:
                    continue
                if word == "away":
                    draft.tell_current(MemberAway(seat=seat_id, seen=seen), clock)
                elif word == "gone":
                    draft.tell_current(MemberLeft(seat=seat_id), clock)
                elif before.get(seat_id) == "gone":
                    who: Member = member_of(draft, seat, self.presence)
                    draft.tell_current(MemberJoined(member=who), clock)
                else:
                    draft.tell_current(MemberBack(seat=seat_id), clock)
            self._move_lead(draft, now)

        await self._commit(tell)
        self._set_people_alarm()
        self.changed()

    def _lead_waits(self, now: int) -> bool:
        draft = Draft(self.whole, self.world.activities, now)
        self._move_lead(draft, now)
        return bool(draft.events)

    def _move_lead(self, draft: Draft, now: int) -> None:
        may_lead = facilitators(draft.room)
        present = frozenset(s.id for s in may_lead if self.presence.here(s.id))
        away = 0 if present else max((self.presence.since(s.id) for s in may_lead), default=now)
        record = leads.tick(draft.room.lead, present, away, now)
        if record != draft.room.lead:
            draft.add(commits.LeadChanged(lead=record))

    # Reading ----------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """What offers depend on besides the log."""
        return Standing(
            here=self.presence.here,
            since=self.presence.since,
            now=self.world.clock.now(),
            running=bool(wholes.current(self.whole, self.world.activities)),
        )

    def here(self) -> int:
        """How many people are here (not sockets, not screens)."""
        return sum(
            1
            for s in self.whole.room.seats.values()
            if s.status == "in" and s.person and self.presence.here(s.id)
        )

    def view(
        self,
        device: Device,
        seat: str | None = None,
        lens: Lens | None = None,
        language: str | None = None,
    ) -> bytes:
        """The `view` message for a seat of this device as JSON. Raises `Refused`."""
        speaking = self.seat(device, seat)
        wanted = lens or default_lens(speaking)
        allowed = default_lens(speaking)
        peer = "lead" in roles_of(self.whole.room, speaking)
        if wanted != "seat" and wanted != allowed and not (wanted == "panel" and peer):
            raise Refused("not_allowed")
        if allowed == "screen":
            wanted = "screen"
        message = view_message(
            self.whole,
            self.world.activities,
            speaking,
            wanted,
            self.standing(),
            self.here(),
            self.code(),
        )
        return self.renderer.encode(message, language or speaking.language, speaking.id)

    def people(self, speaking: Seat) -> bytes:
        """The `people` message as this seat may see it."""
        inside = speaking.role == "facilitator"
        message = people_message(
            self.whole, self.world.activities, self.presence, self.world.clock.now(), inside=inside
        )
        return self.renderer.encode(message, speaking.language, speaking.id)

    def desk(self, speaking: Seat) -> bytes | None:
        """The private strip, for facilitators only."""
        if speaking.role != "facilitator":
            return None
        message = desk_message(self.whole.room, self.world.clock.now())
        return self.renderer.encode(message, speaking.language, speaking.id)

    def my_words(self, speaking: Seat) -> bytes:
        """The `words` message of this seat."""
        now = self.world.clock.now()
        message = consent_desk.my_words(self.whole, self.world.activities, speaking.id, now)
        return self.renderer.encode(message, speaking.language, speaking.id)

    def documents(self, device: Device) -> frozenset[str]:
        """Every document this device may open now, without the room's prefix."""
        fresh = self.whole.room.device_by_id(device.id).seats
        names: set[str] = set()
        for id in fresh:
            names.update(documents_of(self.whole, self.world.activities, self.whole.room.seats[id]))
        return frozenset(names)

    def language_of(self, seat: str) -> str:
        """The language of a seat's screen."""
        known = self.whole.room.seats.get(seat)
        return known.language if known else self.language

    def writer(self, device: Device, name: str) -> Writer:
        """Who this device is in a document: its seats that may write there."""
        state = self.whole.room
        seats = [state.seats[id] for id in state.device_by_id(device.id).seats]
        able = [s for s in seats if s.status == "in" and s.role in ("facilitator", "participant")]
        open_now = not name.startswith("group/") or any(
            f"group/{g.id}" == name and not g.closed
            for g in wholes.groups(self.whole, self.world.activities)
        )
        return Writer(
            device=device.id,
            seats=frozenset(s.id for s in able),
            facilitator=any(s.role == "facilitator" for s in able),
            writes=bool(able) and open_now,
        )

    async def run(
        self, decider: Callable[[Draft], None], *, mint: Mint | None = None, seat: str = ""
    ) -> int:
        """Commit something that is no person's command (joining, recovery). Raises `Refused`."""
        return await self._shielded(self._commit(decider, mint=mint, seat=seat))

    # The memo and what may be taken out -----------------------------------------------------------

    def is_organiser(self, device: Device) -> bool:
        """Whether the organiser sits at this device."""
        seats = self.whole.room.device_by_id(device.id).seats
        return any(self.whole.room.seats[s].organiser for s in seats)

    def is_facilitator(self, device: Device) -> bool:
        """Whether a facilitator sits at this device."""
        seats = self.whole.room.device_by_id(device.id).seats
        return any(self.whole.room.seats[s].role == "facilitator" for s in seats)

    async def memo(self, device: Device, edition: Edition) -> Memo:
        """The memo as it stands. Facilitators always; others the participants' copy once it is
        sent.

        Raises `Refused` (ruling *Who may call what*).
        """
        if not self.is_facilitator(device) and (
            edition != "participants" or not self.whole.room.sent
        ):
            raise Refused("not_allowed", NOT_SENT)
        self.seat(device)
        return await self.draft_memo(edition)

    async def draft_memo(self, edition: Edition) -> Memo:
        """Draft the memo from what the room holds now, in the room's language."""
        source = material(self, await self.shelf.cards("board"))

        def translate(text: str, values: Mapping[str, object]) -> str:
            return formatted(self.world.translate(self.language, text, "", 0), values)

        return draft(source, edition, translate)

    async def _memo_is_whole(self) -> None:
        """A memo with gaps is not sent (`methods.md` ME6). Raises `Refused`."""
        memo = await self.draft_memo("participants")
        if not memo.ready:
            raise Refused("bad_request", NOT_WHOLE)

    async def board(self, device: Device, seat: str | None = None) -> dict[str, Any]:
        """Every card this seat may read, by document."""
        speaking = self.seat(device, seat)
        names = documents_of(self.whole, self.world.activities, speaking)
        cards: list[dict[str, Any]] = []
        for name in names:
            if name in ("memo", "desk"):
                continue
            cards += [
                {"document": "mine" if name.startswith("mine/") else name, **msgspec.to_builtins(c)}
                for c in await self.shelf.cards(name)
            ]
        if not names:
            raise Refused("not_allowed")
        sections = [msgspec.to_builtins(s) for s in await self.shelf.sections("board")]
        return {"cards": cards, "sections": sections}

    async def close(self) -> None:
        """Wait for what is under way and let go of alarms."""
        self.world.alarms.drop(f"{self.id}/activity")
        self.world.alarms.drop(f"{self.id}/people")
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


def _tag(raw: bytes) -> str:
    """The `type` of a command, "" when there is none."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return ""
    tag = found.get("type")
    return tag if isinstance(tag, str) else ""


def _room_tags() -> frozenset[str]:
    from typing import get_args

    tags: Mapping[Any, Any] = {
        kind: kind.__struct_config__.tag for kind in get_args(wire.RoomCommand)
    }
    return frozenset(tags.values())


ROOM_TAGS: Final = _room_tags()
"""Types of room-level commands; everything else belongs to the activity."""

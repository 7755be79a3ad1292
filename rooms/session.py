"""One websocket, already decoded: which device it is, what it opened, what it may say
(`architecture.md`, Shapes on the wire).

The server calls one method per decoded message, in order. Each puts its answers into `outbox`, or
raises `Goodbye`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
import structlog

from activities.blocks import Line, say
from activities.kernel import Lens, Reason, Refused
from rooms import asked, wire
from rooms.open_documents import RefusedEdit
from rooms.outbox import Outbox
from rooms.outgoing import Ack, AuthNo, AuthOk, Bye, Outgoing, Say, Step1, Step2
from rooms.room_log import DISK_FULL, Unsaved
from rooms.safety_desk import why_frozen
from rooms.seats import Device
from rooms.shelf import NOT_SAVED, MissingEdits, Outcome
from rooms.storage import Newer, StorageUnwritable
from rooms.wire import CLOSE_CODES, Goodbye

if TYPE_CHECKING:
    from rooms.delivery import Delivery
    from rooms.room import Room
    from rooms.whole import Whole

log = structlog.get_logger("rooms")

EMPTY_UPDATE: Final = b"\x00\x00"
EMPTY_STATE: Final = b"\x00"

POINTED: Final = frozenset({"board", "memo"})
"""Documents in which people see each other's pointers (ruling *Gate*)."""

OPEN_DOCUMENTS: Final = 40
"""Documents one socket may hold open: nine seats with four each, and a few that closed."""

IN_ORDER: Final = 10_000
"""Milliseconds for which a command that could not be saved is waited for before a later one of the
same line is done: whoever ticks and takes the tick back has not ticked. The page sends it again
after two to four seconds."""

NOBODY: Final = ("", 0)

BEATS_APART: Final = 1_000
"""Milliseconds within which a second sign of life tells nothing new: a tenth of `SILENT`."""

SENTENCES: Final[dict[Reason, Line]] = {
    "not_allowed": say("This is not yours to do right now. Nothing was changed."),
    "not_present": say("You have left. Come back in first; your place is kept."),
    "stale_epoch": say("The lead has changed hands. Nothing was changed."),
    "stale_phase": say("The group has moved on already. Nothing was lost."),
    "stale_turn": say("This turn has ended already. Nothing was lost."),
    "stale_seat": say("This seat is on another device now."),
    "full": say("There is no place left."),
    "closed": say("The door is closed. Ask a facilitator to open it."),
    "duplicate": say("That is done already."),
    "bad_request": say("Something in this could not be understood. Nothing was changed."),
    "too_large": say("This is too long. What you wrote is kept on this device."),
    "too_many": say("That was a lot at once. Wait a moment and try again."),
    "unknown": say("There is no such thing here any more."),
}
"""One plain sentence per reason; an activity's own sentence comes first."""


@contextmanager
def reaching() -> Iterator[None]:
    """What cannot be read now, or here no more, ends the session with a code that says come
    back."""
    try:
        yield
    except Newer as error:
        raise Goodbye(1001, CLOSE_CODES[1001], retry=True) from error
    except StorageUnwritable as error:
        raise Goodbye(4503, CLOSE_CODES[4503], retry=True) from error


def farewell(room: "Room", device: Device) -> Goodbye | None:
    """Why this device has nothing left to do here: its seats were removed, or the room is gone."""
    if room.forgotten:
        return Goodbye(4410, CLOSE_CODES[4410], retry=False)
    if not room.seats_of(device):
        if device.id in room.whole.room.hall.moved:
            return Goodbye(4411, CLOSE_CODES[4411], retry=False)
        return Goodbye(4403, CLOSE_CODES[4403], retry=False)
    return None


class Rooms(Protocol):
    """Where a session finds its room."""

    moving: bool

    async def delivery(self, room: str) -> "Delivery | None":
        """The open room with its connections, or None when there is none."""


class Session:
    """See the module. `opened` holds document names without the room's prefix ("" for the room's
    own)."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._delivery: Delivery | None = None
        self.device: Device | None = None
        self._open: frozenset[str] = frozenset()
        self.lenses: dict[str, Lens] = {}
        self.sent: dict[str, int] = {}
        self.short = False
        """Whether the page asked for pointers in few bytes (`rooms/pointing.py`)."""
        self.packed = False
        """Whether the page asked for large documents deflated."""
        self.outbox = Outbox(self._resync)
        self.outbox.turned = self._turned
        self._background: set[asyncio.Task[None]] = set()
        self._put_off = NOBODY
        self._beaten: tuple[int, Whole | None] = (0, None)  # when last, and what the log said then

    @property
    def opened(self) -> frozenset[str]:
        """The documents it has open."""
        return self._open

    @opened.setter
    def opened(self, names: frozenset[str]) -> None:
        self._open = names
        self._turned()

    def _turned(self) -> None:
        """Who reads what, or how it is sent, is no longer what it was."""
        if self._delivery is not None:
            self._delivery.readers.stale()

    @property
    def room_id(self) -> str:
        """The room, "" before the first authentication."""
        return self._delivery.room.id if self._delivery else ""

    # In ---------------------------------------------------------------------------------------

    async def authenticate(self, document: str, token: str) -> None:
        """Open a document with the device's token. A wrong token for the room itself ends the
        session (4401)."""
        room_id, _, name = document.partition("/")
        if self._delivery is None:
            with reaching():
                self._delivery = await self._rooms.delivery(room_id)
            if self._delivery is None:
                raise Goodbye(4404, "There is no such room.", retry=False)
        room = self._delivery.room
        if room_id != room.id:
            self.outbox.put(AuthNo(document, "permission-denied"))
            return
        with reaching():
            device = await room.device_now(token)
        if device is None or (self.device is not None and device.id != self.device.id):
            self.outbox.put(AuthNo(document, "permission-denied"))
            if self.device is None:
                raise Goodbye(4401, "This link no longer opens a seat.", retry=False)
            return
        if name not in self.opened and len(self.opened) >= OPEN_DOCUMENTS:
            raise Goodbye(4429, "Too many documents.", retry=False)
        self.device = device
        if name and name not in room.documents(device):
            self.outbox.put(AuthNo(document, "permission-denied"))
            return
        self.opened |= {name}
        self.outbox.put(AuthOk(document, readonly=not name))
        if self not in self._delivery.sessions:
            self._delivery.readers.enter(self)
            room.presence.opened(device.id, self, room.world.clock.now())
            await room.sweep()
        if not name:
            self.sent.clear()
            self._delivery.came(self)
        elif name in POINTED:
            self._delivery.show_pointers(self, name)

    async def step1(self, document: str, state_vector: bytes) -> None:
        """The device says what it has; it gets what it lacks and is asked for what we lack."""
        name = self._opened(document)
        if name is None:
            return
        if not name:
            self.outbox.put(Step2(document, EMPTY_UPDATE))
            return
        shelf = self._here().room.shelf
        try:
            if state_vector == EMPTY_STATE:
                frames, state = await shelf.first(name, self.packed)
            else:
                missing, state = await shelf.missing(name, state_vector)
                frames = [Step2(document, missing, state_vector)]
        except StorageUnwritable as error:
            self._ask_again(document, error)
            return
        except RefusedEdit as error:
            if error.reason == "closed":
                raise Goodbye(4410, CLOSE_CODES[4410], retry=False) from error
            raise Goodbye(1008, "bad state vector", retry=True) from error
        for frame in frames:
            self.outbox.put(frame)
        self.outbox.put(Step1(document, state))

    async def step2(self, document: str, update: bytes) -> None:
        """What the device has and we may lack."""
        await self._write(document, update, step2=True)

    async def update(self, document: str, update: bytes) -> None:
        """An edit."""
        await self._write(document, update, step2=False)

    def take(self, document: str, update: bytes, done: Callable[[], None]) -> None:
        """`update` without waiting: `done` is called when it is answered, at once or later. Raises
        `Goodbye`."""
        name = self._opened(document)
        if not name:
            if name is not None:
                self.outbox.put(Ack(document, update == EMPTY_UPDATE))
            done()
            return
        here = self._here()
        assert self.device is not None

        def told(outcome: Outcome) -> None:
            if isinstance(outcome, bytes):
                self.outbox.put(here.saved(document))
                done()
            else:
                self._later(self._lost(document, name, outcome, done))

        here.room.shelf.take(name, update, here.room.writer(self.device, name), told, by=self)

    async def _lost(
        self, document: str, name: str, error: BaseException, done: Callable[[], None]
    ) -> None:
        try:
            with reaching():
                await self._not_taken(document, name, error)
        except Goodbye as goodbye:
            self.goodbye(goodbye)
        except Exception as bug:
            log.error("tripped", room=self.room_id, exc_info=bug)
            self.outbox.give_up(Goodbye(1011, CLOSE_CODES[1011], retry=True))
        finally:
            done()

    async def _write(self, document: str, update: bytes, *, step2: bool) -> None:
        name = self._opened(document)
        if name is None:
            return
        if not name:
            self.outbox.put(Ack(document, update == EMPTY_UPDATE))
            return
        here = self._here()
        assert self.device is not None
        try:
            writer = here.room.writer(self.device, name)
            with reaching():
                await here.room.shelf.write(name, update, writer, step2=step2, by=self)
        except (MissingEdits, RefusedEdit) as error:
            await self._not_taken(document, name, error)
            return
        self.outbox.put(Ack(document, True))

    async def _not_taken(self, document: str, name: str, error: BaseException) -> None:
        """Say what became of an edit that was not taken; raises what is no refusal."""
        here = self._here()
        match error:
            case MissingEdits():
                self.outbox.put(Ack(document, False))
                try:
                    _, state = await here.room.shelf.missing(name, EMPTY_STATE)
                except StorageUnwritable as away:
                    self._ask_again(document, away)
                    return
                self.outbox.put(Step1(document, state))
            case RefusedEdit() as refused:
                self.outbox.put(Ack(document, False))
                why = why_frozen(here.room.whole.room) if refused.detail == "read_only" else None
                unsaved = refused.detail == NOT_SAVED
                self._refuse(
                    "closed" if why else refused.reason,
                    document=document,
                    detail=refused.detail,
                    line=DISK_FULL if unsaved else why,
                    again=unsaved,
                )
            case _:
                raise error

    async def awareness(self, document: str, data: bytes) -> None:
        """Where this device points; stamped by us, passed on to whoever has the document open."""
        name = self._opened(document)
        if name in POINTED and not self.may_point(document):
            try:
                with reaching():
                    await self._here().room.shelf.have(name)
            except RefusedEdit as refused:
                self._refuse(refused.reason, document=document, detail=refused.detail)
                return
        self.point(document, data)

    def may_point(self, document: str) -> bool:
        """Whether `point` can be done now; else the document is to be opened first."""
        name = document.partition("/")[2]
        return name not in POINTED or self._delivery is None or self._here().room.shelf.has(name)

    def point(self, document: str, data: bytes) -> None:
        """`awareness` without waiting. Raises `Goodbye`."""
        name = self._opened(document)
        if not name or self.device is None or name not in POINTED:
            return
        here = self._here()
        names = {s: here.room.name_of(s) or "" for s in here.room.seats_of(self.device)}
        writer = here.room.writer(self.device, name)
        if not writer.writes and here.room.whole.room.safety.frozen:
            return
        try:
            moved = here.room.shelf.aware(name, data, writer, names)
        except RefusedEdit as refused:
            self._refuse(refused.reason, document=document, detail=refused.detail)
            return
        if moved:
            here.pointed(name)

    async def query_awareness(self, document: str) -> None:
        """Everyone's pointers, for a newcomer."""
        if name := self._opened(document):
            self._here().show_pointers(self, name)

    async def stateless(self, document: str, payload: str) -> None:
        """A command or a lens, as JSON, on the room's own document."""
        if self._opened(document) != "" or self.device is None:
            return
        raw = payload.encode()
        if len(raw) > wire.COMMAND_LIMIT:
            self._refuse("too_large", request=_request_of(raw), line=asked.too_large(raw))
            return
        if b'"lens"' in raw and b'"command"' not in raw:
            self._set_lens(raw)
            return
        room = self._here().room
        request, now = _request_of(raw), room.world.clock.now()
        first, until = self._put_off
        if first not in ("", request) and now < until:
            self._refuse("full", request=request, line=DISK_FULL, again=True)
            return
        self._put_off = NOBODY
        try:
            with reaching():
                done = await room.command(self.device, raw)
        except Refused as refused:
            again = isinstance(refused, Unsaved)
            if again:
                self._put_off = (request, now + IN_ORDER)
            self._refuse(refused.reason, request=request, line=refused.message, again=again)
            return
        self.outbox.put(Say(room.id, msgspec.json.encode(done).decode()))

    async def close_document(self, document: str) -> None:
        """The device no longer wants a document."""
        if (name := self._opened(document)) is not None:
            self.opened -= {name}

    def beat(self) -> None:
        """Anything at all arrived, a pong included."""
        if self._delivery is None or self.device is None:
            return
        room = self._delivery.room
        now = room.world.clock.now()
        since, whole = self._beaten
        if whole is room.whole and since <= now < since + BEATS_APART:
            return
        self._beaten = now, room.whole
        room.called(self.device)
        if any(not room.presence.here(s) for s in room.seats_of(self.device)):
            self._later(room.sweep())

    async def closed(self) -> None:
        """The socket is gone."""
        if self._delivery is None or self.device is None:
            return
        here = self._delivery
        here.readers.leave(self)
        if self._rooms.moving or here.room.handed_over:
            return  # on the way to another process, which says who comes and who does not
        others = any(s.device and s.device.id == self.device.id for s in here.sessions)
        for name in self.opened & POINTED:
            if not others and here.room.shelf.leave(name, self.device.id):
                here.pointed(name)
        here.room.presence.closed(self.device.id, self)
        await here.room.sweep()

    def goodbye(self, goodbye: Goodbye) -> None:
        """The page is told why, and the socket is closed."""
        self.outbox.put(Bye(goodbye.code, goodbye.reason, goodbye.retry))

    # Helpers ----------------------------------------------------------------------------------

    def _here(self) -> "Delivery":
        assert self._delivery is not None
        return self._delivery

    def _opened(self, document: str) -> str | None:
        """The document's name without the prefix, or None when this session has not opened it or
        may not read it any more. Raises `Goodbye` when no seat is left, or no room."""
        if self._delivery is None or self.device is None:
            raise Goodbye(4401, "Say who you are first.", retry=False)
        room = self._delivery.room
        if goodbye := farewell(room, self.device):
            raise goodbye
        room_id, _, name = document.partition("/")
        if room_id != room.id or name not in self.opened:
            return None
        if name and name not in room.documents(self.device):
            self._delivery.close_documents(self)
            return None
        return name

    def _set_lens(self, raw: bytes) -> None:
        room = self._here().room
        assert self.device is not None
        try:
            asked = msgspec.json.decode(raw, type=wire.ClientLens)
            seat = room.seat(self.device, asked.seat)
            room.view(self.device, seat.id, asked.lens)
        except msgspec.DecodeError:
            self._refuse("bad_request")
        except Refused as refused:
            self._refuse(refused.reason)
        else:
            self.lenses[seat.id] = asked.lens
            self.sent.pop(f"view/{seat.id}", None)
            self._here().send_views(self)

    def _ask_again(self, document: str, error: StorageUnwritable) -> None:
        """The document cannot be read at the moment: the page asks again in a while, and keeps its
        line."""
        if isinstance(error, Newer):
            raise Goodbye(1001, CLOSE_CODES[1001], retry=True) from error
        self._refuse("full", document=document, detail=NOT_SAVED, line=DISK_FULL, again=True)

    def _refuse(
        self,
        reason: Reason,
        *,
        request: str = "",
        document: str = "",
        detail: str = "",
        line: Line | None = None,
        again: bool = False,
    ) -> None:
        room = self._here().room
        seat = self.device.seats[0] if self.device and self.device.seats else ""
        log.info(
            "refused",
            room=room.id,
            seat=seat,
            request=request,
            reason=reason,
            document=document,
            detail=detail,
        )
        message = wire.RefusedMessage(
            seq=room.whole.room.seq,
            now=room.world.clock.now(),
            reason=reason,
            message=room.say(line or SENTENCES[reason], room.language_of(seat)),
            request=request,
            document=document,
            again=again,
        )
        self.outbox.put(Say(room.id, msgspec.json.encode(message).decode()))

    def _resync(self, document: str, since: bytes) -> list[Outgoing]:
        name = document.partition("/")[2]
        if self._delivery is None or name not in self.opened:
            return []
        self._delivery.resyncs += 1
        missing = self._delivery.room.shelf.missing_now(name, since)
        if not missing:
            self._later(self._send_missing(document, name, since))
        return [Step2(document, missing, since)] if missing else []

    async def _send_missing(self, document: str, name: str, since: bytes) -> None:
        """What a device lacks of a document that had to be loaded or waited for first."""
        try:
            missing, _ = await self._here().room.shelf.missing(name, since)
        except RefusedEdit:
            return
        if name in self.opened:
            self.outbox.put(Step2(document, missing, since))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _request_of(raw: bytes) -> str:
    """The request id of a command that may be nonsense otherwise."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).get("request", b'""')
        return str(msgspec.json.decode(found, type=str))[:64]
    except (msgspec.DecodeError, RecursionError):
        return ""

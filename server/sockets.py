"""The websocket at /sync: frames in, frames out, deadlines; what they mean is the session's.

The endpoint's own task reads and hands each message to the session in order. While something waits
in the outbox, another takes it and writes it; a timer pings, and keeps the deadlines. The first of
them to say so ends the line, and its `Goodbye` says how. Nothing here outlives the socket. Where
uvicorn's own protocol is ours (`server/direct.py`), what leaves goes straight to its transport
while that takes it; elsewhere by ASGI.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, assert_never

import msgspec
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.websockets import (
    WebSocket,
    WebSocketDisconnect,
    WebSocketDisconnected,
    WebSocketState,
)

from rooms import outgoing as out
from rooms.wire import ByeMessage, Goodbye
from server import auth
from server import hocuspocus as wire
from server.direct import EXTENSION, Direct, framed
from server.errors import Problem
from server.frames import encode, frame_of, framed_of
from server.log import log
from server.site import site_of

if TYPE_CHECKING:
    from rooms.session import Session
    from server.site import Site

FIRST_SECONDS: Final = 5.0
"""The first frame comes at once from every honest page; who says nothing holds a place for none."""

SEAT_SECONDS: Final = 15.0
"""By then one document must be open: room for a wrong cookie, then a right token."""

PING_SECONDS: Final = 5.0
"""Between pings (ruling *Lead*): under half of the provider's 12 s, and of a lead's 10 s."""

SILENT_SECONDS: Final = 30.0
"""Six pings without any answer: nobody is there, whatever the network says."""

WRITE_SECONDS: Final = 30.0
"""For one batch of at most 64 KiB; 20 kbit/s carries it."""

CLOSE_SECONDS: Final = 2.0
"""For the last words to somebody who may not be reading."""

REASON_BYTES: Final = 120
"""A close frame carries 123."""

ANSWER_SECONDS: Final = 10.0
"""For the answer to a ping while tests move the clock; after that the line counts as silent. A page
on a busy machine may need more than a second; a line that ends is not waited for."""

DOCUMENTS_PER_SOCKET: Final = 64
"""Names on one socket: nine seats with five documents each, and some that closed."""

UNDER_WAY: Final = 32
"""Edits of one line that may wait for the disk at once: more than a page types in a slow second;
beyond it nothing more is read."""


async def sync(websocket: WebSocket) -> None:
    """The endpoint: the checks before a socket is accepted, then the line."""
    site = site_of(websocket)
    address = auth.address_of(websocket)
    origin = websocket.headers.get("origin")
    if origin is not None and origin not in site.origins:
        log().info(
            "refused", kind="socket", reason="wrong_origin", origin=origin, address=address,
            hint="set TALANOA_PUBLIC_URL to the address people use",
        )  # fmt: skip
        await websocket.send_denial_response(Response("wrong_origin", 403))
        return
    with site.limits.socket(address) as held:
        if not held:
            log().info("refused", kind="socket", reason="too_many", address=address)
            await websocket.send_denial_response(Response("too_many", 429, {"Retry-After": "10"}))
            return
        await websocket.accept()
        line = Line(websocket, site, cookies=origin is not None)
        site.lines.add(line)  # until its last word is said
        try:
            await line.run()
        finally:
            site.lines.discard(line)
            line.let_go()


class Line:
    """One accepted websocket. `cookies`: whether its cookies may speak (an Origin was given)."""

    def __init__(self, websocket: WebSocket, site: Site, *, cookies: bool) -> None:
        self._socket = websocket
        self._site = site
        self._cookies = cookies
        self._session: Session = site.hub.session()
        # A server that knows nothing of it overlooks it, and the page is sent what all are.
        asked = QueryParams(websocket.scope.get("query_string", b""))
        can = asked.get("can", "").split(",")
        self._session.short = "pointers" in can
        self._session.packed = "deflate" in can
        self._names: dict[str, str] = {}
        self._device = f"address {auth.address_of(websocket)}"
        self._room = ""
        # A task, and an event with nobody waiting, take a kilobyte: they are made when needed.
        self._open = False
        self._answer: asyncio.Event | None = None
        self._loop = asyncio.get_running_loop()
        self._begun = self._heard = self._loop.time()
        self._exchanged = self._heard
        self._heads: dict[bytes, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._goodbye: Goodbye | None = None
        self._until: asyncio.Timeout | None = None  # while it reads
        self._writing: asyncio.Task[Goodbye | None] | None = None
        self._pinging: asyncio.Task[Goodbye | None] | None = None
        self._sending = asyncio.Lock()
        self._handling = False
        self._under_way = 0
        self._all_answered: asyncio.Future[None] | None = None
        self.free = False
        """Whether the transport takes frames now."""
        self._direct: Direct | None = websocket.scope.get("extensions", {}).get(EXTENSION)
        self._put: Callable[[bytes], None] = _nowhere
        """The transport's own writing."""

    async def run(self) -> None:
        """Serve until one side ends; always tells the session."""
        outbox = self._session.outbox
        outbox.waits, outbox.lost = self._write_soon, self._over
        if self._direct is not None:
            self._direct.told = self._told
            self._direct.taken = self._taken
            self._put = self._direct.transport.write
            self._direct.begin()
            outbox.attach(self)
        try:
            async with asyncio.timeout(None) as self._until:
                self._look_after()
                self._over(await self._read())
        except Exception as error:
            if self._goodbye is None:
                self._goodbye = self._ending(error)
        finally:
            self._until = None
            if self._timer is not None:
                self._timer.cancel()
            tasks = [task for task in (self._writing, self._pinging) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            outbox.attach(None)
            if self._direct is not None:
                self._direct.taken = None
            await self._session.closed()
            self._has_answered()  # nobody does any more
        if self._goodbye is not None and self._goodbye.code:
            await self._say_goodbye(self._goodbye)

    def let_go(self) -> None:
        """Hold nothing any more that holds this: a hall that comes back again and again would leave
        megabytes to the garbage collector, which looks seldom."""
        self._session.outbox.let_go()
        if self._direct is not None:
            self._direct.let_go()
            self._direct = None
        self._put = _nowhere

    def _over(self, goodbye: Goodbye) -> None:
        """End the line like this, unless it is ending already."""
        if self._goodbye is None:
            self._goodbye = goodbye
            if self._until is not None:
                self._until.reschedule(self._loop.time())

    def _ending(self, error: BaseException) -> Goodbye:
        """How what was raised ends the line."""
        if isinstance(error, Goodbye):
            return error
        if isinstance(error, Problem):
            return Goodbye(4429, "Too much at once; come back in a while.", retry=True)
        if isinstance(error, (WebSocketDisconnect, WebSocketDisconnected, ConnectionError)):
            return GONE
        log().error("tripped", kind="socket", room=self._room, code=1011, exc_info=error)
        return TRIPPED

    def _done(self, task: asyncio.Task[Goodbye | None]) -> None:
        """A task beside the reader has ended, and with it perhaps the line."""
        if task is self._writing:
            self._writing = None
        if task is self._pinging:
            self._pinging = None
        if task.cancelled():
            return
        error = task.exception()
        goodbye = self._ending(error) if error else task.result()
        if goodbye is not None:
            self._over(goodbye)
        elif self._session.outbox.ready:  # since it looked the last time
            self._write_soon()

    def _look_after(self) -> None:
        """What is due by the clock: the seat, silence, a ping."""
        now = self._loop.time()
        silent = SILENT_SECONDS if self._names else FIRST_SECONDS
        if now - self._heard >= silent:
            self._over(Goodbye(4408, "Nothing was said in time.", retry=bool(self._names)))
            return
        if not self._open and now - self._begun >= SEAT_SECONDS:
            self._over(Goodbye(4401, "No valid seat: ask for one again.", retry=False))
            return
        # Who has just sent an edit and been answered is there, and knows that we are.
        if now - self._exchanged >= PING_SECONDS:
            self._exchanged = now
            self._ping()
        due = min(self._exchanged + PING_SECONDS, self._heard + silent)
        if not self._open:
            due = min(due, self._begun + SEAT_SECONDS)
        self._timer = self._loop.call_at(due, self._look_after)

    def _ping(self) -> None:
        if self._direct is not None:
            if self._direct.free:
                self._direct.write(PING)
        elif not self._sending.locked():  # else something better than a ping is on its way
            self._pinging = self._loop.create_task(self._send(wire.PING), name="sync ping")
            self._pinging.add_done_callback(self._done)

    async def _read(self) -> Goodbye:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return GONE
            self._handling = True
            if self._under_way:  # what may build on an edit comes after it
                self._all_answered = self._loop.create_future()
                await self._all_answered
            frame = message.get("bytes")
            if frame is None:
                return Goodbye(1008, "Only binary frames are spoken here.", retry=False)
            self._heard = self._loop.time()
            self._count(frame)
            try:
                decoded = wire.decode(frame)
            except wire.BadFrame as error:
                return Goodbye(1008, error.reason, retry=False)
            self._session.beat()
            self._has_answered()
            await self._handle(decoded)
            self._handling = False

    def _taken(self, frame: bytes) -> bool:
        """A message straight from the transport, before ASGI has it: taken if it is of the kinds
        that come most often and nothing before it waits. All others are judged in `_read`."""
        if self._handling or self._under_way >= UNDER_WAY or not self._open:
            return False
        edit = wire.updated(frame, self._heads)
        pointed = None if edit else wire.pointed(frame, self._heads)
        if pointed is not None and not self._session.may_point(pointed[0]):
            return False  # the document is to be opened first
        if edit is None and pointed is None and frame != wire.PONG:
            return False
        self._heard = self._loop.time()
        self._under_way += 1
        try:
            self._count(frame)
            self._session.beat()
            self._has_answered()
            if edit is not None:
                self._session.take(*edit, self._answered)
                return True
            if pointed is not None:
                self._session.point(*pointed)
        except Goodbye as goodbye:
            self._end_with(goodbye)
        except Exception as error:
            log().error("tripped", kind="socket", room=self._room, code=1011, exc_info=error)
            self._end_with(TRIPPED)
        self._under_way -= 1
        return True

    def _end_with(self, goodbye: Goodbye) -> None:
        """Take nothing straight any more, and end the line once these words are said."""
        if self._direct is not None:
            self._direct.taken = None
        self._session.goodbye(goodbye)

    def _has_answered(self) -> None:
        if self._answer is not None:
            self._answer.set()

    def _answered(self) -> None:
        """An edit taken straight has its answer."""
        self._exchanged = self._heard
        self._under_way -= 1
        if not self._under_way and (waits := self._all_answered) is not None and not waits.done():
            waits.set_result(None)

    def _count(self, frame: bytes) -> None:
        if not self._site.limits.frame(self._device, self._room, len(frame)):
            raise Goodbye(4429, "Too much at once; come back in a while.", retry=True)

    async def _handle(self, message: wire.FromClient) -> None:
        session = self._session
        if isinstance(message, wire.Ping):
            await self._send(wire.PONG)
            return
        if isinstance(message, wire.Pong):
            return
        document = message.document
        if isinstance(message, wire.Authenticate):
            await self._authenticate(message)
            return
        if self._names.get(document) != message.name:
            # Never introduced here, or a second provider of the same document: not ours to open.
            raise Goodbye(4401, "Say who you are first.", retry=False)
        match message:
            case wire.SyncStep1(state_vector=state_vector):
                await session.step1(document, state_vector)
            case wire.SyncStep2(update=update):
                await session.step2(document, update)
            case wire.Update(update=update):
                await session.update(document, update)
            case wire.AwarenessUpdate(update=update):
                await session.awareness(document, update)
            case wire.QueryAwareness():
                await session.query_awareness(document)
            case wire.Stateless(payload=payload):
                if session.device is not None:
                    self._site.limits.command(self._room, session.device, payload.encode())
                await session.stateless(document, payload)
            case wire.Close():
                await session.close_document(document)
            case _:
                assert_never(message)

    async def _authenticate(self, message: wire.Authenticate) -> None:
        document = message.document
        room = document.partition("/")[0]
        known = self._names.get(document)
        if known is None and len(self._names) >= DOCUMENTS_PER_SOCKET:
            raise Goodbye(4429, "Too many documents on one line.", retry=False)
        if known is not None and known != message.name:
            await self._send(wire.permission_denied(message.name, "already_open"))
            return
        self._names[document] = message.name
        self._heads.update(dict.fromkeys(wire.heads(message.name), document))
        token = message.token
        if not token and self._cookies:
            token = auth.cookie_token(self._socket, room)
        await self._session.authenticate(document, token)
        if not self._room and token:
            # The bucket belongs to the device, however many sockets it opens.
            self._device = f"{room}/{hashlib.sha256(token.encode()).hexdigest()[:16]}"
            self._room = room

    def _write_soon(self) -> None:
        """Something waits in the outbox: take it from there, until nothing does."""
        if self._writing is None and self._until is not None:
            self._writing = self._loop.create_task(self._write(), name="sync write")
            self._writing.add_done_callback(self._done)

    async def _write(self) -> Goodbye | None:
        outbox = self._session.outbox
        while outbox.ready:
            frames: list[bytes] = []
            for item in await outbox.get():
                if isinstance(item, out.Bye):
                    await self._send(*frames)
                    return Goodbye(item.code, item.reason, item.retry)
                if self._direct is not None:
                    self.write(item)  # at once, or what comes meanwhile would pass it by
                    continue
                if isinstance(item, out.AuthOk):
                    self._open = True
                name = self._names.get(item.document)
                if name is not None:
                    frames.append(frame_of(item) if name == item.document else encode(item, name))
            await self._send(*frames)
        outbox.passed_on()
        return None

    def _told(self, free: bool) -> None:
        self.free = free
        self._session.outbox.look()

    @property
    def kept(self) -> int:
        """Bytes the transport still holds."""
        return self._direct.kept if self._direct else 0

    def write(self, item: out.Outgoing) -> None:
        """Write something straight to the transport."""
        assert self._direct is not None
        document = item.document  # type: ignore[union-attr]  # never a `Bye`
        name = self._names.get(document)
        if name is None:
            return
        try:
            self._put(framed_of(item) if name == document else framed(encode(item, name)))
        except RuntimeError:
            self._direct.broken()
        if type(item) is out.AuthOk:
            self._open = True

    def frame(self, item: out.Outgoing) -> bytes:
        """Something as it goes to everybody, who are sent it in one go."""
        return framed(encode(item, getattr(item, "document", "")))

    def way(self, item: out.Outgoing) -> Callable[[bytes], None] | None:
        """How it goes there, past everything of ours."""
        document = getattr(item, "document", None)
        return self._put if document is not None and self._names.get(document) == document else None

    async def room(self) -> None:
        """Wait until the transport takes frames again, or is gone. Raises `Goodbye`."""
        assert self._direct is not None
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self._direct.room()
        except TimeoutError:
            raise Goodbye(4429, "You were not reading; come back.", retry=True) from None

    async def _flush(self) -> None:
        outbox = self._session.outbox
        while outbox.waiting:
            for item in await outbox.get():
                if isinstance(item, out.Bye):
                    return
                name = self._names.get(item.document)
                if name is not None:
                    await self._socket.send_bytes(encode(item, name))

    async def _send(self, *frames: bytes) -> None:
        if not frames:
            return
        # One lock and one alarm for a batch: to most people a frame is about 100 bytes.
        try:
            async with asyncio.timeout(WRITE_SECONDS), self._sending:
                for frame in frames:
                    await self._socket.send_bytes(frame)
        except TimeoutError:
            raise Goodbye(4429, "You were not reading; come back.", retry=True) from None

    def send_home(self, goodbye: Goodbye) -> None:
        """End the line with these words, after what waits already."""
        self._session.goodbye(goodbye)

    async def heard_from(self) -> None:
        """Ping, and wait a moment for any frame: for clocks that tests move, whose seconds pass
        faster than pings. Who did not answer the last time is not waited for again."""
        silent = self._answer is not None and not self._answer.is_set()
        if silent or not self._open:
            return
        self._answer = asyncio.Event()
        with suppress(TimeoutError, ConnectionError, WebSocketDisconnect, RuntimeError, Goodbye):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(wire.PING)
                await self._answer.wait()

    async def _say_goodbye(self, goodbye: Goodbye) -> None:
        """Tell page and socket how it ends, if anybody still listens."""
        log().info(
            "closed", kind="socket", room=self._room, code=goodbye.code, reason=goodbye.reason,
            device=self._device,
        )  # fmt: skip
        if self._socket.application_state is not WebSocketState.CONNECTED:
            return
        with suppress(TimeoutError, ConnectionError, WebSocketDisconnect, RuntimeError, Goodbye):
            async with asyncio.timeout(CLOSE_SECONDS):
                # What was answered before the end still arrives: a refusal, for one.
                await self._flush()
                if self._names.get(self._room) and self._open:
                    payload = ByeMessage(
                        0, self._site.clock.now(), goodbye.code, goodbye.reason, goodbye.retry
                    )
                    await self._socket.send_bytes(
                        wire.stateless(
                            self._names[self._room], msgspec.json.encode(payload).decode()
                        )
                    )
                reason = goodbye.reason.encode()[:REASON_BYTES].decode(errors="ignore")
                await self._socket.close(goodbye.code, reason)


PING: Final = framed(wire.PING)


def _nowhere(frame: bytes) -> None:
    raise AssertionError("this line is served by ASGI")


TRIPPED: Final = Goodbye(1011, "The server tripped; come back.", retry=True)

GONE: Final = Goodbye(0, "gone", retry=True)
"""The other side has left: nothing to say."""

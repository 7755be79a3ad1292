"""The websocket at /sync: frames in, frames out, deadlines; what they mean is the session's.

One task reads and hands each message to the session in order; one takes what waits in the outbox
and writes it; one pings. The first to end ends the line, and its `Goodbye` says how. Nothing here
outlives the socket. Where uvicorn's own protocol is ours (`server/direct.py`), what leaves goes
straight to its transport while that takes it; elsewhere by ASGI.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, assert_never
from weakref import WeakKeyDictionary

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
from server import auth, limits
from server import hocuspocus as wire
from server.direct import EXTENSION, Direct, framed
from server.errors import Problem
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

_frames: WeakKeyDictionary[Any, bytes] = WeakKeyDictionary()
"""Each outgoing object's frame, for as long as somebody waits for it: encoded once for all."""


def frame_of(item: out.Outgoing) -> bytes:
    """The frame of an outgoing object under the plain name of its document."""
    frame = _frames.get(item)
    if frame is None:
        frame = _frames[item] = encode(item, getattr(item, "document", ""))
    return frame


def encode(item: out.Outgoing, name: str) -> bytes:
    """The frame of an outgoing object under the name a provider knows the document by."""
    match item:
        case out.AuthOk(readonly=readonly):
            return wire.authenticated(name, readonly=readonly)
        case out.AuthNo(reason=reason):
            return wire.permission_denied(name, reason)
        case out.Step1(state_vector=state_vector):
            return wire.sync_step1(name, state_vector)
        case out.Step2(packed=data) if data:
            return wire.packed(name, data)
        case out.Step2(update=update):
            return wire.sync_step2(name, update)
        case out.Update(update=update):
            return wire.update(name, update)
        case out.Aware(data=data):
            return wire.awareness(name, data)
        case out.Pointers(data=data):
            return wire.pointers(name, data)
        case out.Ack(ok=ok):
            return wire.sync_status(name, saved=ok)
        case out.Say(payload=payload):
            return wire.stateless(name, payload)
        case out.ClosedDocument(reason=reason):
            return wire.close(name, reason)
        case out.Bye():
            raise AssertionError("a Bye closes the socket; it has no frame")
        case _:
            assert_never(item)


_framed: WeakKeyDictionary[Any, bytes] = WeakKeyDictionary()
"""The same as whole websocket frames, for those written straight to a transport."""

_last: tuple[out.Outgoing | None, bytes] = None, b""
"""The one asked for last: what goes to two hundred is asked for two hundred times running."""


def framed_of(item: out.Outgoing) -> bytes:
    """The websocket frame of an outgoing object under the plain name of its document."""
    global _last
    last, frame = _last
    if last is item:
        return frame
    known = _framed.get(item)
    if known is None:
        known = _framed[item] = framed(encode(item, getattr(item, "document", "")))
    _last = item, known
    return known


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
        # An event with nobody waiting takes 800 bytes: these are made when somebody does.
        self._open = False
        self._seat: asyncio.Future[None] | None = None
        self._answer: asyncio.Event | None = None
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._exchanged = self._heard
        self._heads: dict[bytes, str] = {}
        self._sending = asyncio.Lock()
        self._handling = False
        self._under_way = 0
        self._all_answered: asyncio.Future[None] | None = None
        self.free = False
        """Whether the transport takes frames now."""
        self._direct: Direct | None = websocket.scope.get("extensions", {}).get(EXTENSION)

    async def run(self) -> None:
        """Serve until one side ends; always tells the session."""
        outbox = self._session.outbox
        if self._direct is not None:
            self._direct.told = self._told
            self._direct.taken = self._taken
            self._direct.begin()
            outbox.attach(self)
        tasks = {
            asyncio.create_task(part, name=f"sync {name}")
            for name, part in (
                ("read", self._read()),
                ("write", self._write()),
                ("ping", self._ping()),
                ("watch", self._watch()),
                ("seat", self._seated()),
            )
        }
        goodbye: Goodbye | None = None
        try:
            while goodbye is None and tasks:
                done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                endings = [self._ending(task) for task in done]  # each is looked at
                goodbye = next((one for one in endings if one is not None), None)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            outbox.attach(None)
            if self._direct is not None:
                self._direct.taken = None
            await self._session.closed()
            self._has_answered()  # nobody does any more
        if goodbye is not None and goodbye.code:
            await self._say_goodbye(goodbye)

    def _ending(self, task: asyncio.Task[Goodbye | None]) -> Goodbye | None:
        """How a finished task ends the line; None when it just had nothing more to do."""
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, Goodbye):
            return error
        if isinstance(error, Problem):
            return Goodbye(4429, "Too much at once; come back in a while.", retry=True)
        if isinstance(error, (WebSocketDisconnect, WebSocketDisconnected, ConnectionError)):
            return GONE
        log().error("tripped", kind="socket", room=self._room, code=1011, exc_info=error)
        return TRIPPED

    async def _read(self) -> Goodbye | None:
        while True:
            seconds = SILENT_SECONDS if self._names else FIRST_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    message = await self._socket.receive()
            except TimeoutError:
                if self._names and self._loop.time() - self._heard < seconds:
                    continue  # it was all taken before it came here
                return Goodbye(4408, "Nothing was said in time.", retry=bool(self._names))
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
        edit = None if frame == wire.PONG else wire.updated(frame, self._heads)
        if edit is None and frame != wire.PONG:
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

    def _seated_now(self) -> None:
        self._open = True
        if self._seat is not None and not self._seat.done():
            self._seat.set_result(None)

    def _answered(self) -> None:
        """An edit taken straight has its answer."""
        self._exchanged = self._heard
        self._under_way -= 1
        if not self._under_way and (waits := self._all_answered) is not None and not waits.done():
            waits.set_result(None)

    def _count(self, frame: bytes) -> None:
        counters = self._site.limits
        if not (
            counters.take("frames", self._device, limits.FRAMES_PER_DEVICE)
            and counters.take("bytes", self._device, limits.BYTES_PER_DEVICE, len(frame))
            and (not self._room or counters.take("room", self._room, limits.FRAMES_PER_ROOM))
        ):
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
        self._heads[wire.update_head(message.name)] = document
        token = message.token
        if not token and self._cookies:
            token = auth.cookie_token(self._socket, room)
        await self._session.authenticate(document, token)
        if not self._room and token:
            # The bucket belongs to the device, however many sockets it opens.
            self._device = f"{room}/{hashlib.sha256(token.encode()).hexdigest()[:16]}"
            self._room = room

    async def _write(self) -> Goodbye | None:
        outbox = self._session.outbox
        while True:
            frames: list[bytes] = []
            for item in await outbox.get():
                if isinstance(item, out.Bye):
                    await self._send(*frames)
                    return Goodbye(item.code, item.reason, item.retry)
                if self._direct is not None:
                    self.write(item)  # at once, or what comes meanwhile would pass it by
                    continue
                if isinstance(item, out.AuthOk):
                    self._seated_now()
                name = self._names.get(item.document)
                if name is not None:
                    frames.append(frame_of(item) if name == item.document else encode(item, name))
            await self._send(*frames)

    def _told(self, free: bool) -> None:
        self.free = free

    @property
    def kept(self) -> int:
        """Bytes the transport still holds."""
        return self._direct.kept if self._direct else 0

    def write(self, item: out.Outgoing) -> None:
        """Write something straight to the transport."""
        assert self._direct is not None
        assert not isinstance(item, out.Bye)
        document = item.document
        name = self._names.get(document)
        if name is None:
            return
        if type(item) is out.AuthOk:
            self._seated_now()
        self._direct.write(framed_of(item) if name == document else framed(encode(item, name)))

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

    async def _ping(self) -> Goodbye | None:
        while True:
            # Who has just sent an edit and been answered is there, and knows that we are.
            if (rest := self._exchanged + PING_SECONDS - self._loop.time()) > 0:
                await asyncio.sleep(rest)
                continue
            self._exchanged = self._loop.time()
            if self._exchanged - self._heard > SILENT_SECONDS:
                return Goodbye(4408, "Nothing was said in time.", retry=True)
            if self._direct is not None:
                if self._direct.free:
                    self._direct.write(PING)
            elif not self._sending.locked():  # else something better than a ping is on its way
                await self._send(wire.PING)

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

    async def _watch(self) -> Goodbye | None:
        # The writer may hang in a send to somebody who does not read.
        return await self._session.outbox.given_up()

    async def _seated(self) -> Goodbye | None:
        try:
            async with asyncio.timeout(SEAT_SECONDS):
                if not self._open:
                    self._seat = self._loop.create_future()
                    await self._seat
        except TimeoutError:
            return Goodbye(4401, "No valid seat: ask for one again.", retry=False)
        return None

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

TRIPPED: Final = Goodbye(1011, "The server tripped; come back.", retry=True)

GONE: Final = Goodbye(0, "gone", retry=True)
"""The other side has left: nothing to say."""

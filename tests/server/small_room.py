"""A room of a few lines on the codec and the documents: enough for a real provider to talk to.

It shows the duties that `server.hocuspocus` names; storage is a list. `swallow` plays a network
that takes frames and delivers none, `lose` one that loses the next edit.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from rooms.documents import Accepted, Document, Documents
from rooms.permissions import Writer
from server import hocuspocus as wire

ROOM = "room1"
# token -> writer; `t3` may read only
TOKENS = {
    "t1": Writer("d1", frozenset({"s1"})),
    "t2": Writer("d2", frozenset({"s2"})),
    "t3": Writer("d3", frozenset({"s3"}), writes=False),
}
NAMES = {"s1": "Ana", "s2": "Ben", "s3": "Cleo"}


class SmallRoom:
    """Every document of one room and who listens to it."""

    def __init__(self) -> None:
        ids = itertools.count(1_000)
        self.documents = Documents(lambda: next(ids))
        self.logs: defaultdict[str, list[bytes]] = defaultdict(list)
        self.readers: defaultdict[str, dict[tuple[ServerConnection, str], Writer]] = defaultdict(
            dict
        )
        self.seen: list[str] = []
        self.pongs = 0
        self.gaps = 0
        self.swallow: set[str] = set()
        self.lose: set[str] = set()

    def document(self, name: str) -> Document:
        return self.documents.get(name) or self.documents.open(name, self.logs[name])[0]

    async def serve(self, socket: ServerConnection) -> None:
        """One device's websocket."""
        opened: dict[str, Writer] = {}
        pinging = asyncio.create_task(self.ping(socket))
        try:
            async for frame in socket:
                assert isinstance(frame, bytes)
                await self.receive(socket, opened, wire.decode(frame))
        except ConnectionClosed:
            pass
        finally:
            pinging.cancel()
            for name in list(opened):
                await self.close(socket, opened, name)

    async def ping(self, socket: ServerConnection) -> None:
        while True:
            await socket.send(wire.PING)
            await asyncio.sleep(0.2)

    async def receive(
        self, socket: ServerConnection, opened: dict[str, Writer], message: wire.FromClient
    ) -> None:
        if isinstance(message, wire.Pong):
            self.pongs += 1
            return
        assert not isinstance(message, wire.Ping)
        self.seen.append(type(message).__name__)
        name = message.name
        if isinstance(message, wire.Authenticate):
            await self.open(socket, opened, message)
            return
        writer = opened.get(name)
        if writer is None or writer.device in self.swallow:
            return
        document = self.document(message.document)
        if isinstance(message, wire.SyncStep1):
            await socket.send(wire.sync_step2(name, document.diff(message.state_vector)))
            await socket.send(wire.sync_step1(name, document.state_vector()))
        elif isinstance(message, wire.Update) and writer.device in self.lose:
            self.lose.remove(writer.device)
        elif isinstance(message, wire.SyncStep2 | wire.Update):
            step2 = isinstance(message, wire.SyncStep2)
            await self.edit(socket, name, document, writer, message.update, step2)
        elif isinstance(message, wire.AwarenessUpdate):
            said = document.awareness.take(message.update, writer, NAMES)
            await self.tell_awareness(document, said)
        elif isinstance(message, wire.QueryAwareness):
            await socket.send(wire.awareness(name, document.awareness.everyone()))
        elif isinstance(message, wire.Stateless):
            asked = json.loads(message.payload)
            if asked.get("command") == "swallow":
                self.swallow.add(writer.device)
            elif asked.get("command") == "lose one":
                self.lose.add(writer.device)
            else:
                done = json.dumps({"type": "done", "request": asked["request"]})
                await socket.send(wire.stateless(name, done))
        elif isinstance(message, wire.Close):
            await self.close(socket, opened, name)

    async def open(
        self, socket: ServerConnection, opened: dict[str, Writer], message: wire.Authenticate
    ) -> None:
        writer = TOKENS.get(message.token)
        private = message.document.startswith(f"{ROOM}/mine/")
        owner = message.document.rpartition("/")[2]
        if writer is None or (private and owner not in writer.seats):
            await socket.send(wire.permission_denied(message.name, "not_yours"))
            return
        opened[message.name] = writer
        document = self.document(message.document)
        self.readers[message.document][socket, message.name] = writer
        await socket.send(wire.authenticated(message.name, readonly=not writer.writes))
        if states := document.awareness.everyone():
            await socket.send(wire.awareness(message.name, states))

    async def edit(
        self,
        socket: ServerConnection,
        name: str,
        document: Document,
        writer: Writer,
        update: bytes,
        step2: bool,
    ) -> None:
        verdict = document.check(update, writer, step2=step2)
        if isinstance(verdict, Accepted):
            if verdict.update:
                self.logs[document.name].append(verdict.update)
                document.apply(verdict.update)
            await socket.send(wire.sync_status(name, saved=True))
            if verdict.update:
                for reader, key in list(self.readers[document.name]):
                    if (reader, key) != (socket, name):
                        await reader.send(wire.update(key, verdict.update))
            return
        await socket.send(wire.sync_status(name, saved=False))
        if verdict.gap and not step2:
            self.gaps += 1
            await socket.send(wire.sync_step1(name, document.state_vector()))
            return
        refused = {"type": "refused", "reason": verdict.reason, "document": document.name}
        await socket.send(wire.stateless(name, json.dumps(refused)))

    async def close(self, socket: ServerConnection, opened: dict[str, Writer], name: str) -> None:
        writer = opened.pop(name)
        self.swallow.discard(writer.device)
        document = self.document(name.partition("\0")[0])
        self.readers[document.name].pop((socket, name), None)
        if not any(other.device == writer.device for other in self.readers[document.name].values()):
            await self.tell_awareness(document, document.awareness.leave(writer.device))

    async def tell_awareness(self, document: Document, said: bytes) -> None:
        if not said:
            return
        for reader, key in list(self.readers[document.name]):
            try:
                await reader.send(wire.awareness(key, said))
            except ConnectionClosed:
                continue

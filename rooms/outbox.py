"""What waits for one device, bounded in bytes however slowly it reads.

Acknowledgements and answers are never merged or dropped. Of a view only the newest per key is
kept. When too much waits, awareness goes first; then the content of whole documents, largest
first, each of which is owed one fresh answer (a *resync*) made at the moment the device reads
again, from what it is known to have. A device that owes itself a resync and still does not read
after a time, or for which more waits than even answers can explain, is told to come back later
(`Goodbye` 4429).

Where the socket takes frames at once (`Pipe`), nothing waits here while it does.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from rooms.outgoing import (
    NOTHING_KNOWN,
    AuthNo,
    AuthOk,
    Aware,
    Bye,
    ClosedDocument,
    Outgoing,
    Pointers,
    Step2,
    Update,
    size,
)
from rooms.wire import Goodbye

LIMIT: Final = 1_310_720
"""Bytes that may wait or be on their way before things are dropped: the largest board fits once,
with the views and the list of people of a full hall."""

HARD_LIMIT: Final = LIMIT + 131_072
"""Bytes that may wait or be on their way at all: answers and views alone get beyond `LIMIT` only if
nobody reads them. With the socket's own buffers (64 KiB in the process, `SEND_BYTES` in
`server/supervisor.py` twice in the kernel) a device that stops reading costs under 2 MB."""

BATCH: Final = 65_536
"""Bytes handed out at a time: what a socket takes at once; the rest can still be merged."""

STALL: Final = 30.0
"""Seconds without reading, after something was dropped, until the device must come back: a poor
line carries a large board in that time."""

Resync = Callable[[str, bytes], Sequence[Outgoing]]
"""What a device that missed content of this document, and has at least this state vector, is to be
sent: one fresh `Step2`."""


class Pipe(Protocol):
    """A device's socket, where it can be written to without waiting."""

    free: bool
    """Whether it takes something now; the outbox is told with `look` when that changes."""

    @property
    def kept(self) -> int:
        """Bytes it was given that are still in this process."""

    def write(self, item: Outgoing, /) -> None:
        """Take something; only while it is `free`, and never a `Bye`."""

    def frame(self, item: Outgoing, /) -> bytes:
        """Something as it is written to every socket that has a `way` for it."""

    def way(self, item: Outgoing, /) -> Callable[[bytes], None] | None:
        """How frames of things like this are written to it, while it is `free`; None where this
        device knows the document by a name of its own. Raises `RuntimeError` once it is gone."""

    async def room(self) -> None:
        """Wait until it is free, or gone. Raises `Goodbye` when that takes too long."""


class Outbox:
    """One device's queue: any number of writers, one reader.

    `resync` is asked when the reader comes back; without it the names of documents stay in
    `overflowed` for whoever serves the device. `time` is in seconds.
    """

    def __init__(
        self,
        resync: Resync | None = None,
        *,
        limit: int = LIMIT,
        hard_limit: int = HARD_LIMIT,
        stall: float = STALL,
        time: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resync = resync
        self._limit = limit
        self._hard_limit = hard_limit
        self._stall = stall
        self._time = time
        self._items: dict[int, tuple[Outgoing, int]] = {}
        self._latest: dict[str, int] = {}
        self._keys: dict[int, str] = {}
        self._next = 0
        # Bytes that may be dropped, so that a flood of answers is not searched through each time.
        self._aware = 0
        self._content: Counter[str] = Counter()
        self.waits: Callable[[], None] = lambda: None
        """Called when something waits for `get`."""
        self.lost: Callable[[Goodbye], None] = lambda goodbye: None
        """Called once there is no hope for this device, with how to close it: whoever writes to it
        may be stuck."""
        self.ready = False
        """Whether `get` has something, be it a last word."""
        self._getting: asyncio.Future[None] | None = None
        # What the device has at least of a document whose content was dropped.
        self._since: dict[str, bytes] = {}
        self._goodbye: Goodbye | None = None
        self._said_bye = False
        self._stalled_since: float | None = None
        self._pipe: Pipe | None = None
        self._through: Pipe | None = None  # the same, until the last word is said
        self.straight: Pipe | None = None
        """The same, while it is free and nothing waits."""
        self.turned: Callable[[], None] = lambda: None
        """Called when `straight` has changed."""
        self.overflowed: set[str] = set()
        """Documents whose content was dropped and is still owed."""
        self.unaware: set[str] = set()
        """Documents of whose pointers some were dropped."""
        self.waiting = 0
        """Bytes that wait."""
        self.sending = 0
        """Bytes handed out last and, for all we know, still on their way."""
        self.dropped = 0
        """Items dropped so far."""

    @property
    def held(self) -> int:
        """Bytes this device costs: what waits, and what is on its way."""
        return self.waiting + (self._pipe.kept if self._pipe else self.sending)

    def attach(self, pipe: Pipe | None) -> None:
        """From now on what comes goes straight into this socket while it is free and nothing is
        waiting; None: all of it waits for `get`."""
        self._pipe = pipe
        self._through = None if self._said_bye or self._goodbye else pipe
        self.look()

    def look(self) -> None:
        """See whether what comes may go straight into the socket."""
        pipe = self._through
        open_now = pipe is not None and pipe.free and not (self._items or self.overflowed)
        self._go(pipe if open_now else None)

    def _go(self, pipe: Pipe | None) -> None:
        if self.straight is not pipe:
            self.straight = pipe
            self.turned()

    def let_go(self) -> None:
        """Nobody will read any more, nor ask whose this was."""
        self._resync = self._pipe = self._through = self.straight = None
        self.waits = self.turned = lambda: None
        self.lost = lambda goodbye: None

    def put(self, item: Outgoing) -> None:
        """Add an item. After a `Bye`, or once the device is given up, nothing more is taken."""
        if (pipe := self.straight) is not None and type(item) is not Bye:
            pipe.write(item)
            return
        if self._goodbye or self._said_bye:
            return
        match item:
            case Update(document=document) | Step2(document=document):
                if document in self.overflowed:
                    # The resync will carry it; but look whether anybody is still there.
                    self.dropped += 1
                    self._bound()
                    return
            case AuthOk(document=document) | AuthNo(document=document):
                # Opened anew: the device will ask for what it lacks.
                self._settled(document)
            case ClosedDocument(document=document):
                self._settled(document)
            case Bye():
                self._said_bye = True
                self._through = None
            case _:
                pass
        self._add(item)
        self._bound()

    def put_latest(self, key: str, item: Outgoing) -> None:
        """Add an item in place of the one that waits under the same key, if any."""
        if (pipe := self.straight) is not None:
            pipe.write(item)
            return
        if self._goodbye or self._said_bye:
            return
        if (old := self._latest.get(key)) is not None:
            self._remove(old)
        number = self._add(item)
        self._latest[key] = number
        self._keys[number] = key
        self._bound()

    async def get(self) -> list[Outgoing]:
        """Wait for something and take the oldest, at most about `BATCH` bytes.

        Raises `Goodbye` once the device is given up: close the socket with its code.
        """
        self.passed_on()
        while not self.ready:
            if self._getting is None or self._getting.done():
                self._getting = asyncio.get_running_loop().create_future()
            await self._getting
        if self._pipe and not self._goodbye:
            await self._pipe.room()  # until then what waits can still be merged
        if self._goodbye:
            raise self._goodbye
        batch: list[Outgoing] = []
        taken = 0
        for number, (item, weight) in list(self._items.items()):
            if batch and taken + weight > BATCH:
                break
            batch.append(item)
            taken += weight
            self._remove(number)
        self._stalled_since = None
        if not self._items:
            self._repay(batch)
        if not self._items:
            self.ready = False
            self.look()
        self.sending = sum(map(size, batch))
        return batch

    def passed_on(self) -> None:
        """What was handed out has left."""
        self.sending = 0

    def give_up(self, goodbye: Goodbye) -> None:
        """Drop all that waits and let `get` and `given_up` say goodbye."""
        first = self._goodbye is None
        if first:
            self._goodbye = goodbye
        self._through = None
        self._go(None)
        self._items.clear()
        self._latest.clear()
        self._keys.clear()
        self._content.clear()
        self._aware = 0
        self.overflowed.clear()
        self._since.clear()
        self.waiting = self.sending = 0
        self._wake()
        if first:
            self.lost(goodbye)

    def _add(self, item: Outgoing) -> int:
        weight = size(item)
        number = self._next
        self._next += 1
        self._items[number] = (item, weight)
        self._go(None)
        self._count(item, weight)
        self._wake()
        return number

    def _wake(self) -> None:
        self.ready = True
        if self._getting is not None and not self._getting.done():
            self._getting.set_result(None)
        self.waits()

    def _remove(self, number: int) -> None:
        item, weight = self._items.pop(number)
        self._count(item, -weight)
        if (key := self._keys.pop(number, None)) is not None:
            del self._latest[key]

    def _count(self, item: Outgoing, weight: int) -> None:
        self.waiting += weight
        match item:
            case Aware() | Pointers():
                self._aware += weight
            case Update(document=document) | Step2(document=document):
                self._content[document] += weight
                if not self._content[document]:
                    del self._content[document]
            case _:
                pass

    def _repay(self, batch: list[Outgoing]) -> None:
        if self._resync is None:
            return
        # Made only now that the device reads: what it missed meanwhile is all in one answer.
        for document in sorted(self.overflowed):
            batch.extend(self._resync(document, self._since.get(document, NOTHING_KNOWN)))
        self.overflowed.clear()
        self._since.clear()

    def _settled(self, document: str) -> None:
        self.overflowed.discard(document)
        self._since.pop(document, None)

    def _bound(self) -> None:
        if self.held > self._limit and self._aware:
            self._drop_awareness()
        while self.held > self._limit and self._content:
            self._drop_content()
        if self.overflowed:
            now = self._time()
            if self._stalled_since is None:
                self._stalled_since = now
            elif now - self._stalled_since > self._stall:
                self.give_up(Goodbye(4429, "You were not reading; come back.", retry=True))
                return
        if self.held > self._hard_limit:
            self.give_up(Goodbye(4429, "Too much waits for you; come back.", retry=True))

    def _drop_awareness(self) -> None:
        for number, (item, _) in list(self._items.items()):
            if isinstance(item, Aware | Pointers):
                self._drop(number)
                self.unaware.add(item.document)

    def _drop_content(self) -> None:
        """Drop the waiting content of the document that has most of it."""
        document, _ = self._content.most_common(1)[0]
        for number, (item, _) in list(self._items.items()):
            if isinstance(item, Update | Step2) and item.document == document:
                # The first of them says what the device has: everything before it was passed on.
                self._since.setdefault(document, item.since)
                self._drop(number)
        self.overflowed.add(document)
        self._wake()

    def _drop(self, number: int) -> None:
        self._remove(number)
        self.dropped += 1

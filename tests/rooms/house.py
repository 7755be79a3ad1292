"""A real hub over real SQLite and a test clock, with short words for tests."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms.asking import Asking, Known
from rooms.clock import TestClock
from rooms.delivery import Delivery
from rooms.hub import Hub, Joined, Newcomer, Opened
from rooms.outgoing import Outgoing
from rooms.presence import Presence
from rooms.room import Room
from rooms.seats import Device, Seat
from rooms.session import Session
from rooms.words import Mint
from tests.rooms.brittle import Brittle

SECRET = b"a secret of the tests, 32 bytes."


def asking_of(seat: Seat, now: int = 0) -> Asking:
    """A command of this seat, of a room where nobody is connected."""
    ids = (f"id{number}" for number in itertools.count(1))
    return Asking(
        seat=seat,
        device=seat.devices[0],
        entered_by="",
        now=now,
        dice=1,
        presence=Presence(),
        mint=Mint(ids.__next__),
        new_id=ids.__next__,
        new_key=ids.__next__,
        adopting=lambda _device, _since: "",
        known=Known(),
    )


class House:
    """One room with its people. `async with House.open(...)` closes everything."""

    def __init__(self, storage: Any, clock: TestClock, hub: Hub) -> None:
        self.storage = storage
        self.clock = clock
        self.hub = hub
        self.opened: Opened
        self.tokens: dict[str, str] = {}
        self.heard: dict[Session, list[Outgoing]] = {}
        self.requests = itertools.count(1)

    @classmethod
    async def open(cls, folder: Path, template: str = "check_in", people: int = 0) -> "House":
        storage = await Brittle.brittle(folder)
        clock = TestClock()
        dice = itertools.count(1)
        hub = Hub(storage, clock, secret=SECRET, dice=lambda: next(dice))
        await hub.start()
        house = cls(storage, clock, hub)
        house.opened = await hub.open_room(
            title="Living with the river", facilitator="Amina Diallo", template=template
        )
        house.tokens[house.opened.seat] = house.opened.token
        for number in range(people):
            await house.join(f"Person {number + 1}")
        return house

    async def __aenter__(self) -> "House":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.storage.full = self.storage.full_documents = False
        await self.hub.close()
        await self.storage.close()

    async def crash(self) -> None:
        """The process is gone without a goodbye; the same data opens under a new hub."""
        await self.hub._touch()
        if self.hub._heart:
            self.hub._heart.cancel()
        await self.hub.alarms.close()
        await self.another()

    async def another(self) -> Hub:
        """From now on a second hub over the same storage; returns the one before."""
        before, self.hub = self.hub, Hub(self.storage, self.clock, secret=SECRET)
        await self.hub.start()
        return before

    @property
    def lead(self) -> str:
        """The organiser's seat."""
        return self.opened.seat

    async def room(self) -> Room:
        return await self.hub.room(self.opened.room)

    async def join(self, name: str, **more: Any) -> str:
        """Come in by the code; returns the seat."""
        joined: Joined = await self.hub.join(
            await self.room(), Newcomer(name=name, **more), secret=self.opened.code
        )
        assert joined.token
        self.tokens[joined.seat] = joined.token
        return joined.seat

    async def device(self, seat: str) -> Device:
        found = (await self.room()).device(self.tokens[seat])
        assert found
        return found

    async def do(self, seat: str, type: str, /, *, request: str = "", **fields: Any) -> int:
        """Send a command as the seat; returns the number of its commit. Raises `Refused`."""
        activity = fields.pop("activity", None)
        body = {
            "request": request or f"r{next(self.requests)}",
            "activity": activity,
            "seat": seat,
            "command": {"type": type, **fields},
        }
        room = await self.room()
        done = await room.command(await self.device(seat), json.dumps(body).encode())
        await room.bench.settled()
        return done.seq

    async def refused(self, seat: str, type: str, reason: str, /, **fields: Any) -> Refused:
        """`do` this, see it refused for this reason and nothing changed; returns the refusal."""
        room = await self.room()
        before = room.whole
        with pytest.raises(Refused) as caught:
            await self.do(seat, type, **fields)
        assert caught.value.reason == reason, (type, fields, caught.value)
        assert room.whole is before
        return caught.value

    async def view(self, seat: str, lens: Any = None) -> dict[str, Any]:
        room = await self.room()
        shown: dict[str, Any] = json.loads(room.view(await self.device(seat), seat, lens))
        return shown

    async def offered(self, seat: str) -> set[str]:
        """Types of the commands on offer."""
        return {offer["type"] for offer in (await self.view(seat))["may"]}

    async def epoch(self) -> int:
        return (await self.room()).whole.room.lead.epoch

    async def plan(self, *kinds: str, **settings: Any) -> None:
        """Add items of these kinds to the agenda; they are called "a1", "a2"..."""
        for kind in kinds:
            await self.do(self.lead, "agenda.add", kind=kind, settings=settings)

    async def start(self, item: str = "a1") -> None:
        await self.do(self.lead, "activity.start", item=item, epoch=await self.epoch())

    async def session(self, seat: str) -> Session:
        """A websocket of this seat, with the room's own document open."""
        session = self.hub.session()
        await session.authenticate(self.opened.room, self.tokens[seat])
        self.heard[session] = []
        return session

    async def carry(self, carrier: str, name: str, **more: Any) -> str:
        """Somebody without a device sits down at the carrier's; returns the seat."""
        device = await self.device(carrier)
        joined = await self.hub.join(await self.room(), Newcomer(name=name, **more), carrier=device)
        assert joined.token is None
        self.tokens[joined.seat] = self.tokens[carrier]
        return joined.seat

    async def delivery(self) -> Delivery:
        found = await self.hub.delivery(self.opened.room)
        assert found
        return found

    async def listen(self) -> None:
        """Let the tick flush, and take what every session was sent."""
        if self.opened.room in self.hub._open:
            (await self.delivery()).flush()
        for session, heard in self.heard.items():
            while session.outbox.waiting:
                heard += await session.outbox.get()

    async def open_document(self, session: Session, name: str) -> str:
        """Open a document of the room; returns its full name."""
        full = f"{self.opened.room}/{name}"
        await session.authenticate(full, self.token_of(session))
        return full

    def token_of(self, session: Session) -> str:
        """The token a session came with."""
        assert session.device
        return next(t for s, t in self.tokens.items() if s in session.device.seats)

    async def everyone_beats(self) -> None:
        """A sign of life from every device."""
        room = await self.room()
        for token in set(self.tokens.values()):
            if device := room.device(token):
                room.called(device)
        await room.sweep()

    async def to(self, phase: str) -> None:
        """The lead moves the running activity on until this phase."""
        while (now := (await self.view(self.lead))["activity"])["phase"] != phase:
            epoch = await self.epoch()
            await self.do(
                self.lead, "phase.next", activity=now["id"], phase=now["phase"], epoch=epoch
            )

    async def telling(self) -> str:
        """Go to the telling of a story circle and let the first one tell; returns that seat."""
        await self.start()
        await self.to("telling")
        for seat in self.tokens:
            for offer in (await self.view(seat))["may"]:
                if offer["type"] == "turn.begin":
                    await self.do(seat, "turn.begin", activity="a1", turn=offer["turn"])
                    return seat
        raise AssertionError("nobody is offered a turn")

    async def released(self, choice: str = "first_name") -> str:
        """A circle up to the plenary, its first story told and answered for; returns the teller."""
        teller = await self.telling()
        await self.clock.advance(20_000)
        await self.everyone_beats()
        done = next(o for o in (await self.view(teller))["may"] if o["type"] == "turn.done")
        await self.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
        for phase in ("quiet", "reflect", "plenary"):
            await self.to(phase)
        await self.do(
            teller,
            "release.answer",
            activity="a1",
            title="The boat",
            quote="We were afraid",
            choice=choice,
        )
        return teller

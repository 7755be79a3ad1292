"""People who use a room: each looks at the own screen and does what it asks for, by its offers
alone. They know no activity, so that any agenda can be walked with them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, Protocol

from activities.kernel import Refused
from tests.rooms.house import House

STALE: Final = frozenset({"stale_phase", "stale_turn", "stale_seat", "stale_epoch", "duplicate"})
"""Somebody else was quicker: the next look shows what is asked now."""

MORE: Final = frozenset({"full", "closed"})
ASKED: Final = ("main", "beside")
LEADS: Final = ("lead.", "phase.", "pause.", "activity.")
"""What a crowd leaves to whoever leads."""
STEP: Final = 15_000
"""Milliseconds between two looks at the screens."""

MOST_STEPS: Final = 4_000


class Place(Protocol):
    """A room as its people have it, in this process or over the wire."""

    def seats(self) -> list[str]:
        """Everybody this crowd speaks for."""

    async def view(self, seat: str, lens: str) -> dict[str, Any]:
        """What somebody sees."""

    async def do(self, seat: str, type: str, /, **fields: Any) -> Any:
        """Send a command. Raises `Refused`."""

    async def acting(self) -> str:
        """Who leads."""

    def now(self) -> int:
        """What time it is there (ms)."""


class Inside:
    """A house of the tests as a place."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.view = house.view
        self.do = house.do
        self.now = house.clock.now

    def seats(self) -> list[str]:
        """Everybody in the house."""
        return list(self.house.tokens)

    async def acting(self) -> str:
        """Who leads. A program that looks is here."""
        room = await self.house.room()
        for seat in self.house.tokens:
            room.called(await self.house.device(seat))
        return room.whole.room.lead.acting


class Crowd:
    """The people of a place. `told` collects what was done, by command type."""

    def __init__(self, place: Place, seed: int = 1) -> None:
        self.place = place
        self.random = Random(seed)
        self.told: dict[str, int] = {}
        self.words = 0

    async def look(self) -> None:
        """Everybody but the lead looks once and does at most one thing that is asked of them."""
        lead = await self.place.acting()
        for seat in self.place.seats():
            if seat != lead:
                await self._answer(seat)

    async def _answer(self, seat: str) -> None:
        view = await self.place.view(seat, "seat")
        asked = [o for o in view["may"] if o["place"] in ASKED and o.get("shown", True)]
        wanted = [o for o in asked if not o["type"].startswith(LEADS)]
        if wanted and self.random.random() < 0.8:
            await self.tap(seat, self.random.choice(wanted), view)

    async def tap(self, seat: str, offer: dict[str, Any], view: dict[str, Any]) -> bool:
        """Send an offer back with its needs filled in; whether it was taken."""
        shown = {"label", "place", "needs", "hint", "confirm", "shown"}
        fields = {name: value for name, value in offer.items() if name not in {*shown, "type"}}
        for name, need in offer["needs"].items():
            if not (need["optional"] and self.random.random() < 0.5):
                fields[name] = self._fill(need)
        activity = (view["activity"] or {}).get("id")
        try:
            await self.place.do(seat, offer["type"], activity=activity, **fields)
        except Refused as refused:
            if refused.reason in STALE | MORE:
                return False
            raise AssertionError(f"{offer} of {seat}: {refused.reason}") from refused
        self.told[offer["type"]] = self.told.get(offer["type"], 0) + 1
        return True

    def _fill(self, need: dict[str, Any]) -> Any:
        values = [option["value"] for option in need["options"]]
        match need["kind"]:
            case "text":
                return self._say()
            case "texts":
                return [self._say() for _ in range(self.random.randint(0, need["limit"] or 2))]
            case "flag":
                return self.random.random() < 0.5
            case "number":
                return self.random.randint(need["low"], need["high"])
            case "date":
                now = datetime.fromtimestamp(self.place.now() / 1000, UTC)
                later = now + timedelta(days=self.random.randint(2, 40))
                return self.random.choice([later.date().isoformat(), *values])
            case "seats":
                return self.random.sample(values, self.random.randint(0, len(values)))
            case _:
                return self.random.choice(values or self.place.seats())

    def _say(self) -> str:
        self.words += 1
        return f"What number {self.words} says"


class Walk:
    """A crowd that walks the whole agenda of its house. `leads`: (item, who led it)."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.crowd = Crowd(Inside(house))
        self.leads: list[tuple[str, str]] = []

    async def walk(self) -> list[str]:
        """Walk the whole agenda: whoever leads starts what comes, moves on when a clock is over or
        when nobody is asked for anything. Returns the items in the order they began."""
        for _ in range(MOST_STEPS):
            room = await self.house.room()
            state = room.whole.room
            seat = state.lead.acting
            view = await self.house.view(seat, "panel")
            if view["activity"] is None and not await self._start(seat, view):
                return list(state.started)
            elif view["activity"] is not None:
                await self._lead(seat, view)
            await self.crowd.look()
            await self.house.clock.advance(STEP)
        raise AssertionError(f"the agenda never ends: {view['activity']}")

    async def _start(self, seat: str, view: dict[str, Any]) -> bool:
        """Hand over as planned, or start what comes next; False when nothing does."""
        state = (await self.house.room()).whole.room
        if state.lead.offered_to and state.lead.offered_to != seat:
            other = state.lead.offered_to
            await self.house.do(other, "lead.accept", epoch=state.lead.epoch)
            return True
        starts = [o for o in view["may"] if o["type"] == "activity.start"]
        if not starts:
            return False
        self.leads.append((starts[0]["item"], seat))
        return await self.crowd.tap(seat, starts[0], view)

    async def _lead(self, seat: str, view: dict[str, Any]) -> None:
        """Move on when the phase's time is over, or (without one) when it has been a while."""
        now = self.house.clock.now()
        asked = [o for o in view["may"] if o["type"] == "phase.next"]
        over = view["ends_at"] is not None and view["ends_at"] <= now
        if asked and (over or (view["ends_at"] is None and self.crowd.random.random() < 0.2)):
            await self.crowd.tap(seat, asked[0], view)

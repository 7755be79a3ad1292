"""Several processes over one Redis: a house each, and the same people in all of them.

Each has its own connection, hub and rooms, as processes have; they share the loop and the clock of
the test.
"""

import itertools
from typing import Any

from rooms.clock import TestClock
from rooms.hub import Hub
from rooms.redis_storage import RedisStorage
from tests.rooms.house import SECRET, House
from tests.waiting import SECONDS, until


class Street:
    """`async with await Street.open(url, 2) as street`: then `street[0]` and `street[1]`."""

    def __init__(self, url: str, clock: TestClock) -> None:
        self.url = url
        self.clock = clock
        self.houses: list[House] = []
        self._dice = itertools.count(1)

    @classmethod
    async def open(
        cls, url: str, processes: int, template: str = "check_in", people: int = 0
    ) -> "Street":
        street = cls(url, TestClock())
        first = await street.build()
        first.opened = await first.hub.open_room(
            title="Living with the river", facilitator="Amina Diallo", template=template
        )
        first.tokens[first.opened.seat] = first.opened.token
        for number in range(people):
            await first.join(f"Person {number + 1}")
        for _ in range(processes - 1):
            await street.build()
        return street

    async def build(self, **options: Any) -> House:
        """One more process."""
        storage = await RedisStorage.open(self.url, **options)
        hub = Hub(storage, self.clock, secret=SECRET, dice=lambda: next(self._dice))
        await hub.start()
        house = House(storage, self.clock, hub)
        if self.houses:
            house.opened, house.tokens = self.houses[0].opened, self.houses[0].tokens
        house.requests = self.houses[0].requests if self.houses else house.requests
        self.houses.append(house)
        return house

    def __getitem__(self, number: int) -> House:
        return self.houses[number]

    async def __aenter__(self) -> "Street":
        return self

    async def __aexit__(self, *_: object) -> None:
        for house in self.houses:
            await house.hub.close()
            await house.storage.close()

    async def kill(self, house: House) -> None:
        """The process ends without a word: nothing of it runs on, nobody is told."""
        self.houses.remove(house)
        hub, storage = house.hub, house.storage
        if hub._heart:
            hub._heart.cancel()
        for neighbours in hub._neighbours.values():
            for task in list(neighbours._tasks):
                task.cancel()
        storage.line._closing = True  # what is asked from now on is not sent
        storage.line._wake.set()
        await hub.alarms.close()
        for delivery in hub.deliveries():
            delivery.close()
        await storage.close()

    async def same(self, seconds: float = SECONDS) -> None:
        """Wait until every process that has the room open knows of the same commits and edits."""

        async def agree() -> bool:
            log = await self[0].storage.commits(self[0].opened.room)
            rooms = [d.room for house in self.houses for d in house.hub.deliveries()]
            return all(room.whole.room.seq == len(log) for room in rooms)

        await until(agree, seconds)

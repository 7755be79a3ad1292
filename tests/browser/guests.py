"""The invented people of the demo over the JSON API: they do what their own screens offer them."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from server.demo_habits import Habits

if TYPE_CHECKING:
    from server.demo_people import Practitioner
    from tests.browser.house import House, Room, Seat


def drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits: what it awaits is done with plain HTTP calls."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited for something")


class Guests(Habits):
    """The people of the demo, each at an own device far away."""

    def __init__(self, house: House) -> None:
        super().__init__(house.now)
        self.seats: dict[str, Seat] = {}

    def join(self, room: Room, person: Practitioner) -> Seat:
        """Somebody comes in by the code."""
        seat = room.join(
            person.name,
            organisation=person.organisation,
            language=person.language,
            where=person.where,
            willing=person.willing,
        )
        self.add(seat, person)
        return seat

    def add(self, seat: Seat, person: Practitioner) -> None:
        """Speak for a seat that is there already."""
        self.seats[seat.seat] = seat
        self.who[seat.seat] = person

    async def view(self, seat: str) -> dict[str, Any]:
        """What this seat's own screen shows."""
        return self.seats[seat].view()

    async def tap(
        self,
        seat: str,
        offer: Mapping[str, Any],
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> None:
        """Send it over the API; only what has passed meanwhile may be refused."""
        activity = (shown["activity"] or {}).get("id")
        answer = self.seats[seat].send({**offer, **fields}, activity=activity)
        assert answer.is_success or "stale" in answer.text, answer.text

    def look_round(self) -> None:
        """Everybody looks at their screen once and does what they would do."""
        for seat in list(self.seats):
            drive(self.look(seat))

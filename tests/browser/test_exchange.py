"""A whole online exchange (template T1 of `methods.md` 4) in six real browsers, all of them phones,
and six more people over the API: eleven items, a co-facilitator who leads half of it by planned
baton. Neither of the two who lead has anything but a phone.

Whoever leads presses the one right button of their own panel; all others do what their own screens
ask. After every step each of the six screens says what the server says.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from activities.kernel import Refused
from rooms.agenda_templates import EXCHANGE
from tests.browser.guests import drive
from tests.browser.house import PHONE, WAIT, Guest, House, Room, Seat
from tests.rooms.crowd import Crowd

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

PHONES: Final = ("Wanjiru Kamau", "Jorge Mamani", "Meera Devi", "Kofi Owusu")
FAR: Final = ("Rosa Quispe", "Tomasi Vakalala", "Anaïs Morel", "José Huamán", "Baraka", "Leilani")
SLICE: Final = 30
"""Seconds between two looks of the crowd."""

MOST_STEPS: Final = 400
TOLD: Final = ("now", "prompt", "voice", "next")


class Afar:
    """A room as people far away have it: the crowd's place, over HTTP."""

    def __init__(self, house: House, room: Room, seats: dict[str, Seat]) -> None:
        self.house = house
        self.room = room
        self.people = seats

    def seats(self) -> list[str]:
        """Everybody the crowd speaks for."""
        return list(self.people)

    async def view(self, seat: str, lens: str) -> dict[str, Any]:
        """What somebody sees."""
        return self.people[seat].view(lens)

    async def do(self, seat: str, type: str, /, **fields: Any) -> None:
        """Send a command."""
        activity = fields.pop("activity", None)
        answer = self.people[seat].send({"type": type, **fields}, activity=activity)
        if not answer.is_success:
            raise Refused(answer.json()["error"]["reason"])

    async def acting(self) -> str:
        """Who leads."""
        return str(self.room.lead.view()["room"]["lead"]["acting"])

    def now(self) -> int:
        """What time it is there."""
        return self.house.now()


class Exchange:
    """Everybody of the evening: two panels, four phones, six people over the API."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house = house
        self.room = house.open_room("Living with the river", "Amina Diallo", template="exchange")
        self.panels: dict[str, Guest] = {}
        self.phones: dict[str, tuple[Guest, Seat]] = {}
        self.led: dict[str, str] = {}
        lead = house.browse(browser, "Amina Diallo", PHONE, has_touch=True)
        lead.sit(self.room.lead, "/panel")
        self.panels[self.room.lead.seat] = lead
        self.peer = self.room.join("Kofi Mensah")
        epoch = self.room.lead.view()["room"]["lead"]["epoch"]
        made = {"type": "seat.role", "seat": self.peer.seat, "role": "facilitator", "epoch": epoch}
        assert self.room.lead.send(made).is_success
        peer = house.browse(browser, "Kofi Mensah")
        peer.sit(self.peer, "/panel")
        self.panels[self.peer.seat] = peer
        for name in PHONES:
            phone = house.browse(browser, name)
            phone.come_in(self.room)
            seat = phone.seat(self.room)
            self.phones[seat.seat] = (phone, seat)
        far = [self.room.join(name) for name in FAR]
        everyone = {seat.seat: seat for seat in (*far, *(s for _, s in self.phones.values()))}
        self.crowd = Crowd(Afar(house, self.room, everyone))

    def seat_of(self, seat: str) -> Seat:
        """A facilitator's seat."""
        return self.room.lead if seat == self.room.lead.seat else self.peer

    def look(self) -> None:
        """The crowd does what its screens ask."""
        drive(self.crowd.look())

    def same(self) -> None:
        """Each of the six screens says the one thing the server says."""
        for seat, (phone, far) in self.phones.items():
            self._says(phone, far.view("seat"), seat)
        for seat, panel in self.panels.items():
            self._says(panel, self.seat_of(seat).view("panel"), seat)

    def _says(self, guest: Guest, view: dict[str, Any], seat: str) -> None:
        said = [b["text"] for b in view["blocks"] if b["type"] in TOLD]
        words = re.compile("|".join(map(re.escape, said)))
        expect(guest.page.locator("#talanoa"), seat).to_contain_text(words)

    def press(self, acting: str, label: str) -> None:
        """Whoever leads presses; when the server has moved on, all six screens have."""
        seat = self.seat_of(acting)
        before, end = seat.phase, time.monotonic() + WAIT / 1000
        self.panels[acting].press(label)
        while seat.phase == before:
            if time.monotonic() > end:
                shown = self.panels[acting].page.locator("#talanoa").inner_text()
                raise AssertionError(f"{label!r} in {before} changed nothing: {shown}")
        self.same()

    def step(self) -> bool:
        """What whoever leads does next on their own panel; False when nothing is left."""
        lead = self.room.lead.view()["room"]["lead"]
        acting = lead["acting"]
        if (to := lead["offered_to"]) and to != acting:
            self.panels[to].press("Take the lead")
            expect(self.panels[to].page.get_by_text("Now · you lead").first).to_be_visible()
            return True
        view = self.seat_of(acting).view("panel")
        offers = {o["type"]: o for o in view["may"] if o["place"] == "main"}
        if view["activity"] is None:
            if "activity.start" not in offers:
                return False
            self.led[offers["activity.start"]["item"]] = acting
            self.press(acting, offers["activity.start"]["label"])
            return True
        over = view["ends_at"] is None or view["ends_at"] <= self.house.now()
        if over and "phase.next" in offers:
            self.press(acting, offers["phase.next"]["label"])
        else:
            self.house.advance(SLICE)
            self.look()
        return True


def test_T1_in_six_browsers(house: House, browser: Browser) -> None:
    exchange = Exchange(house, browser)
    for _ in range(MOST_STEPS):
        if not exchange.step():
            break
    else:
        raise AssertionError("the exchange never ends")
    planned = {item.id: item.lead for item in EXCHANGE.items}
    assert list(exchange.led) == list(planned)
    seats = {"F": exchange.room.lead.seat, "P": exchange.peer.seat}
    for item, seat in exchange.led.items():
        assert not planned[item] or seat == seats[planned[item]], item
    assert exchange.room.lead.get("memo.md").is_success
    for guest in (*exchange.panels.values(), *(phone for phone, _ in exchange.phones.values())):
        assert guest.troubles == []

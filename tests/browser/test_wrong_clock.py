"""Devices whose clock is ten minutes wrong, one ahead and one behind, show the same remaining time
as a device that is right: at first paint, with a line, after a cut, on panel and wall, and
without a
line in the room that was kept."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Line
from tests.browser.house import LAPTOP, PHONE, Guest, House, Room, Seat
from tests.browser.test_moments import clock_of, room_of, telling
from tests.browser.test_offline import a_phone, until_kept

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRONG_MS: Final = 600_000
DEVICES: Final = {"right": 0, "ahead": WRONG_MS, "behind": -WRONG_MS}

SHIFTED: Final = """(() => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length) super(...given);
        else super(Real.now() + %(ms)d);
      }
      static now() { return Real.now() + %(ms)d; }
    };
})();"""
"""Everything on the page that asks the device for the time gets another answer."""

HALF: Final = 30_000


def device(guest: Guest, wrong: int, *, right: int | None = None) -> Guest:
    """Its clock shows the house's time (or what is `right`), `wrong` by so many ms."""
    away = (guest.house.now() if right is None else right) - int(time.time() * 1000) + wrong
    guest.context.add_init_script(SHIFTED % {"ms": away})
    return guest


def around(ms: int) -> str:
    """How pages say what is left, to half a minute more or less: they count on by themselves."""
    halves = (round(ms / HALF) + n for n in (-1, 0, 1))
    said = (f"{n // 2 or ''}{'½' if n % 2 else ''}" for n in halves)
    return "[\u2066]?(" + "|".join(said) + ")[\u2069]?"


def shows(guest: Guest, listener: Seat) -> None:
    """The ring says what is left of the turn, as the room has it."""
    left = clock_of(listener)["remaining"]
    said = re.compile(f"About {around(left)} min left")
    expect(guest.page.locator("svg.ring")).to_have_attribute("aria-label", said)


def listeners(house: House) -> tuple[Room, dict[str, Seat]]:
    """A story is half a minute old; one listener for each device."""
    room, (teller, *others) = room_of(house, "Wanjiru Kamau", "Rosa Quispe", "Jonah", "Ana Souza")
    telling(room, teller)
    return room, dict(zip(DEVICES, others, strict=True))


def test_crosscheck_wrong_clock_shows_the_same_remaining_time(
    house: House, browser: Browser
) -> None:
    _, seats = listeners(house)
    phones: dict[str, tuple[Guest, Line]] = {}
    for name, wrong in DEVICES.items():
        phone = device(house.browse(browser, seats[name].name, PHONE), wrong)
        line = Line(phone.page)
        line.cut()
        phones[name] = (phone, line)
        phone.sit(seats[name])
        phone.page.wait_for_selector("tl-room")
        shows(phone, seats[name])  # by the first paint alone
        line.mend()
        phone.connected()
        shows(phone, seats[name])
    told = {
        name: phone.page.evaluate("Date.now()") - house.now() for name, (phone, _) in phones.items()
    }
    assert told["ahead"] - told["right"] > WRONG_MS - HALF, "the clock is really wrong"
    assert told["right"] - told["behind"] > WRONG_MS - HALF

    for phone, line in phones.values():
        line.cut()
        phone.sees("Finding the line again")
    house.advance(45)  # the room goes on meanwhile
    for name, (phone, line) in phones.items():
        line.mend()
        phone.connected()
        shows(phone, seats[name])
        assert not phone.troubles


def test_crosscheck_wrong_clock_at_the_panel_and_on_the_wall(
    house: House, browser: Browser
) -> None:
    room, seats = listeners(house)
    left = re.compile(f"^{around(clock_of(seats['right'])['remaining'])}$")
    for wrong in DEVICES.values():
        panel = device(house.browse(browser, "Amina Diallo", LAPTOP), wrong)
        panel.sit(room.lead, "/panel")
        panel.sees("Now · you lead")
        expect(panel.page.locator("svg.mini text").first).to_have_text(left)
        wall = device(house.browse(browser, "wall", LAPTOP), wrong)
        wall.page.goto(room.links["screen"])
        wall.page.wait_for_selector("tl-wall")
        shows(wall, seats["right"])
        assert not [*panel.troubles, *wall.troubles]


def test_crosscheck_wrong_clock_without_a_line(house: House, browser: Browser) -> None:
    """The room that was kept says when it was last seen by the clock its owner looks at, and what
    is
    left of the turn by nobody's clock."""
    room, seats = listeners(house)
    for name in ("ahead", "behind"):
        # The service worker cannot be told another time: its own must be that of its pages.
        phone: Any = device(
            a_phone(house, browser, seats[name].name), DEVICES[name], right=int(time.time() * 1000)
        )
        phone.sit(seats[name])
        phone.connected()
        until_kept(phone, room.id)
        phone.network.cut()
        phone.leave()
        phone.page.goto(f"/r/{room.id}")
        mark = phone.page.locator(".seen b")
        expect(mark).to_contain_text("You have no line.")
        own = phone.page.evaluate(
            """() => [0, 1, 2].map((ago) => new Intl.DateTimeFormat("en",
                { hour: "2-digit", minute: "2-digit" }).format(Date.now() - ago * 60_000))"""
        )
        assert any(f"Last seen at {hour}." in mark.inner_text() for hour in own)
        shows(phone, seats[name])
        phone.network.mend()
        phone.page.evaluate("window.dispatchEvent(new Event('online'))")
        phone.connected()
        shows(phone, seats[name])
        assert not phone.troubles

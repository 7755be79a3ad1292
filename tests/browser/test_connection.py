"""The real provider in Chromium on lines that are cut, swallow everything, or crawl: it finds its
way back, and the page says at each moment what is true."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from hashlib import sha512
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.faults import Network
from tests.browser.house import Guest, House, Room, Seat, later, opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

    from tests.browser.nursery import Nursery

pytestmark = pytest.mark.browser

BACK_SECONDS = 20.0
LOST_SECONDS = 16
"""After as long a page says since when there is no line."""

SILENT_SECONDS = 11
"""A line that is silent for a second longer is given up."""

SLOW = 1_000
"""Bytes a second, at which many words take seconds."""

FINDING = "Finding the line again"
SAVED = re.compile(r"Connected\s*Saved$")
NO_STORE = "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }"


@pytest.fixture(scope="module")
def running(folder: Path, nursery: Nursery | None) -> Iterator[House]:
    """A server on the real clock: lines live by real seconds."""
    with opened(folder, test_clock=False, nursery=nursery) as house:
        yield house


@pytest.fixture(scope="module")
def asked(running: House) -> tuple[Room, Seat]:
    """The room most of the tests share."""
    return asking(running)


def asking(house: House) -> tuple[Room, Seat]:
    """A room that asks for a word, and the seat of one who has not answered."""
    room = house.open_room("Living with the river", "Amina Diallo")
    seat = room.join("Wanjiru Kamau")
    room.join("Rosa Quispe")
    room.next_phase()
    room.next_phase()
    return room, seat


@pytest.fixture
def phone(house: House, browser: Browser, asked: tuple[Room, Seat]) -> Guest:
    """A phone with a line of its own, and nothing in its box."""
    made = house.browse(browser, "Wanjiru Kamau", network=True)
    made.sit(asked[1])
    expect(made.state).to_have_text(SAVED)  # what an earlier test wrote is there
    box(made).fill("")
    expect(made.state).to_have_text(SAVED)
    return made


def box(guest: Guest) -> Locator:
    """The box for one word."""
    return guest.page.get_by_label("One word, if you like")


def line(guest: Guest) -> Network:
    """The guest's own line."""
    assert guest.network
    return guest.network


@pytest.mark.alone
def test_a_cut_line_is_found_again_and_says_so(phone: Guest) -> None:
    box(phone).fill("river")
    expect(phone.state).to_have_text(SAVED)

    phone.page.clock.install()
    line(phone).cut()
    expect(phone.state).to_contain_text(FINDING)
    expect(phone.state).to_contain_text("Saved")  # nothing is waiting
    box(phone).press_sequentially(" bank")
    expect(phone.state).to_contain_text("Saved on this device")
    later(phone.page, LOST_SECONDS)
    expect(phone.state).to_contain_text(re.compile("No line since"))
    phone.sees("Your words are safe on this device")

    line(phone).mend()
    began = time.monotonic()
    expect(phone.state).to_have_text(SAVED)
    assert time.monotonic() - began < BACK_SECONDS
    expect(box(phone)).to_have_value("river bank")
    assert not phone.troubles


@pytest.mark.alone
def test_a_line_that_swallows_everything_is_given_up_and_replaced(
    house: House, browser: Browser
) -> None:
    _, seat = asking(house)  # a box that holds something fills a moment after "Saved"
    phone = house.browse(browser, "Wanjiru Kamau", network=True)
    phone.page.clock.install()  # before anything of the page looks at the time
    phone.sit(seat)
    expect(phone.state).to_have_text(SAVED)
    line(phone).lose()
    began = phone.page.evaluate("Date.now()")
    box(phone).fill("into the hole")
    expect(phone.state).to_contain_text("Saved on this device")
    later(phone.page, SILENT_SECONDS)
    expect(phone.state).to_have_text(SAVED)
    assert (phone.page.evaluate("Date.now()") - began) / 1000 < BACK_SECONDS
    other = house.browse(browser, "another device")
    other.sit(seat)
    expect(box(other)).to_have_value("into the hole")
    assert not phone.troubles


def test_a_crawling_line_shows_what_is_on_its_way(phone: Guest, asked: tuple[Room, Seat]) -> None:
    line(phone).delay = 1.0
    box(phone).fill("slowly")
    expect(phone.state).to_contain_text("Saved on this device")
    expect(phone.state).to_contain_text("Connected")
    expect(phone.state).to_have_text(SAVED)
    phone.page.get_by_role("radio").first.check()
    give = phone.page.get_by_role("button", name=re.compile("^Give this"))
    give.click()
    expect(give).to_have_attribute("aria-busy", "true")
    expect(give).to_have_accessible_name("Give this")  # it keeps its name meanwhile
    give.click()  # a second tap does nothing
    expect(phone.button("Give this instead")).to_have_attribute("aria-busy", "false")
    line(phone).delay = 0.0
    progress = next(b for b in asked[1].view()["blocks"] if b["type"] == "progress")
    assert progress["done"] == 1
    assert not phone.troubles


def test_a_new_device_says_that_the_words_are_still_coming(house: House, browser: Browser) -> None:
    _, seat = asking(house)
    first = house.browse(browser, "Wanjiru Kamau")
    first.sit(seat)
    first.connected()
    # So many, and so little alike, that they come long after the line is there.
    words = "".join(sha512(bytes((n,))).hexdigest() for n in range(12))
    box(first).fill(words)
    expect(first.state).to_have_text(SAVED)
    other = house.browse(browser, "another device", network=True)
    line(other).delay = 0.5
    other.sit(seat)
    line(other).rate = SLOW
    expect(other.state).to_contain_text("Fetching your words")
    line(other).rate = 0
    expect(other.state).to_have_text(SAVED)
    assert box(other).input_value() == words
    assert not other.troubles


def test_without_a_store_on_the_device_the_page_does_not_promise_one(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    phone = house.browse(browser, "Wanjiru Kamau", network=True)
    phone.page.add_init_script(NO_STORE)
    phone.sit(asked[1])
    line(phone).delay = 0.5
    box(phone).fill("kept by nobody")  # before the page has given up waiting for its store
    expect(phone.state).to_contain_text("Not saved (1)")
    line(phone).delay = 0.0
    expect(phone.state).to_have_text(SAVED)
    line(phone).cut()
    expect(phone.state).to_contain_text(FINDING)
    phone.press("Ask for help")
    expect(phone.state).to_contain_text("Not saved (1)")  # a tap is lost with the page as well
    box(phone).press("End")
    box(phone).press_sequentially(" yet")
    expect(phone.state).to_contain_text("Not saved (2)")
    line(phone).mend()
    expect(phone.state).to_have_text(SAVED)
    expect(box(phone)).to_have_value("kept by nobody yet")


def test_what_is_given_before_the_store_is_open_takes_the_words_along(
    house: House, browser: Browser
) -> None:
    _, seat = asking(house)
    phone = house.browse(browser, "Wanjiru Kamau")
    phone.page.add_init_script(NO_STORE)  # it is waited for longest where there is none
    phone.sit(seat)
    box(phone).fill("given at once")
    phone.page.get_by_role("radio").first.check()
    phone.press("Give this")
    phone.sees(re.compile("You gave: .*given at once"))
    expect(phone.state).to_have_text(SAVED)
    expect(box(phone)).to_have_value("")


@pytest.mark.alone
def test_a_phone_that_slept_is_back_as_it_wakes(phone: Guest) -> None:
    phone.page.clock.install()
    line(phone).cut()
    expect(phone.state).to_contain_text(FINDING)
    later(phone.page, LOST_SECONDS)
    expect(phone.state).to_contain_text(re.compile("No line since"))
    line(phone).mend()
    began = time.monotonic()
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.state).to_have_text(SAVED)
    assert time.monotonic() - began < BACK_SECONDS


def test_two_devices_that_begin_one_draft_without_a_line_lose_nothing(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    seat = room.join("Wanjiru Kamau")
    room.next_phase()
    room.next_phase()
    pair = [house.browse(browser, "Wanjiru Kamau", network=True) for _ in range(2)]
    for each in pair:
        each.sit(seat)
        expect(each.state).to_have_text(SAVED)
        line(each).cut()
        expect(each.state).to_contain_text(FINDING)
    for each, word in zip(pair, ("salt", "river"), strict=True):
        box(each).fill(word)
        expect(each.state).to_contain_text("Saved on this device")
    for each in pair:
        line(each).mend()
        expect(each.state).to_have_text(SAVED)
    for each in pair:
        expect(box(each)).to_have_value(re.compile("salt"))
        expect(box(each)).to_have_value(re.compile("river"))
    expect(box(pair[0])).to_have_value(box(pair[1]).input_value())
    assert not [*pair[0].troubles, *pair[1].troubles]

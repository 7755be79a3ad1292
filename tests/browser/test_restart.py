"""SIGKILL in the middle of a telling, on the real clock: everybody is back in the same turn with
the same remaining time, and nothing that was acknowledged is gone."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, Guest, House, Room, Seat, opened
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.alone]

BACK_SECONDS = 15.0
SAVED = re.compile("Saved$")
SAME_MS = 2_000
MOVING_MS = 8_000


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[House]:
    """A server on the real clock."""
    with opened(folder, test_clock=False) as house:
        yield house


def clock_of(seat: Seat) -> tuple[str, int, int]:
    """Who has the floor, the turn's number of ms left, and its state."""
    shown = seat.view()
    ring = next(block for block in shown["blocks"] if block["type"] == "ring")
    clock = ring["clock"]
    if clock["state"] == "running":
        return ring["floor"], clock["ends_at"] - shown["now"], 1
    return ring["floor"], clock["remaining"], 0


def to_phase(room: Room, phase: str) -> None:
    """The lead goes on until `phase`."""
    for _ in range(9):
        if room.lead.phase == phase:
            return
        room.next_phase()
    raise AssertionError(f"{phase} was not reached from {room.lead.phase}")


def back(guests: list[Guest], began: float) -> None:
    """Another process serves, and every page has its line again, in time."""
    guests[0].house.wait()
    for guest in guests:
        left = BACK_SECONDS - (time.monotonic() - began)
        expect(guest.state).to_contain_text(
            re.compile("Connected|saved"), timeout=max(1, left * 1000)
        )
    assert time.monotonic() - began < BACK_SECONDS


def test_crosscheck_restart_in_the_middle_of_a_telling_all_back_in_the_same_turn(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    teller, mate, third = (room.join(name) for name in ("Wanjiru Kamau", "Rosa Quispe", "Jonah"))
    phones: list[Guest] = []
    for seat in (teller, mate, third):
        phone = house.browse(browser, seat.name)
        phone.sit(seat)
        phone.connected()
        phones.append(phone)
    wanjiru, rosa, _ = phones

    # Words that were acknowledged before: a note of the circle's talk in an earlier round of notes
    # cannot be written while somebody tells, so the check-in's box and a desk line stand for them.
    room.next_phase()
    room.next_phase()
    for phone, word in zip(phones, ("river", "salt", "slow"), strict=True):
        phone.page.get_by_label("One word, if you like").fill(word)
        expect(phone.state).to_contain_text(SAVED)
    rosa.page.get_by_role("radio").first.check()
    rosa.press("Give this")
    expect(rosa.page.get_by_text("You gave")).to_be_visible()
    desk = {"type": "desk.say", "text": "acknowledged-line"}
    assert room.lead.send(desk, request="desk-1").is_success
    draft = wanjiru.page.get_by_label("One word, if you like")

    house.kill()
    began = time.monotonic()
    draft.press_sequentially(" and rain")  # typed while nobody listens
    back(phones, began)
    expect(draft).to_have_value("river and rain")
    expect(wanjiru.state).to_contain_text("Saved")
    expect(rosa.page.get_by_text("You gave")).to_be_visible()
    again = room.lead.send(desk, request="desk-1")  # the same request is done once
    assert again.is_success, again.text
    wanjiru.page.reload()
    wanjiru.connected()
    expect(draft).to_have_value("river and rain")

    room.lead.send({"type": "phase.next"})  # a stale guess is refused, not obeyed
    while room.lead.phase.startswith("a1."):
        room.next_phase()
    to_phase(room, "a2.settle")
    wanjiru.press("I begin")
    expect(wanjiru.button("I begin")).to_have_count(0)
    to_phase(room, "a2.telling")
    wanjiru.press("Begin my story")
    wanjiru.heading("Everyone is listening")
    rosa.heading("Wanjiru Kamau is telling")
    for phone in phones:
        phone.page.evaluate("window.sameAsBefore = true")

    floor, before, _ = clock_of(mate)
    house.kill()
    began = time.monotonic()
    back(phones, began)
    wanjiru.heading("Everyone is listening")
    rosa.heading("Wanjiru Kamau is telling")
    # A page has its line a moment before the room has noted it, and lets the clock go on.
    while not (now := clock_of(mate))[2]:
        assert time.monotonic() - began < BACK_SECONDS, "the clock stands"
    now_floor, after, _ = now
    gone = (time.monotonic() - began) * 1000
    assert now_floor == floor == teller.seat
    # The time the server was down was not told: at most what passed, at least what was there.
    assert before - gone - SAME_MS <= after <= before + SAME_MS
    for phone in phones:
        assert phone.page.evaluate("window.sameAsBefore"), "no page was loaded again"

    # A tap while nobody listens is kept on the phone and done once.
    house.kill()
    wanjiru.press("I have finished")
    began = time.monotonic()
    back(phones, began)
    rosa.heading("A breath")
    expect(wanjiru.state).to_contain_text("Saved")
    for phone in phones:
        assert not phone.troubles
    assert room.rings()[0]["seats"][0]["state"] in ("told", "waiting")
    told = [s["seat"] for s in room.rings()[0]["seats"] if s["state"] == "told"]
    assert told == [teller.seat]


def test_cards_and_people_survive_and_the_room_goes_on(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    seats = [room.join(name) for name in ("Wanjiru Kamau", "Rosa Quispe", "Jonah")]
    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    panel.sit(room.lead, "/panel")
    panel.connected()
    phone = house.browse(browser, "Wanjiru Kamau")
    phone.sit(seats[0])
    phone.connected()
    room.lead.tap("activity.skip")
    to_phase(room, "a2.reflect")
    box = phone.page.get_by_label("Add a note")
    for number in range(3):
        box.fill(f"note {number}")
        phone.press("Add it")
        expect(phone.page.locator(".nt .text")).to_have_count(number + 1)
    box.fill("not yet added")
    expect(phone.state).to_contain_text(SAVED)

    house.kill()
    began = time.monotonic()
    phone.press("Add it")
    back([phone, panel], began)
    expect(phone.page.locator(".nt .text")).to_have_count(4)
    texts = phone.page.locator(".nt .text").all_inner_texts()
    assert sorted(texts) == ["not yet added", "note 0", "note 1", "note 2"]
    expect(box).to_have_value("")
    panel.sees("2 here")  # those with a page; the two programs have not called again
    panel.press("Bring everybody together")  # nobody told, so nobody has a card to answer
    expect(panel.page.get_by_role("heading", name="everybody together")).to_be_visible()
    assert not [*phone.troubles, *panel.troubles]


def test_a_server_that_is_renewed_is_noticed_by_nobody(house: House, browser: Browser) -> None:
    """SIGHUP: the devices are told to come back and find the next process by themselves; what is
    typed and tapped meanwhile is kept, and no page says a word of it."""
    room = house.open_room("Living with the river", "Amina Diallo")
    wanjiru = room.join("Wanjiru Kamau")
    phone = house.browse(browser, wanjiru.name)
    phone.sit(wanjiru)
    phone.connected()
    room.next_phase()
    room.next_phase()
    draft = phone.page.get_by_label("One word, if you like")
    draft.fill("river")
    expect(phone.state).to_contain_text(SAVED)
    phone.page.evaluate(
        """() => {
          window.said = [];
          const began = Date.now();
          const look = () => window.said.push(
            [Date.now() - began, document.querySelector(".state")?.innerText]);
          new MutationObserver(look).observe(document.body,
            { subtree: true, childList: true, characterData: true });
          look();
        }"""
    )
    old = house.child()
    assert house.process
    house.process.send_signal(signal.SIGHUP)
    draft.press_sequentially(" and rain")
    house.renewed(old)
    expect(phone.state).to_contain_text("Saved", timeout=BACK_SECONDS * 1000)
    # A machine too busy to start a process in time may be noticed, later, and never at once.
    said = phone.page.evaluate("window.said")
    assert not [ms for ms, text in said if "Finding" in text and ms < MOVING_MS]
    phone.page.reload()
    phone.connected()
    expect(draft).to_have_value("river and rain")


@pytest.mark.redis
def test_SCA4_while_nothing_can_be_saved_the_page_says_so_and_saves_it_later(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    """Redis is gone for some seconds: what is typed and tapped is kept, said to be on this device
    only, and saved by itself; no line is cut and no page loaded again."""
    redis = RedisServer(tmp_path_factory.mktemp("redis")).start()
    folder = tmp_path_factory.mktemp("redis house")
    try:
        with opened(folder, test_clock=False, redis=redis.url) as house:
            room = house.open_room("Living with the river", "Amina Diallo")
            seat = room.join("Wanjiru Kamau")
            phone = house.browse(browser, seat.name)
            phone.sit(seat)
            phone.connected()
            room.next_phase()
            room.next_phase()
            draft = phone.page.get_by_label("One word, if you like")
            draft.fill("river")
            expect(phone.state).to_contain_text(SAVED)

            redis.kill()
            draft.press_sequentially(" and rain")
            expect(phone.page.get_by_text("Nothing was lost").first).to_be_visible()
            expect(phone.state).to_contain_text("Saved on this device")
            expect(phone.state).to_contain_text("Connected")
            phone.page.get_by_role("radio").first.check()
            phone.press("Give this")
            redis.start()
            expect(phone.page.get_by_text("You gave")).to_be_visible(timeout=BACK_SECONDS * 1000)
            expect(phone.state).to_contain_text(SAVED, timeout=BACK_SECONDS * 1000)
            expect(phone.page.get_by_text("Nothing was lost")).to_have_count(0)
            assert not phone.troubles
    finally:
        redis.stop()

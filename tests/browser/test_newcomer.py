"""Somebody who has never seen Talanoa: from the front door through the agenda to the first activity
and the memo, by what stands on the screens alone."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House
from tests.browser.test_connection import line
from tests.browser.test_phones import NOTHING_KEPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STEPS = 30
FIRST_WORD_SECONDS = 30
CHAT_APP = f"""{NOTHING_KEPT}
    navigator.serviceWorker.register = async () => refuse();
"""
"""Browsers inside chat apps: no storage, no worker, no window beside the page."""
TOUCH = {"has_touch": True, "is_mobile": True}
STEP = "document.querySelector('tl-panel').stage.view.seq"
WAITS = "document.querySelector('tl-panel').stage.unsaved.count"
"""Where the page is, and what has no answer: a word may change before the room has moved on."""


def in_sight(page: Page, selector: str) -> None:
    """Nobody has to scroll back for it."""
    expect(page.locator(selector).first).to_be_in_viewport()


def plan(page: Page, kind: str) -> None:
    """Add an activity on the agenda page; somebody leads it without being asked for."""
    button = page.get_by_role("button", name="Add an activity")
    expect(button).to_be_visible()
    before = page.locator(".item").count()
    button.click()
    page.get_by_role("dialog").get_by_role("button", name=kind).click()
    expect(page.locator(".item")).to_have_count(before + 1)
    expect(page.get_by_text("Nobody is named to lead this.")).to_have_count(0)


def invited(house: House, browser: Browser, link: str, name: str) -> Guest:
    """Somebody opens the link they were sent."""
    guest = house.browse(browser, name)
    guest.page.goto(link)
    guest.page.get_by_label("What shall we call you?").fill(name)
    guest.page.get_by_role("button", name="Come in").click()
    guest.connected()
    return guest


def through(page: Page) -> None:
    """Press the one right button until nothing is left but the memo."""
    memo = page.get_by_role("link", name="Open the memo")
    button = page.locator(".nextline tl-offer > button.main")
    ask = page.locator(".nextline .ask button.main")
    for _ in range(MOST_STEPS):
        button.or_(memo).first.wait_for()
        if memo.is_visible():
            return
        before = page.evaluate(STEP)
        button.first.click()
        if ask.count():
            ask.first.click()
        page.wait_for_function(f"before => {STEP} > before && !{WAITS}", arg=before)
    raise AssertionError("the memo is never reached")


def test_a_newcomer_finds_the_way_from_the_front_door_to_the_memo(
    house: House, browser: Browser
) -> None:
    amina = house.browse(browser, "Amina", LAPTOP)
    page = amina.page
    page.goto("/")
    page.get_by_label("What is it about?").fill("Living with the river")
    page.get_by_label("Your name").fill("Amina")
    page.get_by_role("radio", name="An empty agenda").check()
    page.get_by_role("button", name="Open the room").click()
    link = page.locator("[data-share]").get_attribute("data-share") or ""
    page.get_by_role("link", name="Go to the control panel").click()

    # An empty room says what to do first, and a template is kept where its button was pressed.
    page.get_by_role("link", name="Plan the agenda").click()
    for kind in ("Check-in", "All together"):
        plan(page, kind)
    keep = page.get_by_role("button", name="Keep on this device as a template")
    keep.click()
    expect(page.get_by_text("Kept on this device as “Living with the river”")).to_be_in_viewport()
    page.get_by_role("link", name="Panel").click()

    # A co-facilitator comes by the link for everyone, and their own phone says what they are now.
    kofi = invited(house, browser, link, "Kofi")
    rosa = invited(house, browser, link, "Rosa")
    page.get_by_role("button", name="Make someone co-facilitator").click()
    page.locator(".ask").get_by_role("radio", name="Kofi").check(force=True)
    page.locator(".ask").get_by_role("button", name="Make someone co-facilitator").click()
    kofi.page.get_by_role("link", name="Control panel").click()
    kofi.sees("has the next step.")

    # Whoever reads further down sees the next step from its head.
    amina.press("Start: Check-in")
    rosa.heading("We begin with each other")
    page.mouse.wheel(0, 2000)
    amina.press(re.compile("Begin the round|Ask everybody|Start the round"))
    in_sight(page, "#now")

    # The menu hangs at its button and goes when what was asked for is done.
    page.get_by_role("button", name="More", exact=True).click()
    menu = page.locator(".panelmenu .menu").bounding_box()
    assert menu
    assert menu["x"] + menu["width"] > LAPTOP[0] * 0.9
    page.get_by_role("button", name="Close the door").click()
    expect(page.locator(".panelmenu")).to_have_count(0)
    through(page)

    # Nothing was taken back, so nothing says so; what comes now is the memo.
    expect(page.get_by_role("link", name="Open the memo")).to_be_visible()
    expect(page.get_by_text("Back again")).to_have_count(0)
    rosa.sees("My words and what may be quoted")
    page.get_by_role("link", name="Open the memo").click()
    expect(page.get_by_role("heading", name="What we did")).to_be_visible()
    page.get_by_role("link", name="Panel").click()
    amina.sees("Thank you for being here")
    for guest in (amina, kofi, rosa):
        assert guest.troubles == []


def write(page: Page, label: str, words: str) -> None:
    """Tap into a box and type, as with a keyboard on the screen."""
    page.get_by_label(label).tap()
    page.keyboard.type(words)


def one_thing(page: Page) -> None:
    """There is one thing to press, and it says what it does."""
    expect(page.locator("main .btn.main:visible")).to_have_count(1)


def test_in_a_chat_apps_browser_a_guest_gives_a_first_word_within_30_s(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    room.next_phase()
    room.next_phase()
    guest = house.browse(browser, "Wanjiru", PHONE, network=True, service_workers="allow", **TOUCH)
    guest.context.add_init_script(CHAT_APP)
    page = guest.page
    began = time.monotonic()
    page.goto(room.links["join"])
    one_thing(page)
    write(page, "What shall we call you?", "Wanjiru")
    page.get_by_role("button", name="Come in").tap()
    guest.connected()
    one_thing(page)
    page.locator("label.wx").first.tap()
    write(page, "One word, if you like", "river")
    page.get_by_role("button", name="Give this").tap()
    guest.sees(re.compile("You gave: .*river"))
    assert time.monotonic() - began < FIRST_WORD_SECONDS

    # It says what it cannot do, and never that something is kept that is not.
    guest.sees("This browser keeps nothing on this device.")
    page.get_by_role("button", name="All right").tap()
    line(guest).cut()
    expect(guest.state).to_contain_text("Finding the line again")
    page.get_by_role("button", name="Ask for help").tap()
    expect(guest.state).to_contain_text("Not saved (1)")
    line(guest).mend()
    expect(guest.state).to_have_text(re.compile(r"Connected\s*Saved$"))
    asked = room.lead.view("panel")
    assert "Wanjiru" in str(asked)
    assert guest.troubles == []


def test_a_facilitator_with_a_phone_alone_runs_a_whole_session(
    house: House, browser: Browser
) -> None:
    """By touch, from the front door to the memo that is sent."""
    amina = house.browse(browser, "Amina", PHONE, **TOUCH)
    page = amina.page
    page.goto("/")
    write(page, "What is it about?", "Living with the river")
    write(page, "Your name", "Amina")
    page.locator("label.opt:has([value=circle])").tap()
    page.get_by_role("button", name="Open the room").tap()
    link = page.locator("[data-share]").get_attribute("data-share") or ""
    page.get_by_role("link", name="Go to the control panel").tap()
    amina.connected()
    guests = [invited(house, browser, link, name) for name in ("Kofi", "Rosa", "Malia")]
    memo = page.get_by_role("link", name="Open the memo")
    button = page.locator(".nextline tl-offer > button.main")
    ask = page.locator(".nextline .ask button.main")
    for _ in range(MOST_STEPS):
        button.or_(memo).first.wait_for()
        if memo.is_visible():
            break
        before = page.evaluate(STEP)
        button.first.tap()
        if ask.count():
            ask.first.tap()
        page.wait_for_function(f"before => {STEP} > before && !{WAITS}", arg=before)
        house.advance(5)
    memo.tap()
    steps = page.get_by_role("region", name="Where the memo stands")
    now = steps.locator(".count")  # a phone has no room for the line of steps
    expect(now).to_be_visible()
    for _ in range(MOST_STEPS):
        if now.inner_text().startswith("Sent"):
            break
        was = now.inner_text()
        keep = page.get_by_role("button", name="Keep as it is")
        if keep.count():
            keep.first.tap()
            expect(keep).to_have_count(0)
        steps.locator("button").first.tap()
        if (sure := steps.locator(".ask button.main")).count():
            sure.first.tap()
        expect(now).not_to_have_text(was)
    expect(now).to_contain_text("Sent")
    for guest in guests:
        guest.page.get_by_role("link", name="Read the memo").wait_for()
    assert not [trouble for guest in (amina, *guests) for trouble in guest.troubles]

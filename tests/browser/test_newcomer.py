"""Somebody who has never seen Talanoa: from the front door through the agenda to the first activity
and the memo, by what stands on the screens alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, Guest, House

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_STEPS = 30
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

"""Each person reads the room in a language of their own, chosen on the way in and changed later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

    from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def is_in(page: Page, language: str, direction: str) -> None:
    """The page says so to the browser, once it is live."""
    page.wait_for_selector("#talanoa > :is(tl-room, tl-panel, tl-wall)")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", direction)


def choose(page: Page, language: str) -> None:
    """By the row of the menu, each language by its own name."""
    with page.expect_navigation():
        page.locator(".tongue select").select_option(language)


def test_crosscheck_two_languages_a_panel_in_a_third_and_a_wall_in_a_fourth(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="check_in")
    phone = house.browse(browser, "Yusuf", PHONE)
    asked: list[str] = []

    def hear(request: Request) -> None:
        asked.append(request.url)

    phone.page.on("request", hear)
    phone.page.goto(room.links["join"])
    phone.page.locator("#name").fill("Yusuf")
    phone.page.locator("#language").select_option("ar")
    phone.page.locator("#come .btn.main").click()
    is_in(phone.page, "ar", "rtl")
    expect(phone.page.locator("#talanoa")).to_contain_text("على اتصال")
    sentences = [url for url in asked if "/messages/ar.room." in url]
    assert len(sentences) == 1
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    room.lead.tap("activity.start")
    expect(phone.page.locator("#talanoa")).to_contain_text(re.compile("[\u0600-\u06ff]{3}"))
    phone.page.locator("header button").last.click()
    choose(phone.page, "es")
    is_in(phone.page, "es", "ltr")
    expect(phone.page.locator("#talanoa")).to_contain_text("Con conexión")
    phone.page.reload()  # the seat keeps it
    is_in(phone.page, "es", "ltr")

    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    panel.sit(room.lead, "/panel")
    panel.press("More")
    choose(panel.page, "sw")
    is_in(panel.page, "sw", "ltr")

    wall = house.browse(browser, "wall", LAPTOP)
    wall.page.goto(room.links["screen"])
    is_in(wall.page, "en", "ltr")
    wall.page.locator("header").hover()
    choose(wall.page, "hi")
    is_in(wall.page, "hi", "ltr")
    expect(wall.page.locator("#talanoa")).to_contain_text("अंदर आने का कोड")
    is_in(phone.page, "es", "ltr")
    for guest in (phone, panel, wall):
        assert not guest.troubles, guest.troubles


def test_the_long_mirrored_language_leaves_no_english_and_nothing_scrolls_sideways(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="check_in")
    seat = room.join("Ana", language="en-XB")
    room.lead.tap("activity.start")
    phone = house.browse(browser, "Ana", PHONE)
    phone.sit(seat)
    is_in(phone.page, "en-XB", "rtl")
    buttons = phone.page.locator("#talanoa button:visible")
    expect(buttons.filter(has_text="[").first).to_be_visible()
    said = [text.strip() for text in buttons.all_inner_texts()]
    assert [text for text in said if re.search(r"[A-Za-z]", text) and "[" not in text] == []
    for width in (PHONE[0], LAPTOP[0]):
        phone.page.set_viewport_size({"width": width, "height": 740})
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= width

"""What a dropped line may not do: lose a word, lose a tap, or say that it is there (experience.md,
promises 3 and 5)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Line
from tests.browser.house import later

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORD = "நன்றி 👩🏽‍🌾 é"
"""Combining marks and a joined emoji: edits must not cut through them."""


def opened_room(browser: Browser, base: str) -> tuple[Page, str]:
    """The lead at the panel, and the link for everyone."""
    lead = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    lead.goto(base)
    lead.get_by_label("What is it about?").fill("Living with the river")
    lead.get_by_label("Your name").fill("Amina")
    lead.get_by_role("button", name="Open the room").click()
    link = lead.locator(".invite .linkline code").inner_text()
    lead.get_by_role("link", name="Go to the control panel").click()
    return lead, link


def came_in(browser: Browser, link: str, *names: str) -> tuple[Page, Line]:
    """A phone with one person or several."""
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    line = Line(page)
    page.goto(link)
    page.get_by_label("What shall we call you?").fill(names[0])
    for name in names[1:]:
        page.get_by_role("button", name="Add a person").click()
        page.locator('[name="more"]').last.fill(name)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_text("Connected")).to_be_visible()
    return page, line


@pytest.fixture
def asked(browser: Browser, talanoa: str) -> tuple[Page, Page, Line]:
    """The lead, and a phone that is asked for the weather."""
    lead, link = opened_room(browser, talanoa)
    phone, line = came_in(browser, link, "Wanjiru")
    lead.get_by_role("button", name="Start: Check-in").click()
    lead.get_by_role("button", name="Ask everybody").click()
    expect(phone.get_by_role("button", name="Give this")).to_be_visible()
    return lead, phone, line


def test_what_is_typed_survives_a_cut_line_and_a_reload(asked: tuple[Page, Page, Line]) -> None:
    _, phone, line = asked
    line.cut()
    expect(phone.get_by_text("Finding the line again")).to_be_visible()
    phone.get_by_label("One word, if you like").press_sequentially(WORD)
    expect(phone.get_by_text("Saved on this device")).to_be_visible()
    phone.reload()
    expect(phone.get_by_label("One word, if you like")).to_have_value(WORD)
    line.mend()
    expect(phone.get_by_text("Connected")).to_be_visible()
    expect(phone.locator(".state .ok", has_text=re.compile("^Saved$"))).to_be_visible()


def test_a_tap_without_a_line_is_done_once_when_it_is_back(
    asked: tuple[Page, Page, Line],
) -> None:
    lead, phone, line = asked
    line.cut()
    expect(phone.get_by_text("Finding the line again")).to_be_visible()
    phone.get_by_label("Rain").check()
    phone.get_by_label("One word, if you like").fill(WORD)
    phone.get_by_role("button", name="Give this").click()
    expect(phone.locator(".dock [aria-busy=true]")).to_be_visible()
    expect(phone.get_by_text("Saved on this device")).to_be_visible()
    phone.reload()  # the tap is kept on the device, not in the page
    line.mend()
    expect(phone.get_by_text("You gave: Rain")).to_be_visible()
    expect(phone.get_by_label("One word, if you like")).to_have_value("")
    expect(lead.get_by_text("1 of").first).to_be_visible()


def test_a_page_whose_line_is_gone_says_so(asked: tuple[Page, Page, Line]) -> None:
    _, phone, line = asked
    phone.clock.install()
    line.cut()
    expect(phone.get_by_text("Finding the line again")).to_be_visible()
    later(phone, 16)
    expect(phone.get_by_text(re.compile("No line since"))).to_be_visible()
    expect(phone.get_by_text("Your words are safe on this device")).to_be_visible()


def test_five_people_round_one_device_each_have_their_own_answer(
    browser: Browser, talanoa: str
) -> None:
    lead, link = opened_room(browser, talanoa)
    names = ("Rosa", "Baraka", "आशा", "مريم", "José")
    table, _ = came_in(browser, link, *names)
    lead.get_by_role("button", name="Start: Check-in").click()
    lead.get_by_role("button", name="Ask everybody").click()
    for n, name in enumerate(names):
        table.locator(".seatchip", has_text=name).click()
        if table.locator(".cover").count():
            table.locator(".cover .btn.main").click()
        table.get_by_label(("Sun", "Rain", "Fog", "Storm", "Sun")[n], exact=True).check()
        table.get_by_role("button", name="Give this").click()
        expect(table.get_by_text("You gave")).to_be_visible()
    expect(lead.get_by_text("5 of 6")).to_have_count(2)

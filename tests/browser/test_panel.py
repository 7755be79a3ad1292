"""What facilitators do from the panel, in real browsers: help, the private strip, handing over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_line import came_in, opened_room

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def people(browser: Browser, talanoa: str) -> tuple[Page, Page, Page]:
    """The lead at the panel, a participant's phone, and the phone of a co-facilitator."""
    lead, link = opened_room(browser, talanoa)
    rosa, _ = came_in(browser, link, "Rosa")
    kofi, _ = came_in(browser, link, "Kofi")
    lead.get_by_role("button", name="Make someone co-facilitator").click()
    lead.locator(".ask").get_by_label("Kofi").check()
    lead.locator(".ask .btn.main").click()
    expect(lead.get_by_role("button", name="Hand over the lead").first).to_be_visible()
    return lead, rosa, kofi


def test_a_call_for_help_is_seen_and_answered(people: tuple[Page, Page, Page]) -> None:
    lead, rosa, _ = people
    rosa.get_by_role("button", name="Ask for help").click()
    expect(lead.locator(".sig")).to_contain_text("Rosa")
    lead.get_by_role("button", name="Seen to it").click()
    expect(lead.locator(".sig")).to_have_count(0)


def test_the_lead_is_offered_and_taken_and_everybody_sees_who_leads(
    people: tuple[Page, Page, Page],
) -> None:
    lead, rosa, kofi = people
    lead.get_by_role("button", name="Hand over the lead").first.click()
    lead.locator(".ask").get_by_label("Kofi").check()
    lead.locator(".ask .btn.main").click()
    kofi.get_by_role("button", name="Take the lead").click()
    expect(lead.get_by_text("Now · Kofi leads")).to_be_visible()
    expect(rosa.get_by_text("Kofi leads now. Next: Check-in")).to_be_visible()
    expect(lead.get_by_role("button", name="Start: Check-in")).to_have_count(0)
    expect(lead.get_by_role("button", name="Ask for the lead").first).to_be_visible()


def test_the_private_strip_reaches_facilitators_only(people: tuple[Page, Page, Page]) -> None:
    lead, rosa, kofi = people
    code = lead.get_by_role("button", name="Slow down")
    expect(code).to_be_hidden()  # before the first start nothing weighs as much as starting
    lead.get_by_text("Lines in one tap").click()
    code.click()
    lead.get_by_label("Write to the facilitators").fill("Habari za sauti?")
    lead.get_by_label("Write to the facilitators").press("Enter")
    expect(lead.locator(".strip li")).to_have_count(2)
    kofi.goto(f"{kofi.url}/panel")
    kofi.get_by_role("button", name="Private").click()
    expect(kofi.locator(".strip li").nth(1)).to_contain_text("Habari za sauti?")
    assert "Habari" not in rosa.content()


def test_a_note_is_added_edited_and_taken_away(people: tuple[Page, Page, Page]) -> None:
    lead, rosa, kofi = people
    lead.get_by_role("button", name="Start: Check-in").click()
    lead.get_by_role("button", name="More").first.click()
    lead.get_by_role("button", name=re.compile("^End now")).last.click()
    lead.locator(".ask .btn.main").click()
    rosa.get_by_role("button", name="Add a note").click()
    rosa.get_by_role("textbox", name="Add a note").fill("Walk the river first")
    rosa.get_by_role("button", name="Add it").click()
    expect(kofi.locator(".nt .text")).to_have_text("Walk the river first")
    rosa.get_by_role("button", name="Edit").click()
    rosa.get_by_label("Your note").press("End")
    rosa.get_by_label("Your note").press_sequentially(" together 🌊")
    expect(kofi.locator(".nt .text")).to_have_text("Walk the river first together 🌊")
    rosa.get_by_role("button", name="Take this note away").click()
    expect(kofi.locator(".nt")).to_have_count(0)


def test_the_recovery_link_brings_the_lead_back_on_another_device(
    browser: Browser, talanoa: str
) -> None:
    lead, _ = opened_room(browser, talanoa)
    lead.goto(lead.url.replace("/panel", "/ready"))
    link = lead.locator(".deep .linkline code").inner_text()
    other = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    other.goto(link)
    expect(other.get_by_text("Now · you lead")).to_be_visible()
    assert "#" not in other.url


def test_notes_go_under_themes_with_the_keyboard_alone(people: tuple[Page, Page, Page]) -> None:
    """A facilitator makes a theme and moves a note under it; the focus goes along."""
    lead, _, _ = people
    lead.goto(lead.url.replace("/panel", "/memo"))
    board = lead.locator("#s-board")
    board.get_by_role("button", name="Add a note").click()
    board.get_by_label("Add a note").fill("Walk the bank before you draw it.")
    board.get_by_role("button", name="Add it").click()
    board.get_by_label("A new theme").fill("Listening before mapping")
    board.get_by_label("A new theme").press("Enter")
    expect(board.get_by_role("heading", name="Listening before mapping")).to_be_visible()
    expect(board.get_by_role("heading", name="Under no theme yet")).to_be_visible()
    board.get_by_role("button", name="Move to…").focus()
    lead.keyboard.press("Enter")
    expect(board.get_by_role("menuitem", name="Listening before mapping")).to_be_focused()
    lead.keyboard.press("Enter")
    moved = board.locator(".theme").filter(has_text="Walk the bank before you draw it.")
    expect(moved.get_by_role("button", name="Move to…")).to_be_focused()
    expect(board.get_by_role("heading", name="Under no theme yet")).to_have_count(0)

"""The memo on its way, in real browsers: a facilitator walks the steps on a laptop, the person who
is quoted answers with one tap on a phone, reads the copy and says something about it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import LAPTOP, PHONE, House
from tests.browser.test_axe import Look
from tests.browser.test_memo_page import exchange, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUOTE = "Nobody had asked the river before."
REMARK = "At our market the women walked first as well."
SHOTS = os.environ.get("TALANOA_SHOTS", "")
"""A folder for pictures of what is looked at, when somebody wants to see."""


def seen(page: Page, name: str) -> None:
    """Keep pictures of the page, narrow and wide, light and dark."""
    if not SHOTS:
        return
    for width, height in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)


def test_the_memo_walks_its_steps_and_is_commented(house: House, browser: Browser) -> None:
    room, _ = exchange(house)
    rosa = room.join("Rosa Tausa")
    written = {"type": "words.write", "seat": rosa.seat, "text": QUOTE}
    assert room.lead.send(written).is_success
    guest = opened(house, browser, room, room.lead)
    look, page = Look(guest), guest.page
    page.goto(f"/r/{room.id}/memo")
    steps = page.get_by_role("region", name="Where the memo stands")
    now = steps.locator("[aria-current=step]")
    expect(now).to_have_text("Collecting")
    seen(page, "1-collecting")
    steps.get_by_role("button", name="Begin the draft now").click()
    expect(now).to_have_text("Draft")
    steps.get_by_role("button", name="The draft is ready").click()
    expect(now).to_have_text("Edited")
    steps.get_by_role("button", name="Ask the people who are quoted").click()
    expect(now).to_have_text("Quotes checked")
    expect(steps).to_contain_text("1 quote waits for its owner.")
    look.at("memo, while quotes are checked")
    seen(page, "2-check")

    phone = opened(house, browser, room, rosa)
    theirs = Look(phone)
    phone.page.goto(f"/r/{room.id}")
    expect(phone.page.get_by_text("May we quote this in the memo?")).to_be_visible()
    expect(phone.page.get_by_text(QUOTE).first).to_be_visible()
    seen(phone.page, "3-room-asked")
    phone.page.goto(f"/r/{room.id}/me")
    expect(phone.page.get_by_text("The memo asks you")).to_be_visible()
    theirs.at("my words, asked by the memo")
    seen(phone.page, "4-me-asked")
    phone.page.get_by_role("button", name="Yes, with my first name").click()
    expect(phone.page.get_by_text("Nothing of yours waits for an answer.")).to_be_visible()

    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    expect(steps).to_contain_text("Everybody has answered.")
    page.get_by_role("button", name="Keep as it is").click()
    send = steps.get_by_role("button", name="Send the memo to everyone")
    send.click()
    seen(page, "5-sending")
    send.last.click()
    expect(now).to_have_text("Sent")
    expect(page.locator("[contenteditable=true]")).to_have_count(0)

    reader = phone.page
    reader.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    reader.goto(f"/r/{room.id}")
    seen(reader, "6-room-sent")
    reader.get_by_role("link", name="Read the memo").click()
    expect(reader.get_by_text("Version 1.", exact=True)).to_be_visible()
    expect(reader.locator(".doc")).to_contain_text(QUOTE)
    own = reader.get_by_role("navigation", name="Your words stand here")
    expect(own).to_contain_text("Stories")
    reader.get_by_role("button", name="Say something about this part: Stories").click()
    reader.get_by_label("What you say about “Stories”").fill(REMARK)
    seen(reader, "7-commenting")
    reader.get_by_role("button", name="Say it").click()
    expect(reader.locator(".said li")).to_contain_text(REMARK)
    theirs.at("the copy people have, with a comment")
    seen(reader, "8-reader")

    # It is beside its part on the facilitators' page at once, without a reload.
    expect(now).to_have_text("Comments")
    beside = page.locator("section[data-section=stories] .said")
    expect(beside).to_contain_text(REMARK)
    expect(beside).to_contain_text("Rosa Tausa")
    beside.get_by_role("button", name="Taken up").click()
    expect(reader.locator(".said").filter(has_text=REMARK)).to_contain_text("taken up")
    look.at("memo, with a comment")
    seen(page, "9-commented")

    # A withdrawal rewrites what everybody has; facilitators send it again with one tap.
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    words = rosa.get("words", seat=rosa.seat).json()["words"]
    quote = next(one["words"] for one in words if one["text"] == QUOTE)
    assert rosa.send({"type": "consent.withdraw", "words": quote}).is_success
    expect(reader.get_by_text("Version 2.", exact=True)).to_be_visible()
    expect(reader.locator(".doc")).not_to_contain_text(QUOTE)
    expect(page.get_by_text("The memo has changed since you sent it.")).to_be_visible()
    seen(page, "10-changed")
    again = steps.get_by_role("button", name="Send the new version")
    again.click()
    again.last.click()
    expect(page.get_by_text("The memo has changed since you sent it.")).to_have_count(0)

    page.get_by_role("button", name="Open a new version").click()
    expect(steps).to_contain_text("You are writing version 3.")
    expect(page.locator("[contenteditable=true]").first).to_be_visible()
    seen(page, "11-opened")
    assert not [*look.stopped, *theirs.stopped, *guest.troubles, *phone.troubles]

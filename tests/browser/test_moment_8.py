"""Moment 8 of `experience.md`, in real browsers: a stranger posts abuse, one control ends it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, House

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ABUSE = "Zebracanary filth"


@pytest.mark.alone
def test_moment_8_one_control_ends_it_for_everyone(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="check_in")
    stranger, wanjiru = room.join("A Stranger"), room.join("Wanjiru Kamau")
    lead = house.browse(browser, "Amina Diallo", LAPTOP)
    lead.sit(room.lead, "/panel")
    phone = house.browse(browser, "Wanjiru Kamau")
    phone.sit(wanjiru)
    room.next_phase()
    room.lead.tap("activity.cut")
    note = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
    assert wanjiru.send({**note, "text": "Walk the river first"}).is_success
    house.advance(130)  # her note is older than two minutes; the stranger's is not
    for seat in (room.lead, stranger, wanjiru):
        seat.view()
    assert stranger.send({**note, "text": ABUSE}).is_success
    phone.sees(ABUSE)
    lead.sees(ABUSE)

    lead.press("Stop everything")
    form = lead.page.locator(".ask")
    form.get_by_label("A Stranger").check()
    began = time.monotonic()
    form.get_by_role("button", name="Stop everything").click()
    for guest in (lead, phone):
        expect(guest.page.get_by_text(ABUSE)).to_have_count(0)
    took = time.monotonic() - began
    assert took < 2, f"{took:.1f} s"
    phone.sees("Walk the river first")
    phone.sees(re.compile("paused writing for everyone"))
    assert "ebracanary" not in phone.page.content()

    # The stranger goes on and reaches nobody; the door is shut, the invited are still in.
    again = stranger.send({**note, "text": f"{ABUSE} again"})
    assert again.status_code == 409
    assert "kept on this device" in again.json()["error"]["message"]
    phone.page.reload()
    phone.sees("Walk the river first")
    assert "ebracanary" not in phone.page.content()

    lead.press(re.compile("Bring back what"))
    phone.sees(ABUSE)
    lead.press("Let people write again")
    expect(phone.page.get_by_text("paused writing for everyone")).to_have_count(0)
    assert not lead.troubles + phone.troubles


def test_moment_8_the_door_is_shut_and_the_invited_come_back_by_their_links(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="check_in")
    stranger = house.browse(browser, "A Stranger")
    stranger.come_in(room)
    phone = house.browse(browser, "Wanjiru Kamau")
    phone.come_in(room)
    lead = house.browse(browser, "Amina Diallo", LAPTOP)
    lead.sit(room.lead, "/panel")
    lead.press("Stop everything")
    form = lead.page.locator(".ask")
    form.get_by_label("A Stranger").check()
    form.get_by_role("button", name="Stop everything").click()
    stranger.sees(re.compile("paused writing for everyone"))

    # Somebody new, and the stranger under another name: the link and the code open nothing.
    another = house.browse(browser, "Another Stranger")
    another.page.goto(room.links["join"])
    another.sees("The door is closed: nobody new comes in at the moment.")
    expect(another.page.get_by_label("What shall we call you?")).to_have_count(0)
    another.page.get_by_role("link", name="Try again").click()
    another.sees("Ask Amina Diallo to open it, then try again.")
    assert not [c for c in another.context.cookies() if c["name"].startswith("seat_")]

    # The invited: a participant opens the chat's link once more, the lead an own recovery link,
    # on another device; both also after a new public link was made.
    for way in (room.links["join"], f"/r/{room.id}"):
        phone.page.goto(way)
        phone.page.wait_for_url(f"**/r/{room.id}")
        phone.sees(re.compile("paused writing for everyone"))
        device = house.browse(browser, "Amina Diallo", LAPTOP)
        device.page.goto(room.links["facilitate"])
        device.sees("Now · you lead")
        if way == room.links["join"]:
            room.lead.tap("link.renew")
    assert not lead.troubles + phone.troubles + stranger.troubles

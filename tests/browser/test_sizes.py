"""What is too large is found out on the page, before it is sent; nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_too_long_is_said_before_it_is_sent_and_a_flood_never_leaves_the_page(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    seat = room.join("Rosa Quispe")
    room.next_phase()
    while room.lead.phase != "a1.answer":
        room.next_phase()
    guest = house.browse(browser, "Rosa Quispe")
    guest.sit(seat)
    guest.connected()
    box = guest.page.locator("tl-box input")
    guest.page.get_by_role("radio").first.check()

    box.fill("नदी " * 30)  # 120 of 60
    guest.sees(re.compile("59 characters too long"))  # blanks at the end do not count when sent
    guest.press("Give this")
    expect(guest.page.locator(".refused")).to_contain_text("characters too long")
    assert box.input_value() == "नदी " * 30  # nothing was cut
    assert "You gave" not in str(seat.view())

    box.fill("x" * 100_000)
    guest.sees(re.compile("too much text for one box"))
    assert box.input_value() == "नदी " * 30  # as it was

    box.fill("river")
    guest.press("Give this")
    guest.sees(re.compile("You gave"))
    assert not guest.troubles

"""The second half of moment 10: a week later the same links open the room, its memo with a question
for each theme, and a talk about it. (The first half is the end of `test_evening.py`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, House
from tests.browser.test_memo_page import exchange

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEEK_SECONDS: Final = 7 * 24 * 3600
THEME: Final = "Listening before mapping"
ASKED: Final = "Who draws the map where you are?"


def test_moment_10_a_week_later_the_same_links_open_the_memo_and_a_talk(
    house: House, browser: Browser
) -> None:
    room, _ = exchange(house)
    meera = room.join("Meera Devi")
    lead = room.lead
    cards = lead.get("board", seat=lead.seat).json()["cards"]
    theme = next(card["id"] for card in cards if card["text"] == THEME)
    question = {"type": "memo.question", "theme": theme, "text": ASKED}
    assert lead.send(question).is_success
    lead.tap("memo.send")
    house.advance(WEEK_SECONDS)

    laptop = house.browse(browser, "Amina Diallo", LAPTOP)
    laptop.page.goto(room.links["facilitate"])
    laptop.page.get_by_role("link", name="Open the memo").click()
    laptop.sees(ASKED)
    phone = house.browse(browser, meera.name)
    phone.take_cookie(meera)
    phone.page.goto(room.links["join"])  # the invitation in the chat
    phone.page.wait_for_url(f"**/r/{room.id}")
    phone.page.get_by_role("link", name="Read the memo").click()
    expect(phone.page.locator(".doc")).to_contain_text(ASKED)
    phone.page.goto(f"/r/{room.id}")

    added = {"type": "agenda.add", "kind": "plenary", "settings": {}}
    assert lead.send(added).is_success
    room.next_phase()
    assert lead.phase
    phone.heading(next(each["text"] for each in meera.view()["blocks"] if each["type"] == "now"))
    assert not [*laptop.troubles, *phone.troubles]

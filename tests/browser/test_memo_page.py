"""The memo in real browsers: written by two at once, going on by itself, sent when it is whole."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Line
from tests.browser.house import LAPTOP, Guest, House, Room, Seat
from tests.browser.test_axe import Look
from tests.browser.test_evening import GATE, show_the_gate

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASTE = """([selector, plain, rich]) => {
  const data = new DataTransfer();
  data.setData("text/plain", plain);
  if (rich) data.setData("text/html", rich);
  const about = { clipboardData: data, bubbles: true, cancelable: true };
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", about));
}"""


REVERSE = """() => {
  const page = document.querySelector("tl-memo");
  page.memo = { ...page.memo, sections: [...page.memo.sections].reverse() };
}"""


def reversed_memo(route: Route) -> None:
    """The server's draft, its sections the other way round."""
    response = route.fetch()
    draft = response.json()
    route.fulfill(response=response, json={**draft, "sections": draft["sections"][::-1]})


def exchange(house: House) -> tuple[Room, Seat]:
    """An evening that is over, with a theme of two voices; Kofi is co-facilitator."""
    room = house.open_room("Living with the river", "Amina Diallo")
    kofi = room.join("Kofi Mensah")
    room.join("Rosa Quispe")
    room.lead.tap("seat.role", seat=kofi.seat)
    room.lead.tap("activity.start")
    cut = room.lead.offer("activity.cut", room.lead.view("panel"))
    assert cut
    assert room.lead.send(cut).is_success
    while skip := room.lead.offer("activity.skip", room.lead.view("panel")):
        assert room.lead.send(skip).is_success
    theme = added(room.lead, "theme", "Listening before mapping")
    for who, text in ((room.lead, "Walk first."), (kofi, "Draw in the evening.")):
        card = added(who, "insight", text)
        assert who.send({"type": "note.move", "card": card, "theme": theme}).is_success
    return room, kofi


def added(seat: Seat, kind: str, text: str) -> str:
    """A note on the board; gives its id."""
    note = {"type": "note.add", "document": "board", "section": "", "kind": kind, "text": text}
    assert seat.send(note).is_success
    found = seat.get("board", seat=seat.seat).json()["cards"]
    return str(next(card["id"] for card in found if card["text"] == text))


def opened(house: House, browser: Browser, room: Room, seat: Seat) -> Guest:
    """A facilitator at the memo's page, with an editor under the first theme."""
    guest = house.browse(browser, seat.name, LAPTOP)
    cookie: Any = {"name": f"seat_{room.id}", "value": seat.token, "url": house.address}
    guest.context.add_cookies([cookie])
    return guest


def heard(page: Page) -> Locator:
    """The editor of what was heard under the theme."""
    return page.locator("tl-place:has([aria-label='Your words: What we heard']) .tiptap")


def test_ME3_two_write_in_one_paragraph_while_the_draft_is_made_again(
    house: House, browser: Browser
) -> None:
    room, kofi = exchange(house)
    guests = [opened(house, browser, room, seat) for seat in (room.lead, kofi)]
    pages = [guest.page for guest in guests]
    cable = Line(pages[0])
    for page in pages:
        page.goto(f"/r/{room.id}/memo")
        page.locator(".asking").scroll_into_view_if_needed()
        expect(heard(page)).to_be_visible()
    first, second = pages
    heard(first).click()
    first.keyboard.type("in the middle")
    expect(heard(second)).to_contain_text("in the middle")
    heard(second).click()
    first.keyboard.press("Home")
    second.keyboard.press("End")
    for number in range(6):
        first.keyboard.type(f"a{number} ")
        second.keyboard.type(f" b{number}")
        added(kofi, "insight", f"Something else {number}")  # the draft is made again
    whole = "a0 a1 a2 a3 a4 a5 in the middle b0 b1 b2 b3 b4 b5"
    for page in pages:
        expect(heard(page).locator("p")).to_have_text(whole, ignore_case=True)
    # Without a line the words stay on this device, and arrive.
    cable.cut()
    first.keyboard.type("offline ")
    second.keyboard.press("Control+b")
    second.keyboard.type(" bold")
    expect(first.get_by_text("Saved on this device")).to_be_visible()
    cable.mend()
    for page in pages:
        expect(heard(page)).to_contain_text("a5 offline in the middle")
        expect(heard(page).locator("strong")).to_contain_text("bold")
    expect(first.get_by_text("Saved", exact=True)).to_be_visible()
    # What stands under a hand does not move, whatever becomes of the order.
    order = "[...document.querySelectorAll('.doc > [data-section]')].map(e => e.dataset.section)"
    before = second.evaluate(order)
    second.route(f"**/api/rooms/{room.id}/memo", reversed_memo)  # whenever it is read again
    second.evaluate(REVERSE)
    second.keyboard.type("er")
    expect(heard(second)).to_contain_text("bolder")
    assert second.evaluate(order) == before
    expect(heard(first)).to_contain_text("bolder")  # so the server has it too
    second.evaluate("document.activeElement.blur()")
    second.wait_for_function(f"() => {order}.join() !== {before!r}.join()")
    text = room.lead.get("memo.md").text
    assert "a5 offline in the middle b0 b1 b2 b3 b4 b5 **bolder**" in text
    assert "Walk first." not in text  # its place is taken by what was written from it
    assert not [trouble for guest in guests for trouble in guest.troubles]


def test_what_is_missing_is_one_tap_away_and_then_it_is_sent(
    house: House, browser: Browser
) -> None:
    room, kofi = exchange(house)
    away = opened(house, browser, room, kofi)
    cable = Line(away.page)
    away.page.goto(f"/r/{room.id}/memo")
    away.page.locator(".asking").scroll_into_view_if_needed()
    heard(away.page).click()
    show_the_gate(kofi)
    guest = opened(house, browser, room, room.lead)
    look = Look(guest)
    page = guest.page
    page.goto(f"/r/{room.id}/memo")
    expect(page.get_by_text("Opens when nothing is missing above.")).to_be_visible()
    photo = page.locator(".pictured img")  # of a note that stands alone, with its words
    photo.scroll_into_view_if_needed()
    expect(photo).to_have_attribute("alt", GATE)
    page.wait_for_function("() => document.querySelector('.pictured img').naturalWidth > 0")
    heard(page).scroll_into_view_if_needed()
    heard(page).click()
    page.evaluate(PASTE, ["tl-place:has(:focus) .tiptap", "x" * 1_000_000, ""])
    expect(page.get_by_text("That is more than fits in one place.")).to_be_visible()
    rich = "<h1 onclick=x>Only <b>words</b></h1>"
    page.evaluate(PASTE, ["tl-place:has(:focus) .tiptap", "Only words", rich])
    expect(heard(page)).to_have_text("Only words")
    expect(page.get_by_text("only the words are kept")).to_be_visible()
    look.at("memo, with somebody writing")

    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.get_by_role("button", name="Where every note went").click()
    expect(page.locator(".ledger")).to_contain_text("Walk first.")
    look.at("memo, where every note went")
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})

    page.locator(".missing a", has_text="has no question yet").click()
    expect(page.get_by_role("button", name="Edit the question")).to_be_focused()
    page.get_by_role("button", name="Keep as it is").click()
    cable.cut()
    away.page.keyboard.type("Too late, and not lost. ")
    send = page.get_by_role("button", name="Send the memo to everyone")
    expect(send).not_to_have_attribute("aria-disabled", "true")
    send.click()
    expect(page.get_by_text("Everyone finds it at the link they came in with.")).to_be_visible()
    page.get_by_role("button", name="Send the memo to everyone").last.click()
    expect(page.get_by_text("The memo has been sent.")).to_be_visible()
    expect(page.locator("[contenteditable=true]")).to_have_count(0)
    expect(page.locator(".doc")).to_contain_text("Only words")
    assert room.lead.get("memo.md").text.count("Only words") == 1
    # What somebody wrote without a line meanwhile is not in it: it is given back to them.
    cable.mend()
    expect(away.page.get_by_text("The memo has been sent.")).to_be_visible()
    expect(away.page.locator(".tray")).to_contain_text("Too late, and not lost.")
    assert not [*look.stopped, *guest.troubles]

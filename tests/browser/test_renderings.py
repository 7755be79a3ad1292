"""Two languages in one room: a card in a third is read by each in their own, the original one tap
away, and goes everywhere when its author takes it away (BRD10, BRD11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room, Seat
from tests.browser.test_axe import Look

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPANISH: Final = "Caminamos el río antes de dibujarlo."
ENGLISH: Final = "We walked the river before we drew it."
ARABIC: Final = "مشينا على النهر قبل أن نرسمه."
TARGET: Final = 44


def text(page: Page) -> Locator:
    return page.locator("tl-board p.text")


def at_board(house: House, browser: Browser, seat: Seat, size: tuple[int, int]) -> Guest:
    guest = house.browse(browser, seat.name, size)
    guest.sit(seat, "/board")
    expect(text(guest.page)).to_have_count(1)
    return guest


def put(page: Page, language: str, words: str) -> None:
    """Put the only card into a language, from the keyboard alone."""
    button = page.get_by_role("button", name="Put this note in another language")
    button.focus()
    page.keyboard.press("Enter")
    chooser = page.locator(".putting select")
    expect(chooser).to_be_focused()
    chooser.select_option(language)
    page.keyboard.press("Tab")
    expect(page.locator(".putting textarea")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".putting")).to_have_count(0)
    expect(button).to_be_focused()


def on_disk(house: House, words: str) -> bool:
    return any(words.encode() in f.read_bytes() for f in house.folder.rglob("*") if f.is_file())


@pytest.fixture
def room(house: House) -> Room:
    """A room opened in Spanish, with one card of the lead."""
    room = house.open_room("Vivir con el río", "Marisol Peña", language="es")
    note = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
    assert room.lead.send({**note, "text": SPANISH}).is_success
    return room


def test_each_reads_a_card_in_their_own_language_and_it_goes_everywhere_BRD10_BRD11(
    house: House, browser: Browser, room: Room
) -> None:
    seat = room.join("Ben", language="en")
    ben = at_board(house, browser, seat, PHONE)
    huda = at_board(house, browser, room.join("Huda", language="ar"), PHONE)
    amina = at_board(house, browser, room.join("Amina", language="en"), LAPTOP)
    lead = at_board(house, browser, room.lead, LAPTOP)
    for guest in (ben, huda, amina, lead):
        expect(text(guest.page)).to_have_text(SPANISH)
        expect(text(guest.page)).to_have_attribute("lang", "es")

    put(amina.page, "en", ENGLISH)
    expect(text(ben.page)).to_have_text(ENGLISH)
    expect(ben.page.locator(".rendered")).to_contain_text("Translated from Español by Amina")
    expect(text(huda.page)).to_have_text(SPANISH)
    put(amina.page, "ar", ARABIC)
    expect(text(huda.page)).to_have_text(ARABIC)
    expect(text(huda.page)).to_have_attribute("lang", "ar")
    expect(text(huda.page)).to_have_attribute("dir", "rtl")
    expect(text(ben.page)).to_have_text(ENGLISH)
    expect(text(lead.page)).to_have_text(SPANISH)  # whoever wrote it reads what they wrote
    expect(lead.page.locator(".rendered bdi")).to_have_text(["العربية", "English"])

    for guest, mine in ((ben, ENGLISH), (huda, ARABIC)):
        turn = guest.page.locator(".rendered .turn")
        box = turn.bounding_box()
        assert box
        assert box["height"] >= TARGET
        turn.click()
        expect(text(guest.page)).to_have_text(SPANISH)
        expect(text(guest.page)).to_have_attribute("lang", "es")
        turn.click()
        expect(text(guest.page)).to_have_text(mine)
        assert guest.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    amina.page.get_by_role("button", name="Put this note in another language").click()
    expect(amina.page.locator(".putting textarea")).to_have_value(ENGLISH)
    Look(amina).at("the box for another language")
    amina.page.keyboard.press("Escape")
    Look(huda).at("a note in one's own language")

    plain = house.browse(browser, "Ben", PHONE, java_script_enabled=False)
    plain.sit(seat, "/board")
    expect(plain.page.get_by_text(ENGLISH)).to_be_visible()
    plain.page.get_by_text("Show the original").click()
    expect(plain.page.get_by_text(SPANISH)).to_be_visible()

    lead.page.locator("tl-card .edit").click()
    lead.page.locator("tl-card textarea").press("End")
    lead.page.keyboard.insert_text(" Dos veces.")
    changed = re.compile("The original was changed since")
    expect(ben.page.locator(".rendered")).to_contain_text(changed)
    put(amina.page, "en", " Twice.")
    expect(text(ben.page)).to_have_text(f"{ENGLISH} Twice.")
    expect(ben.page.locator(".rendered")).not_to_contain_text(changed)

    lead.page.locator(".editing .spoken").select_option("pt")  # their screen is in another language
    ben.page.locator(".rendered .turn").click()
    expect(text(ben.page)).to_have_attribute("lang", "pt")

    (card,) = room.lead.get("board", seat=room.lead.seat).json()["cards"]
    gone = {"type": "note.delete", "document": "board", "card": card["id"]}
    assert room.lead.send(gone).is_success
    for guest in (ben, huda, amina, lead):
        expect(text(guest.page)).to_have_count(0)
    house.advance(61)
    house.advance(31)
    for words in (ENGLISH, ARABIC):
        assert not on_disk(house, words)
    for guest in (ben, huda, amina, lead):
        assert not guest.troubles, guest.troubles

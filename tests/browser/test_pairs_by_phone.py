"""Four phones listen in pairs: one word about whose time it is, and nobody is left alone (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import Guest, House

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NAMES = ("Wanjiru Mwangi", "Jorge Ramirez", "Sefina Tuilagi", "Kofi Mensah")
NOTE = "canary-own-kingfisher"


def speaking(phones: list[Guest]) -> list[Guest]:
    """Who reads *You speak*, in big letters."""
    for phone in phones:
        phone.heading("You ")
    return [p for p in phones if p.page.locator("h1").first.inner_text() == "You speak"]


def test_you_speak_you_listen_and_nobody_stays_alone(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    added = {"type": "agenda.add", "kind": "dyads", "settings": {"breath_s": 0}}
    assert room.lead.send(added).is_success
    phones = [house.browse(browser, name) for name in NAMES]
    for phone in phones:
        phone.come_in(room)
    room.next_phase()
    for phone in phones:
        phone.heading("Think for yourself")
    assert room.next_phase() == "a1.half_1"
    first = speaking(phones)
    assert len(first) == 2

    house.advance(60)
    house.advance(120)
    for phone in first:
        phone.sees("Last words.")
    house.advance(11)
    for phone in phones:
        phone.heading("You listen" if phone in first else "You speak")

    lost = first[0]
    shown = room.lead.view("panel")["blocks"]
    pairs = next(block["pairs"] for block in shown if block["type"] == "pairs")
    pair = next(p for p in pairs if lost.name in {seat["name"] for seat in p["seats"]})
    names = {seat["name"] for seat in pair["seats"]}
    left = next(phone for phone in phones if phone.name in names - {lost.name})
    lost.leave()
    expect(left.page.locator("h1").first).to_have_text("You speak")
    house.advance(31)
    left.sees(f"{lost.name} is away. Wait a moment, or join others.")
    left.press("Join others")
    left.sees("Trio")

    while room.lead.phase != "a1.own_note":
        room.next_phase()
    left.page.get_by_label("What I said or thought").fill(NOTE)
    left.page.get_by_role("radio", name="I understood").check()
    left.page.get_by_role("radio", name="Only I keep it").check()
    left.press("Keep this")
    left.sees(NOTE)
    for phone in phones:
        if phone not in (left, lost):
            assert NOTE not in phone.page.content()
    assert NOTE not in str(room.lead.view("panel"))
    assert not any(phone.troubles for phone in phones)

"""Private writing in real browsers (moment 6): from only you to your circle and to everyone here in
one tap each, and a writing step without names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room
from tests.browser.test_moments import Ears, co_facilitator, room_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOTS: Final = os.environ.get("TALANOA_SHOTS", "")
"""A folder to leave pictures in, to be looked at."""


def shot(guest: Guest, name: str) -> None:
    if SHOTS:
        for scheme in ("light", "dark"):
            guest.page.emulate_media(color_scheme=scheme)
            guest.page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}.png", full_page=True)


def fits(guest: Guest) -> None:
    """Nothing is wider than the screen."""
    wide, there = guest.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= there


def card(guest: Guest, text: str) -> Locator:
    return guest.page.locator(".nt").filter(has_text=text)


def write(guest: Guest, text: str) -> None:
    guest.page.get_by_label("Add a note").fill(text)
    expect(guest.state).to_contain_text("Saved")
    guest.press("Add it")
    expect(card(guest, text)).to_be_visible()


def test_moment_6_notes_go_outwards_one_tap_at_a_time(house: House, browser: Browser) -> None:
    room, (writer, mate, *_) = room_of(
        house, "Wanjiru Kamau", "Rosa Quispe", "Jonah Maka", "Ana Souza"
    )
    kofi = co_facilitator(room)
    room.to_stories("quiet")
    phone = house.browse(browser, "Wanjiru Kamau", PHONE)
    phone.sit(writer)
    phone.connected()
    others: dict[str, Ears] = {}
    for name, seat, path in (
        ("mate", mate, ""), ("lead", room.lead, "/panel"), ("co", kofi, "/board"),
    ):  # fmt: skip
        guest = house.browse(browser, name, LAPTOP)
        others[name] = Ears(guest)
        guest.sit(seat, path)
    expect(phone.page.locator(".sees.self").first).to_contain_text("Only you")  # before typing
    for text in ("canary-heron by the weir", "canary-egret by the bridge", "canary-owl stays"):
        write(phone, text)
    house.advance(120)
    while room.lead.phase != "a2.reflect":
        room.next_phase()
    phone.heading("Talk freely now")
    shot(phone, "reflect-phone")
    fits(phone)

    # One tap: the circle has it, nobody else.
    card(phone, "heron").get_by_role("button", name="Show it to your circle").click()
    expect(card(others["mate"].guest, "heron")).to_be_visible()
    assert [name for name, ears in others.items() if ears.heard("canary")] == ["mate"]

    # On the board page: one's own place, the rest to everyone, some at a time.
    phone.sit(writer, "/board")
    phone.page.get_by_role("button", name="Only you").click()
    expect(card(phone, "egret")).to_be_visible()
    shot(phone, "mine-phone")
    fits(phone)
    phone.page.get_by_role("button", name="More").click()
    phone.press("Choose notes to show to others")
    card(phone, "egret").get_by_role("checkbox").check()
    shot(phone, "choosing-phone")
    fits(phone)
    phone.press("Show them to everyone here")
    expect(card(others["co"].guest, "egret")).to_be_visible()
    expect(card(phone, "owl")).to_be_visible()
    expect(card(phone, "egret")).to_have_count(0)
    assert not any(ears.heard("canary-owl") for ears in others.values())
    assert not others["co"].heard("canary-heron")

    # From the circle to everyone; it says so then, and there is no button any more.
    phone.page.locator(".places").get_by_role("button", name="Your circle").click()
    card(phone, "heron").get_by_role("button", name="Show it to everyone here").click()
    expect(card(others["co"].guest, "heron")).to_be_visible()
    expect(card(phone, "heron")).to_contain_text("Everyone here sees it too")
    shot(others["co"].guest, "board-laptop")
    assert not any(ears.heard("canary-owl") for ears in others.values())
    assert not [*phone.troubles, *(t for e in others.values() for t in e.guest.troubles)]


def written(house: House, names: str) -> Room:
    """A room in a writing step without names."""
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    plan = {"type": "agenda.add", "kind": "plenary", "settings": {"form": "write", "names": names}}
    assert room.lead.send(plan).is_success
    return room


@pytest.mark.parametrize("names", ["peers", "all"])
def test_moment_6_lines_without_names_are_shown_together(
    house: House, browser: Browser, names: str
) -> None:
    room = written(house, names)
    seats = [room.join(name) for name in ("Rosa Quispe", "Jonah Maka", "Ana Souza")]
    room.next_phase()
    phone = house.browse(browser, "Rosa Quispe", PHONE)
    phone.sit(seats[0])
    phone.connected()
    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    ears = Ears(panel)
    panel.sit(room.lead, "/panel")
    said = {"peers": "Facilitators see whose it is", "all": "you cannot take them back"}[names]
    phone.sees(said)
    shot(phone, f"write-{names}-phone")
    fits(phone)
    phone.page.get_by_label("Your line").fill("canary-heron by the weir")
    expect(phone.state).to_contain_text("Saved")
    phone.press("Give it without my name")
    phone.sees("1 person has written.")
    panel.sees("Others may guess")
    shot(panel, f"write-{names}-panel")
    tag = {"peers": "line.give", "all": "line.drop"}[names]
    for seat in seats[1:]:
        seat.tap(tag, words=f"canary-of-{seat.name.split()[0]}")
    panel.sees("3 people have written.")
    assert ears.heard("canary") == 0
    panel.press("Show all lines")
    expect(card(phone, "heron")).to_be_visible()
    shot(phone, f"shown-{names}-phone")
    for guest in (phone, panel):
        expect(card(guest, "canary-of-Jonah")).to_be_visible()
        fits(guest)
    own = card(phone, "heron")
    expect(card(phone, "Jonah")).to_contain_text("Without a name")
    if names == "peers":
        expect(own).to_contain_text("You, without your name")
        expect(card(panel, "heron")).to_contain_text("Rosa Quispe")
        own.get_by_role("button", name="Edit").click()
        rewording = phone.page.locator(".nt form.editing")  # its words stand in a box now
        expect(rewording.get_by_role("textbox")).to_have_value("canary-heron by the weir")
        rewording.get_by_role("textbox").fill("canary-heron by the old weir")
        rewording.get_by_role("button", name="Done").click()
        expect(card(panel, "old weir")).to_be_visible()
    else:
        expect(own).to_contain_text("Without a name")
        expect(own.get_by_role("button", name="Edit")).to_have_count(0)
        expect(card(panel, "heron")).not_to_contain_text("Rosa")
    shot(panel, f"shown-{names}-panel")
    assert not [*phone.troubles, *panel.troubles]

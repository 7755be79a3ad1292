"""All of the panel, in one hand: every command a facilitator has can be reached and no other, who
is where and who has not been heard, and what is not now is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import PHONE, Guest, House, Room, Seat

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABS = ("Now", "People", "Signals", "Private", "More")
OFFERED = """() => document.querySelector('tl-panel').stage.offers
    .filter(offer => offer.shown !== false).map(offer => JSON.stringify(offer))"""
DRAWN = """() => {
    for (const each of document.querySelectorAll('details')) each.open = true;
    return [...document.querySelectorAll('tl-offer')]
        .filter(each => each.offsetParent !== null && each.querySelector('button'))
        .map(each => JSON.stringify(each.offer)); }"""


def panel(house: House, browser: Browser, room: Room) -> Guest:
    """The lead's phone."""
    lead = house.browse(browser, "Amina Diallo", PHONE, has_touch=True)
    lead.sit(room.lead, "/panel")
    lead.connected()
    return lead


def tab(page: Page, name: str) -> None:
    page.locator("nav.tabs").get_by_role("button", name=name).click()


def begun(house: House, kind: str, people: int, **settings: Any) -> tuple[Room, list[Seat]]:
    """A room whose only activity is on, with people."""
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    answer = room.lead.send({"type": "agenda.add", "kind": kind, "settings": settings})
    assert answer.is_success, answer.text
    seats = [room.join(f"Guest {n}") for n in range(1, people + 1)]
    room.next_phase()
    return room, seats


def reachable(page: Page) -> None:
    """What the room offers this facilitator is drawn somewhere, and nothing else is."""
    drawn: set[str] = set()
    for name in TABS:
        tab(page, name)
        drawn |= set(page.evaluate(DRAWN))
    offered = set(page.evaluate(OFFERED))
    # The way back has a button of its own, for ten seconds on the bar and then in the menu.
    back = {each for each in offered | drawn if '"phase.back"' in each}
    if back & offered:
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
    tab(page, "Now")
    offered, drawn = offered - back, drawn - back
    assert offered - drawn == set()
    assert drawn - offered == set()


def test_every_command_is_reached_in_a_fishbowl(house: House, browser: Browser) -> None:
    room, _ = begun(house, "fishbowl", 8, mode="closed", S=3)
    lead = panel(house, browser, room)
    reachable(lead.page)
    room.next_phase()
    inside = lead.page.locator("summary", has_text="Those inside, one by one")
    expect(inside).to_be_visible()
    thanks = lead.page.get_by_role("button", name="privately").first
    expect(thanks).to_be_hidden()  # folded: it is not what is now
    inside.click()
    expect(thanks).to_be_visible()
    reachable(lead.page)
    assert not lead.troubles


def test_every_command_is_reached_while_groups_prepare(house: House, browser: Browser) -> None:
    room, seats = begun(house, "report_out", 8, groups="mixed")
    lead = panel(house, browser, room)
    seats[0].tap("time.ask")
    tab(lead.page, "Signals")
    lead.sees("asks for two more minutes")
    reachable(lead.page)
    tab(lead.page, "Signals")
    lead.page.get_by_role("button", name="Two more minutes for everybody").tap()
    expect(lead.page.get_by_text("asks for two more minutes")).to_have_count(0)
    assert not lead.troubles


def test_people_by_here_away_waiting_and_gone_by_group_and_who_is_not_heard(
    house: House, browser: Browser
) -> None:
    room, seats = begun(house, "story_circle", 7, max=4, turn_s=60)
    lead = panel(house, browser, room)
    page = lead.page
    room.to_phase("a1.telling")
    phone = house.browse(browser, "Guest 7")
    phone.sit(seats[6])
    phone.connected()
    tab(page, "People")
    people = page.locator("tl-people")
    head = people.get_by_role("heading", name="People")
    expect(head).to_contain_text("8 here · 0 away · 0 gone")
    silent = people.get_by_role("button", name="not heard yet")
    expect(silent).to_have_text("5 not heard yet")  # two have the floor
    teller = next(seat for seat in seats if seat.offer("turn.begin"))
    teller.tap("turn.begin")
    teller.tap("turn.done")
    row = people.get_by_role("listitem").filter(has_text=teller.name)
    expect(row).to_contain_text("heard")
    silent.tap()
    expect(people.get_by_role("listitem")).to_have_count(5)
    expect(row).to_have_count(0)

    phone.leave()
    expect(head).to_contain_text("7 here · 1 away")
    gone = next(seat for seat in seats[:6] if seat is not teller)
    gone.send({"type": "seat.leave"})
    expect(head).to_contain_text("6 here · 1 away · 1 gone")
    room.lead.tap("door.ask")
    room.join("Late Guest")
    expect(head).to_contain_text("6 here · 1 away · 1 waiting · 1 gone")

    people.get_by_role("button", name="By group").tap()
    expect(people.get_by_role("heading", name="Mangrove")).to_be_visible()
    expect(people.get_by_role("heading", name="Estuary")).to_be_visible()
    assert not lead.troubles

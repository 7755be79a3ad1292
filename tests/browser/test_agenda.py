"""The agenda in real browsers: built from nothing, ordered by keys, mended, taken elsewhere."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def editor(house: House, browser: Browser, room: Room, size: tuple[int, int] = LAPTOP) -> Guest:
    """The organiser, at the agenda's page."""
    amina = house.browse(browser, "Amina", size)
    cookie: Any = {"name": f"seat_{room.id}", "value": room.lead.token, "url": house.address}
    amina.context.add_cookies([cookie])
    amina.page.goto(f"/r/{room.id}/agenda")
    expect(amina.page.get_by_role("heading", name="What we do together")).to_be_visible()
    expect(amina.page.get_by_text("saved", exact=True)).to_be_visible()
    return amina


def titles(page: Page, *expected: str) -> None:
    """The plan is this; it comes a moment after the answer to what changed it."""
    expect(page.locator(".plan .what")).to_have_text(expected)


def row(page: Page, title: str) -> Locator:
    return page.locator(".item").filter(has=page.get_by_text(title, exact=True))


def add(page: Page, kind: str, minutes: int) -> None:
    """Add an activity from the gallery; set its minutes with the keys of the slider."""
    before = page.locator(".item").count()
    page.get_by_role("button", name="Add an activity").click()
    page.get_by_role("dialog").get_by_role("button", name=kind).click()
    expect(page.locator(".item")).to_have_count(before + 1)
    expect(page.locator(".item.open .what")).to_have_text(kind)  # it opens when that is answered
    slider = page.locator(".item.open").get_by_role("slider", name="How long")
    slider.fill(str(minutes))
    expect(page.locator(".item.open .mins")).to_have_text(f"{minutes} min")


def test_an_agenda_is_built_from_nothing_mended_and_taken_to_another_room(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    room = house.open_room("Living with the river", "Amina", template="empty")
    amina = editor(house, browser, room)
    page = amina.page
    for kind, minutes in (("Check-in", 6), ("Story circle", 60), ("All together", 30)):
        add(page, kind, minutes)
    expect(page.locator(".sum")).to_contain_text("96 minutes")

    # A plain-language form: the range and what it is for stand at the field.
    circle = page.locator(".item").nth(1)
    circle.locator("button.rowhead").click()
    expect(circle.get_by_text("Six to eight listen best.")).to_be_visible()
    circle.get_by_label("Its name").fill("By the river")
    circle.get_by_label("Its name").blur()
    expect(page.locator(".item").nth(1).locator(".what")).to_have_text("By the river")
    circle.get_by_label("Your own invitation").fill("A day at the river")
    circle.get_by_label("Your own invitation").blur()
    expect(circle.locator(".told")).to_contain_text("A day at the river")

    # A warning beside the item, mended with one tap.
    talk = page.locator(".item").nth(2)
    expect(talk.get_by_text("96 minutes without a break.")).to_be_visible()
    talk.get_by_role("button", name="Put a break before it").click()
    expect(page.locator(".item")).to_have_count(4)
    expect(page.get_by_text("minutes without a break")).to_have_count(0)
    titles(page, "Check-in", "By the river", "Break", "All together")

    # The order by keys alone: twice up, without waiting in between.
    page.locator(".item").nth(3).locator("button.rowhead").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".plan .what").nth(1)).to_have_text("All together")
    page.wait_for_function("document.activeElement.classList.contains('rowhead')")
    assert page.evaluate("document.activeElement.innerText").startswith("All together")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator(".item")).to_have_count(4)
    titles(page, "Check-in", "All together", "By the river", "Break")

    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    file = tmp_path / "agenda.json"
    download.value.save_as(file)
    other = house.open_room("Another evening", "Amina", template="evening")
    second = editor(house, browser, other, PHONE)
    second.page.locator("input[type=file]").set_input_files(file)
    expect(second.page.get_by_text("“agenda.json” is the agenda now.")).to_be_visible()
    titles(second.page, "Check-in", "All together", "By the river", "Break")
    found = other.lead.get("agenda").json()["items"]
    assert found[2]["settings"]["prompt"] == "A day at the river"
    second.page.get_by_role("button", name="Put it back").click()
    expect(second.page.locator(".item")).to_have_count(3)

    broken = tmp_path / "broken.json"
    broken.write_text('{"talanoa": "agenda", "version": 9, "items": []}')
    second.page.locator("input[type=file]").set_input_files(broken)
    expect(second.page.get_by_text("saved by a newer Talanoa")).to_be_visible()
    expect(second.page.locator(".plan .what").first).to_have_text("Check-in")
    assert second.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert not amina.troubles + second.troubles


def test_two_facilitators_who_change_the_same_thing_lose_neither_wish(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina", template="evening")
    kofi = room.join("Kofi")
    room.lead.send({"type": "seat.role", "seat": kofi.seat, "role": "facilitator", "epoch": 1})
    amina = editor(house, browser, room, PHONE)
    page = amina.page
    page.locator("#h-a2").click()
    name = page.locator("#a2-title")
    name.fill("By the river")
    # Kofi's other change on the same item is no trouble at all.
    assert kofi.send({"type": "agenda.edit", "item": "a2", "revision": 0, "minutes": 90}).is_success
    expect(page.locator(".item.open .mins")).to_have_text("90 min")
    expect(name).to_have_value("By the river")
    name.blur()
    expect(page.locator(".item.open .what")).to_have_text("By the river")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    plan = room.lead.get("agenda").json()["items"][1]
    assert (plan["title"], plan["minutes"]) == ("By the river", 90)

    # The very same thing at the same moment: theirs stands, mine is kept until I say.
    name.fill("At the river")
    theirs = {"type": "agenda.edit", "item": "a2", "revision": plan["revision"], "title": "Stories"}
    assert kofi.send(theirs).is_success
    expect(page.locator(".item.open .what")).to_have_text("Stories")
    expect(name).to_have_value("At the river")
    name.blur()
    expect(page.get_by_text("Above is theirs; yours is kept.")).to_be_visible()
    assert room.lead.get("agenda").json()["items"][1]["title"] == "Stories"
    page.get_by_role("button", name="Use mine").click()
    expect(page.locator(".item.open .what")).to_have_text("At the river")
    assert not amina.troubles


def test_an_item_is_dragged_to_another_place(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina", template="evening")
    page = editor(house, browser, room).page
    grip = page.locator(".item").nth(2).locator(".grip").bounding_box()
    first = page.locator(".item").nth(0).bounding_box()
    assert grip
    assert first
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, first["y"] + 5, steps=6)
    page.mouse.up()
    expect(page.locator(".plan .what").first).to_have_text("Check-out")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    assert [item["id"] for item in room.lead.get("agenda").json()["items"]] == ["a3", "a1", "a2"]


def test_everybody_else_sees_where_we_are(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina", template="evening")
    rosa = house.browse(browser, "Rosa", timezone_id="America/La_Paz")
    tomasi = house.browse(browser, "Tomasi", timezone_id="Pacific/Fiji")
    rosa.come_in(room)
    tomasi.come_in(room)
    room.lead.tap("activity.start")
    begins = []
    for guest in (rosa, tomasi):
        guest.page.goto(f"/r/{room.id}/agenda")
        time = guest.page.locator(".item").nth(1).locator("time")
        expect(time).to_have_text(re.compile(r"\d:\d\d"))
        begins.append(datetime.strptime(time.inner_text().replace("\u202f", " "), "%I:%M %p"))
    # Each reads the time of the own clock: sixteen hours lie between the two.
    assert (begins[1] - begins[0]).seconds == 16 * 3600
    expect(rosa.page.locator("[aria-current=step]")).to_contain_text("Check-in")
    expect(rosa.page.locator(".item").nth(1).locator("time")).to_be_visible()
    expect(rosa.page.get_by_role("button")).to_have_count(0)

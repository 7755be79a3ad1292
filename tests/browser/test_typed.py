"""What somebody typed comes back after a reload: in the box it stood in, or to be copied when that
box is gone (experience.md, promise 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import House, Room

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GONE = "You were still writing this. Only you see it."
ALL_SENT = """() => [...document.querySelector("tl-room").stage.connection.documents.values()]
    .every(({ provider }) => !provider.hasUnsyncedChanges)"""
"""What was let go of is gone at the server too: no state line tells of that."""


def room_with(house: House, kind: str, **settings: object) -> Room:
    """A room whose only activity has begun."""
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    answer = room.lead.send({"type": "agenda.add", "kind": kind, "settings": settings})
    assert answer.is_success, answer.text
    return room


def test_an_evaluation_half_written_is_there_after_a_reload_and_after_its_time(
    house: House, browser: Browser
) -> None:
    room = room_with(house, "evaluation")
    guest = house.browse(browser, "Rosa Quispe")
    guest.sit(room.join("Rosa Quispe"))
    guest.connected()
    room.next_phase()
    box = guest.page.get_by_label(re.compile("What was most useful"))
    box.press_sequentially("The elders spoke first")
    expect(guest.state).to_contain_text("Saved")
    guest.page.reload()
    expect(box).to_have_value("The elders spoke first")
    expect(guest.page.get_by_text(GONE)).to_have_count(0)
    room.next_phase()
    guest.heading("What we said")
    guest.sees(GONE)
    guest.page.reload()
    guest.sees(GONE)
    guest.sees("The elders spoke first")
    guest.press("Let it go")
    expect(guest.page.get_by_text(GONE)).to_have_count(0)
    guest.page.wait_for_function(ALL_SENT)
    guest.page.reload()
    guest.heading("What we said")
    guest.connected()
    expect(guest.page.get_by_text(GONE)).to_have_count(0)
    # Whoever leaves has nothing more to do in the menu.
    guest.press("Help and more")
    guest.press(re.compile("^Leave"))
    guest.page.locator(".ask .btn.main").click()
    expect(guest.page.locator("nav.menuplace")).to_have_count(0)
    assert not guest.troubles


def test_a_step_half_changed_is_there_after_a_reload(house: House, browser: Browser) -> None:
    room = room_with(house, "commitments")
    seat = room.join("Kofi Owusu")
    guest = house.browse(browser, "Kofi Owusu")
    guest.sit(seat)
    guest.connected()
    room.next_phase()
    seat.tap("commitment.add", text="Walk the bank", by="none", sees="room")
    guest.press("Change it")
    form = guest.page.locator("form.ask")
    box = form.get_by_label("What you will do")
    expect(box).to_have_value("Walk the bank")
    expect(box).to_be_focused()
    box.press("End")
    box.press_sequentially(" every Friday")
    expect(guest.state).to_contain_text("Saved")
    guest.page.reload()
    guest.connected()
    expect(guest.page.get_by_text(GONE)).to_have_count(0)  # its button still asks for it
    guest.press("Change it")
    expect(box).to_have_value("Walk the bank every Friday")
    form.get_by_role("button", name="Change it").click()
    guest.sees("Walk the bank every Friday")
    expect(form).to_have_count(0)
    guest.press("Change it")
    expect(box).to_have_value("Walk the bank every Friday")
    guest.press("Not now")
    seat.tap("commitment.write", text="Walk the bank on Mondays", by="none", sees="room")
    guest.sees("Walk the bank on Mondays")
    guest.press("Change it")
    expect(box).to_have_value("Walk the bank on Mondays")  # not what stood there before
    assert not guest.troubles


def test_what_is_typed_while_a_note_is_on_its_way_is_kept(house: House, browser: Browser) -> None:
    """On a weak line nobody waits for the first note to write the second."""
    room = house.open_room("Living with the river", "Amina Diallo")
    seat, *_ = [room.join(name) for name in ("Wanjiru Kamau", "Rosa Quispe", "Jonah")]
    guest = house.browse(browser, seat.name, network=True)
    guest.sit(seat)
    guest.connected()
    room.lead.tap("activity.skip")
    room.to_phase("a2.reflect")
    box = guest.page.get_by_label("Add a note")
    notes = guest.page.locator(".nt .text")
    box.fill("Walk the bank")
    expect(guest.state).to_contain_text("Saved")
    assert guest.network
    guest.network.cut()
    guest.press("Add it")
    adding = guest.page.get_by_role("button", name="Adding")
    expect(adding).to_be_visible()
    adding.click()  # the same note is not sent twice
    box.press("End")
    box.press_sequentially(" and draw it")
    guest.network.mend()
    expect(notes).to_have_text(["Walk the bank"])
    expect(box).to_have_value(" and draw it")

    guest.network.cut()
    guest.press("Add it")
    box.fill("Ask the fishers")
    adding.click()  # another one
    box.fill("Begun, not sent")
    guest.network.mend()
    expect(notes).to_have_count(3)
    assert sorted(notes.all_inner_texts()) == ["Ask the fishers", "Walk the bank", "and draw it"]
    expect(box).to_have_value("Begun, not sent")
    assert not guest.troubles

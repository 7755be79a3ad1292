"""One person's words, from the circle to the memo and back out of it, on a phone: told, asked after
the turn, given with a first name, printed, taken back, gone, and the facilitator told.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import LAPTOP, PHONE, House, Room, Seat

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = "Nobody told us to leave. They asked us what the water does."


def everyone_tells(room: Room, people: list[Seat]) -> None:
    """Each in their turn, shortly."""
    for _ in people:
        for person in people:
            if person.offer("turn.begin"):
                person.tap("turn.begin")
                room.house.advance(20)
                person.tap("turn.done")
                break
        room.house.advance(20)


def test_words_go_into_the_memo_and_come_back_out_of_it(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="circle")
    sefina, *others = (room.join(name) for name in ("Sefina Tausa", "Jonah", "Rosa", "Malia"))
    phone = house.browse(browser, "Sefina Tausa", PHONE)
    phone.sit(sefina)
    phone.connected()
    room.to_phase("a1.telling")
    lead = room.lead
    refused = lead.send({"type": "words.write", "seat": sefina.seat, "text": SAID})
    assert refused.status_code == 409, "nobody takes notes while somebody tells"
    everyone_tells(room, [sefina, *others])
    room.to_phase("a1.quiet")
    assert lead.send({"type": "words.write", "seat": sefina.seat, "text": SAID}).is_success
    phone.sees("Amina Diallo wrote down something you said.")

    phone.press("Help and more")
    phone.page.get_by_role("link", name="My words").click()
    words = phone.page.get_by_role("article", name="Your exact words")
    expect(words).to_contain_text(SAID)
    expect(words).to_contain_text("Written down by")
    expect(words).to_contain_text("Your circle only, until you say")
    phone.press("Answer")
    phone.sees("People who were there will recognise this, also without your name.")
    phone.page.get_by_role("radio", name="My words, with my first name").check()
    phone.press("This is my answer")
    expect(words).to_contain_text("With your first name")
    expect(words).to_contain_text("In the memo: \u2068Stories")

    laptop = house.browse(browser, "Amina Diallo", LAPTOP)
    laptop.sit(lead, "/memo")
    laptop.sees(SAID)
    expect(laptop.page.locator("main, body").first).to_contain_text("Sefina")
    while lead.phase:
        room.next_phase()
        house.advance(5)
    lead.tap("memo.send")

    phone.press("Take it back")
    expect(words).to_contain_text("Taken back")
    expect(words).to_contain_text(re.compile(r"deleted here at \d\d:\d\d"))
    laptop.page.reload()
    laptop.sees("The memo has changed since you sent it.")
    expect(laptop.page.get_by_text(SAID)).to_have_count(0)
    laptop.sees("Words taken back by the people who said them: 1")
    laptop.page.goto(f"/r/{room.id}/panel")
    laptop.sees("Stories. Send it again from the memo’s page.")
    assert SAID not in sefina_free(lead)

    house.advance(10 * 60)
    expect(words).to_contain_text("Deleted here, as you wished.")
    files = [file for file in house.folder.rglob("*") if file.is_file()]
    assert not any(SAID.encode() in file.read_bytes() for file in files)
    assert not phone.troubles
    assert not laptop.troubles


def sefina_free(lead: Seat) -> str:
    """All that a facilitator is sent of the memo and the panel."""
    return lead.get("memo").text + str(lead.view("panel"))

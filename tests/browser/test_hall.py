"""Groups and seats in a hall, in real browsers: one of a table takes everything to an own phone
(moment 5), a lost table goes on, circles that end get two more minutes in one tap (moment 7).
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room, Seat

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORGOTTEN = """async (gone) =>
    !(await indexedDB.databases()).some(({ name }) => String(name).endsWith(gone))"""
"""Nothing of a document is kept on this device any more."""


def table_at(house: House, browser: Browser, room: Room) -> Guest:
    """Grace's laptop in the hall, with two people at it."""
    table = house.browse(browser, "Grace Achieng", LAPTOP)
    table.come_in(room, "Mama Zawadi", "Baraka Odhiambo", where="In the hall")
    return table


def pass_to(table: Guest, name: str) -> None:
    """Tap the chip, and the cover if there is one."""
    chips = table.page.get_by_role("list", name="Who is on this device").get_by_role("button")
    chips.filter(has_text=name).click()
    uncover = table.page.get_by_role("button", name=f"I am \u2068{name}\u2069")
    if uncover.count():
        uncover.click()


def test_moment_5_one_takes_everything_to_an_own_phone(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    table = table_at(house, browser, room)
    room.next_phase()
    room.next_phase()
    assert room.lead.phase == "a1.answer"
    pass_to(table, "Mama Zawadi")
    table.page.get_by_role("radio").first.check()
    table.press("Give this")
    expect(table.button("Give this instead")).to_be_visible()
    table.page.get_by_label("One word, if you like").fill("half a sent")
    expect(table.state).to_contain_text(re.compile("Saved$"))
    here = room.lead.view("panel")["room"]["here"]
    table.press("Help and more")
    table.press("Take my seat to another phone")
    shown = table.page.locator(".movecode .code")
    expect(shown).to_have_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    expect(table.page.locator(".movecode img")).to_have_js_property("complete", True)
    code = shown.inner_text()

    phone = house.browse(browser, "Mama Zawadi", PHONE)
    phone.page.goto("/j")
    phone.page.get_by_label("Code").fill(code.lower())
    phone.page.get_by_role("button", name="Join").click()
    phone.page.get_by_role("button", name="I am Mama Zawadi").click()
    phone.page.wait_for_url(f"**/r/{room.id}**")
    phone.connected()
    expect(phone.button("Give this instead")).to_be_visible()  # the answer came along
    half = phone.page.get_by_label("One word, if you like")
    expect(half).to_have_value("half a sent")  # and what was still being written
    assert room.lead.view("panel")["room"]["here"] == here, "as many people on one device more"

    chips = table.page.get_by_role("list", name="Who is on this device").get_by_role("button")
    expect(chips).to_have_count(2)  # the laptop let go, without being told twice
    expect(table.page.get_by_text("Mama Zawadi")).to_have_count(0)
    table.page.wait_for_function(FORGOTTEN, arg=f"mine/{phone.seat(room).seat}")

    # So does the turn: it is hers on the phone, and nobody at the table can end it.
    room.lead.tap("activity.cut")
    room.to_phase("a2.settle")
    phone.press("I begin")
    room.to_phase("a2.telling")
    phone.press("Begin my story")
    phone.heading("Everyone is listening")
    table.heading("Mama Zawadi is telling")
    expect(table.button("I have finished")).to_have_count(0)
    phone.press("I have finished")
    table.heading("A breath")
    assert not [*phone.troubles, *table.troubles]


def test_a_person_sits_down_at_a_device_later(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    phone = house.browse(browser, "Rosa Quispe", PHONE)
    phone.come_in(room, where="In the hall")
    phone.press("Help and more")
    phone.press("Add a person to this device")
    phone.page.get_by_label("Name of the next person").fill("Tupou Latu")
    phone.press("Come in")
    chips = phone.page.get_by_role("list", name="Who is on this device").get_by_role("button")
    expect(chips).to_have_count(2)
    assert not phone.troubles


def test_a_facilitator_presses_the_buttons_for_somebody_on_the_phone(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    panel.page.goto(room.links["facilitate"])
    panel.press("Add a person")
    panel.page.get_by_label("Name of the next person").fill("Kofi Mensah")
    panel.page.get_by_label("On the phone: I press the buttons for them").check()
    panel.press("Come in")
    panel.page.get_by_role("link", name="Speak for \u2068Kofi Mensah\u2069").click()
    panel.page.wait_for_url("**as=**")
    current = panel.page.locator(".seatchip[aria-current=true]")
    expect(current).to_contain_text("Kofi Mensah")
    panel.press("Ask for help")
    assert room.lead.view("panel")["room"]["tables"][0]["seats"][1:]  # carried, and known as such
    assert not panel.troubles


def test_a_table_that_lost_its_device_goes_on_at_another(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    table = table_at(house, browser, room)
    maria = house.browse(browser, "Maria Silva", PHONE)
    maria.come_in(room, where="In the hall")
    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    panel.page.goto(room.links["facilitate"])
    table.leave()
    code = panel.page.locator(".lost .code")
    expect(code).to_be_visible()
    house.advance(61)
    maria.press("Help and more")
    maria.press("Take over a table that lost its device")
    maria.page.get_by_role("textbox").last.fill(code.inner_text())
    maria.page.locator(".ask").get_by_role("button").first.click()
    chips = maria.page.get_by_role("list", name="Who is on this device").get_by_role("button")
    expect(chips).to_have_count(4)
    expect(panel.page.locator(".lost .code")).to_have_count(0)
    assert not [*maria.troubles, *panel.troubles]


def test_moment_7_groups_end_while_someone_is_mid_sentence(house: House, browser: Browser) -> None:
    """Notices at two minutes and half a minute, two more minutes in one tap, a minute of grace,
    nobody left behind."""
    room = house.open_room("Living with the river", "Amina Diallo")
    people = [room.join(f"Person {n}") for n in range(9)]
    panel = house.browse(browser, "Amina Diallo", LAPTOP)
    panel.page.goto(room.links["facilitate"])
    room.to_stories("reflect")
    phone = house.browse(browser, "Person 0", PHONE)
    phone.sit(people[0])
    phone.connected()
    ends = room.lead.view("panel")["ends_at"]
    house.advance((ends - house.now()) / 1000 - 119)
    phone.sees("Two minutes are left for the circles.")
    phone.press("Ask for two more minutes")
    phone.sees("Your circle asked for two more minutes. The facilitators see it.")
    panel.press(re.compile(r"^Two more minutes for (?!everybody)"))
    expect(panel.page.get_by_text("asks for two more minutes")).to_have_count(0)
    others = {seat.view()["ends_at"] for seat in people}
    assert others == {ends, ends + 120_000}  # the other circle's time is as it was
    house.advance(120)
    phone.sees("Two minutes are left for the circles.")
    house.advance(90)
    phone.sees("Half a minute is left for the circles. Finish your sentence.")
    house.advance(31)
    phone.sees("Please come to an end in your own time.")
    house.advance(70)
    room.next_phase()
    assert {seat.phase.split(".", 1)[1] for seat in people} == {room.lead.phase.split(".", 1)[1]}
    assert not [*phone.troubles, *panel.troubles]


def test_moment_7_stories_end_with_notice_and_grace_and_nobody_is_left_behind(
    house: House, browser: Browser
) -> None:
    """The stories have a hard end: notices, two minutes more, a minute to finish, then everybody is
    in the next phase at once."""
    room = house.open_room("Living with the river", "Amina Diallo")
    people = [room.join(f"Person {n}") for n in range(6)]
    room.to_stories("telling")
    teller = next(seat for seat in people if seat.offer("turn.begin"))
    teller.tap("turn.begin")
    phone = house.browse(browser, teller.name, PHONE)
    phone.sit(teller)
    phone.connected()
    ends = room.lead.view("panel")["ends_at"]
    while (left := (ends - house.now()) / 1000 - 119) > 0:
        house.advance(min(left, 240))  # everybody is heard of within five minutes
        for seat in (room.lead, *people):
            seat.view()
    phone.sees("Two minutes are left for the circles.")
    phone.press("Ask for two more minutes")
    expect(phone.button("Ask for two more minutes")).to_have_count(0)  # it has been asked
    room.lead.tap("time.give")
    house.advance(120)
    phone.sees("Two minutes are left for the circles.")
    house.advance(120)
    phone.sees("Please come to an end. Everybody meets again in a minute.")
    house.advance(61)
    phone.heading("A quiet minute")
    assert {seat.phase for seat in people} == {"a2.quiet"}
    assert not phone.troubles


def test_moment_5_each_at_the_table_has_an_own_turn_vote_and_consent(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    for kind in ("story_circle", "voting"):
        assert room.lead.send({"type": "agenda.add", "kind": kind}).is_success
    table = house.browse(browser, "Grace Achieng", LAPTOP)
    names = ("Grace Achieng", "Peter Otieno", "Mama Zawadi", "Baraka Odhiambo", "Neema Wanjala")
    table.come_in(room, *names[1:], where="In the hall")
    seats = {name: table.seat(room, at) for at, name in enumerate(names)}

    # Five turns: the floor is one person's, and nobody else at the laptop can end it.
    room.next_phase()
    while room.lead.phase != "a1.telling":
        room.next_phase()
        house.advance(5)
    told = []
    for _ in names:
        teller = next(name for name in names if seats[name].offer("turn.begin"))
        pass_to(table, teller)
        table.press("Begin my story")
        table.heading("Everyone is listening")
        assert [name for name in names if seats[name].offer("turn.done")] == [teller]
        house.advance(20)
        table.press("I have finished")
        expect(table.button("I have finished")).to_have_count(0)
        told.append(teller)
        house.advance(60)
    assert sorted(told) == sorted(names)

    # Each answers for the own story alone: the second one's yes is nobody else's.
    while room.lead.phase != "a1.release":
        room.next_phase()
    choices = {"Peter Otieno": "Keep it in the circle", "Mama Zawadi": "first name"}
    for name, choice in choices.items():
        pass_to(table, name)
        table.heading("Your story, your choice")
        table.page.get_by_role("radio", name=re.compile(choice)).check()
        table.press(re.compile(choice))
        # The laptop goes on to whoever is asked next, and covers what was written.
        expect(table.page.get_by_role("region", name="Passing the device")).to_be_visible()
    given = {name: release_of(seats[name]) for name in names}
    assert given == dict.fromkeys(names) | {
        "Peter Otieno": "keep", "Mama Zawadi": "first_name",
    }  # fmt: skip

    # Each has own dots.
    room.lead.tap("activity.cut")
    room.next_phase()
    for option in ("Ferries", "Wells", "Gardens"):
        room.lead.tap("option.add", words=option)
    room.next_phase()
    for at, name in enumerate(names):
        pass_to(table, name)
        left = table.page.locator(".ballot .sec .note").inner_text()
        table.press(re.compile("^Give a dot to 1" if at < 3 else "^Give a dot to 2"))
        expect(table.page.locator(".ballot .sec .note")).not_to_have_text(left)
    room.next_phase()
    blocks = room.lead.view("panel")["blocks"]
    tally = next(block for block in blocks if block["type"] == "tally")
    assert sum(bar["count"] for bar in tally["bars"]) == 5
    assert sorted(bar["count"] for bar in tally["bars"])[-2:] == [2, 3]
    assert not table.troubles


def release_of(seat: Seat) -> str | None:
    """What somebody answered for the own story."""
    blocks = seat.view()["blocks"]
    return next((block["answered"] for block in blocks if block["type"] == "release"), None)


@pytest.mark.alone
def test_moment_7_who_is_mid_sentence_keeps_the_sentence_and_nobody_is_in_limbo(
    house: House, browser: Browser
) -> None:
    """When the circles end by the clock: one types, one has no line; ten seconds later both stand
    where everybody is, and the half sentence is still there."""
    room = house.open_room("Living with the river", "Amina Diallo")
    people = [room.join(f"Person {n}") for n in range(8)]
    room.to_stories("reflect")
    writer = house.browse(browser, "Person 0", PHONE)
    writer.sit(people[0])
    writer.connected()
    lost = house.browse(browser, "Person 1", PHONE, network=True)
    lost.sit(people[1])
    lost.connected()
    box = writer.page.get_by_label("Add a note")
    box.fill("The drain was")
    expect(writer.state).to_contain_text("Saved")
    assert lost.network
    lost.network.cut()
    lost.sees("Finding the line again")
    box.press_sequentially(" ours, and then")
    began = time.monotonic()
    room.next_phase()
    everywhere = {room.lead.phase}
    assert everywhere != {"a2.reflect"}
    lost.network.mend()
    head = next(b["text"] for b in people[0].view()["blocks"] if b["type"] == "now")
    writer.heading(head)
    lost.connected()
    there = next(b["text"] for b in people[1].view()["blocks"] if b["type"] == "now")
    lost.heading(there)
    assert time.monotonic() - began < 10
    assert {seat.phase for seat in people} == everywhere
    writer.sees("You were still writing this. Only you see it.")
    writer.sees("The drain was ours, and then")
    writer.press("Let it go")
    expect(writer.page.get_by_text("The drain was ours")).to_have_count(0)
    assert not [*writer.troubles, *lost.troubles]

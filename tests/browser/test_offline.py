"""A room's link opened again without a line: the room as it was last seen, plainly marked; what is
written then is kept and merged; and what must not stay on a device goes."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import PHONE, Guest, House, Room, Seat
from tests.browser.test_connection import asking, box, line
from tests.browser.test_memo_page import exchange, heard

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAST_SEEN: Final = re.compile(r"Last seen at .*You have no line\.")
ON_DEVICE: Final = re.compile("Saved on this device")
SAVED: Final = re.compile(r"Connected\s*Saved$")
NOT_SENT: Final = re.compile("^Not sent yet")
QUOTE: Final = "Nobody had asked the river before."
REMARK: Final = "At our market the women walked first as well."
PATIENCE: Final = 4.0
"""Seconds a page waits for the network before it opens what is kept (`web/src/worker.ts`)."""

KEPT: Final = """async () => {
    const addresses = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) addresses.push(request.url);
    const bases = (await indexedDB.databases()).map((each) => each.name);
    if (!bases.includes("talanoa-kept")) return { addresses, bases, rooms: [], links: [] };
    const open = indexedDB.open("talanoa-kept");
    const db = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
    const reading = db.transaction(["rooms", "links"]);
    const [rooms, links] = await Promise.all(["rooms", "links"].map((name) =>
        new Promise((resolve) => {
            const all = reading.objectStore(name).getAll();
            all.onsuccess = () => resolve(all.result);
        })));
    db.close();
    return { addresses, bases, rooms, links };
}"""
"""What lies on the device."""


def a_phone(house: House, browser: Browser, name: str = "Wanjiru Kamau", **more: Any) -> Guest:
    """One that may keep a room, with a line of its own."""
    return house.browse(browser, name, PHONE, network=True, service_workers="allow", **more)


def kept(guest: Guest) -> dict[str, Any]:
    """What lies on the device."""
    found: dict[str, Any] = guest.page.evaluate(KEPT)
    return found


def until_kept(guest: Guest, room: str, *, pages: int = 2) -> dict[str, Any]:
    """The page has put itself, the door and its room by."""
    end = time.monotonic() + 20
    while True:
        found = kept(guest)
        shells = [each for each in found["addresses"] if "/kept/" in each]
        if len(shells) == pages and room in [each["id"] for each in found["rooms"]]:
            return found
        assert time.monotonic() < end, found["addresses"]
        guest.page.wait_for_timeout(100)


def gone(guest: Guest, room: str) -> None:
    """Nothing of a room lies on the device any more."""
    end = time.monotonic() + 20
    while True:
        found = kept(guest)
        left = [name for name in found["bases"] if room in name]
        if not left and room not in json.dumps([found["rooms"], found["links"]]):
            return
        assert time.monotonic() < end, (left, found["rooms"])
        guest.page.wait_for_timeout(100)


def cut(guest: Guest) -> None:
    """The line goes, and the page is put away."""
    line(guest).cut()
    guest.leave()


def mend(guest: Guest) -> None:
    """There is a line again."""
    line(guest).mend()
    guest.page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.fixture
def asked(house: House) -> tuple[Room, Seat]:
    return asking(house)


def test_the_link_opens_without_a_line_and_what_is_written_then_is_merged(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    room, _ = asked
    phone = a_phone(house, browser, "Sefina Tuilagi")
    phone.come_in(room)
    box(phone).fill("river")
    expect(phone.state).to_have_text(SAVED)
    lies = until_kept(phone, room.id)
    secret = room.links["join"].partition("#")[2]
    seat = phone.seat(room)
    for text in (secret, seat.token, phone.page.locator("#talanoa h1").inner_text()):
        assert text not in json.dumps([lies["addresses"], lies["links"]])
    for text in (secret, seat.token):
        assert text not in json.dumps(lies)
    assert not [each for each in lies["addresses"] if room.id in each]

    line(phone).cut()
    phone.leave()
    phone.page.goto(room.links["join"])  # the invitation in the chat, tapped once more
    phone.page.wait_for_url(f"**/r/{room.id}")
    phone.sees(LAST_SEEN)
    expect(box(phone)).to_have_value("river")
    expect(phone.state).to_contain_text("No line since")
    box(phone).press("End")
    box(phone).press_sequentially(" bank")
    expect(phone.state).to_contain_text(ON_DEVICE)

    phone.leave()  # and written words are not "saved" because a page was closed
    phone.page.goto(f"/r/{room.id}")
    expect(box(phone)).to_have_value("river bank")
    expect(phone.state).to_contain_text(ON_DEVICE)

    line(phone).mend()
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.state).to_have_text(SAVED)
    expect(phone.page.get_by_text(LAST_SEEN)).to_have_count(0)
    other = house.browse(browser, "another device")
    other.sit(seat)
    expect(box(other)).to_have_value("river bank")
    assert not [*phone.troubles, *other.troubles]


@pytest.mark.alone
def test_the_network_is_asked_first_and_a_weak_one_not_for_long(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    room, seat = asked
    phone = a_phone(house, browser)
    phone.sit(seat)
    phone.connected()
    until_kept(phone, room.id)
    phone.leave()
    room.next_phase()
    phone.page.goto(f"/r/{room.id}")
    boot = phone.page.evaluate("JSON.parse(document.getElementById('boot').textContent)")
    assert boot["view"]["activity"]["phase"] == seat.view()["activity"]["phase"]
    phone.connected()
    assert phone.page.evaluate("!!navigator.serviceWorker.controller")

    line(phone).swallow()  # bytes go, and nothing comes
    began = time.monotonic()
    phone.page.goto(f"/r/{room.id}")
    phone.sees(LAST_SEEN)
    assert PATIENCE - 1 < time.monotonic() - began < PATIENCE + 4
    room.next_phase()
    line(phone).mend()
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.connected()
    expect(phone.page.get_by_text(LAST_SEEN)).to_have_count(0)
    assert not phone.troubles


def test_the_board_is_written_on_without_a_line_and_merged(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    seat = room.lead
    for text in ("Walk the river.", "Who pays?"):
        added = seat.send({"type": "note.add", "document": "board", "section": "",
                          "kind": "insight", "text": text})  # fmt: skip
        assert added.is_success, added.text
    phone = a_phone(house, browser)
    phone.sit(seat, "/board")
    expect(phone.page.locator("tl-card")).to_have_count(2)
    until_kept(phone, room.id, pages=3)
    line(phone).cut()
    phone.leave()

    phone.page.goto(f"/r/{room.id}/board")
    phone.sees(LAST_SEEN)
    phone.sees("Who pays?")
    own = phone.page.locator("tl-card", has_text="Walk the river.")
    own.get_by_role("button", name="Edit").first.click()
    phone.page.locator("tl-card textarea").press("Control+End")
    phone.page.locator("tl-card textarea").press_sequentially(" Then draw it.")
    expect(phone.state).to_contain_text(ON_DEVICE)
    phone.leave()

    phone.page.goto(f"/r/{room.id}/board")
    phone.sees(re.compile("Then draw it"))
    expect(phone.state).to_contain_text(ON_DEVICE)
    line(phone).mend()
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.state).to_contain_text(re.compile("notes saved"))
    texts = [card["text"] for card in seat.get("board").json()["cards"]]
    assert sorted(texts) == ["Walk the river. Then draw it.", "Who pays?"]
    assert not phone.troubles


def test_what_must_not_stay_goes(house: House, browser: Browser) -> None:
    """A seat that moved, a room that was forgotten while the page was open, and while it was
    not."""
    rooms = [asking(house) for _ in range(3)]
    phones = []
    for room, seat in rooms:
        phone = a_phone(house, browser)
        phone.sit(seat)
        box(phone).fill("mine alone")
        expect(phone.state).to_have_text(SAVED)
        until_kept(phone, room.id)
        phones.append(phone)

    (open_room, _), (shut_room, _), (moved_room, moved) = rooms
    phones[1].leave()
    for room in (open_room, shut_room):
        at = f"{house.address}/api/rooms/{room.id}"
        assert house.http.delete(at, headers=room.lead.bearer).is_success
    gone(phones[0], open_room.id)
    phones[1].page.goto(f"/r/{shut_room.id}")  # "There is nothing here"
    gone(phones[1], shut_room.id)

    assert moved.send({"type": "seat.move"}).is_success
    code = moved.get("device").json()["seats"][0]["code"]
    taken = house.http.post(
        f"{house.address}/api/rooms/{moved_room.id}/take-over", json={"code": code}
    )
    assert taken.is_success, taken.text
    phones[2].sees("This seat has moved to another device.")
    gone(phones[2], moved_room.id)


def test_an_exchange_that_is_over_is_kept_no_longer(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    phone = a_phone(house, browser)
    phone.sit(room.join("Wanjiru Kamau"))
    phone.connected()
    until_kept(phone, room.id)
    while room.lead.offer("activity.skip"):
        room.lead.tap("activity.skip")
    phone.sees("My words and what may be quoted")
    end = time.monotonic() + 20
    while kept(phone)["rooms"]:
        assert time.monotonic() < end
        phone.page.wait_for_timeout(100)


def test_a_device_of_several_opens_behind_its_cover(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    room, _ = asked
    table = a_phone(house, browser, "Rosa Quispe")
    table.come_in(room, "Baraka Otieno", where="In the hall")
    until_kept(table, room.id)
    line(table).cut()
    table.page.goto(f"/r/{room.id}")
    table.sees(LAST_SEEN)
    table.sees("Passing to")
    expect(box(table)).to_have_count(0)
    table.press(re.compile("^I am"))
    expect(box(table)).to_be_visible()


def test_my_words_open_without_a_line_and_an_answer_is_none_before_the_room_has_it(
    house: House, browser: Browser
) -> None:
    room, _ = exchange(house)
    rosa = room.join("Rosa Tausa")
    said = {"type": "words.write", "seat": rosa.seat, "text": QUOTE}
    assert room.lead.send(said).is_success
    phone = a_phone(house, browser, "Rosa Tausa")
    phone.sit(rosa, "/me")
    words = phone.page.get_by_role("article", name="Your exact words")
    expect(words).to_contain_text(QUOTE)
    lies = until_kept(phone, f"{room.id}/me", pages=1)
    assert rosa.token not in json.dumps(lies)
    cut(phone)

    # Both links lead there: the exchange is over, and its screens are not kept.
    for path in ("", "/me"):
        phone.page.goto(f"/r/{room.id}{path}")
        phone.sees(LAST_SEEN)
        words = phone.page.get_by_role("article", name="Your exact words")
        expect(words).to_contain_text("Your circle only, until you say")
    words.get_by_role("button", name="Answer").click()
    phone.page.get_by_role("radio", name="My words, with my first name").check()
    phone.press("This is my answer")
    for _ in range(2):  # and again after the page was closed
        expect(words.get_by_text(NOT_SENT)).to_be_visible()
        expect(words).to_contain_text("Your circle only, until you say")
        expect(words).not_to_contain_text("With your first name")
        expect(phone.state).to_contain_text("Not saved (1)")
        phone.leave()
        phone.page.goto(f"/r/{room.id}/me")
        words = phone.page.get_by_role("article", name="Your exact words")
    mend(phone)
    expect(words).to_contain_text("With your first name")
    expect(phone.state).to_have_text(SAVED)
    expect(phone.page.get_by_text(NOT_SENT)).to_have_count(0)

    # Taken back elsewhere: at the next opening of any page nothing of it is left here.
    phone.leave()
    found = rosa.get("words", seat=rosa.seat).json()["words"]
    mine = next(one["words"] for one in found if one["text"] == QUOTE)
    assert rosa.send({"type": "words.erase", "words": mine}).is_success
    phone.page.goto(f"/r/{room.id}")
    end = time.monotonic() + 20
    while QUOTE in json.dumps(kept(phone)["rooms"]):
        assert time.monotonic() < end
        phone.page.wait_for_timeout(100)
    assert not phone.troubles


def test_the_memo_opens_without_a_line_to_write_in_and_to_read(
    house: House, browser: Browser
) -> None:
    room, kofi = exchange(house)
    rosa = room.join("Rosa Tausa")
    writer = a_phone(house, browser, "Kofi Mensah")
    writer.sit(kofi, "/memo")
    writer.page.locator(".asking").scroll_into_view_if_needed()
    heard(writer.page).click()
    writer.page.keyboard.type("We walked first")
    expect(writer.page.get_by_text("Saved", exact=True)).to_be_visible()
    until_kept(writer, f"{room.id}/memo", pages=1)
    cut(writer)
    writer.page.goto(f"/r/{room.id}/memo")
    writer.sees(LAST_SEEN)
    writer.page.locator(".asking").scroll_into_view_if_needed()
    expect(heard(writer.page)).to_contain_text("We walked first")
    heard(writer.page).click()
    writer.page.keyboard.press("Control+End")
    writer.page.keyboard.type(" and drew later")
    expect(writer.page.get_by_text(ON_DEVICE)).to_be_visible()
    mend(writer)
    expect(writer.page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(writer.page.get_by_text(LAST_SEEN)).to_have_count(0)
    assert "We walked first and drew later" in room.lead.get("memo.md").text
    writer.press("Keep as it is")
    expect(writer.page.get_by_text("nothing is missing")).to_be_visible()
    writer.leave()

    room.lead.tap("memo.send")
    reader = a_phone(house, browser, "Rosa Tausa")
    reader.sit(rosa, "/memo")
    reader.sees("Version 1.")
    until_kept(reader, f"{room.id}/memo", pages=1)
    cut(reader)
    reader.page.goto(f"/r/{room.id}/memo")
    reader.sees(LAST_SEEN)
    reader.sees("We walked first and drew later")
    reader.press(re.compile("Say something about this part"))
    reader.page.get_by_label(re.compile("What you say about")).fill(REMARK)
    reader.press("Say it")
    expect(reader.page.get_by_text(ON_DEVICE)).to_be_visible()
    mend(reader)
    expect(reader.page.locator(".said li")).to_contain_text(REMARK)
    assert not [*writer.troubles, *reader.troubles]


def test_the_agenda_opens_without_a_line_for_who_writes_it_and_who_reads_it(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    lead = a_phone(house, browser, "Amina Diallo")
    lead.sit(room.lead, "/agenda")
    until_kept(lead, f"{room.id}/agenda", pages=1)
    reader = a_phone(house, browser)
    reader.sit(room.join("Wanjiru Kamau"))
    until_kept(reader, room.id)
    reader.page.goto(f"/r/{room.id}/agenda")
    until_kept(reader, f"{room.id}/outline", pages=3)
    first = reader.page.locator(".plan .what").first.inner_text()
    for guest in (lead, reader):
        cut(guest)
        guest.page.goto(f"/r/{room.id}/agenda")
        guest.sees(LAST_SEEN)
        expect(guest.page.locator(".plan .what").first).to_have_text(first)

    # What is changed now is sent later.
    lead.page.get_by_role("button", name=re.compile(first)).first.click()
    lead.page.get_by_label("Its name").fill("Who is here")
    lead.page.get_by_label("Its name").press("Tab")
    expect(lead.page.get_by_text(ON_DEVICE)).to_be_visible()
    mend(lead)
    expect(lead.page.get_by_text(LAST_SEEN)).to_have_count(0)
    expect(lead.page.locator(".plan .what").first).to_have_text("Who is here")
    expect(lead.page.get_by_text("saved", exact=True)).to_be_visible()
    mend(reader)
    expect(reader.page.locator(".plan .what").first).to_have_text("Who is here")
    expect(reader.page.get_by_text(LAST_SEEN)).to_have_count(0)
    assert not [*lead.troubles, *reader.troubles]


def with_my_words(house: House, browser: Browser, room: Room, seat: Seat) -> Guest:
    """A phone that keeps the room and its person's own words, at these."""
    phone = a_phone(house, browser)
    phone.sit(seat)
    until_kept(phone, room.id)
    phone.page.goto(f"/r/{room.id}/me")
    until_kept(phone, f"{room.id}/me", pages=3)
    return phone


def test_a_device_of_several_keeps_nobodys_own_pages(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    room, seat = asked
    phone = with_my_words(house, browser, room, seat)
    table = {"name": "Baraka Otieno", "where": "room", "carried_by": seat.seat}
    at = f"{house.address}/api/rooms/{room.id}/seats"
    assert house.http.post(at, headers=seat.bearer, json=table).is_success
    end = time.monotonic() + 20
    while [len(each["seats"]) for each in kept(phone)["rooms"]] != [2]:
        assert time.monotonic() < end
        phone.page.wait_for_timeout(100)
    cut(phone)
    phone.page.goto(f"/r/{room.id}/me")
    phone.sees("Passing to")  # the room, behind its cover


def dropped(guest: Guest, page: str) -> None:
    """A page does not lie on the device any more."""
    guest.page.wait_for_function(
        f"async (page) => !(await ({KEPT})()).rooms.some(({{ id }}) => id === page)", arg=page
    )


def test_what_only_facilitators_read_goes_with_the_role(house: House, browser: Browser) -> None:
    """The memo as facilitators have it, on the phone of somebody who is a participant again and
    may read only what was sent."""
    room, kofi = exchange(house)
    writer = a_phone(house, browser, "Kofi Mensah")
    writer.sit(kofi, "/memo")
    writer.press("Keep as it is")
    expect(writer.page.get_by_text("nothing is missing")).to_be_visible()
    until_kept(writer, f"{room.id}/memo", pages=1)
    writer.leave()
    room.lead.tap("memo.send")
    back = next(
        offer
        for offer in room.lead.view("panel")["may"]
        if offer["type"] == "seat.role" and offer["role"] == "participant"
    )
    assert room.lead.send({**back, "seat": kofi.seat}).is_success
    writer.page.goto(f"/r/{room.id}")  # another page of the room: it tells that the role is gone
    writer.connected()
    dropped(writer, f"{room.id}/memo")


def test_ones_own_pages_go_when_one_leaves(
    house: House, browser: Browser, asked: tuple[Room, Seat]
) -> None:
    room, seat = asked
    phone = with_my_words(house, browser, room, seat)
    phone.page.goto(f"/r/{room.id}")
    phone.connected()
    phone.press("Help and more")
    phone.press("Leave")
    phone.page.locator(".ask").get_by_role("button", name="Leave").click()
    dropped(phone, f"{room.id}/me")

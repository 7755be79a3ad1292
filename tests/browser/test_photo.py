"""A picture on the board in real browsers: made small here, without the place where it was taken,
sent with a yes and words, and seen by the others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room
from tests.browser.test_axe import Look
from tests.server.pictures import encoded, painted, with_places

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALT: Final = "A painted gauge on the wall of a school"
SENT: Final = """() => {
    window.sent = [];
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (body) {
        void body.arrayBuffer().then((all) => window.sent.push([...new Uint8Array(all)]));
        send.call(this, body);
    };
}"""  # the browser itself does not tell what a blob held


def file(body: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": body}


def at_board(house: House, browser: Browser, room: Room, seat: Any, **more: Any) -> Guest:
    guest = house.browse(browser, seat.name, more.pop("size", PHONE), **more)
    guest.sit(seat, "/board")
    expect(guest.page.locator(".state")).to_contain_text("aved")
    return guest


def choose(page: Page, chosen: FilePayload) -> None:
    page.get_by_label("Add a picture").set_input_files(chosen)


def test_a_picture_goes_up_small_and_bare_and_is_seen_by_the_others(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    kofi = at_board(house, browser, room, room.join("Kofi Owusu"), size=LAPTOP)
    lead = at_board(house, browser, room, room.lead)
    page = lead.page
    page.evaluate(SENT)
    page.get_by_role("button", name="Add a note").click()
    # What is no photo is refused in words, here already.
    choose(page, file(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"))
    expect(page.get_by_role("alert")).to_contain_text("no picture we can show")
    choose(page, file(encoded(painted(), "JPEG")[:900]))
    expect(page.get_by_role("alert")).to_contain_text("cannot open this picture")
    choose(page, file(encoded(Image.new("L", (9_000, 6_000)), "JPEG")))
    expect(page.get_by_role("alert")).to_contain_text("too large")
    original = with_places("JPEG", painted((3_000, 2_000)))
    choose(page, file(original))
    words = page.get_by_label("What is on it?")
    expect(words).to_be_focused()
    # Neither without words nor without a yes does anything leave this device.
    add = page.get_by_role("button", name="Add it")
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words")
    words.fill(ALT)
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("Say whether")
    page.get_by_label("I am not sure").check()
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("Ask them first")
    assert page.evaluate("sent.length") == 0
    page.get_by_label("Yes, and they said yes").check()
    add.click()
    picture = kofi.page.get_by_role("img", name=ALT)
    expect(picture).to_be_visible()
    kofi.page.wait_for_function("() => document.querySelector('tl-photo img').naturalWidth > 0")
    (body,) = (bytes(each) for each in page.evaluate("sent"))
    assert len(body) < 600_000
    small = Image.open(io.BytesIO(body))
    assert max(small.size) == 1_600
    assert not small.getexif()
    assert b"Exif" in original
    assert b"Exif" not in body
    shown = kofi.page.evaluate(
        "async () => [...new Uint8Array(await (await fetch(document.querySelector("
        "'tl-photo img').src)).arrayBuffer())].slice(0, 4000)"
    )
    assert b"Exif" not in bytes(shown)
    # Larger in a dialog; Escape puts the focus back on the picture.
    opens = kofi.page.get_by_role("button", name=ALT)
    box = opens.bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 4 / 3) < 0.02
    opens.press("Enter")
    dialog = kofi.page.get_by_role("dialog", name="The picture")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect(dialog.get_by_role("img", name=ALT)).to_be_visible()
    kofi.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opens).to_be_focused()
    assert not lead.troubles
    assert not kofi.troubles


@pytest.mark.alone
def test_40_million_pixels_are_made_small_without_holding_up_the_page(
    house: House, browser: Browser
) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    lead = at_board(house, browser, room, room.lead)
    page = lead.page
    page.get_by_role("button", name="Add a note").click()
    page.evaluate(
        """() => {
        window.longest = 0;
        new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries())
                window.longest = Math.max(window.longest, duration);
        }).observe({ type: "longtask" });
    }"""
    )
    choose(page, file(encoded(painted((8_000, 5_000)), "JPEG", quality=60)))
    expect(page.get_by_label("What is on it?")).to_be_focused(timeout=20_000)
    assert page.evaluate("window.longest") < 1_000  # ms, on a machine that is busy otherwise
    Look(lead).at("adding a picture")
    assert not lead.troubles

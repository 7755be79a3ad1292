"""Running a room from the panel, in real browsers: on a phone with a thumb, from a keyboard, and
with a second facilitator who presses at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THUMB: float = 0.55
"""What is pressed often lies below this share of a phone's height."""


@pytest.fixture
def room(house: House) -> Room:
    """A room whose people come by the API."""
    return house.open_room("Living with the river", "Amina Diallo")


def at_panel(
    house: House, browser: Browser, room: Room, size: tuple[int, int], **more: bool
) -> Guest:
    guest = house.browse(browser, "Amina Diallo", size, **more)
    guest.page.clock.install()
    guest.sit(room.lead, "/panel")
    expect(guest.page.get_by_text("Now · you lead")).to_be_visible()
    return guest


def low(page: Page, name: str) -> float:
    """How far down the screen a button lies."""
    box = page.get_by_role("button", name=name).first.bounding_box()
    assert box
    return box["y"] / PHONE[1]


def test_a_phone_in_one_hand(house: House, browser: Browser, room: Room) -> None:
    """Next, undo, more time and pause lie under the thumb; signals are one tap away."""
    rosa, _ = room.join("Rosa Quispe"), room.join("Kofi Owusu")
    lead = at_panel(house, browser, room, PHONE, has_touch=True, is_mobile=True).page
    lead.get_by_role("button", name="Start: Check-in").tap()
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    place = low(lead, "Ask everybody")
    assert place > THUMB
    lead.get_by_role("button", name="Ask everybody").tap()
    bar = lead.locator(".dock .undo")
    expect(bar).to_contain_text("Moved on")
    assert low(lead, "Undo") > THUMB
    assert low(lead, "Show the answers") == pytest.approx(place, abs=0.03)
    bar.get_by_role("button", name="Undo").tap()
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    expect(bar).to_contain_text("Back again")

    rosa.send({"type": "help.ask", "about": "no sound"})
    lead.get_by_role("button", name="Signals, 1").tap()
    expect(lead.locator(".sig")).to_contain_text("Rosa Quispe asks for help: no sound")
    lead.get_by_role("button", name="Seen to it").tap()
    expect(lead.get_by_text("all quiet")).to_be_visible()
    lead.get_by_role("button", name="Stop everything").tap()
    lead.locator(".ask .btn.main").tap()
    expect(lead.get_by_role("button", name="Let people write again")).to_be_visible()
    assert rosa.send({"type": "help.ask"}).status_code == 200  # help may always be asked for
    lead.get_by_role("button", name="Let people write again").tap()
    lead.get_by_role("button", name="People", exact=True).tap()
    expect(lead.locator("tl-people li")).to_have_count(3)

    lead.get_by_role("button", name="More", exact=True).tap()
    lead.get_by_role("button", name="As a phone sees it").tap()
    expect(lead.locator(".asphone .place")).to_contain_text("Check-in")
    lead.get_by_label("Whose phone").select_option("Kofi Owusu")
    expect(lead.locator(".asphone[aria-busy=false] .place")).to_contain_text("Check-in")
    lead.get_by_role("button", name="Back to the panel").tap()
    expect(lead.locator("dialog")).to_have_count(0)


UNDER_THE_THUMB = """([x, y, label]) => { window.hit = new Promise(done => {
    const look = () => {
        if (![...document.querySelectorAll("button")].some(b => b.textContent === label)) return;
        const hit = document.elementFromPoint(x, y).closest("button");
        done(hit ? hit.textContent : "");
    };
    new MutationObserver(look).observe(document.body,
        { subtree: true, childList: true, characterData: true });
}); }"""
"""As soon as there is a button of this label, however slow the frames: which lies at the point."""


def test_what_comes_under_a_thumb_does_nothing_yet(
    house: House, browser: Browser, room: Room
) -> None:
    """A second tap that was on its way does not take the step that has just come to its place."""
    room.join("Rosa Quispe")
    lead = at_panel(house, browser, room, PHONE).page
    lead.get_by_role("button", name="Start: Check-in").click()
    lead.get_by_role("button", name="Ask everybody").hover()  # it stands there, and takes a press
    box = lead.get_by_role("button", name="Ask everybody").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lead.evaluate(UNDER_THE_THUMB, [x, y, "Show the answers"])
    lead.mouse.click(x, y)
    assert lead.evaluate("window.hit") == ""
    lead.get_by_role("button", name="Show the answers").click()
    expect(lead.get_by_role("button", name="Show the answers")).to_have_count(0)


def test_the_bar_folds_into_the_menu_after_ten_seconds(
    house: House, browser: Browser, room: Room
) -> None:
    lead = at_panel(house, browser, room, LAPTOP).page
    lead.get_by_role("button", name="Start: Check-in").click()
    lead.get_by_role("button", name="Ask everybody").click()
    expect(lead.get_by_role("button", name="Undo")).to_be_visible()
    lead.clock.fast_forward(11_000)
    expect(lead.get_by_role("button", name="Undo")).to_have_count(0)
    lead.get_by_role("button", name="More", exact=True).click()
    lead.get_by_role("button", name="Undo the last step").click()
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()


def test_the_menu_is_read_by_its_headings(house: House, browser: Browser, room: Room) -> None:
    lead = at_panel(house, browser, room, LAPTOP).page
    lead.get_by_role("button", name="Start: Check-in").click()
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    lead.get_by_role("button", name="More", exact=True).click()
    menu = lead.get_by_role("navigation", name="More")
    parts = ["This activity", "People", "Who leads", "Door and links", "My own seat", "Go to"]
    expect(menu.get_by_role("heading")).to_have_text(parts)
    for name in parts:
        rows = menu.get_by_role("region", name=name, exact=True).locator(":is(button, a)")
        assert 1 <= rows.count() <= 8, name
    people = menu.get_by_role("region", name="People", exact=True)
    expect(people.get_by_role("button", name="Say to everyone")).to_be_visible()


def test_a_room_run_by_keys(house: House, browser: Browser, room: Room) -> None:
    """Keys press what stands on the panel, are told aloud, and are silent while one types."""
    lead = at_panel(house, browser, room, LAPTOP).page
    keys = lead.keyboard
    keys.press("u")
    said = lead.locator(".dock .undo [role=status]")
    expect(said).to_have_text("There is nothing to undo now.")
    keys.press("n")
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    keys.press("n")
    expect(lead.get_by_role("button", name="Show the answers")).to_be_visible()
    expect(said).to_contain_text("Moved on")
    keys.press("u")
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()

    keys.press("w")
    box = lead.get_by_label("Write to the facilitators")
    expect(box).to_be_focused()
    keys.type("none pause me")
    expect(box).to_have_value("none pause me")
    keys.press("Enter")
    expect(lead.locator(".strip li")).to_contain_text("none pause me")
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    lead.get_by_role("heading", level=1).focus()

    keys.press("p")
    expect(lead.get_by_role("button", name="Go on").first).to_be_visible()
    keys.press("p")
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()

    room.lead.send({"type": "door.ask", "epoch": 1})
    room.join("Ana Lupe")
    expect(lead.locator(".sig")).to_contain_text("Ana Lupe waits at the door")
    keys.press("l")
    expect(lead.locator(".sig")).to_have_count(0)

    keys.press("e")
    expect(lead.get_by_text("What was given is kept", exact=False)).to_be_visible()
    keys.press("Escape")
    expect(lead.locator(".ask")).to_have_count(0)

    keys.press("Escape")
    keys.press("?")
    sheet = lead.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    sheet.get_by_label("Use these keys on this device").uncheck()
    keys.press("Escape")
    expect(sheet).to_have_count(0)
    keys.press("n")
    keys.press("?")
    expect(sheet).to_be_visible()
    sheet.get_by_label("Use these keys on this device").check()
    lead.evaluate(
        """() => {
            document.querySelector("dialog").close();
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "?", bubbles: true}));
        }"""
    )
    lead.evaluate("() => new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn)))")
    assert sheet.is_visible(), "a sheet opened again at once must stay"
    keys.press("Escape")
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()


def test_the_room_s_answer_is_said_though_its_clock_went_back(
    house: House, browser: Browser, room: Room
) -> None:
    """What the panel says in passing goes by the page's own time: the room's may be set back."""
    lead = at_panel(house, browser, room, LAPTOP).page
    said = lead.locator(".dock .undo [role=status]")
    lead.get_by_role("button", name="Start: Check-in").click()
    expect(lead.get_by_role("button", name="Ask everybody")).to_be_visible()
    for pressed, answered in (("n", "Moved on"), ("u", "Back again")):
        lead.clock.fast_forward(5_000)  # none passed in the house: its next word sets us back
        lead.keyboard.press(pressed)
        expect(said).to_contain_text(answered)


def test_an_answer_that_comes_late_leaves_the_menu_open(
    house: House, browser: Browser, room: Room
) -> None:
    """Only what was asked for in the menu closes it, not what was on its way before."""
    lead = at_panel(house, browser, room, LAPTOP, network=True)
    page = lead.page
    page.get_by_role("button", name="Start: Check-in").click()
    expect(page.get_by_role("button", name="Ask everybody")).to_be_visible()
    assert lead.network
    lead.network.cut()
    page.get_by_role("button", name="Ask everybody").click()
    page.keyboard.press("e")
    asked = page.get_by_text("What was given is kept", exact=False)
    expect(asked).to_be_visible()
    lead.network.mend()
    expect(page.get_by_role("button", name="Show the answers")).to_be_visible()
    expect(asked).to_be_visible()


def test_crosscheck_two_next_at_once_move_one_step(
    house: House, browser: Browser, room: Room
) -> None:
    """The same step from two screens: one step, and a calm line for the second."""
    first = at_panel(house, browser, room, LAPTOP).page
    other = at_panel(house, browser, room, LAPTOP, network=True)
    second = other.page
    first.get_by_role("button", name="Start: Check-in").click()
    expect(second.get_by_role("button", name="Ask everybody")).to_be_visible()
    assert other.network
    other.network.cut()
    second.get_by_role("button", name="Ask everybody").click()
    first.get_by_role("button", name="Ask everybody").click()
    expect(first.get_by_role("button", name="Show the answers")).to_be_visible()
    other.network.mend()
    expect(second.get_by_role("button", name="Show the answers")).to_be_visible()
    expect(second.locator(".dock .undo")).to_contain_text("Nothing was lost.")
    expect(second.locator(".refused")).to_have_count(0)
    expect(first.get_by_role("button", name="Show the answers")).to_be_visible()

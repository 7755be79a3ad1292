"""Every real page of a real room: no axe violation, nothing wider than the screen, no script or
style our own policy stops, and every main action within reach of the Tab key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Seat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WEB: Final = Path(__file__).parents[2] / "web"
SHEETS: Final = WEB / "styles"
SCRIPTS: Final = WEB / "src"
AXE: Final = WEB / "node_modules" / "axe-core" / "axe.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN: Final = "only => axe.run(document, only).then(found => found.violations)"
EVERYTHING: Final[Mapping[str, Any]] = {"runOnly": TAGS}
COLOURS: Final[Mapping[str, Any]] = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
"""The rules of `TAGS` that look at colours, which are all that the dark theme
changes (`test_the_dark_theme_changes_nothing_but_colours`)."""

THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
TABS: Final = 60
"""Steps of the Tab key within which a main action must be reached."""


class Look:
    """One browser window that is resized, darkened and read by axe."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.guest.page.on("console", self._hear)
        self.stopped: list[str] = []
        self.axe = AXE.read_text("utf-8")

    def _hear(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Trusted" in message.text:
            self.stopped.append(message.text)

    def at(self, name: str) -> None:
        """Look at what is on the page now, light and dark, narrow and wide."""
        page = self.guest.page
        wrong: list[str] = []
        for width, height in (PHONE, LAPTOP):
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"{width}: scrolls sideways to {wide}")
            for theme, rules in zip(THEMES, (EVERYTHING, COLOURS), strict=True):
                page.emulate_media(color_scheme=theme)
                wrong += [f"{width} {theme}: {each}" for each in self.violations(rules)]
        assert not wrong, f"{name}:\n" + "\n".join(dict.fromkeys(wrong))
        assert not self.stopped, f"{name}: {self.stopped}"

    def violations(self, rules: Mapping[str, Any] = EVERYTHING) -> list[str]:
        """What axe finds. Its script comes by the debugger's door, past the page's policy."""
        page = self.guest.page
        page.evaluate("document.getAnimations().forEach(each => each.finish?.())")
        if page.evaluate("typeof axe") == "undefined":
            line = self.guest.context.new_cdp_session(page)
            line.send("Runtime.evaluate", {"expression": self.axe + ";0"})
            line.detach()
        found = page.evaluate(RUN, rules)
        return [
            f"{each['id']} {each['help']}: {[node['target'] for node in each['nodes']][:3]}"
            for each in found
        ]


def by_tab(page: Page, label: str) -> None:
    """The Tab key reaches the button."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    for _ in range(TABS):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const a = document.activeElement;"
            " return a ? (a.getAttribute('aria-label') || a.textContent || '').trim() : '' }"
        )
        if label in told:
            return
    raise AssertionError(f"{label!r} is out of reach of the keyboard")


def test_the_dark_theme_changes_nothing_but_colours() -> None:
    """Then, in the dark, only what looks at colours has to be looked at again."""
    found = []
    for sheet in sorted(SHEETS.rglob("*.css")):
        text = sheet.read_text("utf-8")
        found += re.findall(r"prefers-color-scheme: dark\) \{\s*:root[^{]*\{([^}]*)\}\s*\}", text)
        assert text.count("prefers-color-scheme") == (sheet.name == "tokens.css"), sheet.name
    (dark,) = found
    colour = r"color-scheme: dark|--[a-z0-9-]+: #[0-9a-f]{6}|--(lift|press): none"
    other = [each for each in map(str.strip, dark.split(";")) if not re.fullmatch(colour, each)]
    assert other == [""]
    scripts = (each.read_text("utf-8") for each in SCRIPTS.rglob("*.ts"))
    assert not any("prefers-color-scheme" in each for each in scripts)


@pytest.fixture
def look(house: House, browser: Browser) -> Iterator[Look]:
    """A window."""
    made = Look(house.browse(browser, "Wanjiru Kamau"))
    yield made
    assert not made.guest.troubles


def test_front_door_ready_join_and_the_page_for_errors(look: Look, house: House) -> None:
    page = look.guest.page
    page.goto("/")
    look.at("front door")
    by_tab(page, "Open the room")
    page.get_by_label("What is it about?").fill("Living with the river")
    page.get_by_label("Your name").fill("Amina Diallo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ready")
    look.at("room ready")
    code = page.locator(".code").inner_text()
    by_tab(page, "Go to the control panel")

    page.goto("/j")
    look.at("join by code")
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/**")  # who opened the room is in it already

    page.context.clear_cookies()
    page.goto("/j")
    page.get_by_label("Code").fill("AAAA-AAAA")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look.at("a wrong code")
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    page.get_by_label("What shall we call you?").fill("Wanjiru")
    look.at("join")
    by_tab(page, "Come in")

    page.goto("/r/nothing-here")
    look.at("no such room")
    page.goto("/api")
    look.at("the API for people")


def test_the_room_in_every_phase(look: Look, house: House) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    seats = [room.join(name) for name in ("Wanjiru Kamau", "मीरा देवी", "يوسف الهادي")]
    mine, mate, _ = seats
    guest = look.guest
    guest.sit(mine)
    guest.connected()
    guest.heading("Welcome")
    look.at("before the start")
    guest.press("Help and more")
    look.at("the menu")
    guest.press("Help and more")

    room.to_phase("a1.answer")
    guest.heading("What is the weather in you today?")
    look.at("check-in")
    by_tab(guest.page, "Give this")
    guest.page.get_by_role("radio").first.check()
    guest.press("Give this")
    guest.sees(re.compile("You gave"))
    look.at("check-in, given")
    room.to_phase("a1.reveal")
    expect(guest.page.locator("meter").first).to_be_attached()
    look.at("check-in, shown")
    while room.lead.phase.startswith("a1."):
        room.next_phase()
    room.next_phase()
    guest.heading("Come in and greet each other")
    look.at("gather")
    room.to_phase("a2.frame")
    guest.heading("How a story circle goes")
    look.at("frame")
    by_tab(guest.page, "I have heard the rules")
    room.to_phase("a2.settle")
    guest.heading("say your names")
    look.at("settle")
    mine.tap("turn.volunteer")
    room.to_phase("a2.telling")
    guest.heading("The floor comes to you")
    look.at("the floor comes")
    by_tab(guest.page, "Begin my story")
    by_tab(guest.page, "Pass")
    guest.press("Begin my story")
    guest.heading("Everyone is listening")
    look.at("telling")
    by_tab(guest.page, "I have finished")
    guest.press("I have finished")
    guest.heading("A breath")
    look.at("a breath")
    house.advance(40)
    guest.heading("The floor comes to")
    look.at("listening")
    room.to_phase("a2.quiet")
    guest.heading("A quiet minute")
    look.at("quiet")
    room.to_phase("a2.reflect")
    guest.heading("Talk freely now")
    note(mate, "पहले सुनना, फिर नक्शा।")
    guest.sees("पहले सुनना, फिर नक्शा।")
    look.at("reflect")
    by_tab(guest.page, "Add it")
    room.to_phase("a2.release")
    guest.heading("Your story, your choice")
    guest.page.get_by_role("radio", name="My words, with my first name").check()
    guest.page.get_by_label("One sentence of yours").fill("The water came at night.")
    look.at("release")
    by_tab(guest.page, "Yes, with my first name")
    guest.press("Yes, with my first name")
    expect(guest.button("Yes, with my first name")).to_have_count(0)
    room.to_phase("a2.plenary")
    guest.page.get_by_text("A story without a title").click()  # unfolds it
    guest.sees(re.compile("The water came at night"))
    look.at("plenary")
    guest.page.goto(f"/r/{room.id}/me")
    guest.sees(re.compile("The water came at night"))
    look.at("my words")
    guest.press("Change my answer")
    look.at("my words, changing")
    guest.page.goto(f"/r/{room.id}/agenda")
    look.at("agenda")


def note(seat: Seat, text: str) -> None:
    """A card for the circle."""
    offer = seat.offer("note.add")
    assert offer
    assert seat.send({**offer, "text": text, "kind": "insight"}).is_success


def test_the_panel_the_wall_and_the_memo(look: Look, house: House) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    teller = room.join("Wanjiru Kamau")
    room.join("Rosa Quispe")
    kofi = room.join("Kofi Mensah")
    guest = look.guest
    guest.page.goto(room.links["facilitate"])
    guest.sees("Now · you lead")
    look.at("panel before the start")
    room.to_stories("settle")
    teller.tap("turn.volunteer")
    room.to_phase("a2.telling")
    teller.tap("turn.begin")
    kofi.tap("help.ask")
    guest.sees(re.compile("is telling"))
    look.at("panel while somebody tells")
    guest.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for tab in ("People", re.compile("^Signals"), "Private", "Now"):
        guest.press(tab)
        look.at(f"panel, {tab}")
        guest.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    by_tab(guest.page, "Start the quiet minute")
    guest.page.get_by_role("button", name="More").last.click()
    look.at("panel, menu")
    guest.page.goto(f"/r/{room.id}/memo")
    guest.sees("Export")
    look.at("memo")

    browser = guest.context.browser
    assert browser is not None
    wall = Look(house.browse(browser, "wall", (1920, 1080)))
    wall.guest.page.goto(room.links["screen"])
    wall.guest.sees(re.compile("is telling|with their stories"))
    for theme in THEMES:
        wall.guest.page.emulate_media(color_scheme=theme)
        assert not wall.violations()
    assert wall.guest.page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert not [*wall.stopped, *wall.guest.troubles]


def test_the_agenda_that_facilitators_write(look: Look, house: House) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    page = look.guest.page
    page.context.add_cookies(
        [{"name": f"seat_{room.id}", "value": room.lead.token, "url": house.address}]
    )
    page.goto(f"/r/{room.id}/agenda")
    look.guest.sees("Nothing is planned yet.")
    look.at("an empty agenda")
    by_tab(page, "Add an activity")
    for kind, minutes in (("check_in", 20), ("story_circle", 95), ("plenary", 45)):
        adds = {"type": "agenda.add", "kind": kind, "minutes": minutes}
        assert room.lead.send(adds).is_success
    page.locator("#h-a2").click()
    page.get_by_text("more settings").click()
    page.get_by_text("Use a template").click()
    look.at("an agenda, an activity unfolded")
    page.get_by_role("button", name="Add an activity").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look.at("the gallery of activities")


def test_a_shared_device_with_its_cover(look: Look, house: House) -> None:
    room = house.open_room("Living with the river", "Amina Diallo")
    guest = look.guest
    guest.come_in(room, "Peter Otieno", "Mama Zawadi", where="In the hall")
    look.at("seat chips")
    room.to_stories("quiet")
    guest.heading("A quiet minute")
    chips = guest.page.get_by_role("list", name="Who is on this device")
    chips.get_by_role("button", name="Mama Zawadi").click()
    guest.heading("Mama Zawadi")
    look.at("cover")
    by_tab(guest.page, "I am \u2068Mama Zawadi\u2069")
    guest.press("I am \u2068Mama Zawadi\u2069")
    look.at("quiet, of Mama Zawadi")

"""A whole evening by keyboard alone: Amina opens a room and leads it, Ana takes part on a phone
with a keyboard; each stop of the Tab key is seen, nothing holds it, and no step loses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, Guest, House, Room, Seat
from tests.browser.test_moment_9 import Blind

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

FARTHEST: Final = 60
"""Tabs from anywhere to anything on a page."""

PRESSES: Final = 14
"""Of the one right button, from one step of the evening to a later one."""

STOP: Final = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const shown = at.closest("label") ?? at;
  const drawn = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  };
  const { left, top, width, height } = shown.getBoundingClientRect();
  shown.style.pointerEvents = "auto";  // what has just moved takes no press for a moment
  const seen = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]].some(([x, y]) =>
    shown.contains(document.elementFromPoint(left + width * x, top + height * y)));
  shown.style.pointerEvents = "";
  const name = at.getAttribute("aria-label") || shown.textContent.trim() || at.id;
  return { name: `${at.localName} ${name}`.slice(0, 80), ring: drawn(at) || drawn(shown), seen };
}"""

STOPS: Final = """() => {
  const shown = (each) => each.checkVisibility({ checkVisibilityCSS: true }) &&
    !each.disabled && each.tabIndex >= 0 && !each.closest("[inert]");
  return [...document.querySelectorAll("button, a[href], summary, select, textarea, input")]
    .filter((each) => shown(each) && each.type !== "radio" && each.type !== "hidden");
}"""

MARK: Final = f"() => {{ for (const each of ({STOPS})()) each.dataset.missed = ''; }}"
RADIO: Final = "() => document.activeElement?.type === 'radio' && document.activeElement.name"
VISIT: Final = "() => { delete document.activeElement?.dataset.missed; }"
MISSED: Final = """() => [...document.querySelectorAll("[data-missed]")]
  .map((each) => each.ariaLabel || each.textContent.trim() || each.id)"""


class Keys(Blind):
    """Somebody without a pointer, who must see where they are."""

    def tab(self) -> bool:
        """On to the next stop, which is seen; False where the page is over."""
        self.page.keyboard.press("Tab")
        at = self.page.evaluate(STOP)
        if at is None:
            return False
        assert at["ring"], f"the focus is not seen on {at['name']}"
        assert at["seen"], f"{at['name']} has the focus and is covered"
        return True

    def tab_to(self, place: Locator) -> None:
        expect(place).to_be_visible()
        for _ in range(FARTHEST):
            if place.evaluate("each => each === document.activeElement"):
                return
            self.tab()
        expect(place).to_be_focused()

    def round(self) -> None:
        """Once through everything: nothing holds the key, and nothing is left out."""
        self.page.evaluate(MARK)
        for _ in range(2 * FARTHEST):
            self.tab()
            self.page.evaluate(VISIT)
            if not (missed := self.page.evaluate(MISSED)):
                return
        raise AssertionError(f"out of reach of the Tab key: {missed}")

    def write(self, label: str, text: str) -> None:
        """Into a box, letter by letter."""
        self.tab_to(self.page.get_by_label(label))
        self.page.keyboard.type(text)

    def choose(self, name: str | re.Pattern[str]) -> None:
        """One of several, with the arrows."""
        wanted = self.page.get_by_role("radio", name=name).first
        group = wanted.get_attribute("name")
        radios = self.page.locator(f'input[type=radio][name="{group}"]')
        for _ in range(FARTHEST):
            if self.page.evaluate(RADIO) == group:
                break
            self.tab()
        self.page.keyboard.press("Space")
        for _ in range(radios.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked()

    def follow(self, name: str) -> None:
        """A link, with Enter."""
        self.tab_to(self.page.get_by_role("link", name=name).first)
        self.page.keyboard.press("Enter")

    def onwards(self, room: Room, phase: str) -> None:
        """The one right button, again and again, until the evening is there."""
        main = self.page.locator(".nextline .btn.main").first
        for _ in range(PRESSES):
            before = room.lead.phase
            if before == phase:
                return
            self.tab_to(main)
            self.page.keyboard.press("Space")
            for _ in range(40):
                if room.lead.phase != before:
                    break
                self.page.wait_for_timeout(50)
            self.not_lost()
            room.house.advance(5)
        raise AssertionError(f"{phase} was not reached from {room.lead.phase}")


def opened(amina: Keys, house: House) -> Room:
    """The front door, the links, and on to the panel."""
    page = amina.page
    page.goto("/")
    amina.round()
    amina.write("What is it about?", "Living with the river")
    amina.write("Your name", "Amina Diallo")
    amina.press("Open the room")
    page.wait_for_url("**/ready")
    code = page.locator(".code").inner_text()
    links = {"join": page.locator(".linkline code").all_inner_texts()[0]}
    room = page.url.split("/")[-2]
    token = {c["name"]: c["value"] for c in amina.guest.context.cookies()}[f"seat_{room}"]
    amina.follow("Go to the control panel")
    amina.guest.sees("Now · you lead")
    return Room(house, room, code, links, Seat(house, room, "s1", token, "Amina Diallo"))


def come_in(ana: Keys, room: Room) -> None:
    ana.page.goto(room.links["join"])
    ana.write("What shall we call you?", "Ana Souza")
    ana.press("Come in")
    ana.page.wait_for_url(f"**/r/{room.id}")
    ana.guest.connected()


def menu(ana: Keys, name: str) -> None:
    """One of the room's other pages, by its menu."""
    ana.press("Help and more")
    ana.follow(name)


def check_in(amina: Keys, ana: Keys, room: Room) -> None:
    amina.onwards(room, "a1.answer")
    ana.heading("What is the weather in you today?")
    ana.hush()
    ana.choose(re.compile("cloud"))
    ana.write("One word, if you like", "river")
    assert ana.spoken() == [], "what is typed and saved is not told"
    ana.press("Give this")
    ana.guest.sees(re.compile("You gave"))
    ana.not_lost()


def tell(amina: Keys, ana: Keys, room: Room) -> None:
    """A turn of Ana's own, from the rules to the breath."""
    amina.onwards(room, "a2.frame")
    ana.press("I have heard the rules")
    ana.not_lost()
    amina.onwards(room, "a2.settle")
    ana.press("I begin")
    ana.not_lost()
    amina.onwards(room, "a2.telling")
    ana.heading("The floor comes to you")
    ana.not_lost()
    ana.press("Begin my story")
    ana.heading("Everyone is listening")
    ana.not_lost()
    ana.page.keyboard.press("t")
    ana.hears("You have the floor")
    ana.page.keyboard.press("Escape")
    ana.press("I have finished")
    ana.heading("A breath")
    ana.not_lost()


def release(amina: Keys, ana: Keys, room: Room) -> None:
    amina.onwards(room, "a2.reflect")
    ana.write("Add a note", "Walk the river first.")
    ana.press("Add it")
    ana.guest.sees("Walk the river first.")
    ana.not_lost()
    amina.onwards(room, "a2.release")
    ana.heading("Your story, your choice")
    ana.write("A name for your story", "The day of the gate")
    ana.choose("My words, with my first name")
    ana.press("Yes, with my first name")
    # She alone has told: with her answer everybody meets.
    ana.guest.sees("The day of the gate")
    ana.not_lost()


def board(ana: Keys, room: Room) -> None:
    """A card of one's own, moved by its menu."""
    page = ana.page
    made = {"type": "note.add", "document": "board", "section": "", "kind": "theme"}
    assert room.lead.send({**made, "text": "Listening first"}).is_success
    menu(ana, "The board")
    page.wait_for_url("**/board*")
    ana.heading(re.compile("bring together|heard"))
    ana.press("Add a note")
    expect(page.get_by_label("Your note").first).to_be_focused()
    page.keyboard.type("Two names stand on every pump.")
    ana.press(re.compile("^Add it"))
    card = page.locator("tl-board [data-card]").filter(has_text="Two names")
    expect(card).to_be_visible()
    ana.not_lost()
    ana.round()
    move = card.get_by_role("button", name="Move to…")
    ana.tab_to(move)
    page.keyboard.press("Enter")
    items = card.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    for _ in range(items.count()):
        if "Listening first" in ana.focus():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    column = page.locator("tl-board [data-column]").filter(
        has=page.get_by_role("heading", name="Listening first", exact=True)
    )
    expect(column.get_by_text("Two names")).to_be_visible()
    expect(move).to_be_focused()
    ana.follow("Back to the room")
    page.wait_for_url(f"**/r/{room.id}")
    ana.guest.connected()


def consent(ana: Keys, room: Room) -> None:
    """Taken back and given again, on the page of one's own words."""
    page = ana.page
    menu(ana, "My words")
    page.wait_for_url("**/me*")
    words = page.get_by_role("article", name="The name of your story")
    ana.tab_to(words.get_by_role("button", name="Change my answer"))
    page.keyboard.press("Enter")
    expect(words.get_by_role("radio").first).to_be_focused()
    ana.choose("My words, without my name")
    ana.press("This is my answer")
    expect(words).to_contain_text("Without your name")
    ana.not_lost()
    ana.round()
    ana.follow("Back to the room")
    page.wait_for_url(f"**/r/{room.id}")


def memo(amina: Keys) -> None:
    """A sentence of the facilitator's, and a file."""
    page = amina.page
    amina.press("More")
    amina.follow("Memo")
    page.wait_for_url("**/memo")
    amina.guest.sees("Before you send")
    prose = page.locator(".tiptap").first
    amina.tab_to(prose)
    page.keyboard.type("We met by the water.")
    expect(prose).to_contain_text("We met by the water.")
    assert amina.tab(), "the editor does not hold the Tab key"
    expect(prose).not_to_be_focused()
    amina.round()
    amina.press("Export")
    amina.choose(re.compile("Those who were there"))
    amina.tab_to(page.get_by_role("link", name=re.compile("^Markdown")))
    with page.expect_download() as file:
        page.keyboard.press("Enter")
    assert "We met by the water." in file.value.path().read_text("utf-8")
    amina.hears("It is among your downloads")
    page.keyboard.press("Escape")
    expect(amina.button("Export")).to_be_focused()


def test_a_whole_evening_by_keyboard_alone(house: House, browser: Browser) -> None:
    amina = Keys(house.browse(browser, "Amina Diallo", LAPTOP))
    ana = Keys(house.browse(browser, "Ana Souza", PHONE))
    room = opened(amina, house)
    come_in(ana, room)
    for name in ("Rosa Quispe", "Kofi Mensah", "Jonah Maka"):
        room.join(name)
    amina.round()
    check_in(amina, ana, room)
    tell(amina, ana, room)
    release(amina, ana, room)
    board(ana, room)
    ana.tab()
    amina.onwards(room, "a3.answer")
    ana.not_lost()
    ana.write("Your word", "patience")
    ana.press("Give this")
    ana.guest.sees(re.compile("You gave"))
    consent(ana, room)
    memo(amina)
    people: list[Guest] = [amina.guest, ana.guest]
    for keys in (amina, ana):
        assert not keys.page.evaluate("window.pointed"), "no pointer was used"
    assert not [trouble for guest in people for trouble in guest.troubles]

"""Moment 9 of `experience.md`, a blind walk: an open fishbowl by keyboard alone, with what a screen
reader gets read out into the log at every step. No pointer is used."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, PHONE, WAIT, Guest, House, Room, Seat
from tests.browser.test_moments import co_facilitator

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

log = logging.getLogger(__name__)

FARTHEST: Final = 40
"""Tabs from anywhere to a button that matters; more would be lost on the way."""

LISTEN: Final = """
(() => {
  const live = '[role=status], [role=alert], [aria-live]', before = new WeakMap();
  window.spoken = [];
  const words = (part) => part.textContent.replace(/\\s+/g, ' ').trim();
  const hear = (part) => {
    const text = words(part), old = before.get(part);
    before.set(part, text);
    if (old === undefined || old === text || !text) return;
    const loud = part.getAttribute('role') === 'alert' ||
      part.getAttribute('aria-live') === 'assertive';
    window.spoken.push({ text, loud });
  };
  new MutationObserver((changes) => {
    const parts = new Set();
    for (const { target, addedNodes } of changes) {
      const at = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
      if (at) parts.add(at);
      for (const node of addedNodes)
        if (node.nodeType === 1) {
          if (node.matches(live)) parts.add(node);
          for (const each of node.querySelectorAll(live)) parts.add(each);
        }
    }
    parts.forEach(hear);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
"""
"""Notes what a screen reader would say of itself: changes of live regions that stood there."""

WHERE: Final = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return '';
  return `${at.tagName.toLowerCase()} ${at.getAttribute('aria-label') ?? at.textContent.trim()}`;
}
"""


class Blind:
    """Somebody with a keyboard and a screen reader."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        guest.context.add_init_script(LISTEN)
        guest.context.add_init_script(
            "addEventListener('pointerdown', () => { window.pointed = true; }, true);"
        )

    @property
    def page(self) -> Page:
        return self.guest.page

    def read(self, step: str) -> str:
        """The accessibility tree, read out into the log."""
        tree = self.page.locator("body").aria_snapshot()
        said = "\n".join(f"  says: {each}" for each in self.spoken())
        log.info("%s, %s\n%s\n%s\n", self.guest.name, step, said, tree)
        assert not self.page.evaluate("window.pointed"), "a pointer was used"
        # Everything that can be pressed or written in has a name.
        nameless = re.findall(r"- (?:button|link|textbox|radio|checkbox|combobox)(?:\n|:|$)", tree)
        assert not nameless, tree
        levels = [int(level) for level in re.findall(r"\[level=(\d)\]", tree)]
        assert levels.count(1) == 1, f"one thing now, one first heading: {levels}"
        return tree

    def spoken(self) -> list[str]:
        """What was announced so far, all of it politely."""
        heard: list[dict[str, Any]] = self.page.evaluate("window.spoken ?? []")
        assert not [each for each in heard if each["loud"]]
        return [each["text"] for each in heard]

    def hears(self, text: str | re.Pattern[str]) -> None:
        """It is announced."""
        found = text if isinstance(text, str) else text.pattern
        waited = "found => window.spoken.some(({ text }) => new RegExp(found).test(text))"
        try:
            self.page.wait_for_function(waited, arg=found)
        except PlaywrightTimeout:
            raise AssertionError(f"{found!r} is not among {self.spoken()}") from None

    def hush(self) -> None:
        """From here on only what is new counts."""
        self.page.evaluate("window.spoken = []")

    def tab_to(self, place: Locator) -> None:
        """Tab until it has the focus, visibly."""
        expect(place).to_be_visible()
        for _ in range(FARTHEST):
            if place.evaluate("each => each === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(place).to_be_focused()
        ring = place.evaluate(
            "each => { const s = getComputedStyle(each); return s.outlineStyle + s.boxShadow; }"
        )
        assert ring != "nonenone", "the focus can be seen"

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str)).first

    def press(self, name: str | re.Pattern[str]) -> None:
        """Tab to a button and press it with the space bar."""
        self.tab_to(self.button(name))
        self.page.keyboard.press("Space")

    def focus(self) -> str:
        """Where the focus is: tag and name, or nothing."""
        where: str = self.page.evaluate(WHERE)
        return where

    def heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def not_lost(self) -> None:
        """The focus stands on something that is still there."""
        self.page.wait_for_function(f"() => ({WHERE})() !== ''")


def in_order(tree: str, *lines: str) -> None:
    """The lines stand in the tree, one after the other."""
    at = -1
    for line in lines:
        found = tree.find(line, at + 1)
        assert found > at, f"{line!r} is missing or out of order in:\n{tree}"
        at = found


def bowl(house: House, people: int = 6) -> tuple[Room, list[Seat]]:
    """A room with an open fishbowl of four chairs on its agenda."""
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    added = {"type": "agenda.add", "kind": "fishbowl", "settings": {"S": 4}}
    assert room.lead.send(added).is_success
    names = ("Rosa Quispe", "Kofi Mensah", "Jonah Maka", "Meera Devi", "Tomasi", "Leilani")
    return room, [room.join(name) for name in names[:people]]


def test_moment_9_a_blind_participant_asks_for_a_chair_speaks_and_leaves(
    house: House, browser: Browser
) -> None:
    room, (rosa, kofi, jonah, meera, tomasi, *_) = bowl(house)
    ana = Blind(house.browse(browser, "Ana Souza", PHONE))
    page = ana.page

    page.goto(room.links["join"])
    ana.tab_to(page.get_by_label("What shall we call you?"))
    page.keyboard.type("Ana Souza")
    ana.read("comes in")
    ana.press("Come in")
    page.wait_for_url(f"**/r/{room.id}")
    ana.guest.connected()
    ana.read("waits for the beginning")

    room.next_phase()
    ana.heading("A few begin inside, the others listen")
    ana.hears("A few begin inside")
    tree = ana.read("the chairs are found")
    in_order(tree, "heading", 'list "Chairs"', "A free chair", "Take a chair and begin inside",
             "Pause please", "Ask for help")  # fmt: skip
    for seat in (rosa, kofi, jonah):
        seat.tap("seat.take")
    while room.lead.phase != "a1.open":
        assert room.next_phase()
        house.advance(5)
    meera.tap("seat.take")
    ana.hears("All chairs are taken")
    ana.hush()

    ana.press("Ask for a chair")
    ana.heading("You are number 1 in the waiting list")
    ana.hears("number 1")
    assert sum("number 1" in said for said in ana.spoken()) == 1, "the queue is told once"
    ana.not_lost()
    tree = ana.read("is in line")
    in_order(tree, "You are number 1 in the waiting list", 'list "Chairs"', "Rosa Quispe",
             "I listen on")  # fmt: skip
    assert "Ask for a chair" not in tree
    expect(ana.guest.state).to_have_text(re.compile(r"Connected\s*Saved$"))  # it is told as well
    ana.hush()

    picture = page.locator("svg.bowl")
    expect(picture).to_have_attribute("aria-label", re.compile("About 20 min left"))
    house.advance(60)
    tomasi.tap("seat.ask")  # with what others do the page learns the time
    expect(picture).to_have_attribute("aria-label", re.compile("About 19 min left"))
    expect(page.get_by_text("Tomasi")).to_be_visible()
    tomasi.tap("seat.unask")
    expect(page.get_by_text("Tomasi")).to_have_count(0)
    assert not ana.spoken(), "nobody hears the minutes counted"
    sitting = rosa.offered("chair.leave")["sitting"]
    rosa.send({"type": "chair.leave", "sitting": sitting}, activity="a1")
    house.advance(30)
    ana.heading("You are inside")
    ana.hears("You are inside")
    ana.not_lost()
    tree = ana.read("has the chair")
    in_order(tree, "You are inside. Talk with each other", 'list "Chairs"', "You, in a chair")
    assert ana.guest.seat(room).view()["activity"]["phase"] == "open"
    ana.hush()

    house.advance(100)
    for seat in (room.lead, rosa, kofi, jonah, meera):
        seat.view()
    ana.press("I make room")
    ana.heading(re.compile("chair|Listen"))
    ana.hears("chair is free|chairs are free")
    ana.not_lost()
    tree = ana.read("is outside again")
    assert "You, in a chair" not in tree
    expect(ana.button(re.compile("Take the chair|Ask for a chair"))).to_be_visible()
    assert not ana.guest.troubles


def test_moment_9_a_blind_co_facilitator_runs_the_fishbowl(house: House, browser: Browser) -> None:
    room, people = bowl(house)
    helper = co_facilitator(room, "Ana Souza")
    ana = Blind(house.browse(browser, "Ana Souza", LAPTOP))
    page, keys = ana.page, ana.page.keyboard
    ana.guest.sit(helper, "/panel")
    expect(page.get_by_text("Now · Amina Diallo leads")).to_be_visible()
    room.lead.tap("lead.offer", to=helper.seat)
    expect(ana.button("Take the lead")).to_be_visible()
    ana.read("is offered the lead")
    ana.press("Take the lead")
    expect(page.get_by_text("Now · you lead")).to_be_visible()
    ana.not_lost()
    tree = ana.read("before it begins")
    in_order(tree, "navigation", 'list "Agenda"', "Now · you lead", "heading", "Start: Fishbowl",
             'heading "Signals"', 'heading "People', 'heading "Facilitators only')  # fmt: skip

    keys.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    ana.read("the keys")
    keys.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    ana.hush()

    keys.press("n")
    ana.heading("finding the chairs")
    ana.hears("Start: Fishbowl")
    # Nobody comes: the lead invites somebody, by the arrows of the radio group.
    keys.press("n")
    first = page.get_by_role("radio", name="Rosa Quispe")
    expect(first).to_be_focused()
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="Kofi Mensah")).to_be_checked()
    ana.read("invites somebody")
    keys.press("Enter")
    expect(page.get_by_role("group", name="Whom?")).to_have_count(0)
    ana.not_lost()
    end = time.monotonic() + WAIT / 1000
    while not people[1].offer("seat.decline"):
        assert time.monotonic() < end, "Kofi was not asked"
    assert not people[0].offer("seat.decline")
    ana.hush()

    for seat in people[:3]:
        seat.tap("seat.take")
    ana.hears("All chairs are taken")
    expect(page.get_by_role("list", name="Chairs")).to_contain_text("Jonah Maka")
    tree = ana.read("three are inside")
    in_order(tree, 'list "Chairs"', "Rosa Quispe", "Kofi Mensah", "Jonah Maka", "opens later")
    keys.press("n")
    ana.heading(re.compile("first|begin|inside|talk", re.IGNORECASE))
    ana.hears("Moved on")
    ana.not_lost()
    ana.read("those inside begin")
    keys.press("u")
    ana.heading("finding the chairs")
    ana.hears("Back again")
    ana.hush()
    while room.lead.phase != "a1.open":
        before = room.lead.phase
        keys.press("n")
        ana.hears("Moved on")
        ana.hush()
        assert room.lead.phase != before
    tree = ana.read("the bowl is open")
    in_order(tree, 'list "Chairs"', "A free chair", "Everybody's clocks", "Next")
    ana.hush()

    people[3].tap("seat.take")
    people[4].tap("seat.ask")
    ana.hears("All chairs are taken")
    ana.guest.sees("Next in line:")
    tree = ana.read("a chair is taken, one waits")
    in_order(tree, "Meera Devi", "Next in line", "Tomasi")
    ana.hush()

    keys.press("p")
    expect(ana.button("Go on")).to_be_visible()
    keys.press("p")
    expect(ana.button("Go on")).to_have_count(0)
    people[5].send({"type": "help.ask"})
    ana.hears("1 open")
    keys.press("s")
    assert "Signals" in ana.focus()
    ana.press("Seen to it")
    ana.hears("all quiet")
    ana.not_lost()
    ana.read("a call for help was seen to")
    keys.press("w")
    expect(page.get_by_label("Write to the facilitators")).to_be_focused()
    keys.press("Escape")
    ana.tab_to(ana.button("More"))
    keys.press("Enter")
    ana.read("the menu")
    keys.press("Escape")
    ana.hush()

    keys.press("e")
    expect(page.get_by_text("is kept", exact=False).first).to_be_visible()
    ana.read("ending it asks once more")
    keys.press("Escape")
    ana.not_lost()
    for _ in range(8):
        if room.lead.phase in ("", "a1.closed"):
            break
        before, head = room.lead.phase, page.locator("#now").inner_text()
        keys.press("n")
        expect(page.locator("#now")).not_to_have_text(head)
        ana.not_lost()
        ana.read(f"after {before}")
    assert room.lead.phase in ("", "a1.closed")
    assert not ana.guest.troubles

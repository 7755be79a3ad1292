"""The whole short evening in Arabic on a phone with text twice as large, from the invitation to the
memo: nothing scrolls sideways, nothing is cut or lies over another, each main action is whole and
under a finger."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from server.languages import Languages
from tests.browser.house import PHONE, Guest, House, Room, Seat
from tests.browser.test_phones import CUT, SMALL, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

LANGUAGE: Final = "ar"
SHOTS: Final = os.environ.get("TALANOA_SHOTS", "")
"""A folder for pictures of every step, when somebody wants to see."""

LARGE: Final = """
addEventListener("DOMContentLoaded", () => { document.documentElement.style.fontSize = "200%"; });
"""
SIDEWAYS: Final = """() => {
    const { scrollWidth, clientWidth, dir, lang } = document.documentElement;
    const wrong = scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth}`] : [];
    const size = getComputedStyle(document.documentElement).fontSize;
    return size === "32px" && dir === "rtl" && lang === "ar" ? wrong : [`${lang} ${dir} ${size}`];
}"""

OVER: Final = """() => {
    const layer = (e) => {
      for (let at = e; at; at = at.parentElement)
        if (/fixed|sticky|absolute/.test(getComputedStyle(at).position)) return at;
      return document.body;
    };
    const hidden = ".vh, svg, option, [hidden], noscript, script, style";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const drawn = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const at = node.parentElement;
      if (!node.data.trim() || at.closest(hidden) || !at.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects())
        if (box.width > 2) drawn.push([node.data.trim().slice(0, 30), box, layer(at), node]);
    }
    const wrong = [];
    for (const [n, [text, box, on, node]] of drawn.entries()) {
      if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`beside the screen: ${text}`);
      for (const [other, beside, under, another] of drawn.slice(n + 1)) {
        const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
        const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
        if (on === under && node !== another && wide > 3
            && high > Math.min(box.height, beside.height) / 2)
          wrong.push(`${text} lies over ${other}`);
      }
    }
    return wrong;
}"""
"""Words beside the screen, or over others of the same layer."""

REACH: Final = """async () => {
    const wrong = [];
    for (const e of document.querySelectorAll(".btn.main")) {
      if (!e.getClientRects().length || e.closest("[hidden], .vh, dialog:not([open])")) continue;
      e.scrollIntoView({ block: "nearest" });
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const { left, right, top, bottom } = e.getBoundingClientRect();
      const name = e.textContent.trim().slice(0, 40);
      if (top < -1 || left < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
        wrong.push(`not whole on the screen (${top.toFixed()} to ${bottom.toFixed()}): ${name}`);
      const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      // What has just come under a thumb lets it through for a moment (steady.ts).
      if (!e.contains(at) && !at?.contains(e))
        wrong.push(`under <${at?.localName} class="${at?.className}">: ${name}`);
      if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
        wrong.push(`its words are cut: ${name}`);
    }
    window.scrollTo(0, 0);
    return wrong;
}"""
"""Main actions that a finger does not find, or whose words are not whole."""

MARYAM: Final = "مريم العلي"
TITLE: Final = "العيش مع النهر"
NOTE: Final = "سألنا كبار القرية قبل أن نرسم الخريطة، ثم رسمناها معهم ومع أولادهم."


@functools.cache
def catalogues() -> Languages:
    """All of them, read once."""
    return Languages()


def ar(sentence: str) -> str:
    """A sentence of the catalogue."""
    said = catalogues().translate(LANGUAGE, sentence)
    assert said != sentence, f"{sentence!r} is not translated"
    return said


class Walk:
    """What was wrong on the way, by step."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}
        self.steps = 0

    def guest(self, house: House, browser: Browser, name: str) -> Guest:
        """Somebody whose phone is Arabic and shows large text."""
        guest = house.browse(browser, name, PHONE, locale=LANGUAGE, has_touch=True)
        guest.context.add_init_script(LARGE)
        return guest

    def look(self, page: Page, name: str) -> None:
        """All that is wrong with the screen as it stands."""
        page.evaluate("() => document.getAnimations().forEach((each) => each.finish?.())")
        checks = (SIDEWAYS, WIDE, CUT, OVER, REACH)
        found = [each for check in checks for each in page.evaluate(check)]
        found += page.evaluate(SMALL, False)
        if found:
            self.wrong[name] = list(dict.fromkeys(found))
        self.steps += 1
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"ar-{self.steps:02} {name}.png", full_page=True)


class Maryam:
    """A participant; her seat's screen over the API says in her language what the page shows."""

    def __init__(self, walk: Walk, guest: Guest, seat: Seat) -> None:
        self.walk = walk
        self.guest = guest
        self.page = guest.page
        self.seat = seat

    def look(self, name: str) -> None:
        """The page has come to where the room is; look at it."""
        shown = self.seat.view()
        head = next((each["text"] for each in shown["blocks"] if each["type"] == "now"), "")
        self.guest.heading(head)
        self.walk.look(self.page, name)

    def press(self, type: str) -> None:
        """The button of an offer, by the words on it; it has been done."""
        label = self.seat.offered(type)["label"]
        self.guest.press(label)
        expect(self.page.get_by_role("button", name=label, exact=True)).to_have_count(0)

    def write(self, label: str, text: str) -> None:
        """Into the box with this English label."""
        self.page.get_by_label(ar(label)).first.fill(text)

    def add(self, text: str) -> None:
        """A note in the box of the section on the screen."""
        self.write("Add a note", text)
        self.guest.press(ar("Add it"))
        expect(self.page.locator(".nt .text").filter(has_text=text)).to_be_visible()


def came_in(walk: Walk, house: House, browser: Browser, room: Room) -> Maryam:
    """By the invitation; the form is in the phone's language."""
    phone = walk.guest(house, browser, MARYAM)
    phone.page.goto(room.links["join"])
    name = phone.page.get_by_label(ar("What shall we call you?"))
    name.fill(MARYAM)
    walk.look(phone.page, "join")
    phone.press(ar("Come in"))
    phone.page.wait_for_url(f"**/r/{room.id}")
    expect(phone.state).to_contain_text(ar("Connected"))
    return Maryam(walk, phone, phone.seat(room))


def test_the_evening_in_arabic_with_text_twice_as_large(house: House, browser: Browser) -> None:
    walk = Walk()
    room = house.open_room(TITLE, "أمينة ديالو", language=LANGUAGE)
    others = [room.join(name) for name in ("मीरा देवी", "Rosa Quispe-Huamán", "يوسف الهادي")]
    maryam = came_in(walk, house, browser, room)
    maryam.look("welcome")
    lead = walk.guest(house, browser, "أمينة ديالو")
    lead.sit(room.lead, "/panel")
    expect(lead.state).to_contain_text(ar("Saved"))
    walk.look(lead.page, "panel before the start")

    check_in(maryam, room)
    stories(maryam, room, others)
    walk.look(lead.page, "panel while somebody tells")
    writing(maryam, room, others[0])
    release(maryam, room)
    maryam.page.goto(f"/r/{room.id}/board")
    expect(maryam.page.locator("tl-card").first).to_be_visible()
    walk.look(maryam.page, "board")
    maryam.page.goto(f"/r/{room.id}/agenda")
    maryam.page.wait_for_selector(".outline")
    walk.look(maryam.page, "agenda")
    maryam.page.goto(f"/r/{room.id}")
    check_out(maryam, room)

    maryam.page.goto(f"/r/{room.id}/me")
    expect(maryam.page.get_by_role("article").filter(has_text="الماء")).to_be_visible()
    walk.look(maryam.page, "my words")
    lead.page.goto(f"/r/{room.id}/memo")
    lead.page.wait_for_selector("tl-memo h2")
    walk.look(lead.page, "memo")
    room.lead.tap("memo.send")
    maryam.page.goto(f"/r/{room.id}/memo")
    maryam.page.wait_for_selector("tl-memo h2")
    walk.look(maryam.page, "memo as everybody reads it")
    assert not walk.wrong, walk.wrong
    assert not [*maryam.guest.troubles, *lead.troubles]


def check_in(maryam: Maryam, room: Room) -> None:
    """The weather in us, and a word."""
    room.to_phase("a1.answer")
    maryam.look("check-in")
    maryam.page.get_by_role("radio").nth(1).check()
    maryam.write("One word, if you like", "مطر خفيف على السطح")
    maryam.press("answer.give")
    maryam.look("check-in, given")
    room.to_phase("a1.reveal")
    maryam.look("check-in, shown")
    while room.lead.phase.startswith("a1."):
        room.next_phase()


def stories(maryam: Maryam, room: Room, others: list[Seat]) -> None:
    """Hers first, then another's; she is left listening."""
    room.to_phase("a2.frame")
    maryam.look("the rules")
    maryam.press("rules.hear")
    room.to_phase("a2.settle")
    maryam.look("settle")
    maryam.press("turn.volunteer")
    room.to_phase("a2.telling")
    maryam.look("the floor comes")
    maryam.press("turn.begin")
    maryam.look("telling")
    room.house.advance(30)
    maryam.press("turn.done")
    maryam.look("a breath")
    room.house.advance(40)
    maryam.look("the floor goes on")
    next(seat for seat in others if seat.offer("turn.begin")).tap("turn.begin")
    maryam.look("listening")


def writing(maryam: Maryam, room: Room, meera: Seat) -> None:
    """For herself, then for the circle, where another writes in another script."""
    room.to_phase("a2.quiet")
    maryam.look("quiet")
    maryam.add("لنفسي فقط: من عنده المفتاح؟")
    room.to_phase("a2.reflect")
    offer = meera.offered("note.add")
    note = {**offer, "text": "पहले सुनना, फिर नक्शा।", "kind": "insight"}
    assert meera.send(note).is_success
    maryam.add(NOTE)
    maryam.look("reflect, with notes in two scripts")
    maryam.page.get_by_role("radio", name=ar("Share all my notes")).check()
    maryam.guest.press(maryam.seat.offered("notes.share")["label"])


def release(maryam: Maryam, room: Room) -> None:
    """Her story, her choice."""
    room.to_phase("a2.release")
    maryam.look("release")
    maryam.write("A name for your story", "يوم وضعنا الأقلام جانبًا")
    maryam.write("One sentence of yours, in your exact words", "سألونا ماذا يفعل الماء.")
    maryam.page.get_by_role("radio", name=ar("My words, with my first name")).check()
    maryam.look("release, filled in")
    maryam.page.locator(".dock .btn.main").click()
    expect(maryam.page.get_by_role("button", name=ar("Change my answer"))).to_be_visible()
    maryam.look("release, answered")
    room.to_phase("a2.plenary")
    maryam.look("everybody together")


def check_out(maryam: Maryam, room: Room) -> None:
    """What she takes home, and the end."""
    given = False
    for _ in range(16):
        phase = room.lead.phase
        if phase.startswith("a3."):
            maryam.look(phase.replace("a3.", "check-out, "))
            offer = maryam.seat.offer("insight.give")
            if offer and not given:
                given = True
                box = maryam.page.get_by_role("textbox").last
                box.fill("مفتاحان لكل مضخة")
                maryam.guest.press(offer["label"])
                expect(box).to_have_value("")
                maryam.look("check-out, given")
        room.next_phase()
        room.house.advance(5)
        if not room.lead.phase and not room.lead.offer("activity.start"):
            break
    assert not room.lead.phase
    maryam.look("afterwards")
    expect(
        maryam.page.get_by_role("link", name=ar("My words and what may be quoted"))
    ).to_be_visible()

"""A phone in every phase of every activity: a thumb hits everything, nothing scrolls sideways, also
with text twice as large, upright and lying; and the panel of who leads from a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import gallery, hall_screens, samples
from tests.browser.exchange_gallery import SCENES, Scene
from tests.browser.hall_screens import Wall
from tests.browser.shown import Shown
from tests.browser.test_walls import kinds

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPRIGHT, LYING = (360, 740), (740, 360)

SMALL = """(open) => {
    if (open) for (const each of document.querySelectorAll("#talanoa details")) each.open = true;
    const wrong = [];
    const seen = "button, a, select, summary, input, textarea, label.opt, label.wx, label.check"
      + ", .grip";
    for (const e of document.querySelectorAll(`#talanoa :is(${seen})`)) {
      if (!e.getClientRects().length || e.closest("[hidden], .vh")) continue;
      if (e.matches("input[type=radio], input[type=checkbox]") && e.closest("label")) continue;
      if (e.matches("p a, li > a") && getComputedStyle(e).display === "inline") continue;
      const { width, height } = e.getBoundingClientRect();
      const name = (e.textContent.trim() || e.ariaLabel || e.outerHTML).slice(0, 40);
      if (width < 43.5 || height < 43.5)
        wrong.push(`${width.toFixed(0)} x ${height.toFixed(0)}: ${name}`);
    }
    return wrong;
}"""

WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("#talanoa *")]
      .filter((e) => e.getClientRects().length && !e.closest(".vh, svg")
        && (e.getBoundingClientRect().right > room + 1 || e.getBoundingClientRect().left < -1))
      .slice(-3).map((e) => `wider than ${room}: <${e.localName} class="${e.className}"> `
        + e.textContent.trim().slice(0, 30));
}"""

CUT = """() => [...document.querySelectorAll("#talanoa :is(button, a, p, h1, h2, h3, li, span, b)")]
    .filter((e) => e.getClientRects().length && !e.closest(".vh, svg")
      && e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).overflowX !== "visible"
      && getComputedStyle(e).overflowX !== "auto")
    .map((e) => `cut: ${e.textContent.trim().slice(0, 40)}`)"""

TYPED = """async () => {
    const wrong = [];
    const boxes = "textarea, input:not([type=radio], [type=checkbox], [type=date])";
    for (const e of document.querySelectorAll(`#talanoa :is(${boxes})`)) {
      if (!e.getClientRects().length || e.closest(".vh, details:not([open])")) continue;
      e.focus();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const { left, top, width, height } = e.getBoundingClientRect();
      const under = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 24));
      if (top < 0 || top + Math.min(height, 44) > innerHeight || under !== e)
        wrong.push(`a keyboard hides ${e.ariaLabel || e.labels?.[0]?.textContent.trim()}, under `
          + `<${under?.localName} class="${under?.className}">`);
      e.blur();
    }
    return wrong;
}"""
KEYBOARD = 360
"""Pixels that a keyboard takes of an upright phone."""

LARGE = """(size) => { document.documentElement.style.fontSize = size; }"""


class Phone(Shown):
    """One page in one hand."""

    def troubles(self, screen: Wall) -> list[str]:
        """What is wrong with a screen, upright, lying, and with text twice as large."""
        self.send(screen.view)
        found: list[str] = self.page.evaluate(SMALL, True)
        for size, letters in ((UPRIGHT, "200%"), (UPRIGHT, "100%"), (LYING, "100%")):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self.page.evaluate(LARGE, letters)
            wrong = [*self.page.evaluate(WIDE), *self.page.evaluate(CUT)]
            found += [f"{size[0]} wide, text at {letters}: {each}" for each in wrong]
        # Browsers make the page lower while a keyboard is up (`interactive-widget` in base.html).
        self.page.set_viewport_size({"width": UPRIGHT[0], "height": UPRIGHT[1] - KEYBOARD})
        found += self.page.evaluate(TYPED)
        self.page.set_viewport_size({"width": UPRIGHT[0], "height": UPRIGHT[1]})
        return list(dict.fromkeys([*found, *self.trouble]))


def checked(browser: Browser, scenes: list[Scene], language: str) -> dict[str, list[str]]:
    """All troubles of these scenes' phones and panels, by screen."""
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    found = hall_screens.collected(language, scenes=scenes, people=10, lenses=("seat", "panel"))
    wrong: dict[str, list[str]] = {}
    for lens in ("seat", "panel"):
        mine = [screen for screen in found if screen.lens == lens]
        assert len(mine) > 5 * len(scenes)
        phone = Phone(browser, mine[0], UPRIGHT, has_touch=True)
        for screen in mine:
            if here := phone.troubles(screen):
                wrong.setdefault(f"{lens} {screen.name}", []).extend(here)
        phone.close()
    return wrong


@pytest.mark.parametrize(
    ("language", "forms"),
    [("ar", {"story_circle-round"}), ("en-XA", {"voting"})],
)
def test_a_thumb_finds_everything_and_nothing_is_wider_than_the_phone(
    browser: Browser, language: str, forms: set[str]
) -> None:
    scenes = [scene for scene in SCENES if kinds(scene) & forms]
    assert checked(browser, scenes, language) == {}


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("language", ["en", "es", "fr", "hi", "pt", "sw", "ar", "en-XA", "en-XB"])
def test_phones_in_every_phase_and_language(browser: Browser, language: str) -> None:
    assert checked(browser, list(SCENES), language) == {}


LOCKS = """() => {
    window.locks = [];
    const request = async () => {
      const lock = { released: false, release: async () => { lock.released = true; } };
      window.locks.push(lock);
      return lock;
    };
    Object.defineProperty(navigator, "wakeLock", { configurable: true, value: { request } });
    window.felt = [];
    navigator.vibrate = (how) => { window.felt.push(how); return true; };
}"""
HELD = "() => window.locks.map((lock) => lock.released)"


def test_the_screen_stays_on_for_whoever_has_the_floor_and_says_so_by_hand_if_wanted(
    browser: Browser,
) -> None:
    """It is kept on while one tells, taken again after the phone was put away, and let go after;
    the phone shakes only for who chose that."""
    screens = samples.screens()
    listening, telling = (
        Wall(name, "en", screens[name], "seat") for name in ("circle-listening", "circle-telling")
    )
    phone = Phone(browser, listening, UPRIGHT, has_touch=True)
    phone.page.evaluate(LOCKS)
    phone.send(telling.view)
    assert phone.page.evaluate(HELD) == [False]
    # The browser lets it go by itself when the page is put away.
    phone.page.evaluate("() => { window.locks[0].released = true; }")
    phone.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    assert phone.page.evaluate(HELD) == [True, False]
    phone.send(listening.view)
    assert phone.page.evaluate(HELD) == [True, True]
    assert phone.page.evaluate("() => window.felt") == []
    phone.page.get_by_role("button", name="Help and more").click()
    phone.page.get_by_label("Vibrate when it is my turn").check()
    assert phone.page.evaluate("() => window.felt") == [[120]]
    phone.send(telling.view)
    assert phone.page.evaluate("() => window.felt") == [[120], [120, 80, 120]]
    assert phone.trouble == []
    phone.close()


NOTHING_KEPT = """
    const refuse = () => { throw new DOMException("refused", "SecurityError"); };
    Object.defineProperty(window, "localStorage", { get: refuse });
    Object.defineProperty(window, "sessionStorage", { get: refuse });
    Object.defineProperty(window, "indexedDB", { value: { open: refuse, databases: refuse } });
    window.open = () => null;
"""


def test_a_browser_that_keeps_nothing_says_so_and_works(browser: Browser) -> None:
    """As inside chat apps: no storage, no window beside the page."""
    telling = Wall("telling", "en", samples.screens()["circle-telling"], "seat")
    phone = Phone(browser, telling, UPRIGHT, has_touch=True, script=NOTHING_KEPT)
    told = phone.page.get_by_text("This browser keeps nothing on this device.")
    expect(told).to_be_visible()
    phone.page.get_by_role("button", name="All right").click()
    expect(told).to_have_count(0)
    phone.page.get_by_role("button", name="I have finished").click()
    expect(phone.page.locator("#talanoa")).to_be_visible()
    assert [each["command"]["type"] for each in phone.site.heard if "command" in each] == [
        "turn.done"
    ]
    assert phone.trouble == []
    phone.close()

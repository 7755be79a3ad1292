"""A phone in every phase of every activity: a thumb hits everything, nothing scrolls sideways, also
with text twice as large, upright and lying; and the panel of who leads from a phone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser import gallery, hall_screens
from tests.browser.exchange_gallery import SCENES, Scene
from tests.browser.hall_screens import Wall
from tests.browser.test_walls import kinds

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from activities.kernel import Lens

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPRIGHT, LYING = (360, 740), (740, 360)
PAGES: Final[dict[Lens, tuple[str, str]]] = {"seat": ("room", "tl-room"), "panel": ("panel", "tl-panel")}

SMALL = """(open) => {
    if (open) for (const each of document.querySelectorAll("#talanoa details")) each.open = true;
    const wrong = [];
    const seen = "button, a, select, summary, input, textarea, label.opt, label.wx, label.check, .grip";
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

LARGE = """(size) => { document.documentElement.style.fontSize = size; }"""

DRAWN = """(seq) => new Promise((done) => {
  const look = () => document.querySelector("#talanoa").firstElementChild?.stage?.view?.seq === seq
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(true)))
    : requestAnimationFrame(look);
  look();
})"""


class Phone:
    """One page in one hand, which is sent one view after the other."""

    def __init__(self, browser: Browser, first: Wall) -> None:
        page, tag = PAGES[first.lens]
        self.seat = "s1"
        self.seq = 1_000_000
        self.site = gallery.Site()
        self.site.live("hand", page, self.own(first.view), language=first.language)
        self._served = gallery.served(self.site)
        self.page = browser.new_page(
            viewport={"width": UPRIGHT[0], "height": UPRIGHT[1]}, has_touch=True
        )
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.sockets: list[gallery.WebSocketRoute] = []
        self.page.route_web_socket("**/sync?*", self._came)
        self.page.goto(f"{self._served.__enter__()}/hand")
        self.page.wait_for_function(
            f"() => document.querySelector('{tag}')?.stage.connection.line === 'connected'"
        )

    def own(self, view: dict[str, Any]) -> dict[str, Any]:
        """Somebody's view as if it were this phone's."""
        text = json.dumps(view).replace(f'"{self.seat}"', '"s999"')
        found: dict[str, Any] = json.loads(text.replace(f'"{view["seat"]}"', f'"{self.seat}"'))
        return found

    def _came(self, socket: gallery.WebSocketRoute) -> None:
        self.sockets.append(socket)
        gallery.answer(self.site, socket)

    def send(self, view: dict[str, Any]) -> None:
        """Show this."""
        self.seq += 1
        later = json.dumps({**self.own(view), "seq": self.seq})
        self.sockets[-1].send(gallery.text("room-hand") + bytes([5]) + gallery.text(later))
        self.page.evaluate(DRAWN, self.seq)

    def troubles(self, screen: Wall) -> list[str]:
        """What is wrong with a screen, upright, lying, and with text twice as large."""
        self.send(screen.view)
        found: list[str] = self.page.evaluate(SMALL, True)
        for size, letters in ((UPRIGHT, "100%"), (UPRIGHT, "200%"), (LYING, "100%")):
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            self.page.evaluate(LARGE, letters)
            wrong = [*self.page.evaluate(WIDE), *self.page.evaluate(CUT)]
            found += [f"{size[0]} wide, text at {letters}: {each}" for each in wrong]
        self.page.set_viewport_size({"width": UPRIGHT[0], "height": UPRIGHT[1]})
        self.page.evaluate(LARGE, "100%")
        return list(dict.fromkeys([*found, *self.trouble]))

    def close(self) -> None:
        """Put it away."""
        self.page.close()
        self._served.__exit__(None, None, None)


def checked(browser: Browser, scenes: list[Scene], language: str) -> dict[str, list[str]]:
    """All troubles of these scenes' phones and panels, by screen."""
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    found = hall_screens.collected(language, scenes=scenes, people=16, lenses=("seat", "panel"))
    wrong: dict[str, list[str]] = {}
    for lens in PAGES:
        mine = [screen for screen in found if screen.lens == lens]
        assert len(mine) > 5 * len(scenes)
        phone = Phone(browser, mine[0])
        for screen in mine:
            if here := phone.troubles(screen):
                wrong.setdefault(f"{lens} {screen.name}", []).extend(here)
        phone.close()
    return wrong


@pytest.mark.parametrize(
    ("language", "forms"),
    [("ar", {"story_circle-round", "evaluation-scores"}), ("en-XA", {"fishbowl-open", "voting"})],
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

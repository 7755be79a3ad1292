"""A hall's wall in every phase of every activity, with a hall's people and the longest words: no
line lower than a twentieth of the height, nothing cut, nothing over anything else; what has no room
for that comes on another page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.browser import gallery, hall_screens
from tests.browser.exchange_gallery import SCENES, Scene
from tests.browser.shown import DRAWN, Shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("ar", "en-XA")
"""One from right to left, in a script that stands high; and words longer than any language's."""

SOME = {
    "ar": {"check_in-weather", "story_circle-harvest"},
    "en-XA": {"fishbowl-open", "voting"},
}
"""Which forms the quick test walks through in each: together every block a wall is made of."""

MOST = 3
"""Pages of one wall that are looked at: each costs a layout of the whole wall."""

SIZE = (1920, 1080)
LINE = 1080 / 20
LETTERS = 0.75
"""Of a line: how large its letters are at least, in every script."""

TROUBLE = """([line, letters]) => {
  const wall = document.querySelector(".wall");
  const wrong = [];
  const name = (text) => JSON.stringify(text.trim().slice(0, 40));
  const shown = (e) => !e.closest(".vh, .tongue, [data-off]") && e.getClientRects().length > 0;
  const walker = document.createTreeWalker(wall, NodeFilter.SHOW_TEXT);
  const drawn = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || !parent || !shown(parent)) continue;
    const style = getComputedStyle(parent);
    const size = parseFloat(style.fontSize);
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const cut = parent.closest("[data-cut]");
    if (parent instanceof SVGElement) {
      const scale = parent.getScreenCTM().a;
      if (size * scale < line * letters - 0.5)
        wrong.push(`letters of ${(size * scale).toFixed(1)} px: ${name(node.data)}`);
      drawn.push([node.data, box, parent.ownerSVGElement]);
    } else {
      const high = parseFloat(style.lineHeight);
      if (high < line - 0.5) wrong.push(`a line of ${high} px: ${name(node.data)}`);
      if (size < line * letters - 0.5) wrong.push(`letters of ${size} px: ${name(node.data)}`);
      const place = cut ?? parent.closest("header, .mid, footer, .pic") ?? wall;
      if (cut) continue;
      const room = place.getBoundingClientRect();
      const over = Math.max(room.left - box.left, box.right - room.right, room.top - box.top,
        box.bottom - room.bottom);
      if (over > 8) wrong.push(`over its place by ${over.toFixed(0)} px: ${name(node.data)}`);
    }
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      wrong.push(`outside the wall: ${name(node.data)}`);
  }
  for (const [n, [text, box, svg]] of drawn.entries())
    for (const [other, beside, same] of drawn.slice(n + 1)) {
      const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
      const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
      if (svg === same && wide > 3 && high > box.height / 3)
        wrong.push(`${name(text)} lies over ${name(other)}`);
    }
  const parts = ["header", ".mid", "footer"].map((each) =>
    wall.querySelector(`:scope > ${each}`).getBoundingClientRect());
  if (parts[0].bottom > parts[1].top + 1 || parts[1].bottom > parts[2].top + 1
    || parts[2].bottom > innerHeight)
    wrong.push("head, middle and foot lie over each other");
  const middle = wall.querySelector(".mid");
  if (middle.scrollHeight > middle.clientHeight + 1)
    wrong.push(`the middle is ${middle.scrollHeight - middle.clientHeight} px too long`);
  for (const e of document.querySelectorAll(".mid :is(li, p, blockquote, figure)"))
    if (shown(e)) e.dataset.seen = "";
  return wrong;
}"""

UNSEEN = """() => [...document.querySelectorAll(".mid :is(li, p, blockquote, figure)")]
    .filter((e) => !("seen" in e.dataset) && !e.closest(".vh, details:not([open])")
      && !e.querySelector(":is(li, p, blockquote)") && e.textContent.trim()
      && getComputedStyle(e).display !== "none" | e.hasAttribute("data-off"))
    .map((e) => e.textContent.trim().slice(0, 40))"""

FORGET = """() => {
    for (const e of document.querySelectorAll("[data-seen]")) delete e.dataset.seen;
}"""


def kinds(scene: Scene) -> set[str]:
    """What a scene's items are called."""
    return {item.name for item in scene.items}


def looked(shown: Shown) -> list[str]:
    """What is wrong with the page that stands, and is not mended in the next frame (a clock that
    draws itself may have just got a line more)."""
    found: list[str] = shown.page.evaluate(TROUBLE, [LINE, LETTERS])
    if found:
        shown.page.evaluate(DRAWN, shown.seq)
        found = shown.page.evaluate(TROUBLE, [LINE, LETTERS])
    return found


def troubles(shown: Shown, wall: hall_screens.Wall) -> list[str]:
    """What is wrong with a wall, on each of its first pages."""
    shown.page.evaluate(FORGET)
    shown.turn(wall.view)
    found = looked(shown)
    pages = shown.pages()
    for _ in range(min(pages, MOST) - 1):
        shown.turn(wall.view)
        found += looked(shown)
    if pages <= MOST:
        found += [f"never shown: {each}" for each in shown.page.evaluate(UNSEEN)]
    return list(dict.fromkeys(found))


@cache
def some_walls(language: str) -> list[hall_screens.Wall]:
    """The walls of the forms that the quick test walks through."""
    return walls([scene for scene in SCENES if kinds(scene) & SOME[language]], language)


def walls(scenes: list[Scene], language: str) -> list[hall_screens.Wall]:
    """Each different wall of these scenes."""
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    found = hall_screens.collected(language, scenes=scenes)
    assert len({wall.name for wall in found}) >= sum(len(kinds(scene)) for scene in scenes) * 2
    return found


def checked(browser: Browser, found: list[hall_screens.Wall]) -> dict[str, list[str]]:
    """All troubles of these walls, by wall."""
    shown = Shown(browser, found[0], SIZE)
    wrong = {wall.name: here for wall in found if (here := troubles(shown, wall))}
    shown.close()
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_wall_is_read_from_ten_metres(browser: Browser, language: str) -> None:
    """Circles, a fishbowl, pairs, words, votes and counts: each kind of wall there is."""
    assert checked(browser, some_walls(language)) == {}


COUNTED = """() => {
  const wall = document.querySelector("tl-wall");
  const { fit } = wall;
  wall.fits = 0;
  wall.fit = () => { wall.fits += 1; fit.call(wall); };
}"""


def test_a_wall_too_low_for_its_words_goes_on(browser: Browser) -> None:
    """What cannot fit is fitted once for each view and second, not again and again for ever: the
    page stood still until the next one's turn."""
    found = [wall for wall in some_walls("en-XA") if wall.name == "voting-open"][:3]
    shown = Shown(browser, found[0], (1920, 300))
    shown.page.evaluate(COUNTED)
    for wall in found:
        shown.page.evaluate("document.querySelector('tl-wall').fits = 0")
        shown.turn(wall.view)
        assert 0 < shown.page.evaluate("document.querySelector('tl-wall').fits") < 10, wall.name
    shown.close()


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("language", ["en", "es", "fr", "hi", "pt", "sw", *LANGUAGES])
def test_every_line_of_every_wall_in_every_language(browser: Browser, language: str) -> None:
    assert checked(browser, walls(list(SCENES), language)) == {}

"""High contrast and forced colours: every kind of screen stays readable, and what is chosen, due
or in focus is still told apart."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from tests.browser import gallery

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES: Final = (
    "join", "check-in", "circle-telling", "panel", "wall", "memo", "shared-device", "board",
)  # fmt: skip
MEDIA: Final[tuple[dict[str, Any], ...]] = ({"contrast": "more"}, {"forced_colors": "active"})
AXE: Final = {"runOnly": ["color-contrast"]}

LUMINANCE: Final = """
const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = (colour) => rgb(colour).map((c) => c / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
const ratio = (a, b) => {
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
"""
DISCS: Final = (  # axe does not look into drawings
    "() => {"
    + LUMINANCE
    + """
    return [...document.querySelectorAll(".ring .d")].map((disc) => {
      const letters = disc.parentElement.querySelector(".ini");
      return ratio(getComputedStyle(letters).fill, getComputedStyle(disc).fill);
    });
}"""
)
MARKS: Final = (
    "() => {"
    + LUMINANCE
    + """
    const ground = getComputedStyle(document.body).backgroundColor;
    const faint = (e, colour) => ratio(getComputedStyle(e)[colour], ground) < 3;
    return [...document.querySelectorAll(".bowl .o, .bowl .chair circle")]
      .filter((e) => faint(e, "stroke")).map((e) => e.getAttribute("class"));
}"""
)
PAIRS: Final = """() => {
    const look = (e) => { const s = getComputedStyle(e);
      return [s.backgroundColor, s.borderColor, s.outlineStyle, s.boxShadow].join(" "); };
    const pairs = [[".btn.main", ".btn.big:not(.main), .btn.small"],
      [":is(.opt, .wx):has(:checked)", ":is(.opt, .wx):not(:has(:checked))"],
      [".seatchip[aria-current='true']", ".seatchip:not([aria-current='true'])"],
      [".tabs [aria-current='true']", ".tabs button:not([aria-current='true'])"]];
    return pairs.map((pair) => pair.map((at) => document.querySelector(at)))
      .filter(([one, other]) => one && other)
      .filter(([one, other]) => look(one) === look(other))
      .map(([one]) => one.outerHTML.slice(0, 80));
}"""
FOCUS: Final = (
    "() => {"
    + LUMINANCE
    + """
    const own = getComputedStyle(document.activeElement);
    const held = document.activeElement.closest(".opt, .wx, .sw > label");
    const s = held ? getComputedStyle(held) : own;
    const ground = getComputedStyle(document.body).backgroundColor;
    return [s.outlineStyle, parseFloat(s.outlineWidth) >= 3, ratio(s.outlineColor, ground) >= 3];
}"""
)


@pytest.fixture(scope="module")
def site() -> gallery.Site:
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    return gallery.build()


@pytest.fixture(scope="module")
def base(site: gallery.Site) -> Iterator[str]:
    with gallery.served(site) as address:
        yield address


def ring_is_readable(page: Page) -> bool:
    """Whether the letters on every disc of the ring can be read."""
    return all(ratio >= 4.5 for ratio in page.evaluate(DISCS))


@pytest.mark.parametrize("name", NAMES)
def test_high_contrast_and_forced_colours_lose_nothing(
    browser: Browser, site: gallery.Site, base: str, name: str
) -> None:
    page, _ = gallery.opened(browser, site, base, name, 1280 if name == "wall" else 360, 740)
    for media in MEDIA:
        page.emulate_media(**media)
        page.evaluate("document.getAnimations().forEach(each => each.finish?.())")
        found = Axe().run(page, options=AXE).response["violations"]
        assert [n["html"][:120] for each in found for n in each["nodes"]] == [], media
        assert ring_is_readable(page), media
        assert page.evaluate(PAIRS) == [], media
        if name != "wall":
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            assert page.evaluate(FOCUS) == ["solid", True, True], media
        page.emulate_media(contrast="no-preference", forced_colors="none")
    page.close()


def test_everybody_round_a_bowl_is_seen_in_high_contrast(
    browser: Browser, site: gallery.Site, base: str
) -> None:
    page, _ = gallery.opened(browser, site, base, "bowl-queued", 360, 740)
    expect(page.locator(".bowl .o").first).to_be_visible()
    for media in MEDIA:
        page.emulate_media(**media)
        assert page.evaluate(MARKS) == [], media
        page.emulate_media(contrast="no-preference", forced_colors="none")
    page.close()


def test_bars_say_how_many_in_high_contrast(
    browser: Browser, site: gallery.Site, base: str
) -> None:
    page, _ = gallery.opened(browser, site, base, "check-in-shown", 360, 740)
    for media in MEDIA:
        page.emulate_media(**media)
        meter = page.locator(".bars meter").nth(2)  # two of five
        seen = _pixels(meter.screenshot())
        page.emulate_media(contrast="no-preference", forced_colors="none")
        assert seen[0.2] != seen[0.8], media
    page.close()


def _pixels(png: bytes) -> dict[float, Any]:
    """Colours of the middle line, by how far along it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    middle = picture.height // 2
    return {at: picture.getpixel((int(picture.width * at), middle)) for at in (0.2, 0.8)}

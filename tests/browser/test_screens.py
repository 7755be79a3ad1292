"""Every screen of the gallery in a real browser: no axe violation, no sideways scrolling, no error,
nothing the content security policy forbids, and the budget of the participant's page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import gallery
from tests.browser.test_axe import COLOURS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUDGET = 150_000
"""Bytes of the participant's page, compressed, scripts and styles included (`experience.md` 1)."""

WIDE = "document.documentElement.scrollWidth"
DIST = gallery.WEB / "dist"
NAMES = [
    "front-door", "room-ready", "join", "join-code", "unknown", "check-in", "check-in-shown",
    "circle-listening", "circle-offer", "circle-telling", "circle-over", "circle-fifteen",
    "circle-three", "quiet", "reflect", "release", "plenary", "panel", "wall", "me", "memo",
    "shared-device", "arabic", "board", "board-reader", "board-german",
]  # fmt: skip


@pytest.fixture(scope="module")
def site() -> gallery.Site:
    if not (DIST / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    return gallery.build()


@pytest.fixture(scope="module")
def base(site: gallery.Site) -> Iterator[str]:
    with gallery.served(site) as address:
        yield address


def violations(
    page: Page, theme: str, rules: Mapping[str, Any] | None = None
) -> list[tuple[str, str, list[str]]]:
    """What axe finds, by default with all its rules."""
    page.evaluate("document.getAnimations().forEach((each) => each.finish?.())")
    options = {"resultTypes": ["violations"], **(rules or {})}
    found = Axe().run(page, options=options).response["violations"]
    return [(theme, each["id"], [n["html"][:120] for n in each["nodes"]]) for each in found]


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways_also_with_text_twice_as_large(
    browser: Browser, site: gallery.Site, base: str, name: str
) -> None:
    width = 1280 if name == "wall" else 360
    page, trouble = gallery.opened(browser, site, base, name, width, 740)
    wrong = violations(page, "light")
    page.emulate_media(color_scheme="dark")
    wrong += violations(page, "dark", COLOURS)
    wide = [page.evaluate(WIDE)]
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    wide.append(page.evaluate(WIDE))
    page.close()
    assert wrong == []
    assert trouble == []
    assert name == "wall" or max(wide) <= 360


def test_targets_are_large_enough(browser: Browser, site: gallery.Site, base: str) -> None:
    """Everything a thumb is asked to hit is 44 px or more, both ways."""
    for name in ("check-in", "circle-offer", "release", "panel", "shared-device", "join", "board"):
        page, _ = gallery.opened(browser, site, base, name, 360, 740)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, a.btn, label.opt, label.wx, .inp")]
            .filter((e) => e.offsetParent && !e.closest("[hidden]"))
            .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, r]) => r.width < 44 || r.height < 44).map(([t]) => t)"""
        )
        page.close()
        assert small == [], name


def test_the_participant_page_fits_its_budget(site: gallery.Site) -> None:
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    files: dict[str, None] = {}

    def take(key: str) -> None:
        entry = manifest[key]
        if entry["file"] in files:
            return
        files[entry["file"]] = None
        for style in entry.get("css", []):
            files[style] = None
        for other in entry.get("imports", []):
            take(other)

    for key in ("src/room.ts", "styles/main.css", "styles/room.css"):
        take(key)
    sent = sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)
    sent += len(gzip.compress(site.pages["/circle-telling"].encode()))
    assert sent <= BUDGET


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (1920, 1080)])
def test_nothing_on_a_wall_lies_over_anything_else(
    browser: Browser, site: gallery.Site, base: str, size: tuple[int, int]
) -> None:
    """Head, middle and foot share the height of any projector; nothing scrolls."""
    page, _ = gallery.opened(browser, site, base, "wall", *size)
    head, middle, foot = (
        page.locator(f".wall > {part}").bounding_box() for part in ("header", ".mid", "footer")
    )
    tall = page.evaluate("document.documentElement.scrollHeight")
    inner = page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.mid'))")
    page.close()
    assert head
    assert middle
    assert foot
    assert head["y"] + head["height"] <= middle["y"]
    assert middle["y"] + middle["height"] <= foot["y"]
    assert foot["y"] + foot["height"] <= size[1]
    assert tall <= size[1]
    assert inner <= 1

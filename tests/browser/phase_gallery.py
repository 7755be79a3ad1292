"""Pictures of every phase of every activity in several languages, themes and sizes: somebody's
phone, the panel, the wall.

The views are made in this process (`hall_screens`), each page is opened once and shown one after
the other: a hundred pictures a minute, where a walk in browsers takes ten. What the wall of a full
hall has no room for stands on further pages, of which the first two are taken.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from tests.browser.exchange_gallery import SCENES
from tests.browser.hall_screens import ALL, Wall, collected
from tests.browser.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

LANGUAGES: Final = ("en", "ar", "hi", "en-XA", "en-XB")
SIZES: Final = ("360x740", "768x1024", "1280x800")
WALL: Final = "1920x1080"
THEMES: Final = ("light", "dark", "contrast")
PEOPLE: Final = 24
WALL_PAGES: Final = 2


def themed(page: Page, theme: str) -> None:
    """Light, dark, or high contrast, as the person's system asks for it."""
    page.emulate_media(
        color_scheme="dark" if theme == "dark" else "light",
        contrast="more" if theme == "contrast" else "no-preference",
    )


def pictures(
    browser: Browser,
    folder: Path,
    forms: Iterable[str] = (),
    languages: Iterable[str] = LANGUAGES,
    themes: Iterable[str] = THEMES,
    sizes: Iterable[str] = (*SIZES, WALL),
) -> list[str]:
    """Takes them; returns their names. `forms`: only these activities or forms of them."""
    made: list[str] = []
    wanted = set(forms)
    for scene in SCENES:
        names = {each for item in scene.items for each in (item.kind, item.name)}
        if wanted and not wanted & names:
            continue
        began, before = time.monotonic(), len(made)
        found = collected(*languages, scenes=[scene], people=PEOPLE, lenses=ALL)
        for language in languages:
            for lens in ALL:
                mine = [each for each in found if (each.language, each.lens) == (language, lens)]
                fitting = [size for size in sizes if (size == WALL) == (lens == "screen")]
                if mine and fitting:
                    made += _taken(browser, folder, mine, themes, fitting)
        print(
            f"{', '.join(item.name for item in scene.items)}: {len(made) - before} pictures, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
    return made


def _taken(
    browser: Browser, folder: Path, screens: list[Wall], themes: Iterable[str], sizes: list[str]
) -> list[str]:
    """All screens of one kind in one language."""
    made: list[str] = []
    first = screens[0]
    shown = Shown(browser, first, (360, 740))
    with contextlib.closing(shown):
        counts: dict[str, int] = {}
        for screen in screens:
            counts[screen.name] = counts.get(screen.name, 0) + 1
            name = f"{screen.name}-{counts[screen.name]}-{first.lens}-{first.language}"
            for size in sizes:
                width, height = (int(side) for side in size.split("x"))
                shown.page.set_viewport_size({"width": width, "height": height})
                shown.send(screen.view)
                turns = min(shown.pages(), WALL_PAGES) if first.lens == "screen" else 1
                for turn in range(turns):
                    if turn:
                        shown.turn(screen.view)
                    for theme in themes:
                        themed(shown.page, theme)
                        place = f"{name}{f'-page{turn + 1}' if turn else ''}-{theme}-{width}.png"
                        _take(shown.page, folder / place, width, height)
                        made.append(place)
        for each in dict.fromkeys(shown.trouble):
            print(f"{first.lens} in {first.language}: {each}")
    return made


def _take(page: Page, place: Path, width: int, height: int) -> None:
    """The whole page, without motion."""
    wide, tall = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    if wide > width:
        print(f"{place.name}: scrolls sideways: {wide}")
    if tall > height:
        page.set_viewport_size({"width": width, "height": tall})
    page.evaluate("() => document.getAnimations().forEach((each) => each.finish?.())")
    page.screenshot(path=place)
    if tall > height:
        page.set_viewport_size({"width": width, "height": height})

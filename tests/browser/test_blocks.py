"""The blocks activities are made of, in a real browser with sample data: no axe violation in light
and dark, nothing wider than a phone, all of it by keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import block_samples, gallery
from tests.browser.house import WAIT
from tests.browser.test_axe import COLOURS, THEMES
from tests.browser.test_screens import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = block_samples.screens()
NAMES = [
    "bowl-queued", "voice-speak", "ballot", "form", "commitments", "piles",
    "panel-busy", "panel-together", "panel-pairs", "wall-bowl", "wall-pairs",
]  # fmt: skip
WIDE = "document.documentElement.scrollWidth"
SMALL = """() => [...document.querySelectorAll("button, a.btn, label.opt, label.wx, .inp, .grip")]
    .filter((e) => e.offsetParent && !e.closest("[hidden]"))
    .map((e) => [e.textContent.trim() || e.ariaLabel, e.getBoundingClientRect()])
    .filter(([, r]) => r.width < 43.5 || r.height < 43.5).map(([t]) => t)"""


@pytest.fixture(scope="module")
def site() -> gallery.Site:
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    return gallery.build()


@pytest.fixture(scope="module")
def base(site: gallery.Site) -> Iterator[str]:
    with gallery.served(site) as address:
        yield address


@pytest.fixture
def shown(browser: Browser, site: gallery.Site, base: str) -> Iterator[Any]:
    """Opens a sample screen; what it sends is in `site.heard`."""
    pages: list[Page] = []

    def open_(name: str, width: int = 360, height: int = 740) -> Page:
        page, trouble = gallery.opened(browser, site, base, name, width, height)
        pages.append(page)
        assert trouble == []
        site.heard.clear()
        return page

    yield open_
    for page in pages:
        page.close()


@pytest.mark.parametrize("name", NAMES)
def test_axe_size_and_targets(shown: Any, name: str) -> None:
    wall = SCREENS[name][0] == "screen"
    page = shown(name, 1920 if wall else 360, 1080 if wall else 740)
    wrong = []
    for theme, rules in zip(THEMES, (None, COLOURS), strict=True):
        page.emulate_media(color_scheme=theme)
        wrong += violations(page, theme, rules)
    assert wrong == []
    if wall:
        middle = "(e) => e.scrollHeight - e.clientHeight"
        assert page.locator(".mid").evaluate(middle) <= 1
        return
    assert page.evaluate(SMALL) == []
    assert page.evaluate(WIDE) <= 360
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate(WIDE) <= 360


def commands(site: gallery.Site) -> list[dict[str, Any]]:
    """What the page has asked for."""
    return [each["command"] for each in site.heard if "command" in each]


def asked(page: Page, site: gallery.Site, number: int) -> list[dict[str, Any]]:
    """The same, when so many have come: each comes a moment after the press."""
    end = time.monotonic() + WAIT / 1000
    while len(commands(site)) < number and time.monotonic() < end:
        page.evaluate("0")  # what has come is heard meanwhile
    return commands(site)


def test_a_ballot_by_numbers(shown: Any, site: gallery.Site) -> None:
    """A number gives a dot while the ballot has the focus, Shift takes it back, and only then."""
    page = shown("ballot")
    page.keyboard.press("2")
    assert commands(site) == []
    page.get_by_role("button", name="Give a dot to 5.").focus()
    page.keyboard.press("2")
    page.keyboard.press("Shift+1")
    page.keyboard.press("Enter")
    page.keyboard.press("1")  # both dots this option may have are there already
    assert [(each["type"], each["option"]) for each in asked(page, site, 3)] == [
        ("dot.give", "o2"),
        ("dot.take", "o1"),
        ("dot.give", "o5"),
    ]


def test_piles_by_menu_and_by_drag(shown: Any, site: gallery.Site) -> None:
    """A note moves by the keyboard alone, and by its grip."""
    page = shown("piles", 1280, 800)
    note = page.locator("[data-note=n1]")
    note.get_by_role("button", name="Move to").focus()
    page.keyboard.press("Enter")
    expect(note.get_by_role("button", name="Not placed yet")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note.get_by_role("button", name="Move to")).to_be_focused()
    grip = page.locator("[data-note=n2] .grip").bounding_box()
    pile = page.locator("[data-pile=t2]").bounding_box()
    assert grip
    assert pile
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 40, grip["y"] + 40)
    page.mouse.move(pile["x"] + 30, pile["y"] + 30)
    page.mouse.up()
    moved = [(each["note"], each["pile"]) for each in asked(page, site, 2)]
    assert moved == [("n1", "t1"), ("n2", "t2")]


def test_a_form_says_what_is_missing_and_sends_all_of_it(shown: Any, site: gallery.Site) -> None:
    page = shown("form")
    page.get_by_role("button", name="Give this commitment").click()
    expect(page.get_by_label("I will")).to_be_focused()
    page.keyboard.type("walk the bank")
    page.get_by_label("By when").fill("2027-03-01")
    page.get_by_label("4", exact=True).check(force=True)
    page.get_by_label("Somebody may ask me").check()
    page.get_by_role("button", name="Give this commitment").click()
    (sent,) = asked(page, site, 1)
    assert sent == {
        "type": "commit.write",
        "text": "walk the bank",
        "by": "2027-03-01",
        "sure": 4,
        "sees": "memo",
        "ask": True,
    }


def test_what_is_changed_stands_there_before_and_each_card_has_its_own(
    shown: Any, site: gallery.Site
) -> None:
    """A date is chosen, or openly left out; what was written is there to be changed."""
    page = shown("commitments")
    one, other = (
        page.get_by_role("listitem").filter(has_text=words).filter(has_text="Change it")
        for words in ("walk the bank", "write to the ministry")
    )
    one.get_by_role("button", name="Change it").first.click()
    expect(one.get_by_label("What you will do")).to_have_value(re.compile("^walk the bank"))
    expect(one.get_by_label("By when", exact=True).and_(one.locator("input"))).to_have_value(
        "2027-03-01"
    )
    none = one.get_by_label("No date yet")
    expect(none).not_to_be_checked()
    none.check(force=True)
    expect(one.locator("input[type=date]")).to_have_value("")

    other.get_by_role("button", name="Change it").first.click()
    expect(other.get_by_label("What you will do")).to_have_value("write to the ministry")
    expect(other.get_by_label("No date yet")).to_be_checked()
    other.locator("input[type=date]").fill("2027-04-02")
    expect(other.get_by_label("No date yet")).not_to_be_checked()
    other.get_by_label("What you will do").fill("call the ministry")
    assert page.evaluate(WIDE) <= 360

    for card in (other, one):
        card.locator("form").get_by_role("button", name="Change it").click()
    assert [(c["card"], c["text"], c["by"]) for c in asked(page, site, 2)] == [
        ("k4", "call the ministry", "2027-04-02"),
        ("k1", "walk the bank with the youth council before the first rain", "none"),
    ]


def test_a_change_of_speaker_is_felt_and_told_once(shown: Any, site: gallery.Site) -> None:
    """It is told to everybody, and felt by who wants that on this device."""
    page = shown("voice-speak")
    page.evaluate(
        "navigator.vibrate = (how) => { (window.felt ??= []).push(how); return true; }; 0"
    )
    page.locator("h1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You speak. Kofi listens.")
    page.get_by_role("button", name="Help and more").click()
    page.get_by_label("Vibrate when it is my turn").check()
    page.get_by_role("button", name="Help and more").click()
    page.evaluate(
        """() => {
        const block = document.querySelector("tl-voice");
        block.block = { ...block.block, mode: "listen", text: "Kofi speaks. You listen." };
    }"""
    )
    told = page.locator("tl-voice [role=status]")
    expect(told).to_contain_text("Kofi speaks. You listen.")
    assert page.evaluate("window.felt") == [[120], [200]]


def test_what_sends_it_stays_above_the_keyboard(shown: Any) -> None:
    """While a keyboard takes half of a phone, the box and its button are both seen."""
    page = shown("form")
    page.get_by_label("I will").focus()
    page.set_viewport_size({"width": 360, "height": 380})
    expect(page.get_by_label("I will")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Give this commitment")).to_be_in_viewport(ratio=1)


def test_a_sentence_that_begins_with_a_name_goes_by_the_page(shown: Any) -> None:
    """People's own words go by their script; who is named in a sentence does not turn it round."""
    page = shown("wall-bowl", 1920, 1080)
    for text, way in (
        ("\u2068فاطمة\u2069 gives back what was heard", "ltr"),
        ("مشينا على النهر", "rtl"),
        ("We walked the river", "ltr"),
    ):
        found = page.evaluate(
            """async (text) => {
              const prompt = document.querySelector("tl-prompt");
              prompt.block = { ...prompt.block, text };
              await prompt.updateComplete;
              return getComputedStyle(prompt.querySelector(".prompt")).direction;
            }""",
            text,
        )
        assert found == way, text

"""A voice for whoever does not speak: typed words said by this device or shown large, and sent and
kept nowhere (`methods.md` 1.10)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import gallery
from tests.browser.test_here import READ, busier, opened, sampled
from tests.browser.test_screens import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "The heronriver came at night"
KEPT = """async () => {
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise((done) => { open.onsuccess = done; });
    for (const store of open.result.objectStoreNames) {
      const all = open.result.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { all.onsuccess = done; });
      for (const each of all.result)
        kept.push(new TextDecoder().decode(each instanceof Uint8Array ? each : undefined)
          + JSON.stringify(each));
    }
    open.result.close();
  }
  return kept.join();
}"""


def sheet(page: Page) -> Locator:
    """The sheet, opened from the menu if it is not there."""
    found = page.get_by_role("dialog", name="Say it for me")
    if not found.count():
        button = page.get_by_role("button", name="Say it for me")
        if not button.count():
            page.get_by_role("button", name="Help and more").click()
        button.click()
    expect(found).to_be_visible()
    return found


def test_typed_words_are_said_or_shown_large_and_go_nowhere(browser: Browser) -> None:
    walls = sampled()
    phone = opened(browser, walls["voice-speak"])
    page = phone.page
    phone.send(walls["voice-speak"].view)
    phone.site.heard.clear()
    over = sheet(page)
    box = over.get_by_label("Your words")
    expect(box).to_be_focused()
    assert violations(page, "light") == []
    box.fill(WORDS)
    phone.send(busier(walls["voice-speak"].view))  # what others do meanwhile takes nothing away
    expect(box).to_have_value(WORDS)
    over.get_by_role("button", name="Have it said aloud").click()
    assert page.evaluate(READ) == [[WORDS, "en-GB"]]

    over.get_by_role("button", name="Show it large").click()
    large = over.get_by_text(WORDS)
    assert large.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 32
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page, "light") == []
    expect(over.get_by_role("button", name="Write again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()

    # Another script, for which there is only a voice that would send the words away.
    box.fill("नदी रात में आई")
    expect(over.get_by_role("button", name="Have it said aloud")).to_have_count(0)
    expect(over.get_by_text("Show it to those around you.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(over).to_have_count(0)
    assert page.evaluate("speechSynthesis.said") == []

    box = sheet(page).get_by_label("Your words")
    box.fill(WORDS)
    sent = str(phone.site.heard)
    assert WORDS not in sent
    assert WORDS not in page.evaluate(KEPT)
    assert json.dumps(WORDS) not in sent
    phone.close()
    assert phone.trouble == []


def test_the_next_person_at_a_device_does_not_find_them(browser: Browser) -> None:
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    site = gallery.build()
    with gallery.served(site) as base:
        page, trouble = gallery.opened(browser, site, base, "shared-device", 360, 740)
        sheet(page).get_by_label("Your words").fill(WORDS)
        page.keyboard.press("Escape")
        expect(sheet(page).get_by_label("Your words")).to_have_value(WORDS)
        page.keyboard.press("Escape")
        page.locator(".seatchip[aria-current=false]").first.click()
        page.locator(".cover button.main").click()
        expect(sheet(page).get_by_label("Your words")).to_have_value("")
        page.close()
        assert trouble == []


ROWS = """() => [...document.querySelectorAll(".menu :is(a, button, label)")]
    .filter((row) => row.checkVisibility())
    .map((row) => [row.textContent.trim(), row.getBoundingClientRect()])
    .map(([words, box]) => [words, Math.round(box.height), Math.round(box.width)])"""


def test_each_row_of_the_menu_is_a_row_as_high_as_a_thumb(browser: Browser) -> None:
    walls = sampled()
    phone = opened(browser, walls["voice-speak"])
    phone.send(walls["voice-speak"].view)
    phone.page.get_by_role("button", name="Help and more").click()
    expect(phone.page.get_by_role("button", name="Say it for me")).to_be_visible()
    rows = phone.page.evaluate(ROWS)
    assert len(rows) >= 7
    assert [row for row in rows if row[1] < 44] == []
    assert len({row[2] for row in rows}) == 1, rows
    phone.close()

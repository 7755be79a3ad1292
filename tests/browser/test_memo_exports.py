"""The export menu in a real browser: what each file is for, downloads, a copy, errors in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Browser, Route, expect

from tests.browser.house import House
from tests.browser.test_memo_page import exchange, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_files_come_out_with_words_for_what_they_are_and_what_went_wrong(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    room, _ = exchange(house)
    guest = opened(house, browser, room, room.lead)
    page = guest.page
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/r/{room.id}/memo")
    guest.press("Export")
    menu = page.get_by_role("navigation", name="Take the memo out")
    expect(menu.get_by_role("link")).to_have_count(10)
    expect(menu).to_contain_text("To edit and to print")
    assert not Axe().run(page).response["violations"]

    with page.expect_download() as coming:
        menu.get_by_role("link", name="Word").click()
    assert coming.value.suggested_filename == "Living with the river memo.docx"
    kept = tmp_path / "memo.docx"
    coming.value.save_as(kept)
    assert any("Walk first." in each.text for each in Document(str(kept)).paragraphs)
    expect(menu.get_by_role("status")).to_have_text("Done. It is among your downloads.")

    menu.get_by_role("link", name="Copy as a chat message").click()
    expect(menu.get_by_role("status")).to_have_text("Copied. Paste it into your chat.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("*Living with the river*")

    # The other copy is another file; one that waits says so, and a refusal is read here.
    menu.get_by_label("Others: only what was released to everyone").check()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/memo.pdf?edition=public", hold)
    with page.expect_request("**/memo.pdf?edition=public"):
        menu.get_by_role("link", name="PDF To print").click()
    expect(menu.get_by_role("status")).to_have_text("Making it…")
    sentence = "No PDF was made. Letters without a typeface on this server: 1."
    held[0].fulfill(status=422, json={"error": {"reason": "no_glyph", "message": sentence}})
    expect(menu.get_by_role("alert")).to_have_text(sentence)
    expect(menu.get_by_role("status")).to_have_text("")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)

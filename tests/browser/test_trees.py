"""What a screen reader finds on each page, in its order: landmarks, headings, and the name of
everything that can be pressed or written in.

The trees stand in `trees/`, a file a page. After a wanted change they are written anew with
`./dev test --renew-trees tests/browser/test_trees.py`, and read through like any other change.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser import block_samples, gallery, samples
from tests.browser.hall_screens import Wall
from tests.browser.house import LAPTOP, PHONE, House
from tests.browser.shown import Shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TREES: Final = Path(__file__).parent / "trees"
KEPT: Final = frozenset({
    "banner", "main", "navigation", "region", "contentinfo", "complementary", "form", "search",
    "article", "dialog", "alert", "heading", "button", "link", "textbox", "searchbox", "spinbutton",
    "combobox", "checkbox", "radio", "group", "radiogroup", "menu", "menuitem", "list", "img",
    "progressbar", "meter", "table", "figure", "status",
})  # fmt: skip
"""Roles one moves by; running text is the business of other tests."""

NAMED: Final = frozenset({"list", "group", "article", "figure", "status", "form", "img"})
"""Worth a line only with a name."""

LINE: Final = re.compile(
    r"^(?P<deep> *)- '?(?P<role>[a-z]+)"
    r"(?: \"(?P<name>(?:[^\"\\]|\\.)*)\")?(?P<more>(?: \[[^\]]*\])*)"
)
CHANGING: Final = (
    (re.compile(r"[\u2066-\u2069]"), ""),
    (re.compile(r"\b\d{1,2}:\d{2}\b( [AP]M)?"), "00:00"),
    (re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b"), "ABCD-EFGH"),
    (re.compile(r"\b\d+ (here|away|gone)\b"), r"0 \1"),
    (re.compile(r" \[(active|ref=\w+|cursor=\w+)\]"), ""),
)
"""Marks of direction, hours and codes, which differ from one day to the next."""

ROOM: Final = (
    "check-in", "circle-telling", "circle-offer", "reflect", "release", "plenary", "bowl-queued",
    "voice-speak", "ballot", "form", "commitments", "piles",
)  # fmt: skip
"""What a phone shows in the main phase of each kind of activity (the gallery's screens)."""


def tree(page: Page) -> str:
    """The page as it is moved through: a line each, set in as deep as it stands in what is kept."""
    found: list[str] = []
    above: list[int] = []
    for line in page.locator("body").aria_snapshot().splitlines():
        match = LINE.match(line)
        if not match or match["role"] not in KEPT:
            continue
        if match["role"] in NAMED and not match["name"]:
            continue
        deep = len(match["deep"])
        while above and above[-1] >= deep:
            above.pop()
        said = f"{'  ' * len(above)}{match['role']}"
        if match["name"]:
            said += f": {match['name']}"
        found.append(said + match["more"])
        above.append(deep)
    text = "\n".join(found) + "\n"
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


class Trees:
    """The kept trees, compared with those of today or written anew."""

    def __init__(self, renew: bool) -> None:
        self.renew = renew
        self.wrong: list[str] = []

    def look(self, name: str, page: Page) -> None:
        """Compares what is on the page."""
        file, now = TREES / f"{name}.txt", tree(page)
        if self.renew:
            file.write_text(now, "utf-8")
            return
        kept = file.read_text("utf-8") if file.exists() else ""
        self.wrong += difflib.unified_diff(
            kept.splitlines(), now.splitlines(), f"{name}, kept", f"{name}, now", lineterm="", n=2
        )

    def judge(self) -> None:
        """Nothing may be different."""
        how = "\n(wanted? ./dev test --renew-trees tests/browser/test_trees.py)"
        assert not self.wrong, "\n".join(self.wrong) + how


@pytest.fixture
def trees(request: pytest.FixtureRequest) -> Trees:
    return Trees(bool(request.config.getoption("--renew-trees")))


def test_the_rooms_screens_in_the_main_phase_of_each_activity(
    browser: Browser, trees: Trees
) -> None:
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    views = {**samples.screens(), **{n: v for n, (_, v, _) in block_samples.screens().items()}}
    first = Wall(ROOM[0], "en", views[ROOM[0]], "seat")
    shown = Shown(browser, first, PHONE, timezone_id="UTC", locale="en-GB")
    for name in ROOM:
        shown.at(views[name], samples.NOW)
        trees.look(name, shown.page)
    shown.close()
    assert shown.trouble == []
    trees.judge()


def test_the_pages_round_the_room(house: House, browser: Browser, trees: Trees) -> None:
    guest = house.browse(browser, "Wanjiru Kamau", LAPTOP, timezone_id="UTC", locale="en-GB")
    page = guest.page
    page.goto("/")
    trees.look("front-door", page)
    room = house.open_room("Living with the river", "Amina Diallo")
    seats = [room.join(name) for name in ("Wanjiru Kamau", "Rosa Quispe", "Kofi Mensah")]
    page.goto(room.links["join"])
    expect(page.get_by_label("What shall we call you?")).to_be_visible()
    trees.look("join", page)

    guest.sit(seats[0])
    guest.connected()
    page.get_by_role("button", name="Help and more").click()
    trees.look("room-menu", page)
    page.goto(f"/r/{room.id}/agenda")
    guest.sees("Story circles")
    trees.look("agenda", page)

    added(room.lead, "insight", "Walk the river before you draw it.")
    added(room.lead, "theme", "Listening first")
    lead = house.browse(browser, "Amina Diallo", LAPTOP, timezone_id="UTC", locale="en-GB")
    lead.sit(room.lead, "/panel")
    lead.connected()
    trees.look("panel", lead.page)
    lead.page.goto(f"/r/{room.id}/board")
    lead.sees("Walk the river")
    expect(lead.page.locator(".state")).to_contain_text("saved")
    trees.look("board", lead.page)
    lead.page.goto(f"/r/{room.id}/me")
    lead.sees(re.compile("Walk the river"))
    trees.look("my-words", lead.page)
    lead.page.goto(f"/r/{room.id}/memo")
    lead.sees("Listening first")
    lead.press("Export")
    trees.look("memo", lead.page)
    wall = house.browse(browser, "wall", (1920, 1080), timezone_id="UTC", locale="en-GB")
    wall.page.goto(room.links["screen"])
    room.next_phase()
    expect(wall.page.locator(".wall h1")).to_contain_text("We begin with each other")
    trees.look("wall", wall.page)
    assert not [*guest.troubles, *lead.troubles, *wall.troubles]
    trees.judge()


def added(seat: Any, kind: str, text: str) -> None:
    """A note on everybody's board."""
    note = {"type": "note.add", "document": "board", "section": "", "kind": kind, "text": text}
    assert seat.send(note).is_success

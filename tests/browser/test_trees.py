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

from tests.browser import gallery, hall_screens
from tests.browser.exchange_gallery import SCENES
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
    r"^(?P<deep> *)- '?(?P<role>[a-z]+)(?: \"(?P<name>(?:[^\"\\]|\\.)*)\")?(?P<more>(?: \[[^\]]*\])*)"
)
CHANGING: Final = (
    (re.compile(r"[\u2066-\u2069]"), ""),
    (re.compile(r"\b\d{1,2}:\d{2}\b( [AP]M)?"), "00:00"),
    (re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b"), "ABCD-EFGH"),
    (re.compile(r" \[(active|ref=\w+|cursor=\w+)\]"), ""),
)
"""Marks of direction, hours and codes, which differ from one day to the next."""

PEOPLE: Final = 6
MAIN: Final = {
    "check_in-word": "answer",
    "story_circle-round": "telling",
    "fishbowl-open": "open",
    "dyads-paired": "half_1",
    "report_out": "reports",
    "voting": "open",
    "commitments": "write",
    "evaluation-useful_change": "write",
    "plenary-talk": "open",
    "break-break": "on",
}
"""The phase of each activity that most of its time is spent in."""


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
    scenes = [s for s in SCENES if any(item.name in MAIN for item in s.items)]
    found = hall_screens.collected("en", scenes=scenes, people=PEOPLE, lenses=("seat", "panel"))
    sizes = {"seat": PHONE, "panel": LAPTOP}
    for lens, size in sizes.items():
        screens = [each for each in found if each.lens == lens]
        shown = Shown(browser, screens[0], size, timezone_id="UTC", locale="en-GB")
        for item, phase in MAIN.items():
            wall = next((w for w in screens if w.name.startswith(f"{item}-{phase}")), None)
            assert wall, f"{item}.{phase} is not among {sorted({w.name for w in screens})}"
            shown.send(wall.view)
            trees.look(f"{lens}-{item}", shown.page)
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

    added(seats[0], "insight", "Walk the river before you draw it.")
    added(room.lead, "theme", "Listening first")
    guest.sit(seats[0])
    guest.connected()
    page.get_by_role("button", name="Help and more").click()
    trees.look("room-menu", page)
    page.goto(f"/r/{room.id}/board")
    expect(page.get_by_text("Walk the river")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("saved")
    trees.look("board", page)
    page.goto(f"/r/{room.id}/me")
    guest.sees(re.compile("Walk the river"))
    trees.look("my-words", page)
    page.goto(f"/r/{room.id}/agenda")
    guest.sees("Story circles")
    trees.look("agenda", page)

    lead = house.browse(browser, "Amina Diallo", LAPTOP, timezone_id="UTC", locale="en-GB")
    lead.sit(room.lead, "/memo")
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

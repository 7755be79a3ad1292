"""The HTML page."""

from html.parser import HTMLParser
from itertools import pairwise
from typing import Literal

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page

from rooms.card_words import CardKind
from rooms.memo import MemoCard, ProseText, draft
from rooms.memo_html import page as printed
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_sample import SAMPLE
from tests.rooms.test_memo_photos import PHOTOS

replace = msgspec.structs.replace
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "dl",
        "dt",
        "dd",
        "br",
        "div",
        "section",
        "ul",
        "li",
        "figure",
        "blockquote",
        "figcaption",
        "b",
        "bdi",
        "span",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "footer",
    ]
)


class Reader(HTMLParser):
    """Collects tags, attributes, text and heading levels, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.levels: list[int] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def test_ME5_same_board_same_page_apart_from_the_date_line() -> None:
    one = printed(draft(SAMPLE, "participants")).splitlines()
    later = replace(SAMPLE, printed_at=SAMPLE.printed_at + 10**9)
    two = printed(draft(later, "participants")).splitlines()
    apart = [a for a, b in zip(one, two, strict=True) if a != b]
    assert apart == [f"<p>{draft(SAMPLE, 'participants').date_line}</p>"]


KINDS: tuple[CardKind, ...] = ("parking", "insight", "worthwhile", "plus")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    cards = tuple(
        MemoCard(f"x{n}", kind, f"{text} {n}", attribution=text, origin=text, language=text)
        for n, kind in enumerate(KINDS)
    )
    source = replace(
        SAMPLE, cards=cards, title=text, organiser=text, language=text,
        prose={"why": ProseText(text, language=text)},
    )  # fmt: skip
    read = Reader(printed(draft(source, "participants")))
    assert read.open == []
    assert read.tags <= TAGS
    assert not any(name.startswith("on") or name in ("src", "href", "style")
                   for name in read.attributes)  # fmt: skip


def test_headings_are_real_and_skip_no_level() -> None:
    levels = Reader(printed(draft(SAMPLE, "participants"))).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_words_carry_their_language_and_direction() -> None:
    text = printed(draft(SAMPLE, "participants"))
    assert (
        '<blockquote lang="ar" dir="rtl">“الخريطة الجيدة تعرف من ينام وحده.”</blockquote>' in text
    )
    assert '<blockquote lang="hi">“हमने पहले सुना, फिर नक्शा बनाया।”</blockquote>' in text
    assert '<th scope="col">Activity</th>' in text
    arabic = printed(draft(replace(SAMPLE, language="ar"), "participants"))
    assert '<html lang="ar" dir="rtl">' in arabic


def test_it_needs_nothing_else() -> None:
    text = printed(draft(SAMPLE, "participants"))
    assert "<script" not in text
    assert "<link" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace(
        "https://talanoa.example", ""
    ).replace("http-equiv", "")


@pytest.mark.browser
def test_nothing_runs_loads_or_overflows_in_a_browser(page: Page) -> None:
    heard: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url))
    cards = tuple(MemoCard(f"x{n}", "parking", text) for n, text in enumerate(HOSTILE))
    prose = {"why": ProseText("\n\n".join(HOSTILE))}
    seen = MemoCard("p", "parking", "A gauge", picture=HOSTILE[1], photo="p1")
    source = replace(
        SAMPLE, title="".join(HOSTILE), cards=(seen, *cards, *SAMPLE.cards), prose=prose
    )
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_content(printed(draft(source, "participants"), PHOTOS))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("img").get_attribute("alt") == HOSTILE[1]
    assert page.evaluate("document.querySelector('img').naturalWidth") == 400
    assert [each for each in heard if not each.startswith("data:image/jpeg")] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_is_found_by_axe(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    cards = (replace(SAMPLE.cards[-1], picture="A gauge on a wall", photo="p1"), *SAMPLE.cards[:-1])
    page.set_content(printed(draft(replace(SAMPLE, cards=cards), "participants"), PHOTOS))
    assert page.locator("img").count() == 1
    assert Axe().run(page).response["violations"] == []

"""The big-type edition as PDF: every theme on one page of its own, whatever its length."""

from pathlib import Path

from rooms import memo_fonts
from rooms.memo_pages import Page, pages
from rooms.memo_pdf import RUNNING_MAX, language_part, line_data
from rooms.memo_pictures import picture
from rooms.memo_press import Data, press
from rooms.memo_text import clip, direction, page_direction
from rooms.memo_tree import Line, Memo


def pages_pdf(memo: Memo, extra_fonts: Path | None = None) -> bytes:
    """One A4 page for each theme, tagged. Equal memos give equal bytes. Raises `MissingGlyph`."""
    return press("pages.typ", pages_data(memo, extra_fonts), memo.ended, extra_fonts)


def pages_data(memo: Memo, extra_fonts: Path | None = None) -> Data:
    """What the template reads."""
    way = page_direction(memo.language)

    def plain(text: str) -> Data:
        return line_data(Line(text, language=memo.language), way)

    def one(page: Page) -> Data:
        return {
            "place": page.title,
            "title": plain(page.title),
            "title_rtl": direction(page.title, way) == "rtl",
            "picture": picture(page.picture),
            "sentences": [line_data(line, way) for line in page.sentences],
            "label": plain(page.label),
            "question": line_data(page.question, way) if page.question else None,
        }

    title = clip(memo.head.title.text, RUNNING_MAX)
    return {
        "fonts": memo_fonts.stacks(extra_fonts, memo.language),
        "lang": language_part(memo.language) or "en",
        "rtl": way == "rtl",
        "place": memo.head.kicker,
        "title": line_data(memo.head.title, way),
        "foot": [plain(f"{title} · {memo.head.kicker}"), plain(memo.head.edition)],
        "date": plain(memo.date_line),
        "pages": [one(page) for page in pages(memo)],
    }

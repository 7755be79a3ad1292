"""The memo as people get it after closing: its draft on the facilitators' page, and the files
reopened with the programs that read them."""

from __future__ import annotations

import io
import re
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.oxml.ns import qn
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.rooms.memo_reading import docx_outline

if TYPE_CHECKING:
    from tests.browser.house import Guest, House, Room

CLOSING_SECONDS: Final = 60
"""From the end of the last activity until the draft is whole (moment 10)."""

A4: Final = (595, 842)
"""Points of a sheet."""


def flat(text: str) -> str:
    """On one line, as people would compare it: hyphens at line ends and quotes made plain."""
    plain = text.replace("\u00ad", "").replace("’", "'")
    return re.sub(r"\s+", " ", re.sub(r"[\u2066-\u2069\u200e\u200f]", "", plain))


class Closing:
    """The moment the last activity ended, by the room's clock and by ours."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.room_ms = house.now()
        self.began = time.monotonic()

    def draft(self, room: Room, lead: Guest) -> dict[str, Any]:
        """Moment 10, first half: within 60 s the draft has themes, stories, cleared quotes and a
        question slot for each theme, in the file and on the lead's page."""
        answer = room.lead.get("memo.json")
        assert answer.is_success, answer.text
        memo: dict[str, Any] = answer.json()
        themes = [each for each in memo["sections"] if each["id"].startswith("theme:")]
        assert memo["counts"]["themes"] == len(themes) > 0
        for theme in themes:
            asks = [block for block in theme["blocks"] if block["type"] == "ask"]
            assert len(asks) == 1, theme["heading"]
            assert asks[0]["line"]["text"].endswith("?")
        assert memo["counts"]["quotes_cleared"] > 0
        lead.page.goto(f"/r/{room.id}/memo")
        for theme in themes:
            shown = lead.page.locator(f"section:has(h2:text-is({theme['heading']!r}))")
            expect(shown.locator(".asking")).to_have_count(1)
        assert time.monotonic() - self.began < CLOSING_SECONDS
        assert self.house.now() - self.room_ms < CLOSING_SECONDS * 1000
        return memo


class Word:
    """A Word file, opened with another program."""

    def __init__(self, content: bytes) -> None:
        self.document = docx.Document(io.BytesIO(content))
        self.outline = docx_outline(content)

    @property
    def text(self) -> str:
        """All of it, tables and running heads too."""
        made = self.document
        lines = [paragraph.text for paragraph in made.paragraphs]
        lines += [cell.text for table in made.tables for row in table.rows for cell in row.cells]
        for section in made.sections:
            lines += [p.text for p in (*section.header.paragraphs, *section.footer.paragraphs)]
        return flat("\n".join(lines))

    def headings(self, level: int) -> list[str]:
        """The real headings of a level."""
        return [text for at, text in self.outline if at == level]

    def pictures(self) -> list[str]:
        """What is on each picture that is not decoration, for those who cannot see it."""
        shapes = self.document.inline_shapes
        return [words for s in shapes if (words := s._inline.docPr.get("descr"))]

    def check(self) -> None:
        """Fails unless structure is real: one title, headings without a gap, marked table heads,
        text of the other direction marked as such."""
        styles = [p.style.name for p in self.document.paragraphs if p.style]
        assert styles.count("Title") == 1
        levels = [level for level, _ in self.outline]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for table in self.document.tables:
            head = table.rows[0]._tr.trPr
            assert head is not None
            assert head.find(qn("w:tblHeader")) is not None
        for paragraph in self.document.paragraphs:
            assert paragraph.style is not None
            if re.match(r"[“\s]*[\u0590-\u08ff]", paragraph.text):
                properties = paragraph._p.pPr
                assert properties is not None, paragraph.text
                assert properties.find(qn("w:bidi")) is not None, paragraph.text


class Pages:
    """A PDF, opened page by page."""

    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(content))

    @property
    def text(self) -> str:
        """All of it, as a reader copies it."""
        return flat(" ".join(page.extract_text() for page in self.reader.pages))

    def images(self) -> int:
        """Pictures on its pages; the ornament is drawn and is none."""
        return sum(len(page.images) for page in self.reader.pages)

    def check(self) -> None:
        """Fails unless it is a tagged, titled document of A4 sheets, each with its number."""
        root: Any = self.reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert b"pdfuaid" in root["/Metadata"].get_data()
        count = len(self.reader.pages)
        for number, page in enumerate(self.reader.pages, 1):
            assert (int(page.mediabox.width), round(page.mediabox.height)) == A4
            assert f"{number} / {count}" in page.extract_text()

"""The big-type edition as HTML."""

import msgspec

from rooms.memo import draft
from rooms.memo_pages_html import pages_html
from tests.rooms.memo_sample import SAMPLE

replace = msgspec.structs.replace


def test_every_page_stands_alone_and_says_its_language() -> None:
    text = pages_html(draft(SAMPLE, "participants").shared())
    assert text.count("<section>") == text.count('class="picture" aria-hidden="true"') == 3
    assert "break-after:page" in text
    assert "<script" not in text
    assert "src=" not in text
    arabic = pages_html(draft(replace(SAMPLE, language="ar"), "participants").shared())
    assert '<html lang="ar" dir="rtl">' in arabic
    assert ' dir="ltr"' in arabic


def test_the_edition_is_said() -> None:
    memo = draft(SAMPLE, "public").shared()
    assert memo.head.edition in pages_html(memo)

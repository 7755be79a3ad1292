"""Markdown and plain text."""

import re

import msgspec
import pytest

from rooms.memo import MemoCard, draft
from rooms.memo_chat import chat
from rooms.memo_markdown import escape, isolated, markdown
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_sample import SAMPLE

replace = msgspec.structs.replace


def test_ME5_same_board_same_markdown_apart_from_the_date_line() -> None:
    first = draft(SAMPLE, "participants")
    second = draft(replace(SAMPLE, printed_at=SAMPLE.printed_at + 10**9), "participants")
    for render in (markdown, chat):
        one, two = render(first).splitlines(), render(second).splitlines()
        apart = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
        assert [a.strip("*") for a, _ in apart] == [first.date_line]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    card = MemoCard("x", "parking", text)
    page = markdown(draft(replace(SAMPLE, cards=(card,), title=text), "participants"))
    # Nothing of HTML, a link, a picture, code or a heading can begin outside an escape.
    bare = re.sub(r"\\[\\`*_\[\]|~$#+\-=:>0-9]", "", page)
    assert "<" not in bare
    assert "](" not in bare
    assert "`" not in bare
    assert "$" not in bare
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert len(headings) == len({line for line in headings}) <= 20


def test_escape() -> None:
    assert escape("# not a heading") == "\\# not a heading"
    assert escape("1. one\n- two") == "\\1. one\n\\- two"
    assert escape("a_b *c* <d>") == "a\\_b \\*c\\* &lt;d&gt;"


def test_small_print_of_another_direction_is_isolated() -> None:
    assert isolated("أمينة", "Amina") == "\u2068أمينة\u2069"
    assert isolated("Amina", "Amina") == "Amina"


def test_every_released_script_is_in_both() -> None:
    memo = draft(SAMPLE, "participants")
    for render in (markdown, chat):
        for text in ("हमने पहले सुना, फिर नक्शा बनाया।", "الخريطة الجيدة تعرف من ينام وحده.", "ካርታው"):
            assert text in render(memo)
        assert "ashamed" not in render(memo)

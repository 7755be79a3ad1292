"""Cleaning, bounding and measuring people's text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.memo_text import (
    BIDI_CONTROLS,
    MARKS_MAX,
    clean,
    clip,
    direction,
    folded,
    language_tag,
    line_direction,
    one_line,
    page_direction,
    script,
    words,
)
from tests.rooms.memo_hostile import HOSTILE

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@given(ANY)
def test_clean_leaves_nothing_that_disturbs_a_page(text: str) -> None:
    result = clean(text)
    for char in result:
        assert char not in BIDI_CONTROLS
        assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Zl", "Zp")
    result.encode()
    assert result == clean(result)


@pytest.mark.parametrize("text", HOSTILE)
def test_clean_is_stable_on_hostile_text(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\n" not in one_line(text, 200)


@pytest.mark.parametrize(
    "text",
    [
        "हमने पहले सुना",
        "الخريطة الجيدة",
        "ካርታው",
        "ক্ষ্ম",
        "படம்",
        "👩🏽‍🌾 ❤️",
        "می‌خواهم",
        "Amina’s “map” — ½",
    ],
)
def test_clean_keeps_living_scripts_whole(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_clean_bounds_marks_and_length() -> None:
    marks = sum(unicodedata.category(char) == "Mn" for char in clean("Z" + "\u0301" * 900))
    assert marks <= MARKS_MAX
    assert len(clean("word " * 100_000)) <= 20_000
    assert len(clean("\u202e" * 1_000_000 + "x")) == 0


@given(ANY, st.integers(2, 50))
def test_clip_never_passes_its_limit_and_shows_the_cut(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    assert cut == text if len(text) <= limit else cut.endswith("…")


def test_clip_cuts_at_a_word_and_not_inside_a_letter() -> None:
    assert clip("the old river bed", 10) == "the old…"
    assert clip("न" + "\u093f" * 9, 4) == "…"


def test_words() -> None:
    assert words("A map  begins on foot.") == 5
    assert words("हमने पहले सुना") == 3
    assert words("先听后画") == 2
    assert words("") == 0


def test_direction_follows_the_first_strong_character() -> None:
    assert direction("12 «الماء»") == "rtl"
    assert direction("12 – the river الماء") == "ltr"
    assert direction("12:30", "rtl") == "rtl"
    assert page_direction("ar-EG") == "rtl"
    assert page_direction("hi") == "ltr"
    assert line_direction("الماء", "record", "ltr") == "ltr"
    assert line_direction("الماء", "people", "ltr") == "rtl"


def test_a_sentence_nobody_has_translated_reads_as_english_on_a_right_to_left_page() -> None:
    assert line_direction("No commitments were made.", "machine", "rtl") == "ltr"
    assert line_direction("Where did you meet “الماء”?", "machine", "rtl") == "ltr"
    assert line_direction("أين التقيتم “Water”؟", "machine", "rtl") == "rtl"
    assert line_direction("12:30", "machine", "rtl") == "rtl"
    assert line_direction("Amina", "record", "rtl") == "rtl"
    assert line_direction("الماء", "machine", "ltr") == "ltr"


def test_small_helpers() -> None:
    assert language_tag("pt-BR") == "pt-BR"
    assert language_tag('en" onload="x') == ""
    assert script("ካ") == "Ethiopic"
    assert script("中") == "Chinese, Japanese or Korean"
    assert script("\U0001f600") == "Symbols"
    assert folded("I was  ASHAMED, that day!") == folded("i was ashamed that day")

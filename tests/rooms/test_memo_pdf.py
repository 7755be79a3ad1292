"""The printed memo: its text in several scripts, its determinism, and missing glyphs."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from rooms import memo_fonts
from rooms.memo import MemoCard, MemoSource, ProseText, draft
from rooms.memo_pdf import pdf
from rooms.memo_press import MissingGlyph
from rooms.memo_tree import lines_of
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_sample import PRINTABLE, SAMPLE, WITH_ETHIOPIC

replace = msgspec.structs.replace
LINES = {
    "Latin": "Ñandú, façade, Łódź, Ghanaian ɛ and ɔ, Vietnamese ệ",
    "Cyrillic": "Карта начинается с прогулки",
    "Greek": "Ο χάρτης αρχίζει με περπάτημα",
    "Arabic": "الخريطة الجيدة تعرف من ينام وحده",
    "Devanagari": "हमने पहले सुना, फिर नक्शा बनाया।",
    "Tamil": "வரைபடம் நடையில் தொடங்குகிறது",
    "Ethiopic": "ካርታው የሚጀምረው በእግር ነው።",
    "Bengali": "মানচিত্র হাঁটা দিয়ে শুরু হয়",
    "Chinese": "好的地图从走路开始，不从纸上开始。",
    "Japanese": "良い地図は歩くことから始まる。",
    "Korean": "좋은 지도는 걷기에서 시작된다.",
}


JOINED = {"Arabic", "Devanagari", "Tamil", "Bengali"}
"""Scripts whose letters pypdf does not put together again; poppler does."""
TAGS = {"Chinese": "zh", "Japanese": "ja", "Korean": "ko", "Arabic": "ar", "Ethiopic": "am"}


def saying(text: str, language: str = "") -> MemoSource:
    card = MemoCard("x", "parking", text, language=language)
    return MemoSource("An evening", 0, 0, cards=(card,))


def poppler(content: bytes) -> str:
    run = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    # Direction marks are poppler's own note of which way a line runs.
    return re.sub("[\u200e\u200f\u202a-\u202e]", "", run.stdout.decode())


def pages(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.mark.parametrize("script", LINES)
def test_text_of_every_script_can_be_copied_out(script: str) -> None:
    if script == "Ethiopic" and not WITH_ETHIOPIC:
        pytest.skip("the web package with Noto Sans Ethiopic is not installed")
    content = pdf(draft(saying(LINES[script], TAGS.get(script, "")), "participants"))
    if shutil.which("pdftotext"):
        assert LINES[script] in " ".join(poppler(content).split())
    elif script not in JOINED:
        assert LINES[script] in " ".join(pages(content).split())


@pytest.mark.parametrize(
    "text", ["แผนที่ที่ดีเริ่มจากการเดิน", "ផែនទីល្អចាប់ផ្តើមពីការដើរ", "మంచి పటం నడకతో మొదలవుతుంది"]
)
def test_thai_khmer_and_telugu_are_drawn(text: str) -> None:
    assert pdf(draft(saying(text), "participants")).startswith(b"%PDF-")


def test_an_address_can_be_copied_out() -> None:
    content = pdf(draft(PRINTABLE, "participants"))
    address = "https://talanoa.example/r/river-neighbours"
    assert address in pages(content)
    assert shutil.which("pdftotext") is None or address in poppler(content)


@pytest.mark.skipif("Noto Emoji" not in memo_fonts.families(), reason="needs the emoji package")
def test_emoji_are_drawn() -> None:
    memo = draft(
        saying("Seeds \U0001f331 and a farmer \U0001f469\U0001f3fd\u200d\U0001f33e"), "public"
    )
    assert pdf(memo).startswith(b"%PDF-")


def test_pdf_says_what_was_released_and_nothing_else() -> None:
    text = " ".join(pages(pdf(draft(PRINTABLE, "participants"))).split())
    for said in (
        "Living with the river",
        "A map is finished when somebody corrects it with a stick.",
        "Story circles: a day when the map was wrong",
        "Since we met, where did you listen before you mapped?",
        "Stories told: 12, in 2 circles.",
    ):
        assert said in text
    for kept in ("ashamed", "The meeting I left", "three times in the dark", "tired but glad"):
        assert kept not in text


def test_ME5_same_memo_same_bytes_and_the_date_line_stands_alone() -> None:
    first = draft(PRINTABLE, "participants")
    second = draft(replace(PRINTABLE, printed_at=PRINTABLE.printed_at + 10**9), "participants")
    assert pdf(first) == pdf(first)
    one, two = pages(pdf(first)).splitlines(), pages(pdf(second)).splitlines()
    apart = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
    assert apart == [(first.date_line, second.date_line)]


def test_it_is_tagged_and_titled() -> None:
    reader = PdfReader(BytesIO(pdf(draft(PRINTABLE, "participants"))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Living with the river"
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_a_missing_glyph_is_named_with_its_code_and_its_place() -> None:
    memo = draft(saying("A word in ᠮᠣᠩᠭᠣᠯ and one in ꦗꦮ"), "participants")
    with pytest.raises(MissingGlyph) as caught:
        pdf(memo)
    assert set(caught.value.scripts) == {"Mongolian", "Javanese"}
    assert "ꦗ" in {one.character for one in caught.value.found}
    first = caught.value.found[0]
    assert (first.character, first.code, first.script) == ("ᠮ", "U+182E", "Mongolian")
    assert first.place == "Questions still open"
    assert first.words == "A word in ᠮᠣᠩᠭᠣᠯ and one in ꦗꦮ"
    assert "ꦗ (U+A997) in “Questions still open” near" in str(caught.value)


def test_a_missing_glyph_of_the_title_is_in_the_head() -> None:
    with pytest.raises(MissingGlyph) as caught:
        pdf(draft(replace(saying("x"), title="ꦗ"), "participants"))
    assert [one.place for one in caught.value.found] == ["Debrief memo"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_ever_text(text: str) -> None:
    cards = (MemoCard("x", "parking", text, origin=text, language=text),)
    source = replace(
        PRINTABLE, cards=cards, title=text, language=text, prose={"why": ProseText(text)},
        stories=(),
    )  # fmt: skip
    memo = draft(source, "participants")
    try:
        content = pdf(memo)
    except MissingGlyph as error:
        missing = {one.character for one in error.found}
    else:
        missing = set()
    assert missing <= set(text)
    if missing:
        return
    reader = PdfReader(BytesIO(content))
    assert 1 <= len(reader.pages) <= 6
    shown = re.sub(r"\s", "", pages(content))
    for line in (line.text for block in memo.sections[0].blocks for line in lines_of(block)):
        if line.isascii():
            assert re.sub(r"\s", "", line) in shown


@pytest.mark.parametrize("language", ["zh", "ja", "zh-Hant"])
def test_headings_in_chinese_characters_are_headings(language: str) -> None:
    """Also where only a story's title has another language than the memo."""
    cards = (MemoCard("t", "theme", "先画河", "s1", language=language),)
    story = replace(
        SAMPLE.stories[0], title=replace(SAMPLE.stories[0].parts[0], text="海", language=language)
    )
    memo = draft(replace(PRINTABLE, language=language, stories=(story,), title="海"), "public")
    assert "海" in pages(pdf(memo))
    other = draft(replace(PRINTABLE, stories=(story,), cards=cards), "public")
    assert "海" in pages(pdf(other))


@pytest.mark.slow
def test_a_right_to_left_memo_prints() -> None:
    source = replace(PRINTABLE, language="ar", title="العيش مع النهر")
    assert pdf(draft(source, "public")).startswith(b"%PDF-")


def test_an_extra_folder_of_fonts_is_used(tmp_path: Path) -> None:
    assert tmp_path in memo_fonts.folders(tmp_path)
    assert pdf(draft(saying("The river"), "participants"), tmp_path).startswith(b"%PDF-")

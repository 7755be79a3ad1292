"""The Word document, reopened."""

from io import BytesIO
from itertools import pairwise
from zipfile import ZipFile

import msgspec
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from rooms.memo import MemoCard, ProseText, draft
from rooms.memo_docx import docx
from rooms.memo_tree import lines_of
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_reading import docx_outline
from tests.rooms.memo_sample import SAMPLE

replace = msgspec.structs.replace


def batched(texts: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def reopened(content: bytes) -> WordDocument:
    return Document(BytesIO(content))


def whole_text(document: WordDocument) -> str:
    rows = [paragraph.text for paragraph in document.paragraphs]
    rows += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(rows)


def test_ME5_same_memo_same_bytes_and_the_date_line_stands_alone() -> None:
    first = draft(SAMPLE, "participants")
    second = draft(replace(SAMPLE, printed_at=SAMPLE.printed_at + 10**9), "participants")
    assert docx(first) == docx(first)
    with ZipFile(BytesIO(docx(first))) as one, ZipFile(BytesIO(docx(second))) as two:
        assert {info.date_time for info in one.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        apart = [name for name in one.namelist() if one.read(name) != two.read(name)]
    assert apart == ["word/document.xml"]
    lines = [
        (a.text, b.text)
        for a, b in zip(
            reopened(docx(first)).paragraphs, reopened(docx(second)).paragraphs, strict=True
        )
        if a.text != b.text
    ]
    assert lines == [(first.date_line, second.date_line)]


def test_headings_and_table_headers_are_real() -> None:
    document = reopened(docx(draft(SAMPLE, "participants")))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 11
    assert "Heading 2" in styles
    assert "List Bullet" in styles
    assert all(
        table.rows[0]._tr.trPr is not None
        and table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        for table in document.tables
    )
    assert document.core_properties.title == "Living with the river"
    assert document.core_properties.author == ""


def test_no_level_of_the_headings_is_left_out_and_each_question_has_one() -> None:
    memo = draft(SAMPLE, "participants")
    outline = docx_outline(docx(memo))
    levels = [level for level, _ in outline]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [text for level, text in outline if level == 1] == [s.heading for s in memo.sections]
    titles = [text for _, text in outline]
    assert "What we heard" in titles
    assert sum(text.startswith("A question to you") for text in titles) == memo.counts.themes


def test_words_carry_language_and_direction() -> None:
    document = reopened(docx(draft(SAMPLE, "participants")))
    arabic = next(p for p in document.paragraphs if p.text.startswith("“الخريطة"))
    assert arabic.paragraph_format.element.pPr.find(qn("w:bidi")) is not None
    properties = arabic.runs[0]._r.rPr
    assert properties is not None
    assert properties.find(qn("w:rtl")) is not None
    language = properties.find(qn("w:lang"))
    assert language is not None
    assert language.get(qn("w:bidi")) == "ar"
    english = next(p for p in document.paragraphs if p.text.startswith("“Nobody"))
    assert english.paragraph_format.element.pPr.find(qn("w:bidi")) is None


def test_a_right_to_left_memo_is_one_from_its_section_to_its_defaults() -> None:
    memo = draft(replace(SAMPLE, language="ar"), "participants")
    document = reopened(docx(memo))
    assert document.core_properties.language == "ar"
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None
    (default,) = document.styles.element.xpath("w:docDefaults//w:lang/@w:bidi")
    assert default == "ar"
    head = document.tables[0]._tbl
    assert head.tblPr.find(qn("w:bidiVisual")) is not None
    rows = head.tr_lst
    assert rows[0].trPr is not None
    assert [child.tag for child in rows[0].trPr] == [qn("w:cantSplit"), qn("w:tblHeader")]


def test_it_says_what_was_released_and_nothing_else() -> None:
    text = whole_text(reopened(docx(draft(SAMPLE, "participants"))))
    for said in (
        "हमने पहले सुना, फिर नक्शा बनाया।",
        "الخريطة الجيدة تعرف من ينام وحده.",
        "ካርታው የሚጀምረው በእግር ነው።",
        "A map is finished when somebody corrects it with a stick.",
        "Story circles: a day when the map was wrong",
    ):
        assert said in text
    for kept in ("ashamed", "The meeting I left", "three times in the dark", "tired but glad"):
        assert kept not in text


@pytest.mark.parametrize("texts", batched(HOSTILE, 12))
def test_hostile_text_is_text(texts: tuple[str, ...]) -> None:
    cards = tuple(MemoCard(f"x{n}", "parking", text) for n, text in enumerate(texts))
    source = replace(
        SAMPLE, cards=cards, title="".join(texts), prose={"why": ProseText("\n\n".join(texts))}
    )
    memo = draft(source, "participants")
    shown = whole_text(reopened(docx(memo)))
    for section in memo.sections:
        for block in section.blocks:
            for line in lines_of(block):
                assert line.text in shown

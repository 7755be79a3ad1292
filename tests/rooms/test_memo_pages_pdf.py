"""The big-type edition as PDF."""

from io import BytesIO
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from rooms.memo import MemoCard, draft
from rooms.memo_pages_pdf import pages_pdf
from rooms.memo_press import MissingGlyph
from tests.rooms.memo_reading import pdf_text
from tests.rooms.memo_sample import SAMPLE, note

replace = msgspec.structs.replace


def test_one_tagged_page_for_each_theme() -> None:
    content = pages_pdf(draft(SAMPLE, "participants").shared())
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 3
    marked = reader.root_object["/MarkInfo"]
    assert isinstance(marked, DictionaryObject)
    assert marked["/Marked"]
    assert "Who holds the key where you are, and who chose them?" in " ".join(
        pdf_text(content).split()
    )


@pytest.mark.parametrize("letter", ["word ", "水", "नदी "])
def test_a_page_stays_one_page_whatever_its_length(letter: str) -> None:
    long = letter * (195 // len(letter))
    cards = (
        note("t1", "theme", long, "s1"),
        *(note(f"n{n}", "insight", f"{n}{long}", f"s{n}", "t1") for n in range(4)),
    )
    source = replace(SAMPLE, cards=cards, prose={}, title=long)
    source = replace(source, questions={"t1": replace(SAMPLE.questions["t1"], text=long)})
    content = pages_pdf(draft(source, "participants").shared())
    assert len(PdfReader(BytesIO(content)).pages) == 1


def baselines(content: bytes) -> list[tuple[float, float]]:
    """Where each piece of text of the first page begins: from the left, and from the foot."""
    found: list[tuple[float, float]] = []

    def placed(operator: bytes, arguments: Any, cm: list[float], _tm: list[float]) -> None:
        if operator == b"Tm":
            x, y = map(float, arguments[4:])
            found.append((x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]))

    PdfReader(BytesIO(content)).pages[0].extract_text(visitor_operand_before=placed)
    return found


def one_theme(title: str, *cards: MemoCard) -> bytes:
    theme = note("t1", "theme", title, "s9")
    source = replace(SAMPLE, cards=(theme, *cards), prose={}, stories=(), questions={})
    return pages_pdf(draft(source, "participants").shared())


def test_the_lines_of_a_named_quotation_stand_as_far_apart_as_others() -> None:
    long = "The map was finished when she corrected it with a stick, and not before that day"
    two = (note("a", "insight", "One", "s1", "t1"), note("b", "insight", "Two", "s2", "t1"))
    said = note("q", "quote", long, "s3", "t1", consent="given", attribution="Wanjiru")
    plain = note("q", "insight", f"“{long}”", "s3", "t1")

    def widest(content: bytes) -> float:
        """Between the two lines of the last sentence."""
        heights = sorted({round(y, 1) for _, y in baselines(content)}, reverse=True)
        return heights[3] - heights[4]

    apart = widest(one_theme("Maps", *two, plain))
    assert widest(one_theme("Maps", *two, said)) == pytest.approx(apart, rel=0.02)


def test_a_title_that_runs_the_other_way_stands_at_its_own_side() -> None:
    two = (note("a", "insight", "One", "s1", "t1"), note("b", "insight", "Two", "s2", "t1"))
    assert baselines(one_theme("Water", *two))[0][0] < 100
    assert baselines(one_theme("الماء", *two))[0][0] > 350


def test_a_missing_letter_is_named_with_its_theme() -> None:
    cards = (
        note("t1", "theme", "Walking", "s1"),
        note("a", "insight", "ꦗ", "s1", "t1"),
        note("b", "insight", "b", "s2", "t1"),
    )
    with pytest.raises(MissingGlyph) as caught:
        pages_pdf(draft(replace(SAMPLE, cards=cards, prose={}), "participants").shared())
    assert [(one.character, one.place) for one in caught.value.found] == [("ꦗ", "Walking")]

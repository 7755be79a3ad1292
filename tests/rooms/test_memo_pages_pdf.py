"""The big-type edition as PDF."""

from io import BytesIO

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from rooms.memo import draft
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


def test_a_missing_letter_is_named_with_its_theme() -> None:
    cards = (
        note("t1", "theme", "Walking", "s1"),
        note("a", "insight", "ꦗ", "s1", "t1"),
        note("b", "insight", "b", "s2", "t1"),
    )
    with pytest.raises(MissingGlyph) as caught:
        pages_pdf(draft(replace(SAMPLE, cards=cards, prose={}), "participants").shared())
    assert [(one.character, one.place) for one in caught.value.found] == [("ꦗ", "Walking")]

"""The press: what no font draws is an error with a name and a place."""

import msgspec
import pytest

from rooms.memo import draft
from rooms.memo_pdf import pdf
from rooms.memo_press import FOLDER, MissingGlyph, Unprinted, press
from tests.rooms.memo_sample import PRINTABLE

replace = msgspec.structs.replace


def test_a_letter_has_a_code_and_a_script() -> None:
    one = Unprinted("ꦗ", "Stories", "a ꦗ b")
    assert (one.code, one.script) == ("U+A997", "Javanese")
    error = MissingGlyph((one, Unprinted("ᠮ", "Stories", "ᠮ")))
    assert error.scripts == ("Javanese", "Mongolian")
    assert "ꦗ (U+A997) in “Stories” near “a ꦗ b”" in str(error)


def test_every_letter_of_a_script_with_marks_is_named() -> None:
    memo = draft(replace(PRINTABLE, title="မင်္ဂလာပါ ခင်ဗျား?"), "participants")
    with pytest.raises(MissingGlyph) as caught:
        pdf(memo)
    assert {one.script for one in caught.value.found} == {"Myanmar"}
    characters = {one.character for one in caught.value.found}
    assert set("မငလပခဗ") <= characters
    assert "?" not in characters


def test_templates_read_data_and_never_people() -> None:
    for template in FOLDER.glob("*.typ"):
        text = template.read_text()
        assert "eval" not in text
        assert "read(" not in text
        assert "json(bytes(sys.inputs.memo))" in text


def test_data_a_template_cannot_read_is_a_bug_and_no_glyph() -> None:
    with pytest.raises(RuntimeError):
        press("pages.typ", {}, 0)

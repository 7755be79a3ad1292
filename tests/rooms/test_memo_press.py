"""The press: what no font draws is an error with a name and a place."""

import pytest

from rooms.memo_press import FOLDER, MissingGlyph, Unprinted, press


def test_a_letter_has_a_code_and_a_script() -> None:
    one = Unprinted("ꦗ", "Stories", "a ꦗ b")
    assert (one.code, one.script) == ("U+A997", "Javanese")
    error = MissingGlyph((one, Unprinted("ᠮ", "Stories", "ᠮ")))
    assert error.characters == ("ꦗ", "ᠮ")
    assert error.scripts == ("Javanese", "Mongolian")
    assert "ꦗ (U+A997) in “Stories” near “a ꦗ b”" in str(error)


def test_templates_read_data_and_never_people() -> None:
    for template in FOLDER.glob("*.typ"):
        text = template.read_text()
        assert "eval" not in text
        assert "read(" not in text
        assert "json(bytes(sys.inputs.memo))" in text


def test_data_a_template_cannot_read_is_a_bug_and_no_glyph() -> None:
    with pytest.raises(RuntimeError):
        press("pages.typ", {}, 0)

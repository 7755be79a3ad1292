"""Where the typefaces lie."""

from pathlib import Path

from rooms import memo_fonts


def test_the_shipped_families_are_found() -> None:
    families = memo_fonts.families()
    assert families[0] == memo_fonts.HOUSE
    assert families.index(memo_fonts.ARABIC) < families.index("Noto Sans Arabic")
    for name in ("Noto Sans Devanagari", "Noto Sans Tamil", "Hind Siliguri", "Noto Sans CJK SC"):
        assert name in families
    assert set(memo_fonts.SPARE) <= set(families[-3:])


def test_stacks_begin_with_their_own_face() -> None:
    stacks = memo_fonts.stacks()
    assert stacks["voice"][0] == memo_fonts.VOICE
    assert stacks["house"][0] == memo_fonts.HOUSE
    assert set(stacks["voice"]) == set(stacks["house"])


def test_a_folder_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    assert tmp_path / "none" not in memo_fonts.folders(tmp_path / "none")
    assert all(folder.is_dir() for folder in memo_fonts.folders())


def test_chinese_characters_have_the_form_of_the_language() -> None:
    assert memo_fonts.han("zh-Hant-TW") == memo_fonts.han("zh-TW") == "Noto Sans CJK TC"
    assert memo_fonts.han("zh") == memo_fonts.han("zh-CN") == "Noto Sans CJK SC"
    assert memo_fonts.han("en") == memo_fonts.han("") == ""
    east = [name for name in memo_fonts.families(None, "ja") if "CJK" in name]
    assert east[0] == "Noto Sans CJK JP"
    assert not any("Mono CJK" in name for name in memo_fonts.families())

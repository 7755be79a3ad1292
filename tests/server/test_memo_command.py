"""The round trip on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rooms.memo import draft
from rooms.memo_export import Format, export
from rooms.photos import PHOTO_LIMIT
from server.__main__ import main
from tests.rooms.memo_sample import SAMPLE
from tests.rooms.test_memo_photos import PHOTOS, source


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    place = tmp_path / "memo.json"
    place.write_bytes(export(draft(SAMPLE, "participants"), "json").content)
    return place


@pytest.mark.parametrize("ending", ["docx", "csv", "pages.html"])
def test_ME5_json_in_gives_the_file_json_out_was_beside(kept: Path, ending: Format) -> None:
    place = kept.with_name("again")
    assert main(["memo", str(kept), "--format", ending, "--to", str(place)]) == 0
    assert place.read_bytes() == export(draft(SAMPLE, "participants"), ending).content


def test_a_picture_beside_the_memo_that_is_none_is_left_out(tmp_path: Path) -> None:
    place = tmp_path / "memo.json"
    memo = draft(source(), "participants")
    place.write_bytes(export(memo, "json").content)
    photo = tmp_path / memo.photo_file("p1")
    photo.parent.mkdir()
    bodies = (b"<svg><script>alert(1)</script></svg>", bytes(PHOTO_LIMIT + 1), PHOTOS["p1"])
    for number, body in enumerate(bodies):
        photo.write_bytes(body)
        made = tmp_path / f"{number}.html"
        assert main(["memo", str(place), "--format", "html", "--to", str(made)]) == 0
        shown = PHOTOS if body == PHOTOS["p1"] else {}
        assert made.read_bytes() == export(memo, "html", None, shown).content


def test_a_file_that_is_there_is_never_written_over(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept.read_bytes()
    assert main(["memo", str(kept), "--format", "md", "--to", str(kept)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04zip", "an archive"), (b"{", "cannot be read"), (b"{}", "not the memo")],
)
def test_what_is_no_memo_is_refused_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    place = tmp_path / "x.json"
    place.write_bytes(content)
    assert main(["memo", str(place), "--format", "md", "--to", str(tmp_path / "y")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "y").exists()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memo", str(tmp_path / "none.json"), "--format", "md"]) == 1
    assert "No such file" in capsys.readouterr().err

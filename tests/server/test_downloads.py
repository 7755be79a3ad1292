"""The memo as files, and their names (A12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.memo_export import ALL_FORMATS
from rooms.memo_press import MissingGlyph, Unprinted
from rooms.render import formatted
from server.downloads import attachment, unprinted
from tests.server.conftest import Opened


@pytest.mark.parametrize("ending", ALL_FORMATS)
async def test_memo_in_every_format(opened: Opened, ending: str) -> None:
    path = f"/api/rooms/{opened.room}/memo.{ending}"
    answer = await opened.lead.http.get(path, headers=opened.lead.bearer)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-security-policy"].endswith("sandbox")
    start = {"docx": b"PK", "pdf": b"%PDF-", "json": b"{", "pages.pdf": b"%PDF-"}.get(ending, b"")
    assert answer.content.startswith(start)


async def test_memo_is_not_for_participants_before_it_is_sent(opened: Opened) -> None:
    guest = await opened.join("Guest")
    for query in ({}, {"edition": "public"}):
        answer = await guest.http.get(
            f"/api/rooms/{opened.room}/memo.md", headers=guest.bearer, params=query
        )
        assert answer.status_code == 403


async def test_unknown_formats_and_editions(opened: Opened) -> None:
    http, who = opened.lead.http, opened.lead.bearer
    path = f"/api/rooms/{opened.room}/memo"
    assert (await http.get(f"{path}.exe", headers=who)).status_code == 404
    answer = await http.get(f"{path}.md", headers=who, params={"edition": "secret"})
    assert answer.status_code == 400


async def test_board_over_the_api(opened: Opened) -> None:
    answer = await opened.lead.http.get(
        f"/api/rooms/{opened.room}/board", headers=opened.lead.bearer
    )
    assert answer.status_code == 200
    assert answer.json()["cards"] == []


@given(st.text(max_size=300))
def test_a12_any_title_makes_one_safe_header(title: str) -> None:
    header = attachment(title, "pdf")
    assert header.isascii()
    assert not any(ord(char) < 32 for char in header)
    plain = header.split('filename="')[1].split('"')[0]
    assert all(char.isalnum() or char in "-." for char in plain)
    assert plain.endswith(".pdf")
    assert len(plain) <= 84


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "a\r\nSet-Cookie: x=1", "a\x00b", "\u202egpj.exe", "x" * 300]
)
def test_a12_hostile_titles(title: str) -> None:
    header = attachment(title, "md")
    assert "\r" not in header
    assert ".." not in header.split(";")[1]
    assert "%2F" not in header
    assert "%E2%80%AE" not in header


def test_a_letter_without_a_typeface_is_named_with_its_place() -> None:
    found = (Unprinted("ꦗ", "Stories", "a word in ꦗꦮ"), Unprinted("ꦮ", "Stories", "a word in ꦗꦮ"))
    line = unprinted(MissingGlyph(found))
    said = formatted(line.id, line.args)
    assert "Letters without a typeface on this server: 2." in said
    assert "The first is ꦗ (U+A997, Javanese) in “Stories”, near “a word in ꦗꦮ”." in said

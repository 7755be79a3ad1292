"""The list of bad input of the board, people's words and the memo (issue 4), at the doors through
which it comes: refused or made harmless, with a clear word, and nothing changed.

Elsewhere: photos of 40 megapixels and drawings with scripts (`test_photos.py`, `test_pictures.py`),
hostile text in every field of every export (`tests/rooms/test_memo_bad_input.py`), documents
(`tests/fuzz`), names (`test_bodies.py`).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import html
from starlette.applications import Starlette

from server.__main__ import main
from tests.rooms.memo_hostile import HOSTILE
from tests.server.conftest import Opened, browser
from tests.server.pictures import encoded, painted
from tests.server.test_photos import SHOWS, send

LONG: Final = "x" * 100_000
NOTE: Final = {"type": "note.add", "document": "board", "section": "", "kind": "insight"}
EVIL: Final = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>{{7*7}}"
JARGON: Final = re.compile(r"[{}_<>]|\bnull\b|\bpayload\b|Expected|Traceback")


def zip_of_zips(levels: int = 4, copies: int = 10) -> bytes:
    """An archive of archives of archives: small, and gigabytes when it is unpacked."""
    body = bytes(2_000_000)
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(copies):
                archive.writestr(f"{copy}.json", body)
        body = out.getvalue()
    return body


def said(answer: Any, *statuses: int) -> str:
    """What the person reads: a sentence, in plain words."""
    assert answer.status_code in statuses, answer.text[:300]
    sentence: str = answer.json()["error"]["message"]
    assert 15 < len(sentence) < 300
    assert not JARGON.search(sentence), sentence
    return sentence


async def everything(opened: Opened) -> Any:
    """The board, and how far the room has come."""
    path = f"/api/rooms/{opened.room}/board"
    board = await opened.lead.http.get(path, headers=opened.lead.bearer)
    return board.json(), (await opened.lead.view())["seq"]


@pytest.mark.parametrize("much", [LONG, "x" * 20_000, "नदी " * 2_000], ids=len)
@pytest.mark.parametrize(
    "command",
    [
        {**NOTE, "text": "..."},
        {**NOTE, "kind": "theme", "text": "..."},
        {**SHOWS, "photo": "x", "alt": "..."},
        {"type": "section.add", "title": "..."},
        {"type": "words.write", "seat": "s1", "text": "..."},
        {"type": "memo.question", "theme": "t", "text": "..."},
        {"type": "desk.say", "text": "..."},
        {"type": "seat.name", "name": "..."},
    ],
    ids=lambda command: f"{command['type']} {command.get('kind', '')}",
)
async def test_much_too_long_a_text_is_refused_in_words(
    opened: Opened, command: dict[str, Any], much: str
) -> None:
    before = await everything(opened)
    filled = {name: much if value == "..." else value for name, value in command.items()}
    answer = await opened.lead.send("long", filled)
    said(answer, 413)
    assert answer.json()["error"]["reason"] == "too_large"
    assert await everything(opened) == before


async def test_a_zip_of_zips_is_opened_by_nobody(
    opened: Opened, tmp_path: Path, capsys: Any
) -> None:
    """As a photo, as a command, as an agenda, as a memo."""
    bomb = zip_of_zips()
    assert len(bomb) < 2_000_000
    before = await everything(opened)
    for kind in ("image/jpeg", "image/png", "application/zip"):
        assert "JPEG, PNG or WebP" in said(await send(opened.lead, bomb, kind), 415)
    http, bearer = opened.lead.http, opened.lead.bearer
    for path in (f"/api/rooms/{opened.room}/commands", "/api/rooms"):
        for more in ({}, {"Content-Encoding": "gzip"}):
            said(await http.post(path, headers={**bearer, **more}, content=bomb), 400, 413, 415)
    assert await everything(opened) == before
    kept = tmp_path / "memo.json"
    kept.write_bytes(bomb)
    assert main(["memo", str(kept), "--format", "md", "--to", str(tmp_path / "x")]) == 1
    assert "an archive, not a memo" in capsys.readouterr().err
    # Hidden behind a picture it is gone from what is kept.
    answer = await send(opened.lead, encoded(painted(), "JPEG") + bomb[:500_000])
    photo = answer.json()["photo"]
    assert (await opened.lead.send("card", {**SHOWS, "photo": photo})).status_code == 200
    shown = await http.get(f"/api/rooms/{opened.room}/photos/{photo}", headers=bearer)
    assert b"PK\x03\x04" not in shown.content


async def test_markup_in_every_field_of_the_board_is_text_on_every_page(
    app: Starlette, opened: Opened
) -> None:
    """HTML, script and templates: in notes, themes, sections, words for pictures, and questions."""
    lead = opened.lead
    photo = (await send(lead, encoded(painted(), "JPEG"))).json()["photo"]
    for number, command in enumerate(
        (
            {**NOTE, "text": EVIL},
            {**NOTE, "kind": "theme", "text": EVIL},
            {**SHOWS, "photo": photo, "text": EVIL, "alt": EVIL},
            {"type": "section.add", "title": EVIL},
        )
    ):
        assert (await lead.send(f"evil {number}", command)).status_code == 200
    cards = (await everything(opened))[0]["cards"]
    assert sum(card["text"] == EVIL for card in cards) == 3  # kept as it was typed
    theme = next(card["id"] for card in cards if card["kind"] == "theme")
    question = {"type": "memo.question", "theme": theme, "text": EVIL}
    assert (await lead.send("asked", question)).status_code == 200
    async with browser(app) as http:
        http.cookies.set(f"seat_{opened.room}", lead.token)
        for page in ("", "/board", "/memo", "/me", "/panel"):
            answer = await http.get(f"/r/{opened.room}{page}")
            assert answer.status_code == 200
            tree = html.fromstring(answer.text)
            assert not tree.xpath("//script[contains(., 'alert(1)')][not(@type)]")
            assert not tree.xpath("//img[@src='x'] | //@onerror")
            assert "49" not in tree.xpath("string(//main)")
            for data in tree.xpath("//script[@type='application/json']"):
                json.loads(data.text)  # whole, so nothing in it closed the element
        for ending in ("html", "pages.html"):
            answer = await http.get(f"/api/rooms/{opened.room}/memo.{ending}")
            tree = html.fromstring(answer.content)
            assert not tree.xpath("//script | //img[@src='x'] | //@onerror")
            assert "sandbox" in answer.headers["content-security-policy"]


async def test_hostile_text_on_the_board_comes_out_of_every_export(opened: Opened) -> None:
    """Direction tricks, controls, markup of five kinds: all of it on one board, and every file is
    made; a letter without a typeface is named, and stops only the PDF."""
    for number in range(0, len(HOSTILE), 4):  # as many at once as one person may
        text = " / ".join(HOSTILE[number : number + 4])[:500]
        body = {**NOTE, "kind": "parking", "text": text.encode("utf-8", "ignore").decode()}
        answer = await opened.lead.send(f"hostile {number}", body)
        assert answer.status_code == 200, answer.text
    for ending in ("md", "html", "docx", "pdf", "json", "txt", "csv", "pages.html", "pages.pdf"):
        path = f"/api/rooms/{opened.room}/memo.{ending}"
        answer = await opened.lead.http.get(path, headers=opened.lead.bearer)
        if answer.status_code != 200:
            assert ending.endswith("pdf")
            assert "Letters without a typeface" in said_of_glyph(answer)
            continue
        if ending in ("md", "html", "json", "txt", "csv", "pages.html"):
            assert not re.search("[\u202a-\u202e]", answer.text), ending
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", answer.text), ending


def said_of_glyph(answer: Any) -> str:
    """The sentence about letters that cannot be printed; it quotes people's words."""
    assert answer.status_code == 422
    sentence: str = answer.json()["error"]["message"]
    return sentence

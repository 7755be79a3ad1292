"""A page loads the sentences its own script can show, once, and keeps them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.languages import Languages
from server.messages import IMMUTABLE, Messages
from server.templating import WEB
from tests.server.conftest import browser
from tests.server.test_pages import boot_of, open_by_form

if TYPE_CHECKING:
    from pathlib import Path

SWAHILI = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: web/src/room.ts rooms/gate.py
msgid "Saved"
msgstr "Imehifadhiwa"

#: web/src/panel.ts
msgid "Signals"
msgstr "Ishara"

#: rooms/gate.py
msgid "Only the server says this"
msgstr "Seva peke yake"

#: web/src/blocks/card.ts
msgctxt "a button"
msgid "Done"
msgstr "Tayari"

#: web/src/blocks/card.ts
msgid "{n} note"
msgid_plural "{n} notes"
msgstr[0] "dokezo {n}"
msgstr[1] "madokezo {n}"
"""
ROOM = {
    "Saved": "Imehifadhiwa",
    "a button\x04Done": "Tayari",
    "{n} note": ["dokezo {n}", "madokezo {n}"],
}
BUDGET = 10_000
"""Compressed bytes of sentences a participant's page may load, of 150,000 in all (issue 6)."""


SHIPPED = Languages()


@pytest.fixture
def web(tmp_path: Path) -> Path:
    vite = tmp_path / "dist" / ".vite"
    vite.mkdir(parents=True)
    (tmp_path / "sw.po").write_text(SWAHILI, encoding="utf-8")
    listed = {"room": ["web/src/blocks/card.ts", "web/src/room.ts"], "outline": []}
    (vite / "modules.json").write_text(json.dumps(listed))
    return tmp_path


def sentences(text: str) -> Any:
    """What the script says."""
    start = "globalThis.talanoaMessages="
    assert text.startswith(start)
    return json.loads(text.removeprefix(start))


async def get(made: Messages, address: str, coding: str = "identity") -> httpx.Response:
    async def answer(request: Request) -> Response:
        return made.answer(request)

    app = Starlette(routes=[Route("/messages/{name}", answer)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.get(address, headers={"accept-encoding": coding})


async def test_a_page_gets_the_sentences_of_its_own_sources(web: Path) -> None:
    made = Messages(Languages(web), web)
    answer = await get(made, made.address("sw-KE", "room"))
    assert sentences(answer.text) == ROOM
    assert answer.headers["cache-control"] == IMMUTABLE
    assert "javascript" in answer.headers["content-type"]
    small = await get(made, made.address("sw", "room"), "gzip, br")
    assert small.headers["content-encoding"] == "gzip"
    assert small.text == answer.text


def test_english_and_pages_that_say_nothing_load_nothing(web: Path) -> None:
    made = Messages(Languages(web), web)
    assert made.address("en", "room") == ""
    assert made.address("sw", "outline") == ""
    assert made.address("sw", "no page") == ""


async def test_the_address_changes_with_the_sentences_and_the_build(web: Path) -> None:
    before = Messages(Languages(web), web)
    old = before.address("sw", "room")
    place = web / "sw.po"
    place.write_text(SWAHILI.replace("Imehifadhiwa", "Limehifadhiwa"), encoding="utf-8")
    now = Messages(Languages(web), web)
    assert now.address("sw", "room") != old
    stale = await get(now, old)  # a page printed before the update
    assert sentences(stale.text)["Saved"] == "Limehifadhiwa"
    assert stale.headers["cache-control"] == "no-store"
    (web / "dist" / ".vite" / "modules.json").write_text(json.dumps({"room": ["web/src/panel.ts"]}))
    assert sentences((await get(now, now.address("sw", "room"))).text) == {"Signals": "Ishara"}


async def test_what_is_no_such_file_is_not_found(web: Path) -> None:
    made = Messages(Languages(web), web)
    for name in ("sw.room.js", "en.room.0123456789abcdef.js", "sw.room.0123456789abcdef.js.map"):
        assert (await get(made, f"/messages/{name}")).status_code == 404


def test_without_a_build_there_are_no_scripts_and_no_sentences_for_them(web: Path) -> None:
    (web / "dist" / ".vite" / "modules.json").unlink()
    made = Messages(Languages(web), web)
    assert made.address("sw", "room") == ""
    assert not made._made, "nothing is kept for names anybody may invent"


@pytest.mark.parametrize("code", ["ar", "es", "fr", "hi", "pt", "sw"])
async def test_a_participants_sentences_keep_within_their_budget(code: str) -> None:
    made = Messages(SHIPPED, WEB)
    if not (WEB / "dist" / ".vite" / "modules.json").exists():
        pytest.skip("nothing is built here")
    answer = await get(made, made.address(code, "room"))
    assert 1_000 < len(gzip.compress(answer.content, 9)) < BUDGET


async def test_a_live_page_names_its_sentences_before_its_script(app: Any) -> None:
    async with browser(app) as laptop:
        room = await open_by_form(laptop)
        page = (await laptop.get(f"/r/{room}/panel")).text
        assert "/messages/" not in page  # English
        assert "messages" not in boot_of(page)["catalogue"]

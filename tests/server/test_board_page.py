"""The board's page without its script."""

from __future__ import annotations

import httpx
from starlette.applications import Starlette

from tests.server.conftest import Opened, browser
from tests.server.test_pages import OWN, boot_of


async def test_its_cards_can_be_read_before_the_script_runs(
    app: Starlette, opened: Opened, client: httpx.AsyncClient
) -> None:
    bearer = {"authorization": f"Bearer {opened.lead.token}", **OWN}
    for n, (kind, text) in enumerate(
        (("theme", "Listening first"), ("insight", "Walk the river & <b>listen</b>"))
    ):
        note = {"type": "note.add", "document": "board", "section": "", "kind": kind, "text": text}
        body = {"request": f"r-{n}", "command": note}
        path = f"/api/rooms/{opened.room}/commands"
        answer = await client.post(path, json=body, headers=bearer)
        assert answer.status_code == 200, answer.text
    async with browser(app) as http:
        cookie = {"cookie": f"seat_{opened.room}={opened.lead.token}"}
        page = (await http.get(f"/r/{opened.room}/board", headers=cookie)).text
    before = page.split('id="boot"')[0]
    assert "Listening first" in before
    assert "Walk the river &amp; &lt;b&gt;listen&lt;/b&gt;" in before
    boot = boot_of(page)
    assert boot["circles"] == {}
    assert [column["title"] for column in boot["first"]] == ["Listening first", ""]


async def test_a_card_in_another_language_is_read_in_ones_own_before_the_script_runs_BRD10(
    app: Starlette, opened: Opened, client: httpx.AsyncClient
) -> None:
    bearer = {"authorization": f"Bearer {opened.lead.token}", **OWN}
    path = f"/api/rooms/{opened.room}"
    commands: list[dict[str, str]] = [
        {
            "type": "note.add",
            "document": "board",
            "section": "",
            "kind": "insight",
            "text": "El río",
        }
    ]
    for n in range(2):
        body = {"request": f"r-{n}", "command": commands[n]}
        answer = await client.post(f"{path}/commands", json=body, headers=bearer)
        assert answer.status_code == 200, answer.text
        (card,) = (await client.get(f"{path}/board", headers=bearer)).json()["cards"]
        render = {"type": "note.render", "card": card["id"], "language": "ar", "text": "النهر"}
        commands.append(render)
    body = {"code": opened.code, "name": "Huda", "language": "ar", "where": "remote"}
    huda = (await client.post(f"{path}/seats", json=body)).json()
    pages = {}
    for token in (opened.lead.token, huda["token"]):
        async with browser(app) as http:
            cookie = {"cookie": f"seat_{opened.room}={token}"}
            page = (await http.get(f"/r/{opened.room}/board", headers=cookie)).text
            pages[token] = page.split('id="boot"')[0]
    assert '<p class="text" lang="ar" dir="rtl">النهر</p><details' in pages[huda["token"]]
    assert "El río</p></details>" in pages[huda["token"]], "the original is one tap away"
    assert "النهر" not in pages[opened.lead.token]


async def test_nobody_without_a_seat_reads_it(opened: Opened, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/r/{opened.room}/board")).status_code == 401

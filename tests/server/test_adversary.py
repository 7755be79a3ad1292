"""What somebody who means harm can do over HTTP, pages and the websocket (`reliability.md` 3.3)."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import secrets
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pycrdt import Doc, Map, Text
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rooms.board_schema import Card, put_card
from rooms.card_words import CardKind, CardScope
from server import hocuspocus as wire
from server import limits
from server.log import LogBridge, configure
from server.site import Site
from tests.server.conftest import Live, Opened, Person, browser, hear, hear_json, open_room

FORMATS = ("md", "html", "docx", "pdf", "json", "txt")


def canary() -> str:
    """Letters only, so that it looks the same in every format."""
    return "Zq" + "".join(secrets.choice("abcdefghkmnprstuvwx") for _ in range(14))


@pytest.fixture
async def room(live: Live) -> AsyncIterator[Opened]:
    """A room on the live server."""
    async with httpx.AsyncClient(base_url=live.origin) as http:
        yield await open_room(http)


async def sent(who: Person, command: dict[str, Any], **more: Any) -> int:
    """The status of a command."""
    answer = await who.send(secrets.token_hex(6), command, **more)
    return answer.status_code


def update(work: Any, client: int = 7) -> bytes:
    """One document update of a page."""
    doc: Doc[Any] = Doc(client_id=client)
    with doc.transaction():
        work(doc)
    return doc.get_update()


async def drain(socket: Any) -> None:
    """Read until the other side closes."""
    while True:
        await socket.recv()


def stored(folder: Path) -> bytes:
    """Every byte of the data folder."""
    return b"".join(f.read_bytes() for f in folder.rglob("*") if f.is_file())


async def opened_socket(socket: Any, room: str, token: str, *names: str) -> None:
    """Open the room and documents on a socket."""
    for name in ("", *names):
        document = f"{room}/{name}" if name else room
        await socket.send(wire.authenticate(document, token))
        await hear(socket, wire.Authenticated)


# Lens and identity ------------------------------------------------------------------------------


async def test_a_participant_asks_for_every_other_screen(opened: Opened) -> None:
    guest, other = await opened.join("Guest"), await opened.join("Other")
    http, api = guest.http, f"/api/rooms/{opened.room}"
    for query in (
        {"lens": "panel"},
        {"lens": "screen"},
        {"seat": other.seat},
        {"seat": opened.lead.seat},
        {"seat": opened.lead.seat, "lens": "panel"},
    ):
        answer = await http.get(f"{api}/view", headers=guest.bearer, params=query)
        assert answer.status_code == 403, query
    for path in ("board", "words"):
        answer = await http.get(f"{api}/{path}", headers=guest.bearer, params={"seat": other.seat})
        assert answer.status_code == 403
    for path in ("export.zip", "memo.md", "memo.json?edition=public"):
        assert (await http.get(f"{api}/{path}", headers=guest.bearer)).status_code == 403
    assert (await http.delete(api, headers=guest.bearer)).status_code == 403
    assert await sent(guest, {"type": "help.ask"}, seat=other.seat) == 403


async def test_pages_show_another_seat_to_nobody(app: Starlette, opened: Opened) -> None:
    guest, other = await opened.join("Guest"), await opened.join("Other")
    word = canary()
    assert await sent(other, {"type": "help.ask", "about": word}) == 200
    assert await sent(opened.lead, {"type": "desk.say", "text": word}) == 200
    async with browser(app) as http:
        http.cookies.set(f"seat_{opened.room}", guest.token)
        for page in ("", "/me", "/panel", "/screen", "/memo", "/ready", "/agenda", "/sheets"):
            for seat in (other.seat, opened.lead.seat, guest.seat):
                answer = await http.get(f"/r/{opened.room}{page}", params={"as": seat})
                assert word not in answer.text, (page, seat)
                if seat != guest.seat and answer.status_code == 200:
                    assert f'"seat":"{seat}"' not in answer.text.replace(" ", ""), (page, seat)


async def test_a_token_of_room_x_in_room_y(opened: Opened) -> None:
    elsewhere = await open_room(opened.lead.http, "Elsewhere")
    api = f"/api/rooms/{opened.room}"
    http = opened.lead.http
    for path in ("view", "board", "words", "memo.md", "export.zip"):
        answer = await http.get(f"{api}/{path}", headers=elsewhere.lead.bearer)
        assert answer.status_code == 401, path
    answer = await http.post(
        f"{api}/seats", json={"code": elsewhere.code, "name": "X", "where": "remote"}
    )
    assert answer.status_code == 404
    answer = await http.post(
        f"{api}/seats",
        headers=elsewhere.lead.bearer,
        json={"carried_by": elsewhere.lead.seat, "name": "X", "where": "remote"},
    )
    assert answer.status_code == 401
    answer = await http.post(
        f"{api}/recover", json={"secret": elsewhere.links["facilitate"].partition("#")[2]}
    )
    assert answer.status_code == 403


async def test_nobody_is_carried_by_a_seat_of_somebody_else(opened: Opened) -> None:
    guest = await opened.join("Guest")
    answer = await guest.http.post(
        f"/api/rooms/{opened.room}/seats",
        headers=guest.bearer,
        json={"carried_by": opened.lead.seat, "name": "X", "where": "remote"},
    )
    assert answer.status_code == 403


# Words ------------------------------------------------------------------------------------------


async def test_cards_nobody_released_are_in_no_file_and_no_author_is_G8_CH4(
    live: Live, room: Opened
) -> None:
    """Made by a page in the board itself: kinds that need consent, a mood, a card for the room."""
    guest = await room.join("Sefina Tausa")
    kinds: tuple[CardKind, ...] = ("quote", "story_title", "key_moment", "mood", "insight")
    words = {kind: canary() for kind in kinds}
    open_word = canary()

    def cards(doc: Doc[Any]) -> None:
        for kind, word in words.items():
            scope: CardScope = "room" if kind == "insight" else "public"
            card = Card(f"{guest.seat}-{kind}", kind, word, author=guest.seat, scope=scope)
            put_card(doc, card)
        card = Card(f"{guest.seat}-x", "insight", open_word, author=guest.seat, scope="public")
        put_card(doc, card)

    async with live.dial() as socket:
        await opened_socket(socket, room.room, guest.token, "board")
        await socket.send(wire.update(f"{room.room}/board", update(cards)))
        assert (await hear(socket, wire.SyncStatus)).saved
    http, api = room.lead.http, f"/api/rooms/{room.room}"
    files: dict[str, bytes] = {}
    archive = (await http.get(f"{api}/export.zip", headers=room.lead.bearer, timeout=60)).content
    with zipfile.ZipFile(io.BytesIO(archive)) as outer:
        for name in outer.namelist():
            files[name] = outer.read(name)
            if name.endswith(".docx"):
                with zipfile.ZipFile(io.BytesIO(files[name])) as docx:
                    files[name] = b"".join(docx.read(part) for part in docx.namelist())
    assert {f"memo-{e}.{f}" for e in ("participants", "public") for f in FORMATS} < set(files)
    for name, content in files.items():
        for kind, word in words.items():
            assert word.encode() not in content, (name, kind)
        assert f"{guest.seat}-".encode() not in content, name
        assert b"Sefina" not in content, name
    for name in ("board.json", "memo-public.md", "memo-public.docx", "memo-public.json"):
        assert open_word.encode() in files[name], name


async def test_no_word_a_person_typed_is_logged(
    live: Live, room: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    usual = structlog.get_config()
    configure(out)
    root = logging.getLogger()
    bridge = LogBridge()
    root.addHandler(bridge)
    before = root.level
    root.setLevel(logging.DEBUG)
    word = canary()
    try:
        guest = await room.join(word)
        for command in (
            {"type": "help.ask", "about": word},
            {"type": "help.ask", "about": word},
            {"type": "note.add", "document": word, "section": word, "kind": word, "text": word},
            {"type": "desk.say", "text": word},
            {"type": "seat.name", "name": word * 50},
            {"type": word},
            {"type": "consent.release", "words": word, "choice": word},
        ):
            await sent(guest, command, activity=word)
        api = f"/api/rooms/{room.room}"
        for bad in (f"{api}/view?seat={word}&lens={word}", f"/r/{room.room}/me?as={word}"):
            await room.lead.http.get(bad, headers=guest.bearer)
        await room.lead.http.post("/api/enter", json={"secret": word})
        await room.lead.http.post("/api/enter", content=word)
        async with live.dial() as socket:
            await opened_socket(socket, room.room, guest.token, "board", f"mine/{guest.seat}")
            await socket.send(wire.stateless(room.room, word))
            await hear_json(socket, "refused")
            foreign = Card("s1-x", "insight", word, author="s1")
            await socket.send(
                wire.update(f"{room.room}/board", update(lambda doc: put_card(doc, foreign)))
            )
            assert not (await hear(socket, wire.SyncStatus)).saved
            await socket.send(wire.update(f"{room.room}/mine/{guest.seat}", word.encode()))
            await hear(socket, wire.SyncStatus)
    finally:
        root.removeHandler(bridge)
        root.setLevel(before)
        structlog.configure(**usual)
    caught = capsys.readouterr()
    said = out.getvalue()
    assert '"refused"' in said
    for line in (said + caught.out + caught.err).splitlines():
        assert word not in line
        assert guest.token not in line
        assert room.lead.token not in line


async def test_errors_do_not_repeat_what_somebody_typed(opened: Opened) -> None:
    guest = await opened.join("Guest")
    word = canary()
    for body in (
        {"request": "a", "command": {"type": word}},
        {"request": "b", "command": {"type": "help.ask", "about": {"x": word}}},
        {"request": "c", "command": {"type": "help.ask", "about": word * 1_000}},
        {"request": "d", "command": word},
        {"request": word * 9, "command": {}},
    ):
        answer = await guest.http.post(
            f"/api/rooms/{opened.room}/commands", headers=guest.bearer, json=body
        )
        assert answer.status_code >= 400
        assert word not in answer.text


async def test_a_deleted_note_and_a_forgotten_room_leave_no_byte(
    app: Starlette, site: Site, opened: Opened
) -> None:
    word = canary()
    guest = await opened.join(word)
    assert await sent(guest, {"type": "help.ask", "about": word}) == 200
    answer = await opened.lead.http.delete(f"/api/rooms/{opened.room}", headers=opened.lead.bearer)
    assert answer.status_code == 204
    assert word.encode() not in stored(site.settings.data)
    assert (await opened.lead.http.get(f"/r/{opened.room}")).status_code in (401, 404)


# Control ----------------------------------------------------------------------------------------


async def test_a_removed_person_is_out_everywhere(live: Live, room: Opened) -> None:
    guest = await room.join("Guest")
    async with live.dial() as socket:
        await opened_socket(socket, room.room, guest.token, "board")
        view = await room.lead.view()
        command = {
            "type": "seat.remove",
            "seat": guest.seat,
            "epoch": view["room"]["lead"]["epoch"],
        }
        assert await sent(room.lead, command) == 200
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(drain(socket), 5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403
    answer = await guest.http.get(f"/api/rooms/{room.room}/view", headers=guest.bearer)
    assert answer.status_code == 401
    assert await sent(guest, {"type": "seat.return"}) == 401


async def test_a_code_after_the_door_closed(opened: Opened) -> None:
    view = await opened.lead.view()
    epoch = view["room"]["lead"]["epoch"]
    assert await sent(opened.lead, {"type": "door.close", "epoch": epoch}) == 200
    for way in ({"code": opened.code}, {"secret": opened.links["join"].partition("#")[2]}):
        answer = await opened.lead.http.post(
            f"/api/rooms/{opened.room}/seats", json={"name": "Late", "where": "remote", **way}
        )
        assert answer.status_code in (403, 409, 410), answer.text
        assert answer.json()["error"]["reason"] == "closed"


async def test_a_foreign_page_cannot_press_buttons_with_a_cookie(
    app: Starlette, opened: Opened
) -> None:
    async with browser(app) as http:
        http.cookies.set(f"seat_{opened.room}", opened.lead.token)
        for origin in ("https://evil.example", "http://127.0.0.1:8001"):
            answer = await http.post(
                f"/api/rooms/{opened.room}/commands",
                headers={"Origin": origin},
                json={"request": "x", "command": {"type": "seat.leave"}},
            )
            assert answer.status_code == 403
        answer = await http.post(
            f"/api/rooms/{opened.room}/commands",
            content=json.dumps({"request": "x", "command": {"type": "seat.leave"}}),
            headers={"Content-Type": "text/plain"},
        )
        assert answer.status_code == 415
        answer = await http.post(f"/r/{opened.room}/do", data={"offer": '{"type":"seat.leave"}'})
        assert answer.status_code >= 400
        assert (await opened.lead.view())["activity"] is None


# Floods and sizes -------------------------------------------------------------------------------


async def test_a_paste_of_a_megabyte_is_refused_by_name_and_the_socket_stays(
    live: Live, room: Opened
) -> None:
    guest = await room.join("Guest")
    name = f"{room.room}/mine/{guest.seat}"

    def paste(doc: Doc[Any]) -> None:
        doc.get("drafts", type=Map)["a1/quote"] = Text("x" * 1_000_000)

    async with live.dial() as socket:
        await opened_socket(socket, room.room, guest.token, f"mine/{guest.seat}")
        await socket.send(wire.update(name, update(paste)))
        assert not (await hear(socket, wire.SyncStatus)).saved
        refused = await hear_json(socket, "refused")
        assert (refused["reason"], refused["document"]) == ("too_large", name)
        body = {"request": "q", "command": {"type": "help.ask"}}
        await socket.send(wire.stateless(room.room, json.dumps(body)))
        assert (await hear_json(socket, "done"))["request"] == "q"


async def test_a_command_of_a_hundred_thousand_letters(live: Live, room: Opened) -> None:
    guest = await room.join("Guest")
    body = {"request": "long", "command": {"type": "help.ask", "about": "x" * 100_000}}
    assert await sent(guest, {"type": "help.ask", "about": "x" * 100_000}) == 413
    async with live.dial() as socket:
        await opened_socket(socket, room.room, guest.token)
        await socket.send(wire.stateless(room.room, json.dumps(body)))
        refused = await hear_json(socket, "refused")
        assert (refused["request"], refused["reason"]) == ("long", "too_large")
        await socket.send(wire.PING)
        await hear(socket, wire.Pong)


async def test_a_header_or_cookie_of_a_million_bytes_ends_that_request_only(
    live: Live, room: Opened
) -> None:
    for head in ("Cookie: a=", "X-Long: ", "Authorization: Bearer "):
        reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
        writer.write(f"GET /api/rooms/{room.room}/view HTTP/1.1\r\nHost: x\r\n{head}".encode())
        try:
            for _ in range(16):
                writer.write(b"x" * 65_536)
                await writer.drain()
            writer.write(b"\r\n\r\n")
            async with asyncio.timeout(10):
                answer = await reader.read(4_096)
        except (ConnectionError, BrokenPipeError):
            answer = b""
        finally:
            writer.close()
        assert not answer.startswith(b"HTTP/1.1 2")
        assert b" 500 " not in answer[:20]
    assert (await room.lead.view())["seat"] == room.lead.seat


async def test_sockets_of_one_address_are_counted(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 3)
    async with live.dial(), live.dial(), live.dial():
        with pytest.raises(InvalidStatus) as refused:
            async with live.dial():
                pass
        assert refused.value.response.status_code == 429
    async with live.dial():
        pass


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800", "Ami\u200bna\u202e", "\U000e0041", "\u200f\u200e", "a" * 10_000]
)
async def test_names_that_hide_or_mislead(opened: Opened, name: str) -> None:
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats",
        json={"code": opened.code, "name": name, "where": "remote"},
    )
    if answer.status_code == 201:
        people = await opened.lead.view()
        assert name not in json.dumps(people, ensure_ascii=False)
    else:
        assert answer.status_code in (400, 413)
        assert len(answer.json()["error"]["message"]) < 300


async def test_a_long_and_deep_command_ends_nothing(live: Live, room: Opened) -> None:
    """A parser that recurses into half a million brackets would take the process with it."""
    guest = await room.join("Guest")
    async with live.dial() as socket:
        await opened_socket(socket, room.room, guest.token)
        for text in ("[" * 500_000, '{"request":"deep","command":' + '{"a":' * 90_000):
            await socket.send(wire.stateless(room.room, text))
            assert (await hear_json(socket, "refused"))["reason"] == "too_large"
    assert (await room.lead.view())["seat"] == room.lead.seat


async def test_text_of_people_is_no_markup_on_any_page(app: Starlette, client: Any) -> None:
    """A10: names, titles and notes are text, in the page and in its data for the script."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    opened = await open_room(client, evil)
    guest = await opened.join("<b>Kofi</b><script>")
    assert await sent(opened.lead, {"type": "desk.say", "text": evil}) == 200
    epoch = (await opened.lead.view())["room"]["lead"]["epoch"]
    assert await sent(opened.lead, {"type": "say.all", "text": evil, "epoch": epoch}) == 200
    for who in (guest, opened.lead):
        async with browser(app) as http:
            http.cookies.set(f"seat_{opened.room}", who.token)
            for page in ("", "/me", "/panel", "/screen", "/memo", "/ready", "/agenda", "/sheets"):
                answer = await http.get(f"/r/{opened.room}{page}")
                for bad in ("<script>alert", "<img src=x", "<b>Kofi", "</script><script>"):
                    assert bad not in answer.text, (page, bad)

"""Built files, policies and QR codes."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Mount

from server.messages import IMMUTABLE
from server.templating import Manifest, Static, command_of, policy, qr


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A tree as the build leaves it."""
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / "assets").mkdir()
    (tmp_path / "dist" / "assets" / "room-abc.js").write_text("export {}")
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "main.css").write_text("body{}")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "room.ts").write_text("secret source")
    entries = {
        "src/room.ts": {"file": "assets/room-abc.js", "imports": ["_a.js"]},
        "_a.js": {"file": "assets/a.js", "imports": ["_b.js"]},
        "_b.js": {"file": "assets/b.js", "imports": ["_a.js"]},
    }
    (tmp_path / "dist" / ".vite" / "manifest.json").write_text(json.dumps(entries))
    return tmp_path


def test_addresses_come_from_the_manifest(web: Path) -> None:
    manifest = Manifest(web)
    assert manifest.built
    assert manifest.asset("src/room.ts") == "/static/assets/room-abc.js"
    assert manifest.preloads("src/room.ts") == ["/static/assets/a.js", "/static/assets/b.js"]


def test_without_a_build_styles_are_served_as_written(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    assert not manifest.built
    assert manifest.asset("styles/main.css") == "/static/styles/main.css"


async def test_static_files_are_kept_by_name_and_nothing_else_is_served(web: Path) -> None:
    app = Starlette(routes=[Mount("/static", Static(web))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        built = await client.get("/static/assets/room-abc.js")
        assert built.headers["cache-control"] == IMMUTABLE
        style = await client.get("/static/styles/main.css")
        assert style.text == "body{}"
        assert "max-age=300" in style.headers["cache-control"]
        for path in ("src/room.ts", ".vite/manifest.json", "../templates/x", "%2e%2e/x", "dist/x"):
            assert (await client.get(f"/static/{path}")).status_code == 404, path


def test_the_policy_names_the_socket_of_plain_hosts_only() -> None:
    assert " ws://a.example:8000 wss://" in policy(Headers({"host": "a.example:8000"}), True)
    for host in ("a;script-src *", "a b", "", "é.example"):
        assert "ws://" not in policy(Headers(raw=[(b"host", host.encode("latin-1"))]), True)
    assert "trusted-types" not in policy(Headers({"host": "a"}), False)


def test_an_offer_is_sent_back_as_it_stands() -> None:
    offer = {"type": "x", "turn": 3, "label": "L", "place": "main", "needs": {}, "confirm": "C"}
    assert json.loads(command_of(offer)) == {"type": "x", "turn": 3}


def test_a_qr_code_is_one_path_with_a_quiet_border() -> None:
    code = qr("http://127.0.0.1:8000/j#m2TDhdZP1BIYQldyM5ZI6Q")
    assert code["size"] <= 37 + 4
    assert code["path"].startswith("M2 2h7v1h-7z")


async def test_built_files_are_sent_compressed_as_the_browser_takes_them(web: Path) -> None:
    (web / "dist" / "assets" / "room-abc.js.br").write_bytes(brotli := b"stands for brotli")
    app = Starlette(routes=[Mount("/static", Static(web))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        at = "/static/assets/room-abc.js"
        async with client.stream("GET", at, headers={"accept-encoding": "gzip, br"}) as answer:
            assert b"".join([part async for part in answer.aiter_raw()]) == brotli
        assert answer.headers["content-encoding"] == "br"
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == IMMUTABLE
        plain = await client.get(at, headers={"accept-encoding": "gzip"})
        assert plain.text == "export {}"
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == "Accept-Encoding"

"""What a phone may keep: the worker and the shells, and nothing of any room."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest

from server.languages import Languages
from server.offline import SHELLS, Offline
from server.templating import WEB, Pages
from tests.server.test_pages import boot_of, open_by_form

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

SHELL_BUDGET = 6_000
"""Compressed bytes of one shell: a phone fetches three, once for each version."""


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """The templates over a build of two files."""
    (tmp_path / "templates").symlink_to(WEB / "templates")
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / "worker.js").write_text("work();\n")
    build(tmp_path, "one")
    return tmp_path


def build(web: Path, name: str) -> None:
    """The same build with other contents."""
    entries = {
        "src/room.ts": {"file": f"assets/room-{name}.js", "imports": ["_a.js"]},
        "_a.js": {"file": "assets/a.js"},
    }
    manifest = web / "dist" / ".vite" / "manifest.json"
    stamp = manifest.stat().st_mtime_ns if manifest.exists() else 0
    manifest.write_text(json.dumps(entries))
    if manifest.stat().st_mtime_ns == stamp:
        import os

        os.utime(manifest, ns=(stamp + 1, stamp + 1))


def version(made: Offline) -> str:
    """What stands over the worker."""
    script = made.script()
    assert script
    found = re.match(rb'self\.talanoaVersion="([0-9a-f]{16})";\nwork\(\);\n', script.whole)
    assert found
    return found[1].decode()


def test_the_version_changes_with_what_a_shell_needs_and_only_then(web: Path) -> None:
    languages = Languages()
    made = Offline(Pages(languages, web), languages, web)
    first = version(made)
    assert version(made) == first
    again = Offline(Pages(languages, web), languages, web)
    assert version(again) == first
    build(web, "two")
    assert version(made) != first
    shell = made.shell("room", "ar")
    assert shell
    assert b"/static/assets/room-two.js" in shell.whole
    assert b"/static/assets/a.js" in shell.whole  # what the script imports is kept with it


def test_without_a_build_there_is_no_worker(tmp_path: Path) -> None:
    (tmp_path / "templates").symlink_to(WEB / "templates")
    languages = Languages()
    made = Offline(Pages(languages, tmp_path), languages, tmp_path)
    assert made.script() is None
    assert made.shell("room", "en")


async def test_a_shell_has_nothing_of_any_room_or_person(client: httpx.AsyncClient) -> None:
    room = await open_by_form(client, "The river")  # this browser has a seat: cookies are sent
    for page in SHELLS:
        answer = await client.get(f"/kept/{page}/ar")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-language"] == "ar"
        assert "set-cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert 'lang="ar" dir="rtl"' in answer.text
        assert room not in answer.text
        assert "The river" not in answer.text
        assert 'name="key"' not in answer.text
        assert len(gzip.compress(answer.content, 9)) < SHELL_BUDGET
    boot = boot_of((await client.get("/kept/room/ar")).text)
    assert boot["kept"] is True
    assert boot["room"] == ""
    assert "seat" not in boot


@pytest.mark.parametrize("path", ["panel/en", "screen/en", "ready/en", "room/xx", "room/en/more"])
async def test_nothing_else_has_a_shell(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/kept/{path}")).status_code == 404


async def test_what_a_browser_has_already_costs_a_header(client: httpx.AsyncClient) -> None:
    first = await client.get("/kept/room/en")
    tag = first.headers["etag"]
    for said in (tag, f"W/{tag}"):
        again = await client.get("/kept/room/en", headers={"If-None-Match": said})
        assert again.status_code == 304
        assert not again.content
    assert (await client.get("/kept/room/en", headers={"If-None-Match": '"x"'})).status_code == 200


async def test_the_worker_may_fetch_from_here_and_nothing_else(client: httpx.AsyncClient) -> None:
    if not (WEB / "dist" / "worker.js").exists():
        pytest.skip("the web is not built: ./dev build")
    answer = await client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; script-src 'self'; connect-src 'self'"
    assert "import" not in answer.text.partition(";")[0]

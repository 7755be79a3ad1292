"""The application as a whole: headers, bugs, and a room that outlives it."""

from __future__ import annotations

import httpx
import pytest
from msgspec import structs

from rooms.storage import StorageHeld, StorageUnwritable
from server.app import running, seeded
from server.settings import Settings
from server.site import Site
from tests.server.conftest import Opened, Person, browser, open_room
from tests.waiting import until


async def test_every_answer_has_the_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/api/none", "/api/activities", "/static/none"):
        headers = (await client.get(path)).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_bug_is_a_plain_answer_and_quotes_nobody(
    opened: Opened, site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def trip(*_: object, **__: object) -> None:
        raise RuntimeError("what somebody typed")

    monkeypatch.setattr(site.hub, "join", trip)
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats", json={"code": opened.code, "name": "X"}
    )
    assert answer.status_code == 500
    assert answer.json()["error"]["reason"] == "tripped"
    assert "typed" not in answer.text
    monkeypatch.undo()
    assert (await opened.lead.view())["type"] == "view"


async def test_bad_input_a_full_disk_takes_nothing_and_says_so(
    opened: Opened, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StorageUnwritable("disk full")

    monkeypatch.setattr(site.storage, "append", full)
    monkeypatch.setattr(site.storage, "create_room", full)
    http = opened.lead.http
    answer = await http.post("/api/rooms", json={"title": "T", "facilitator": "F"})
    assert answer.status_code in (409, 503)
    assert "cannot save" in answer.json()["error"]["message"]
    join = await http.post(
        f"/api/rooms/{opened.room}/seats", json={"code": opened.code, "name": "X"}
    )
    assert join.status_code in (409, 503)
    assert "cannot save" in join.json()["error"]["message"]
    monkeypatch.undo()
    assert (await opened.lead.view())["room"]["here"] == 1
    assert (await opened.join("X")).seat


async def test_a_room_is_there_again_after_a_restart(settings: Settings) -> None:
    settings.data.mkdir()
    async with running(settings) as app, browser(app) as client:
        opened = await open_room(client)
    async with running(settings) as app, browser(app) as client:
        again = Person(client, opened.room, opened.lead.seat, opened.lead.token)
        assert (await again.view())["seat"] == opened.lead.seat
        code = await client.post("/api/enter", json={"secret": opened.code})
        assert code.json()["room"] == opened.room


@pytest.mark.redis
async def test_a_room_in_redis_is_there_again_in_another_process(
    settings: Settings, redis_url: str
) -> None:
    kept = structs.replace(settings, redis_url=redis_url)
    async with running(kept) as app, browser(app) as client:
        opened = await open_room(client)
        async with running(kept) as other, browser(other) as elsewhere:
            again = Person(elsewhere, opened.room, opened.lead.seat, opened.lead.token)
            assert (await again.view())["seat"] == opened.lead.seat
            new = await opened.join("Noor")  # at one process, and at once at the other
            there = Person(elsewhere, opened.room, new.seat, new.token)
            done = (await there.send("r1", {"type": "help.ask"})).json()

            async def known() -> bool:
                return bool((await new.view())["seq"] >= done["seq"])

            await until(known)
        secret = structs.replace(kept, secret="another")
        with pytest.raises(StorageHeld, match="TALANOA_SECRET"):
            async with running(secret):
                pass
    assert [file.name for file in kept.data.iterdir()] == ["secret"]


def test_seeded_dice_fall_the_same() -> None:
    one, other = seeded(7), seeded(7)
    assert [one() for _ in range(5)] == [other() for _ in range(5)]
    assert one() != seeded(8)()

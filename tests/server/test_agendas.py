"""Agendas over HTTP: templates, files, the same agenda in another room."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.applications import Starlette

from rooms.agenda_templates import offered
from server.site import Site
from tests.server.conftest import Opened, browser, open_room

OWN = {"sec-fetch-site": "same-origin"}


async def built(opened: Opened) -> dict[str, Any]:
    """An agenda with a prompt of one's own; the file of it."""
    await opened.lead.send("r1", {"type": "agenda.edit", "item": "a2", "revision": 0,
                                  "title": "By the river",
                                  "settings": {"prompt": "A day at the river"}})  # fmt: skip
    return await plan_of(opened)


async def plan_of(opened: Opened) -> dict[str, Any]:
    answer = await opened.lead.http.get(
        f"/api/rooms/{opened.room}/agenda.json", headers=opened.lead.bearer
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_facilitators_read_the_plan_and_take_it_out(opened: Opened) -> None:
    file = await built(opened)
    assert file["title"] == "Living with the river"
    assert file["items"][1]["settings"] == {"prompt": "A day at the river"}
    person = await opened.join("Kofi")
    for path in ("agenda", "agenda.json"):
        address = f"/api/rooms/{opened.room}/{path}"
        answer = await person.http.get(address, headers=person.bearer)
        assert answer.status_code == 403
    answer = await opened.lead.http.get(
        f"/api/rooms/{opened.room}/agenda", headers=opened.lead.bearer
    )
    plan = answer.json()
    assert plan["type"] == "plan"
    assert plan["items"][1]["title"] == "By the river"
    assert {w["rule"] for w in plan["warnings"]} >= {"no_break"}


async def test_a_file_opens_a_room(opened: Opened, client: httpx.AsyncClient) -> None:
    file = await built(opened)
    body = {"title": "Again", "facilitator": "Amina", "agenda": file}
    answer = await client.post("/api/rooms", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    again = await client.get(
        f"/api/rooms/{made['room']}/agenda.json",
        headers={"Authorization": f"Bearer {made['token']}"},
    )
    assert again.json()["items"] == file["items"]
    bad = await client.post("/api/rooms", json={**body, "agenda": {**file, "version": 2}})
    assert bad.status_code == 400
    assert "newer Talanoa" in bad.json()["error"]["message"]


async def test_a_room_is_used_again_by_its_organiser_alone(opened: Opened) -> None:
    """Nobody's name, words or place come along."""
    file = await built(opened)
    person = await opened.join("Kofi")
    body = {"title": "Again", "facilitator": "Amina", "agenda_from": opened.room}
    http = opened.lead.http
    assert (await http.post("/api/rooms", json=body)).status_code == 401
    refused = await http.post("/api/rooms", json=body, headers=person.bearer)
    assert refused.status_code == 403
    assert "opened that room" in refused.json()["error"]["message"]
    answer = await http.post("/api/rooms", json=body, headers=opened.lead.bearer)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    again = (await http.get(f"/api/rooms/{made['room']}/agenda.json", headers=bearer)).json()
    assert again == {**file, "title": "Again"}


async def test_templates_are_listed_with_their_lines(client: httpx.AsyncClient, site: Site) -> None:
    found = (await client.get("/api/templates")).json()
    assert [one["name"] for one in found] == list(offered(frozenset(site.hub.world.activities)))
    evening = next(one for one in found if one["name"] == "evening")
    assert (evening["minutes"], len(evening["items"])) == (110, 3)
    page = (await client.get("/")).text
    for one in found:
        assert f'value="{one["name"]}"' in page


async def test_an_unknown_template_is_refused(client: httpx.AsyncClient) -> None:
    body = {"title": "River", "facilitator": "Amina", "template": "opera"}
    assert (await client.post("/api/rooms", json=body)).status_code == 400


async def test_each_kind_says_how_it_is_planned_and_set(client: httpx.AsyncClient) -> None:
    found = {one["kind"]: one for one in (await client.get("/api/activities")).json()}
    turn = next(f for f in found["story_circle"]["plan"]["fields"] if f["name"] == "turn_s")
    assert (turn["low"], turn["high"], turn["label"]) == (60, 420, "Time for each story")
    assert found["check_in"]["plan"]["minutes"] == 6


async def test_the_front_door_offers_a_rooms_agenda_to_its_organiser(app: Starlette) -> None:
    async with browser(app) as http:
        posted = await http.post("/", data={"title": "River", "facilitator": "Amina"}, headers=OWN)
        room = posted.headers["location"].split("/")[2]
        page = (await http.get(f"/?from={room}")).text
        assert "The agenda of “River”" in page
        made = await http.post(
            "/",
            data={"title": "Again", "facilitator": "Amina", "template": f"from:{room}"},
            headers=OWN,
        )
        assert made.status_code == 303
        async with browser(app) as stranger:
            assert (await stranger.get(f"/?from={room}")).status_code == 401
            refused = await stranger.post(
                "/",
                data={"title": "Again", "facilitator": "Eve", "template": f"from:{room}"},
                headers=OWN,
            )
            assert refused.status_code == 401


async def test_a_facilitators_page_has_the_editor_and_others_the_outline(app: Starlette) -> None:
    async with browser(app) as http:
        opened = await open_room(http)
        cookie = {"cookie": f"seat_{opened.room}={opened.lead.token}"}
        page = await http.get(f"/r/{opened.room}/agenda", headers=cookie)
        assert page.status_code == 200
        assert '"kinds"' in page.text
        assert '"templates"' in page.text
        person = await opened.join("Kofi")
        other = await http.get(
            f"/r/{opened.room}/agenda", headers={"cookie": f"seat_{opened.room}={person.token}"}
        )
        assert other.status_code == 200
        assert '"kinds"' not in other.text
        assert "Story circles" in other.text


async def test_an_agenda_too_large_to_import_is_refused_by_its_name_and_limit(
    opened: Opened,
) -> None:
    before = await opened.lead.view()
    for size in (40_000, 200_000):  # a little over, and more than any body may have
        plan = {"type": "agenda.import", "revision": 0, "plan": {"notes": "x" * size}}
        no = await opened.lead.send(f"big-{size}", plan)
        assert no.status_code == 413
        error = no.json()["error"]
        assert error["reason"] == "too_large"
        assert "This agenda is too large: 32 KiB fit" in error["message"]
        assert "Nothing was changed" in error["message"]
    assert (await opened.lead.view())["seq"] == before["seq"]


async def test_a_room_is_not_opened_with_an_agenda_too_large(client: httpx.AsyncClient) -> None:
    body = {"title": "Again", "facilitator": "Amina", "agenda": {"notes": "x" * 70_000}}
    no = await client.post("/api/rooms", json=body)
    assert no.status_code == 413
    assert "64 KiB fit, the agenda included" in no.json()["error"]["message"]

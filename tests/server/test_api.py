"""The JSON API over a real hub: an evening's first activity walked by what `may` offers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from activities.check_in import CHECK_IN
from server.site import Site
from tests.server.conftest import Opened, Person, browser, open_room

DESCRIBES = ("label", "place", "needs", "hint", "confirm", "shown")


def filled(offer: dict[str, Any]) -> dict[str, Any]:
    """An offer as any program may send it back: needs filled with something of their kind."""
    command = {key: value for key, value in offer.items() if key not in DESCRIBES}
    for field, need in offer["needs"].items():
        match need["kind"]:
            case "text":
                command[field] = "A river after rain"
            case "texts":
                command[field] = ["one"]
            case "choice":
                command[field] = need["options"][0]["value"]
            case "flag":
                command[field] = True
            case "number":
                command[field] = need.get("low", 1)
    return command


def offer_of(view: dict[str, Any], *types: str) -> dict[str, Any]:
    """The first offer of one of these types."""
    found = [offer for offer in view["may"] if offer["type"] in types]
    assert found, [offer["type"] for offer in view["may"]]
    first: dict[str, Any] = found[0]
    return first


async def test_open_room_gives_links_code_and_token(opened: Opened) -> None:
    assert opened.links["join"].startswith("http://127.0.0.1:8000/j#")
    assert f"/r/{opened.room}/panel#" in opened.links["facilitate"]
    assert f"/r/{opened.room}/screen#" in opened.links["screen"]
    assert len(opened.code) == 9
    view = await opened.lead.view()
    assert view["type"] == "view"
    assert view["seat"] == opened.lead.seat


async def test_three_seats_walk_check_in_by_what_may_offers(opened: Opened) -> None:
    people = [await opened.join(name) for name in ("Wanjiru", "Kofi", "Sefina")]
    panel = await opened.lead.view(lens="panel")
    done = await opened.lead.send("start", filled(offer_of(panel, "activity.start")))
    assert done.status_code == 200, done.text
    assert done.json()["done"] == "start"
    phases, answered = [], set()
    for step in range(12):
        for person in people:
            view = await person.view()
            main = [o for o in view["may"] if o["place"] == "main"]
            if main and person.seat not in answered:
                answer = await person.send(
                    f"{person.seat}-{step}", filled(main[0]), activity=view["activity"]["id"]
                )
                assert answer.status_code == 200, answer.text
                answered.add(person.seat)
        panel = await opened.lead.view(lens="panel")
        if panel["activity"] is None or panel["activity"]["kind"] != "check_in":
            break
        phases.append(panel["activity"]["phase"])
        main = [o for o in panel["may"] if o["place"] == "main"]
        answer = await opened.lead.send(f"next-{step}", filled(main[0]))
        assert answer.status_code == 200, answer.text
    assert phases == ["frame", "answer", "reveal", "thanks"]
    assert answered == {person.seat for person in people}
    assert panel["activity"] is None or panel["activity"]["id"] != "a1"


async def test_the_same_request_is_answered_once(opened: Opened) -> None:
    panel = await opened.lead.view(lens="panel")
    start = filled(offer_of(panel, "activity.start"))
    first, second = [await opened.lead.send("same", start) for _ in range(2)]
    assert first.json() == second.json()


async def test_refusals_carry_reason_message_and_409(opened: Opened) -> None:
    panel = await opened.lead.view(lens="panel")
    start = filled(offer_of(panel, "activity.start"))
    answer = await opened.lead.send("old", {**start, "epoch": start["epoch"] - 1})
    assert answer.status_code == 409
    assert answer.json()["error"]["reason"] == "stale_epoch"
    assert answer.json()["error"]["message"]


async def test_a_carried_seat_speaks_with_the_carriers_token(opened: Opened) -> None:
    steward = await opened.join("Baraka", where="room")
    answer = await steward.http.post(
        f"/api/rooms/{opened.room}/seats",
        headers=steward.bearer,
        json={"name": "Rosa", "where": "room", "carried_by": steward.seat},
    )
    assert answer.status_code == 201
    assert set(answer.json()) == {"seat"}
    assert (await steward.view(seat=answer.json()["seat"]))["seat"] == answer.json()["seat"]


async def test_nobody_is_carried_by_somebody_elses_seat(opened: Opened) -> None:
    one, other = await opened.join("One"), await opened.join("Other")
    answer = await one.http.post(
        f"/api/rooms/{opened.room}/seats",
        headers=one.bearer,
        json={"name": "Rosa", "where": "room", "carried_by": other.seat},
    )
    assert answer.status_code == 403


async def test_bad_input_unknown_code(client: httpx.AsyncClient, opened: Opened) -> None:
    answer = await client.post(
        f"/api/rooms/{opened.room}/seats", json={"code": "AAAA-AAAA", "name": "X"}
    )
    assert answer.status_code == 404
    assert answer.json()["error"]["reason"] == "unknown"


async def test_bad_input_code_after_the_door_is_closed(opened: Opened) -> None:
    panel = await opened.lead.view(lens="panel")
    closing = offer_of(panel, "door.close")
    assert (await opened.lead.send("close", filled(closing))).status_code == 200
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats", json={"code": opened.code, "name": "Late"}
    )
    assert answer.status_code == 409
    assert answer.json()["error"]["reason"] == "closed"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 10_000, "too_large"), ("x" * 61, "too_large"), ("a\x00b", "bad_request"),
     ("a\u202eb", "bad_request"), ("  ", "bad_request"), ("\u200d", "bad_request")],
)  # fmt: skip
async def test_bad_input_names(opened: Opened, name: str, reason: str) -> None:
    before = (await opened.lead.view())["room"]["here"]
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats", json={"code": opened.code, "name": name}
    )
    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["reason"] == reason
    assert (await opened.lead.view())["room"]["here"] == before


async def test_bad_input_json_nested_10_000_deep(opened: Opened) -> None:
    deep = b'{"request":"r","command":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    for path in (f"/api/rooms/{opened.room}/commands", "/api/rooms", "/api/enter"):
        answer = await opened.lead.http.post(
            path,
            content=deep,
            headers={**opened.lead.bearer, "Content-Type": "application/json"},
        )
        assert answer.status_code == 400, path
        assert answer.json()["error"]["reason"] == "bad_request"


async def test_bad_input_body_over_the_limit(opened: Opened) -> None:
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/commands",
        content=b'{"request":"' + b"x" * 2_000_000 + b'"}',
        headers={**opened.lead.bearer, "Content-Type": "application/json"},
    )
    assert answer.status_code == 413


async def test_bad_input_token_of_another_room(client: httpx.AsyncClient, opened: Opened) -> None:
    other = await open_room(client, "Another room")
    stranger = Person(client, opened.room, other.lead.seat, other.lead.token)
    answer = await client.get(f"/api/rooms/{opened.room}/view", headers=stranger.bearer)
    assert answer.status_code == 401
    assert answer.json()["error"]["reason"] == "no_seat"
    answer = await stranger.send("r", {"type": "seat.leave"})
    assert answer.status_code == 401


async def test_a_code_of_another_room_opens_nothing(
    client: httpx.AsyncClient, opened: Opened
) -> None:
    other = await open_room(client, "Another room")
    answer = await client.post(
        f"/api/rooms/{opened.room}/seats", json={"code": other.code, "name": "X"}
    )
    assert answer.status_code == 404


async def test_a_recovery_link_is_no_invitation(opened: Opened) -> None:
    secret = opened.links["facilitate"].partition("#")[2]
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats", json={"secret": secret, "name": "X"}
    )
    assert answer.status_code == 404


async def test_recover_adds_a_device_to_the_same_seat(app: Any, opened: Opened) -> None:
    async with browser(app) as laptop:
        secret = opened.links["facilitate"].partition("#")[2]
        answer = await laptop.post(f"/api/rooms/{opened.room}/recover", json={"secret": secret})
        assert answer.json() == {"seat": opened.lead.seat}
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert "samesite=lax" in answer.headers["set-cookie"].lower()
        view = await laptop.get(f"/api/rooms/{opened.room}/view")
        assert view.json()["seat"] == opened.lead.seat


async def test_a_cookie_does_not_speak_for_another_site(app: Any, opened: Opened) -> None:
    async with browser(app) as laptop:
        secret = opened.links["facilitate"].partition("#")[2]
        await laptop.post(f"/api/rooms/{opened.room}/recover", json={"secret": secret})
        answer = await laptop.post(
            f"/api/rooms/{opened.room}/commands",
            json={"request": "x", "command": {"type": "seat.leave"}},
            headers={"Origin": "https://evil.example"},
        )
        assert answer.status_code == 403
        assert answer.json()["error"]["reason"] == "wrong_origin"


async def test_only_the_organiser_forgets_a_room(opened: Opened) -> None:
    guest = await opened.join("Guest")
    path = f"/api/rooms/{opened.room}"
    assert (await guest.http.delete(path, headers=guest.bearer)).status_code == 403
    assert (await guest.http.delete(path, headers=opened.lead.bearer)).status_code == 204
    gone = await guest.http.get(f"{path}/view", headers=guest.bearer)
    assert gone.status_code in (401, 404)


async def test_activities_tell_settings_phases_and_the_allowed_table(
    client: httpx.AsyncClient,
) -> None:
    kinds = {one["kind"]: one for one in (await client.get("/api/activities")).json()}
    check_in = kinds["check_in"]
    assert check_in["title"]
    named = check_in["settings"]["$ref"].rpartition("/")[2]
    fields = check_in["settings"]["$defs"][named]["properties"]
    assert set(fields) == set(CHECK_IN.settings.__struct_fields__)
    for phase, roles in check_in["allowed"].items():
        assert phase in check_in["phases"]
        assert all(isinstance(tag, str) for tags in roles.values() for tag in tags)


async def test_errors_outside_the_table_are_json_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/nothing")).json()["error"]["reason"] == "unknown"
    assert (await client.put("/api/rooms")).json()["error"]["reason"] == "no_method"
    answer = await client.post("/api/rooms", content=b"{}")
    assert answer.status_code == 415


async def test_a_command_to_an_unknown_room_needs_a_seat_first(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/api/rooms/nowhere/view")).status_code == 401
    answer = await client.get(
        "/api/rooms/nowhere/view", headers={"Authorization": "Bearer abcdefgh"}
    )
    assert answer.status_code == 404


async def test_reading_a_view_is_a_sign_of_life(client: httpx.AsyncClient, site: Site) -> None:
    """A seat of a program is here again as soon as its program asks for its view."""
    made = (await client.post("/api/rooms", json={"title": "River", "facilitator": "Amina"})).json()
    room = await site.hub.room(made["room"])
    room.presence.set(made["seat"], "away", site.clock.now())
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await client.get(f"/api/rooms/{room.id}/view", headers=bearer)).status_code == 200
    assert room.presence.here(made["seat"])

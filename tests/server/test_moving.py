"""Taking a seat along to another phone, over HTTP: code, page, picture, API."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.applications import Starlette

from rooms.clock import TestClock
from rooms.hall_events import MOVE_WINDOW
from tests.server.conftest import Opened, Person, browser


async def guest_of(opened: Opened, **more: Any) -> tuple[Person, Person]:
    """A steward in the hall and somebody at their device."""
    steward = await opened.join("Rosa", where="room")
    answer = await steward.http.post(
        f"/api/rooms/{opened.room}/seats",
        headers=steward.bearer,
        json={"name": "Baraka", "carried_by": steward.seat, **more},
    )
    assert answer.status_code == 201, answer.text
    return steward, Person(steward.http, opened.room, answer.json()["seat"], steward.token)


async def seats_of(person: Person) -> list[dict[str, Any]]:
    answer = await person.http.get(f"/api/rooms/{person.room}/device", headers=person.bearer)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["seats"]
    return found


async def code_of(person: Person) -> str:
    """Ask for a code and read it."""
    answer = await person.send("move", {"type": "seat.move"}, seat=person.seat)
    assert answer.status_code == 200, answer.text
    return next(str(own["code"]) for own in await seats_of(person) if own["seat"] == person.seat)


async def test_a_phone_takes_the_seat_by_the_code_without_script(
    opened: Opened, app: Starlette
) -> None:
    steward, guest = await guest_of(opened)
    code = await code_of(guest)
    async with browser(app) as phone:
        answer = await phone.post("/j", data={"code": code.lower().replace("-", " ")})
        assert answer.status_code == 303
        page = await phone.get("/j")
        assert "Baraka" in page.text
        assert 'action="/j/move"' in page.text
        came = await phone.post("/j/move", data={"key": ""})
        assert (came.status_code, came.headers["location"]) == (
            303,
            f"/r/{opened.room}?as={guest.seat}",
        )
        assert (await phone.get(came.headers["location"])).status_code == 200
        again = await phone.post("/j/move", data={"key": ""})
        assert again.status_code == 409
    assert [own["seat"] for own in await seats_of(steward)] == [steward.seat]
    refused = await guest.send("late", {"type": "help.ask"}, seat=guest.seat)
    assert refused.status_code == 409
    assert refused.json()["error"]["reason"] == "stale_seat"


async def test_the_link_of_the_picture_opens_the_same_page(opened: Opened, app: Starlette) -> None:
    _, guest = await guest_of(opened)
    code = await code_of(guest)
    async with browser(app) as phone:
        entered = await phone.post("/api/enter", json={"secret": code})
        assert entered.json()["kind"] == "move"
        assert entered.json()["path"] == "/j"
        assert "Baraka" in (await phone.get("/j")).text


async def test_a_program_takes_a_seat_with_a_token_of_its_own_or_a_new_one(
    opened: Opened,
) -> None:
    _, guest = await guest_of(opened)
    other = await opened.join("Maria", where="room")
    path = f"/api/rooms/{opened.room}/take-over"
    taken = await other.http.post(path, json={"code": await code_of(guest)}, headers=other.bearer)
    assert (taken.status_code, taken.json()) == (201, {"seat": guest.seat})
    carried = Person(other.http, opened.room, guest.seat, other.token)
    fresh = await other.http.post(path, json={"code": await again(carried)})
    assert fresh.status_code == 201
    assert fresh.json()["token"]


async def again(person: Person) -> str:
    answer = await person.send("move2", {"type": "seat.move"}, seat=person.seat)
    assert answer.status_code == 200
    return next(str(own["code"]) for own in await seats_of(person) if own["seat"] == person.seat)


async def test_codes_that_open_nothing(opened: Opened, clock: TestClock) -> None:
    _, guest = await guest_of(opened)
    path = f"/api/rooms/{opened.room}/take-over"
    for code in ("AAAA-AAAA", "", opened.code):
        answer = await guest.http.post(path, json={"code": code})
        assert answer.status_code == 404, code
    code = await code_of(guest)
    await clock.advance(MOVE_WINDOW)
    assert (await guest.http.post(path, json={"code": code})).status_code == 404


async def test_the_picture_is_for_the_device_that_shows_the_code(
    opened: Opened, app: Starlette
) -> None:
    steward, guest = await guest_of(opened)
    picture = f"/r/{opened.room}/move.svg?as={guest.seat}"
    assert (await steward.http.get(picture, headers=steward.bearer)).status_code == 404
    await code_of(guest)
    shown = await steward.http.get(picture, headers=steward.bearer)
    assert shown.headers["content-type"].startswith("image/svg+xml")
    assert shown.text.startswith("<svg")
    assert (await opened.lead.http.get(picture, headers=opened.lead.bearer)).status_code == 403
    async with browser(app) as stranger:
        assert (await stranger.get(picture)).status_code == 401


async def test_somebody_on_the_phone_is_carried_as_such(opened: Opened) -> None:
    answer = await opened.lead.http.post(
        f"/api/rooms/{opened.room}/seats",
        headers=opened.lead.bearer,
        json={"name": "Kofi", "carried_by": opened.lead.seat, "where": "phone"},
    )
    assert answer.status_code == 201
    assert [own["where"] for own in await seats_of(opened.lead)] == ["remote", "phone"]


async def test_another_site_moves_nobody(opened: Opened, app: Starlette) -> None:
    _, guest = await guest_of(opened)
    code = await code_of(guest)
    async with browser(app) as phone:
        await phone.post("/j", data={"code": code})
        away: httpx.Response = await phone.post(
            "/j/move", data={"key": ""}, headers={"Origin": "https://evil.example"}
        )
        assert away.status_code == 403
    assert len(await seats_of(guest)) == 2

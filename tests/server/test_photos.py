"""Photos over the wire (`server/photos.py`): in like any command, out to who may see them."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from server.errors import Problem
from server.limits import PHOTOS_PER_SEAT
from server.pictures import AT_ONCE, UPLOAD_LIMIT, Darkroom
from server.site import Site
from tests.server.conftest import Opened, Person, browser, open_room
from tests.server.pictures import HIDDEN_SCRIPT, encoded, painted, with_places

SHOWS = {"type": "note.add", "document": "board", "section": "", "kind": "practice",
         "text": "Our field", "alt": "A field of millet", "faces": "none"}  # fmt: skip


async def send(who: Person, body: bytes, kind: str = "image/jpeg", **headers: str) -> Any:
    return await who.http.post(
        f"/api/rooms/{who.room}/photos",
        headers={**who.bearer, "Content-Type": kind, **headers},
        content=body,
    )


async def shown(who: Person, body: bytes | None = None) -> str:
    """A card of the board with a picture; returns its address."""
    answer = await send(who, body or with_places("JPEG"))
    assert answer.status_code == 201, answer.text
    photo = answer.json()["photo"]
    done = await who.send(f"card {photo}", {**SHOWS, "photo": photo})
    assert done.status_code == 200, done.text
    return f"/api/rooms/{who.room}/photos/{photo}"


async def test_a_picture_comes_back_without_the_place_where_it_was_taken(opened: Opened) -> None:
    sent = with_places("JPEG")
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    other = await opened.join("Kofi")
    address = await shown(opened.lead, sent)
    answer = await other.http.get(address, headers=other.bearer)
    assert answer.status_code == 200
    image = Image.open(io.BytesIO(answer.content))
    assert not image.getexif()
    assert b"Exif" not in answer.content
    headers = answer.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    again = await other.http.get(
        address, headers={**other.bearer, "If-None-Match": headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("body", "kind", "status", "says"),
    [
        (encoded(Image.new("L", (8_000, 5_000)), "JPEG"), "image/jpeg", 413, "million pixels"),
        (b"<svg><script>alert(1)</script></svg>", "image/svg+xml", 415, "JPEG, PNG or WebP"),
        (b"<svg><script>alert(1)</script></svg>", "image/png", 415, "JPEG, PNG or WebP"),
        (bytes(UPLOAD_LIMIT + 1), "image/jpeg", 413, "too large"),
        (encoded(painted(), "PNG")[:300], "image/png", 400, "broken"),
        (b"", "image/jpeg", 415, "JPEG, PNG or WebP"),
        (b"{}", "application/json", 415, "JPEG, PNG or WebP"),
        (b"a=b", "multipart/form-data", 415, "JPEG, PNG or WebP"),
    ],
    ids=["40 megapixels", "svg", "svg as png", "heavy", "cut off", "empty", "json", "form"],
)
async def test_what_is_no_good_picture_is_refused_in_clear_words(
    opened: Opened, body: bytes, kind: str, status: int, says: str
) -> None:
    answer = await send(opened.lead, body, kind)
    assert answer.status_code == status, answer.text
    assert says in answer.json()["error"]["message"]


async def test_a_polyglot_is_kept_as_a_picture_and_nothing_else(opened: Opened) -> None:
    address = await shown(opened.lead, encoded(painted(), "JPEG") + HIDDEN_SCRIPT)
    answer = await opened.lead.http.get(address, headers=opened.lead.bearer)
    assert b"script" not in answer.content


async def test_everybody_else_hears_the_same_nothing(opened: Opened, app: Starlette) -> None:
    """Another room, a removed seat, one at the door, nobody at all, and a picture that is not."""
    lead = opened.lead
    removed = await opened.join("Removed")
    address = await shown(lead)
    epoch = {"epoch": (await lead.view(lens="panel"))["room"]["lead"]["epoch"]}
    done = await lead.send("r", {"type": "seat.remove", "seat": removed.seat, **epoch})
    assert done.status_code == 200, done.text
    done = await lead.send("d", {"type": "door.ask", **epoch})
    assert done.status_code == 200, done.text
    waiting = await opened.join("Waiting")
    stranger = (await open_room(lead.http, "Another room")).lead
    answers = [
        await lead.http.get(address, headers=removed.bearer),
        await lead.http.get(address, headers=waiting.bearer),
        await lead.http.get(address, headers=stranger.bearer),
        await lead.http.get(address.replace(opened.room, stranger.room), headers=stranger.bearer),
        await lead.http.get(f"{address[:-1]}x", headers=lead.bearer),
        await lead.http.get(f"/api/rooms/none/photos/{address[-4:]}", headers=lead.bearer),
    ]
    async with browser(app) as nobody:
        answers.append(await nobody.get(address))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert (await send(removed, with_places("JPEG"))).status_code == 401
    assert (await send(waiting, with_places("JPEG"))).status_code == 403
    seen = await lead.http.get(address, headers=lead.bearer)
    assert seen.status_code == 200


async def test_another_site_sends_no_picture_with_our_cookie(
    opened: Opened, app: Starlette
) -> None:
    async with browser(app) as page:
        page.cookies.set(f"seat_{opened.room}", opened.lead.token)
        nobody = Person(page, opened.room, opened.lead.seat, "")
        address = f"/api/rooms/{opened.room}/photos"
        body, kind = encoded(painted(), "JPEG"), {"Content-Type": "image/jpeg"}
        for origin in ("http://elsewhere.example", "http://127.0.0.1:9999"):
            answer = await page.post(address, content=body, headers={**kind, "Origin": origin})
            assert answer.json()["error"]["reason"] == "wrong_origin"
        own = {**kind, "Origin": "http://127.0.0.1:8000"}
        assert (await nobody.http.post(address, content=body, headers=own)).status_code == 201


async def test_a_flood_of_pictures_is_asked_to_wait(opened: Opened, site: Site) -> None:
    body = encoded(painted((8, 8)), "JPEG")
    answers = [await send(opened.lead, body) for _ in range(int(PHOTOS_PER_SEAT[1]) + 1)]
    assert [a.status_code for a in answers].count(201) == PHOTOS_PER_SEAT[1]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"]
    other = await opened.join("Kofi")
    assert (await send(other, body)).status_code == 201


async def test_pictures_are_painted_one_at_a_time_and_only_so_many_wait() -> None:
    darkroom = Darkroom()
    body = encoded(painted((900, 700)), "JPEG")
    asked = [darkroom.develop(body) for _ in range(AT_ONCE + 2)]
    made = await asyncio.gather(*asked, return_exceptions=True)
    refused = [one for one in made if isinstance(one, Problem)]
    assert [one.reason for one in refused] == ["too_many"] * 2
    assert sum(isinstance(one, bytes) for one in made) == AT_ONCE


async def test_a_seat_of_another_device_sends_nothing(opened: Opened) -> None:
    other = await opened.join("Kofi")
    answer: httpx.Response = await other.http.post(
        f"/api/rooms/{opened.room}/photos?seat={opened.lead.seat}",
        headers={**other.bearer, "Content-Type": "image/jpeg"},
        content=encoded(painted(), "JPEG"),
    )
    assert answer.status_code == 403

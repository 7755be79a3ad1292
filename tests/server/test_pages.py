"""The pages over a real hub, as a browser without scripts sees them."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from server.templating import WEB
from tests.server.conftest import Opened, browser

OWN = {"Origin": "http://127.0.0.1:8000"}


def fields_of(page: str, marker: str) -> dict[str, str]:
    """The hidden fields of the first form that contains `marker`."""
    for form in re.findall(r"<form.*?</form>", page, re.S):
        if marker in html.unescape(form):
            return {
                name: html.unescape(value)
                for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
            }
    raise AssertionError(f"no form with {marker}")


def boot_of(page: str) -> dict[str, Any]:
    """The data for the script."""
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', page, re.S)
    assert found
    read: dict[str, Any] = msgspec.json.decode(found.group(1))
    return read


async def open_by_form(client: httpx.AsyncClient, title: str = "Living with the river") -> str:
    """Open a room at the front door; gives its id."""
    answer = await client.post(
        "/", data={"title": title, "facilitator": "Amina", "template": "evening"}, headers=OWN
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


async def test_front_door_opens_a_room_without_script(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert 'action="/"' in page.text
    assert 'action="/j"' in page.text
    room = await open_by_form(client)
    ready = await client.get(f"/r/{room}/ready")
    assert ready.status_code == 200
    text = html.unescape(ready.text)
    assert "http://127.0.0.1:8000/j#" in text
    assert f"/r/{room}/panel#" in text
    assert f"/r/{room}/screen#" in text
    assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", text)
    assert '<path d="M' in text


async def test_somebody_practises_before_opening_a_room(client: httpx.AsyncClient) -> None:
    asked = {"title": "The river", "facilitator": "Amina", "template": "circle", "rehearse": "1"}
    answer = await client.post("/", data=asked, headers=OWN)
    assert answer.status_code == 303, answer.text
    panel = await client.get(answer.headers["location"])
    assert answer.headers["location"].endswith("/panel")
    assert panel.status_code == 200
    assert "Rehearsal: The river" in html.unescape(panel.text)
    again = await client.post("/", data={**asked, "title": ""}, headers=OWN)
    assert again.status_code == 400
    assert "Write in a few words what it is about." in html.unescape(again.text)


async def test_the_agenda_of_a_room_is_practised_in_another(opened: Opened, app: Any) -> None:
    async with browser(app) as client:
        room = await open_by_form(client)
        form = fields_of((await client.get(f"/r/{room}/ready")).text, "Practise first")
        answer = await client.post(f"/r/{room}/rehearse", data=form, headers=OWN)
        assert answer.status_code == 303, answer.text
        there = answer.headers["location"].split("/")[2]
        assert there != room
        plans = [(await client.get(f"/api/rooms/{each}/agenda")).json() for each in (room, there)]
        assert len({len(plan["items"]) for plan in plans}) == 1
    async with browser(app) as stranger:
        refused = await stranger.post(f"/r/{room}/rehearse", data=form, headers=OWN)
        assert refused.status_code in (401, 403)


@pytest.mark.parametrize("path", ["/", "/j", "/languages"])
async def test_a_page_before_the_room_carries_its_own_icons_and_no_others(
    client: httpx.AsyncClient, path: str
) -> None:
    """It comes fast over a weak line, and whole in one piece."""
    page = (await client.get(path)).text
    shown = set(re.findall(r'<use href="#i-([a-z]+)"', page))
    carried = set(re.findall(r'<symbol id="i-([a-z]+)"', page))
    assert shown <= carried
    assert len(carried) <= 12, "those its script may add, and no more"
    assert len(page.encode()) < 16_000


async def test_ready_is_for_facilitators(opened: Opened, app: Any) -> None:
    guest = await opened.join("Guest")
    path = f"/r/{opened.room}/ready"
    assert (await guest.http.get(path, headers=guest.bearer)).status_code == 403
    async with browser(app) as nobody:
        assert (await nobody.get(path)).status_code == 401


async def test_join_by_code_without_script(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        typed = opened.code.lower().replace("-", " ")
        knocked = await phone.post("/j", data={"code": typed}, headers=OWN)
        assert (knocked.status_code, knocked.headers["location"]) == (303, "/j")
        form = await phone.get("/j")
        assert "Living with the river" in form.text
        assert "Invitation from Amina" in form.text
        assert "1 person is here" in form.text
        came = await phone.post(
            "/j/join",
            data={"name": "Wanjiru", "where": "room", "language": "en", "more": ["Baraka", ""]},
            headers=OWN,
        )
        assert (came.status_code, came.headers["location"]) == (303, f"/r/{opened.room}")
        room = await phone.get(f"/r/{opened.room}")
        boot = boot_of(room.text)
        assert [seat["name"] for seat in boot["seats"]] == ["Wanjiru", "Baraka"]
        assert boot["view"]["type"] == "view"
        other = await phone.get(f"/r/{opened.room}", params={"as": boot["seats"][1]["seat"]})
        assert boot_of(other.text)["seat"] == boot["seats"][1]["seat"]
        assert (await phone.get(f"/r/{opened.room}", params={"as": "s1"})).status_code == 403


async def test_a_link_opens_the_join_form_by_its_secret(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        generic = await phone.get("/j")
        assert "Living with the river" not in generic.text
        secret = opened.links["join"].partition("#")[2]
        entered = await phone.post("/api/enter", json={"secret": secret}, headers=OWN)
        assert entered.json()["title"] == "Living with the river"
        assert entered.json()["path"] == "/j"
        assert "Living with the river" in (await phone.get("/j")).text


async def at_the_door(opened: Opened, kind: str) -> None:
    """The lead opens or shuts the door, or lets newcomers wait."""
    epoch = (await opened.lead.view())["room"]["lead"]["epoch"]
    answer = await opened.lead.send(kind, {"type": kind, "epoch": epoch})
    assert answer.status_code == 200


async def test_a_shut_door_is_told_before_the_form_is_filled(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        await at_the_door(opened, "door.close")
        shut = html.unescape((await phone.get("/j")).text)
        assert "Living with the river" in shut
        assert "The door is closed" in shut
        assert "Ask Amina to open it" in shut
        assert 'href="/j"' in shut  # the way to try again, without typing the code once more
        assert 'name="name"' not in shut
        await at_the_door(opened, "door.open")
        assert 'name="name"' in (await phone.get("/j")).text


async def test_a_door_that_shuts_meanwhile_keeps_what_was_typed(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        assert 'name="name"' in (await phone.get("/j")).text
        await at_the_door(opened, "door.close")
        sent = await phone.post("/j/join", data={"name": "Wanjiru", "where": "room"}, headers=OWN)
        assert sent.status_code == 409
        assert 'value="Wanjiru"' in sent.text
        assert "The door is closed" in sent.text


async def test_where_newcomers_wait_it_is_told_before_the_form_is_filled(
    opened: Opened, app: Any
) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        assert "lets you in" not in (await phone.get("/j")).text
        await at_the_door(opened, "door.ask")
        form = (await phone.get("/j")).text
        assert 'name="name"' in form
        assert "A facilitator lets you in" in form


async def test_bad_input_wrong_code_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    page = await client.post("/j", data={"code": "AAAA-BBBB"}, headers=OWN)
    assert page.status_code == 404
    assert 'value="AAAA-BBBB"' in page.text
    assert "We do not know this room or code" in page.text


@pytest.mark.parametrize("name", ["x" * 10_000, "bad\x07name", "   "])
async def test_bad_input_name_keeps_the_form(opened: Opened, app: Any, name: str) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        page = await phone.post(
            "/j/join", data={"name": name, "where": "phone", "more": ["Rosa"]}, headers=OWN
        )
        assert page.status_code in (400, 413)
        assert 'role="alert"' in page.text
        assert 'value="Rosa"' in page.text
        assert re.search(r'value="phone"\s+checked', page.text)
    assert (await opened.lead.view())["room"]["here"] == 1


async def test_bad_input_title_keeps_the_front_door(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"title": "x" * 10_000, "facilitator": "Amina"}, headers=OWN)
    assert page.status_code == 413
    assert 'value="Amina"' in page.text
    assert "too long" in page.text


async def test_calendar_file(app: Any) -> None:
    async with browser(app) as laptop:
        room = await open_by_form(laptop)
        answer = await laptop.get(
            f"/r/{room}/calendar.ics",
            params={"starts": "2026-11-22T10:00", "zone": "Pacific/Fiji", "minutes": "90"},
        )
        assert answer.headers["content-type"].startswith("text/calendar")
        text = answer.text.replace("\r\n ", "")
        assert "DTSTART:20261121T220000Z" in text
        assert "DTEND:20261121T233000Z" in text
        assert "/j#" in text


async def test_the_calendar_file_is_as_long_as_the_agenda(client: httpx.AsyncClient) -> None:
    room = await open_by_form(client)  # check-in and story circles: 110 minutes
    text = (await client.get(f"/r/{room}/calendar.ics")).text
    begin, end = re.findall(r"DT(?:START|END):(\w+)", text)
    lasts = datetime.strptime(end, "%Y%m%dT%H%M%SZ") - datetime.strptime(begin, "%Y%m%dT%H%M%SZ")
    assert lasts == timedelta(minutes=110)


async def test_unknown_pages_and_rooms_say_what_to_do(client: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/r/nowhere/panel"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert '<button class="btn">Join</button>' in answer.text  # the way in, by code
    assert (await client.get("/static/none.js")).status_code == 404
    assert (await client.get("/r/" + "x" * 500)).status_code in (401, 404)


async def test_every_page_is_strict(client: httpx.AsyncClient) -> None:
    room = await open_by_form(client)
    for path in ("/", "/j", f"/r/{room}", f"/r/{room}/panel", f"/r/{room}/ready", "/api", "/none"):
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'; trusted-types lit-html" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", answer.text)
        assert not re.search(r"\sstyle=|<style|\son\w+=", answer.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


async def test_a10_words_of_people_are_text(app: Any) -> None:
    hostile = "</script><img src=x onerror=alert(1)>'\"{{7*7}}"
    async with browser(app) as laptop:
        room = await open_by_form(laptop, hostile)
        for path in (f"/r/{room}", f"/r/{room}/panel", f"/r/{room}/ready", f"/r/{room}/agenda"):
            page = (await laptop.get(path)).text
            assert "<img" not in page
            assert page.count("</script>") == page.count("<script")
        assert boot_of((await laptop.get(f"/r/{room}")).text)["title"] == hostile


async def test_a8_no_secret_in_the_log(
    client: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = "canary-4f9d2c7b1e08aa"
    await client.post("/api/enter", json={"secret": canary})
    await client.get(f"/r/{canary}", headers={"Authorization": f"Bearer {canary}"})
    await client.get(f"/api/rooms/{canary}/view?seat={canary}", headers={"Cookie": canary})
    await client.post("/j", data={"code": canary}, headers=OWN)
    seen = capfd.readouterr()
    assert "refused" in seen.out + seen.err
    assert canary not in seen.out + seen.err


async def test_the_join_page_carries_the_icons_it_shows_and_no_more(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/j")).text
    there = set(re.findall(r'<symbol id="i-(\w+)"', page))
    sources = (WEB / "src" / name for name in ("join.ts", "front.ts", "copy.ts"))
    used = set(re.findall(r"#i-(\w+)", page + "".join(path.read_text() for path in sources)))
    assert used <= there
    assert len(there) < 16


async def test_a_language_chosen_by_hand_stays_for_the_next_pages(app: Any) -> None:
    async with browser(app) as phone:
        first = await phone.get("/?lang=sw", headers={"accept-language": "fr"})
        assert '<html lang="sw" dir="ltr">' in first.text
        cookie = first.headers["set-cookie"].lower()
        assert "language=sw" in cookie
        assert "httponly" in cookie
        assert '<html lang="sw"' in (await phone.get("/j", headers={"accept-language": "fr"})).text
        arabic = await phone.get("/j?lang=ar")
        assert '<html lang="ar" dir="rtl">' in arabic.text
        nobody = await phone.get("/?lang=xx", headers={"accept-language": "fr"})
        assert "set-cookie" not in nobody.headers
        assert '<html lang="fr"' in nobody.text


async def test_where_a_language_is_chosen_it_says_whether_natives_checked_it(app: Any) -> None:
    unchecked = "not yet checked by a native reader"
    async with browser(app) as phone:
        assert unchecked not in (await phone.get("/?lang=en")).text
        assert "todavía sin revisar" in (await phone.get("/?lang=es")).text
        page = (await phone.get("/languages?lang=en")).text
        for code, name in (("ar", "العربية"), ("hi", "हिन्दी"), ("sw", "Kiswahili")):
            assert f'<b lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">{name}</b>' in page
        assert page.count(unchecked) == 6


async def test_dates_come_in_the_readers_language(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        assert "diciembre de 2026" in (await phone.get("/j?lang=es")).text
        assert "ديسمبر" in (await phone.get("/j?lang=ar")).text

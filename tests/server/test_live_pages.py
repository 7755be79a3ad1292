"""The pages of a running room, as a browser without scripts sees them."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Opened, browser
from tests.server.test_pages import OWN, boot_of, fields_of, open_by_form


async def test_offers_work_as_forms_without_script(app: Any) -> None:
    async with browser(app) as laptop:
        room = await open_by_form(laptop)
        panel = await laptop.get(f"/r/{room}/panel")
        form = fields_of(panel.text, '"activity.start"')
        assert form["offer"].startswith("{")
        done = await laptop.post(f"/r/{room}/do", data=form, headers=OWN)
        assert done.status_code == 303, done.text
        assert done.headers["location"].startswith(f"/r/{room}/panel")
        twice = await laptop.post(f"/r/{room}/do", data=form, headers=OWN)
        assert twice.status_code == 303
        boot = boot_of((await laptop.get(f"/r/{room}/panel")).text)
        assert boot["view"]["activity"]["kind"] == "check_in"
        old = {**form, "request": "another"}
        stale = await laptop.post(f"/r/{room}/do", data=old, headers=OWN)
        assert stale.status_code in (403, 409)
        assert 'role="alert"' in stale.text


async def test_a_form_without_its_key_is_refused(app: Any) -> None:
    async with browser(app) as laptop:
        room = await open_by_form(laptop)
        panel = await laptop.get(f"/r/{room}/panel")
        form = fields_of(panel.text, '"activity.start"')
        answer = await laptop.post(f"/r/{room}/do", data={**form, "key": "0" * 32}, headers=OWN)
        assert answer.status_code == 403


async def test_link_pages_without_a_seat_are_shells_that_recover(opened: Opened, app: Any) -> None:
    async with browser(app) as stranger:
        for page in ("panel", "screen", "memo", "me"):
            answer = await stranger.get(f"/r/{opened.room}/{page}")
            assert answer.status_code == 200
            boot = boot_of(answer.text)
            assert boot["recover"] == f"/api/rooms/{opened.room}/recover"
            assert boot["view"] is None
            assert "Living with the river" not in answer.text
        for page in ("", "/agenda"):
            answer = await stranger.get(f"/r/{opened.room}{page}")
            assert answer.status_code == 401
            assert "Living with the river" not in answer.text


async def test_screen_shows_the_wall_after_recovery(opened: Opened, app: Any) -> None:
    async with browser(app) as wall:
        secret = opened.links["screen"].partition("#")[2]
        answer = await wall.post(
            f"/api/rooms/{opened.room}/recover", json={"secret": secret}, headers=OWN
        )
        assert answer.status_code == 200, answer.text
        page = await wall.get(f"/r/{opened.room}/screen")
        assert page.status_code == 200
        assert boot_of(page.text)["view"]["lens"] == "screen"


async def test_agenda_and_my_words(app: Any) -> None:
    async with browser(app) as laptop:
        room = await open_by_form(laptop)
        agenda = await laptop.get(f"/r/{room}/agenda")
        assert "Check-in" in agenda.text
        assert boot_of((await laptop.get(f"/r/{room}/me")).text)["words"]["type"] == "words"

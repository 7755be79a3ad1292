"""The agenda's page without its script."""

from __future__ import annotations

import httpx
from starlette.applications import Starlette

from tests.server.conftest import Opened, browser


async def test_it_can_be_read_before_the_script_runs(app: Starlette, opened: Opened) -> None:
    async with browser(app) as http:
        cookie = {"cookie": f"seat_{opened.room}={opened.lead.token}"}
        page = (await http.get(f"/r/{opened.room}/agenda", headers=cookie)).text
        before = page.split('id="boot"')[0]
        for title in ("Check-in", "Story circles", "Check-out"):
            assert title in before


async def test_nobody_without_a_seat_reads_it(opened: Opened, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/r/{opened.room}/agenda")).status_code == 401

"""Sheets to print: for facilitators alone, in the numbers asked for and never without end."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from server.sheets import BALLOTS, OPTIONS, TABLES, within
from tests.server.conftest import Opened, browser


async def test_sheets_are_for_facilitators(opened: Opened, app: Any) -> None:
    guest = await opened.join("Guest")
    path = f"/r/{opened.room}/sheets"
    assert (await guest.http.get(path, headers=guest.bearer)).status_code == 403
    async with browser(app) as nobody:
        assert (await nobody.get(path)).status_code == 401


async def test_as_many_as_are_asked_for_each_with_the_way_in(opened: Opened) -> None:
    answer = await opened.lead.http.get(
        f"/r/{opened.room}/sheets?tables=3&ballots=5&options=4", headers=opened.lead.bearer
    )
    assert answer.status_code == 200
    page = html.unescape(answer.text)
    numbers = re.findall(r'class="number">(\d+)<', page)
    assert numbers == ["1", "2", "3"]
    assert page.count('class="paper vote"') == 5
    assert page.count("<b>4</b>") == 5
    assert "<b>5</b>" not in page
    assert page.count(opened.code) == 4  # on the poster and at each table, on no ballot
    assert "sound on one device at each table" in page
    assert opened.links["join"].split("#")[1] not in page  # a code can be changed, a link stays


@pytest.mark.parametrize("limits", [TABLES, BALLOTS, OPTIONS])
def test_no_number_goes_beyond_its_limits(limits: tuple[int, int, int]) -> None:
    least, usual, most = limits
    assert within("", limits) == within("many", limits) == within("٣", limits) == usual
    assert within("999999", limits) == usual
    assert within("99999", limits) == within(str(most), limits) == most
    assert within("0", limits) == least

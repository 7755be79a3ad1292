"""What pages and the API say of people's words: until when they are kept, where they stand, and
what has to be sent again (KEP1, WRD12)."""

from __future__ import annotations

import html
from typing import Any

import httpx
import pytest

from rooms.keeping import DAY, Keep
from server.site import Site
from tests.server.conftest import Opened, browser
from tests.server.test_pages import OWN

SAID = "We moved at night, all of us"


@pytest.mark.parametrize("typed", ["0", "99999999999", "soon", "-3", "366"])
async def test_a_date_nobody_can_promise_keeps_what_was_typed_KEP1(
    client: httpx.AsyncClient, typed: str
) -> None:
    body = {"title": "The river", "facilitator": "Amina", "keep_board_days": typed,
            "keep_memo_days": "30"}  # fmt: skip
    answer = await client.post("/", data=body, headers=OWN)
    assert answer.status_code == 400
    page = html.unescape(answer.text)
    assert 'value="The river"' in page
    assert "Keep it between 1 and" in page or "at least as long as the board" in page


async def test_the_front_door_sets_the_dates_KEP1(client: httpx.AsyncClient, site: Site) -> None:
    page = await client.get("/")
    assert "How long it is kept: 90 days, the memo 365" in page.text
    body = {"title": "The river", "facilitator": "Amina", "keep_board_days": "14",
            "keep_memo_days": "60"}  # fmt: skip
    answer = await client.post("/", data=body, headers=OWN)
    room = await site.hub.room(answer.headers["location"].split("/")[2])
    assert room.whole.room.keep == Keep(14, 60)


async def test_whoever_comes_in_reads_until_when_it_is_kept_KEP1(opened: Opened, app: Any) -> None:
    async with browser(app) as phone:
        await phone.post("/j", data={"code": opened.code}, headers=OWN)
        form = html.unescape((await phone.get("/j")).text)
        assert "What you write is kept until" in form


async def test_where_words_stand_and_what_to_send_again_WRD12(opened: Opened, site: Site) -> None:
    guest = await opened.join("Rosa")
    api, http = f"/api/rooms/{opened.room}", opened.lead.http

    async def mine() -> dict[str, Any]:
        answer = await http.get(f"{api}/words", headers=guest.bearer)
        found: dict[str, Any] = answer.json()
        return found

    wrote = {"type": "words.write", "seat": guest.seat, "text": SAID}
    assert (await opened.lead.send("1", wrote)).status_code == 200
    (words,) = (await mine())["words"]
    yes = {"type": "consent.release", "words": words["words"], "choice": "unnamed"}
    assert (await guest.send("2", {**yes, "exact": words["digest"]})).status_code == 200
    known = await mine()
    assert [p["heading"] for p in known["words"][0]["places"]] == ["Stories"]
    assert known["memo_until"] - known["kept_until"] == (365 - 90) * DAY
    epoch = (await opened.lead.view())["room"]["lead"]["epoch"]
    assert (await opened.lead.send("3", {"type": "memo.send", "epoch": epoch})).status_code == 200
    back = {"type": "consent.withdraw", "words": words["words"]}
    assert (await guest.send("4", back)).status_code == 200
    page = (await http.get(f"{api}/memo", headers=opened.lead.bearer)).json()
    assert page["changed_since_sent"] == [{"section": "stories", "heading": "Stories"}]
    assert page["memo_version"] == 2
    theirs = (await http.get(f"{api}/memo", headers=guest.bearer)).json()
    assert "changed_since_sent" not in theirs
    assert theirs["memo_version"] == 2
    for answer in (page, theirs):
        assert SAID not in str(answer)
    assert (await mine())["sent"] is True

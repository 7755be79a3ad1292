"""Two versions serve one room for a while: what the newer one writes the older one leaves alone
(issue 5, *rolling restart with two versions*)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pycrdt import Doc, Map
from structlog.testing import capture_logs

from rooms import commits
from rooms.commits import NoticeSaid
from rooms.outgoing import Ack, Bye, Say
from rooms.sealed import seal
from rooms.shelf_rows import StoredRow
from rooms.storage import Newer
from rooms.wire import Goodbye
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.street import Street
from tests.waiting import until

UNKNOWN = {"type": "room.of_tomorrow", "at": 1}
STARTED = {
    "type": "activity.started", "activity": "a9", "settings": {}, "members": [], "seat": "s1",
    "roles": [], "now": 1, "dice": 1, "epoch": 1, "autopilot": False,
}  # fmt: skip

NEWER: dict[str, dict[str, Any]] = {
    "an unknown event": {"events": [UNKNOWN]},
    "a newer version of a commit": {"events": [], "v": commits.VERSION + 1},
    "an unknown activity": {"events": [{**STARTED, "kind": "dance", "version": 1}]},
    "a newer version of an activity": {"events": [{**STARTED, "kind": "check_in", "version": 99}]},
    "an unknown activity on the agenda": {
        "events": [
            {"type": "agenda.put", "after": "", "item": {"id": "a9", "kind": "dance", "minutes": 5}}
        ]
    },
}


async def write_newer(house: House, **body: Any) -> int:
    """What a newer version appends."""
    room = house.opened.room
    seq = len(await house.storage.commits(room)) + 1
    raw = seal(json.dumps({"seq": seq, "at": 1, **body}).encode())
    await house.storage.append(room, seq, raw, {})
    return seq


@pytest.fixture
async def street(redis_url: str) -> AsyncIterator[Street]:
    """An old process with a session of s2, and another line to the same storage."""
    async with await Street.open(redis_url, 2, people=2) as made:
        await made[0].room()
        yield made


@pytest.mark.redis
@pytest.mark.parametrize("what", list(NEWER))
async def test_SCA5_a_room_that_a_newer_version_wrote_in_is_handed_over(
    street: Street, what: str
) -> None:
    old, newer = street[0], street[1]
    session = await old.session("s2")
    page = await Page.open(old, session, "board", 102)
    assert await page.card("s2-1", "before")
    with capture_logs() as lines:
        seq = await write_newer(newer, **NEWER[what])

        async def gone() -> bool:
            await old.listen()
            return any(isinstance(item, Bye) for item in old.heard[session])

        await until(gone)
        [bye] = [item for item in old.heard[session] if isinstance(item, Bye)]
        assert (bye.code, bye.retry) == (1001, True)
        before = len(old.heard[session])
        # What was on its way is answered by nobody here, so that the page sends it again.
        await session.stateless(old.opened.room, '{"request":"q1","command":{"type":"help.ask"}}')
        await session.update(page.full, b"\x00\x00")
        await old.listen()
        assert not [i for i in old.heard[session][before:] if isinstance(i, Ack | Say)]
        with pytest.raises(Newer):
            await old.room()
        with pytest.raises(Goodbye) as again:
            await old.session("s2")
        assert (again.value.code, again.value.retry) == (1001, True)
    assert [line["room"] for line in lines if line["event"] == "room_newer"] == [old.opened.room]
    assert not [line for line in lines if line["log_level"] == "error"]
    log = await newer.storage.commits(old.opened.room)
    assert [number for number, _ in log] == list(range(1, seq + 1)), "nothing set aside, or added"
    assert len(await rows_of(newer)) == 1


async def rows_of(house: House) -> Any:
    return await house.storage.updates(f"{house.opened.room}/board")


@pytest.mark.redis
async def test_SCA5_a_command_that_lost_the_race_to_a_newer_version_is_not_answered(
    street: Street,
) -> None:
    old, newer = street[0], street[1]
    session = await old.session("s2")
    room = await old.room()
    for task in list(old.hub._neighbours[room.id]._tasks):
        task.cancel()  # the news is still on its way
    await write_newer(newer, events=[UNKNOWN])
    with pytest.raises(Goodbye) as told:
        await session.stateless(room.id, '{"request":"q1","command":{"type":"help.ask"}}')
    assert told.value.code == 1001
    assert not [i for i in old.heard[session] if isinstance(i, Say) and '"q1"' in i.payload]


def of_tomorrow(doc: Doc[Any]) -> None:
    """A part of the board that this version has not heard of."""
    doc.get("of_tomorrow", type=Map)["s2"] = 1


@pytest.mark.redis
async def test_SCA5_a_row_of_a_newer_version_is_left_where_it_is(street: Street) -> None:
    old, newer = street[0], street[1]
    room = old.opened.room
    session = await old.session("s2")
    page = await Page.open(old, session, "board", 102)
    assert await page.card("s2-1", "before")
    row = StoredRow(page.change(of_tomorrow), v=2)
    await newer.storage.add_update(f"{room}/board", seal(msgspec.msgpack.encode(row)))

    async def gone() -> bool:
        await old.listen()
        return any(isinstance(item, Bye) for item in old.heard[session])

    await until(gone)
    kept = await rows_of(newer)
    assert kept[-1].update == seal(msgspec.msgpack.encode(row))
    aside = await newer.storage.line.read("HKEYS", f"talanoa:{{{room}}}:aside")
    assert aside == []


async def test_SCA5_an_older_program_on_one_disk_opens_no_newer_room_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.room()
        seq = await write_newer(house, events=[UNKNOWN])
        with capture_logs() as lines:
            await house.crash()
            with pytest.raises(Newer):
                await house.room()
            with pytest.raises(Newer):
                await house.room()
        assert [line["event"] for line in lines if "room" in line] == ["room_newer"]
        assert len(await house.storage.commits(house.opened.room)) == seq


def test_SCA5_what_cannot_be_read_is_newer_only_where_its_sum_is_right() -> None:
    body = json.dumps({"seq": 1, "at": 1, "events": [UNKNOWN]}).encode()
    with pytest.raises(Newer):
        commits.decode(seal(body))
    for damaged in (body, seal(body)[:-1], seal(body)[:9] + b"!" + seal(body)[10:]):
        with pytest.raises(msgspec.DecodeError):
            commits.decode(damaged)


def test_fields_that_only_a_newer_version_knows_are_left_out() -> None:
    """A field may be added without handing rooms over, where what was there keeps its meaning."""
    said = {"type": "notice.said", "text": "w1", "at": 5, "colour": "blue"}
    raw = seal(json.dumps({"seq": 1, "at": 1, "events": [said], "mood": "good"}).encode())
    assert commits.decode(raw).events == (NoticeSaid(text="w1", at=5),)

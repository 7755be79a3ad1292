"""A rolling restart with two versions of the program on one Redis: the older one hands rooms over
that the newer one has written in, and nothing is lost (issue 5, *Operations*)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.door import Door
from tests.server.hall import Hall
from tests.server.newer_server import Tomorrow, decode
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.redis]


@pytest.mark.parametrize("phones", [4, pytest.param(20, marks=pytest.mark.long)])
async def test_an_older_server_hands_its_people_over_to_a_newer_one(
    tmp_path: Path, redis_url: str, phones: int
) -> None:
    modules = ("server", "tests.server.newer_server")
    async with Hall(tmp_path, redis=redis_url, modules=modules, phones=phones) as hall:
        old, newer = hall.processes
        hall.load(edits=10 * phones)
        await hall.saved(20)
        assert not any(phone.closed for phone in hall.phones), "both serve the room"
        door = Door(newer.address)
        said = {"type": "desk.say", "text": "of tomorrow"}
        await door.command(hall.room, hall.lead, said)

        async def handed_over() -> bool:
            return any('"room_newer"' in line for line in old.log)

        await until(handed_over, 20)
        await hall.saved(20 * phones)
        assert {code for phone in hall.phones for code in phone.closed} == {1001}
        assert [word for phone in hall.phones for word in phone.refused] == []
        lines = [json.loads(line) for line in old.log]
        assert [line["event"] for line in lines if line["level"] != "info"] == ["room_newer"]
        # What is said over HTTP to the old one is answered with try again, and nothing is done.
        late = Door(old.address)
        with pytest.raises(RuntimeError, match="503"):
            await late.command(hall.room, hall.lead, said)
        await late.close()
        assert await old.stop() == 0
        hall.front.behind.remove(old)
        await hall.judge(decode)
        storage = await hall.storage()
        log = [decode(raw) for _, raw in await storage.commits(hall.room)]
        assert sum(isinstance(e, Tomorrow) for commit in log for e in commit.events) == 1
        await storage.close()
        await door.close()

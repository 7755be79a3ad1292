"""Whole servers whose disk fills up or breaks down while a room writes, and then is well again:
people are told in words, and nothing that was acknowledged is lost (issue 5, *Shown by*; P9)."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import httpx
import pytest

from server.supervisor import DATA_UNWRITABLE
from tests.server.disk import Disk
from tests.server.hall import Hall
from tests.waiting import until

pytestmark = pytest.mark.slow

FILE_BYTES = 4_096
"""What the server's files may be large while its disk is "full": less than they are."""


async def told(hall: Hall) -> None:
    """Wait until everybody has read that nothing can be saved; the room can be read meanwhile."""

    async def everybody() -> bool:
        return all(any(w.startswith("full") for w in p.refused) for p in hall.phones)

    await until(everybody, 15)
    words = {w for phone in hall.phones for w in phone.refused if w.startswith("full")}
    assert len(words) == 1
    assert "Nothing was lost" in words.pop()
    async with httpx.AsyncClient(base_url=hall.processes[0].address) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 503
    assert len(await hall.board()) > 1, "the room can be read"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
async def test_P9_a_full_disk_is_told_and_what_was_typed_is_saved_when_there_is_room(
    tmp_path: Path,
) -> None:
    async with Hall(tmp_path, phones=4) as hall:
        server = hall.processes[0]
        hall.load(edits=20)
        await hall.saved(20)
        old = resource.prlimit(server.child(), resource.RLIMIT_FSIZE, (FILE_BYTES, -1))
        await told(hall)
        resource.prlimit(server.child(), resource.RLIMIT_FSIZE, old)
        await hall.saved(40, 30)
        assert not any(phone.closed for phone in hall.phones), "nobody's line is cut"
        await hall.judge()


@pytest.mark.long
async def test_P9_a_server_killed_while_its_disk_is_full_comes_back_when_there_is_room(
    tmp_path: Path,
) -> None:
    with Disk(tmp_path) as disk:
        async with Hall(disk.folder, phones=4) as hall:
            server = hall.processes[0]
            hall.load(edits=20)
            await hall.saved(20)
            disk.fill()
            await told(hall)
            await server.kill()

            async def said() -> bool:
                return any("free some space" in line or "Make room" in line for line in server.log)

            await until(said, 15)
            disk.make_room()
            await hall.saved(40, 30)
            await hall.judge()


async def test_P9_a_disk_that_becomes_read_only_is_told_and_has_everything_when_it_is_repaired(
    tmp_path: Path,
) -> None:
    with Disk(tmp_path) as disk:
        async with Hall(disk.folder, phones=4) as hall:
            server = hall.processes[0]
            hall.load(edits=20)
            await hall.saved(20)
            disk.break_down()
            await told(hall)
            assert await server.stop() == 0
            with pytest.raises(AssertionError, match="Cannot write in the data folder"):
                await server.start()
            assert await server.ended() == DATA_UNWRITABLE
            disk.repair()
            await server.start()
            await hall.saved(40, 30)
            await hall.judge()

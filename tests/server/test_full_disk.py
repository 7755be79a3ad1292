"""A whole server whose disk is full while a room writes, and then is not any more (issue 5, *Shown
by*)."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import httpx
import pytest

from tests.server.hall import Hall
from tests.waiting import until

FILE_BYTES = 4_096
"""What the server's files may be large while its disk is "full": less than they are."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
async def test_P9_a_full_disk_is_told_and_what_was_typed_is_saved_when_there_is_room(
    tmp_path: Path,
) -> None:
    async with Hall(tmp_path, phones=4) as hall:
        server = hall.processes[0]
        hall.load(edits=20)
        await hall.saved(20)
        old = resource.prlimit(server.child(), resource.RLIMIT_FSIZE, (FILE_BYTES, -1))

        async def told() -> bool:
            return all(phone.refused for phone in hall.phones)

        await until(told, 15)
        words = {word for phone in hall.phones for word in phone.refused}
        assert len(words) == 1
        assert "Nothing was lost" in words.pop()
        async with httpx.AsyncClient(base_url=server.address) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503
        assert len(await hall.board()) > 1, "the room can be read"
        resource.prlimit(server.child(), resource.RLIMIT_FSIZE, old)
        await hall.saved(40, 30)
        assert not any(phone.closed for phone in hall.phones), "nobody's line is cut"
        await hall.judge()

"""The codec and the documents against the real `@hocuspocus/provider` in Node."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from websockets.asyncio.server import serve

from tests.fuzz.recorded import node_modules
from tests.server.small_room import SmallRoom

pytestmark = [
    pytest.mark.node,
    pytest.mark.slow,
    pytest.mark.skipif(
        node_modules() is None or shutil.which("node") is None, reason="no Node packages"
    ),
]


async def test_real_providers_talk_to_a_room() -> None:
    room = SmallRoom()
    async with serve(room.serve, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        node = await asyncio.create_subprocess_exec(
            "node",
            str(Path(__file__).with_name("talk_to_room.mjs")),
            f"ws://127.0.0.1:{port}",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(node.communicate(), 90)
        finally:
            if node.returncode is None:
                node.kill()
        assert node.returncode == 0, err.decode()[-3000:]
    seen = json.loads(out)

    assert seen["scopes"] == ["read-write"] * 4 + ["readonly"]
    assert seen["unsavedAtOnce"] > 0
    assert seen["card"] == "from Ana 🙂"
    assert seen["denied"] == ["not_yours", "not_yours"]
    stamped = seen["awareness"]
    assert (stamped["seat"], stamped["name"]) == ("s1", "Ana")
    assert stamped["user"] == {"name": "Ana"}
    assert stamped["pointer"] == {"x": 1, "y": 2}
    assert seen["done"] == [{"type": "done", "request": "r1"}]
    assert seen["readonly"]["heard"][0]["reason"] == "read_only"
    assert seen["readonly"]["unsaved"] > 0
    assert seen["refused"][0]["reason"] == "not_yours"
    assert seen["stillThere"] is True
    assert seen["twins"] is True
    assert seen["afterBlackHole"] == (
        "queued, swallowed, after the gap, lost on the way, from Ana 🙂"
    )
    assert seen["gapHeard"] == []
    assert seen["left"] is True
    assert room.pongs > 0
    assert room.gaps > 0, "no edit was lost: nothing was proven"
    kept = {card.id: card.text for card in room.document("room1/board").cards()}
    assert set(kept) == {"s1-a", "s1-b", "s1-c"}
    assert room.document("room1/mine/s1").size > 0

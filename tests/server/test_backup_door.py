"""The socket at which a running server gives a backup."""

from __future__ import annotations

import asyncio
import io
import os
import socket
from pathlib import Path

import msgspec
from starlette.applications import Starlette

from server import backup_archive, backup_door
from server.settings import Settings
from tests.server.conftest import Opened


def received(line: socket.socket) -> bytes:
    """Everything until the other side ends."""
    line.settimeout(20)
    with line, line.makefile("rb") as stream:
        return stream.read()


def say(folder: Path, said: bytes) -> None:
    """Say something at the door, and go."""
    with socket.socket(socket.AF_UNIX) as line:
        with backup_door.reachable(folder) as path:
            line.connect(path)
        line.sendall(said)


async def test_only_its_owner_reaches_it_and_it_goes_with_the_server(
    app: Starlette, settings: Settings
) -> None:
    place = settings.data / backup_archive.SOCKET
    assert place.is_socket()
    assert place.stat().st_mode & 0o077 == 0


async def test_gives_the_rooms_and_the_secret_and_leaves_nothing_behind(
    opened: Opened, settings: Settings
) -> None:
    line = await asyncio.to_thread(backup_door.ask, settings.data)
    assert line is not None
    content = await asyncio.to_thread(received, line)
    first, _, rest = content.partition(b"\n")
    assert msgspec.json.decode(first, type=backup_door.Answer).error == ""
    manifest = backup_archive.read(io.BytesIO(rest))
    assert manifest.rooms == 1
    assert {part.name for part in manifest.parts} == {"secret", "talanoa.sqlite3"}
    assert not list(settings.data.glob("*.part"))


async def test_nonsense_and_who_goes_away_harm_nobody(app: Starlette, settings: Settings) -> None:
    for said in (b"", b"\n", b"{}\n", b'{"do": "dance"}\n', b"\xff" * 5_000):
        await asyncio.to_thread(say, settings.data, said)
    line = await asyncio.to_thread(backup_door.ask, settings.data)
    assert line is not None
    line.close()  # goes before the answer comes
    line = await asyncio.to_thread(backup_door.ask, settings.data)
    assert line is not None
    content = await asyncio.to_thread(received, line)
    assert backup_archive.read(io.BytesIO(content.partition(b"\n")[2])).rooms == 0


async def test_a_folder_with_a_long_name_has_one_too(tmp_path: Path) -> None:
    class Elsewhere:
        async def backup(self, file: Path) -> None:
            raise AssertionError

    folder = tmp_path / ("long " * 20) / ("longer " * 10)
    folder.mkdir(parents=True)
    (folder / "backup-1.part").write_text("of a server that was killed")
    async with backup_door.door(folder, Elsewhere(), "0.1.0"):
        line = await asyncio.to_thread(backup_door.ask, folder)
        assert line is not None
        line.close()
        assert not (folder / "backup-1.part").exists()
    assert await asyncio.to_thread(backup_door.ask, folder) is None


async def test_a_storage_that_lies_elsewhere_has_none(tmp_path: Path) -> None:
    async with backup_door.door(tmp_path, object(), "0.1.0"):
        assert os.listdir(tmp_path) == []

"""A torn write-ahead log: what is before the tear is there, and somebody is told."""

import os
import random
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rooms import sqlite_wal
from rooms.sqlite_schema import FILE
from rooms.sqlite_storage import SqliteStorage
from rooms.sqlite_thread import Kind

WAL = f"{FILE}-wal"
COMMITS = 12


@pytest.fixture
async def crashed(tmp_path: Path) -> Path:
    """The files of a server that was killed: its last commits are in the write-ahead log."""
    storage = await SqliteStorage.open(tmp_path / "live")
    await storage.create_room("r", 1)
    for seq in range(1, COMMITS + 1):
        await storage.append("r", seq, b"commit %d" % seq, {f"w{seq}": b"said"})
    (tmp_path / "crashed").mkdir()
    for name in (FILE, WAL):
        shutil.copyfile(tmp_path / "live" / name, tmp_path / "crashed" / name)
    await storage.close()
    return tmp_path / "crashed"


async def opened(folder: Path) -> tuple[list[tuple[int, bytes]], list[str], int]:
    """The commits of the room, what was reported, and how many words are kept."""
    with capture_logs() as lines:
        storage = await SqliteStorage.open(folder)
    rows = list(await storage.commits("r"))
    words = await storage.words("r")
    await storage.close()
    return rows, [line["event"] for line in lines], len(words)


async def test_a_whole_log_is_whole(crashed: Path) -> None:
    rows, said, words = await opened(crashed)
    assert len(rows) == words == COMMITS
    assert said == []
    assert sorted(os.listdir(crashed)) == ["talanoa.lock", FILE]


@pytest.mark.parametrize("seed", range(20))
async def test_DUR2_a_torn_log_opens_to_a_prefix_and_is_told(
    crashed: Path, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    wal = (crashed / WAL).read_bytes()
    # Not before the room itself was written: without its tables there is nothing to open.
    first = sqlite_wal.HEADER if seed % 4 else 0
    at = dice.randrange(first, len(wal))
    cut = dice.random() < 0.5
    torn = wal[:at] if cut else wal[:at] + bytes([wal[at] ^ 1 << dice.randrange(8)]) + wal[at + 1 :]
    (crashed / WAL).write_bytes(torn)
    rows, said, words = await opened(crashed)
    assert rows == [(n, b"commit %d" % n) for n in range(1, len(rows) + 1)]
    assert words == len(rows), "a commit and its words are of one transaction"
    if len(rows) < COMMITS and not cut:
        assert said == ["log_torn"]
        (name,) = [one for one in os.listdir(crashed) if one.startswith(f"{WAL}.torn-")]
        kept = crashed / name
        assert kept.read_bytes() == torn
        assert kept.stat().st_mode & 0o077 == 0


async def test_a_log_begun_anew_is_not_taken_for_a_torn_one(tmp_path: Path) -> None:
    """After the log was moved into the file its old frames lie there until they are written
    over."""
    for _ in range(3):
        storage = await SqliteStorage.open(tmp_path)
        for n in range(30):
            await storage.put_secret(f"d{n}", "r", b"x" * 500)
        await storage.thread.ask(  # as when it is large: without cutting the file off
            Kind.ALONE, lambda db: db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        )
        await storage.put_secret("d", "r", b"after")
        shutil.copytree(tmp_path, tmp_path.parent / "copied")
        await storage.close()
        with capture_logs() as lines:
            again = await SqliteStorage.open(tmp_path.parent / "copied")
        assert await again.secret("d") == ("r", b"after")
        assert lines == []
        await again.close()
        shutil.rmtree(tmp_path.parent / "copied")


def test_no_log_and_no_header_are_nothing(tmp_path: Path) -> None:
    assert sqlite_wal.transactions(tmp_path / "none") == ()
    (tmp_path / "short").write_bytes(b"x" * 10)
    assert sqlite_wal.transactions(tmp_path / "short") == ()

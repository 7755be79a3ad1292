"""The storage in one SQLite file (reliability.md P1, P9, P10, P13; architecture.md, Process)."""

import asyncio
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from rooms import sqlite_thread
from rooms.sqlite_schema import FILE
from rooms.sqlite_storage import SqliteStorage
from rooms.sqlite_thread import Kind
from rooms.storage import Conflict, Storage, StorageHeld, StorageUnwritable
from tests.rooms.storage_contract import Reopen, StorageContract

ROOT = Path(__file__).parents[2]

Opened = list[SqliteStorage]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """The storages opened during a test, the last of them in use; closed at the end."""
    storages: Opened = []
    yield storages
    for storage in storages:
        await storage.close()


@pytest.fixture
async def sqlite(tmp_path: Path, opened: Opened) -> SqliteStorage:
    opened.append(await SqliteStorage.open(tmp_path))
    return opened[-1]


@pytest.fixture
def storage(sqlite: SqliteStorage) -> Storage:
    return sqlite


@pytest.fixture
def reopen(tmp_path: Path, opened: Opened) -> Reopen:
    async def again() -> Storage:
        await opened[-1].close()
        opened.append(await SqliteStorage.open(tmp_path))
        return opened[-1]

    return again


class TestContract(StorageContract):
    """SQLite keeps the contract."""


def bytes_of(folder: Path) -> bytes:
    """Every byte of every file in a data folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


# P1: a killed process loses nothing it acknowledged


def kill_while_writing(folder: Path, rooms: int, after: int) -> dict[str, int]:
    """Start a writer, kill -9 it after `after` acknowledgements, return the last of each room."""
    acknowledged: dict[str, int] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.rooms.writer_process", str(folder), str(rooms)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        for _ in range(after):
            room, seq = child.stdout.readline().split()
            acknowledged[room] = int(seq)
        child.send_signal(signal.SIGKILL)
        for line in child.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):  # the last one may be torn
                room, seq = line.split()
                acknowledged[room] = int(seq)
    assert child.returncode == -signal.SIGKILL
    return acknowledged


async def survive_kills(folder: Path, kills: int, seed: int) -> None:
    print("seed", seed)
    dice = random.Random(seed)
    total = 0
    for _ in range(kills):
        acknowledged = kill_while_writing(folder, rooms=5, after=dice.randrange(20, 400))
        began = time.monotonic()
        storage = await SqliteStorage.open(folder)
        opening = time.monotonic() - began
        try:
            assert opening < 5
            for room, last in acknowledged.items():
                commits = await storage.commits(room)
                assert [seq for seq, _ in commits] == list(range(1, len(commits) + 1))
                assert len(commits) >= last, f"acknowledged commits of {room} are lost"
                words = await storage.words(room)
                assert words == {f"w{seq}": body for seq, body in commits}
                updates = [u.update for u in await storage.updates(f"{room}/board")]
                assert {f"{room} {seq}".encode() for seq in range(1, last + 1)} <= set(updates)
                assert len(updates) == len(set(updates))
                total += len(commits)
        finally:
            await storage.close()
    assert total > kills * 20  # the campaign was not hollow


@pytest.mark.slow
async def test_P1_five_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    await survive_kills(tmp_path, kills=5, seed=random.randrange(2**32))


@pytest.mark.slow
@pytest.mark.long
async def test_P1_fifty_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    await survive_kills(tmp_path, kills=50, seed=random.randrange(2**32))


@pytest.mark.slow
async def test_touches_and_marks_survive_a_kill(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, signal, sys, pathlib\n"
        "from rooms.sqlite_storage import SqliteStorage\n"
        "async def main():\n"
        "    s = await SqliteStorage.open(pathlib.Path(sys.argv[1]))\n"
        "    await s.create_room('a', 1)\n"
        "    id = await s.add_update('a/b', b'x')\n"
        "    await s.mark_applied('a/b', id)\n"
        "    await s.touch({'a': 5})\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL
    storage = await SqliteStorage.open(tmp_path)
    assert await storage.touched("a") == 5
    assert [u.applied for u in await storage.updates("a/b")] == [True]
    await storage.close()


# P9: a full disk


async def filled(storage: SqliteStorage, words: bytes = b"") -> int:
    """Append to room "a" until the disk is full; returns the number of commits it took."""
    took = 0

    async def fill() -> None:
        nonlocal took
        for seq in itertools.count(1):
            await storage.append("a", seq, b"x" * 3000, {f"w{seq}": words} if words else None)
            took = seq

    with pytest.raises(StorageUnwritable, match="full"):
        await fill()
    return took


async def test_P9_a_full_disk_refuses_writes_keeps_reads_and_recovers(
    tmp_path: Path, opened: Opened
) -> None:
    """Measured by pages; `test_P9_on_a_real_full_disk` does the same with a disk."""
    storage = await SqliteStorage.open(tmp_path, page_limit=60)
    opened.append(storage)
    await storage.create_room("a", 1)
    seq = await filled(storage)
    assert seq > 10
    assert [s for s, _ in await storage.commits("a")] == list(range(1, seq + 1))
    await storage.forget_room("a")
    await storage.create_room("b", 1)
    await storage.append("b", 1, b"there is room again")
    await storage.check()


async def test_P9_in_a_batch_only_what_does_not_fit_is_refused(
    tmp_path: Path, opened: Opened
) -> None:
    storage = await SqliteStorage.open(tmp_path, page_limit=60)
    opened.append(storage)
    for room in ("big", "small", "other"):
        await storage.create_room(room, 1)
    big, small, conflict, read = await asyncio.gather(
        storage.append("big", 1, b"x" * 400_000, {"w": b"words of it"}),
        storage.append("small", 1, b"fits"),
        storage.append("other", 5, b"wrong number"),
        storage.commits("other"),
        return_exceptions=True,
    )
    assert isinstance(big, StorageUnwritable)
    assert small is None
    assert isinstance(conflict, Conflict)
    assert read == []
    assert dict(await storage.words("big")) == {}
    assert list(await storage.commits("small")) == [(1, b"fits")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
async def test_P9_on_a_real_full_disk(small_disk: Path, opened: Opened) -> None:
    storage = await SqliteStorage.open(small_disk / "data")
    opened.append(storage)
    await storage.create_room("a", 1)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)
    seq = await filled(storage, words=b"y" * 100)
    with pytest.raises(StorageUnwritable):
        await storage.append("a", seq + 1, b"x" * 500_000)
    assert len(await storage.commits("a")) == seq
    assert len(await storage.words("a")) == seq
    ballast.unlink()
    await storage.append("a", seq + 1, b"there is room again")
    await storage.check()
    await storage.close()
    storage = await SqliteStorage.open(small_disk / "data")
    opened.append(storage)
    assert len(await storage.commits("a")) == seq + 1


# P10: two processes on one file


@pytest.mark.slow
async def test_P10_a_second_process_is_refused_within_2_s(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    await sqlite.create_room("a", 1)
    script = (
        "import asyncio, sys, time, pathlib\n"
        "from rooms.sqlite_storage import SqliteStorage\n"
        "began = time.monotonic()\n"
        "try:\n"
        "    asyncio.run(SqliteStorage.open(pathlib.Path(sys.argv[1])))\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, time.monotonic() - began < 2, error)\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said = (await child.communicate())[0].decode()
    assert said.startswith("StorageHeld True The data folder")
    assert f"process {os.getpid()}" in said
    assert str(tmp_path) in said
    await sqlite.append("a", 1, b"unharmed")


@pytest.mark.slow
async def test_P10_a_foreign_lock_on_the_file_is_respected(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    await sqlite.create_room("a", 1)
    other = sqlite3.connect(tmp_path / FILE, timeout=0)
    try:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT * FROM rooms").fetchall()
    finally:
        other.close()
    await sqlite.close()
    other = sqlite3.connect(tmp_path / FILE, timeout=0)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageHeld, match="in use"):
            await SqliteStorage.open(tmp_path)
    finally:
        other.close()


async def test_P10_released_on_close_and_after_a_failed_opening(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    for _ in range(2):
        with pytest.raises(Exception, match="damaged"):
            await SqliteStorage.open(tmp_path)
    (tmp_path / FILE).unlink()
    for _ in range(2):
        storage = await SqliteStorage.open(tmp_path)
        await storage.close()


# A folder that cannot be used


async def test_a_folder_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageUnwritable, match=r"cannot be written to .*--data"):
        await SqliteStorage.open(tmp_path / "data")


@pytest.mark.slow
def test_a_read_only_folder_is_refused_in_words() -> None:
    """In a process without root's rights, whom no permission bits stop."""
    script = (
        "import asyncio, os, pathlib, sys\n"
        "from rooms.sqlite_storage import SqliteStorage\n"
        "asyncio.run(asyncio.to_thread(int))  # import what a thread needs while we may\n"
        "if os.getuid() == 0:\n"
        "    os.setuid(65534)\n"
        "try:\n"
        "    asyncio.run(SqliteStorage.open(pathlib.Path(sys.argv[1])))\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", script, folder]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        Path(folder).chmod(0o755)
    assert said.startswith(f"StorageUnwritable The data folder {folder} cannot be written to")
    assert "Permission denied" in said


async def test_the_folder_and_its_files_are_their_owners_alone(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path / "new" / "data")
    await storage.create_room("a", 1)
    assert (tmp_path / "new" / "data").stat().st_mode & 0o077 == 0
    for file in (tmp_path / "new" / "data").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    await storage.close()


# P13: damage and poison


async def test_P13_a_torn_log_is_cut_at_the_last_whole_commit(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    storage = await SqliteStorage.open(tmp_path / "data")
    await storage.create_room("a", 1)
    for seq in range(1, 51):
        await storage.append("a", seq, b"x" * 500)
    copy.mkdir()
    for file in (tmp_path / "data").glob(f"{FILE}*"):
        (copy / file.name).write_bytes(file.read_bytes())
    await storage.close()
    wal = copy / f"{FILE}-wal"
    log = wal.read_bytes()
    assert len(log) > 100_000
    wal.write_bytes(log[:-2000] + os.urandom(1000))
    storage = await SqliteStorage.open(copy)
    commits = await storage.commits("a")
    assert 40 < len(commits) < 51
    assert [seq for seq, _ in commits] == list(range(1, len(commits) + 1))
    await storage.append("a", len(commits) + 1, b"goes on")
    await storage.close()


async def test_P13_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await storage.create_room("a", 1)
    for seq in range(1, 201):
        await storage.append("a", seq, b"x" * 500)
    await storage.close()
    file = tmp_path / FILE
    content = bytearray(file.read_bytes())
    content[8 * 4096 : 12 * 4096] = os.urandom(4 * 4096)
    file.write_bytes(content)
    with pytest.raises(Exception, match="damaged") as raised:
        await SqliteStorage.open(tmp_path)
    assert type(raised.value).__name__ == "StorageDamaged"
    assert file.read_bytes() == bytes(content)


async def test_P13_bytes_that_mean_nothing_are_kept_and_quarantined_ones_stay_for_inspection(
    tmp_path: Path, sqlite: SqliteStorage, caplog: pytest.LogCaptureFixture
) -> None:
    await sqlite.create_room("a", 1)
    poison = bytes.fromhex("010201010000a803020000")
    ids = [await sqlite.add_update("a/board", body) for body in (b"good", poison, b"good too")]
    await sqlite.quarantine("a/board", ids[1], "it would crash the reader")
    assert [u.update for u in await sqlite.updates("a/board")] == [b"good", b"good too"]
    assert "a/board" in caplog.text
    await sqlite.close()
    db = sqlite3.connect(tmp_path / FILE)
    try:
        rows = db.execute("SELECT document, number, body, why FROM quarantine").fetchall()
    finally:
        db.close()
    assert rows == [("a/board", ids[1], poison, "it would crash the reader")]


# Forgetting


@pytest.mark.slow
async def test_erased_words_are_nowhere_in_the_folder(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    """Among many neighbours of all sizes, because it is moving rows that leaves copies behind."""
    dice = random.Random(7)
    kept: dict[str, bytes] = {}
    erased: dict[str, bytes] = {}
    for number in range(600):
        room = f"room{number % 7}"
        seq = number // 7 + 1
        if seq == 1:
            await sqlite.create_room(room, 1)
        text = f"<secret {number:05}>".encode() * dice.choice((1, 3, 10, 60, 250))
        await sqlite.append(room, seq, b"commit", {f"w{number}": text})
        kept[f"w{number}"] = text
        if dice.random() < 0.3:
            await sqlite.add_update(f"{room}/board", text)
        if number % 60 == 59:
            refs = dice.sample(sorted(kept), 20)
            for ref in refs:
                erased[ref] = kept.pop(ref)
            for n in range(7):
                mine = [ref for ref in refs if int(ref[1:]) % 7 == n]
                ids = [u.id for u in await sqlite.updates(f"room{n}/board")]
                if ids:
                    await sqlite.compact(f"room{n}/board", b"without them", ids[-1])
                await sqlite.erase_words(f"room{n}", mine)
    content = bytes_of(tmp_path)
    assert len(erased) == 200
    assert not [ref for ref, text in erased.items() if text[:14] in content]
    assert all(text[:14] in content for text in kept.values())


async def test_a_forgotten_room_is_nowhere_in_the_folder(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    for room in ("kept", "gone"):
        await sqlite.create_room(room, 1)
        text = f"<text of {room}>".encode()
        await sqlite.append(room, 1, text, {"w": text * 100})
        id = await sqlite.add_update(f"{room}/board", text)
        await sqlite.add_update(f"{room}/memo", text * 1000)
        await sqlite.quarantine(f"{room}/board", id, "a test")
        await sqlite.compact(f"{room}/desk", text, 0)
        await sqlite.put_secret(f"<text of {room}>", room, text)
        await sqlite.touch({room: 1})
    await sqlite.forget_room("gone")
    content = bytes_of(tmp_path)
    assert b"<text of gone>" not in content
    assert b"gone" not in content
    assert b"<text of kept>" in content


async def test_a_large_file_is_rebuilt_when_it_is_quiet(
    tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_thread, "REBUILD_AT_ONCE", 0)
    storage = await SqliteStorage.open(tmp_path)
    opened.append(storage)
    await storage.create_room("a", 1)
    for seq in range(1, 101):
        await storage.append("a", seq, b"x" * 1000, {f"w{seq}": b"y" * 1000})
    await storage.erase_words("a", [f"w{seq}" for seq in range(1, 101)])
    assert b"yyyy" not in bytes_of(tmp_path)
    await storage.close()
    assert not storage.thread.rebuilt.is_set()  # it was never quiet
    before = (tmp_path / FILE).stat().st_size
    monkeypatch.setattr(sqlite_thread, "REBUILD_QUIET", 0.1)
    storage = await SqliteStorage.open(tmp_path)
    opened.append(storage)
    assert await asyncio.to_thread(storage.thread.rebuilt.wait, 10)
    assert (tmp_path / FILE).stat().st_size < before
    assert len(await storage.commits("a")) == 100


# Life


async def test_after_close_it_says_so(sqlite: SqliteStorage) -> None:
    await sqlite.close()
    with pytest.raises(StorageUnwritable, match="closed"):
        await sqlite.rooms()


async def test_what_was_asked_before_close_is_done(tmp_path: Path) -> None:
    storage = await SqliteStorage.open(tmp_path)
    await storage.create_room("a", 1)
    asked = [asyncio.create_task(storage.append("a", n, b"x")) for n in range(1, 50)]
    await asyncio.sleep(0)
    await storage.close()
    await asyncio.gather(*asked)
    storage = await SqliteStorage.open(tmp_path)
    assert len(await storage.commits("a")) == 49
    await storage.close()


async def test_a_backup_is_whole_and_private_and_taken_while_serving(
    tmp_path: Path, sqlite: SqliteStorage
) -> None:
    for room in range(20):
        await sqlite.create_room(f"r{room}", room)
    backup = tmp_path / "backup"
    await asyncio.gather(
        *(sqlite.append(f"r{n}", 1, b"before") for n in range(10)),
        sqlite.backup(backup),
        *(sqlite.append(f"r{n}", 1, b"after") for n in range(10, 20)),
    )
    assert backup.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        await sqlite.backup(backup)
    (tmp_path / "restored").mkdir()
    backup.rename(tmp_path / "restored" / FILE)
    restored = await SqliteStorage.open(tmp_path / "restored")
    assert await restored.rooms() == await sqlite.rooms()
    for n in range(10):
        assert list(await restored.commits(f"r{n}")) == [(1, b"before")]
    await restored.append("r19", 1 + len(await restored.commits("r19")), b"goes on")
    await restored.close()


async def test_a_backup_that_cannot_be_written_leaves_nothing(
    sqlite: SqliteStorage, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No such file"):
        await sqlite.backup(tmp_path / "nowhere" / "backup")
    await sqlite.check()


async def test_subscriptions_end_with_the_storage(sqlite: SqliteStorage) -> None:
    subscription = sqlite.subscribe("c")
    await sqlite.publish("c", b"1")
    await sqlite.close()
    assert [message async for message in subscription] == [b"1"]


async def test_the_settings_are_as_promised(sqlite: SqliteStorage) -> None:
    def read(db: sqlite3.Connection) -> dict[str, object]:
        names = ("journal_mode", "locking_mode", "secure_delete", "trusted_schema", "synchronous")
        return {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    await sqlite.check()  # synchronous is set with each durable transaction
    assert await sqlite.thread.ask(Kind.READ, read) == {
        "journal_mode": "wal",
        "locking_mode": "exclusive",
        "secure_delete": 1,
        "trusted_schema": 0,
        "synchronous": 2,
    }

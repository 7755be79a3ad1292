"""Opening the file and its versions (`rooms/sqlite_schema.py`; reliability.md P11)."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rooms.sqlite_schema import APPLICATION, FILE, MIGRATIONS, prepare
from rooms.sqlite_storage import SqliteStorage
from rooms.storage import StorageDamaged, StorageTooNew, StoredUpdate

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"

NEXT = (*MIGRATIONS, ("ALTER TABLE rooms ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",))


def restore(version: int, folder: Path) -> None:
    """Make the file that schema `version` would have left behind, from its text."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.executescript((FIXTURES / f"schema_{version}.sql").read_text("utf-8"))
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={version}")
        db.execute("PRAGMA journal_mode=WAL")


def version_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
async def test_P11_a_file_of_every_released_version_opens(version: int, tmp_path: Path) -> None:
    restore(version, tmp_path)
    storage = await SqliteStorage.open(tmp_path)
    assert set(await storage.rooms()) == {"room1", "room2"}
    assert list(await storage.commits("room1")) == [(1, b"\x00one"), (2, "दो".encode())]
    assert dict(await storage.words("room1")) == {"w1": "किसान".encode(), "w2": b""}
    assert list(await storage.updates("room1/board")) == [
        StoredUpdate(2, b"snapshot", True),
        StoredUpdate(3, b"later", False),
    ]
    assert await storage.secret("digest") == ("room1", b"value")
    assert await storage.touched("room1") == 1_790_000_000_000
    pictures = {"s1-p1": 3} if version >= 2 else {}
    assert dict(await storage.photos("room1")) == pictures
    await storage.append("room1", 3, b"three")
    assert await storage.add_update("room1/board", b"new") == 5
    await storage.close()
    assert version_of(tmp_path / FILE) == len(MIGRATIONS)


def test_P11_every_version_has_its_fixture() -> None:
    names = {file.name for file in FIXTURES.glob("schema_*.sql")}
    assert names == {f"schema_{version}.sql" for version in range(1, len(MIGRATIONS) + 1)}


def test_P11_a_migration_goes_forward_and_keeps_every_row(tmp_path: Path) -> None:
    restore(len(MIGRATIONS), tmp_path)
    with closing(prepare(tmp_path / FILE, migrations=NEXT)) as db:
        rows = db.execute("SELECT id, colour FROM rooms").fetchall()
    assert rows == [("room1", "blue"), ("room2", "blue")]
    assert version_of(tmp_path / FILE) == len(NEXT)


def test_P11_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    restore(len(MIGRATIONS), tmp_path)
    broken = (*MIGRATIONS, ("DROP TABLE words", "CREATE TABLE rooms (taken TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        prepare(tmp_path / FILE, migrations=broken)
    assert version_of(tmp_path / FILE) == len(MIGRATIONS)
    with closing(prepare(tmp_path / FILE)) as db:
        assert db.execute("SELECT count(*) FROM words").fetchone() == (3,)


@pytest.mark.slow
def test_P11_killed_mid_migration_it_reopens_at_the_old_version(tmp_path: Path) -> None:
    restore(len(MIGRATIONS), tmp_path)
    script = (
        "import os, signal, sqlite3, sys, pathlib\n"
        "from rooms import sqlite_schema\n"
        "from rooms.sqlite_schema import MIGRATIONS, prepare\n"
        "class Steps(tuple):\n"
        "    def __iter__(self):\n"
        "        yield 'DELETE FROM words'\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "prepare(pathlib.Path(sys.argv[1]), migrations=(*MIGRATIONS, Steps()))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / FILE)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with closing(prepare(tmp_path / FILE, migrations=NEXT)) as db:
        assert db.execute("SELECT count(*) FROM words").fetchone() == (3,)
        assert db.execute("PRAGMA user_version").fetchone() == (len(NEXT),)


async def test_P11_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    restore(len(MIGRATIONS), tmp_path)
    with closing(prepare(tmp_path / FILE, migrations=NEXT)):
        pass
    before = (tmp_path / FILE).read_bytes()
    changed = os.stat(tmp_path / FILE).st_mtime_ns
    with pytest.raises(StorageTooNew, match=r"newer version.*Nothing was changed"):
        await SqliteStorage.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before
    assert os.stat(tmp_path / FILE).st_mtime_ns == changed
    assert sorted(os.listdir(tmp_path)) == ["talanoa.lock", FILE]


def test_P11_a_newer_file_killed_right_after_its_migration_is_recognised(tmp_path: Path) -> None:
    """The new version stands in the file itself, not only in the log beside it."""
    restore(len(MIGRATIONS), tmp_path)
    db = prepare(tmp_path / FILE, migrations=NEXT)
    copy = (tmp_path / FILE).read_bytes()
    db.close()
    (tmp_path / "copy").write_bytes(copy)
    with pytest.raises(StorageTooNew):
        prepare(tmp_path / "copy")


@pytest.mark.parametrize(
    "content", [b"x", b"not a database at all" * 50, b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_what_is_no_database_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StorageDamaged, match="damaged or not ours"):
        prepare(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA application_id=7")
        db.execute("CREATE TABLE theirs (x)")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StorageDamaged, match="another program"):
        prepare(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == before


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    prepare(tmp_path / FILE).close()
    assert version_of(tmp_path / FILE) == len(MIGRATIONS)

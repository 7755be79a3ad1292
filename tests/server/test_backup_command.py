"""`backup` and `restore` as an operator types them (issue 5, Durability)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from rooms.sqlite_lease import Lease
from rooms.sqlite_storage import SqliteStorage
from server import supervisor
from server.__main__ import main
from tests.server.test_supervisor import ROOT, address, child_of, ended, started


def post(url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """What an address answers to JSON."""
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def view(link: str, room: str, token: str) -> dict[str, Any]:
    """What a seat sees."""
    asked = urllib.request.Request(
        f"{link}api/rooms/{room}/view", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`python -m server ...` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_backup_under_writes_restored_after_a_kill_has_all_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    data, there = tmp_path / "data", tmp_path / "restored"
    with started("--port", "0", "--data", str(data)) as process:
        link = address(process)
        opened = post(f"{link}api/rooms", {"title": "River", "facilitator": "Amina"})
        room = opened["room"]
        seats: list[str] = []
        stop = threading.Event()

        def come_in() -> None:
            while not stop.is_set() and len(seats) < 60:
                body = {"code": opened["code"], "name": f"Guest {len(seats)}", "where": "remote"}
                seats.append(post(f"{link}api/rooms/{room}/seats", body)["token"])

        writer = threading.Thread(target=come_in)
        writer.start()
        while len(seats) < 5:
            assert writer.is_alive()
        before = list(seats)
        made = run("backup", str(tmp_path / "b.tar"), "--data", str(data))
        assert made.returncode == 0, made.stderr
        assert "from the running server" in made.stdout
        assert "lives on" in made.stdout
        stop.set()
        writer.join()
        child = child_of(process.pid)
        process.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        process.wait(30)
    back = run("restore", str(tmp_path / "b.tar"), "--data", str(there))
    assert back.returncode == 0, back.stderr
    with started("--port", "0", "--data", str(there)) as process:
        link = address(process)
        for token in [opened["token"], *before]:
            assert view(link, room, token)["type"] == "view"
        late = {"code": opened["code"], "name": "After", "where": "remote"}
        assert post(f"{link}api/rooms/{room}/seats", late)["seat"]


def backup_of(folder: Path, file: Path) -> None:
    """A folder with one room, and its backup."""

    async def open_room() -> None:
        storage = await SqliteStorage.open(folder)
        await storage.create_room("r", 1)
        await storage.close()

    asyncio.run(open_room())
    (folder / "secret").write_bytes(b"s" * 32)
    assert main(["backup", str(file), "--data", str(folder)]) == 0


def test_a_restore_refuses_to_write_over_rooms_and_keeps_what_it_is_told_to_replace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "b.tar"
    backup_of(data, file)
    assert file.stat().st_mode & 0o077 == 0
    assert "while no server runs" in capsys.readouterr().out
    before = {f.name: f.read_bytes() for f in data.iterdir() if f.is_file()}
    assert main(["backup", str(file), "--data", str(data)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["backup", str(data / "inside.tar"), "--data", str(data)]) == 1
    assert "in the data folder itself" in capsys.readouterr().err
    assert main(["restore", str(file), "--data", str(data)]) == 1
    assert "--replace" in capsys.readouterr().err
    assert {f.name: f.read_bytes() for f in data.iterdir() if f.is_file()} == before
    assert main(["restore", str(file), "--data", str(data), "--replace"]) == 0
    assert "Restored 1 rooms" in capsys.readouterr().out
    (kept,) = data.glob("replaced-*")
    for name in ("talanoa.sqlite3", "secret"):
        assert (kept / name).read_bytes() == before[name]
    assert (data / "secret").read_bytes() == before["secret"]
    assert not list(data.glob("*.part"))


@pytest.mark.slow
def test_a_restore_that_was_cut_off_is_finished_before_anything_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file, there = tmp_path / "data", tmp_path / "b.tar", tmp_path / "there"
    backup_of(data, file)
    there.mkdir()
    (there / "restoring").write_text("")
    (there / "secret").write_bytes(b"moved in before the power went")
    code, said = ended("--port", "0", "--data", str(there))
    assert code == supervisor.DATA_DAMAGED
    assert "run it again" in said
    assert main(["restore", str(file), "--data", str(there)]) == 0
    assert (there / "secret").read_bytes() == (data / "secret").read_bytes()
    held = Lease.take(there)
    assert main(["restore", str(file), "--data", str(there), "--replace"]) == 1
    assert "in use by another process" in capsys.readouterr().err
    held.release()


def test_bad_input_is_refused_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none, empty = tmp_path / "none", tmp_path / "empty"
    assert main(["backup", str(tmp_path / "b"), "--data", str(none)]) == 1
    assert "no rooms" in capsys.readouterr().err
    (tmp_path / "b").write_bytes(b"not an archive")
    assert main(["restore", str(tmp_path / "b"), "--data", str(empty)]) == 1
    said = capsys.readouterr().err
    assert "not a whole backup" in said
    assert "nothing was changed" in said
    assert [f.name for f in empty.iterdir()] == ["talanoa.lock"]
    assert main(["restore", str(tmp_path / "gone"), "--data", str(empty)]) == 1
    assert "No such file" in capsys.readouterr().err


def test_DUR3_a_damaged_file_is_mended_by_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(["mend", "--data", str(data)]) == 1
    assert "No such file" in capsys.readouterr().err
    backup_of(data, tmp_path / "b.tar")
    file = data / "talanoa.sqlite3"
    content = bytearray(file.read_bytes())
    content[-4_096:] = b"\xff" * 4_096
    file.write_bytes(content)
    code, said = ended("--port", "0", "--data", str(data))
    assert code == supervisor.DATA_DAMAGED
    assert "python -m server mend" in said
    assert "Traceback" not in said
    capsys.readouterr()
    assert main(["mend", "--data", str(data)]) == 0
    assert "The damaged file is" in capsys.readouterr().out
    assert main(["backup", str(tmp_path / "again.tar"), "--data", str(data)]) == 0

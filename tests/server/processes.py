"""Whole servers for tests: `python -m server` as people start it, and a front that spreads lines
over several of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.redis_server import free_port
from tests.waiting import until

ROOT: Final = Path(__file__).parents[2]
SERVES: Final = re.compile(r"https?://[a-z0-9.]+:(\d+)/")
START_SECONDS: Final = 60.0


class Process:
    """One server under its supervisor. `module`: what is started, `server` or something that
    starts it otherwise; `environ`: more settings."""

    def __init__(
        self, folder: Path, *, redis: str = "", module: str = "server", **environ: str
    ) -> None:
        self.folder = folder
        self.port = 0
        self._module = module
        self._environ = {**os.environ, **environ}
        if "TALANOA_PUBLIC_URL" in environ:  # it tells people that address, and not its own
            self.port = free_port()
        if redis:
            self._environ["TALANOA_REDIS_URL"] = redis
        self._process: asyncio.subprocess.Process | None = None
        self._said: asyncio.Task[None] | None = None
        self.log: list[str] = []
        """What it wrote on standard error, by lines."""

    async def start(self) -> Process:
        """Start, and wait until it says where it is. Started again, it keeps its port."""
        words = ["-m", self._module, "--port", str(self.port), "--data", str(self.folder)]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            cwd=ROOT,
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout
        assert self._process.stderr
        self._said = asyncio.create_task(self._read(self._process.stderr))
        async with asyncio.timeout(START_SECONDS):
            async for line in self._process.stdout:
                if found := SERVES.search(line.decode()):
                    self.port = self.port or int(found[1])
                    return self
        await self._said
        raise AssertionError("the server ended:\n" + "\n".join(self.log[-20:]))

    async def _read(self, stderr: asyncio.StreamReader) -> None:
        async for line in stderr:
            self.log.append(line.decode(errors="replace").rstrip())

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The supervisor's number."""
        assert self._process
        return self._process.pid

    def child(self) -> int:
        """The process that serves; 0 while there is none."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    async def kill(self) -> None:
        """SIGKILL to the process that serves: its supervisor starts another one."""
        old = self.child()
        if old:
            os.kill(old, signal.SIGKILL)

        async def replaced() -> bool:
            return self.child() not in (0, old)

        await until(replaced, START_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """A signal to the supervisor."""
        assert self._process
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process
        async with asyncio.timeout(START_SECONDS):
            return await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and wait for the end."""
        assert self._process
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.signal(signal.SIGTERM)
        code = await self.ended()
        if self._said:
            await self._said
        return code


class Front:
    """Spreads lines over servers, one after the other, as a load balancer does; a server that takes
    no connection is left out. `async with Front(...) as front`."""

    def __init__(self, behind: Sequence[Process]) -> None:
        self.behind = list(behind)
        self.port = 0
        self._next = 0
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """What people type."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Front:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back: asyncio.StreamWriter | None = None
        try:
            for _ in self.behind:
                server = self.behind[self._next % len(self.behind)]
                self._next += 1
                with contextlib.suppress(OSError):
                    there, back = await asyncio.open_connection("127.0.0.1", server.port)
                    break
            if back is not None:
                await asyncio.gather(_pass(reader, back), _pass(there, writer))
        finally:
            for each in (writer, back):
                if each is not None:
                    each.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
            return
    writer.transport.abort()

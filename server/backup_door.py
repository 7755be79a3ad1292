"""The socket in the data folder at which a running server gives a backup of itself.

`python -m server backup` asks with one line of JSON; the answer is one line, and when that says yes
the archive (`backup_archive.py`). The server sends rather than writes: whoever asks decides where
the file goes, with their own rights. One backup at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import msgspec

from rooms import sqlite_backup
from rooms.sqlite_schema import FILE
from rooms.storage import StorageDamaged, StorageUnwritable
from server import backup_archive
from server.backup_archive import FORMAT, SOCKET, Manifest, kept_files, part_of
from server.log import log

PATH_LIMIT: Final = 100
"""Bytes of a socket's path; systems allow 104 to 108."""

PATIENCE: Final = 60.0
"""Seconds for the other side to say or take something; it writes to a disk of its own."""

LINE: Final = 4_096
"""Bytes of a question or an answer's first line."""


@runtime_checkable
class Copied(Protocol):
    """A storage that lies in files of its own."""

    async def backup(self, file: Path) -> None:
        """Copy everything to a new file while serving."""


class Ask(msgspec.Struct, frozen=True):
    """What is asked at the socket."""

    do: str


class Answer(msgspec.Struct, frozen=True):
    """Its first line; `error` is a sentence, empty when the archive follows."""

    error: str = ""


@contextmanager
def reachable(folder: Path) -> Iterator[str]:
    """The socket's path in a form short enough for the system."""
    path = folder / SOCKET
    if len(os.fsencode(path)) <= PATH_LIMIT:
        yield str(path)
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{held}/{SOCKET}"
    finally:
        os.close(held)


@asynccontextmanager
async def door(folder: Path, storage: object, program: str) -> AsyncIterator[None]:
    """Keep the socket open for as long as the block lasts. A storage that lies elsewhere, or a
    folder that can hold no socket, has none: a warning says so, and rooms are served."""
    if not isinstance(storage, Copied) or not hasattr(socket, "AF_UNIX"):
        yield
        return
    _sweep(folder)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _listen(listening, folder)
    except OSError as error:
        listening.close()
        log().warning("no backup socket", kind="backup", exc_info=error)
        yield
        return
    giving = _Giving(folder, storage, program)
    task = asyncio.create_task(giving.serve(listening))
    try:
        yield
    finally:
        giving.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        giving.close()
        listening.close()
        (folder / SOCKET).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what is left of a backup under which the server was killed."""
    for left in folder.glob("*.part"):
        if left.is_file():
            left.unlink(missing_ok=True)


def _listen(listening: socket.socket, folder: Path) -> None:
    (folder / SOCKET).unlink(missing_ok=True)  # of a server that was killed; we hold the folder
    before = os.umask(0o177)
    try:
        with reachable(folder) as path:
            listening.bind(path)
    finally:
        os.umask(before)
    listening.listen(4)
    listening.setblocking(False)


class _Giving:
    """Answers at the socket, in a thread for each, one after the other."""

    def __init__(self, folder: Path, storage: Copied, program: str) -> None:
        self._folder = folder
        self._storage = storage
        self._program = program
        self._line: socket.socket | None = None
        self._come: asyncio.Queue[socket.socket] = asyncio.Queue()

    async def serve(self, listening: socket.socket) -> None:
        """Answer whoever comes."""
        loop = asyncio.get_running_loop()
        loop.add_reader(listening.fileno(), self._accept, listening)
        try:
            while True:
                self._line = await self._come.get()
                await self._serve(self._line, loop)
                self._line = None
        finally:
            loop.remove_reader(listening.fileno())

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._come.put_nowait(listening.accept()[0])

    async def _serve(self, line: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        try:
            line.settimeout(PATIENCE)
            await asyncio.to_thread(self._answer, line, loop)
        except Exception as error:
            log().error("backup failed", kind="backup", exc_info=error)
        finally:
            line.close()

    def close(self) -> None:
        """Let go of those who still wait."""
        while not self._come.empty():
            self._come.get_nowait().close()

    def stop(self) -> None:
        """Give up what is under way."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _answer(self, line: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        with line.makefile("rb") as asked:
            question = msgspec.json.decode(asked.readline(LINE), type=Ask)
        if question.do != "backup":
            line.sendall(_line(Answer("This server knows no such request.")))
            return
        began = time.monotonic()
        copy = self._folder / f"backup-{secrets.token_hex(8)}.part"
        try:
            copying = asyncio.run_coroutine_threadsafe(self._storage.backup(copy), loop)
            copying.result()
            made = sqlite_backup.tidy(copy)
        except (StorageUnwritable, StorageDamaged, OSError) as error:
            copy.unlink(missing_ok=True)
            log().error("backup failed", kind="backup", exc_info=error)
            line.sendall(_line(Answer(f"The server could not make a backup: {error}")))
            return
        try:
            manifest, files = gathered(self._folder, copy, made, self._program)
            line.sendall(_line(Answer()))
            with line.makefile("wb") as out:
                backup_archive.write(out, manifest, files)
        finally:
            copy.unlink(missing_ok=True)
        log().info(
            "backup made", kind="backup", count=made.rooms,
            bytes=sum(part.bytes for part in manifest.parts),
            seconds=round(time.monotonic() - began, 2),
        )  # fmt: skip


def gathered(
    folder: Path, copy: Path, made: sqlite_backup.Copied, program: str
) -> tuple[Manifest, dict[str, Path]]:
    """The list of a backup made of a tidy copy of the database and the folder's other files."""
    files = dict(kept_files(folder))
    files[FILE] = copy
    parts = tuple(part_of(name, file) for name, file in files.items())
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Manifest(FORMAT, now, program, made.rooms, made.commits, parts), files


def ask(folder: Path) -> socket.socket | None:
    """A connection to the server that holds a folder, with the question asked; None when no server
    answers there."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with reachable(folder) as path:
            line.connect(path)
        line.sendall(_line(Ask("backup")))
    except OSError:
        line.close()
        return None
    return line


def _line(said: Ask | Answer) -> bytes:
    return msgspec.json.encode(said) + b"\n"

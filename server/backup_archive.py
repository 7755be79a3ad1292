"""The file a backup is: one tar with a list of what is in it and the hash of each part.

`manifest.json` comes first, so that whoever reads knows what to expect; an archive that was cut off
or changed is told from a whole one by it. Everything in the data folder is in it but what belongs
to a running process.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from rooms.sqlite_lease import LOCK
from rooms.sqlite_schema import FILE

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
"""Rises when an older program could no longer read the archive."""

MANIFEST_BYTES: Final = 1_048_576
FILES_MOST: Final = 1_000
"""A data folder holds a handful of files; more is not one of ours."""

PIECE: Final = 262_144
"""Bytes read at a time."""

SOCKET: Final = "talanoa.sock"
RESTORING: Final = "restoring"
"""Lies in a data folder while a restore moves files: a server does not open such a folder."""

REPLACED: Final = "replaced-"
"""Begins the name of the folder that keeps what a restore replaced."""

NOT_KEPT: Final = frozenset(
    {FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", LOCK, SOCKET, RESTORING}
)
"""Of a running process, or copied in another way (the database)."""


class BadArchive(Exception):
    """This file is no whole backup; `str(error)` says why in plain words."""


class Part(msgspec.Struct, frozen=True):
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. `made` is in ISO 8601, UTC; `program` the version that made it."""

    format: int
    made: str
    program: str
    rooms: int
    commits: int
    parts: tuple[Part, ...]


def kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a data folder that is copied as it is, by its name in the archive."""
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        ours = inside.name in NOT_KEPT or inside.suffix == ".part"
        moved = any(part.startswith(REPLACED) or part.endswith(".part") for part in inside.parts)
        if not ours and not moved and file.is_file() and not file.is_symlink():
            yield inside.as_posix(), file


def part_of(name: str, file: Path) -> Part:
    """A file's name, length and hash."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return Part(name, opened.tell(), digest)


def write(out: IO[bytes], manifest: Manifest, files: dict[str, Path]) -> None:
    """Write an archive of these files, as `manifest` lists them, to a stream."""
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT, bufsize=PIECE) as tar:
        listed = msgspec.json.format(msgspec.json.encode(manifest))
        tar.addfile(_info(MANIFEST, len(listed)), io.BytesIO(listed))
        for part in manifest.parts:
            with files[part.name].open("rb") as opened:
                tar.addfile(_info(part.name, part.bytes), opened)


def _info(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


def read(file: IO[bytes], into: Path | None = None) -> Manifest:
    """Check every byte of an archive, and unpack it into an empty folder if one is given.

    Raises `BadArchive`; what was unpacked until then is worth nothing.
    """
    try:
        with tarfile.open(fileobj=file, mode="r|", bufsize=PIECE) as tar:
            members = iter(tar)
            manifest = _manifest(tar, next(members, None))
            wanted = {part.name: part for part in manifest.parts}
            for member in members:
                part = wanted.pop(member.name, None)
                content = tar.extractfile(member) if member.isreg() else None
                if part is None or content is None:
                    raise BadArchive(f"It holds something its list does not name: {member.name!r}.")
                _unpack(content, part, into)
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the archive
        raise BadArchive(f"It is cut off or no archive at all ({error}).") from error
    if wanted:
        raise BadArchive(f"It lacks {', '.join(sorted(wanted))}.")
    return manifest


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    content = tar.extractfile(member) if member and member.isreg() else None
    if member is None or content is None or member.name != MANIFEST:
        raise BadArchive("It does not begin with the list a backup begins with.")
    try:
        found = msgspec.json.decode(content.read(MANIFEST_BYTES), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadArchive(f"Its list cannot be read ({error}).") from error
    if found.format > FORMAT:
        raise BadArchive(
            f"It was made by a newer version of Talanoa ({found.program}): use that one."
        )
    names = [part.name for part in found.parts]
    if len(names) > FILES_MOST or len(set(names)) != len(names) or FILE not in names:
        raise BadArchive("Its list is not that of a backup.")
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise BadArchive(f"It would write outside the data folder: {name!r}.")
        if path.as_posix() != name or (name != FILE and path.name in NOT_KEPT):
            raise BadArchive(f"It names a file no backup holds: {name!r}.")
    return found


def _unpack(content: IO[bytes], part: Part, into: Path | None) -> None:
    digest, size = hashlib.sha256(), 0
    place = into / part.name if into else None
    if place is not None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    out = place.open("xb") if place is not None else None
    try:
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
            if out is not None:
                out.write(piece)
    finally:
        if out is not None:
            out.close()
    if size != part.bytes or digest.hexdigest() != part.sha256:
        raise BadArchive(f"{part.name} is not what it was when the backup was made.")
    if place is not None:
        place.chmod(0o600)

"""The file a backup is: whole, or refused in plain words."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import msgspec
import pytest

from rooms.sqlite_schema import FILE
from server import backup_archive
from server.backup_archive import BadArchive, Manifest, kept_files, part_of


def made(folder: Path, names: tuple[str, ...] = (FILE, "secret", "deep/er/file")) -> bytes:
    """An archive of files with these names."""
    files = {}
    for n, name in enumerate(names):
        file = folder / f"part {n}"
        file.write_bytes(random.Random(n).randbytes(700 * n + 30))
        files[name] = file
    parts = tuple(part_of(name, file) for name, file in files.items())
    out = io.BytesIO()
    backup_archive.write(out, Manifest(1, "2026-11-22T07:00:00Z", "0.1.0", 1, 1, parts), files)
    return out.getvalue()


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    content = made(tmp_path)
    into = tmp_path / "out"
    into.mkdir()
    manifest = backup_archive.read(io.BytesIO(content), into)
    for n, part in enumerate(manifest.parts):
        file = into / part.name
        assert file.read_bytes() == random.Random(n).randbytes(700 * n + 30)
        assert file.stat().st_mode & 0o077 == 0


def test_a_cut_or_changed_archive_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    """Every cut, and a flip anywhere in what it holds."""
    content = made(tmp_path)
    dice = random.Random(5)
    # A tar ends in blocks of zeros: a cut in them takes nothing away.
    end = len(content.rstrip(b"\0"))
    for _ in range(60):
        with pytest.raises(BadArchive):
            backup_archive.read(io.BytesIO(content[: dice.randrange(end)]))
    whole = backup_archive.read(io.BytesIO(content))
    for _ in range(120):
        at, bit = dice.randrange(end), 1 << dice.randrange(8)
        flipped = bytearray(content)
        flipped[at] ^= bit
        try:
            # Owner, date or padding of a member: not what a backup holds.
            assert backup_archive.read(io.BytesIO(bytes(flipped))).parts == whole.parts
        except BadArchive:
            continue


@pytest.mark.parametrize(
    "name", ["../out", "/etc/passwd", "a/../../b", "talanoa.lock", "a\\b", "x//y", f"{FILE}-wal"]
)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    content = made(tmp_path, (FILE, name))
    into = tmp_path / "out" / "inner"
    into.mkdir(parents=True)
    with pytest.raises(BadArchive):
        backup_archive.read(io.BytesIO(content), into)
    assert list((tmp_path / "out").rglob("*")) == [into]


def test_other_archives_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        link = tarfile.TarInfo("manifest.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    for content in (out.getvalue(), b"", b"PK\x03\x04" + bytes(3_000)):
        with pytest.raises(BadArchive):
            backup_archive.read(io.BytesIO(content))
    files = {FILE: tmp_path / "f"}
    files[FILE].write_bytes(b"x")
    newer = Manifest(2, "", "9.9", 0, 0, (part_of(FILE, files[FILE]),))
    out = io.BytesIO()
    backup_archive.write(out, newer, files)
    with pytest.raises(BadArchive, match=r"newer version of Talanoa \(9.9\)"):
        backup_archive.read(io.BytesIO(out.getvalue()))
    lacking = msgspec.structs.replace(newer, format=1, parts=())
    out = io.BytesIO()
    backup_archive.write(out, lacking, {})
    with pytest.raises(BadArchive, match="not that of a backup"):
        backup_archive.read(io.BytesIO(out.getvalue()))


def test_every_file_of_the_folder_but_those_of_a_process(tmp_path: Path) -> None:
    for name in ("secret", "demo.json", "own/typeface.ttf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in (FILE, f"{FILE}-wal", "talanoa.lock", "backup-1.part", "restoring"):
        (tmp_path / name).write_text("x")
    (tmp_path / "replaced-1").mkdir()
    (tmp_path / "replaced-1" / "secret").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    assert [name for name, _ in kept_files(tmp_path)] == ["demo.json", "own/typeface.ttf", "secret"]

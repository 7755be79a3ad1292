"""What a crash or a bad disk tore off the end of SQLite's write-ahead log.

SQLite opens such a log as far as its sums are right and says nothing of the rest. Here the rest is
counted, so that somebody is told: at the end of a transaction each frame says so, and what ends
after the last whole frame was written once and can no longer be read.
"""

import shutil
import time
from pathlib import Path
from typing import Final, Literal

import structlog

log = structlog.get_logger("rooms")

HEADER: Final = 32
FRAME_HEADER: Final = 24
WORD: Final = 0xFFFFFFFF

TORN: Final = (
    "The end of the write-ahead log was torn, as a power cut does. Everything before it is there;"
    " the torn log is kept beside the data. docs/operations.md, Damage."
)


def transactions(wal: Path) -> tuple[int, ...]:
    """Numbers of the frames (from 1) that end a transaction, judged by what frames say of
    themselves; empty when there is no log or it is of an earlier generation."""
    try:
        with wal.open("rb") as file:
            header = file.read(HEADER)
            if len(header) < HEADER:
                return ()
            page = int.from_bytes(header[8:12], "big")
            if page not in {1 << bits for bits in range(9, 17)}:
                page = 4_096  # a torn header: what SQLite has written ever since 2016
            ends: list[int] = []
            salts = b""
            number = 0
            while len(frame := file.read(FRAME_HEADER)) == FRAME_HEADER:
                salts = salts or frame[8:16]
                if frame[8:16] != salts or not frame[:4].strip(b"\0"):
                    break
                number += 1
                if frame[4:8].strip(b"\0"):
                    ends.append(number)
                file.seek(page, 1)
    except FileNotFoundError:
        return ()
    if salts != header[16:24] and _is_sound(header):
        return ()  # begun anew, and nothing written since
    return tuple(ends)


def _is_sound(header: bytes) -> bool:
    """Whether the log's own header has the sum it should have."""
    order: Literal["big", "little"] = "big" if header[3] & 1 else "little"
    first = second = 0
    for at in range(0, 24, 8):
        first = (first + int.from_bytes(header[at : at + 4], order) + second) & WORD
        second = (second + int.from_bytes(header[at + 4 : at + 8], order) + first) & WORD
    return header[24:32] == first.to_bytes(4, "big") + second.to_bytes(4, "big")


def report(wal: Path, ends: tuple[int, ...], whole: int) -> Path | None:
    """Name and keep what lies beyond frame `whole`, the last that SQLite can read. Returns where
    the torn log is kept, None when nothing is torn. Call it before anything is written."""
    lost = sum(end > whole for end in ends)
    if not lost:
        return None
    kept = wal.with_name(f"{wal.name}.torn-{time.strftime('%Y%m%d-%H%M%S')}")
    log.error("log_torn", count=lost, hint=TORN)
    try:
        shutil.copyfile(wal, kept)
        kept.chmod(0o600)
    except OSError:
        return None  # a full disk: the report stands
    return kept

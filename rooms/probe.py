"""Tries a document's log in a process of its own, after a crash that one of its updates may have
caused.

Run as `python -m rooms.probe`: reads a msgpack list of updates on standard input, applies them,
reads the result.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

PROBE_SECONDS: Final = 10.0
"""A log of a day loads in 50 ms; ten seconds is a hang even on a busy machine."""

DAMAGED: Final = 3
"""Exit status when applying raised; a crash ends by a signal, which is a negative one."""

ROOT: Final = Path(__file__).resolve().parents[1]

log = structlog.get_logger("rooms")


async def survives(updates: Sequence[bytes]) -> bool:
    """Whether applying these updates neither crashes nor hangs a process.

    True as well when no such process can be run: to set aside what people wrote takes proof.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rooms.probe",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await process.communicate(msgspec.msgpack.encode(list(updates)))
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    status = process.returncode or 0
    if status > 0 and status != DAMAGED:
        log.error("probe_cannot_run", status=status)
        return True
    return status == 0


def main() -> None:
    """Apply what comes in, and read it as the room would."""
    import pycrdt

    updates = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes])
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    try:
        for update in updates:
            doc.apply_update(update)
        doc.get_update()
        doc.get_state()
    except BaseException:  # a native panic is no Exception
        sys.exit(DAMAGED)


if __name__ == "__main__":
    main()

"""Tries a document's log in a process of its own, after a crash that one of its updates may have
caused.

Run as `python -m rooms.probe`: reads a msgpack list of updates on standard input, applies them,
reads the result.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any, Final

import msgspec

PROBE_SECONDS: Final = 10.0
"""A log of a day loads in 50 ms; ten seconds is a hang even on a busy machine."""


async def survives(updates: Sequence[bytes]) -> bool:
    """Whether applying these updates neither crashes nor hangs a process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rooms.probe",
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
    return process.returncode == 0


def main() -> None:
    """Apply what comes in, and read it as the room would."""
    import pycrdt

    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    for update in msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes]):
        doc.apply_update(update)
    doc.get_update()
    doc.get_state()


if __name__ == "__main__":
    main()

"""Tries a document's log in a process of its own, after a crash that one of its updates may have
caused.

Run as `python -m rooms.probe SECONDS`: reads a msgpack list of updates on standard input, applies
them, reads the result, and is ended by the system when it has worked for so long. What counts is
its own work: on a busy machine a clock on the wall would find an honest edit guilty.
"""

import asyncio
import contextlib
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from rooms.storage import StorageUnwritable

PROBE_SECONDS: Final = 10
"""Of work on a processor. A log of a day loads in 50 ms; ten seconds are an endless loop."""

PATIENCE: Final = 120.0
"""Seconds for the process to begin, work and end, on a machine where many others want to."""

DAMAGED: Final = 3
"""Exit status when applying raised; a crash ends by a signal, which is a negative one."""

ROOT: Final = Path(__file__).resolve().parents[1]


async def survives(updates: Sequence[bytes]) -> bool:
    """Whether applying these updates neither crashes nor hangs a process.

    True as well when no such process can be run: to set aside what people wrote takes proof. Raises
    `StorageUnwritable` when it has not come to an end in time, which proves nothing either.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rooms.probe",
        str(PROBE_SECONDS),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await process.communicate(msgspec.msgpack.encode(list(updates)))
    except TimeoutError:
        raise StorageUnwritable(
            "This machine is too busy to try what may have crashed the server. It is tried again."
        ) from None
    finally:
        if process.returncode is None:  # also when whoever waits for the room gives up
            process.kill()
            await process.wait()
    status = process.returncode or 0
    if status > 0 and status != DAMAGED:
        # Only here: the process that tries need not load it.
        import structlog

        structlog.get_logger("rooms").error("probe_cannot_run", status=status)
        return True
    return status == 0


def main(seconds: int) -> None:
    """Apply what comes in, and read it as the room would."""
    import pycrdt

    updates = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes])
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    _limit(seconds)
    try:
        for update in updates:
            doc.apply_update(update)
        doc.get_update()
        doc.get_state()
    except BaseException:  # a native panic is no Exception
        sys.exit(DAMAGED)


def _limit(seconds: int) -> None:
    """Have the system end this process when it has worked for so many seconds more: a native loop
    holds the interpreter, so that nothing of ours would."""
    with contextlib.suppress(ImportError):  # Windows has none: there a loop ends with `PATIENCE`
        import resource

        most = math.ceil(time.process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(int(sys.argv[1]))

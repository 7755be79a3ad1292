"""A parent that keeps the port and restarts a child that crashed or hung.

The parent does nothing else, so nothing can go wrong in it. It holds the listening socket: while a
child is being replaced, connections wait in the kernel instead of being refused. The child's loop
beats; when it has gone quiet the parent judges (`beats.py`), because a hang inside native code
stops every thread and signal handler written in Python (`reliability.md` 0.3).
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import functools
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from server.beats import BEAT_SECONDS, Beats, look_at
from server.log import log

STOP_SECONDS: Final = 15.0
"""For a child to finish: what is written is written; people reconnect anyway."""

FIRST_WAIT: Final = 0.1
LONGEST_WAIT: Final = 5.0
"""Seconds between restarts, doubling: a tripped room is back at once, a broken disk does not
spin."""

SERVED_WAIT: Final = 1.0
"""The longest wait after a child that came to serve: people are looking for it."""

STEADY_SECONDS: Final = 30.0
"""A child that lived so long starts the waiting anew."""

TRIES: Final = 6
"""Children that never came to serve, in a row, before the parent gives up. One that did is replaced
however often it is killed."""

SERVES: Final = b"!"
BEAT: Final = b"."
"""What a child says to its parent when it takes connections, and while its loop turns."""

TICK: Final = 0.1
"""Seconds between two looks of the parent at its child."""

SHOW_SIGNAL: Final = getattr(signal, "SIGUSR1", signal.SIGTERM)
SHOW_SECONDS: Final = 1.0
"""For a child that hangs to print where its threads are."""

DEAD_PEER_MS: Final = 20_000
"""How long the kernel keeps sending to somebody who does not acknowledge (TCP_USER_TIMEOUT):
without it a socket whose peer vanished, or does not read, stays for a quarter of an hour (U3)."""

SEND_BYTES: Final = 196_608
"""What the kernel keeps for a connection whose other end does not read (Linux doubles it; left to
itself it takes up to 4 MB). A line of 200 ms still carries 2 MB a second."""

WRONG_SETTING: Final = 2
PORT_TAKEN: Final = 3
DATA_UNWRITABLE: Final = 4
DATA_HELD: Final = 5
DATA_TOO_NEW: Final = 6
REDIS_AWAY: Final = 7
"""Not final: it may still be starting, as after a restart of the machine."""
DATA_DAMAGED: Final = 8
FINAL: Final = frozenset(
    {0, WRONG_SETTING, PORT_TAKEN, DATA_UNWRITABLE, DATA_HELD, DATA_TOO_NEW, DATA_DAMAGED}
)
"""Exit codes that starting again would not change."""

PASSING: Final = frozenset({DATA_UNWRITABLE, REDIS_AWAY})
"""Not final either once a child has served, however often: a disk that filled up is made room on, a
Redis that went away comes back, and people's pages wait for that."""


class Supervisor:
    """Runs `command(again)` with the socket, again and again, until it ends for good or a signal
    comes. `again` is false the first time only. SIGHUP renews the child."""

    def __init__(self, listening: socket.socket, command: Callable[[bool, int], Sequence[str]]):
        self._listening = listening
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._renewing = False
        self._served = False

    def run(self) -> int:
        """Supervise; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        wait, failures, again, ever = FIRST_WAIT, 0, False, False
        while not self._stopping:
            began = time.monotonic()
            code = self._once(again)
            lived = time.monotonic() - began
            if self._stopping:
                break
            if self._renewing:
                self._renewing, again = False, True
                continue
            ever = ever or self._served
            passing = ever and code in PASSING
            if code in FINAL and not passing:
                return code
            failures = 0 if self._served or passing else failures + 1
            longest = SERVED_WAIT if self._served else LONGEST_WAIT
            wait = FIRST_WAIT if lived > STEADY_SECONDS else min(wait * 2, longest)
            log().error("child ended", exit=code, seconds=round(lived, 1), count=failures)
            if failures >= TRIES:
                return code if code in PASSING else 1
            again = True
            self._pause(wait)
        return 0

    def _once(self, again: bool) -> int:
        # The child notices by this line when its parent is killed, and ends too.
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for end in (ours, theirs):
                end.setblocking(False)
            fds = (self._listening.fileno(), theirs.fileno())
            self._served = False
            try:
                self._child = subprocess.Popen(
                    self._command(again, theirs.fileno()),
                    pass_fds=fds,
                    start_new_session=True,  # Ctrl-C reaches the parent alone: it stops the child
                )
                theirs.close()
                if self._stopping:
                    self._child.terminate()
                return self._await(self._child, ours)
            finally:
                self._served = self._served or SERVES in _heard(ours)
                self._child = None

    def _await(self, child: subprocess.Popen[bytes], line: socket.socket) -> int:
        beats = Beats(functools.partial(look_at, child.pid))
        end: float | None = None
        while (code := child.poll()) is None:
            said = _listen(line, child)
            self._served = self._served or SERVES in said
            if BEAT in said:
                beats.heard()
            if self._stopping or self._renewing:
                # Asked to end: it has its time for that, counted from here.
                end = end or time.monotonic() + STOP_SECONDS
                if time.monotonic() > end:
                    child.kill()
            elif beats.hangs():
                _end_hung(child)
        return code

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _renew(self, _number: int, _frame: Any) -> None:
        """Another child in the place of this one, of the program as it is on the disk now; who
        connects meanwhile waits in the kernel."""
        if self._child is not None and self._child.poll() is None:
            self._renewing = True
            self._child.terminate()

    def _stop(self, _number: int, _frame: Any) -> None:
        self._stopping = True
        # Nobody waits for a child that will not come: a front finds another process at once.
        self._listening.close()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()


def _listen(line: socket.socket, child: subprocess.Popen[bytes]) -> bytes:
    """What the child says within a tick."""
    if not select.select([line], [], [], TICK)[0]:
        return b""
    said = _heard(line)
    if not said:  # it has hung up, and ends
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(TICK)
    return said


def _heard(line: socket.socket) -> bytes:
    try:
        return line.recv(4_096)
    except OSError:
        return b""


def _end_hung(child: subprocess.Popen[bytes]) -> None:
    """Have it print where every thread is, and end it. No core is left: it would hold words."""
    log().error("child hangs", child=child.pid)
    child.send_signal(SHOW_SIGNAL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(SHOW_SECONDS)
    child.kill()


def tell_serving(line: int) -> None:
    """Tell the parent that this process takes connections."""
    _tell(line, SERVES)


def _tell(line: int, word: bytes) -> None:
    # It is gone: then this process ends by itself. Or it does not read: then it judges nothing.
    with contextlib.suppress(OSError):
        os.write(line, word)


async def beat(line: int) -> None:
    """Tell the parent again and again that the loop turns; run it as a task of the child."""
    faulthandler.register(SHOW_SIGNAL, file=sys.stderr, all_threads=True)
    while True:
        _tell(line, BEAT)
        await asyncio.sleep(BEAT_SECONDS)


def end_with_parent(reading: int) -> None:
    """End this process at once when the other end of the pipe closes: what was acknowledged is
    durable, and the port and the data are free for the next server."""

    def gone() -> None:
        os._exit(1)

    asyncio.get_running_loop().add_reader(reading, gone)


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket with the limits for dead peers and slow readers, which connections inherit.

    Raises `OSError`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        limit_dead_peers(made)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    made.set_inheritable(True)
    return made


def limit_dead_peers(made: Any) -> None:
    """Set TCP_USER_TIMEOUT where the system has it."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        made.setsockopt(socket.IPPROTO_TCP, option, DEAD_PEER_MS)


def say_why(sentence: str, code: int) -> int:
    """Print why there is no server, and give the exit code back."""
    print(sentence, file=sys.stderr, flush=True)
    return code

"""Servers without the wait: one process reads the whole program once and forks for each house that
asks. A house then has `python -m server --unsupervised` with data, clock and dice of its own."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:(\d+)/")
END_SECONDS: Final = 20


class Nursery:
    """That process, from the side of who asks."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self, words: Sequence[str]) -> tuple[int, int]:
        """A server with these words of the command line: its process and its port."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        process = port = 0
        for line in self.process.stdout:
            if found := re.match(r"process (\d+)$", line):
                process = int(found[1])
            elif found := ADDRESS.search(line):
                port = int(found[1])
            if process and port:
                return process, port
        raise AssertionError("the nursery has ended")

    def end(self, process: int) -> None:
        """Ask a server to stop, and wait until it has; it is killed when it does not."""
        end = time.monotonic() + END_SECONDS
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
            while time.monotonic() < end:
                os.kill(process, 0)
                time.sleep(0.01)  # it is the nursery's child, not ours: nothing tells of its end
            os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        """End it, and every server that is still there."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(END_SECONDS)
        self.process.stdout.close()


def main() -> None:
    """Read the program, then fork for each line of words until there are no more."""
    import server.app
    import server.serving
    from server.__main__ import main as serve

    assert server.app
    assert server.serving
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for a server's exit code
    gc.freeze()
    begun = []
    for line in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = serve(json.loads(line))
            sys.stdout.flush()
            os._exit(code)
        begun.append(child)
        print(f"process {child}", flush=True)
    for child in begun:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)


if __name__ == "__main__":
    main()

"""`python -m tests.bench` (also `./dev bench`): storage, pairs, board, exports, rooms of 50
and 200 people, then a board of 1,000 cards on a slow screen.

Without `--url` it starts a server of its own on a free port, with a data folder that goes away.
About two minutes; `--quick` takes less than one. All people come from one address, of which the
server takes 400 websockets (`server/limits.py`).

`python -m tests.bench pages` looks at join and room page with Lighthouse (`page_bench.py`).

`python -m tests.bench peers` measures ours and other sync servers on the same work, in turn
(`peers_bench.py`; `--help` says more).
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench import (
    board_bench,
    export_bench,
    page_bench,
    pairs_bench,
    peers_bench,
    room_bench,
    scale_bench,
    screen_bench,
    soak_bench,
    stalled_bench,
    storage_bench,
)

ROOT: Final = Path(__file__).parents[2]

START_SECONDS: Final = 30.0
"""Seconds for a server to answer."""


def main() -> None:
    """Read the command line and run what was asked for."""
    if sys.argv[1:2] == ["peers"]:
        peers_bench.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        help="storage, pairs, board, exports, room, screen (all by default); soak; stalled; scale;"
        " pages; peers",
    )
    parser.add_argument("--url", help="a running server; only the room is measured")
    parser.add_argument("--pid", type=int, help="process of that server, for CPU and memory")
    parser.add_argument("--cards", type=int, help="on the screen, 1,000 by default")
    parser.add_argument("--people", type=int, nargs="+", help="50 and 200 by default")
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--rate", type=float, default=5.0, help="edits of each a second")
    parser.add_argument("--seconds", type=float, help="of writing, 10 by default")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the soak, 30 by default")
    parser.add_argument("--rooms", type=int, default=100, help="whose cost is taken, by scale")
    parser.add_argument("--quick", action="store_true", help="50 people, 4 seconds")
    parser.add_argument("--folder", type=Path, help="on which disk to measure the storage")
    parser.add_argument("--json", type=Path, help="write the room's figures to this file too")
    options = parser.parse_args()
    options.people = options.people or ([50] if options.quick else [50, 200])
    options.seconds = options.seconds or (4.0 if options.quick else 10.0)
    every = ["storage", "pairs", "board", "exports", "room", "screen"]
    seldom = ["soak", "stalled", "scale", "pages"]
    what = options.what or (["room"] if options.url else every)
    if unknown := set(what) - set(every) - set(seldom):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    if "storage" in what:
        asyncio.run(
            storage_bench.run(options.folder, 1.0 if options.quick else min(options.seconds, 3.0))
        )
    if "pairs" in what:
        asyncio.run(pairs_bench.run((200,) if options.quick else pairs_bench.SIZES))
    if "board" in what:
        asyncio.run(
            board_bench.run(options.folder, (100,) if options.quick else board_bench.BOARDS)
        )
    if "exports" in what:
        export_bench.run(3 if options.quick else 10)
    if "room" in what:
        with _server(options.url, options.pid) as (url, pid):
            figures = [
                asyncio.run(
                    room_bench.run(
                        url,
                        people,
                        writers=min(options.writers, people),
                        rate=options.rate,
                        seconds=options.seconds,
                        pid=pid,
                    )
                )
                for people in options.people
            ]
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    if "screen" in what:
        with _server(options.url, options.pid) as (url, _):
            asyncio.run(screen_bench.run(url, options.cards or (200 if options.quick else 1_000)))
    if "pages" in what:
        with _server(options.url, options.pid) as (url, _):
            pages = asyncio.run(page_bench.run(url, 1 if options.quick else 3))
        if options.json:
            options.json.write_text(json.dumps(pages, indent=1))
    if "stalled" in what:
        with _server(options.url, options.pid) as (url, _):
            figures = [asyncio.run(stalled_bench.run(url, options.seconds))]
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    if "scale" in what:
        figures = asyncio.run(scale_bench.run(options.rooms, options.seconds))
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    if "soak" in what:
        # What the serving process itself has is looked at, not its parent.
        with _server(options.url, options.pid, "--unsupervised") as (url, pid):
            assert pid, "the soak reads what the server's process has: name it with --pid"
            figures = [asyncio.run(soak_bench.run(url, pid, options.minutes))]
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))


@contextlib.contextmanager
def _server(url: str | None, pid: int | None, *words: str) -> Iterator[tuple[str, int | None]]:
    """The given server, or one of our own for as long as it is needed."""
    if url:
        yield url, pid
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "server", "--port", str(port), "--data", folder, *words]
        environment = {**os.environ, "PORT": str(port), "TALANOA_DATA": folder}
        output = Path(folder) / "server.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process, output)
            yield url, process.pid
        except BaseException:
            print(output.read_text(errors="replace")[-60_000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):
            return
        time.sleep(0.1)
    raise SystemExit(f"the server did not answer at {url}:\n{output.read_text(errors='replace')}")


if __name__ == "__main__":
    main()

"""Join and room page under Lighthouse: performance, accessibility, best practices, 95 or more each
(issue 6), on Lighthouse's own cheap phone and at 400 kbit/s with a round trip of 400 ms.

Needs a built web/dist, Chromium and Lighthouse: the one of $LIGHTHOUSE or on the PATH, else npm
fetches it into a folder that goes away. It is no part of the product.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench.door import Door

LIGHTHOUSE: Final = "lighthouse@12.8.2"

WANTED: Final = 95

CATEGORIES: Final = ("performance", "accessibility", "best-practices")

TIMES: Final = {
    "first-contentful-paint": "readable",
    "largest-contentful-paint": "largest paint",
    "speed-index": "speed index",
    "total-blocking-time": "blocked",
}
"""Audits of Lighthouse in milliseconds, and what they are called in the table."""

PHONES: Final[Mapping[str, Sequence[str]]] = {
    "Lighthouse's phone": (),
    "400 kbit/s, 400 ms": (
        "--throttling-method=devtools",
        "--throttling.requestLatencyMs=400",
        "--throttling.downloadThroughputKbps=400",
        "--throttling.uploadThroughputKbps=400",
        "--throttling.cpuSlowdownMultiplier=4",
    ),
}

CHROME: Final = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)

SECONDS: Final = 180
"""For one look at one page."""


async def run(url: str, times: int = 3) -> list[dict[str, Any]]:
    """Look at both pages so often; prints a table of medians and returns them. Whether all scores
    are high enough stands in `enough`."""
    door = Door(url)
    try:
        opened = await door.open_room()
        guest = await door.take_seat(opened["room"], opened["code"], "Wanjiru Kamau")
        for command in ("activity.start", "phase.next"):
            view = await door.view(opened["room"], opened["token"])
            offer = next(each for each in view["may"] if each["type"] == command)
            activity = (view["activity"] or {}).get("id")
            await door.command(opened["room"], opened["token"], offer, activity)
    finally:
        await door.close()
    seat = {"Cookie": f"seat_{opened['room']}={guest['token']}"}
    pages = {"join": ("/j", {}), "room": (f"/r/{opened['room']}", seat)}
    found = []
    with lighthouse() as program:
        for phone, words in PHONES.items():
            for page, (path, headers) in pages.items():
                looks = [look(program, f"{url}{path}", headers, words) for _ in range(times)]
                median = {
                    name: statistics.median(each[name] for each in looks) for name in looks[0]
                }
                enough = all(median[name] >= WANTED for name in CATEGORIES)
                found.append({"page": page, "phone": phone, **median, "enough": enough})
    for row in found:
        scores = ", ".join(f"{name} {row[name]:.0f}" for name in CATEGORIES)
        paints = ", ".join(f"{name} {row[name]:.0f} ms" for name in TIMES.values())
        print(f"{row['page']} page, {row['phone']}: {scores}\n    {paints}")
    return found


@contextlib.contextmanager
def lighthouse() -> Iterator[str]:
    """The program, for as long as it is needed."""
    if there := os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse"):
        yield there
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("pages: no lighthouse, and no npm to fetch it with")
    with tempfile.TemporaryDirectory() as folder:
        words = [npm, "--prefix", folder, "install", "--no-audit", "--no-fund", LIGHTHOUSE]
        subprocess.run(words, check=True, capture_output=True, timeout=SECONDS)
        yield str(Path(folder) / "node_modules" / ".bin" / "lighthouse")


def look(
    program: str, url: str, headers: Mapping[str, str], words: Sequence[str], again: int = 3
) -> dict[str, float]:
    """One look at one page: scores of 0 to 100, and times in milliseconds. Where the program itself
    asks to be run again (its trace has no beginning, now and then), it is, so many times."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as folder:
        report, said = Path(folder) / "report.json", Path(folder) / "headers.json"
        said.write_text(json.dumps(headers))  # not on the command line: it is a seat's token
        done = subprocess.run(
            [
                program, url, "--quiet", "--output=json", f"--output-path={report}",
                f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={said}",
                f"--chrome-flags={CHROME}", *words,
            ],
            env={**os.environ, "CHROME_PATH": chromium},
            check=False, capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
        if done.returncode and "run Lighthouse again" in done.stderr and again:
            return look(program, url, headers, words, again - 1)
        if done.returncode:
            raise SystemExit(f"pages: {done.stderr.strip()}")
        return read(json.loads(report.read_bytes()))


def read(report: Mapping[str, Any]) -> dict[str, float]:
    """What a report says, in our words; a page that could not be looked at raises `ValueError`."""
    if trouble := report.get("runtimeError"):
        raise ValueError(str(trouble.get("message", trouble)))
    scores = {name: 100 * float(report["categories"][name]["score"]) for name in CATEGORIES}
    times = {ours: float(report["audits"][name]["numericValue"]) for name, ours in TIMES.items()}
    return scores | times

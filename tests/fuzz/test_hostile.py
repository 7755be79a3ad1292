"""Campaigns: hostile updates in child processes, honest ones recorded anew from Yjs.

A child that crashes dies by a signal, one that hangs is ended here, one that lets something through
prints a traceback; each says its seed.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.fuzz import hostile, recorded
from tests.fuzz.hostile import Replay, Result
from tests.rooms.test_documents import replay
from tests.server.test_hocuspocus import hammer

ROOT = Path(__file__).parents[2]
# The bar of reliability.md U1 is what others feel; CPU of one message is what we can bound.
SLOWEST_MS = 50


def campaign(seed: int, count: int, seconds: float) -> Result:
    """One child; fails with the seed and the last update it was given."""
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.fuzz.hostile",
                "--seed",
                str(seed),
                "--count",
                str(count),
            ],
            cwd=ROOT,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as hang:
        last = (hang.stderr or b"").splitlines()[-1:]
        pytest.fail(f"seed {seed}: hangs after {last}")
    if done.returncode != 0:
        tail = b"\n".join(done.stderr.splitlines()[-30:]).decode(errors="replace")
        pytest.fail(f"seed {seed}: exit {done.returncode}\n{tail}")
    result = msgspec.json.decode(done.stdout, type=Result)
    assert result.tried >= count
    assert result.accepted > count * 0.05, f"seed {seed}: hollow, nothing gets in"
    assert result.applied > count * 0.03, f"seed {seed}: hollow, nothing is applied"
    assert len(result.refused) > 15, f"seed {seed}: hollow, few reasons"
    assert result.slowest_ms < SLOWEST_MS, f"seed {seed}: {result.slowest}"
    return result


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_u1_thousands_of_hostile_updates_break_and_change_nothing(seed: int) -> None:
    campaign(seed, 3_000, 120)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_u1_100_000_hostile_updates_break_and_change_nothing() -> None:
    start = random.SystemRandom().randrange(2**31)
    print(f"seeds {start} to {start + 9}")
    for seed in range(start, start + 10):
        campaign(seed, 10_000, 600)


@pytest.mark.long
def test_50_000_mutated_frames_are_read_or_refused() -> None:
    seed = random.SystemRandom().randrange(2**31)
    print(f"seed {seed}")
    taken, refused = hammer(seed, 50_000)
    assert min(taken, refused) > 500, f"seed {seed}: hollow"


needs_node = pytest.mark.skipif(
    recorded.node_modules() is None or shutil.which("node") is None, reason="no Node packages"
)


@pytest.mark.node
@pytest.mark.slow
@needs_node
def test_what_hostile_guests_got_in_reads_the_same_in_yjs(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**31)
    print(f"seed {seed}")
    replays: list[Replay] = []
    hostile.campaign(seed, 3_000, replays)
    file = tmp_path / "replays.json"
    file.write_bytes(msgspec.json.encode(replays))
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("read_in_yjs.mjs")), str(file)],
        capture_output=True,
        timeout=60,
        check=True,
    )
    read = msgspec.json.decode(done.stdout)
    assert read == {"rooms": len(replays), "different": []}, f"seed {seed}"


@pytest.mark.node
@pytest.mark.slow
@needs_node
def test_honest_people_recorded_anew_read_the_same_in_yjs_and_here() -> None:
    seed = random.SystemRandom().randrange(2**31)
    print(f"seed {seed}")
    recording = recorded.fresh(seed, 4)
    for scenario in recording.scenarios:
        replay(scenario)


@pytest.mark.node
@pytest.mark.long
@pytest.mark.timeout(3_600)
@needs_node
def test_honest_people_for_a_long_time() -> None:
    start = random.SystemRandom().randrange(2**31)
    print(f"seeds from {start}")
    for seed in range(start, start + 10):
        for scenario in recorded.fresh(seed, 30).scenarios:
            replay(scenario)

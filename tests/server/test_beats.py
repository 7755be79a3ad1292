"""A loop that has gone quiet, judged by what its process did (ruling *Process*)."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.beats import HANG_SECONDS, LONGEST_STEP, Beats, Look, look_at

TICK = 0.1


class Machine:
    """A machine in which a process beats, works, sleeps, or is kept from all of it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.worked = 0.0
        self.asleep = True
        self.says = True
        self.beats = Beats(lambda: self.look(), lambda: self.now)

    def look(self) -> Look | None:
        return Look(self.worked, self.asleep) if self.says else None

    def hung(self, seconds: float, work: float = 0.0, tick: float = TICK) -> bool:
        """Let time go by with so much work in each second of it; whether it hung meanwhile."""
        for _ in range(round(seconds / tick)):
            self.now += tick
            self.worked += work * tick
            if self.beats.hangs():
                return True
        return False


def test_quiet_while_it_could_have_spoken_is_a_hang() -> None:
    for asleep, work, says in ((True, 0.0, True), (False, 1.0, True), (True, 0.0, False)):
        machine = Machine()
        machine.asleep, machine.says = asleep, says
        machine.beats.heard()
        assert not machine.hung(HANG_SECONDS - 0.3, work)
        machine.beats.heard()
        assert not machine.hung(HANG_SECONDS - 0.3, work), "each beat begins anew"
        assert machine.hung(0.6, work)


def test_a_machine_that_slept_or_a_stopped_process_is_no_hang() -> None:
    machine = Machine()
    machine.beats.heard()
    assert not machine.hung(3_600, tick=3_600), "nobody ran, whoever judges neither"
    assert LONGEST_STEP < HANG_SECONDS / 4
    machine.asleep = False  # stopped, or waiting for the disk that pages are swapped to
    assert not machine.hung(3_600)


def test_a_process_that_gets_no_processor_is_no_hang_until_it_has_worked_so_long_itself() -> None:
    machine = Machine()
    machine.asleep = False
    machine.beats.heard()
    assert not machine.hung(HANG_SECONDS * 5, work=0.1)
    assert machine.hung(HANG_SECONDS * 5, work=0.1)


def test_nothing_is_judged_before_the_first_beat() -> None:
    machine = Machine()
    assert not machine.hung(600)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
def test_a_look_tells_work_from_sleep() -> None:
    assert look_at(os.getpid()) is not None
    words = [sys.executable, "-c", "import sys, time; print(flush=True); sys.stdin.read()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        looks = (look_at(process.pid) for _ in itertools.count())
        assert next(look for look in looks if look and look.asleep).worked >= 0
        process.stdin.close()
        process.wait()
    assert look_at(process.pid) is None

"""The lease on a data folder (`rooms/sqlite_lease.py`; reliability.md P10)."""

import os
import threading
import time
from pathlib import Path

import pytest

from rooms import sqlite_lease
from rooms.sqlite_lease import LOCK, PATIENCE, Lease
from rooms.storage import StorageHeld, StorageUnwritable


@pytest.mark.slow
def test_P10_a_second_lease_is_refused_within_2_s_and_names_the_holder(tmp_path: Path) -> None:
    lease = Lease.take(tmp_path)
    began = time.monotonic()
    with pytest.raises(StorageHeld, match=rf"process {os.getpid()}\b.*another folder"):
        Lease.take(tmp_path)
    assert time.monotonic() - began < 2
    assert PATIENCE < 1.5
    lease.release()
    lease.release()
    Lease.take(tmp_path).release()


def test_P10_a_predecessor_that_is_just_ending_is_waited_for(tmp_path: Path) -> None:
    lease = Lease.take(tmp_path)
    ending = threading.Timer(0.2, lease.release)
    ending.start()
    try:
        Lease.take(tmp_path).release()
    finally:
        ending.join()


def test_what_a_dead_process_left_behind_does_not_hold_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / LOCK).write_text("process 999999 and more text than the next holder writes")
    lease = Lease.take(tmp_path)
    assert (tmp_path / LOCK).read_text() == f"process {os.getpid()}\n"
    monkeypatch.setattr(sqlite_lease, "PATIENCE", 0.0)
    with pytest.raises(StorageHeld):
        Lease.take(tmp_path)
    lease.release()


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnwritable, match=r"cannot be written to .* choose another one"):
        Lease.take(tmp_path / "file" / "data")

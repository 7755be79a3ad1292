"""`docs/operations.md` says what is so: settings, exit codes, figures, commands."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from rooms.keeping import BOARD_DAYS, MEMO_DAYS
from rooms.open_rooms import Facts
from rooms.outbox import HARD_LIMIT
from server import limits, supervisor
from server.backup_archive import REPLACED, SOCKET
from server.health import COUNTERS
from server.pictures import UPLOAD_LIMIT

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text()
SETTINGS = (ROOT / "server" / "settings.py").read_text()

OF_THE_PROCESS = {"talanoa_limited_total", "talanoa_tasks", "talanoa_files"}
"""Figures that are not of the hub."""


def test_every_setting_is_named_and_every_name_is_a_setting() -> None:
    read = set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", SETTINGS))
    named = set(re.findall(r"\bTALANOA_[A-Z_]+|\bPORT\b", PAGE))
    readme = set(re.findall(r"\| `(TALANOA_[A-Z_]+|PORT)`", (ROOT / "README.md").read_text()))
    assert read <= named
    assert named <= read
    assert readme == read


def test_exit_codes_are_those_of_the_supervisor() -> None:
    said = {int(code) for code in re.findall(r"\b([2-8]) (?:a setting|the |another )", PAGE)}
    assert said == set(supervisor.FINAL) - {0}


def test_figures_are_those_of_metrics() -> None:
    facts = [field.name for field in msgspec.structs.fields(Facts)]
    names = {f"talanoa_{name}{'_total' if name in COUNTERS else ''}" for name in facts}
    assert set(re.findall(r"`(talanoa_\w+)`", PAGE)) == names | OF_THE_PROCESS


def test_numbers_are_those_of_the_program() -> None:
    assert f"{limits.SOCKETS_PER_ADDRESS} websockets and {limits.SEATS_PER_ADDRESS.amount}" in PAGE
    assert f"{BOARD_DAYS} days for the board and {MEMO_DAYS} for the memo" in PAGE
    assert f"at most {HARD_LIMIT / 1e6:.1f} MB each" in PAGE
    assert f"ends within {supervisor.STOP_SECONDS:.0f} s" in PAGE
    assert f"at most {UPLOAD_LIMIT >> 20} MB (photos)" in PAGE
    assert SOCKET in PAGE
    assert REPLACED in PAGE


def test_a_front_finds_the_room_where_the_page_says_it() -> None:
    assert "$arg_room" in PAGE
    assert "lb_policy query room" in PAGE
    page = (ROOT / "web" / "src" / "connection.ts").read_text()
    assert re.search(r"/sync\".*&room=\$\{boot\.room\}", page)


def test_words_of_the_log_are_those_of_the_program() -> None:
    source = "".join(file.read_text() for file in (ROOT / "rooms").glob("*.py"))
    for event in ("log_torn", "log_damaged", "update_damaged"):
        assert f"`{event}`" in PAGE
        assert f'"{event}"' in source
    for command in ("backup", "restore", "mend"):
        assert f"python -m server {command}" in PAGE

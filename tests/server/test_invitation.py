"""The calendar file."""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar

from server.invitation import calendar_file

NOW = 1_790_000_000_000  # 2026-09-21T14:13:20Z


def made(**more: str) -> tuple[str, str, str]:
    """Begin, end and title of the one event."""
    given = {"title": "River", "url": "http://x/j#s", "message": "Tap.", "starts": "",
             "minutes": "", "zone": "", **more}  # fmt: skip
    answer = calendar_file(room="r1", now=NOW, **given)
    event: Any
    [event] = Calendar.from_ical(bytes(answer.body)).walk("VEVENT")
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    return begin.isoformat(), end.isoformat(), str(event["SUMMARY"])


def test_the_next_full_hour_without_a_time() -> None:
    assert made() == ("2026-09-21T15:00:00+00:00", "2026-09-21T17:00:00+00:00", "River")


def test_a_local_time_in_a_zone() -> None:
    begin, end, _ = made(starts="2026-11-22T10:00", zone="Pacific/Fiji", minutes="45")
    assert (begin, end) == ("2026-11-21T22:00:00+00:00", "2026-11-21T22:45:00+00:00")


@pytest.mark.parametrize(
    "wrong",
    [{"starts": "soon"}, {"starts": "0001-01-01T00:00+14:00"},
     {"starts": "9999-12-31T23:00"}, {"zone": "../../etc/passwd"}, {"zone": "Nowhere/At_All"},
     {"minutes": "-5"}, {"minutes": "9" * 50}, {"minutes": "²"}],
)  # fmt: skip
def test_nonsense_is_read_as_nothing(wrong: dict[str, str]) -> None:
    assert made(**wrong)[0] == "2026-09-21T15:00:00+00:00"


def test_a_title_cannot_add_lines() -> None:
    assert made(title="A\r\nATTENDEE:mailto:x@example.org")[2].count("ATTENDEE") == 1
    answer = calendar_file(
        room="r", title="A\r\nX-EVIL:1", url="", message="", now=NOW, starts="", minutes="", zone=""
    )
    assert b"\r\nX-EVIL" not in bytes(answer.body)

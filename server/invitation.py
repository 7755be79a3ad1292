"""The calendar file of an exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event
from starlette.responses import Response

from server.downloads import file_response

MINUTES: Final = 120
"""An evening, when nothing else is said."""

MINUTES_MOST: Final = 1_440
"""A day; a calendar entry over more is another thing."""


def calendar_file(
    *, room: str, title: str, url: str, message: str, now: int, starts: str, minutes: str, zone: str
) -> Response:
    """One event. `now` in ms; `starts` is a local time such as 2026-11-22T10:00 in `zone`; without
    it the next full hour is taken, to be moved in the calendar."""
    try:
        local: tzinfo = ZoneInfo(zone) if zone else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local = UTC
    length = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 6 else 0
    span = timedelta(minutes=min(length or MINUTES, MINUTES_MOST))
    today = datetime.fromtimestamp(now / 1000, UTC)
    try:
        begin = datetime.fromisoformat(starts)
        begin = (begin if begin.tzinfo else begin.replace(tzinfo=local)).astimezone(UTC)
        end = begin + span
    except (ValueError, OverflowError):
        begin = today.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        end = begin + span
    event = Event()
    event.add("uid", f"{room}@talanoa")
    event.add("dtstamp", today.replace(microsecond=0))
    event.add("dtstart", begin)
    event.add("dtend", end)
    event.add("summary", title)
    if url:
        event.add("url", url)
        event.add("description", f"{message}\n{url}")
    calendar = Calendar()
    calendar.add("prodid", "-//Talanoa//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return file_response(calendar.to_ical(), "text/calendar; charset=utf-8", title, "ics")

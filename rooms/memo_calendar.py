"""Dates and times of a memo, in the zone and language of the exchange."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from rooms.memo_text import one_line

MOMENT_MAX = 253_402_214_400_000
"""The last day of the year 9999 in milliseconds: what a calendar can print."""


def zone(name: str) -> tzinfo:
    """The zone of an IANA name; UTC when it is not one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def zone_name(name: str) -> str:
    """The name to print: the given one if it is a zone, else UTC."""
    return "UTC" if zone(name) is UTC else one_line(name, 60)


def moment(at: int, name: str) -> datetime:
    """Milliseconds since the epoch as a date in a zone; out of the calendar, its nearest end."""
    return datetime.fromtimestamp(min(max(at, 86_400_000), MOMENT_MAX) / 1000, zone(name))


def date(at: int, name: str, language: str) -> str:
    """A full date in words, such as "Saturday 21 November 2026"."""
    locale = _locale(language)
    pattern = "EEEE d MMMM y" if locale.language == "en" else "full"
    return format_date(moment(at, name).date(), pattern, locale)


def clock(at: int, name: str) -> str:
    """A time of day, 24 hours, such as "18:30"."""
    return moment(at, name).strftime("%H:%M")


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_") or "en")
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale("en")

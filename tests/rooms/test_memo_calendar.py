"""Dates and times."""

import pytest

from rooms import memo_calendar as calendar

AT = 1_795_284_000_000


def test_dates_and_times_in_a_zone_and_language() -> None:
    assert calendar.date(AT, "Africa/Nairobi", "en") == "Saturday 21 November 2026"
    assert calendar.clock(AT, "Africa/Nairobi") == "21:00"
    assert calendar.clock(AT, "Asia/Kolkata") == "23:30"
    assert calendar.date(AT, "UTC", "es") == "sábado, 21 de noviembre de 2026"


@pytest.mark.parametrize("zone", ["", "Nowhere/Atall", "../etc/passwd", "x" * 9_000, "\x00"])
def test_a_bad_zone_is_utc(zone: str) -> None:
    assert calendar.zone_name(zone) == "UTC"
    assert calendar.clock(AT, zone) == "18:00"


@pytest.mark.parametrize("at", [-(10**18), -1, 0, 10**18])
def test_a_moment_out_of_the_calendar_is_its_nearest_end(at: int) -> None:
    assert calendar.date(at, "Pacific/Apia", "en")


@pytest.mark.parametrize("language", ["", "xx", "en-", "klingon", "<b>"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert calendar.date(AT, "UTC", language) == "Saturday 21 November 2026"

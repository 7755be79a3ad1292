"""What is read out of Lighthouse's report; its figures are no test."""

from typing import Any

import pytest

from tests.bench.page_bench import CATEGORIES, TIMES, read


def report() -> dict[str, Any]:
    """As Lighthouse writes it, as far as it is read."""
    return {
        "categories": {name: {"score": 0.97} for name in CATEGORIES},
        "audits": {name: {"numericValue": 1_500.5} for name in TIMES},
    }


def test_scores_are_of_a_hundred_and_times_in_milliseconds() -> None:
    found = read(report())
    assert found["performance"] == pytest.approx(97)
    assert found["readable"] == 1_500.5


def test_a_page_that_could_not_be_looked_at_is_no_score() -> None:
    with pytest.raises(ValueError, match="did not load"):
        read(report() | {"runtimeError": {"message": "The page did not load"}})

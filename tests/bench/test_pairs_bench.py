"""Matching 200 people never blocks the room (architecture, *Heavy decisions*)."""

import pytest

from tests.bench.pairs_bench import measured


@pytest.mark.slow
async def test_the_loop_goes_on_while_200_people_are_matched() -> None:
    """A ratio, not milliseconds: done on the loop, it would take one turn a round."""
    took, stalls, turns = await measured(200)
    assert turns > 10 * len(took)
    assert max(stalls) < sum(took)

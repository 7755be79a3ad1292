"""What one more room costs is measured from end to end; its figures are no test."""

import pytest

from tests.bench import scale_bench

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.redis]


async def test_every_figure_is_there_on_both_storages() -> None:
    sqlite, redis = await scale_bench.run(2, 10.0)
    assert sqlite["kb_a_room"] > 0
    assert sqlite["writing_ms_a_s"] > 0
    assert set(sqlite) < set(redis)
    assert redis["redis_quiet_done_a_s"] >= 1, "it is noted once a second that a room is alive"

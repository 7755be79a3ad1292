"""The bench of the exports measures what it says."""

from rooms.memo import draft
from rooms.memo_export import ALL_FORMATS
from tests.bench import export_bench


def test_the_memo_has_five_pages_and_every_format_is_measured() -> None:
    memo = draft(export_bench.five_pages(), "participants")
    assert memo.counts.pages == 5
    assert len(export_bench.large_board().cards) == export_bench.CARDS
    found = export_bench.run(1)
    assert set(ALL_FORMATS) < set(found)
    assert all(milliseconds > 0 for milliseconds in found.values())

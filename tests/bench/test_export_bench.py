"""The bench of the exports measures what it says."""

from rooms.memo import draft
from rooms.memo_desk import PHOTOS_A_SECTION, PHOTOS_MAX
from rooms.memo_export import ALL_FORMATS
from server.pictures import PRINT_BYTES
from tests.bench import export_bench


def test_the_memo_has_five_pages_and_every_format_is_measured() -> None:
    memo = draft(export_bench.five_pages(), "participants")
    assert memo.counts.pages == 5
    assert len(export_bench.large_board().cards) == export_bench.CARDS
    found = export_bench.run(1)
    assert set(ALL_FORMATS) < set(found)
    pictured, photos = export_bench.photographed()
    assert PHOTOS_MAX - PHOTOS_A_SECTION < len(pictured.photos) <= PHOTOS_MAX
    assert set(pictured.photos) <= set(photos)
    assert max(map(len, photos.values())) <= PRINT_BYTES
    assert all(milliseconds > 0 for milliseconds in found.values())

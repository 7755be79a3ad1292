"""The memo as a table."""

import csv
from io import StringIO

import pytest

from rooms.memo import draft
from rooms.memo_csv import COLUMNS, table, tame
from rooms.memo_tree import lines_of
from tests.rooms.memo_reading import csv_rows
from tests.rooms.memo_sample import SAMPLE


def test_every_printed_line_and_every_card_is_a_row_with_its_place() -> None:
    memo = draft(SAMPLE, "participants").shared()
    rows = csv_rows(table(memo))
    lines = [row for row in rows if row["row"] == "line"]
    for section in memo.sections:
        here = [row["text"] for row in lines if row["place"] == section.heading]
        assert here[0] == section.heading
        for block in section.blocks:
            for line in lines_of(block):
                assert line.text in here
    cards = [row for row in rows if row["row"] == "card"]
    assert [row["id"] for row in cards] == [note.id for note in memo.notes]
    quote = next(row for row in cards if row["id"] == "q2")
    assert quote["kind"] == "quote"
    assert quote["place"] == quote["theme"] == "Listening before mapping"
    assert quote["attribution"] == "Selam · Dire Women’s Network"
    assert quote["language"] == "am"
    assert {row["kind"] for row in cards}.isdisjoint({"mood"})


def test_it_is_what_a_spreadsheet_takes() -> None:
    content = table(draft(SAMPLE, "public").shared())
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    found = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(found[0]) == COLUMNS
    assert {len(row) for row in found} == {len(COLUMNS)}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_would_calculate_is_text(start: str) -> None:
    for cell in (f"{start}cmd|' /C calc'!A0", f"  {start}1", f"\u00a0{start}1"):
        assert tame(cell) == f"'{cell}"
    assert tame("a=1") == "a=1"
    assert tame("") == ""

"""What lies in a document's log, row by row (DUR1, SCA5)."""

import msgspec
import pytest

from rooms.sealed import seal
from rooms.shelf_rows import ROW_VERSION, StoredRow, packed, unpacked
from rooms.storage import Newer, StoredUpdate


def stored(row: bytes) -> StoredUpdate:
    """As a storage gives it."""
    return StoredUpdate(1, row, False)


def test_a_row_is_read_as_it_was_written() -> None:
    row = StoredRow(b"update", ((7, "d1"), (8, "d2")), True)
    assert unpacked(stored(packed(row))) == row


def test_DUR1_a_byte_that_changed_is_damage() -> None:
    row = bytearray(packed(StoredRow(b"update")))
    row[-3] ^= 1
    with pytest.raises(msgspec.DecodeError):
        unpacked(stored(bytes(row)))


def test_SCA5_what_is_whole_and_not_understood_is_a_newer_versions() -> None:
    later = StoredRow(b"update", v=ROW_VERSION + 1)
    with pytest.raises(Newer, match="version"):
        unpacked(stored(packed(later)))
    with pytest.raises(Newer):
        unpacked(stored(seal(msgspec.msgpack.encode({"another": "shape"}))))


def test_a_row_from_before_there_were_sums_is_damaged_not_newer() -> None:
    assert unpacked(stored(msgspec.msgpack.encode([b"update"]))).update == b"update"
    with pytest.raises(msgspec.DecodeError):
        unpacked(stored(b"nonsense"))

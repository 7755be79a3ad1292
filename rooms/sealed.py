"""A row of a log with a sum over it, so that a byte that changed on the disk is noticed.

SQLite and Redis notice damage to their own structure, not to what they hold. Rows written before
there were sums are read as they are.
"""

import zlib
from typing import Final

import msgspec

MARK: Final = b"\xc1"
"""Begins a row with a sum; neither JSON nor msgpack ever begins so."""

SUM_BYTES: Final = 4
"""A sum of 32 bits misses one damaged row in four thousand million."""


class Damaged(msgspec.DecodeError):
    """The row is not what was written."""


def seal(body: bytes) -> bytes:
    """The row to store."""
    return MARK + zlib.crc32(body).to_bytes(SUM_BYTES) + body


def is_sealed(row: bytes) -> bool:
    """Whether a row has a sum: then what cannot be understood was not damaged, but is newer."""
    return row.startswith(MARK)


def unseal(row: bytes) -> bytes:
    """What was sealed. Raises `Damaged`."""
    if not is_sealed(row):
        return row
    body = row[1 + SUM_BYTES :]
    if zlib.crc32(body).to_bytes(SUM_BYTES) != row[1 : 1 + SUM_BYTES]:
        raise Damaged("the sum of the row is another one")
    return body

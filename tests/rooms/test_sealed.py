"""Rows with a sum."""

import random

import pytest

from rooms.sealed import MARK, Damaged, seal, unseal


def test_what_is_sealed_comes_back_and_no_flip_passes() -> None:
    dice = random.Random(3)
    for size in (0, 1, 2, 40, 300):
        body = dice.randbytes(size)
        row = seal(body)
        assert unseal(row) == body
        for at in range(len(MARK), len(row)):
            flipped = bytearray(row)
            flipped[at] ^= 1 << dice.randrange(8)
            with pytest.raises(Damaged):
                unseal(bytes(flipped))
        for cut in range(len(MARK), len(row)):
            with pytest.raises(Damaged):
                unseal(row[:cut])


def test_rows_of_before_are_read_as_they_are() -> None:
    for body in (b"", b"{}", b"\x92\xc4\x00\x90"):
        assert unseal(body) == body

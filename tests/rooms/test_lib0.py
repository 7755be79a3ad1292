"""The lib0 alphabet: every number back and forth, and nothing that is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms import lib0
from rooms.lib0 import Malformed


@given(st.integers(0, lib0.MAX_UINT))
def test_numbers_come_back(value: int) -> None:
    written = lib0.uint(value)
    assert lib0.read_uint(written, 0) == (value, len(written))


@given(st.binary(max_size=12))
def test_any_bytes_are_a_number_or_malformed(data: bytes) -> None:
    for read in (lib0.read_uint, lib0.read_int):
        try:
            value, end = read(data, 0)
        except Malformed:
            continue
        assert abs(value) <= lib0.MAX_UINT
        assert 0 < end <= len(data)
        if read is lib0.read_uint:
            assert lib0.uint(value) == data[:end]


@given(st.text(), st.binary())
def test_texts_come_back(value: str, rest: bytes) -> None:
    written = lib0.text(value)
    assert lib0.read_text(written + rest, 0, len(written)) == (value, len(written))


def test_the_limit_is_in_bytes_and_inclusive() -> None:
    assert lib0.read_text(lib0.text("éé"), 0, 4)[0] == "éé"
    with pytest.raises(Malformed, match="too_long"):
        lib0.read_text(lib0.text("éé"), 0, 3)


def test_nesting_counts_brackets_outside_strings() -> None:
    assert lib0.nesting('{"a": [1, {"b": "[[[\\"[["}]}') == 3
    assert lib0.nests_deeper('{"a": [1, {"b": "[[[\\"[["}]}', 2)
    assert not lib0.nests_deeper('{"a": [1, {"b": "[[[\\"[["}]}', 3)
    assert not lib0.nests_deeper("[[", 2)
    assert lib0.nests_deeper("[[[", 2)

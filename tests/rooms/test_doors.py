"""Secrets, codes and how they are typed (SEA1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.doors import ALPHABET, Doors, new_room_id, new_token, same

DOORS = Doors(b"sixteen bytes or")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        Doors(b"too short")


def test_secrets_have_128_bits_and_differ_by_everything_they_are_made_from() -> None:
    made = {
        DOORS.secret("r1", "join"),
        DOORS.secret("r2", "join"),
        DOORS.secret("r1", "screen"),
        DOORS.secret("r1", "join", 2),
        DOORS.secret("r1", "facilitate", 1, "s1"),
        DOORS.secret("r1", "facilitate", 1, "s2"),
        Doors(b"another key of 16").secret("r1", "join"),
    }
    assert len(made) == 7
    assert all(len(secret) == 22 for secret in made)
    assert DOORS.secret("r1", "join") == DOORS.secret("r1", "join")


def test_a_code_can_be_spoken() -> None:
    code = DOORS.code("r1")
    assert len(code) == 9
    assert code[4] == "-"
    assert set(code) - {"-"} <= set(ALPHABET)
    assert not set("ILO01") & set(ALPHABET)
    assert len(ALPHABET) == 31
    assert code != DOORS.code("r1", 2)


def test_a_code_is_known_however_it_is_typed_SEA1() -> None:
    code = DOORS.code("r1")
    known = DOORS.lookup(code)
    for typed in (code.lower(), code.replace("-", ""), f"  {code} ", " ".join(code), f"{code}."):
        if len(typed.strip()) <= 14:
            assert DOORS.lookup(typed) == known
    assert DOORS.lookup(DOORS.code("r2")) != known


@given(st.text(max_size=80))
def test_anything_can_be_looked_up_and_compared(text: str) -> None:
    assert len(DOORS.lookup(text)) == 64
    assert same(text, text)
    assert not same(text, text + "x")


def test_half_a_surrogate_pair_is_just_wrong() -> None:
    assert len(DOORS.lookup("\ud800")) == 64
    assert not same("\ud800", "x")


def test_tokens_and_ids_do_not_repeat() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert all(len(new_room_id()) == 12 for _ in range(10))


def test_only_the_room_can_tell_whose_a_picture_is() -> None:
    doors, other = Doors(b"k" * 16), Doors(b"o" * 16)
    id = doors.photo("room", "s2", "0123456789abcdef")
    assert "s2" not in id
    assert doors.is_photo_of("room", "s2", id)
    for room, seat, named in (
        ("room", "s3", id),
        ("another", "s2", id),
        ("room", "s2", id[:-1] + "x"),
        ("room", "s2", ""),
    ):  # fmt: skip
        assert not doors.is_photo_of(room, seat, named)
    assert not other.is_photo_of("room", "s2", id)

"""Fractional keys: a row keeps its order whatever comes into it (BRD2)."""

from hypothesis import given
from hypothesis import strategies as st

from rooms.board_order import KEY_LIMIT, behind

Row = list[tuple[str, str]]


def into(row: Row, after: str | None, ids: list[str]) -> Row:
    """The row after these came into it, sorted by keys as everybody sorts."""
    keys = behind(row, after, len(ids))
    assert keys is not None
    fresh = dict(keys.renumbered)
    now = [(id, fresh.get(id, key)) for id, key in row]
    return sorted([*now, *zip(ids, keys.keys, strict=True)], key=lambda one: (one[1], one[0]))


@given(st.lists(st.tuples(st.integers(-1, 40), st.integers(1, 4)), max_size=30))
def test_everything_stands_where_it_was_put_BRD2(steps: list[tuple[int, int]]) -> None:
    row: Row = []
    wanted: list[str] = []
    for number, (place, count) in enumerate(steps):
        ids = [f"c{number}.{n}" for n in range(count)]
        at = len(wanted) if place < 0 else min(place, len(wanted))
        after = None if place < 0 else wanted[at - 1] if at else ""
        row = into(row, after, ids)
        wanted[at:at] = ids
        assert [id for id, _ in row] == wanted
        assert len({key for _, key in row}) == len(row)


def test_what_is_always_put_into_the_same_gap_is_numbered_afresh_before_keys_grow_long() -> None:
    row = into(into([], None, ["first"]), None, ["last"])
    afresh = 0
    for number in range(600):
        keys = behind(row, "first", 1)
        assert keys is not None
        afresh += bool(keys.renumbered)
        row = into(row, "first", [f"c{number}"])
    assert [id for id, _ in row] == ["first", *(f"c{n}" for n in reversed(range(600))), "last"]
    assert max(len(key) for _, key in row) <= KEY_LIMIT
    assert 0 < afresh < 20


def test_a_row_from_before_there_were_keys_is_numbered_when_something_comes_between() -> None:
    old = [("a", ""), ("b", ""), ("c", "")]
    assert behind(old, None, 1) == behind([], None, 1)  # empty keys stand first anyway
    assert [id for id, _ in into(old, "a", ["x"])] == ["a", "x", "b", "c"]
    assert [id for id, _ in into(old, "", ["x"])] == ["x", "a", "b", "c"]
    odd = [("a", "?"), ("b", "zz not a key")]
    assert [id for id, _ in into(odd, "a", ["x"])] == ["a", "x", "b"]


def test_what_is_not_there_has_nothing_behind_it() -> None:
    assert behind([("a", "a0")], "b", 1) is None

"""Where things stand in a row: fractional keys between keys, so that moving one changes one.

A key is a short word; whoever sorts by (key, time, id) sees the same row everywhere. Rows from
before there were keys have empty ones, which stand first. Such a row, or one whose keys have grown
long, is given new keys when somebody puts something into the middle of it.
"""

import itertools
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec
from fractional_indexing import FIError, generate_n_keys_between

KEY_LIMIT: Final = 48
"""Characters a key may grow to before its row is numbered afresh: putting something into the same
gap 200 times makes one as long."""

Row: TypeAlias = Sequence[tuple[str, str]]
"""(id, key) of everything in a row, in order."""


class Keys(msgspec.Struct, frozen=True):
    """Keys for what comes into a row, and new ones for what stands there (id -> key), if need
    be."""

    keys: tuple[str, ...]
    renumbered: tuple[tuple[str, str], ...] = ()


def behind(row: Row, after: str | None, count: int) -> Keys | None:
    """Keys for `count` things that come into the row behind `after`: "" puts them first, None
    last; None is the answer when `after` is not in the row."""
    if after is None:
        at = len(row)
    elif not after:
        at = 0
    else:
        found = next((n for n, (id, _) in enumerate(row) if id == after), None)
        if found is None:
            return None
        at = found + 1
    low = row[at - 1][1] if at else ""
    high = row[at][1] if at < len(row) else None
    keys = _between(low, high, count)
    if keys is not None:
        return Keys(keys)
    fresh = generate_n_keys_between(None, None, len(row) + count)
    ids = [id for id, _ in row]
    renumbered = zip((*ids[:at], *ids[at:]), (*fresh[:at], *fresh[at + count :]), strict=True)
    return Keys(tuple(fresh[at : at + count]), tuple(renumbered))


def _between(low: str, high: str | None, count: int) -> tuple[str, ...] | None:
    """`count` keys between two, None when there is no room: two equal ones, or one that is no key
    or would be long."""
    if high is not None and not high:
        return None
    try:
        keys = tuple(generate_n_keys_between(low or None, high, count))
    except (FIError, ValueError, IndexError):
        return None
    whole = (low, *keys, high) if high is not None else (low, *keys)
    rising = all(a < b for a, b in itertools.pairwise(whole))
    return keys if rising and all(len(key) <= KEY_LIMIT for key in keys) else None

"""Yjs v1 updates written by hand: what no honest editor would write, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rooms import lib0

ID = tuple[int, int]


def struct(
    kind: int,
    content: bytes,
    *,
    left: ID | None = None,
    right: ID | None = None,
    root: str | None = None,
    parent: ID | None = None,
    key: str | None = None,
    flags: int = 0,
) -> bytes:
    """One struct; without neighbours give `root` or `parent`."""
    info = kind | flags | (128 if left else 0) | (64 if right else 0)
    info |= 32 if key is not None else 0
    out = b""
    for neighbour in (left, right):
        if neighbour is not None:
            out += lib0.uint(neighbour[0]) + lib0.uint(neighbour[1])
    if left is None and right is None:
        if root is not None:
            out += b"\1" + lib0.text(root)
        elif parent is not None:
            out += b"\0" + lib0.uint(parent[0]) + lib0.uint(parent[1])
        if key is not None:
            out += lib0.text(key)
    return bytes((info,)) + out + content


def update(
    sections: Sequence[tuple[int, int, Sequence[bytes]]] = (),
    deletes: Mapping[int, Sequence[ID]] | None = None,
) -> bytes:
    """Sections are (client, first clock, structs); deletes map a client to (clock, length)s."""
    out = bytearray(lib0.uint(len(sections)))
    for client, clock, structs in sections:
        out += lib0.uint(len(structs)) + lib0.uint(client) + lib0.uint(clock) + b"".join(structs)
    out += lib0.uint(len(deletes or {}))
    for client, ranges in (deletes or {}).items():
        out += lib0.uint(client) + lib0.uint(len(ranges))
        for start, length in ranges:
            out += lib0.uint(start) + lib0.uint(length)
    return bytes(out)


def gc(length: int) -> bytes:
    """Garbage."""
    return b"\0" + lib0.uint(length)


def written(text: str) -> bytes:
    """The content of a string (kind 4)."""
    return lib0.text(text)


def values(*items: bytes) -> bytes:
    """The content of an any (kind 8)."""
    return lib0.uint(len(items)) + b"".join(items)


def word(text: str) -> bytes:
    """A string as an any value."""
    return b"\x77" + lib0.text(text)


MAP, TEXT = b"\1", b"\2"

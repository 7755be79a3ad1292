"""Where people point, in few bytes: what a page that asked for it (`can=pointers`) is sent in the
place of awareness JSON.

A device is introduced once with its whole state and a small number; after that only what moves is
sent: 6 bytes for a pointer, some 10 for a caret, in the place of 120 and 300. A payload is a row of
entries, each beginning with number * 8 + kind (a lib0 unsigned number):

- `GONE`: the device points no longer.
- `WHOLE`: client id, clock, the state as JSON text; the number is this device's from now on.
- `POINTER`: x and y. The state is the one introduced, with this `pointer`.
- `OTHER`: what moves as JSON text, as `{"cursor": ...}`.
- `BEFORE`, `INSIDE`: a caret before the item, or at the end of the type, with this client id and
  clock: Yjs's relative position with `assoc` 0.
- `STILL`: nothing moves, or it is said again so that it does not fade.
- `AFRESH`: forget every number; what follows is all there is.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rooms import lib0

GONE, WHOLE, POINTER, OTHER, BEFORE, INSIDE, STILL, AFRESH = range(8)

MOVES: Final = frozenset({"cursor", "pointer"})
"""Fields of a state that change all the time."""

AGAIN: Final = bytes((AFRESH,))


def head(number: int, kind: int) -> bytes:
    """How an entry begins."""
    return lib0.uint(number * 8 + kind)


def whole(number: int, client: int, clock: int, state: str) -> bytes:
    """A device introduced with its state."""
    return head(number, WHOLE) + lib0.uint(client) + lib0.uint(clock) + lib0.text(state)


def moved(number: int, moving: dict[str, Any]) -> bytes:
    """What moves of a state that is known."""
    if not moving:
        return head(number, STILL)
    if len(moving) == 1:
        match moving:
            case {"pointer": [int(x), int(y)]} if _small(x) and _small(y):
                return head(number, POINTER) + lib0.uint(x) + lib0.uint(y)
            case {"cursor": {"assoc": 0} as place} if place.keys() <= _PLACE:
                if (caret := _caret(number, place)) is not None:
                    return caret
            case _:
                pass
    return head(number, OTHER) + lib0.text(msgspec.json.encode(moving).decode())


_PLACE: Final = frozenset({"type", "tname", "item", "assoc"})


def _caret(number: int, place: dict[str, Any]) -> bytes | None:
    item, inside = place.get("item"), place.get("type")
    if place.get("tname") is not None or (item is None) == (inside is None):
        return None
    match item if inside is None else inside:
        case {"client": int(client), "clock": int(clock), **rest} if not rest:
            if _small(client) and _small(clock):
                kind = BEFORE if inside is None else INSIDE
                return head(number, kind) + lib0.uint(client) + lib0.uint(clock)
        case _:
            pass
    return None


def _small(value: int) -> bool:
    # True and False are numbers to Python and not to a page.
    return type(value) is int and 0 <= value < 2**32

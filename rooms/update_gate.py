"""The update gate: a strict, decode-only reader of Yjs v1 updates.

The theory. pycrdt (yrs in Rust) must never see a byte that an honest editor could not have written:
16 bytes from a guest panic it, make it spin with the interpreter locked, or crash the process
(`tests/rooms/test_update_gate.py` keeps each such case). Yjs itself accepts updates in any order
and from anybody, keeps what does not fit yet, and asks nobody who wrote what. A room cannot afford
either. So an update is read here first, in three steps, and each may only refuse:

1. **Reading** (this module): bytes to `Parsed`, with every count, length and depth bounded before
   anything is allocated; kinds that no page of ours writes (subdocuments, moves, skips, embeds,
   binary) do not exist here. Nothing of the document is needed for this step.
2. **Placing** (`rooms.ownership`): the part that is *new here* is cut out, because a sync-step-2
   repeats the whole delete set and may repeat structs. It must join the document without a gap:
   each client's clock goes on where it stopped, and neighbours, parents and deleted ranges are
   known and fit. So nothing is ever pending inside yrs. No edge may fall inside a surrogate pair,
   because there Yjs and yrs part for good.
3. **Permission** (`rooms.permissions`): what the update touches, as paths, against who sends it.

An update is: number of sections; each a number of structs, a client id, a first clock and the
structs; then the delete set: number of clients; each a client id, a number of ranges and the
ranges (clock, length). A struct begins with an info byte: five bits of kind, 128 for a left
neighbour, 64 for a right one, 32 for a map key; parent and key are only written without
neighbours. Lengths count UTF-16 units in text, values in arrays, else one.

The form follows field-notes appendix A and reliability.md 4.2.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Mapping
from typing import Final, TypeAlias, TypeVar

import msgspec

from rooms import lib0
from rooms.lib0 import Malformed, read_text, read_uint

T = TypeVar("T")
ID: TypeAlias = tuple[int, int]

PIECE: Final = 200
"""Structs after which the long way into an index pauses, if who walks it wants to: some 2 ms."""

# Kinds of struct.
GC: Final = 0
DELETED: Final = 1
STRING: Final = 4
FORMAT: Final = 6
TYPE: Final = 7
ANY: Final = 8

# Kinds of shared type. A fragment is only ever a root, a hook never anything.
ARRAY: Final = 0
MAP: Final = 1
TEXT: Final = 2
XML_ELEMENT: Final = 3
XML_FRAGMENT: Final = 4
XML_TEXT: Final = 6

KIB: Final = 1024

# yrs counts clocks in 32 bits; at 2^31 a document would have been typed in for centuries.
MAX_CLOCK: Final = 2**31
# Yjs draws client ids from 32 bits.
MAX_CLIENT: Final = 2**32 - 1
# Sections: this device's client ids, one per page load since the room opened.
MAX_SECTIONS: Final = 256
# Clients in a delete set: everybody who ever wrote here.
MAX_DELETE_CLIENTS: Final = 5_000
# Card ids, section ids, `{activity}/{box}`, attribute names.
MAX_KEY_BYTES: Final = 128
# "paragraph", "orderedList"
MAX_TAG_BYTES: Final = 64
# A link with its target, title and relation.
MAX_FORMAT_BYTES: Final = 4 * KIB
# reliability.md 4.2: yrs and browsers recurse once a level.
MAX_ANY_DEPTH: Final = 6
# reliability.md 4.2; counts every value at every level.
MAX_ANY_VALUES: Final = 1_000

_KINDS: Final = frozenset({GC, DELETED, STRING, FORMAT, TYPE, ANY})

_DOUBLE = struct.Struct(">d")
_FLOAT = struct.Struct(">f")
_LONG = struct.Struct(">q")


class BadUpdate(Exception):
    """An update that does not get in. `reason` is a word for the log and for the refusal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Limits(msgspec.Struct, frozen=True):
    """What an update may weigh, per kind of document."""

    # bytes of a fresh edit, and of a step 2 after offline work
    update_bytes: int = 64 * KIB
    step2_bytes: int = 256 * KIB
    # At 6 microseconds a struct the gate stays under 50 ms, the bound on what one message may
    # cost. Offline, a correction makes three structs: 6,000 are some 2,000 corrections.
    update_structs: int = 4_000
    step2_structs: int = 6_000
    # A step 2 repeats the delete set of the whole document.
    ranges: int = 10_000
    # One run of clock without content: more than anybody typed and deleted offline, and too
    # little to spend the 31 bits of a client's clock.
    length: int = 2**20
    # cards/{id}/ticks is three; boards are flat.
    type_depth: int = 8
    xml: bool = False


SMALL = Limits()
# The memo: lists in lists in quotes nest; two levels of type per level of list.
MEMO = Limits(
    update_bytes=1024 * KIB,
    step2_bytes=1024 * KIB,
    update_structs=6_000,
    step2_structs=8_000,
    ranges=20_000,
    type_depth=40,
    xml=True,
)
# What our own store gives back was judged on its way in; a snapshot holds a whole document.
STORED = Limits(
    update_bytes=64 * 1024 * KIB,
    step2_bytes=64 * 1024 * KIB,
    update_structs=4_000_000,
    step2_structs=4_000_000,
    ranges=2_000_000,
    length=MAX_CLOCK,
    type_depth=40,
    xml=True,
)


class Item(msgspec.Struct, frozen=True, gc=False):
    """One struct as read. `begin` to `end` are its bytes, its content begins at `content`.

    `value` is the text of a string, the tuple of values of an any, the key of a format, the tag of
    an XML element. `type` is the kind of shared type, or -1. Not tracked by the garbage collector:
    it can be in no circle, and a step 2 makes thousands.
    """

    clock: int
    length: int
    kind: int
    left: ID | None
    right: ID | None
    root: str | None
    parent: ID | None
    key: str | None
    type: int
    value: object
    begin: int
    content: int
    end: int


class Section(msgspec.Struct, frozen=True):
    """Structs of one client, one after another from `clock` up to (not with) `end`."""

    client: int
    clock: int
    end: int
    items: list[Item]


class Parsed(msgspec.Struct, frozen=True):
    """An update as read: sections by client and delete ranges (start, end) by client."""

    data: bytes
    sections: dict[int, Section]
    deletes: dict[int, list[ID]]


def read_update(data: bytes, limits: Limits = SMALL, *, step2: bool = False) -> Parsed:
    """Read an update strictly, or raise `BadUpdate`. Knows nothing of the document."""
    return finished(reading(data, limits, step2=step2))


def reading(
    data: bytes, limits: Limits = SMALL, *, step2: bool = False
) -> Generator[None, None, Parsed]:
    """`read_update` in pieces."""
    if len(data) > (limits.step2_bytes if step2 else limits.update_bytes):
        raise BadUpdate("too_large")
    try:
        most = limits.step2_structs if step2 else limits.update_structs
        return (yield from _read(data, limits, most))
    except Malformed as error:
        raise BadUpdate(str(error)) from None


def finished(steps: Generator[None, None, T]) -> T:
    """What comes of work in pieces, done at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


def read_state_vector(data: bytes) -> dict[int, int]:
    """Read a client's state vector strictly, or raise `BadUpdate`; give it to yrs re-encoded."""
    try:
        count, at = read_uint(data, 0)
        if count > MAX_DELETE_CLIENTS:
            raise Malformed("too_many_clients")
        vector: dict[int, int] = {}
        for _ in range(count):
            client, at = _client(data, at)
            clock, at = read_uint(data, at)
            if client in vector or clock > MAX_CLOCK:
                raise Malformed("state_vector")
            vector[client] = clock
        if at != len(data):
            raise Malformed("trailing_bytes")
    except Malformed as error:
        raise BadUpdate(str(error)) from None
    return vector


def write_state_vector(vector: Mapping[int, int]) -> bytes:
    """Encode a state vector."""
    out = bytearray(lib0.uint(len(vector)))
    for client, clock in vector.items():
        out += lib0.uint(client) + lib0.uint(clock)
    return bytes(out)


def _client(data: bytes, at: int) -> tuple[int, int]:
    client, at = read_uint(data, at)
    if client > MAX_CLIENT:
        raise Malformed("client_id")
    return client, at


def _read(data: bytes, limits: Limits, budget: int) -> Generator[None, None, Parsed]:
    count, at = read_uint(data, 0)
    if count > MAX_SECTIONS and limits is not STORED:
        raise Malformed("too_many_clients")
    sections: dict[int, Section] = {}
    for _ in range(count):
        structs, at = read_uint(data, at)
        if structs == 0:
            # reliability.md 1.2, row 1: panics yrs where the client is known
            raise Malformed("empty_section")
        budget -= structs
        if budget < 0:
            raise Malformed("too_many_structs")
        client, at = _client(data, at)
        if client in sections:
            raise Malformed("client_twice")
        first, at = read_uint(data, at)
        clock = first
        items: list[Item] = []
        for number in range(structs):
            item, at = _item(data, at, clock, limits)
            clock += item.length
            items.append(item)
            if number % PIECE == PIECE - 1:
                yield
        if clock > MAX_CLOCK:
            raise Malformed("clock")
        sections[client] = Section(client, first, clock, items)
    deletes, at = yield from _delete_set(data, at, limits)
    if at != len(data):
        raise Malformed("trailing_bytes")
    return Parsed(data, sections, deletes)


def _delete_set(
    data: bytes, at: int, limits: Limits
) -> Generator[None, None, tuple[dict[int, list[ID]], int]]:
    count, at = read_uint(data, at)
    if count > MAX_DELETE_CLIENTS and limits is not STORED:
        raise Malformed("too_many_clients")
    budget = limits.ranges
    deletes: dict[int, list[ID]] = {}
    for _ in range(count):
        client, at = _client(data, at)
        if client in deletes:
            raise Malformed("client_twice")
        number, at = read_uint(data, at)
        if number == 0:
            raise Malformed("empty_section")
        budget -= number
        if budget < 0:
            raise Malformed("too_many_ranges")
        ranges: list[ID] = []
        last = 0
        for place in range(number):
            start, at = read_uint(data, at)
            length, at = read_uint(data, at)
            if length == 0 or start < last:
                raise Malformed("delete_range")
            last = start + length
            if last > MAX_CLOCK:
                raise Malformed("clock")
            ranges.append((start, last))
            if place % PIECE == PIECE - 1:
                yield
        deletes[client] = ranges
    return deletes, at


def _item(data: bytes, at: int, clock: int, limits: Limits) -> tuple[Item, int]:
    begin = at
    try:
        info = data[at]
    except IndexError:
        raise Malformed("cut_short") from None
    at += 1
    kind = info & 31
    if kind not in _KINDS:
        raise Malformed("struct_kind")
    if kind == GC:
        if info:
            raise Malformed("gc_flags")
        length, at = _length(data, at, limits)
        return (
            Item(clock, length, GC, None, None, None, None, None, -1, None, begin, begin + 1, at),
            at,
        )
    left = right = parent = root = key = None
    if info & 128:
        client, at = read_uint(data, at)
        known, at = read_uint(data, at)
        left = (client, known)
    if info & 64:
        client, at = read_uint(data, at)
        known, at = read_uint(data, at)
        right = (client, known)
    if not info & 192:
        rooted, at = read_uint(data, at)
        if rooted == 1:
            root, at = read_text(data, at, MAX_KEY_BYTES)
        elif rooted == 0:
            client, at = read_uint(data, at)
            known, at = read_uint(data, at)
            parent = (client, known)
        else:
            raise Malformed("parent_info")
        if info & 32:
            key, at = read_text(data, at, MAX_KEY_BYTES)
    content = at
    shared = -1
    value: object = None
    length = 1
    if kind == STRING:
        written, at = read_text(data, at, limits.step2_bytes)
        if not written:
            raise Malformed("length")
        value = written
        length = utf16_length(written)
    elif kind == DELETED:
        length, at = _length(data, at, limits)
    elif kind == ANY:
        value, at = _values(data, at)
        length = len(value)
    elif kind == TYPE:
        shared, at = read_uint(data, at)
        if shared == XML_ELEMENT and limits.xml:
            value, at = read_text(data, at, MAX_TAG_BYTES)
            if not value:
                raise Malformed("tag")
        elif shared == XML_TEXT and limits.xml:
            pass
        elif shared not in (ARRAY, MAP, TEXT):
            raise Malformed("type_kind")
    else:  # FORMAT
        value, at = read_text(data, at, MAX_KEY_BYTES)
        written, at = read_text(data, at, MAX_FORMAT_BYTES)
        _check_json(written)
    return (
        Item(
            clock, length, kind, left, right, root, parent, key, shared, value, begin, content, at
        ),
        at,
    )


def _length(data: bytes, at: int, limits: Limits) -> tuple[int, int]:
    length, at = read_uint(data, at)
    if length == 0 or length > limits.length:
        # reliability.md 1.2, row 2: a length of zero is a division by zero at each later read
        raise Malformed("length")
    return length, at


def utf16_length(value: str) -> int:
    """How many UTF-16 units a text has: what Yjs counts clocks in."""
    if value.isascii():
        return len(value)
    return len(value.encode("utf-16-le")) // 2


def _check_json(written: str) -> None:
    if lib0.nests_deeper(written, MAX_ANY_DEPTH):
        raise Malformed("too_deep")
    try:
        msgspec.json.decode(written)
    except msgspec.DecodeError:
        raise Malformed("format_value") from None


def _values(data: bytes, at: int) -> tuple[tuple[object, ...], int]:
    count, at = read_uint(data, at)
    if count == 0 or count > MAX_ANY_VALUES:
        raise Malformed("length")
    budget = [MAX_ANY_VALUES]
    values: list[object] = []
    for _ in range(count):
        value, at = _any(data, at, MAX_ANY_DEPTH, budget)
        values.append(value)
    return tuple(values), at


def _any(data: bytes, at: int, depth: int, budget: list[int]) -> tuple[object, int]:
    budget[0] -= 1
    if depth == 0 or budget[0] < 0:
        raise Malformed("too_deep" if depth == 0 else "too_many_values")
    try:
        tag = data[at]
    except IndexError:
        raise Malformed("cut_short") from None
    at += 1
    if tag == 119:
        return read_text(data, at, len(data))
    if tag == 120 or tag == 121:
        return tag == 120, at
    if tag == 126 or tag == 127:
        return None, at
    if tag == 125:
        return lib0.read_int(data, at)
    if tag == 124 or tag == 123 or tag == 122:
        shape = _FLOAT if tag == 124 else _DOUBLE if tag == 123 else _LONG
        if at + shape.size > len(data):
            raise Malformed("cut_short")
        number: float | int = shape.unpack_from(data, at)[0]
        return number, at + shape.size
    if tag == 118:
        count, at = read_uint(data, at)
        if count > MAX_ANY_VALUES:
            raise Malformed("too_many_values")
        members: dict[str, object] = {}
        for _ in range(count):
            name, at = read_text(data, at, MAX_KEY_BYTES)
            members[name], at = _any(data, at, depth - 1, budget)
        return members, at
    if tag == 117:
        count, at = read_uint(data, at)
        if count > MAX_ANY_VALUES:
            raise Malformed("too_many_values")
        values: list[object] = []
        for _ in range(count):
            value, at = _any(data, at, depth - 1, budget)
            values.append(value)
        return values, at
    raise Malformed("value_kind")


def tail(data: bytes, client: int, item: Item, offset: int) -> tuple[Item, bytes]:
    """The part of a struct from `offset` units on, as Yjs would write it: for a struct half known.

    Gives the struct, whose left neighbour is now the known part, and its bytes.
    """
    length = item.length - offset
    clock = item.clock + offset
    if item.kind == GC:
        return msgspec.structs.replace(item, clock=clock, length=length), b"\0" + lib0.uint(length)
    left = (client, clock - 1)
    info = item.kind | 128 | (64 if item.right else 0)
    head = bytes((info,)) + lib0.uint(client) + lib0.uint(clock - 1)
    if item.right:
        head += lib0.uint(item.right[0]) + lib0.uint(item.right[1])
    value = item.value
    if item.kind == STRING:
        units = str(value).encode("utf-16-le")[offset * 2 :]
        try:
            value = units.decode("utf-16-le")
        except UnicodeDecodeError:
            raise BadUpdate("cut_pair") from None
        content = lib0.text(value)
    elif item.kind == DELETED:
        content = lib0.uint(length)
    else:
        assert isinstance(value, tuple)
        _, at = read_uint(data, item.content)
        for _ in range(offset):
            _, at = _any(data, at, MAX_ANY_DEPTH, [MAX_ANY_VALUES])
        value = value[offset:]
        content = lib0.uint(length) + data[at : item.end]
    rest = msgspec.structs.replace(
        item, clock=clock, length=length, left=left, root=None, parent=None, key=None, value=value
    )
    return rest, head + content

"""The small binary alphabet (lib0) that Yjs, y-protocols and Hocuspocus share, read strictly.

Every reader takes the bytes and a position and gives the value and the next position. Nothing is
allocated before its length was compared with what is really there, so a length prefix of 2^62 costs
nothing. Overlong numbers are refused: an honest encoder never writes them, and one value having
one spelling keeps "the same bytes" meaningful.
"""

from __future__ import annotations

# lib0 numbers are JavaScript's: exact below 2^53.
MAX_UINT = 2**53 - 1


class Malformed(ValueError):
    """Bytes that are not what an honest encoder writes; `args[0]` is a word for the log."""


def read_uint(data: bytes, at: int) -> tuple[int, int]:
    """Read an unsigned number of at most 53 bits."""
    try:
        byte = data[at]
        at += 1
        if byte < 0x80:
            return byte, at
        value = byte & 0x7F
        shift = 7
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 49:
                raise Malformed("number_too_large")
    except IndexError:
        raise Malformed("cut_short") from None
    if byte == 0:
        raise Malformed("overlong_number")
    if value > MAX_UINT:
        raise Malformed("number_too_large")
    return value, at


def read_int(data: bytes, at: int) -> tuple[int, int]:
    """Read a signed number: six bits and a sign first, then seven bits a byte."""
    try:
        byte = data[at]
        at += 1
        negative = byte & 0x40
        value = byte & 0x3F
        shift = 6
        while byte >= 0x80:
            byte = data[at]
            at += 1
            if shift > 48:
                raise Malformed("number_too_large")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte == 0:
                raise Malformed("overlong_number")
    except IndexError:
        raise Malformed("cut_short") from None
    if value > MAX_UINT:
        raise Malformed("number_too_large")
    return (-value if negative else value), at


def read_bytes(data: bytes, at: int, limit: int) -> tuple[bytes, int]:
    """Read a length and that many bytes; `limit` is the most allowed, in bytes."""
    length, at = read_uint(data, at)
    if length > limit:
        raise Malformed("too_long")
    end = at + length
    if end > len(data):
        raise Malformed("cut_short")
    return data[at:end], end


def read_text(data: bytes, at: int, limit: int) -> tuple[str, int]:
    """Read a length and that many bytes of valid UTF-8; `limit` in bytes."""
    raw, at = read_bytes(data, at, limit)
    try:
        return raw.decode(), at
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None


def uint(value: int) -> bytes:
    """Write an unsigned number."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)
    return bytes(out)


def prefixed(payload: bytes) -> bytes:
    """Write a length and the bytes."""
    return uint(len(payload)) + payload


def text(value: str) -> bytes:
    """Write a length and the text as UTF-8."""
    return prefixed(value.encode())


def nests_deeper(json: str, limit: int) -> bool:
    """Whether brackets nest deeper in a JSON text than so many."""
    # Nearly every text has not even so many brackets.
    return json.count("[") + json.count("{") > limit and nesting(json) > limit


def nesting(json: str) -> int:
    """How deep brackets nest in a JSON text, without parsing it (a parser would recurse).

    Brackets inside strings are not counted; a broken text gives some number and is the parser's
    to refuse.
    """
    depth = deepest = 0
    quoted = escaped = False
    for char in json:
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest

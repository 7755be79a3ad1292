"""Photos in the memo: how large they stand on paper, told from the first bytes of the file."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

import msgspec

WIDE_MM, HIGH_MM = 104.0, 78.0
"""The most a photo takes on a sheet: two thirds of a column's width, a quarter of a page."""
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Marks of a JPEG that say how large it is."""

Photos = Mapping[str, bytes]
"""The pixels of a memo's photos, as JPEG, by id. One that is not there is not shown."""


class Print(msgspec.Struct, frozen=True):
    """A photo as it is printed: its bytes, its pixels, and its size on paper in millimetres."""

    body: bytes
    pixels: tuple[int, int]
    wide: float
    high: float


def printed(photos: Photos, id: str) -> Print | None:
    """A photo to print, in its own proportions; None when there is none or it is no JPEG."""
    body = photos.get(id, b"")
    pixels = size(body)
    if pixels is None:
        return None
    wide, high = pixels
    scale = min(WIDE_MM / wide, HIGH_MM / high)
    return Print(body, pixels, round(wide * scale, 2), round(high * scale, 2))


def drawing(shown: Print) -> str:
    """A photo inside a drawing: the one way in for the typesetter that is text, and in which the
    file goes into the PDF as it is. As numbers it would take thirty times its size in memory."""
    wide, high = shown.pixels
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}">'
        f'<image width="{wide}" height="{high}" '
        f'href="data:image/jpeg;base64,{b64encode(shown.body).decode()}"/></svg>'
    )


def size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height in pixels as a JPEG says them; None where it does not."""
    at = 2
    while jpeg.startswith(b"\xff\xd8") and at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        if jpeg[at + 1] in FRAMES:
            high = int.from_bytes(jpeg[at + 5 : at + 7])
            wide = int.from_bytes(jpeg[at + 7 : at + 9])
            return (wide, high) if wide and high else None
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None

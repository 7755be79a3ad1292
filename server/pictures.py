"""Pictures made harmless: whatever comes is decoded and painted anew, so that nothing of the file
itself is kept, no place, no device, no second file hidden behind it.

Three formats are read, and only these decoders run; SVG is none of them. What a picture would need
in memory and in work is told from its header before anything is decoded.
"""

from __future__ import annotations

import asyncio
import io
from typing import Final

from PIL import Image, ImageOps

from activities.blocks import say
from rooms.photos import PHOTO_LIMIT
from server.errors import Problem

READS: Final = ("JPEG", "PNG", "WEBP")

SCANNED: Final = ("JPEG", "MPO")
"""What the JPEG decoder calls its pictures: one that says it holds several is an MPO to it."""

UPLOAD_LIMIT: Final = 2_097_152
"""Bytes of a picture as it comes (2 MiB): pages send under 600 KiB, a program a phone's own file
in a smaller size; it is read whole before it is looked at."""

MOST_PIXELS: Final = 16_000_000
"""Pixels that are decoded: what most phones take; 48 MiB in memory, one at a time."""

LONG_SIDE: Final = 1_600
"""Pixels of the longer side of what is kept: fills a laptop's screen and half a printed page."""

MOST_SCANS: Final = 40
"""Passes of a progressive JPEG: honest ones have ten, each costs the work of the whole picture."""

QUALITIES: Final = ((LONG_SIDE, 82), (LONG_SIDE, 68), (1_200, 60), (900, 50), (640, 40))
"""Long side and JPEG quality, tried in turn until it fits."""

PRINT_SIDE, PRINT_BYTES = 1_000, 204_800
"""Pixels and bytes of a photo in a memo: 250 to the inch at the size it stands on paper, and twelve
of them can still be sent by mail."""

PRINTS: Final = ((PRINT_SIDE, 80), (PRINT_SIDE, 60), (800, 50), (600, 40), (400, 40))
"""Long side and JPEG quality, tried in turn until it fits."""

AT_ONCE: Final = 8
"""Pictures that wait their turn; more at once are asked to come again."""

NO_PICTURE: Final = say("This is no picture we can show. Send a JPEG, PNG or WebP.")
BROKEN: Final = say("This picture is broken. Take it again, or choose another one.")
TOO_MANY_PIXELS: Final = say(
    "This picture is too large: {limit} million pixels fit. Make it smaller and send it again.",
    limit=MOST_PIXELS // 1_000_000,
)


class Darkroom:
    """Paints one picture at a time beside the loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def develop(self, body: bytes) -> bytes:
        """The picture as a plain JPEG of at most `PHOTO_LIMIT` bytes; raises `Problem`
        (wrong_type, too_large, bad_request, too_many)."""
        if self._waiting >= AT_ONCE:
            raise Problem("too_many", retry_after=5)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(repainted, body)
        finally:
            self._waiting -= 1


def repainted(body: bytes) -> bytes:
    """A JPEG that shows the same, upright, and carries nothing else. Raises `Problem`."""
    if not body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        raise Problem("wrong_type", NO_PICTURE)
    try:
        return _repainted(body)
    except Problem:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("too_large", TOO_MANY_PIXELS) from error  # the decoder saw it first
    except Exception as error:
        # Decoders raise whatever they like at a hostile file; what it was is nobody's matter.
        raise Problem("bad_request", BROKEN) from error


def _repainted(body: bytes) -> bytes:
    with Image.open(io.BytesIO(body), formats=READS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Problem("too_large", TOO_MANY_PIXELS)
        if image.format in SCANNED:
            # The marker stands in no coded data; a file hidden in a segment may hold a few.
            if body.count(b"\xff\xda") > MOST_SCANS:
                raise Problem("bad_request", BROKEN)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # decodes at half size where that is enough
        upright = ImageOps.exif_transpose(image)
    made = _fitted(_plain(upright), QUALITIES, PHOTO_LIMIT)
    if made is None:
        raise Problem("too_large", TOO_MANY_PIXELS)
    return made


def for_print(body: bytes) -> bytes | None:
    """A kept picture as a memo carries it; None when it is none. One of that size already stays
    as it is, so that the same memo is made of it again."""
    try:
        with Image.open(io.BytesIO(body), formats=["JPEG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            if max(image.size) <= PRINT_SIDE and len(body) <= PRINT_BYTES:
                image.load()
                return body
            image.draft("RGB", (PRINT_SIDE, PRINT_SIDE))
            plain = image.convert("RGB")
    except Exception:  # as in `repainted`: whatever a decoder raises
        return None
    return _fitted(plain, PRINTS, PRINT_BYTES)


def _fitted(plain: Image.Image, tries: tuple[tuple[int, int], ...], most: int) -> bytes | None:
    """The first of these sizes and qualities that takes at most so many bytes."""
    for side, quality in tries:
        plain.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None)
        if out.tell() <= most:
            return out.getvalue()
    return None


def _plain(image: Image.Image) -> Image.Image:
    """Its colours alone, on white where it was clear: a new picture without anything attached."""
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        made = Image.new("RGB", clear.size, "white")
        made.paste(clear, mask=clear.getchannel("A"))
        return made
    plain = image.convert("RGB")
    made = Image.new("RGB", plain.size)
    made.paste(plain)
    return made

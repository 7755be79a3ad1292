"""Pictures as people and attackers send them."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

from PIL import Image, PngImagePlugin

HIDDEN_SCRIPT = b"<html><script>alert('from a picture')</script></html>"


def painted(size: tuple[int, int] = (400, 300), seed: int = 1) -> Image.Image:
    """A picture of coloured fields, different for each seed."""
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (8, 6), dice.randbytes(144))
    return small.resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    """A file of this picture."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def with_places(format: str, image: Image.Image | None = None) -> bytes:
    """A file as a phone makes it: with the place where it was taken, the device, a profile of
    colours and a comment."""
    image = image or painted()
    exif = image.getexif()
    exif[0x010F] = "Pentax"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (18.0, 8.0, 30.0)
    gps[3], gps[4] = "E", (178.0, 26.0, 30.0)
    options: dict[str, Any] = {"exif": exif, "icc_profile": b"ICC_PROFILE of Pentax" * 10}
    if format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "a comment")
        options["pnginfo"] = text
    if format == "JPEG":
        options["comment"] = b"a comment"
        options["xmp"] = b"http://ns.adobe.com/xap/1.0/ of Pentax"
    return encoded(image, format, **options)


def several(sent: bytes) -> bytes:
    """A JPEG file that says of itself that a second picture follows (an MPO)."""
    images = struct.pack("<IIIHH", 0x030000, len(sent), 0, 0, 0) + struct.pack("<IIIHH", *[0] * 5)
    after = 8 + 2 + 3 * 12 + 4
    fields = (
        struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
        + struct.pack("<HHII", 0xB001, 4, 1, 2)
        + struct.pack("<HHII", 0xB002, 7, len(images), after)
    )
    index = b"MPF\0II*\0" + struct.pack("<IH", 8, 3) + fields + bytes(4) + images
    return sent[:2] + b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index + sent[2:]

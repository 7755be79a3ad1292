"""Pictures made harmless (`server/pictures.py`): what is kept, and what is refused in words."""

from __future__ import annotations

import io
import random
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from rooms.photos import PHOTO_LIMIT
from server.errors import Problem
from server.pictures import (
    LONG_SIDE,
    MOST_PIXELS,
    MOST_SCANS,
    PRINT_BYTES,
    PRINT_SIDE,
    for_print,
    repainted,
)
from tests.server.pictures import HIDDEN_SCRIPT, encoded, painted, several, with_places


def read(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def why(body: bytes) -> str:
    """Why a picture is refused; each refusal has a sentence of its own."""
    with pytest.raises(Problem) as caught:
        repainted(body)
    assert caught.value.message is not None
    return caught.value.reason


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_is_not_seen_is_kept(format: str) -> None:
    sent = with_places(format)
    assert b"Exif" in sent or b"EXIF" in sent or b"eXIf" in sent
    made = repainted(sent)
    image = read(made)
    assert image.format == "JPEG"
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for left in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"Pentax", b"a comment"):
        assert left not in made


def test_a_picture_stands_upright_and_white_where_it_was_clear() -> None:
    turned = Image.new("RGB", (40, 20), "red")
    exif = turned.getexif()
    exif[0x0112] = 6  # turned by 90 degrees
    assert read(repainted(encoded(turned, "JPEG", exif=exif))).size == (20, 40)
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    pixel = read(repainted(encoded(clear, "PNG"))).getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_every_kind_of_colour_is_read(mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    assert read(repainted(encoded(Image.new(mode, (30, 20)), format))).mode == "RGB"


def test_a_large_picture_is_made_smaller_until_it_fits() -> None:
    dice = random.Random(3)
    noise = Image.frombytes("RGB", (2_000, 900), dice.randbytes(2_000 * 900 * 3))
    made = repainted(encoded(noise, "JPEG", quality=50))
    assert len(made) <= PHOTO_LIMIT
    assert max(read(made).size) <= LONG_SIDE
    small = painted((300, 200))
    assert read(repainted(encoded(small, "PNG"))).size == (300, 200)


def test_a_picture_for_print_is_small_and_stays_as_it_is_from_then_on() -> None:
    noise = Image.frombytes("RGB", (1_600, 1_200), random.Random(2).randbytes(1_600 * 1_200 * 3))
    for kept in (encoded(painted((1_600, 1_200)), "JPEG"), encoded(noise, "JPEG", quality=50)):
        made = for_print(kept)
        assert made is not None
        assert len(made) <= PRINT_BYTES
        assert max(read(made).size) <= PRINT_SIDE
        assert for_print(made) == made
        assert for_print(kept) == made
    small = encoded(painted((300, 200)), "JPEG")
    assert for_print(small) == small


def test_what_is_no_picture_is_not_printed() -> None:
    whole = encoded(painted(), "JPEG")
    bomb = encoded(Image.new("L", (8_000, 5_000)), "JPEG")
    for body in (b"", b"<svg/>", whole[:300], encoded(painted(), "PNG"), bomb):
        assert for_print(body) is None


def test_40_million_pixels_are_refused_before_they_are_decoded() -> None:
    sent = encoded(Image.new("L", (8_000, 5_000)), "JPEG")
    assert MOST_PIXELS < 8_000 * 5_000
    assert len(sent) < 1_000_000
    assert why(sent) == "too_large"


def test_a_bomb_of_a_png_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    def png(width: int, height: int, *chunks: bytes) -> bytes:
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *chunks, chunk(b"IEND", b"")))

    bomb = zlib.compress(bytes(50_000_000), 9)
    assert why(png(50_000, 50_000, chunk(b"IDAT", bomb))) == "too_large"
    # Small by its header, with far more inside, in the pixels or in a comment: no more than the
    # header promises is ever unpacked.
    made = repainted(png(10, 10, chunk(b"IDAT", bomb)))
    assert len(made) < 2_000
    assert why(png(10, 10, chunk(b"zTXt", b"a\0\0" + bomb), chunk(b"IDAT", bomb))) == "bad_request"


def test_a_jpeg_of_a_thousand_passes_is_refused() -> None:
    sent = encoded(painted((64, 64)), "JPEG", progressive=True)
    scan = sent[sent.rindex(b"\xff\xda") : -2]
    assert repainted(sent)
    assert why(sent[:-2] + scan * MOST_SCANS + sent[-2:]) == "bad_request"


def test_a_drawing_with_a_script_is_no_picture() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for sent in (svg, b"<?xml version='1.0'?>" + svg, b"", b"GIF89a" + bytes(50), b"%PDF-1.7"):
        assert why(sent) == "wrong_type"


def test_of_two_files_in_one_only_the_picture_is_kept() -> None:
    for format in ("JPEG", "PNG", "WEBP"):
        sent = encoded(painted(), format) + HIDDEN_SCRIPT + b"PK\x03\x04"
        made = repainted(sent)
        assert b"script" not in made
        assert b"PK" not in made
    comment = encoded(painted(), "JPEG", comment=HIDDEN_SCRIPT)
    assert b"script" in comment
    assert b"script" not in repainted(comment)


def test_what_is_cut_off_or_garbled_is_refused_in_words() -> None:
    dice = random.Random(5)
    for format in ("JPEG", "PNG", "WEBP"):
        sent = encoded(painted((200, 150)), format)
        assert why(sent[: len(sent) // 2]) == "bad_request"
        for _ in range(30):
            garbled = bytearray(sent)
            for _ in range(8):
                garbled[dice.randrange(12, len(sent))] = dice.randrange(256)
            with suppress(Problem):
                assert read(repainted(bytes(garbled))).format == "JPEG"
    assert why(b"\xff\xd8\xff" + bytes(500)) == "bad_request"
    assert why(b"RIFF" + bytes(500)) == "bad_request"


def test_a_jpeg_that_says_it_is_several_pictures_has_as_few_passes() -> None:
    sent = encoded(painted((64, 64)), "JPEG", progressive=True)
    scan = sent[sent.rindex(b"\xff\xda") : -2]
    assert read(several(sent)).format == "MPO"
    assert repainted(several(sent))
    assert why(several(sent[:-2] + scan * MOST_SCANS + sent[-2:])) == "bad_request"

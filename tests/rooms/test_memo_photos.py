"""Photos in the memo: with their words where there is a yes, and nowhere without one (LJ4)."""

import re
import zlib
from base64 import b64encode
from io import BytesIO
from random import Random
from typing import Any, Final
from zipfile import ZipFile

import msgspec
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from PIL import Image
from pypdf import PdfReader

from rooms.memo import MemoCard, MemoSource, ProseText, draft
from rooms.memo_desk import PHOTOS_A_SECTION, PHOTOS_MAX
from rooms.memo_export import ALL_FORMATS, export, to_json
from rooms.memo_import import NotAMemo, read_memo
from rooms.memo_photos import HIGH_MM, WIDE_MM, printed, size
from rooms.memo_tree import Bullets, Edition, Memo, Paragraph, Picture
from tests.rooms.memo_reading import csv_rows
from tests.rooms.memo_sample import SAMPLE, note

replace = msgspec.structs.replace
ALT: Final = "A gauge on a wall, one metre of water"
FILLED: Final = 'Q"<b>uote</b>'


def photo(wide: int = 400, high: int = 300, seed: int = 1) -> bytes:
    """A picture with something on it."""
    dots = Image.frombytes("RGB", (8, 6), Random(seed).randbytes(8 * 6 * 3))
    out = BytesIO()
    dots.resize((wide, high)).save(out, "JPEG", quality=70)
    return out.getvalue()


PHOTOS: Final = {"p1": photo(), "p2": photo(300, 400, 2), "p3": photo(seed=3)}


def source(**changed: Any) -> MemoSource:
    """A theme carried by two people; the first note has a photo."""
    shown = {"picture": ALT, "photo": "p1", **changed}
    return MemoSource(
        "An evening", 0, 0,
        cards=(
            note("t1", "theme", "Water", "s9", scope="public"),
            note("s1-n1", "insight", "The wall tells", "s1", "t1", **shown),
            note("s2-n2", "insight", "Ask the oldest", "s2", "t1", scope="public"),
        ),
    )  # fmt: skip


def pictures(memo: Memo) -> list[Picture]:
    blocks = [block for section in memo.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Picture)]


def drawings(content: bytes) -> list[tuple[str, bytes]]:
    """The pictures of a Word file that are read aloud: their words and their bytes."""
    document = Document(BytesIO(content))
    found = []
    for shape in document.inline_shapes:
        if words := shape._inline.docPr.get("descr"):
            (id,) = shape._inline.xpath(".//a:blip/@r:embed")
            found.append((words, document.part.related_parts[id].blob))
    return found


def figures(content: bytes) -> list[str]:
    """The words for pictures in the structure of a PDF, in reading order."""
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node["/Alt"]))
            walk(node.get("/K", []))

    walk(root["/StructTreeRoot"])
    return found


def test_LJ4_a_photo_with_a_yes_is_in_every_file_with_its_words() -> None:
    memo = draft(source(), "participants")
    (shown,) = pictures(memo)
    assert (shown.line.text, shown.line.source, shown.photo) == (ALT, ("s1-n1",), "p1")
    made = {f: export(memo, f, None, PHOTOS).content for f in ALL_FORMATS}
    page = html.fromstring(made["html"])
    (image,) = page.xpath("//img")
    assert image.get("alt") == ALT
    assert image.get("src") == f"data:image/jpeg;base64,{b64encode(PHOTOS['p1']).decode()}"
    assert (image.get("width"), image.get("height")) == ("400", "300")
    assert drawings(made["docx"]) == [(ALT, PHOTOS["p1"])]
    assert figures(made["pdf"]) == [ALT]
    (placed,) = (i for p in PdfReader(BytesIO(made["pdf"])).pages for i in p.images)
    assert placed.image is not None
    assert placed.image.size == (400, 300)
    assert f"![{ALT}](photos-participants/p1.jpg)" in made["md"].decode()
    assert '"photo": "p1"' in made["json"].decode()
    (row,) = (r for r in csv_rows(made["csv"]) if r["kind"] == "picture")
    assert (row["text"], row["attribution"]) == (ALT, "photos-participants/p1.jpg")
    assert f"with a picture: {ALT}" in made["txt"].decode()


@pytest.mark.parametrize(
    ("changed", "editions"),
    [
        ({"scope": "memo"}, ("participants",)),
        ({"scope": "public"}, ("participants", "public")),
        ({"scope": "room"}, ()),
        ({"scope": "circle"}, ()),
        ({"consent": "withdrawn"}, ()),
        ({"consent": "pending"}, ()),
        ({"picture": "", "photo": ""}, ()),  # what `memo_material` gives without the faces' yes
        ({"kind": "quote", "consent": "refused"}, ()),
    ],
)
def test_LJ4_a_photo_without_a_yes_is_nowhere(
    changed: dict[str, Any], editions: tuple[Edition, ...]
) -> None:
    whole = source()
    first = replace(whole.cards[1], **changed)
    whole = replace(whole, cards=(whole.cards[0], first, *whole.cards[2:]))
    both: tuple[Edition, ...] = ("participants", "public")
    for edition in both:
        memo = draft(whole, edition)
        assert bool(memo.photos) == (edition in editions)
        if edition in editions:
            continue
        for format in ("html", "docx", "md", "json", "csv", "txt"):
            content = export(memo, format, None, PHOTOS).content
            if format == "docx":
                assert drawings(content) == []
                with ZipFile(BytesIO(content)) as parts:
                    content = b"".join(parts.read(name) for name in parts.namelist())
            for part in (ALT.encode(), PHOTOS["p1"], b64encode(PHOTOS["p1"]), b"p1.jpg", b'"p1"'):
                assert part not in content, (edition, format)


def test_LJ4_a_photo_whose_words_nobody_released_stays_out() -> None:
    secret = note("q", "quote", "Nobody asked us to leave the river", "s1", consent="refused")
    whole = source(picture="She said: nobody asked us to leave the river")
    memo = draft(replace(whole, cards=(*whole.cards, secret)), "participants")
    assert memo.photos == ()
    assert "asked us" not in to_json(memo).decode()


def test_a_photo_follows_its_note_also_where_a_facilitator_wrote_from_it() -> None:
    place = draft(source(), "participants").sections[3].blocks
    at = next(n for n, block in enumerate(place) if isinstance(block, Picture))
    assert isinstance(place[at - 1], Bullets)
    prose = {"theme:t1:heard": ProseText("We heard of a wall.\n\nAnd of the oldest.")}
    written = draft(replace(source(), prose=prose), "participants").sections[3].blocks
    at = next(n for n, block in enumerate(written) if isinstance(block, Picture))
    before = written[at - 1]
    assert isinstance(before, Paragraph)
    assert before.line.text == "And of the oldest."


def test_further_photos_are_told_in_words() -> None:
    cards: list[MemoCard] = []
    for theme in range(6):
        cards.append(note(f"t{theme}", "theme", f"Theme {theme}", "s9"))
        cards += [
            note(f"n{theme}{n}", "insight", f"Note {theme} {n}", f"s{n}", f"t{theme}",
                 picture=f"Seen {theme} {n}", photo=f"p{theme}{n}")
            for n in range(5)
        ]  # fmt: skip
    memo = draft(MemoSource("x", 0, 0, cards=tuple(cards)), "participants")
    assert len(memo.photos) == PHOTOS_MAX
    for section in memo.sections:
        assert sum(isinstance(each, Picture) for each in section.blocks) <= PHOTOS_A_SECTION
    text = export(memo, "md").content.decode()
    assert all(f"Seen {theme} {n}" in text for theme in range(6) for n in range(5))
    assert memo.counts.pages > draft(MemoSource("x", 0, 0), "participants").counts.pages


def test_a_photo_that_is_not_at_hand_is_told_in_words() -> None:
    memo = draft(source(), "participants")
    for photos in ({}, {"p1": b"no picture"}):
        page = export(memo, "html", None, photos).content.decode()
        assert "<img" not in page
        assert f"with a picture: {ALT}" in page
        made = export(memo, "docx", None, photos).content
        assert drawings(made) == []
        assert f"with a picture: {ALT}" in [p.text for p in Document(BytesIO(made)).paragraphs]
        assert figures(export(memo, "pdf", None, photos).content) == []


def test_ME5_the_same_memo_with_the_same_photos_has_the_same_bytes_also_from_its_json() -> None:
    memo = draft(source(scope="public"), "public")
    again = read_memo(to_json(memo))
    assert again == memo.shared()
    for format in ALL_FORMATS:
        first = export(memo, format, None, PHOTOS).content
        assert export(again, format, None, dict(reversed(PHOTOS.items()))).content == first


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "x" * 101, "p1.jpg", "p 1"])
def test_a_memo_that_names_a_file_elsewhere_is_refused(name: str) -> None:
    changed = to_json(draft(source(), "participants")).replace(b'"p1"', f'"{name}"'.encode())
    with pytest.raises(NotAMemo):
        read_memo(changed)


def test_words_for_a_picture_are_only_ever_words() -> None:
    memo = draft(source(picture=f"{FILLED} ](x) #image(1) *_`"), "participants")
    alt = pictures(memo)[0].line.text
    (image,) = html.fromstring(export(memo, "html", None, PHOTOS).content).xpath("//img")
    assert image.get("alt") == alt
    assert drawings(export(memo, "docx", None, PHOTOS).content)[0][0] == alt
    assert figures(export(memo, "pdf", None, PHOTOS).content) == [alt]
    assert r"\](x)" in export(memo, "md").content.decode()


def test_a_right_to_left_caption_stands_on_its_side() -> None:
    alt = "مقياس على الجدار"
    memo = draft(replace(source(picture=alt, language="ar"), language="ar"), "participants")
    document = Document(BytesIO(export(memo, "docx", None, PHOTOS).content))
    (caption,) = (p for p in document.paragraphs if p.text == alt)
    assert caption.style is not None
    assert caption.style.name == "Caption"
    assert caption._p.pPr is not None
    assert caption._p.pPr.find(qn("w:bidi")) is not None
    assert figures(export(memo, "pdf", None, PHOTOS).content) == [alt]


def test_a_photo_keeps_its_proportions_within_a_quarter_of_a_page() -> None:
    for wide, high in ((400, 300), (300, 400), (1_000, 20), (10, 900)):
        shown = printed({"p": photo(wide, high)}, "p")
        assert shown is not None
        assert shown.pixels == (wide, high)
        assert shown.wide <= WIDE_MM
        assert shown.high <= HIGH_MM
        assert shown.wide / shown.high == pytest.approx(wide / high, rel=0.02)


def test_the_size_is_told_from_any_jpeg_and_from_nothing_else() -> None:
    image = Image.new("RGB", (50, 30))
    for more in ({"progressive": True}, {"comment": b"x" * 500}, {"exif": b"Exif\0\0" + b"y" * 90}):
        out = BytesIO()
        image.save(out, "JPEG", **more)
        assert size(out.getvalue()) == (50, 30)
    dice = Random(3)
    for body in (b"", b"\xff\xd8", b"\xff\xd8\xff\xc0", zlib.compress(bytes(99)), photo()[:30]):
        assert size(body) is None
    for _ in range(300):
        size(b"\xff\xd8" + dice.randbytes(40))


def test_the_sample_has_no_photo() -> None:
    assert draft(SAMPLE, "participants").photos == ()
    assert not re.search(rb"<img", export(draft(SAMPLE, "participants"), "html").content)

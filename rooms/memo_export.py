"""The memo in every format it can leave the room in."""

from pathlib import Path
from typing import Literal, assert_never, get_args

import msgspec

from rooms.memo_chat import chat
from rooms.memo_csv import table
from rooms.memo_docx import docx
from rooms.memo_html import page
from rooms.memo_import import NotAMemo
from rooms.memo_markdown import markdown
from rooms.memo_pages_html import pages_html
from rooms.memo_pages_pdf import pages_pdf
from rooms.memo_pdf import pdf
from rooms.memo_photos import Photos
from rooms.memo_press import MissingGlyph
from rooms.memo_text import folded
from rooms.memo_tree import Memo

__all__ = [
    "ALL_FORMATS", "FORMATS", "Export", "Format", "MissingGlyph", "NotAMemo", "export",
    "to_json",
]  # fmt: skip

Whole = Literal["md", "html", "docx", "pdf", "json", "txt", "csv"]
Format = Literal["md", "html", "docx", "pdf", "json", "txt", "csv", "pages.html", "pages.pdf"]
FORMATS: tuple[Whole, ...] = get_args(Whole)
"""The formats that hold the whole memo, spelled as in the address `memo.{format}`."""
ALL_FORMATS: tuple[Format, ...] = get_args(Format)
"""With them those that hold a part: the big-type edition, one page for each theme."""
MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "pages.html": "text/html; charset=utf-8",
    "pages.pdf": "application/pdf",
}
NAME_MAX = 60
"""Characters of a title in a file name: longer ones are cut by some mail programs."""


class Export(msgspec.Struct, frozen=True):
    """A rendered memo: its bytes, media type, and a file name of plain letters."""

    content: bytes
    media_type: str
    file_name: str


def export(
    memo: Memo, format: Format, extra_fonts: Path | None = None, photos: Photos | None = None
) -> Export:
    """Render a memo. Equal memos with equal photos give equal bytes (ME5).

    `photos` are the pixels of `memo.photos`; those missing are told in words. Markdown, JSON and
    CSV only name them (`Memo.photo_file`), a chat tells what is on them, and the big-type edition
    has its own drawings. `extra_fonts` is the operator's own folder of fonts for the PDF. Raises
    `MissingGlyph` when a
    character of a PDF has no font. The PDF takes up to some hundred milliseconds of one core and
    the others under fifty: call it off the loop. The content is what may leave the room; ledger
    and missing list are never in it.
    """
    shared = memo.shared()
    match format:
        case "md":
            content = markdown(shared).encode()
        case "html":
            content = page(shared, photos or {}).encode()
        case "docx":
            content = docx(shared, photos or {})
        case "pdf":
            content = pdf(shared, extra_fonts, photos or {})
        case "json":
            content = to_json(shared)
        case "txt":
            content = chat(shared).encode()
        case "csv":
            content = table(shared)
        case "pages.html":
            content = pages_html(shared).encode()
        case "pages.pdf":
            content = pages_pdf(shared, extra_fonts)
        case _:
            assert_never(format)
    return Export(content, MEDIA_TYPES[format], file_name(memo, format))


def to_json(memo: Memo) -> bytes:
    """The tree as JSON, indented; `memo_import.read_memo` gives the same memo back."""
    return msgspec.json.format(msgspec.json.encode(memo.shared()), indent=2) + b"\n"


def file_name(memo: Memo, format: Format) -> str:
    """A name for the file, such as `living-with-the-river-memo.pdf`: letters of ASCII only, for
    headers; a title in another script gives `memo.pdf`."""
    ascii_words = folded(memo.head.title.text).encode("ascii", "ignore").decode().split()
    stem = "-".join([*ascii_words, "memo"])
    stem = stem if len(stem) <= NAME_MAX else f"{stem[: NAME_MAX - 5].rstrip('-')}-memo"
    public = "-public" if memo.edition == "public" else ""
    return f"{stem}{public}.{format}"

"""The memo as a table for spreadsheets: every printed line, then every card it may hold."""

from collections.abc import Iterator
from typing import Final

from rooms.memo_tree import (
    Ask,
    Block,
    Bullets,
    Heading,
    Line,
    Memo,
    Notice,
    Paragraph,
    Picture,
    Quote,
    Space,
    Table,
)

COLUMNS: Final = (
    "row", "place", "part", "kind", "text", "attribution", "translation", "language", "theme",
    "ticks", "id",
)  # fmt: skip
"""`row` is "line" (printed in the memo) or "card"; `place` the heading it stands under, `part` the
smaller heading; `attribution` who may be named with it, its small print, or a photo's file; `id`
what it came from. In English and in this order whatever the memo's language, for programs."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate, call a program or fetch an address, the wide signs of East
Asian keyboards among them; a straight quote before it makes it text."""

BOM: Final = "\ufeff"
"""Without it the most common spreadsheet reads other scripts as rubbish."""

Row = tuple[str, ...]


def table(memo: Memo) -> bytes:
    """The memo as CSV (RFC 4180, UTF-8 with a mark at its start, every cell quoted)."""
    rows = (COLUMNS, *_head(memo), *_lines(memo), *_notes(memo))
    lines = (",".join(map(_quoted, row)) for row in rows)
    return (BOM + "".join(f"{line}\r\n" for line in lines)).encode()


def _quoted(cell: str) -> str:
    doubled = tame(cell).replace('"', '""')
    return f'"{doubled}"'


def tame(cell: str) -> str:
    """A cell no spreadsheet takes for a formula, also not after spaces it would pass over."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA) else cell


def _row(place: str, part: str, kind: str, line: Line, by: str = "", translation: str = "") -> Row:
    small = " · ".join(each for each in (by, line.note) if each)
    ids = " ".join(line.source)
    return ("line", place, part, kind, line.text, small, translation, line.language, "", "", ids)


def _head(memo: Memo) -> Iterator[Row]:
    head = memo.head
    yield _row("", "", "title", head.title)
    for fact in head.facts:
        yield _row("", fact.label, "fact", fact.line)
    tag = memo.language
    for kind, text in (
        ("kind", head.kicker), ("confidentiality", head.confidentiality),
        ("edition", head.edition), ("date", memo.date_line), ("imprint", memo.imprint),
    ):  # fmt: skip
        yield _row("", "", kind, Line(text, language=tag))


def _lines(memo: Memo) -> Iterator[Row]:
    for section in memo.sections:
        heading = Line(section.heading, language=memo.language)
        yield _row(section.heading, "", "heading", heading)
        part = ""
        for block in section.blocks:
            if isinstance(block, Heading):
                part = block.line.text
            if isinstance(block, Picture):
                file = memo.photo_file(block.photo)
                yield _row(section.heading, part, "picture", block.line, file)
            yield from _block(section.heading, part, block)


def _block(place: str, part: str, block: Block) -> Iterator[Row]:
    match block:
        case Heading(line=line):
            yield _row(place, part, "heading", line)
        case Paragraph(line=line):
            yield _row(place, part, "paragraph", line)
        case Bullets(items=items):
            for item in items:
                yield _row(place, part, "list", item)
        case Quote(line=line, attribution=by, translation=translation):
            yield _row(place, part, "quote", line, by, translation)
        case Table(headers=headers, rows=rows):
            # One row for each cell, under its column's name: tables differ, this one must not.
            for number, cells in enumerate(rows, 1):
                for header, cell in zip(headers, cells, strict=True):
                    yield _row(place, f"{header} {number}", "table", cell)
        case Notice(line=line):
            yield _row(place, part, "notice", line)
        case Ask(line=line, label=label):
            yield _row(place, label, "question to you", line)
        case Picture() | Space():  # `_lines`; never in what is shared
            pass


def _notes(memo: Memo) -> Iterator[Row]:
    headings = {section.id: section.heading for section in memo.sections}
    for note in memo.notes:
        # Parts of a section are places of their own: "theme:t1:heard" belongs to "theme:t1".
        whole = (id for id in headings if note.place == id or note.place.startswith(f"{id}:"))
        place = headings.get(max(whole, key=len, default=""), "")
        yield (
            "card", place, "", note.kind, note.text, note.attribution, note.translation,
            note.language, note.theme, str(note.ticks), note.id,
        )  # fmt: skip

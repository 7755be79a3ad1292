"""The memo as PDF: a fixed template, the memo as data, tagged for readers (PDF/UA-1)."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from msgspec.structs import replace

from rooms import memo_fonts
from rooms.memo_photos import Photos, drawing, printed
from rooms.memo_press import Data, press
from rooms.memo_text import clip, direction, line_direction, page_direction
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

RUNNING_MAX = 60
"""Characters of the title at the foot of every page, so that it takes one line."""


def pdf(memo: Memo, extra_fonts: Path | None = None, photos: Photos | None = None) -> bytes:
    """The memo as a tagged PDF. Equal memos with equal photos give equal bytes; the file's own
    date is the end of the
    exchange. Raises `MissingGlyph`."""
    found = {id: shown for id in memo.photos if (shown := printed(photos or {}, id))}
    sizes = {id: (shown.wide, shown.high) for id, shown in found.items()}
    data = _data(memo, memo_fonts.stacks(extra_fonts, memo.language), sizes)
    drawings = {id: drawing(shown) for id, shown in found.items()}
    return press("memo.typ", data, memo.ended, extra_fonts, drawings)


def _data(
    memo: Memo, stacks: dict[str, list[str]], sizes: Mapping[str, tuple[float, float]]
) -> Data:
    head = memo.head
    way = page_direction(memo.language)

    def plain(text: str) -> Data:
        return line_data(Line(text, language=memo.language), way)

    return {
        "fonts": stacks,
        "place": head.kicker,
        "lang": language_part(memo.language) or "en",
        "rtl": way == "rtl",
        "title": line_data(head.title, way),
        "kicker": plain(head.kicker),
        "running": plain(f"{clip(head.title.text, RUNNING_MAX)} · {head.kicker}"),
        "facts": [
            {"label": plain(fact.label), "line": line_data(fact.line, way)} for fact in head.facts
        ],
        "confidentiality": plain(head.confidentiality),
        "edition": plain(head.edition),
        "date": plain(memo.date_line),
        "imprint": plain(memo.imprint),
        "sections": [
            {
                "place": section.heading,
                "heading": plain(section.heading),
                "blocks": [
                    _photo(block, sizes.get(block.photo), way)
                    if isinstance(block, Picture)
                    else _block(block, way)
                    for block in section.blocks
                ],
            }
            for section in memo.sections
        ],
    }


def _photo(block: Picture, size: tuple[float, float] | None, way: str) -> Data:
    if size is None:
        line = replace(block.line, text=block.label)
        return {"type": "paragraph", "quiet": True, "line": line_data(line, way)}
    wide, high = size
    line_as_data = line_data(block.line, way)
    return {"type": "picture", "photo": block.photo, "wide": wide, "high": high,
            "line": line_as_data}  # fmt: skip


def _block(block: Block, way: str) -> Data:
    match block:
        case Heading(line=line, part=part):
            return {"type": "heading", "part": part, "line": line_data(line, way)}
        case Paragraph(line=line, quiet=quiet):
            return {"type": "paragraph", "quiet": quiet, "line": line_data(line, way)}
        case Bullets(items=items):
            lines = [line_data(item, way) for item in items]
            runs = [
                {"rtl": rtl, "items": list(run)}
                for rtl, run in groupby(lines, key=lambda line: line["rtl"])
            ]
            return {"type": "bullets", "runs": runs}
        case Quote(line=line, attribution=by, translation=translation):
            quoted = Line(f"“{line.text}”", line.source, line.by, line.language)
            return {
                "type": "quote",
                "line": line_data(quoted, way),
                "by": line_data(Line(by), way) if by else None,
                "translation": line_data(Line(translation), way) if translation else None,
            }
        case Table(headers=headers, rows=rows, numeric=numeric):
            return {
                "type": "table",
                "headers": [line_data(Line(header), way) for header in headers],
                "rows": [[line_data(cell, way) for cell in row] for row in rows],
                "numeric": list(numeric),
                "widths": _widths(headers, rows),
            }
        case Notice(line=line, kind=kind):
            return {"type": "notice", "kind": kind, "line": line_data(line, way)}
        case Ask(line=line, label=label, state_label=state):
            return {
                "type": "ask",
                "line": line_data(line, way),
                "label": line_data(Line(label), way),
                "state": line_data(Line(state), way) if state else None,
            }
        case Picture() | Space():  # `_photo`; never in what is shared
            return {"type": "space"}


def _widths(headers: tuple[str, ...], rows: tuple[tuple[Line, ...], ...]) -> list[float]:
    """Shares of the page for the columns of a table: by their longest text, one to three."""
    longest = [
        max(len(header), *(len(row[column].text) for row in rows), 1)
        for column, header in enumerate(headers)
    ]
    return [min(3.0, max(1.0, length / 14)) for length in longest]


def line_data(line: Line, way: str) -> Data:
    """A line as the templates read it, on a page of direction `way`."""
    own = line_direction(line.text, line.by, way)
    note: Data | None = None
    if line.note:
        note = {"text": line.note, "rtl": direction(line.note, way) == "rtl"}
    return {
        "text": line.text,
        "runs": [
            {"text": run.text, "bold": run.bold, "italic": run.italic}
            for run in (line.pieces if line.runs else ())
        ],
        "rtl": own == "rtl",
        "lang": language_part(line.language) or None,
        "han": memo_fonts.han(line.language) or None,
        "note": note,
        "turns": bool(line.note) and direction(line.text, own) != own,
    }


def language_part(tag: str) -> str:
    """The language part of a tag, as typst wants it: two or three letters."""
    return tag.split("-")[0].lower()

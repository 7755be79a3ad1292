"""The memo as PDF: a fixed template, the memo as data, tagged for readers (PDF/UA-1)."""

import json
import re
from itertools import groupby
from pathlib import Path

import typst

from rooms import memo_fonts
from rooms.memo_text import direction, line_direction, page_direction, script
from rooms.memo_tree import (
    Ask,
    Block,
    Bullets,
    Heading,
    Line,
    Memo,
    Notice,
    Paragraph,
    Quote,
    Space,
    Table,
)

TEMPLATE = Path(__file__).with_name("print") / "memo.typ"
MISSING_MAX = 40
"""Rounds of naming characters no font has: each costs one typesetting, and forty names are enough
to know which font to add."""

_NO_GLYPH = re.compile(r"the text `(\".*?\")` could not be displayed", re.DOTALL)

Data = dict[str, object]


class MissingGlyph(ValueError):
    """No font here can draw some characters: nothing was printed.

    `characters` are the characters, `scripts` plain names of their scripts; the remedy is a folder
    with fonts for them (the extra fonts setting), or another format.
    """

    def __init__(self, characters: tuple[str, ...]) -> None:
        self.characters = characters
        self.scripts = tuple(sorted({script(char) for char in characters}))
        names = ", ".join(f"{char} (U+{ord(char):04X})" for char in characters)
        super().__init__(f"no font for {', '.join(self.scripts)}: {names}")


def pdf(memo: Memo, extra_fonts: Path | None = None) -> bytes:
    """The memo as a tagged PDF. Equal memos give equal bytes; the file's own date is the end of the
    exchange. Raises `MissingGlyph`."""
    data = _data(memo, memo_fonts.stacks(extra_fonts))
    missing: dict[str, None] = {}
    for _ in range(MISSING_MAX):
        try:
            printed = _typeset(data, memo, extra_fonts)
        except typst.TypstError as error:
            found = _unwritable(error)
            if not found:
                raise
            missing.update(dict.fromkeys(found))
            data = _blank(data, frozenset(missing))
        else:
            if missing:
                break
            return printed
    raise MissingGlyph(tuple(missing))


def _typeset(data: Data, memo: Memo, extra_fonts: Path | None) -> bytes:
    # `compile` without an output path and with one document gives the bytes of one PDF.
    printed = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=memo_fonts.library(extra_fonts),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"memo": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=["ua-1"],
        timestamp=min(max(memo.ended // 1000, 0), 253_402_214_400),
    )
    assert isinstance(printed, bytes)
    return printed


def _unwritable(error: typst.TypstError) -> list[str]:
    match = _NO_GLYPH.search(error.message)
    if not match:
        return []
    text = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda hit: chr(int(hit[1], 16)), match[1][1:-1])
    return [char for char in dict.fromkeys(text) if not char.isspace()]


def _blank(data: Data, gone: frozenset[str]) -> Data:
    table = str.maketrans(dict.fromkeys(gone, "?"))

    def walk(value: object) -> object:
        match value:
            case str():
                return value.translate(table)
            case dict():
                return {key: walk(item) for key, item in value.items()}
            case list():
                return [walk(item) for item in value]
            case _:
                return value

    return {key: value if key == "fonts" else walk(value) for key, value in data.items()}


def _data(memo: Memo, stacks: dict[str, list[str]]) -> Data:
    head = memo.head
    way = page_direction(memo.language)

    def plain(text: str) -> Data:
        return _line(Line(text, language=memo.language), way)

    return {
        "fonts": stacks,
        "lang": _language(memo.language) or "en",
        "rtl": way == "rtl",
        "title": _line(head.title, way),
        "kicker": plain(head.kicker),
        "running": plain(f"{head.title.text} · {head.kicker}"),
        "facts": [
            {"label": plain(fact.label), "line": _line(fact.line, way)} for fact in head.facts
        ],
        "confidentiality": plain(head.confidentiality),
        "edition": plain(head.edition),
        "date": plain(memo.date_line),
        "imprint": plain(memo.imprint),
        "sections": [
            {
                "heading": plain(section.heading),
                "blocks": [_block(block, way) for block in section.blocks],
            }
            for section in memo.sections
        ],
    }


def _block(block: Block, way: str) -> Data:
    match block:
        case Heading(line=line, part=part):
            return {"type": "heading", "part": part, "line": _line(line, way)}
        case Paragraph(line=line, quiet=quiet):
            return {"type": "paragraph", "quiet": quiet, "line": _line(line, way)}
        case Bullets(items=items):
            lines = [_line(item, way) for item in items]
            runs = [
                {"rtl": rtl, "items": list(run)}
                for rtl, run in groupby(lines, key=lambda line: line["rtl"])
            ]
            return {"type": "bullets", "runs": runs}
        case Quote(line=line, attribution=by, translation=translation):
            quoted = Line(f"“{line.text}”", line.source, line.by, line.language)
            return {
                "type": "quote",
                "line": _line(quoted, way),
                "by": _line(Line(by), way) if by else None,
                "translation": _line(Line(translation), way) if translation else None,
            }
        case Table(headers=headers, rows=rows, numeric=numeric):
            return {
                "type": "table",
                "headers": [_line(Line(header), way) for header in headers],
                "rows": [[_line(cell, way) for cell in row] for row in rows],
                "numeric": list(numeric),
                "widths": _widths(headers, rows),
            }
        case Notice(line=line, kind=kind):
            return {"type": "notice", "kind": kind, "line": _line(line, way)}
        case Ask(line=line, label=label, state_label=state):
            return {
                "type": "ask",
                "line": _line(line, way),
                "label": _line(Line(label), way),
                "state": _line(Line(state), way) if state else None,
            }
        case Space():  # never in what is shared
            return {"type": "space"}


def _widths(headers: tuple[str, ...], rows: tuple[tuple[Line, ...], ...]) -> list[float]:
    """Shares of the page for the columns of a table: by their longest text, one to three."""
    longest = [
        max(len(header), *(len(row[column].text) for row in rows), 1)
        for column, header in enumerate(headers)
    ]
    return [min(3.0, max(1.0, length / 14)) for length in longest]


def _line(line: Line, way: str) -> Data:
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
        "lang": _language(line.language) or None,
        "note": note,
        "turns": bool(line.note) and direction(line.text, own) != own,
    }


def _language(tag: str) -> str:
    """The language part of a tag, as typst wants it: two or three letters."""
    return tag.split("-")[0].lower()

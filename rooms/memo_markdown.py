"""The memo as Markdown."""

import re
import unicodedata
from itertools import groupby

from rooms.memo_text import direction
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
    Run,
    Section,
    Space,
    Table,
)

FIRST_STRONG, END = "\u2068", "\u2069"
"""Isolates: small print in another script cannot reorder the line it follows."""

_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_START = re.compile(r"^(\s*)([#+\-=:>]|\d{1,9}(?=[.)]))")


def markdown(memo: Memo) -> str:
    """The memo as Markdown (CommonMark with tables); people's text is escaped, never markup."""
    head = memo.head
    parts = [
        f"# {escape(head.title.text)}",
        f"*{escape(head.kicker)}*",
        "\n".join(f"- **{escape(fact.label)}:** {_line(fact.line)}" for fact in head.facts),
        f"{escape(head.confidentiality)}  \n{escape(head.edition)}",
        *(part for section in memo.sections for part in _section(section, memo)),
        "---",
        f"*{escape(memo.date_line)}*",
        f"*{escape(memo.imprint)}*",
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text that Markdown prints as it stands: no emphasis, link, HTML, heading or list in it."""
    safe = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    return "\n".join(_START.sub(r"\1\\\2", row) for row in safe.replace(">", "&gt;").split("\n"))


def isolated(text: str, beside: str) -> str:
    """Text wrapped in isolates when it runs the other way than what it stands beside."""
    if direction(text) == direction(beside):
        return text
    return f"{FIRST_STRONG}{text}{END}"


def _section(section: Section, memo: Memo) -> list[str]:
    blocks = [text for block in section.blocks if (text := _block(block, memo))]
    return [f"## {escape(section.heading)}", *blocks]


def _block(block: Block, memo: Memo) -> str:
    match block:
        case Heading(line=line):
            return f"### {_line(line)}"
        case Paragraph(line=line):
            return _line(line)
        case Bullets(items=items):
            return "\n".join(f"- {_line(item)}" for item in items)
        case Quote(line=line, attribution=by, translation=translation):
            rows = escape(line.text).split("\n")
            rows += [row for row in escape(translation).split("\n") if row]
            rows += [f"— {escape(by)}"] if by else []
            return "\n".join(f"> {row}  " if row else ">" for row in rows)
        case Table(headers=headers, rows=rows, numeric=numeric):
            return _table(headers, rows, numeric)
        case Notice(line=line):
            return f"*{_line(line)}*"
        case Ask(line=line, label=label):
            return f"### {escape(label)}\n\n> {escape(line.text)}"
        case Picture(line=line, photo=photo):
            return f"![{escape(line.text)}]({memo.photo_file(photo)})"
        case Space():  # never in what is shared
            return ""


def _table(
    headers: tuple[str, ...], rows: tuple[tuple[Line, ...], ...], numeric: tuple[int, ...]
) -> str:
    rules = ["---:" if column in numeric else "---" for column in range(len(headers))]
    lines = [map(escape, headers), rules, *(map(_line, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(line: Line) -> str:
    text = marked(line.pieces, "**", "_") if line.runs else escape(line.text)
    return f"{text} ({isolated(escape(line.note), line.text)})" if line.note else text


def marked(pieces: tuple[Run, ...], bold: str, italic: str, *, chat: bool = False) -> str:
    """Stretches with their marks around whole words; a mark that would not be read as one there
    is left out, never its words. For a chat nothing is escaped."""
    whole = "".join(run.text for run in pieces)
    out: list[str] = []
    at = 0

    def wrapped(text: str, start: int, inner: str, mark: str) -> str:
        core = inner.strip(" ")
        begins = text.startswith(" ") or not _is_word(whole[:start][-1:])
        ends = text.endswith(" ") or not _is_word(whole[start + len(text) :][:1])
        if not (core and begins and ends):
            return inner
        lead = inner[: len(inner) - len(inner.lstrip(" "))]
        return f"{lead}{mark}{core}{mark}{inner[len(inner.rstrip(' ')) :]}"

    for is_bold, group in groupby(pieces, key=lambda run: run.bold):
        start, inner, text = at, "", ""
        for run in group:
            piece = run.text if chat else escape(run.text)
            inner += wrapped(run.text, at, piece, italic) if run.italic else piece
            at += len(run.text)
            text += run.text
        out.append(wrapped(text, start, inner, bold) if is_bold else inner)
    return "".join(out)


def _is_word(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "LMN"

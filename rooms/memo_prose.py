"""What facilitators wrote, as parts (paragraphs and list items) and as blocks of the memo."""

from typing import Final

from rooms.memo_source import ProsePart, ProseText
from rooms.memo_text import TEXT_MAX, clean
from rooms.memo_tree import Block, Bullets, Line, Paragraph, Run

PARTS_MAX: Final = 400
"""Paragraphs and list items of one place: ten times what its words allow."""


def plain_parts(text: str) -> tuple[ProsePart, ...]:
    """Plain text as parts: paragraphs between empty lines, and lists of lines that begin with a
    hyphen or a dot."""
    parts: list[ProsePart] = []
    for block in clean(text).split("\n\n"):
        rows = [row.strip() for row in block.split("\n") if row.strip()]
        if rows and all(row.startswith(("- ", "• ")) for row in rows):
            parts += [ProsePart("item", (Run(row[2:].strip()),)) for row in rows]
        elif rows:
            parts.append(ProsePart("paragraph", (Run(" ".join(rows)),)))
    return tuple(parts[:PARTS_MAX])


def bounded(parts: list[ProsePart]) -> tuple[ProsePart, ...]:
    """Parts up to the length of text that is printed; the one that goes over it is cut."""
    kept: list[ProsePart] = []
    left = TEXT_MAX
    for part in parts[:PARTS_MAX]:
        if left <= 0:
            break
        kept.append(part if len(part.text) <= left else part.cut(left))
        left -= len(part.text)
    return tuple(kept)


def parts_of(prose: ProseText) -> tuple[ProsePart, ...]:
    """The parts of a prose text, found in its plain text where it has none of its own."""
    return prose.parts or plain_parts(prose.text)


def blocks_of(parts: tuple[ProsePart, ...], ids: tuple[str, ...], language: str) -> list[Block]:
    """Parts as paragraphs and lists by a facilitator; every line carries `ids` (ME1)."""
    blocks: list[Block] = []
    items: list[Line] = []
    for part in parts:
        marked = part.runs if any(run.bold or run.italic for run in part.runs) else ()
        line = Line(part.text, ids, "facilitator", language, runs=marked)
        if part.kind == "item":
            items.append(line)
            continue
        if items:
            blocks.append(Bullets(tuple(items)))
            items = []
        blocks.append(Paragraph(line))
    if items:
        blocks.append(Bullets(tuple(items)))
    return blocks

"""The memo as a message for a chat app: short lines, bold headings, no tables, never too long."""

import re
from collections.abc import Iterator
from typing import Final

from rooms.memo_markdown import isolated, marked
from rooms.memo_text import clip
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

CHAT_MAX: Final = 4_000
"""Characters of a message: the common apps take 4,096 to 65,536, and longer ones are folded or
refused on the way."""
LISTED: Final = 3
"""Items of a list that stay in a shortened message."""
CLIPPED: Final = 160
"""Characters of a line in a message shortened to the utmost."""

_LOOKS: Final = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
"""Signs a chat app would take for bold, italic, struck or typewriter text, and what stands for them
in people's words: there is no way to escape them there."""
_MARK: Final = re.compile(r"[*_~`]")
_START: Final = re.compile(r"(?m)^(\s*)([>\-])(?=\s)|^(\s*)(>)")
_SOFT: Final = {">": "›", "-": "–"}


def chat(memo: Memo) -> str:
    """The whole memo where it fits; else shortened step by step, from what was done and who was
    there to single notes. The question of each theme, the commitments and the lines on consent
    stay as long as anything does (rule g), and a last line says that this is a part."""
    for step in range(5):
        text = plain_text(memo, step)
        if len(text) <= CHAT_MAX:
            return text
    return _hard(memo)


def plain_text(memo: Memo, step: int = 0) -> str:
    """The memo as plain text, whole or shortened by so many steps (see `_body`)."""
    return "\n\n".join([*_head(memo), *_body(memo, step), _foot(memo, step)]) + "\n"


def calm(text: str) -> str:
    """People's words with nothing in them a chat app would take for formatting. A sign between two
    letters, as in a file's name, is harmless and stays; but not
    the one for typewriter text, which works there too."""
    found = _START.sub(_soft, text)
    return _MARK.sub(lambda hit: _look(found, hit.start()), found)


def _soft(hit: re.Match[str]) -> str:
    space, sign = (hit[1], hit[2]) if hit[2] else (hit[3], hit[4])
    return f"{space}{_SOFT[sign]}"


def _look(text: str, at: int) -> str:
    inside = 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()
    return text[at] if inside and text[at] != "`" else _LOOKS[text[at]]


def _hard(memo: Memo) -> str:
    """The last resort: parts from the front, as many as fit between head and foot."""
    head = [clip(part, CHAT_MAX // 8) for part in _head(memo)]
    foot = clip(_foot(memo, 4), CHAT_MAX // 4)
    left = CHAT_MAX - sum(len(part) + 2 for part in (*head, foot))
    kept: list[str] = []
    for part in _body(memo, 4):
        left -= len(part) + 2
        if left < 0:
            break
        kept.append(part)
    return "\n\n".join([*head, *kept, foot]) + "\n"


def _head(memo: Memo) -> list[str]:
    head = memo.head
    facts = "\n".join(f"{calm(fact.label)}: {_said(fact.line)}" for fact in head.facts)
    shared = f"{calm(head.confidentiality)}\n{calm(head.edition)}"
    return [part for part in (f"{_bold(head.title)}\n{calm(head.kicker)}", facts, shared) if part]


def _foot(memo: Memo, step: int) -> str:
    short = [memo.short_line] if step and memo.short_line else []
    return "\n".join(map(calm, [*short, memo.date_line, memo.imprint]))


def _body(memo: Memo, step: int) -> Iterator[str]:
    """`step` 0 is everything; 1 leaves out what was done and who was there; 2 keeps three items of
    a list, and of stories their titles and quotes; 3 one item; 4 headings, questions, commitments
    and the lines on consent."""
    for section in memo.sections:
        if step >= 1 and section.id in ("did", "people"):
            continue
        told = [(block, _block(section, block, step)) for block in section.blocks]
        parts = list(_tidy([(block, text) for block, text in told if text]))
        if parts or not step:
            yield f"*{calm(section.heading)}*"
            yield from parts


def _tidy(told: list[tuple[Block, str]]) -> Iterator[str]:
    """Without the headings of parts that nothing of theirs follows any more."""
    for at, (block, text) in enumerate(told):
        after = told[at + 1][0] if at + 1 < len(told) else None
        part = isinstance(block, Heading) and block.part
        if not (part and (after is None or isinstance(after, Ask | Heading | Quote))):
            yield text


def _block(section: Section, block: Block, step: int) -> str:
    if step >= 4 and not _kept(section, block):
        return ""
    most = 10_000 if step < 2 else LISTED if step == 2 else 1
    match block:
        case Heading(line=line):
            return _bold(line) + _note(line)
        case Bullets(items=items, cut=cut):
            if (step >= 1 and cut == "reactions") or (step >= 2 and section.id == "stories"):
                return ""
            shown = items if section.id == "commitments" else items[:most]
            return "\n".join(f"• {_line(item, step)}" for item in shown)
        case Quote(line=line, attribution=by, translation=translation):
            rows = [f"“{calm(line.text)}”", calm(translation), f"— {calm(by)}" if by else ""]
            return "\n".join(row for row in rows if row)
        case Table(headers=headers, rows=rows):
            return "\n".join(f"• {_row(headers, row, step)}" for row in rows)
        case Ask(line=line, label=label):
            return f"{calm(label)}\n→ {_line(line, step)}"
        case Paragraph(line=line):
            if step >= 2 and section.id == "stories":
                return ""
            return _line(line, step)
        case Notice(line=line, kind=kind):
            return "" if step and kind in ("placeholder", "more") else _line(line, step)
        case Picture(label=label):
            return "" if step else calm(label)
        case Space():  # never in what is shared
            return ""


def _kept(section: Section, block: Block) -> bool:
    if isinstance(block, Notice):
        return block.kind == "consent"
    return isinstance(block, Ask) or section.id == "commitments"


def _row(headers: tuple[str, ...], row: tuple[Line, ...], step: int) -> str:
    """The first cell, then the others with their column's heading, for there are no columns."""
    named = (
        f"{calm(header)}: {_line(cell, step)}"
        for header, cell in zip(headers[1:], row[1:], strict=True)
        if cell.text or step == 0
    )
    return " · ".join([_line(row[0], step), *named])


def _bold(line: Line) -> str:
    text = calm(line.text)
    return f"*{text}*" if text.strip() else text


def _line(line: Line, step: int) -> str:
    if step >= 3 and len(line.text) > CLIPPED:
        line = Line(clip(line.text, CLIPPED), line.source, line.by, line.language, line.note)
    return _said(line) + (_note(line) if step < 3 else "")


def _said(line: Line) -> str:
    if line.by == "record":
        # An address must go on being one: it is left as it is.
        parts = re.split(r"(https?://\S+)", line.text)
        return "".join(each if n % 2 else calm(each) for n, each in enumerate(parts))
    if not line.runs:
        return calm(line.text)
    return marked(tuple(Run(calm(run.text), run.bold) for run in line.pieces), "*", "", chat=True)


def _note(line: Line) -> str:
    return f" ({isolated(calm(line.note), line.text)})" if line.note else ""

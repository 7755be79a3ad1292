"""The big-type edition: one page for each theme, a picture, three short sentences, the question
(`methods.md` 3.1 k)."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from rooms.memo_pictures import chosen
from rooms.memo_text import clip
from rooms.memo_tree import Ask, Bullets, Line, Memo, Notice, Paragraph, Quote, Section

SENTENCES: Final = 3
SENTENCE_MAX: Final = 110
"""Characters of a short sentence: two or three lines in big type. Longer ones come only when there
are too few, and are cut at a word; a quotation is never cut, so a longer one is left out."""

_END = re.compile(r"(?<=[.!?؟।።])\s+|(?<=[。！？])(?!$)")


class Page(msgspec.Struct, frozen=True):
    """One theme: its heading, the name of its picture, up to three sentences, and the question with
    its label (none when the memo has no theme)."""

    title: str
    picture: str
    sentences: tuple[Line, ...]
    label: str = ""
    question: Line | None = None


def pages(memo: Memo) -> tuple[Page, ...]:
    """The pages of a memo; one that says so when no theme was carried. Nothing is on them that is
    not in the memo."""
    themes = [section for section in memo.sections if _ask(section)]
    if not themes:
        return (_nothing(memo),)
    pictures = chosen(section.id for section in themes)
    return tuple(_page(section, name) for section, name in zip(themes, pictures, strict=True))


def _page(section: Section, picture: str) -> Page:
    ask = _ask(section)
    return Page(
        title=section.heading,
        picture=picture,
        sentences=_three(section),
        label=ask.label if ask else "",
        question=ask.line if ask else None,
    )


def _nothing(memo: Memo) -> Page:
    blocks = [
        block for section in memo.sections if section.id == "themes" for block in section.blocks
    ]
    lines = tuple(block.line for block in blocks if isinstance(block, Notice))
    return Page(memo.head.title.text, chosen(["themes"])[0], lines[:1])


def _ask(section: Section) -> Ask | None:
    return next((block for block in section.blocks if isinstance(block, Ask)), None)


def _three(section: Section) -> tuple[Line, ...]:
    """The first short sentences of a theme, in its order; longer ones only to fill up."""
    found = list(_sentences(section))
    short = [line for line, whole in found if len(line.text) <= SENTENCE_MAX]
    if len(short) < SENTENCES:
        short += [
            msgspec.structs.replace(line, text=clip(line.text, SENTENCE_MAX), runs=())
            for line, whole in found
            if len(line.text) > SENTENCE_MAX and not whole
        ]
    return tuple(short[:SENTENCES])


def _sentences(section: Section) -> Iterator[tuple[Line, bool]]:
    """Each sentence, and whether it must stay whole (a quotation)."""
    for block in section.blocks:
        match block:
            case Paragraph(line=line, quiet=False):
                for text in _END.split(line.text):
                    if text := text.strip():
                        yield Line(text, line.source, line.by, line.language), False
            case Bullets(items=items):
                for item in items:
                    yield Line(item.text, item.source, item.by, item.language), False
            case Quote(line=line, attribution=by):
                yield Line(f"“{line.text}”", line.source, line.by, line.language, by), True
            case _:
                pass

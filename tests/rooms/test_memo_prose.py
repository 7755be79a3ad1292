"""Prose as parts and as blocks of the memo."""

from typing import Literal

from rooms.memo_prose import PARTS_MAX, blocks_of, bounded, parts_of, plain_parts
from rooms.memo_source import ProsePart, ProseText
from rooms.memo_text import TEXT_MAX
from rooms.memo_tree import Bullets, Paragraph, Run


def part(text: str, kind: Literal["paragraph", "item"] = "paragraph", **marks: bool) -> ProsePart:
    return ProsePart(kind, (Run(text, **marks),))


def test_plain_text_becomes_paragraphs_and_lists() -> None:
    parts = plain_parts("One\nand on.\n\n- a\n- b\n\n• c\n\n\n- no list\nbecause of this")
    assert [(p.kind, p.text) for p in parts] == [
        ("paragraph", "One and on."), ("item", "a"), ("item", "b"), ("item", "c"),
        ("paragraph", "- no list because of this"),
    ]  # fmt: skip
    assert plain_parts(" \n ") == ()
    assert len(plain_parts("x\n\n" * 3 * PARTS_MAX)) == PARTS_MAX
    assert parts_of(ProseText("One")) == plain_parts("One")
    assert parts_of(ProseText("", parts=parts)) == parts


def test_ME1_every_line_of_prose_carries_its_ids() -> None:
    parts = (part("a"), part("b", "item"), part("c", "item", bold=True), part("d"))
    first, middle, last = blocks_of(parts, ("prose:why", "n1"), "en")
    assert isinstance(first, Paragraph)
    assert first.line.runs == ()
    assert isinstance(middle, Bullets)
    assert [line.text for line in middle.items] == ["b", "c"]
    assert middle.items[1].runs == (Run("c", bold=True),)
    assert {line.source for line in (first.line, *middle.items)} == {("prose:why", "n1")}
    assert isinstance(last, Paragraph)


def test_prose_is_bounded_to_what_is_printed() -> None:
    kept = bounded([part("a" * (TEXT_MAX - 3)), part("bbb ccc ddd"), part("e")])
    assert [len(p.text) <= TEXT_MAX for p in kept] == [True, True]
    assert kept[1].text.endswith("…")
    assert bounded([part("a" * TEXT_MAX), part("e")]) == (part("a" * TEXT_MAX),)

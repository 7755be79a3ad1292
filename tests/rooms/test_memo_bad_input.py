"""Bad input in every field: whatever is typed, an export holds it as text and nothing else."""

import re
from collections.abc import Callable
from typing import get_args

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rooms.memo import (
    ActivityLine,
    Commitment,
    Evaluation,
    Memo,
    MemoSource,
    NextCall,
    PersonLine,
    ProseText,
    Score,
    ThemeQuestion,
    draft,
)
from rooms.memo_chat import CHAT_MAX, calm
from rooms.memo_csv import FORMULA
from rooms.memo_export import ALL_FORMATS, Format, export
from rooms.memo_import import NotAMemo, read_memo
from rooms.memo_text import one_line
from tests.rooms import memo_reading as reading
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_sample import SAMPLE, note, part

replace = msgspec.structs.replace
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "a,b;c\td", '"a""b"')
TRICKS = (
    "*bold*",
    "_it_",
    "~no~",
    "`code`",
    "> quote",
    "- item",
    "www.x.example",
    "a|b",
    "\\*x\\*",
)
SPECIAL = "abZ19 \\`*_{}[]()<>#+-.!|~$=:&;/'\"%@^,\t\n\u202e\u2066\u2069\u0000\u0301نग水"
TEXTS = (
    st.sampled_from((*HOSTILE, *FORMULAS, *TRICKS))
    | st.text(SPECIAL, min_size=1, max_size=40)
    | st.text(min_size=1, max_size=40)
)
FAST: tuple[Format, ...] = ("md", "html", "json", "txt", "csv", "pages.html")


def everywhere(text: str) -> MemoSource:
    """An exchange with the same text in every field a person can type into."""
    cards = (
        note("t1", "theme", text, "s9", scope="public"),
        note("n1", "insight", f"{text} one", "s1", "t1", attribution=text, picture=text, photo="p"),
        note("n2", "insight", f"{text} two", "s2", "t1", origin=text),
        note("n3", "practice", f"{text} three", "s3", "t1"),
        note("q1", "quote", f"{text} four", "s4", "t1", consent="given", attribution=text,
             translation=text, language=text),
        note("n4", "question", f"{text} five", "s5"),
        note("n5", "plus", f"{text} six", "s5"),
        note("n6", "worthwhile", f"{text} seven", "s5"),
    )  # fmt: skip
    person = PersonLine(text, text, text, shown=True)
    story = replace(
        SAMPLE.stories[0], title=part("w1", text, text), quote=part("w5", f"{text} eight", text)
    )
    return MemoSource(
        title=text, started=SAMPLE.started, ended=SAMPLE.ended, zone=text, organiser=text,
        facilitators=(person,), people=(person,), cards=cards, stories=(story,), stories_told=1,
        activities=(ActivityLine(text, 10, 5),),
        prose={"why": ProseText(f"Why: {one_line(text, 500)}", public=True, language=text)},
        questions={"t1": ThemeQuestion(text, "edited")},
        commitments=(Commitment("c1", text, text, text, text, text),),
        evaluation=Evaluation(3, (Score(text, (0, 1, 1, 1, 0)),), text),
        next_call=NextCall(SAMPLE.ended, (text,), text),
    )  # fmt: skip


def flat(text: str) -> str:
    return " ".join(text.split())


SHAPES: dict[Format, Callable[[bytes], object]] = {
    "md": reading.markdown_shape,
    "html": reading.html_shape,
    "pages.html": reading.html_shape,
    "csv": lambda content: [len(row) for row in reading.csv_rows(content)],
}
PLAIN = {
    format: shape(export(draft(everywhere("plain word"), "participants"), format).content)
    for format, shape in SHAPES.items()
}
BY_FORMAT = dict(reading.READERS)


def typed(text: str) -> tuple[str, Memo]:
    """What is left of a text, and a memo with it everywhere."""
    left = one_line(text, 100)
    assume(re.search(r"\w", left) and left == one_line(f"{left} x", 200)[:-2])
    return left, draft(everywhere(text), "participants")


@settings(max_examples=40)
@given(TEXTS)
@example("[x](javascript:alert(1))")
@example("a\n# heading")
@example("| - |")
def test_any_text_is_text_and_makes_no_structure(text: str) -> None:
    left, memo = typed(text)
    for format, shape in SHAPES.items():
        content = export(memo, format).content
        assert shape(content) == PLAIN[format], format
        assert flat(left) in flat(BY_FORMAT[format](content)), format


@settings(max_examples=40)
@given(TEXTS)
@example("*a*")
@example("_a_ ~b~ `c`")
def test_a_chat_app_formats_headings_and_nothing_a_person_typed(text: str) -> None:
    left, memo = typed(text)
    content = export(memo, "txt").content
    said = content.decode()
    assert flat(calm(left)) in flat(said)
    for mark in reading.CHAT_MARKS[1:]:
        assert not mark.search(said), mark.pattern
    for found in reading.CHAT_BOLD.findall(said):
        assert any(row.startswith(found) for row in said.split("\n")), found


@settings(max_examples=40)
@given(TEXTS)
def test_no_cell_is_a_formula(text: str) -> None:
    content = export(draft(everywhere(text), "participants"), "csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    for row in reading.csv_rows(content):
        for cell in row.values():
            assert not cell.lstrip(" \u00a0").startswith(FORMULA), cell


@settings(max_examples=4)
@given(TEXTS)
@example("bell\u0007 null\u0000 \ufffe ]]>")
def test_any_text_is_text_in_a_word_file(text: str) -> None:
    left, memo = typed(text)
    content = export(memo, "docx").content
    plain = export(draft(everywhere("plain word"), "participants"), "docx").content
    assert reading.docx_shape(content) == reading.docx_shape(plain)
    assert flat(left) in flat(reading.docx_text(content))


@pytest.mark.parametrize("unit", ["x", "word ", "\u202e\u2066", "水"])
def test_a_hundred_thousand_characters_in_every_field(unit: str) -> None:
    """Bounded in every field: what is printed is cut with a mark, the board keeps the rest."""
    long = unit * (100_000 // len(unit))
    source = replace(everywhere(long), prose={"why": ProseText(long, public=True)})
    memo = draft(source, "participants")
    for format in FAST:
        assert len(export(memo, format).content) < 1_500_000, format
    assert len(export(memo, "txt").content.decode()) <= CHAT_MAX


def test_tricks_in_every_field_print_as_they_stand() -> None:
    """One PDF of each kind with every trick at once: a few pages, the tricks readable on them."""
    ascii_only = " ".join(text for text in (*HOSTILE, *FORMULAS, *TRICKS) if text.isascii())
    memo = draft(everywhere(one_line(ascii_only, 190)), "participants")
    for format in ("pdf", "pages.pdf"):
        said = "".join(reading.pdf_text(export(memo, format).content).split())
        assert "".join(["<script>alert(1)</script>"]) in said


def test_unbalanced_direction_tricks_reach_no_line() -> None:
    memo = draft(everywhere("a\u202egnp.exe \u2066open \u2069\u2069 b"), "participants")
    for format in ALL_FORMATS:
        if format.endswith("pdf") or format == "docx":
            continue
        for row in export(memo, format).content.decode().split("\n"):
            assert "\u202e" not in row
            assert row.count("\u2068") == row.count("\u2069")
            assert "\u2066" not in row


# What comes in ------------------------------------------------------------------------------------

KEPT: dict[str, object] = msgspec.json.decode(export(draft(SAMPLE, "participants"), "json").content)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(HOSTILE),
    st.builds(list), st.builds(dict), st.text(max_size=20),
)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A memo's JSON that somebody changed in one to three places."""
    tree = msgspec.json.decode(msgspec.json.encode(KEPT))
    for _ in range(draw(st.integers(1, 3))):
        here = tree
        for _ in range(draw(st.integers(0, 7))):
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(here[key], dict | list):
                here[key] = draw(LEAVES)
                break
            here = here[key]
        else:
            if isinstance(here, dict):
                here[draw(st.sampled_from(["text", "evil", "type", "language"]))] = draw(LEAVES)
            elif here:
                here.append(here[0])
    # Halves of surrogate pairs cannot be written as JSON at all.
    return msgspec.json.encode(_whole(tree))


def _whole(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "ignore").decode()
        case dict():
            return {_whole(key): _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case int() if abs(value) > 2**62:
            return 2**62
        case _:
            return value


@settings(max_examples=20)
@given(changed())
def test_a_changed_file_is_refused_or_prints_in_every_format(content: bytes) -> None:
    try:
        memo = read_memo(content)
    except NotAMemo:
        return
    for format in (*FAST, "docx"):
        made = export(memo, format)
        assert made.content
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066\u2067]", memo.head.title.text)


def test_formats_are_read_by_somebody() -> None:
    assert [format for format, _ in reading.READERS] == list(ALL_FORMATS) == list(get_args(Format))

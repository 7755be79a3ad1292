"""One door for all formats."""

import msgspec
import pytest
from hypothesis import given, settings

from rooms.memo import MemoSource, draft
from rooms.memo_export import (
    FORMATS,
    MEDIA_TYPES,
    Format,
    NotAMemo,
    export,
    file_name,
    to_json,
)
from rooms.memo_import import read_memo
from tests.rooms.memo_sample import PRINTABLE, SAMPLE
from tests.rooms.memo_strategies import sources

replace = msgspec.structs.replace


@pytest.mark.parametrize("format", FORMATS)
def test_ME5_export_twice_gives_identical_bytes(format: Format) -> None:
    memo = draft(PRINTABLE, "participants")
    first = export(memo, format)
    again = export(draft(PRINTABLE, "participants"), format)
    assert first == again
    assert first.content
    assert first.media_type == MEDIA_TYPES[format]
    assert first.file_name == f"living-with-the-river-memo.{format}"


@given(sources())
def test_json_out_and_in_is_the_same_memo(source: MemoSource) -> None:
    for edition in ("participants", "public"):
        memo = draft(source, edition)
        assert read_memo(to_json(memo)) == memo.shared()


def test_a_foreign_json_is_refused() -> None:
    with pytest.raises(NotAMemo):
        read_memo(b'{"edition": "everyone"}')


@settings(max_examples=25)
@given(sources())
def test_every_format_takes_any_board(source: MemoSource) -> None:
    # The generated boards hold a Chinese letter, for which no font is shipped.
    plain = replace(
        source,
        cards=tuple(replace(card, text=card.text.replace("水", "")) for card in source.cards),
        title=source.title.replace("水", ""),
        stories=(),
    )
    memo = draft(plain, "participants")
    for format in FORMATS:
        assert export(memo, format).content


def test_file_names_are_plain_ascii() -> None:
    memo = draft(replace(SAMPLE, title='../"नदी"\r\nSet-Cookie: x'), "public")
    assert file_name(memo, "pdf") == "set-cookie-x-memo-public.pdf"
    assert file_name(draft(replace(SAMPLE, title="नदी"), "participants"), "md") == "memo.md"
    long = file_name(draft(replace(SAMPLE, title="river " * 60), "participants"), "txt")
    assert len(long) <= 64

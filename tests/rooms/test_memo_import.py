"""A memo read back from its JSON."""

import msgspec
import pytest
from hypothesis import given, settings

from rooms import memo_import
from rooms.memo import MemoSource, draft
from rooms.memo_export import ALL_FORMATS, Format, export
from rooms.memo_import import NotAMemo, read_memo
from rooms.memo_text import TEXT_MAX
from rooms.memo_tree import MEMO_VERSION
from tests.rooms.memo_sample import PRINTABLE
from tests.rooms.memo_strategies import sources

KEPT = export(draft(PRINTABLE, "participants"), "json").content


def tree() -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(KEPT)
    return found


def refused(content: bytes) -> str:
    with pytest.raises(NotAMemo) as caught:
        read_memo(content)
    return caught.value.said.id


@pytest.mark.parametrize("format", ALL_FORMATS)
def test_ME5_json_out_json_in_gives_every_format_the_same_bytes(format: Format) -> None:
    memo = draft(PRINTABLE, "participants")
    assert export(read_memo(KEPT), format) == export(memo, format)


@settings(max_examples=25)
@given(sources())
def test_ME5_of_any_exchange(source: MemoSource) -> None:
    for edition in ("participants", "public"):
        memo = draft(source, edition)
        back = read_memo(export(memo, "json").content)
        assert back == memo.shared()
        for format in ("md", "html", "csv", "txt", "pages.html", "json"):
            assert export(back, format).content == export(memo, format).content


def test_archives_are_named_as_such() -> None:
    for start in (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"):
        assert refused(start + b"x" * 100) == memo_import.ARCHIVE.id


def test_the_largest_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo_import, "BYTES_MAX", len(KEPT))
    assert read_memo(KEPT)
    assert refused(KEPT + b" ") == memo_import.TOO_LARGE.id


def test_a_newer_version_is_refused_by_its_number() -> None:
    newer = tree() | {"version": MEMO_VERSION + 1, "something": "new"}
    assert refused(msgspec.json.encode(newer)) == memo_import.NEWER.id


def test_what_an_older_version_wrote_is_read() -> None:
    older = read_memo(msgspec.json.encode(tree() | {"version": 1}))
    assert older == msgspec.structs.replace(read_memo(KEPT), version=1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"nan",
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'{"title": "\xed\xa0\x80"}',
    ],
    ids=["empty", "open", "other bytes", "word", "deep lists", "deep objects", "half a pair"],
)
def test_what_is_not_json(content: bytes) -> None:
    assert refused(content) == memo_import.NOT_JSON.id


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'"memo"', b"1e400", b'{"version": 1}', b'{"edition": "everyone"}'],
)
def test_what_is_json_but_no_memo(content: bytes) -> None:
    assert refused(content) in (memo_import.FOREIGN.id, memo_import.NOT_JSON.id)


def test_a_field_it_does_not_know_is_refused() -> None:
    assert refused(msgspec.json.encode(tree() | {"script": "x"})) == memo_import.FOREIGN.id


def test_uneven_tables_long_texts_and_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {"type": "table", "headers": ["a", "b"], "rows": [[{"text": "x"}]]}
    section = {"id": "x", "heading": "x", "blocks": [odd]}
    assert refused(msgspec.json.encode(tree() | {"sections": [section]})) == memo_import.UNEVEN.id
    long = tree() | {"imprint": "x" * (TEXT_MAX + 1)}
    assert refused(msgspec.json.encode(long)) == memo_import.TOO_LONG.id
    monkeypatch.setattr(memo_import, "LINES_MAX", 20)
    assert refused(KEPT) == memo_import.TOO_LARGE.id


def test_texts_lose_what_no_memo_holds() -> None:
    hostile = tree() | {"imprint": "a\u202eb\u0000c\u2066\ue000\n", "language": "x" * 300}
    memo = read_memo(msgspec.json.encode(hostile))
    assert memo.imprint == "abc\n"
    assert memo.language == "en"


def test_a_seat_in_an_id_does_not_come_back_out() -> None:
    notes = [{"id": "s7-1", "kind": "insight", "text": "x"}]
    memo = read_memo(msgspec.json.encode(tree() | {"notes": notes}))
    assert memo.notes[0].id == "1"

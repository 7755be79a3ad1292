"""Texts and names people type (WRD1)."""

import itertools
import json
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.blocks import Words
from activities.kernel import Refused
from rooms import wire
from rooms.wire import NAME_LIMIT, NESTING_LIMIT, TEXT_LIMIT
from rooms.words import (
    Mint,
    WordsBook,
    clean_name,
    clean_text,
    decode_command,
    digest,
    is_language,
    too_deep,
)


def mint() -> Mint:
    numbers = itertools.count(1)
    return Mint(lambda: f"w{next(numbers)}")


@given(st.text(max_size=200))
def test_a_text_keeps_what_people_wrote_and_no_controls_WRD1(text: str) -> None:
    try:
        kept = clean_text(text)
    except Refused:
        return
    assert not [c for c in kept if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert clean_text(kept) == kept


def test_a_text_has_a_length() -> None:
    assert clean_text("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    with pytest.raises(Refused, match="too_large"):
        clean_text("x" * (TEXT_LIMIT + 1))


@given(st.text(max_size=80))
def test_a_name_is_one_line_that_can_be_read_aloud_WRD1(text: str) -> None:
    try:
        name = clean_name(text)
    except Refused:
        return
    assert name == " ".join(name.split())
    assert 0 < len(name) <= NAME_LIMIT
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Amina   Diallo ", "Amina Diallo"),
        ("আমিনা বেগম", "আমিনা বেগম"),
        ("أمينة", "أمينة"),
        ("Ame\u0301lie", "Amélie"),
        ("Zoe\u202eevil", "Zoeevil"),
        ("Nai\u200bma", "Naima"),
        ("A\nB\tC", "A B C"),
    ],
)
def test_names_of_the_world(typed: str, name: str) -> None:
    assert clean_name(typed) == name


def test_a_name_has_a_length() -> None:
    assert clean_name("x" * NAME_LIMIT)
    for length in (NAME_LIMIT + 1, 10 * NAME_LIMIT + 1):
        with pytest.raises(Refused, match="too_large"):
            clean_name("x" * length)


def test_words_become_references_while_a_command_is_decoded_LOG4() -> None:
    collected = mint()
    raw = b'{"type": "desk.say", "text": "hello"}'
    command = decode_command(raw, wire.RoomCommand, collected)
    assert command == wire.DeskSay(text=Words("w1"))
    assert collected.texts == {"w1": "hello"}
    collected.texts["w1"] = " a  name "
    collected.name("w1")
    assert collected.texts["w1"] == "a name"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"type": "desk.say", "text": ""}, "bad_request"),
        ({"type": "desk.say", "text": "x" * (TEXT_LIMIT + 1)}, "too_large"),
        ({"type": "desk.say", "text": 3}, "bad_request"),
        ({"type": "desk.say"}, "bad_request"),
        ({"type": "no.such"}, "unknown"),
        ({}, "bad_request"),
        ([], "bad_request"),
    ],
)
def test_a_command_is_decoded_strictly_WIR2(command: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        decode_command(json.dumps(command).encode(), wire.RoomCommand, mint())
    assert refused.value.reason == reason


def test_a_mint_makes_words_only() -> None:
    with pytest.raises(NotImplementedError):
        mint().hook(int, 3)
    with pytest.raises(msgspec.ValidationError):
        mint().hook(Words, 3)


@given(st.recursive(st.text(max_size=5), lambda x: st.lists(x, max_size=3), max_leaves=30))
def test_depth_is_told_without_parsing(value: object) -> None:
    def depth(v: object) -> int:
        return 1 + max((depth(x) for x in v), default=0) if isinstance(v, list) else 0

    assert too_deep(json.dumps(value).encode(), 3) == (depth(value) > 3)


def test_depth_at_the_limit() -> None:
    assert not too_deep(b"[" * NESTING_LIMIT + b"]" * NESTING_LIMIT)
    assert too_deep(b"[" * (NESTING_LIMIT + 1))
    assert not too_deep(b'"' + b"[" * 100 + b'"')
    assert not too_deep(rb'"\"' + b"[" * 100 + b'"')


def test_a_book_forgets() -> None:
    book = WordsBook({"a": "é".encode()})
    book.add({"b": "two"})
    assert (book.get("a"), book.get("b"), book.get("c")) == ("é", "two", None)
    book.erase(["a", "c"])
    assert book.get("a") is None


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant-TW", "kri"])
def test_language_tags(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["", "e", "en-", "-en", "en_US", "é", "en/..", "x" * 21])
def test_no_language_tags(tag: str) -> None:
    assert not is_language(tag)


def test_a_digest_tells_texts_apart() -> None:
    assert digest("a") == digest("a") != digest("b")
    assert len(digest("\ud800")) == 32

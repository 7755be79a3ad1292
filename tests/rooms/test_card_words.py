"""The kinds and scopes of a card: one list for the schema and the memo."""

from typing import get_args

from activities import consent
from rooms.card_words import KINDS, SCOPES, CardKind, CardScope


def test_every_kind_and_scope_reads_as_itself_and_nothing_else_does() -> None:
    assert {KINDS.get(kind) for kind in get_args(CardKind)} == set(get_args(CardKind))
    assert {SCOPES.get(scope) for scope in get_args(CardScope)} == set(get_args(CardScope))
    assert KINDS.get("story") is None
    assert SCOPES.get("self") is None


def test_whatever_stands_on_a_board_the_memo_has_a_word_for() -> None:
    assert set(SCOPES) <= set(consent.SCOPES)

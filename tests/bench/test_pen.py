"""Bytes put together by hand are what Yjs would write, and what our gate lets in."""

import random
from typing import Any

from pycrdt import Doc

from rooms import lib0
from rooms.documents import Accepted, Document
from rooms.permissions import Writer
from rooms.pointing import moved, whole
from tests.bench.pen import MARK, Pen, history, new_client, pointed, pointer, texts, typing


def test_what_is_appended_by_hand_is_read_by_pycrdt_and_by_our_gate() -> None:
    pen = Pen("s2", new_client(random.Random(1)))
    peer: Doc[Any] = Doc()
    ours = Document("r/board", 5)
    writer = Writer("d2", frozenset({"s2"}))
    for update in (pen.begin(), *(pen.append(f"~{n}~") for n in range(200))):
        peer.apply_update(update)
        verdict = ours.check(update, writer)
        assert isinstance(verdict, Accepted), verdict
        ours.apply(verdict.update)
    assert texts(peer) == ours.read(texts) == {"s2-bench": pen.written}
    assert [int(mark) for mark in MARK.findall(pen.written.encode())] == list(range(200))


def test_a_history_is_let_in_piece_by_piece() -> None:
    for writing in (history, typing):
        ours = Document("r/board", 5)
        pieces = writing("s1", 77, random.Random(3), cards=4, edits=400, deleting=4)
        for update in pieces:
            verdict = ours.check(update, Writer("d1", frozenset({"s1"})))
            assert isinstance(verdict, Accepted), verdict
            ours.apply(verdict.update)
        assert len(ours.cards()) == 4
        assert sum(len(card.text) for card in ours.cards()) == 4 + 300


def test_pointers_are_found_in_either_form() -> None:
    board = lib0.text("r/board")
    plain = board + b"\1" + lib0.prefixed(pointer(9, 1, "s3", 17, 3))
    assert pointed(plain, board) == [(17, 3)]
    assert pointed(b"\1" + lib0.prefixed(pointer(9, 1, "s3", 17, 3)), b"") == [(17, 3)]
    short = (
        whole(4, 9, 1, '{"seat":"s3","pointer":[17,3]}')
        + moved(4, {"pointer": [18, 3]})
        + moved(5, {})
        + moved(6, {"pointer": [2, 4]})
    )
    assert pointed(board + b"d" + lib0.prefixed(short), board) == [(17, 3), (18, 3), (2, 4)]

"""A whole document as one frame for those who come in."""

import asyncio
import zlib
from pathlib import Path

import pytest
from pycrdt import Doc, Map, Text

from rooms import standing
from rooms.outgoing import Outgoing, Step2, Update, size
from rooms.standing import LATER_BYTES, LATER_MOST, PACKED_FROM, Standing
from tests.rooms.house import House
from tests.rooms.page import Page


class Written:
    """A document that grows, and the standing frames of it."""

    def __init__(self) -> None:
        self.doc: Doc[Text] = Doc(client_id=1)
        self.text = self.doc.get("t", type=Text)
        self.text += "begun"
        self.standing = Standing()

    def frames(self) -> list[Outgoing]:
        return self.standing.frames("r/board", self.doc.get_update)

    def grow(self, text: str) -> None:
        before = self.doc.get_state()
        self.text += text
        self.standing.changed("r/board", self.doc.get_update(before))


def read(frames: list[Outgoing]) -> str:
    doc: Doc[Text] = Doc()
    for frame in frames:
        assert isinstance(frame, Step2 | Update)
        doc.apply_update(frame.update)
    return str(doc.get("t", type=Text))


def test_all_who_come_share_one_object_and_later_updates_stand_behind_it() -> None:
    board = Written()
    first = board.frames()
    assert len(first) == 1
    for n in range(5):
        board.grow(f" {n}")
    second, third = board.frames(), board.frames()
    assert second[0] is third[0] is first[0]
    assert second[1] is third[1]
    assert read(second) == "begun 0 1 2 3 4"
    board.grow(" 5")
    assert read(board.frames()) == "begun 0 1 2 3 4 5"
    assert board.standing.encoded == 1


def test_too_much_behind_it_is_encoded_anew() -> None:
    board = Written()
    board.frames()
    for _ in range(LATER_MOST + 1):
        board.grow("x")
    assert len(board.frames()) == 1
    assert board.standing.encoded == 2
    board.grow("y" * (LATER_BYTES + 1))
    assert len(board.frames()) == 1
    assert board.standing.encoded == 3


def test_what_was_removed_does_not_stand_and_what_nobody_wants_goes() -> None:
    board = Written()
    board.text += " nobody may read this"
    board.frames()
    del board.text[5:]
    board.standing.drop("r/board")
    (frame,) = board.frames()
    assert isinstance(frame, Step2)
    assert b"nobody" not in frame.update
    board.standing.rest()
    assert board.frames()[0] is frame
    board.standing.rest()
    board.standing.rest()
    assert board.frames()[0] is not frame


def test_a_document_nobody_asked_for_keeps_nothing() -> None:
    standing = Standing()
    standing.changed("r/board", b"update")
    standing.rest()
    assert standing.encoded == 0


async def test_a_large_one_is_deflated_once_for_all_who_come() -> None:
    board = Written()
    board.grow(" the river" * PACKED_FROM)
    (whole,) = board.frames()
    both = await asyncio.gather(*(board.standing.packed("r/board", whole) for _ in range(2)))
    assert both[0] is both[1]
    assert isinstance(whole, Step2)
    assert isinstance(both[0], Step2)
    assert zlib.decompress(both[0].packed) == whole.update == both[0].update
    assert size(both[0]) < size(whole) / 10


async def test_a_small_one_is_not_worth_it() -> None:
    board = Written()
    (whole,) = board.frames()
    assert await board.standing.packed("r/board", whole) is whole


async def test_what_was_removed_while_it_was_deflated_is_sent_to_nobody_DOC9() -> None:
    board = Written()
    board.grow(" nobody may read this" * PACKED_FROM)
    (whole,) = board.frames()
    waiting = asyncio.ensure_future(board.standing.packed("r/board", whole))
    await asyncio.sleep(0)
    board.standing.drop("r/board")
    assert await waiting is None
    assert await board.standing.packed("r/board", whole) is None


async def test_only_who_asked_is_sent_a_board_deflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "PACKED_FROM", 1)
    async with await House.open(tmp_path, people=3) as house:
        writer = await Page.open(house, await house.session("s2"), "board", 1)
        assert await writer.card("s2-a", "the river")
        for seat, asks in (("s3", True), ("s4", False)):
            session = await house.session(seat)
            session.packed = asks
            page = await Page.open(house, session, "board", 2)
            (first,) = [i for i in house.heard[session] if isinstance(i, Step2)]
            assert bool(first.packed) == asks
            assert "s2-a" in page.doc.get("cards", type=Map)

"""The room's own changes of cards: DOC5, SHR1, WRD4, BRD5 (`rooms/RULES.md`)."""

from functools import partial
from pathlib import Path

import pytest

from rooms.board_schema import put_card
from rooms.commits import NoteAdded
from rooms.shelf_cards import ShelfCards, hidden_name
from tests.rooms.test_shelf import card, ids, shelf

CIRCLE = "group/a1-c1"


def note(document: str = "mine/ana") -> NoteAdded:
    return NoteAdded(
        document=document, card="ana-1", kind="insight", section="", theme="", words="w",
        seat="ana", entered_by="ben", activity="a1", group="", language="bn", scope="self", at=5,
    )  # fmt: skip


async def test_a_note_is_put_once_DOC5(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    cards = ShelfCards(found)
    for _ in range(2):
        await cards.put(note(), "hello")
    (made,) = await found.cards("mine/ana")
    assert (made.text, made.entered_by, made.scope, made.language) == (
        "hello",
        "ben",
        "circle",
        "bn",
    )
    await cards.erase([("mine/ana", "ana-1")])
    await cards.put(note(), "hello")
    assert await found.cards("mine/ana") == ()
    await storage.close()


async def test_sharing_copies_a_circles_card_once_and_erasing_finds_every_copy_SHR1_WRD4(
    tmp_path: Path,
) -> None:
    found, storage = await shelf(tmp_path)
    cards = ShelfCards(found)
    for id in ("ana-1", "ana-2"):
        await found.edit(CIRCLE, partial(put_card, card=card(id)))
    for _ in range(2):
        await cards.share(CIRCLE, "board", note(CIRCLE))
    (shared,) = await found.cards("board")
    assert (shared.id, shared.text, shared.scope) == ("ana-1", "hello", "memo")
    await cards.erase([(CIRCLE, "ana-1")])
    assert await ids(found) == set()
    assert [c.id for c in await found.cards(CIRCLE)] == ["ana-2"]
    await storage.close()


async def test_what_was_taken_off_comes_back_as_it_was_and_erased_is_in_no_row_BRD5(
    tmp_path: Path,
) -> None:
    found, storage = await shelf(tmp_path)
    cards = ShelfCards(found)
    for id in ("ana-1", "ana-2", "ana-3"):
        await found.edit("board", partial(put_card, card=card(id, f"zebra {id}")))
    before = await found.cards("board")
    away = [("board", "ana-1"), ("board", "ana-2")]
    for _ in range(2):
        await cards.take_off(away)
    assert await ids(found) == {"ana-3"}
    assert {c.id for c in await found.cards(hidden_name("board"))} == {"ana-1", "ana-2"}
    for _ in range(2):
        await cards.bring_back(away)
    assert await found.cards("board") == before
    await cards.take_off(away)
    for _ in range(2):
        await cards.erase(away)
    rows = [
        row.update
        for name in ("board", hidden_name("board"))
        for row in await storage.updates(f"r/{name}")
    ]
    assert rows
    assert not any(b"zebra ana-1" in row or b"zebra ana-2" in row for row in rows)
    assert any(b"zebra ana-3" in row for row in rows)
    await storage.close()


async def test_erasing_many_folds_each_document_once_BRD5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, storage = await shelf(tmp_path)
    cards = ShelfCards(found)
    many = [("board", f"ana-{number}") for number in range(40)]
    for _, id in many:
        await found.edit("board", partial(put_card, card=card(id)))
    await cards.take_off(many)
    folded: list[str] = []
    compact = storage.compact

    async def counted(document: str, snapshot: bytes, upto: int) -> None:
        folded.append(document)
        await compact(document, snapshot, upto)

    monkeypatch.setattr(storage, "compact", counted)
    await cards.erase(many)
    assert sorted(folded) == ["r/board", f"r/{hidden_name('board')}"]
    await storage.close()

"""What of the board leaves the room: what the participants' copy may hold, and nobody's name
unasked."""

import json

from rooms.board_export import exported
from rooms.board_schema import Card, Section
from rooms.card_words import CardScope
from rooms.memo_source import MemoCard, MemoSource


def board(*cards: Card, by: str = "") -> MemoSource:
    made = (
        MemoCard(
            id=c.id, kind=c.kind, text=c.text, author=c.author, scope=c.scope, attribution=by
        )
        for c in cards
    )  # fmt: skip
    return MemoSource(title="River", started=0, ended=0, cards=tuple(made))


def card(scope: CardScope, text: str = "Boats go out at three") -> Card:
    return Card(id="s2-b1", kind="insight", text=text, author="s2", scope=scope)


def test_a_card_leaves_without_its_author_CH4_G8() -> None:
    mine = card("memo")
    taken = exported(board(mine), (mine,), (Section("a", "Boats"),))
    assert [one["text"] for one in taken["cards"]] == [mine.text]
    assert [one["title"] for one in taken["sections"]] == ["Boats"]
    assert "s2" not in json.dumps(taken)


def test_with_the_name_it_was_released_with() -> None:
    mine = card("memo")
    (taken,) = exported(board(mine, by="Ana"), (mine,), ())["cards"]
    assert taken["by"] == "Ana"


def test_what_stays_in_the_circle_stays_here_SC9() -> None:
    mine = card("circle")
    assert exported(board(mine), (mine,), ())["cards"] == []

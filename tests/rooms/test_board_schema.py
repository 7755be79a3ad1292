"""What is written in a document, read back without believing it."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from rooms import board_schema as schema
from rooms.board_schema import Card, Section

CARD = Card(
    "ana-x1",
    "quote",
    "so 🙂 it is",
    author="ana",
    entered_by="ben",
    language="fj",
    activity="a1",
    group="g1",
    section="s1",
    order="a0",
    theme="lead-t",
    created=1_795_000_000_000,
    ticks=("ana", "ben"),
    scope="memo",
    origin="words:7",
)


def fresh() -> Doc[Any]:
    return Doc(client_id=5)


def test_cards_come_back_whole_and_whole_numbers_as_integers() -> None:
    doc = fresh()
    schema.put_card(doc, CARD)
    assert schema.read_cards(doc) == (CARD,)
    assert isinstance(schema.read_cards(doc)[0].created, int)


def test_cards_are_ordered_by_section_and_order_key() -> None:
    doc = fresh()
    for number, (section, order) in enumerate([("b", "a"), ("a", "b"), ("a", "a")]):
        schema.put_card(doc, Card(f"-{number}", "insight", "", section=section, order=order))
    assert [card.id for card in schema.read_cards(doc)] == ["-2", "-1", "-0"]


def test_a_card_names_its_author() -> None:
    with pytest.raises(ValueError, match="does not name its author"):
        schema.put_card(fresh(), Card("ana-1", "quote", "", author="ben"))
    assert schema.author_of("seat-with-dashes-x1") == "seat-with-dashes"
    assert schema.author_of("-x1") == ""


def test_readers_believe_nothing() -> None:
    doc = fresh()
    cards = doc.get("cards", type=Map)
    cards["a-1"] = "no map"
    cards["a-2"] = Array([1])
    cards["a-3"] = Map(
        {
            "kind": 7,
            "author": "somebody else",
            "text": "not a Text",
            "created": float("nan"),
            "ticks": Map({"a": False, "b": True, "c": 1}),
            "scope": "everywhere",
            "section": "x" * 900,
        }
    )
    cards["a-4"] = Map({"text": Text("y" * 9_000), "created": 1e300})
    third, fourth = sorted(schema.read_cards(doc), key=lambda card: card.id)
    assert third.author == "a"
    assert (third.kind, third.text, third.created) == ("parking", "", 0)
    assert (third.ticks, third.scope) == (("b",), "circle")
    assert len(third.section) == schema.MAX_WORD
    assert (len(fourth.text), fourth.created) == (schema.MAX_TEXT, 0)


def test_single_words_of_a_card_change_and_nothing_else() -> None:
    doc = fresh()
    schema.put_card(doc, CARD)
    assert schema.change_card(doc, "ana-x1", theme="", section="s2")
    card = schema.read_cards(doc)[0]
    assert (card.theme, card.section, card.text) == ("", "s2", CARD.text)
    assert not schema.change_card(doc, "nobody-1", theme="")
    with pytest.raises(ValueError, match="no word"):
        schema.change_card(doc, "ana-x1", text="x")


def test_cards_are_dropped_once() -> None:
    doc = fresh()
    schema.put_card(doc, CARD)
    assert schema.drop_card(doc, "ana-x1")
    assert not schema.drop_card(doc, "ana-x1")
    assert schema.read_cards(doc) == ()


def test_sections_and_drafts_come_back() -> None:
    doc = fresh()
    section = Section("s1", "Plus", "plus", "a1", "2", "b")
    schema.put_section(doc, section)
    doc.get("drafts", type=Map)["a1/box"] = Text("half a tho")
    assert schema.read_sections(doc) == (section,)
    assert schema.read_drafts(doc) == {"a1/box": "half a tho"}
    assert schema.drop_draft(doc, "a1/box")
    assert schema.read_drafts(doc) == {}


def test_names_tell_families() -> None:
    assert schema.family_of("r") == "room"
    assert schema.family_of("r/board") == "board"
    assert schema.family_of("r/group/g1") == "group"
    assert schema.family_of("r/mine/s1") == "mine"
    assert schema.family_of("r/memo") == "memo"
    assert schema.family_of("r/desk") == "desk"
    for name in ("", "/board", "r/", "r/boards", "r/group", "r/group/", "r/board/x"):
        assert schema.family_of(name) is None, name

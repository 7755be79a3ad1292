"""The memo's document: read strictly, written by the server, never losing prose (ME3)."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from rooms import memo_document
from rooms.documents import Document
from rooms.memo import MemoCard, draft
from rooms.memo_chat import plain_text
from rooms.memo_document import (
    is_place,
    make_places,
    missing_places,
    read_prose,
    write_place,
)
from rooms.memo_export import FORMATS, export
from rooms.memo_prose import PARTS_MAX
from rooms.memo_source import MemoSource
from rooms.memo_text import TEXT_MAX
from rooms.memo_tree import Run, Space, lines_of
from tests.rooms.memo_hostile import HOSTILE
from tests.rooms.memo_sample import PRINTABLE, SAMPLE
from tests.rooms.memo_strategies import sources

Tree = tuple[str, dict[str, Any], list[Any]] | str | list[tuple[str, dict[str, Any]]]


def fragment(*nodes: Tree) -> Doc[Any]:
    """A document of these nodes: text, a list of marked stretches, or (tag, attributes, nodes)."""
    doc: Doc[Any] = Doc()
    root = doc.get("memo", type=XmlFragment)
    with doc.transaction():
        for node in nodes:
            _put(root, node)
    return doc


def _put(parent: Any, node: Tree) -> None:
    if isinstance(node, str | list):
        text = XmlText("")
        parent.children.append(text)
        for piece, marks in [(node, {})] if isinstance(node, str) else node:
            text.insert(len(text), piece, {name: {} for name in ("bold", "italic")} | marks)
        return
    tag, attributes, nodes = node
    element = XmlElement(tag, attributes, [])
    parent.children.append(element)
    for each in nodes:
        _put(element, each)


def place(id: object, *nodes: Tree) -> Tree:
    return ("place", {"id": id}, list(nodes))


def paragraph(*texts: Tree) -> Tree:
    return ("paragraph", {}, list(texts))


PLAIN = {"bold": None, "italic": None}


def test_paragraphs_lists_and_marks_are_read() -> None:
    item: Tree = ("listItem", {}, [paragraph([("Bread", PLAIN)])])
    doc = fragment(
        place("why", paragraph([("We ", PLAIN), ("met", {"italic": None}), (" here.", PLAIN)]),
              ("bulletList", {}, [item, item])),
        place("why", paragraph([("Again.", {"bold": None})])),
        place("did"),
    )  # fmt: skip
    found = read_prose(doc)
    assert [(part.kind, part.text) for part in found["why"].parts] == [
        ("paragraph", "We met here."), ("item", "Bread"), ("item", "Bread"),
        ("paragraph", "Again."),
    ]  # fmt: skip
    assert found["why"].parts[0].runs == (Run("We "), Run("met", bold=True), Run(" here."))
    assert found["why"].parts[3].runs == (Run("Again.", italic=True),)
    assert found["did"].text == ""


def test_what_the_reader_does_not_know_reads_as_its_text() -> None:
    doc = fragment(
        place("why", ("heading", {"level": 9.5}, [[("One", PLAIN)]]),
              ("script", {"src": "x"}, [("iframe", {}, [[("Two", PLAIN | {"link": {"a": "x"}})]])]),
              [("bare", PLAIN | {"code": {}})],
              ("place", {"id": "did"}, [paragraph([("Three", PLAIN)])]),
              paragraph([("a", PLAIN)], ("hardBreak", {}, []), [("b", PLAIN | {"bold--x": {}})])),
    )  # fmt: skip
    found = read_prose(doc)
    assert [part.text for part in found["why"].parts] == ["One", "Two", "bare", "Three", "a b"]
    assert found["why"].parts[4].runs == (Run("a "), Run("b", bold=True))
    assert "did" not in found


def test_ME3_text_outside_every_place_is_listed_and_not_lost() -> None:
    doc = fragment([("lost", PLAIN)], place(7, paragraph("one")), place("no place!", "two"))
    found = read_prose(doc)
    assert found.keys() == {""}
    memo = draft(replace(SAMPLE, prose=found), "participants")
    assert [m.place for m in memo.missing if m.kind == "prose_unplaced"] == [""]


attributes = st.dictionaries(
    st.sampled_from(["id", "level", "bold", "é"]),
    st.one_of(
        st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=8),
        st.sampled_from(["why", "did", "theme:t:heard", "x" * 300]),
        st.lists(st.integers(0, 9), max_size=3), st.just({"deep": {"er": [1]}}),
    ),
    max_size=2,
)  # fmt: skip
marked = st.lists(
    st.tuples(
        st.sampled_from([*HOSTILE, "word ", "\u0301" * 20]).map(
            lambda text: text.encode("utf-8", "replace").decode() or "x"
        ),
        st.sampled_from([PLAIN, {}, {"link": {"href": "javascript:x"}}, {"bold": True}]),
    ),
    max_size=3,
)
trees = st.recursive(
    marked,
    lambda inner: st.tuples(
        st.sampled_from(
            ["place", "paragraph", "bulletList", "listItem", "hardBreak", "heading", "x", "table"]
        ),
        attributes,
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(trees, max_size=5))
def test_a_hostile_document_never_stops_the_draft(nodes: list[Any]) -> None:
    """Any shape of XML gives a memo; what is printed of it is cleaned text with known marks."""
    found = read_prose(fragment(*nodes))
    for prose in found.values():
        assert len(prose.text) <= TEXT_MAX + 2 * len(prose.parts)
        for part in prose.parts:
            assert part.text == " ".join(part.text.split())
            assert not any(char in part.text for char in "\u202e\u2066\x00\x1b\n")
    memo = draft(replace(SAMPLE, prose=found), "participants")
    for section in memo.sections:
        for block in section.blocks:
            for line in lines_of(block):
                assert "".join(run.text for run in line.pieces) == line.text
    for format in ("md", "html", "json", "txt"):
        assert export(memo, format).content


def test_every_format_prints_the_marks() -> None:
    runs = [("We ", PLAIN), ("met", {"italic": None}), (" and ", PLAIN), ("heard", {"bold": None})]
    source = replace(PRINTABLE, prose=read_prose(fragment(place("why", paragraph(runs)))))
    memo = draft(source, "participants")
    made = {format: export(memo, format).content for format in FORMATS}
    assert b"We **met** and _heard_" in made["md"]
    assert b"We <strong>met</strong> and <em>heard</em>" in made["html"]
    assert b"We *met* and heard" in made["txt"]
    assert b'"bold": true' in made["json"]
    assert made["pdf"].startswith(b"%PDF")
    assert made["docx"].startswith(b"PK")


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo_document, "NODES_MAX", 1_000)
    many = place("why", *[("x", {}, [f"p{n}"]) for n in range(PARTS_MAX + 9)])
    assert len(read_prose(fragment(many))["why"].parts) == PARTS_MAX
    long = place("did", *[paragraph("word " * 1_000) for _ in range(9)])
    assert len(read_prose(fragment(long))["did"].text) <= TEXT_MAX + 18
    wide: list[Tree] = [("x", {}, [])] * 1_000 + [paragraph([("far", PLAIN)])]
    assert read_prose(fragment(place("why", *wide)))["why"].text == ""


def test_places_are_made_once_with_their_first_text() -> None:
    document, _ = Document.load("r/memo", [], 7)
    wanted = {"why": "", "theme:s1-x:heard": "One.\n\n- two\n- three", "not an id": ""}
    lacking = document.read(lambda doc: missing_places(doc, wanted))
    assert lacking == ["why", "theme:s1-x:heard"]
    document.server_edit(lambda doc: make_places(doc, {id: wanted[id] for id in lacking}))
    assert document.read(lambda doc: missing_places(doc, wanted)) == []
    found = document.read(read_prose)
    assert found["why"].text == ""
    kinds = [(part.kind, part.text) for part in found["theme:s1-x:heard"].parts]
    assert kinds == [("paragraph", "One."), ("item", "two"), ("item", "three")]
    # Everybody who begins in an empty place begins in the same text.
    assert str(document.doc.get("memo", type=XmlFragment)).startswith(
        '<place id="why"><paragraph></paragraph></place>'
    )


def test_setting_a_place_twice_changes_nothing_the_second_time() -> None:
    document, _ = Document.load("r/memo", [], 7)
    assert document.server_edit(lambda doc: write_place(doc, "why", "Because."))
    assert document.server_edit(lambda doc: write_place(doc, "why", "Because.")) == b""
    assert document.server_edit(lambda doc: write_place(doc, "why", "Of the river."))
    assert document.read(read_prose)["why"].text == "Of the river."


def test_an_id_is_an_id() -> None:
    assert is_place("theme:s1-a.b~c:heard")
    assert not any(map(is_place, ("", "a b", "a\n", "é", "x" * 121)))


@given(sources(), st.randoms(use_true_random=False), st.data())
def test_ME3_drafting_again_in_any_order_changes_no_letter_of_prose(
    source: MemoSource, dice: Any, data: st.DataObject
) -> None:
    """Whatever the board does between two drafts, the document is never written by the draft, and
    each place is printed at its place, or named."""
    first = draft(replace(source, state="draft"), "participants")
    texts = {id: f"zz{number}zz Prose, typed by hand." for number, id in enumerate(first.spaces)}
    document, _ = Document.load("r/memo", [], 7)
    document.server_edit(lambda doc: make_places(doc, texts))
    before = document.state()
    for _ in range(2):
        cards = list(source.cards)
        dice.shuffle(cards)
        kept = tuple(card for card in cards if data.draw(st.booleans(), label=card.id))
        prose = document.read(read_prose)
        memo = draft(replace(source, cards=kept, prose=prose, state="draft"), "participants")
        text = plain_text(memo)
        named = {lack.place for lack in memo.missing if lack.kind.startswith("prose")}
        for id, written in texts.items():
            assert written in text or id in named
            assert prose[id].text == written
        assert document.state() == before
        lacking = document.read(partial(missing_places, wanted=memo.spaces))
        assert set(lacking) == set(memo.spaces) - set(texts)


def test_ME3_prose_of_a_theme_that_is_gone_is_listed_until_it_comes_back() -> None:
    notes = [MemoCard(f"n{n}", "insight", f"Note {n}", f"s{n}", theme="t") for n in range(2)]
    source = MemoSource("An evening", 0, 0, cards=(MemoCard("t", "theme", "River"), *notes))
    doc = fragment(place("theme:t:heard", paragraph([("Our words.", PLAIN)])))
    with_prose = replace(source, prose=read_prose(doc))
    assert "Our words." in plain_text(draft(with_prose, "participants"))
    gone = draft(replace(with_prose, cards=()), "participants")
    assert "theme:t:heard" in {m.place for m in gone.missing if m.kind == "prose_unplaced"}
    assert "Our words." in plain_text(draft(with_prose, "participants"))


def test_a_space_stands_where_the_page_draws_an_editor_and_in_no_export() -> None:
    memo = draft(SAMPLE, "participants")
    assert {"why", "did", "stories", "open", "commitments", "next"} <= set(memo.spaces)
    assert draft(replace(SAMPLE, state="sent"), "participants").spaces == ()
    shared = memo.shared()
    assert not any(isinstance(b, Space) for s in shared.sections for b in s.blocks)

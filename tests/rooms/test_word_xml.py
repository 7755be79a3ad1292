"""Elements of Word in schema order."""

from collections.abc import Iterable
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from rooms.word_xml import PARAGRAPH, RUN, borders, drop, language, put


def names(parent: Iterable[Any]) -> list[str]:
    return [child.tag.partition("}")[2] for child in parent]


def test_children_stand_in_schema_order_and_once() -> None:
    properties = OxmlElement("w:rPr")
    for tag in ("lang", "rtl", "b", "szCs", "rtl", "b"):
        put(properties, tag, RUN)
    assert names(properties) == ["b", "szCs", "rtl", "lang"]
    drop(properties, "rtl")
    assert names(properties) == ["b", "szCs", "lang"]


def test_language_is_said_for_every_kind_of_script() -> None:
    properties = OxmlElement("w:rPr")
    language(properties, "ar")
    mark = properties[0]
    assert {mark.get(qn(f"w:{kind}")) for kind in ("val", "eastAsia", "bidi")} == {"ar"}


def test_borders() -> None:
    properties = OxmlElement("w:pPr")
    put(properties, "bidi", PARAGRAPH)
    borders(properties, "pBdr", PARAGRAPH, ("left",), "D9C18F", 18, 10)
    assert names(properties) == ["pBdr", "bidi"]
    assert properties[0][0].get(qn("w:sz")) == "18"

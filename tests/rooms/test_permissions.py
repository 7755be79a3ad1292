"""Who may touch what: the table, by path."""

from __future__ import annotations

import pytest

from rooms.board_schema import Family
from rooms.ownership import Touch
from rooms.permissions import Writer, refusal
from rooms.update_gate import MAP, TEXT

ANA = Writer("d1", frozenset({"ana"}))
LEAD = Writer("d2", frozenset({"lead"}), facilitator=True)


def put(*path: str, value: object = None, type: int = -1, first: bool = True) -> Touch:
    return Touch("set", path, value, type, first)


def drop(*path: str) -> Touch:
    return Touch("delete", path)


def insert(*path: str) -> Touch:
    return Touch("insert", path)


CASES: list[tuple[Family, Writer, Touch, str | None]] = [
    ("board", ANA, put("cards", "ana-1", type=MAP), None),
    ("board", ANA, put("cards", "ben-1", type=MAP), "not_yours"),
    ("board", ANA, put("cards", "-1", type=MAP), "not_yours"),
    ("board", ANA, put("cards", "ana-1", value="x"), "shape"),
    ("board", ANA, put("cards", "ana 1", type=MAP), "shape"),
    ("board", ANA, put("cards", "ana-1", "text", type=TEXT), None),
    ("board", ANA, put("cards", "ana-1", "text", value="plain"), "shape"),
    ("board", ANA, insert("cards", "ana-1", "text"), None),
    ("board", ANA, insert("cards", "ben-1", "text"), "not_yours"),
    ("board", LEAD, insert("cards", "ben-1", "text"), "not_yours"),
    ("board", ANA, put("cards", "ana-1", "kind", value="quote"), None),
    ("board", ANA, put("cards", "ana-1", "kind", value="gossip"), "shape"),
    ("board", ANA, put("cards", "ana-1", "created", value=1.5e12), None),
    ("board", ANA, put("cards", "ana-1", "created", value=-1), "shape"),
    ("board", ANA, put("cards", "ana-1", "entered_by", value="ana"), None),
    ("board", ANA, put("cards", "ana-1", "entered_by", value="ben"), "shape"),
    ("board", ANA, put("cards", "ana-1", "ticks", type=MAP), None),
    ("board", ANA, put("cards", "ana-1", "ticks", type=MAP, first=False), "shape"),
    ("board", ANA, drop("cards", "ana-1", "ticks"), "shape"),
    ("board", ANA, drop("cards", "ana-1", "author"), "shape"),
    ("board", ANA, put("cards", "ben-1", "ticks", "ana", value=True), "not_yours"),
    ("board", ANA, put("cards", "ben-1", "ticks", "ana", value=1), "shape"),
    ("board", ANA, put("cards", "ben-1", "ticks", "ben", value=True), "not_yours"),
    ("board", ANA, drop("cards", "ben-1", "ticks", "ana"), "not_yours"),
    ("board", ANA, drop("cards", "ben-1"), "not_yours"),
    ("board", LEAD, drop("cards", "ben-1"), "not_yours"),
    ("board", ANA, drop("cards", "ana-1"), None),
    ("board", ANA, put("cards", "ana-1", type=MAP, first=False), "not_yours"),
    ("board", ANA, put("cards", "ana-1", "order", value="a0"), None),
    ("board", ANA, put("cards", "ana-1", "order", value="a0", first=False), "not_yours"),
    ("board", ANA, put("cards", "ana-1", "section", value="s", first=False), "not_yours"),
    ("board", ANA, drop("cards", "ana-1", "theme"), "not_yours"),
    ("group", ANA, put("cards", "ben-1", "ticks", "ana", value=True), None),
    ("group", ANA, drop("cards", "ana-1"), None),
    ("board", ANA, put("cards", "ben-1", "theme", value="t"), "not_yours"),
    ("board", LEAD, put("cards", "ben-1", "theme", value="t", first=False), "not_yours"),
    ("board", LEAD, put("cards", "ben-1", "scope", value="public"), "not_yours"),
    ("board", ANA, put("sections", "s1", type=MAP), "not_yours"),
    ("board", LEAD, put("sections", "s1", type=MAP), "not_yours"),
    ("board", LEAD, put("sections", "s1", "title", value="Plus"), "not_yours"),
    ("board", LEAD, put("sections", "s1", "colour", value="red"), "shape"),
    ("group", ANA, put("cards", "ana-1", type=MAP), None),
    ("group", ANA, drop("cards", "ben-1"), "not_yours"),
    ("desk", LEAD, put("lines", "lead-1", type=MAP), None),
    ("desk", LEAD, put("lines", "ana-1", type=MAP), "not_yours"),
    ("desk", LEAD, put("lines", "lead-1", "author", value="lead"), None),
    ("desk", LEAD, insert("lines", "lead-1", "text"), None),
    ("desk", LEAD, drop("lines", "ana-1"), None),
    ("memo", LEAD, insert("memo"), None),
    ("mine", ANA, put("drafts", "a1/box", type=TEXT), None),
    ("mine", ANA, put("drafts", "a1/box", value="x"), "shape"),
    ("mine", ANA, put("drafts", "nobox", type=TEXT), "shape"),
    ("mine", ANA, put("notes", "ana-1", type=MAP), None),
    ("mine", LEAD, put("notes", "ana-1", type=MAP), "not_yours"),
    ("room", LEAD, put("cards", "lead-1", type=MAP), "read_only"),
]


@pytest.mark.parametrize(("family", "writer", "touch", "reason"), CASES)
def test_the_table_BRD1(family: Family, writer: Writer, touch: Touch, reason: str | None) -> None:
    assert refusal(family, [touch], writer, owner="ana") == reason


def test_who_may_not_write_is_told_so_first() -> None:
    reader = Writer("d1", frozenset({"ana"}), writes=False)
    assert refusal("board", [], reader) == "read_only"


def test_one_forbidden_touch_refuses_all() -> None:
    fine, foul = put("cards", "ana-1", type=MAP), drop("cards", "ben-1")
    assert refusal("board", [fine, foul], ANA) == "not_yours"

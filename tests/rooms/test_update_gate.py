"""The update gate: known reproducers, the limits, honest traffic (reliability.md 1.2, 4.2)."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from rooms import lib0, update_gate
from rooms.ownership import Index
from rooms.update_gate import (
    ARRAY,
    MAP,
    MEMO,
    SMALL,
    TEXT,
    XML_FRAGMENT,
    BadUpdate,
    read_state_vector,
    read_update,
    write_state_vector,
)
from tests.fuzz import craft, recorded
from tests.fuzz.craft import struct, update, values, word, written

ROOTS = {"cards": MAP, "line": TEXT, "list": ARRAY, "memo": XML_FRAGMENT}


def take(index: Index, data: bytes, device: str = "d1", *, step2: bool = False) -> bytes:
    """Read, place and keep an update; gives the bytes that were new."""
    change = index.stage(read_update(data, index.limits, step2=step2), device)
    index.commit(change)
    return change.data


def refusal(data: bytes, *before: bytes, device: str = "d1", xml: bool = False) -> str:
    """Why an update is refused after others were taken; the index stays as it was."""
    index = Index(ROOTS, MEMO if xml else SMALL)
    for earlier in before:
        take(index, earlier)
    vector, size = index.state_vector(), index.size
    with pytest.raises(BadUpdate) as caught:
        take(index, data, device)
    assert (index.state_vector(), index.size) == (vector, size)
    return caught.value.reason


HELLO = update([(3, 0, [struct(4, written("hello"), root="line")])])
SMILE = update([(3, 0, [struct(4, written("a😀b"), root="line")])])

REPRODUCERS = {
    # reliability.md 1.2, row 1: zero structs for a known client panics apply_update
    "0100030000": "empty_section",
    # row 2: a deleted item of length zero poisons every later read
    "010201010000a803020000": "length",
    # row 3: an emoji in an array spins to_py() for ever
    "0101010004010361727204f09f998200": "unknown_root",
}


@pytest.mark.parametrize(("data", "reason"), REPRODUCERS.items())
def test_reproducer_is_refused(data: str, reason: str) -> None:
    assert refusal(bytes.fromhex(data)) == reason


def test_reproducer_emoji_in_an_array_that_exists() -> None:
    assert refusal(update([(1, 0, [struct(4, written("🙂"), root="list")])])) == "kind_here"


def test_reproducer_nested_arrays_26500_deep() -> None:
    deep = b"\x75\x01" * 26_500 + b"\x7e"
    assert refusal(update([(1, 0, [struct(8, values(deep), root="list")])])) == "too_deep"


def test_reproducer_half_a_million_delete_ranges() -> None:
    ranges = [(clock * 2, 1) for clock in range(500_000)]
    assert refusal(update([], {3: ranges}), HELLO) == "too_large"
    assert refusal(update([], {3: ranges[:12_000]}), HELLO) == "too_many_ranges"


def test_reproducer_forged_insert_under_a_victims_client_id() -> None:
    forged = update([(3, 5, [struct(4, written("!"), left=(3, 4))])])
    assert refusal(forged, HELLO, device="thief") == "foreign_client"


def test_reproducer_cut_emoji_one_replaced_by_another() -> None:
    # A types a smile, B's naive binding keeps the high half and writes a new low one.
    naive = update([(4, 0, [struct(4, b"\x03\xef\xbf\xbd", left=(3, 1), right=(3, 2))])])
    assert refusal(naive, SMILE) == "cut_pair"
    assert refusal(update([], {3: [(2, 1)]}), SMILE) == "cut_pair"
    assert refusal(update([], {3: [(1, 1)]}), SMILE) == "cut_pair"
    lone = update([(4, 0, [struct(4, b"\x03\xef\xbf\xbd", left=(3, 0), right=(3, 1))])])
    assert refusal(lone, SMILE) == "half_surrogate"
    index = Index(ROOTS, SMALL)
    take(index, SMILE)
    assert take(index, update([], {3: [(1, 2)]}))


def test_reproducer_length_bombs_cost_nothing() -> None:
    for power in (20, 31, 40, 52):
        for body in (
            lib0.uint(2**power),
            b"\x01" + lib0.uint(2**power),
            b"\x01\x01\x01\x00\x04\x01\x04line" + lib0.uint(2**power),
            b"\x01\x01\x01\x00\x08\x01\x04list" + lib0.uint(2**power),
            b"\x00\x01\x01" + lib0.uint(2**power),
        ):
            assert refusal(body)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut_short"),
        (b"\x00", "cut_short"),
        (b"\x00\x00\x00", "trailing_bytes"),
        (update([(1, 0, [struct(2, b"\x01\x02{}", root="line")])]), "struct_kind"),
        (update([(1, 0, [struct(3, b"\x01a", root="line")])]), "struct_kind"),
        (update([(1, 0, [struct(5, b"\x02{}", root="line")])]), "struct_kind"),
        (update([(1, 0, [struct(9, b"\x01a\x7e", root="cards", key="k")])]), "struct_kind"),
        (update([(1, 0, [b"\x0a\x05"])]), "struct_kind"),
        (update([(1, 0, [struct(11, b"\x00", root="list")])]), "struct_kind"),
        (update([(1, 0, [b"\x80\x05"])]), "gc_flags"),
        (update([(1, 0, [b"\x20\x05"])]), "gc_flags"),
        (update([(1, 0, [craft.gc(0)])]), "length"),
        (update([(1, 0, [craft.gc(2**20 + 1)])]), "length"),
        (update([(1, 2**31, [craft.gc(1)])]), "clock"),
        (update([(1, 1, [craft.gc(1)])]), "gap"),
        (update([(2**32, 0, [craft.gc(1)])]), "client_id"),
        (update([(1, 0, [craft.gc(1)]), (1, 1, [craft.gc(1)])]), "client_twice"),
        (update([(1, 0, [craft.gc(1)] * 4_001)]), "too_many_structs"),
        (update([(1, 0, [struct(4, b"\x00", root="line")])]), "length"),
        (update([(1, 0, [struct(4, b"\x02\xc3\x28", root="line")])]), "not_utf8"),
        (update([(1, 0, [struct(4, b"\x03\xed\xa0\xbd", root="line")])]), "not_utf8"),
        (update([(1, 0, [struct(4, written("a"), root="nowhere")])]), "unknown_root"),
        (update([(1, 0, [struct(4, written("a"), root="cards", key="k")])]), "kind_here"),
        (update([(1, 0, [struct(8, values(b"\x7e"), root="cards")])]), "kind_here"),
        (update([(1, 0, [struct(8, values(b"\x7e"), root="list", key="k")])]), "kind_here"),
        (update([(1, 0, [struct(8, values(b"\x7e"), root="line")])]), "kind_here"),
        (update([(1, 0, [struct(8, b"\x00", root="list")])]), "length"),
        (update([(1, 0, [struct(8, values(b"\x74\x01a"), root="list")])]), "value_kind"),
        (update([(1, 0, [struct(7, b"\x03\x01p", root="memo")])]), "type_kind"),
        (update([(1, 0, [struct(7, b"\x05\x01p", root="list")])]), "type_kind"),
        (update([(1, 0, [struct(7, b"\x09", root="list")])]), "type_kind"),
        (update([(1, 0, [struct(6, b"\x01b\x04oops", root="line")])]), "format_value"),
        (update([(1, 0, [struct(6, b"\x01b" + lib0.text("[" * 99), root="line")])]), "too_deep"),
        (update([(1, 0, [struct(4, written("a"), parent=(9, 9))])]), "gap"),
        (update([(1, 0, [struct(4, written("a"), left=(9, 9))])]), "gap"),
        (update([(1, 0, [struct(4, written("a"), left=(1, 0))])]), "circle"),
        (update([(1, 0, [struct(4, written("a"), left=(1, 5))]), (2, 0, [craft.gc(1)])]), "gap"),
        (update([], {9: [(0, 1)]}), "gap"),
        (update([], {9: []}), "empty_section"),
        (update([(1, 0, [craft.gc(9)])], {1: [(0, 0)]}), "delete_range"),
        (update([(1, 0, [craft.gc(9)])], {1: [(4, 2), (0, 1)]}), "delete_range"),
        (update([(1, 0, [craft.gc(9)])], {1: [(0, 3), (2, 1)]}), "delete_range"),
        (update([(1, 0, [craft.gc(9)])], {1: [(0, 10)]}), "gap"),
    ],
)
def test_grammar_refuses(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_two_sections_that_wait_for_each_other_are_refused() -> None:
    circle = update(
        [
            (1, 0, [struct(4, written("a"), left=(2, 0))]),
            (2, 0, [struct(4, written("b"), left=(1, 0))]),
        ]
    )
    assert refusal(circle) == "circle"


def test_sections_may_lean_on_each_other_in_any_order() -> None:
    index = Index(ROOTS, SMALL)
    woven = update(
        [
            (1, 0, [struct(4, written("b"), left=(2, 0)), struct(4, written("d"), left=(2, 1))]),
            (2, 0, [struct(4, written("a"), root="line"), struct(4, written("c"), left=(1, 0))]),
        ]
    )
    assert take(index, woven) == woven


def test_neighbours_in_different_containers_are_refused() -> None:
    other = update([(4, 0, [struct(8, values(b"\x7e"), root="list")])])
    wedged = update([(5, 0, [struct(4, written("x"), left=(3, 0), right=(4, 0))])])
    assert refusal(wedged, HELLO, other) == "neighbours_part"


def test_a_parent_must_be_a_shared_type() -> None:
    child = update([(5, 0, [struct(4, written("x"), parent=(3, 2))])])
    assert refusal(child, HELLO) == "parent_is_no_type"


def test_xml_stands_only_in_the_memo_and_only_in_xml() -> None:
    paragraph = update([(1, 0, [struct(7, b"\x03\x09paragraph", root="memo")])])
    assert refusal(paragraph) == "type_kind"
    index = Index(ROOTS, MEMO)
    assert take(index, paragraph) == paragraph
    in_map = update([(1, 0, [struct(7, b"\x03\x01p", root="cards", key="k")])])
    assert refusal(in_map, xml=True) == "kind_here"
    map_in_xml = update([(1, 0, [struct(7, craft.MAP, root="memo")])])
    assert refusal(map_in_xml, xml=True) == "kind_here"
    fragment = update([(1, 0, [struct(7, b"\x04", root="memo")])])
    assert refusal(fragment, xml=True) == "type_kind"


def test_types_nest_eight_deep_and_no_deeper() -> None:
    chain = [struct(7, craft.MAP, root="cards", key="k")]
    chain += [struct(7, craft.MAP, parent=(1, n), key="k") for n in range(8)]
    assert refusal(update([(1, 0, chain)])) == "too_deep"
    assert take(Index(ROOTS, SMALL), update([(1, 0, chain[:-1])]))


def test_any_values_nest_six_deep_and_hold_a_thousand() -> None:
    def nested(depth: int) -> bytes:
        return update(
            [(1, 0, [struct(8, values(b"\x75\x01" * (depth - 1) + b"\x7e"), root="list")])]
        )

    assert take(Index(ROOTS, SMALL), nested(6))
    assert refusal(nested(7)) == "too_deep"
    assert take(
        Index(ROOTS, SMALL), update([(1, 0, [struct(8, values(*[b"\x7e"] * 1_000), root="list")])])
    )
    assert refusal(update([(1, 0, [struct(8, values(*[b"\x7e"] * 1_001), root="list")])]))


def test_sizes_at_the_limit() -> None:
    def of(length: int) -> bytes:
        data = update([(1, 0, [struct(4, written("x" * length), root="line")])])
        return data

    spare = len(of(60_000)) - 60_000
    assert take(Index(ROOTS, SMALL), of(64 * 1024 - spare))
    assert refusal(of(64 * 1024 - spare + 1)) == "too_large"
    index = Index(ROOTS, SMALL)
    assert take(index, of(256 * 1024 - spare), step2=True)
    assert take(Index(ROOTS, MEMO), of(1024 * 1024 - spare))


def test_garbage_and_deletions_alone_are_accepted() -> None:
    index = Index(ROOTS, SMALL)
    take(index, HELLO)
    assert take(index, update([(1, 0, [craft.gc(12)])]))
    only = update([], {3: [(0, 2)]})
    assert take(index, only) == only
    assert take(index, only) == b""


def test_a_step_2_is_reduced_to_what_is_new() -> None:
    index = Index(ROOTS, SMALL)
    take(index, HELLO)
    take(index, update([], {3: [(0, 1)]}))
    longer = update([(3, 0, [struct(4, written("hello wörld😀"), root="line")])], {3: [(0, 2)]})
    assert take(index, longer, step2=True) == update(
        [(3, 5, [struct(4, written(" wörld😀"), left=(3, 4))])], {3: [(1, 1)]}
    )
    assert take(index, longer, step2=True) == b""


def test_a_struct_known_up_to_the_middle_of_a_pair_is_refused() -> None:
    short = update([(3, 0, [struct(4, written("ab"), root="line")])])
    long = update([(3, 0, [struct(4, written("a😀"), root="line")])])
    assert refusal(long, short) == "cut_pair"


def test_half_known_values_and_deletions_are_cut_where_they_are_known() -> None:
    index = Index(ROOTS, SMALL)
    one, two, three = word("one"), word("two"), word("three")
    take(index, update([(3, 0, [struct(8, values(one), root="list")])]))
    assert take(
        index, update([(3, 0, [struct(8, values(one, two, three), root="list")])]), step2=True
    ) == update([(3, 1, [struct(8, values(two, three), left=(3, 0))])])
    take(index, update([(4, 0, [craft.gc(2)])]))
    assert take(index, update([(4, 0, [craft.gc(5)])]), step2=True) == update(
        [(4, 2, [craft.gc(3)])]
    )


def test_state_vectors_are_read_strictly() -> None:
    vector = {1: 5, 2**32 - 1: 2**31}
    assert read_state_vector(write_state_vector(vector)) == vector
    for bad in (b"", b"\x01", b"\x02\x01\x01\x01\x01", b"\x00\x00", b"\xff\xff\xff\x7f"):
        with pytest.raises(BadUpdate):
            read_state_vector(bad)


@pytest.mark.parametrize(
    "scenario", recorded.fixture().scenarios, ids=lambda scenario: str(scenario.name)
)
def test_honest_traffic_of_real_yjs_passes(scenario: recorded.Scenario) -> None:
    index = Index(ROOTS, MEMO if scenario.family == "memo" else SMALL)
    for sent in scenario.updates:
        take(index, sent.data, sent.device, step2=sent.step2)
    assert len(scenario.updates) > 3


def test_the_fixture_holds_what_it_promises() -> None:
    everything = recorded.fixture().scenarios
    parsed = [
        read_update(sent.data, MEMO, step2=True)
        for scenario in everything
        for sent in scenario.updates
    ]
    items = [
        item for update in parsed for section in update.sections.values() for item in section.items
    ]
    assert any(item.kind == update_gate.GC for item in items)
    assert any(item.kind == update_gate.FORMAT for item in items)
    assert any(item.type == update_gate.XML_TEXT for item in items)
    assert any("😀" in str(i.value) or "🙂" in str(i.value) for i in items if i.kind == 4)
    assert any(len(update.sections) > 1 for update in parsed)
    assert any(not update.sections for update in parsed)


@pytest.mark.slow
def test_mutated_honest_updates_are_read_or_refused() -> None:
    seed = 81
    rng = random.Random(seed)
    updates = [sent.data for scenario in recorded.fixture().scenarios for sent in scenario.updates]
    read = 0
    for _ in range(10_000):
        data = bytearray(rng.choice(updates))
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            read_update(bytes(data), MEMO)
            read += 1
        except BadUpdate:
            pass
    assert 500 < read < 9_900, f"seed {seed}: hollow"


def test_the_gate_never_touches_pycrdt() -> None:
    for module in (
        "update_gate",
        "ownership",
        "ownership_parts",
        "ownership_placing",
        "item_order",
        "lib0",
    ):
        path = Path(update_gate.__file__).with_name(f"{module}.py")
        if not path.exists():
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert "pycrdt" not in {name.partition(".")[0] for name in names}

"""The index: paths of touches, staging and taking back, who a client id belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Doc, Map

from rooms.ownership import MAX_CLIENTS_PER_DEVICE, MAX_NEW_RANGES, Change, Index, Touch
from rooms.update_gate import MAP, SMALL, TEXT, BadUpdate, read_update
from tests.fuzz import craft
from tests.fuzz.craft import struct, update, values, word, written

ROOTS = {"cards": MAP, "line": TEXT}

# a card of client 1: map 0, field 1, text 2, its words 3 to 7
CARD = update(
    [
        (
            1,
            0,
            [
                struct(7, craft.MAP, root="cards", key="a-1"),
                struct(8, values(word("insight")), parent=(1, 0), key="kind"),
                struct(7, craft.TEXT, parent=(1, 0), key="text"),
                struct(4, written("hello"), parent=(1, 2)),
            ],
        )
    ]
)


def stage(index: Index, data: bytes, device: str = "d1") -> Change:
    return index.stage(read_update(data, step2=True), device)


def take(index: Index, data: bytes, device: str = "d1") -> list[Touch]:
    change = stage(index, data, device)
    index.commit(change)
    return change.touches


def test_touches_name_paths_values_and_kinds() -> None:
    assert take(Index(ROOTS, SMALL), CARD) == [
        Touch("set", ("cards", "a-1"), None, MAP, first=True),
        Touch("set", ("cards", "a-1", "kind"), "insight", first=True, fresh=True),
        Touch("set", ("cards", "a-1", "text"), None, TEXT, first=True, fresh=True),
        Touch("insert", ("cards", "a-1", "text"), fresh=True),
    ]


def test_what_follows_a_neighbour_takes_its_path() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD)
    assert take(index, update([(2, 0, [struct(4, written("!"), left=(1, 7))])])) == [
        Touch("insert", ("cards", "a-1", "text"))
    ]
    change = update([(2, 1, [struct(8, values(word("quote")), left=(1, 1))])], {1: [(1, 1)]})
    assert take(index, change) == [Touch("set", ("cards", "a-1", "kind"), "quote")]


def test_deleting_a_whole_is_one_touch_and_a_part_is_its_own() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD)
    assert take(index, update([], {1: [(3, 2)]})) == [Touch("delete", ("cards", "a-1", "text"))]
    assert take(index, update([], {1: [(0, 8)]})) == [Touch("delete", ("cards", "a-1"))]
    assert stage(index, update([], {1: [(0, 8)]})).data == b""


def test_each_value_of_a_key_written_twice_is_judged() -> None:
    index = Index(ROOTS, SMALL)
    twice = update(
        [
            (
                1,
                0,
                [
                    struct(8, values(word("bad")), root="cards", key="k"),
                    struct(8, values(word("good")), left=(1, 0)),
                ],
            )
        ]
    )
    assert [touch.value for touch in take(index, twice)] == ["bad", "good"]


def test_a_keyed_deletion_without_content_is_a_deletion() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD)
    sly = update([(2, 0, [struct(1, b"\1", left=(1, 0))])])
    assert take(index, sly) == [Touch("delete", ("cards", "a-1"))]


def test_a_key_that_ever_was_is_known_after_a_snapshot_too() -> None:
    doc: Doc[Any] = Doc(client_id=1)
    cards = doc.get("cards", type=Map)
    cards["a-1"] = Map({"kind": "quote"})
    del cards["a-1"]
    index = Index(ROOTS, SMALL)
    take(index, doc.get_update())
    assert index.roots["cards"].keys == {"a-1"}


def test_two_containers_under_one_key_are_two() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD)
    again = update([(2, 0, [struct(7, craft.MAP, left=(1, 0))])], {1: [(0, 8)]})
    assert take(index, again) == [Touch("set", ("cards", "a-1"), None, MAP)]
    field = update([(2, 1, [struct(8, values(word("x")), parent=(2, 0), key="kind")])])
    assert take(index, field) == [Touch("set", ("cards", "a-1", "kind"), "x", first=True)]


def test_a_rolled_back_update_leaves_no_trace() -> None:
    index = Index(ROOTS, SMALL)
    take(index, update([(1, 0, [struct(4, written("a🙂b"), root="line")])]))
    before = (index.state_vector(), index.size, index.siblings("line"))
    change = stage(
        index,
        update(
            [
                (1, 4, [struct(4, written("🙂"), left=(1, 3))]),
                (9, 0, [struct(4, written("x"), left=(1, 0), right=(1, 1))]),
                (8, 0, [struct(7, craft.MAP, root="cards", key="k")]),
            ],
            {1: [(3, 1)]},
        ),
    )
    assert index.siblings("line") != before[2]
    index.rollback(change)
    assert (index.state_vector(), index.size, index.siblings("line")) == before
    assert 9 not in index.bindings
    first = take(index, update([(8, 0, [struct(7, craft.MAP, root="cards", key="k")])]))
    assert first[0].first


def test_a_client_id_belongs_to_the_device_that_first_presents_it() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD, "phone")
    assert index.bindings == {1: "phone"}
    on = update([(1, 8, [craft.gc(1)])])
    with pytest.raises(BadUpdate, match="foreign_client"):
        stage(index, on, "laptop")
    take(index, on, "phone")


def test_a_device_may_have_several_client_ids_but_not_any_number() -> None:
    index = Index(ROOTS, SMALL)
    for client in range(MAX_CLIENTS_PER_DEVICE):
        take(index, update([(client, 0, [craft.gc(1)])]), "phone")
    with pytest.raises(BadUpdate, match="foreign_client"):
        stage(index, update([(999, 0, [craft.gc(1)])]), "phone")
    take(index, update([(999, 0, [craft.gc(1)])]), "laptop")


def test_structs_of_others_may_be_repeated_but_not_continued() -> None:
    index = Index(ROOTS, SMALL)
    take(index, CARD, "phone")
    assert stage(index, CARD, "laptop").data == b""


def test_new_delete_ranges_are_bounded() -> None:
    index = Index(ROOTS, SMALL)
    take(index, update([(1, 0, [craft.struct(4, written("x" * 20_000), root="line")])]))
    ranges = [(clock * 2, 1) for clock in range(MAX_NEW_RANGES + 1)]
    with pytest.raises(BadUpdate, match="too_many_ranges"):
        stage(index, update([], {1: ranges}))
    take(index, update([], {1: ranges[:-1]}))
    take(index, update([], {1: ranges}))


def test_typing_on_keeps_the_index_small() -> None:
    index = Index(ROOTS, SMALL)
    take(index, update([(1, 0, [struct(4, written("a"), root="line")])]))
    for clock in range(500):
        take(index, update([(1, clock + 1, [struct(4, written("b"), left=(1, clock))])]))
    assert index.size == 1


def test_garbage_beside_something_alive_is_refused() -> None:
    # Yjs would drop the newcomer, yrs would show it.
    index = Index(ROOTS, SMALL)
    take(index, CARD)
    take(index, update([(2, 0, [craft.gc(2)])]))
    with pytest.raises(BadUpdate, match="neighbours_part"):
        stage(index, update([(2, 2, [struct(4, written("x"), left=(2, 0), right=(1, 4))])]))
    take(index, update([(2, 2, [struct(4, written("x"), left=(2, 0))])]))

"""The order of siblings is what yrs reads, and long walks are refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text

from rooms.ownership import MAX_STEPS, Index
from rooms.update_gate import MAP, SMALL, STRING, TEXT, BadUpdate, read_update
from tests.fuzz.craft import struct, update, values, written

ROOTS = {"cards": MAP, "line": TEXT}


def take(index: Index, data: bytes) -> None:
    index.commit(index.stage(read_update(data), "d"))


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 30), st.sampled_from(["", "a", "xyz"])),
        max_size=40,
    ),
    st.integers(1, 6),
)
def test_concurrent_typing_is_ordered_as_yrs_orders_it(
    edits: list[tuple[int, int, str]], meet: int
) -> None:
    index = Index(ROOTS, SMALL)
    people: list[Doc[Any]] = [Doc(client_id=client) for client in (3, 1, 2)]
    sent: list[list[bytes]] = [[], [], []]
    server: Doc[Any] = Doc(client_id=9)
    units: dict[tuple[int, int], str] = {}
    for turn, (who, at, said) in enumerate(edits):
        doc = people[who]
        text = doc.get("line", type=Text)
        made: list[bytes] = []
        watch = doc.observe(lambda event, made=made: made.append(event.update))
        length = len(str(text))
        if said:
            text.insert(min(at, length), said)
        elif length:
            del text[min(at, length - 1)]
        doc.unobserve(watch)
        sent[who] += made
        if turn % meet == 0 or turn == len(edits) - 1:
            for pile in sent:
                for data in pile:
                    take(index, data)
                    server.apply_update(data)
                    for section in read_update(data).sections.values():
                        for item in section.items:
                            if item.kind == STRING:
                                for offset, char in enumerate(str(item.value)):
                                    units[section.client, item.clock + offset] = char
                pile.clear()
            for doc in people:
                doc.apply_update(server.get_update(doc.get_state()))
    ours = "".join(
        units[client, clock]
        for client, first, last in index.siblings("line")
        for clock in range(first, last + 1)
    )
    assert ours == str(server.get("line", type=Text))


def bomb(mode: str, number: int) -> list[bytes]:
    if mode == "one key, as if never seen":
        same = struct(8, values(b"\x7e"), root="cards", key="k")
        return [update([(1, 0, [same] * number)])]
    front = [struct(4, written("a"), root="line")]
    front += [struct(4, written("a"), right=(1, clock)) for clock in range(number - 1)]
    apart = [
        struct(4, written("b"), left=(1, number - 1), right=(1, at)) for at in range(number - 1)
    ]
    return [update([(1, 0, front)]), update([(1, number, apart)])]


@pytest.mark.parametrize("mode", ["one key, as if never seen", "neighbours far apart"])
def test_long_walks_are_refused_before_yrs_takes_them(mode: str) -> None:
    *before, last = bomb(mode, 3_900)
    index = Index(ROOTS, SMALL)
    for data in before:
        take(index, data)
    with pytest.raises(BadUpdate, match="too_much_work"):
        take(index, last)


@pytest.mark.parametrize("mode", ["one key, as if never seen", "neighbours far apart"])
def test_what_stays_under_the_budget_is_quick_in_yrs(mode: str) -> None:
    # 130 a time walk about 130 * 130 steps: just under the budget
    updates = bomb(mode, 130)
    assert MAX_STEPS > 130 * 130
    index = Index(ROOTS, SMALL)
    doc: Doc[Any] = Doc(client_id=9)
    started = time.process_time()
    for data in updates:
        take(index, data)
        doc.apply_update(data)
    assert time.process_time() - started < 0.25


def test_a_right_neighbour_on_the_left_is_refused() -> None:
    index = Index(ROOTS, SMALL)
    take(index, update([(1, 0, [struct(4, written("hello"), root="line")])]))
    for right in (3, 2, 0):
        with pytest.raises(BadUpdate, match="neighbours_part"):
            take(index, update([(2, 0, [struct(4, written("x"), left=(1, 3), right=(1, right))])]))
    take(index, update([(2, 0, [struct(4, written("x"), left=(1, 3), right=(1, 4))])]))


def test_two_people_in_one_update_are_placed_as_yrs_places_them() -> None:
    """What a long campaign met (seed 1931836563): where nobody honest would stand, the order in
    which clients are placed decides; yrs begins with the highest id."""
    base = update([(11, 0, [struct(4, written("abcdef"), root="line")])])
    both = update(
        [
            (13, 0, [struct(4, written("x"), left=(11, 2))]),
            (14, 0, [struct(4, written("y"), right=(11, 4))]),
        ]
    )
    index, doc = Index(ROOTS, SMALL), Doc[Any](client_id=9)
    for data in (base, both):
        take(index, data)
        doc.apply_update(data)
    letters = {(11, at): char for at, char in enumerate("abcdef")} | {(13, 0): "x", (14, 0): "y"}
    ordered = "".join(
        letters[client, clock]
        for client, first, last in index.siblings("line")
        for clock in range(first, last + 1)
    )
    assert ordered == str(doc.get("line", type=Text)) == "abcdxyef"

"""Awareness: only one's own, small, and stamped (reliability.md A1)."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pycrdt import Awareness as Native
from pycrdt import Doc

from rooms import lib0
from rooms.awareness import MAX_STATE_BYTES, Awareness
from rooms.ownership import Index
from rooms.permissions import Writer
from rooms.update_gate import SMALL, BadUpdate

ANA = Writer("d1", frozenset({"ana", "ari"}))
BEN = Writer("d2", frozenset({"ben"}))
NAMES = {"ana": "Ana", "ari": "Ari", "ben": "Ben"}


def encode(*states: tuple[int, int, str]) -> bytes:
    out = lib0.uint(len(states))
    for client, clock, state in states:
        out += lib0.uint(client) + lib0.uint(clock) + lib0.text(state)
    return out


def decode(update: bytes) -> dict[int, tuple[int, Any]]:
    if not update:
        return {}
    count, at = lib0.read_uint(update, 0)
    states = {}
    for _ in range(count):
        client, at = lib0.read_uint(update, at)
        clock, at = lib0.read_uint(update, at)
        state, at = lib0.read_text(update, at, 10_000)
        states[client] = (clock, json.loads(state))
    return states


def fresh() -> Awareness:
    return Awareness(Index({}, SMALL))


def test_a_state_is_stamped_and_cut_down() -> None:
    said = {"pointer": {"x": 1}, "user": {"name": "Ben"}, "name": "Ben", "seat": "ben", "z": 1}
    states = decode(fresh().take(encode((1, 1, json.dumps(said))), ANA, NAMES))
    assert states == {
        1: (1, {"pointer": {"x": 1}, "seat": "ana", "name": "Ana", "user": {"name": "Ana"}})
    }


def test_a_table_says_which_of_its_seats_points() -> None:
    states = decode(fresh().take(encode((1, 1, '{"seat":"ari","color":"#123"}')), ANA, NAMES))
    assert states[1][1]["name"] == "Ari"
    assert states[1][1]["user"] == {"name": "Ari", "color": "#123"}


def test_nobody_speaks_for_another_client_and_honest_gossip_is_no_offence() -> None:
    awareness = fresh()
    awareness.take(encode((1, 1, "{}")), ANA, NAMES)
    assert awareness.take(encode((1, 2**30, '{"typing":true}')), BEN, NAMES) == b""
    assert awareness.take(encode((1, 2, "null")), BEN, NAMES) == b""
    both = decode(awareness.take(encode((1, 5, "null"), (2, 1, "{}")), BEN, NAMES))
    assert set(both) == {2}
    assert set(decode(awareness.everyone())) == {1, 2}
    assert decode(awareness.take(encode((1, 2, "{}")), ANA, NAMES))[1][0] == 2


def test_a_client_id_is_bound_by_its_first_state() -> None:
    index = Index({}, SMALL)
    Awareness(index).take(encode((1, 1, "{}")), ANA, NAMES)
    assert index.bindings == {1: "d1"}


def test_clocks_only_rise() -> None:
    awareness = fresh()
    awareness.take(encode((1, 5, "{}")), ANA, NAMES)
    assert awareness.take(encode((1, 4, "{}")), ANA, NAMES) == b""


def test_leaving_takes_the_states_of_the_device_away() -> None:
    awareness = fresh()
    awareness.take(encode((1, 5, "{}"), (3, 1, "{}")), ANA, NAMES)
    awareness.take(encode((2, 1, "{}")), BEN, NAMES)
    assert decode(awareness.leave("d1")) == {1: (6, None), 3: (2, None)}
    assert set(decode(awareness.everyone())) == {2}
    assert awareness.leave("d1") == b""


def test_our_bytes_are_understood_by_others() -> None:
    awareness = fresh()
    page = Native(Doc(client_id=77))
    page.apply_awareness_update(awareness.take(encode((1, 1, "{}")), ANA, NAMES), "test")
    assert page.states[1]["name"] == "Ana"
    page.apply_awareness_update(awareness.leave("d1"), "test")
    assert 1 not in page.states


@pytest.mark.parametrize(
    "update",
    [
        b"",
        b"\x01",
        encode((1, 1, "{}")) + b"\0",
        encode((1, 1, "[")),
        encode((1, 1, "[]")),
        encode((1, 1, '"x"')),
        encode((1, 1, '{"cursor":' + "[" * 400)),
        encode((1, 1, '{"cursor":"' + "x" * MAX_STATE_BYTES + '"}')),
        encode((2**32, 1, "{}")),
        encode((1, 2**40, "{}")),
        lib0.uint(2**40),
    ],
)
def test_what_no_provider_sends_is_refused(update: bytes) -> None:
    with pytest.raises(BadUpdate):
        fresh().take(update, ANA, NAMES)


def test_a1_ten_thousand_forgeries_never_show_a_wrong_identity() -> None:
    seed = 5
    rng = random.Random(seed)
    awareness = fresh()
    awareness.take(encode((1, 1, "{}")), ANA, NAMES)
    for _ in range(10_000):
        state = rng.choice(["null", "{}", '{"seat":"ana","name":"Ana","user":{"name":"Ana"}}'])
        forged = encode((rng.choice([1, 2]), rng.choice([1, 2, 2**31]), state))
        for client, (_, shown) in decode(awareness.take(forged, BEN, NAMES)).items():
            assert client == 2, f"seed {seed}"
            assert shown is None or (shown["seat"], shown["name"]) == ("ben", "Ben")
    assert decode(awareness.everyone())[1][1]["name"] == "Ana"


# Several processes


def test_pointers_of_another_process_are_shown_until_it_is_gone() -> None:
    here, there = fresh(), fresh()
    stamped = there.take(encode((2, 1, '{"pointer":{"x":1}}')), BEN, NAMES)
    assert decode(here.take_elsewhere(stamped, "p2")) == decode(stamped)
    assert decode(here.everyone())[2][1]["name"] == "Ben"
    old = encode((2, 0, '{"pointer":{"x":9}}'))
    assert here.take_elsewhere(old, "p2") == b"", "clocks only rise"
    assert decode(here.leave_elsewhere("p3")) == {}
    assert decode(here.leave_elsewhere("p2")) == {2: (2, None)}
    assert here.everyone() == b""


def test_who_hops_to_this_process_takes_the_own_pointer_along() -> None:
    here, there = fresh(), fresh()
    here.take_elsewhere(there.take(encode((2, 1, "{}")), BEN, NAMES), "p2")
    assert here.take(encode((2, 2, '{"pointer":{"x":2}}')), BEN, NAMES)
    assert here.leave_elsewhere("p2") == b""
    assert decode(here.leave("d2")) == {2: (3, None)}


def test_long_names_of_another_process_fit() -> None:
    here, there = fresh(), fresh()
    names = {"ben": "ß" * 80}
    stamped = there.take(encode((2, 1, json.dumps({"cursor": "x" * 900}))), BEN, names)
    assert len(stamped) > MAX_STATE_BYTES
    assert here.take_elsewhere(stamped, "p2")

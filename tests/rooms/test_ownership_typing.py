"""The short way into the index leads where the long one does, for whatever is sent."""

from __future__ import annotations

import random
from typing import Any

import pytest

from rooms.ownership import Change, Container, Index
from rooms.ownership_typing import typed_on
from rooms.update_gate import MAP, SMALL, TEXT, BadUpdate, finished, read_update
from tests.fuzz import craft
from tests.fuzz.craft import struct, update, values, word, written

ROOTS = {"cards": MAP, "line": TEXT}
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

LETTERS = ("a", "a", "né", "\ufffd", "कि", "🙂", "xyz")
SEEDS = 200
STEPS = 25


def containers(index: Index) -> list[Container]:
    """Everything that something can stand in."""
    runs = [run for known in index.clients.values() for run in known.runs]
    return [*index.roots.values(), *(run.creates for run in runs if run.creates)]


def state(index: Index) -> Any:
    """Everything an index knows, in plain values."""
    clients = {
        client: (
            known.starts,
            [
                (run.container and run.container.path, run.key, bool(run.creates), run.erased)
                for run in known.runs
            ],
            known.next,
            known.halves,
            known.deleted_starts,
            known.deleted_ends,
        )
        for client, known in index.clients.items()
    }
    order = [(one.path, list(index.order.walk((one, None)))) for one in containers(index)]
    return clients, order, index.siblings("line"), index.bindings


def staged(index: Index, data: bytes, device: str | None, short: bool) -> Change | str:
    parsed = read_update(data, step2=True)
    try:
        if short:
            return index.stage(parsed, device)
        return finished(index.staging(parsed, device))
    except BadUpdate as bad:
        return bad.reason


def next_edit(dice: random.Random, index: Index) -> bytes:
    """Somebody types on, most of the time; or anything else that is nearly the same."""
    client = dice.choice((1, 1, 2))
    clock = index.clients[client].next
    if dice.random() < 0.1:
        clock += dice.choice((-1, 1))
    left: tuple[int, int] | None = (client, clock - 1)
    right = None
    if dice.random() < 0.3:
        other = dice.choice((1, 2))
        last = index.clients[other].next - 1
        left = dice.choice((None, (other, last), (other, dice.randrange(3, 12))))
    if dice.random() < 0.3:
        right = (dice.choice((1, 2)), dice.randrange(3, 12))
    elif left:  # before what it stands before already, as an editor in the middle of a text says
        following = [s[:2] for s in walked(index, left)]
        right = dice.choice([None, *following[:1]])
    gone = {}
    if dice.random() < 0.15:
        gone = {dice.choice((1, 2)): [(dice.randrange(0, 8), 1)]}
    root = None if left or right else "line"
    if dice.random() < 0.05:
        return update([(client, clock, [craft.gc(1)])])
    piece = struct(4, written(dice.choice(LETTERS)), left=left, right=right, root=root)
    return update([(client, clock, [piece])], gone)


def walked(index: Index, after: tuple[int, int]) -> list[tuple[int, int, int]]:
    """What stands behind a clock, in the text it is in."""
    for container in containers(index):
        row = list(index.order.walk((container, None)))
        for place, (client, first, last) in enumerate(row):
            if client == after[0] and first <= after[1] <= last:
                return row[place + 1 :]
    return []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_ways_lead_to_the_same(seed: int) -> None:
    dice = random.Random(seed)
    short, long = Index(ROOTS, SMALL), Index(ROOTS, SMALL)
    line = update([(2, 0, [struct(4, written("abc"), root="line")])])
    for index in (short, long):
        for data in (CARD, line):
            index.commit(index.stage(read_update(data), "d1"))
    for _ in range(STEPS):
        data = next_edit(dice, long)
        device = dice.choice(("d1", "d1", "d1", "d2", None))
        one = staged(short, data, device, True)
        other = staged(long, data, device, False)
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
        else:
            assert (one.data, one.touches, one.bound) == (other.data, other.touches, other.bound)
            kept = dice.random() < 0.8
            for index, change in ((short, one), (long, other)):
                index.commit(change) if kept else index.rollback(change)
        assert state(short) == state(long)


def test_typing_on_takes_the_short_way_and_what_is_near_it_does_not() -> None:
    def way(data: bytes, device: str | None = "d1") -> Change | None:
        index = Index(ROOTS, SMALL)
        index.commit(index.stage(read_update(CARD), "d1"))
        return typed_on(index, read_update(data), device)

    on = way(update([(1, 8, [struct(4, written("!"), left=(1, 7))])]))
    assert on is not None
    assert [touch.path for touch in on.touches] == [("cards", "a-1", "text")]
    assert way(update([(1, 8, [struct(4, written("!"), left=(1, 7))])]), "d2") is None
    assert way(update([(1, 8, [struct(4, written("!"), left=(1, 6))])])) is None
    assert way(update([(1, 8, [struct(4, written("🙂"), left=(1, 7))])])) is None
    assert way(update([(1, 8, [struct(4, written("!"), left=(1, 7))])], {1: [(3, 1)]})) is None
    assert way(update([(1, 8, [struct(8, values(word("x")), left=(1, 7))])])) is None
    assert way(update([(3, 0, [struct(4, written("!"), left=(1, 7))])])) is None

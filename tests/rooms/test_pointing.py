"""Pointers in few bytes: what a page makes of them is what any provider is told (DOC3)."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rooms import delivery, lib0, pointing
from rooms.awareness import Awareness
from rooms.outgoing import Aware, Pointers
from rooms.ownership import Index
from rooms.permissions import Writer
from rooms.update_gate import SMALL
from tests.rooms.house import House
from tests.rooms.test_awareness import decode, encode


class Reader:
    """A page that reads few bytes, as `web/src/pointing.ts` does."""

    def __init__(self) -> None:
        self.clients: dict[int, int] = {}
        self.introduced: dict[int, dict[str, Any]] = {}
        self.states: dict[int, dict[str, Any]] = {}

    def forget(self) -> None:
        self.clients.clear()
        self.introduced.clear()
        self.states.clear()

    def take(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            at = self._entry(data, at)

    def _entry(self, data: bytes, at: int) -> int:
        number, at = lib0.read_uint(data, at)
        number, kind = divmod(number, 8)
        if kind == pointing.AFRESH:
            self.forget()
            return at
        if kind == pointing.WHOLE:
            client, at = lib0.read_uint(data, at)
            _clock, at = lib0.read_uint(data, at)
            text, at = lib0.read_text(data, at, 10_000)
            self.clients[number] = client
            self.states[client] = json.loads(text)
            return at
        moving: dict[str, Any] = {}
        if kind == pointing.POINTER:
            x, at = lib0.read_uint(data, at)
            y, at = lib0.read_uint(data, at)
            moving = {"pointer": [x, y]}
        elif kind in (pointing.BEFORE, pointing.INSIDE):
            id, at = lib0.read_uint(data, at)
            clock, at = lib0.read_uint(data, at)
            place = {"client": id, "clock": clock}
            before = kind == pointing.BEFORE
            moving["cursor"] = {
                "type": None if before else place, "tname": None,
                "item": place if before else None, "assoc": 0,
            }  # fmt: skip
        elif kind == pointing.OTHER:
            text, at = lib0.read_text(data, at, 10_000)
            moving = json.loads(text)
        if kind == pointing.GONE:  # perhaps of somebody who came and went within one tick
            self.states.pop(self.clients.pop(number, 0), None)
        else:
            client = self.clients[number]
            rest = {k: v for k, v in self.states[client].items() if k not in pointing.MOVES}
            self.states[client] = rest | moving
        return at


def caret(client: int, clock: int, inside: bool = False) -> dict[str, Any]:
    """As a page's `JSON.stringify` of Yjs's relative position."""
    place = {"client": client, "clock": clock}
    return {
        "cursor": {
            "type": place if inside else None, "tname": None,
            "item": None if inside else place, "assoc": 0,
        }
    }  # fmt: skip


CARET: dict[str, Any] = caret(1, 2)["cursor"]


@pytest.mark.parametrize(
    ("moving", "size"),
    [
        ({"pointer": [500, 999]}, 6),
        ({"pointer": [0, 0]}, 4),
        (caret(2**31, 5_000), 9),
        (caret(7, 5, inside=True), 4),
        ({}, 2),
    ],
)
def test_what_moves_takes_a_few_bytes(moving: dict[str, Any], size: int) -> None:
    assert len(pointing.moved(150, moving)) == size


@pytest.mark.parametrize(
    "moving",
    [
        {"pointer": [1.5, 2]}, {"pointer": [-1, 2]}, {"pointer": [True, 2]}, {"pointer": [1]},
        {"pointer": {"x": 1, "y": 2}}, {"pointer": [1, 2], "cursor": None}, {"cursor": None},
        {"cursor": {"anchor": 3, "head": 9}}, {"cursor": CARET | {"assoc": -1}},
        {"cursor": CARET | {"tname": "x"}},
        {"cursor": {"type": None, "item": {"client": 1, "clock": 2, "more": 3}, "assoc": 0}},
        {"cursor": {"assoc": 0}}, {"cursor": {"item": {"client": 2**40, "clock": 1}, "assoc": 0}},
    ],
)  # fmt: skip
def test_what_is_of_another_shape_passes_as_it_is(moving: dict[str, Any]) -> None:
    entry = pointing.moved(3, moving)
    number, at = lib0.read_uint(entry, 0)
    assert divmod(number, 8) == (3, pointing.OTHER)
    assert json.loads(lib0.read_text(entry, at, 1_000)[0]) == moving


def test_a_page_and_a_provider_are_told_the_same_whatever_happens() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        awareness = Awareness(Index({}, SMALL))
        page, provider = Reader(), dict[int, Any]()
        clocks = dict.fromkeys(range(1, 9), 0)
        for _ in range(40):
            for _ in range(rng.randrange(4)):
                client = rng.randrange(1, 9)
                writer = Writer(f"d{client}", frozenset({f"s{client}"}))
                if rng.random() < 0.1:
                    awareness.leave(writer.device)
                    continue
                clocks[client] += 1
                moving: dict[str, Any] = rng.choice(
                    [{}, {"pointer": [client, 9]}, {"pointer": {"x": 1}}, caret(client, 77),
                     caret(client, 78, inside=True), {"cursor": {"anchor": 3}}]
                )  # fmt: skip
                state: dict[str, Any] = {"card": rng.choice(["s1-a", "s2-b"]), **moving}
                said = rng.choice(["null", *[json.dumps(state)] * 4])
                names = {f"s{client}": f"Person {client}"}
                awareness.take(encode((client, clocks[client], said)), writer, names)
            if rng.random() < 0.1:
                page.take(pointing.AGAIN)  # came in anew
                page.take(awareness.everyone_short())
            changes = awareness.changes()
            page.take(changes.short())
            for client, (_, state) in decode(changes.update()).items():
                provider[client] = state
            shown = {client: state for client, state in provider.items() if state is not None}
            assert page.states == shown, f"seed {seed}"
        assert awareness.changes().told == []
        newcomer = Reader()
        newcomer.take(awareness.everyone_short())
        assert (
            newcomer.states
            == shown
            == {client: state for client, (_, state) in decode(awareness.everyone()).items()}
        )


async def test_each_reader_is_told_in_the_form_it_asked_for(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        short, plain, mover = [await house.session(s) for s in ("s2", "s3", "s4")]
        short.short = True
        for session in (short, plain, mover):
            full = await house.open_document(session, "board")
        for x in range(3):
            said = json.dumps({"seat": "s4", "card": "s4-1", "pointer": [x, 1]})
            await mover.awareness(full, encode((7, x + 1, said)))
            await house.listen()
        (whole, *moves) = [i for i in house.heard[short] if isinstance(i, Pointers)]
        assert not [i for i in house.heard[short] if isinstance(i, Aware)]
        assert [len(i.data) for i in moves] == [3, 3]
        page = Reader()
        for frame in (whole, *moves):
            page.take(frame.data)
        last = [i for i in house.heard[plain] if isinstance(i, Aware)][-1]
        assert page.states == {7: decode(last.data)[7][1]}
        assert page.states[7]["name"] == "Person 3"
        assert not [i for i in house.heard[mover] if isinstance(i, Aware | Pointers)]


async def test_a_newcomer_sees_at_once_who_rests_where(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        mover = await house.session("s2")
        full = await house.open_document(mover, "board")
        await mover.awareness(full, encode((7, 1, '{"card":"s2-1","pointer":[1,2]}')))
        await house.listen()
        for seat, kind in (("s3", Aware), ("s4", Pointers)):
            session = await house.session(seat)
            session.short = kind is Pointers
            await house.open_document(session, "board")
            house.heard[session] += await session.outbox.get()
            assert [i for i in house.heard[session] if isinstance(i, kind)]


async def test_a_device_that_lost_some_is_told_of_all_again(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        slow, mover = await house.session("s2"), await house.session("s3")
        slow.short = True
        for session in (slow, mover):
            full = await house.open_document(session, "board")
        await house.listen()
        slow.outbox._limit = 0  # as if very much waited
        await mover.awareness(full, encode((7, 1, '{"card":"s3-1","pointer":[1,2]}')))
        (await house.delivery()).flush()
        assert not [i for i in house.heard[slow] if isinstance(i, Pointers)]
        assert slow.outbox.unaware == {full}
        slow.outbox._limit = 1_000_000
        await mover.awareness(full, encode((7, 2, '{"card":"s3-1","pointer":[3,4]}')))
        await house.listen()
        page = Reader()
        for frame in [i for i in house.heard[slow] if isinstance(i, Pointers)]:
            page.take(frame.data)
        assert page.states[7]["pointer"] == [3, 4]


async def test_a_hall_that_points_shares_one_frame(tmp_path: Path) -> None:
    people = delivery.POINT_APART + 2
    async with await House.open(tmp_path, people=people) as house:
        sessions = [await house.session(f"s{n + 2}") for n in range(people)]
        for number, session in enumerate(sessions):
            session.short = True
            full = await house.open_document(session, "board")
            said = json.dumps({"card": "s2-1", "pointer": [number, 1]})
            await session.awareness(full, encode((number + 1, 1, said)))
        for heard in house.heard.values():
            heard.clear()
        await house.listen()
        frames = [[i for i in house.heard[s] if isinstance(i, Pointers)] for s in sessions]
        assert all(len(each) >= 1 for each in frames)
        assert len({id(each[-1]) for each in frames}) == 1

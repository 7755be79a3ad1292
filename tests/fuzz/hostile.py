"""One guest against a room: structure-aware hostile updates, judged, applied and read back.

    python -m tests.fuzz.hostile --seed 1 --count 10000

Prints one JSON line of what happened and exits 0, or dies as the room would have: a crash is a
signal, a hang is the parent's timeout, a panic or a changed card is a traceback. Every room is
kept for some dozens of updates, so that what one leaves behind is there for the next. A text is put
together from the index as well: where it reads differently from yrs, the count of steps is a lie.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from rooms import board_schema, lib0
from rooms.board_schema import Card
from rooms.documents import Accepted, Document
from rooms.ownership import Index
from rooms.permissions import Writer
from rooms.update_gate import (
    ARRAY,
    MAP,
    MEMO,
    STRING,
    TEXT,
    XML_FRAGMENT,
    BadUpdate,
    read_state_vector,
    read_update,
)
from tests.fuzz import craft

ANA, BEN, GUEST = 11, 12, 13
GATE_ROOTS = {"cards": MAP, "line": TEXT, "list": ARRAY, "memo": XML_FRAGMENT}
UPDATES_PER_ROOM = 60
WORDS = ["a", "hello ", "🙂", "é", "👩🏽‍🌾", "x" * 40, "\ufffd", "नमस्ते", ""]
FIELDS = ["kind", "text", "author", "scope", "section", "ticks", "entered_by", "theme", "zzz"]
KEYS = [*FIELDS, "ana", "guest", "guest-1", "ana-1", "ben-1", "srv-1", ""]
JSONS = ["{}", "true", "null", '"x"', "[", '{"href":"https://x"}', "1e999", "[[[[[[[[]]]]]]]]"]


class Result(msgspec.Struct):
    """What one campaign did."""

    seed: int
    tried: int = 0
    accepted: int = 0
    applied: int = 0
    slowest_ms: float = 0.0
    slowest: str = ""
    refused: dict[str, int] = msgspec.field(default_factory=dict)


class Guest:
    """Makes updates; knows the room as an attacker would: every id that exists."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def some_id(self, clocks: dict[int, int]) -> tuple[int, int]:
        rng = self.rng
        if rng.random() < 0.03 or not clocks:
            return rng.choice([0, 1, 99, 2**31, 2**40]), rng.choice([0, 1, 2**20])
        client = rng.choice(list(clocks))
        clock = rng.randrange(clocks[client] + (rng.random() < 0.05))
        return client, clock

    def any_value(self, depth: int = 0) -> bytes:
        rng = self.rng
        roll = rng.randrange(12 if depth < 4 else 8)
        match roll:
            case 0 | 1 | 2:
                return craft.word(rng.choice([*WORDS, "insight", "guest", "ana", "memo"]))
            case 3:
                return b"\x7d" + bytes((rng.randrange(64),))
            case 4:
                return b"\x7b" + rng.randbytes(8)
            case 5:
                return rng.choice([b"\x78", b"\x79", b"\x7e", b"\x7f", b"\x78"])
            case 6:
                return b"\x7a" + rng.randbytes(8)
            case 7:
                return b"\x74" + lib0.prefixed(rng.randbytes(3))
            case 8 | 9:
                count = rng.randrange(4)
                inner = b"".join(self.any_value(depth + 1) for _ in range(count))
                return b"\x75" + lib0.uint(count) + inner
            case _:
                count = rng.randrange(3)
                inner = b"".join(
                    lib0.text(rng.choice(KEYS)) + self.any_value(depth + 1) for _ in range(count)
                )
                return b"\x76" + lib0.uint(count) + inner

    def content(self) -> tuple[int, bytes, int]:
        """Kind, content, length in clocks; mostly of a sort that gets past the reader."""
        rng = self.rng
        if rng.random() < 0.85:
            return self.sane()
        match rng.randrange(12):
            case 0 | 1 | 2 | 3:
                said = rng.choice(WORDS)
                return 4, lib0.text(said), max(1, len(said.encode("utf-16-le")) // 2)
            case 4 | 5:
                count = rng.choice([1, 1, 1, 2, 5])
                return 8, craft.values(*(self.any_value() for _ in range(count))), count
            case 6 | 7:
                kind = rng.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 9])
                tag = lib0.text(rng.choice(["paragraph", "p", ""])) if kind in (3, 5) else b""
                return 7, lib0.uint(kind) + tag, 1
            case 8:
                length = rng.choice([0, 1, 1, 2, 9, 2**20, 2**31])
                return 1, lib0.uint(length), length
            case 9:
                length = rng.choice([0, 1, 1, 2, 9, 2**20, 2**31])
                return 0, lib0.uint(length), length
            case 10:
                return (
                    6,
                    lib0.text(rng.choice(["bold", "link", ""])) + lib0.text(rng.choice(JSONS)),
                    1,
                )
            case _:
                kind = rng.choice([2, 3, 5, 9, 10, 11, 12, 31])
                return kind, rng.randbytes(rng.randrange(6)), 1

    def sane(self) -> tuple[int, bytes, int]:
        rng = self.rng
        match rng.randrange(9):
            case 0 | 1 | 2 | 3:
                said = rng.choice(WORDS[:6])
                return 4, lib0.text(said), len(said.encode("utf-16-le")) // 2
            case 4 | 5:
                value = rng.choice([b"\x78", b"\x7e", b"\x7d\x05", craft.word("insight")])
                count = rng.choice([1, 1, 1, 3])
                return 8, craft.values(*[value] * count), count
            case 6:
                kind = rng.choice([1, 2, 3, 6, 6])
                tag = lib0.text("paragraph") if kind == 3 else b""
                return 7, lib0.uint(kind) + tag, 1
            case 7:
                length = rng.choice([1, 1, 2, 9])
                return rng.randrange(2), lib0.uint(length), length
            case _:
                return 6, lib0.text("bold") + lib0.text(rng.choice(JSONS[:4])), 1

    def structured(self, clocks: dict[int, int], roots: list[str]) -> bytes:
        """Right framing, wrong ideas."""
        rng = self.rng
        clocks = dict(clocks)
        sections = []
        writers = [GUEST, GUEST, GUEST, GUEST, GUEST + 1, ANA, 77]
        for client in {rng.choice(writers) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))}:
            clock = clocks.get(client, 0)
            if rng.random() < 0.05:
                clock = max(0, clock + rng.choice([-3, -1, 1, 2**30]))
            first, structs = clock, []
            for _ in range(rng.choice([1, 1, 1, 2, 4, 9]) - (rng.random() < 0.02)):
                kind, content, length = self.content()
                if kind == 0:
                    structs.append(b"\0" + content)
                else:
                    structs.append(self.placed(kind, content, clocks, roots))
                clock += length
                if length:
                    clocks[client] = max(clock, 1)
            sections.append((client, first, structs))
        deletes: dict[int, list[tuple[int, int]]] = {}
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            client, clock = self.some_id(clocks)
            deletes[client] = [(clock, rng.choice([1, 1, 2, 3, 50, 0]))]
            if rng.random() < 0.3:
                last = sum(deletes[client][-1])
                deletes[client].append((last + rng.randrange(3), 1))
        return craft.update(sections, deletes)

    def placed(self, kind: int, content: bytes, clocks: dict[int, int], roots: list[str]) -> bytes:
        rng = self.rng
        left = self.some_id(clocks) if rng.random() < 0.55 else None
        right = self.some_id(clocks) if rng.random() < 0.35 else None
        if left and right and rng.random() < 0.5:
            right = (left[0], left[1] + rng.choice([1, 1, 1, 0, -1]) if left[1] else 1)
        root = parent = key = None
        if left is None and right is None:
            if rng.random() < 0.5:
                root = rng.choice([*roots, "nowhere"] if rng.random() < 0.1 else roots)
            else:
                parent = self.some_id(clocks)
            if rng.random() < (0.1 if kind in (4, 6) else 0.6):
                key = rng.choice(KEYS)
        return craft.struct(
            kind, content, left=left, right=right, root=root, parent=parent, key=key
        )

    def mutated(self, honest: list[bytes]) -> bytes:
        rng = self.rng
        data = bytearray(rng.choice(honest))
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    data[at:at] = rng.randbytes(rng.randrange(1, 4))
                case 2:
                    del data[at : at + rng.randrange(1, 4)]
                    if not data:
                        return b""
                case _:
                    data[at] = (data[at] + rng.choice([1, -1])) % 256
        return bytes(data)

    def bomb(self) -> bytes:
        """Big ones, within and beyond the limits: time is what they are after."""
        rng = self.rng
        roll = rng.randrange(6)
        if roll == 0:
            return craft.update([], {ANA: [(2 * clock, 1) for clock in range(9_999)]})
        if roll == 1:
            one = craft.struct(8, craft.values(b"\x7e"), root="cards", key="k")
            return craft.update([(GUEST, 0, [one] * 3_999)])
        if roll == 2:
            return craft.update([(GUEST, 0, [craft.gc(1)] * 3_999)])
        if roll == 3:
            deep = craft.values(b"\x75\x01" * 30_000 + b"\x7e")
            return craft.update([(GUEST, 0, [craft.struct(8, deep, root="cards", key="k")])])
        if roll == 4:
            wide = craft.values(*[b"\x76" + lib0.uint(2 ** rng.randrange(53))] * 999)
            return craft.update([(GUEST, 0, [craft.struct(8, wide, root="cards", key="k")])])
        client = 0
        sections = []
        for client in range(200, 440):
            leans = craft.struct(4, craft.written("a"), left=(client + 1, 0))
            sections.append((client, 0, [leans]))
        return craft.update(sections)


class Board:
    """A board with two people's cards on it; the guest has one of its own."""

    family = "group/a1-c1"

    def __init__(self, rng: random.Random) -> None:
        self.document = Document(f"room/{self.family}", 5)
        self.people: dict[int, Doc[Any]] = {ANA: Doc(client_id=ANA), BEN: Doc(client_id=BEN)}
        self.honest: list[bytes] = []
        self.rng = rng
        self.guest = Writer("guest", frozenset({"guest"}))
        self.fill()

    def fill(self) -> None:
        """Honest people write, through the same gate."""
        for client, name in ((ANA, "ana"), (BEN, "ben"), (GUEST, "guest")):
            doc = self.people.get(client, Doc(client_id=client))
            for number in range(2):
                self.send(
                    doc,
                    name,
                    lambda d, n=f"{name}-{number}", a=name: board_schema.put_card(
                        d, Card(n, "insight", "so 🙂 it is", author=a, ticks=(a,))
                    ),
                )
            cards = doc.get("cards", type=Map)
            text = cards[f"{name}-0"]["text"]
            self.send(doc, name, lambda d, t=text: t.insert(0, "well 🙂 "))
            if client != ANA:
                self.send(
                    doc,
                    name,
                    lambda d, n=name: board_schema.drop_card(d, f"{n}-1"),
                )

    def send(self, doc: Doc[Any], name: str, work: Any) -> None:
        made: list[bytes] = []
        watch = doc.observe(lambda event: made.append(event.update))
        with doc.transaction():
            work(doc)
        doc.unobserve(watch)
        for update in made:
            self.honest.append(update)
            verdict = self.document.check(update, Writer(name, frozenset({name})))
            assert isinstance(verdict, Accepted), verdict
            self.document.apply(verdict.update)

    def others(self) -> object:
        """What the guest may not change."""
        return [
            msgspec.structs.replace(card, ticks=tuple(t for t in card.ticks if t != "guest"))
            for card in self.document.cards()
            if card.author != "guest"
        ]

    def roots(self) -> list[str]:
        return list(self.document.index.roots)

    def clocks(self) -> dict[int, int]:
        return self.document.index.state_vector()

    def judge(self, update: bytes, step2: bool) -> bytes | str:
        verdict = self.document.check(update, self.guest, step2=step2)
        return verdict.update if isinstance(verdict, Accepted) else verdict.reason

    def apply(self, update: bytes) -> None:
        self.document.apply(update)

    def doc(self) -> Doc[Any]:
        return self.document.doc

    def vector(self) -> dict[int, int]:
        return self.clocks()


class Memo(Board):
    """The memo, where a note-taker may write anything: XML."""

    family = "memo"

    def fill(self) -> None:
        def body(doc: Doc[Any]) -> None:
            memo = doc.get("memo", type=XmlFragment)
            for _ in range(3):
                memo.children.append(
                    XmlElement("paragraph", {"a": "b"}, [XmlText("some 🙂 words")])
                )
            memo.children.append(XmlElement("list", {}, [XmlElement("item", {}, [XmlText("x")])]))
            del memo.children[1]

        self.send(self.people[ANA], "ana", body)

    def others(self) -> object:
        return None


class Gate(Board):
    """The gate and index alone, without permissions, over every kind of root."""

    family = "group/a1-c1"

    def fill(self) -> None:
        self.index = Index(GATE_ROOTS, MEMO)
        self.log: list[bytes] = []
        self.units: dict[tuple[int, int], bytes] = {}
        self.native: Doc[Any] = Doc(client_id=5)
        for name, kind in (("cards", Map), ("line", Text), ("list", Array), ("memo", XmlFragment)):
            self.native.get(name, type=kind)

        def body(doc: Doc[Any]) -> None:
            doc.get("line", type=Text).insert(0, "abc 🙂🙂 def")
            doc.get("list", type=Array).extend([1, "two", [3]])
            board_schema.put_card(doc, Card("ana-1", "insight", "🙂x", author="ana"))
            doc.get("memo", type=XmlFragment).children.append(
                XmlElement("paragraph", {"a": "b"}, [XmlText("some 🙂 words")])
            )

        self.send(self.people[ANA], "ana", body)

    def send(self, doc: Doc[Any], name: str, work: Any) -> None:
        made: list[bytes] = []
        watch = doc.observe(lambda event: made.append(event.update))
        with doc.transaction():
            work(doc)
        doc.unobserve(watch)
        for update in made:
            self.honest.append(update)
            change = self.index.stage(read_update(update, MEMO), name)
            self.index.commit(change)
            self.apply(change.data)

    def others(self) -> object:
        return None

    def roots(self) -> list[str]:
        return list(GATE_ROOTS)

    def clocks(self) -> dict[int, int]:
        return self.index.state_vector()

    def judge(self, update: bytes, step2: bool) -> bytes | str:
        try:
            change = self.index.stage(read_update(update, MEMO, step2=step2), "guest")
        except BadUpdate as bad:
            return bad.reason
        self.index.commit(change)
        return change.data

    def apply(self, update: bytes) -> None:
        self.native.apply_update(update)
        self.log.append(update)
        for client, section in read_update(update, MEMO, step2=True).sections.items():
            for item in section.items:
                if item.kind == STRING:
                    units = str(item.value).encode("utf-16-le")
                    for at in range(item.length):
                        self.units[client, item.clock + at] = units[2 * at : 2 * at + 2]

    def line(self) -> str:
        """The text as the index orders it."""
        units = [
            self.units.get((client, clock), b"")
            for client, first, last in self.index.siblings("line")
            for clock in range(first, last + 1)
        ]
        return b"".join(units).decode("utf-16-le")

    def doc(self) -> Doc[Any]:
        return self.native


def read_everything(room: Board) -> None:
    """What any reader or newcomer would do."""
    doc = room.doc()
    for name in room.roots():
        root: Any = doc[name]
        if isinstance(root, XmlFragment):
            str(root)
            list(root.children)
        elif isinstance(root, Map | Array):
            root.to_py()
        else:
            str(root)
    if isinstance(room, Gate):
        assert str(doc.get("line", type=Text)) == room.line(), "the index orders text differently"
    snapshot = doc.get_update()
    copy: Doc[Any] = Doc(client_id=6)
    copy.apply_update(snapshot)
    assert copy.get_update(copy.get_state()) is not None
    native = {c: n for c, n in read_state_vector(doc.get_state()).items() if n}
    assert native == room.vector(), "index and native document part"
    assert {c: n for c, n in read_state_vector(copy.get_state()).items() if n} == native


class Replay(msgspec.Struct):
    """What one room accepted, and what yrs reads then: for Yjs to read as well."""

    updates: list[str]
    line: str
    cards: list[str]
    list_length: int


def replay_of(room: Gate) -> Replay:
    """The room as `read_in_yjs.mjs` takes it."""
    doc = room.native
    return Replay(
        [update.hex() for update in room.log],
        str(doc.get("line", type=Text)),
        sorted(doc.get("cards", type=Map).keys()),
        len(doc.get("list", type=Array)),
    )


def campaign(seed: int, count: int, replays: list[Replay] | None = None) -> Result:
    """Send `count` hostile updates to one room after another."""
    rng = random.Random(seed)
    guest = Guest(rng)
    result = Result(seed)
    refused: Counter[str] = Counter()
    while result.tried < count:
        room = rng.choice([Board, Memo, Gate])(rng)
        before = room.others()
        for _ in range(UPDATES_PER_ROOM):
            roll = rng.random()
            if roll < 0.7:
                kind, update = "structured", guest.structured(room.clocks(), room.roots())
            elif roll < 0.96:
                kind, update = "mutated", guest.mutated(room.honest)
            elif roll < 0.99:
                kind, update = "noise", rng.randbytes(rng.randrange(40))
            else:
                kind, update = "bomb", guest.bomb()
            result.tried += 1
            print(update[:4000].hex(), file=sys.stderr)
            started = time.process_time()
            verdict = room.judge(update, rng.random() < 0.2)
            if isinstance(verdict, bytes):
                result.accepted += 1
                if verdict:
                    result.applied += 1
                    room.apply(verdict)
            else:
                refused[verdict] += 1
            spent = (time.process_time() - started) * 1_000
            if spent > result.slowest_ms:
                result.slowest_ms, result.slowest = (
                    spent,
                    f"{kind} {type(room).__name__} {verdict!r:.60}",
                )
            if isinstance(verdict, bytes) and verdict and rng.random() < 0.3:
                read_everything(room)
        read_everything(room)
        assert room.others() == before, "somebody else's card changed"
        if replays is not None and isinstance(room, Gate):
            replays.append(replay_of(room))
    result.refused = dict(refused.most_common())
    return result


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=1_000)
    options.add_argument("--replays", help="a file for what the rooms accepted")
    chosen = options.parse_args()
    kept: list[Replay] = []
    print(msgspec.json.encode(campaign(chosen.seed, chosen.count, kept)).decode())
    if chosen.replays:
        Path(chosen.replays).write_bytes(msgspec.json.encode(kept))

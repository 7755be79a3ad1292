"""Edits and pointers as ready bytes, so that a thousand people who write cost no document each.

The first edit of a person makes a card with pycrdt; what is typed after it follows itself, so its
bytes can be put together by hand. Each edit carries a mark, `~17~`, by which it is found again in
whatever a server makes of it.
"""

import json
import random
import re
from collections.abc import Iterator
from typing import Any, Final

from pycrdt import Doc, Map, Text, TransactionEvent

from rooms import lib0

MARK: Final = re.compile(rb"~(\d+)~")
POINTED: Final = re.compile(rb'"pointer": ?\[(\d+), ?(\d+)\]')
"""Which move it is, and whose: both stand where a pointer's thousandths stand."""

SHORT: Final = 100
"""The kind of our own messages with pointers in few bytes (docs/protocol.md), for pages that ask
with `can=pointers`, as ours do."""

LEFT_STRING: Final = 0x84
"""A struct of text with a left neighbour (`rooms/update_gate.py`)."""

EDITS_TOGETHER: Final = 40
"""Edits in one update of a long history: what a device sends that was away for a minute."""


def new_client(dice: random.Random) -> int:
    """A client id as Yjs chooses it: pycrdt's own of 53 bits are refused by the update gate."""
    return dice.getrandbits(31) + 1


class Pen:
    """One person who writes on a card of their own."""

    def __init__(self, seat: str, client: int, card: str = "bench") -> None:
        self.client = client
        self.card = f"{seat}-{card}"
        self.written = "."
        self._seat = seat
        self._clock = 0

    def begin(self) -> bytes:
        """The update that makes the card."""
        doc: Doc[Any] = Doc(client_id=self.client)
        put_card(doc, self._seat, self.card, self.written)
        made = doc.get_update()
        (self._clock,) = _clocks(doc.get_state())
        # Nothing may be written after the text, else its last letter is not the last clock.
        assert made.rstrip(b"\0").endswith(self.written.encode())
        return made

    def append(self, text: str) -> bytes:
        """The update that adds this text (of plain letters) to the end of the card."""
        told = (
            b"\1\1"
            + lib0.uint(self.client)
            + lib0.uint(self._clock)
            + bytes((LEFT_STRING,))
            + lib0.uint(self.client)
            + lib0.uint(self._clock - 1)
            + lib0.text(text)
            + b"\0"
        )
        self._clock += len(text)
        self.written += text
        return told


def _clocks(state: bytes) -> list[int]:
    count, at = lib0.read_uint(state, 0)
    found = []
    for _ in range(count):
        _, at = lib0.read_uint(state, at)
        clock, at = lib0.read_uint(state, at)
        found.append(clock)
    return found


def put_card(doc: "Doc[Any]", seat: str, card: str, text: str) -> Text:
    """A card as a page makes it, its text last."""
    shared: Map[Any] = Map({"kind": "insight", "author": seat, "scope": "circle", "created": 0})
    with doc.transaction():
        doc.get("cards", type=Map)[card] = shared
        # An empty one first: its letters are then the last this client wrote.
        shared["text"] = words = Text()
        words += text
    return words


def texts(doc: "Doc[Any]") -> dict[str, str]:
    """The text of each card on a board."""
    cards = doc.get("cards", type=Map)
    return {card: str(cards[card]["text"]) for card in cards}


def history(
    seat: str, client: int, dice: random.Random, *, cards: int, edits: int, deleting: int
) -> Iterator[bytes]:
    """Updates that write so many cards, letter by letter and here and there; each `deleting`th
    edit takes a letter away as well. About as many pieces as edits: hard to load."""
    yield from _written(seat, client, dice, cards, edits, deleting, here_and_there=True)


def typing(
    seat: str, client: int, dice: random.Random, *, cards: int, edits: int, deleting: int
) -> Iterator[bytes]:
    """The same, but everybody types on where the text ends, and takes back the last letter."""
    yield from _written(seat, client, dice, cards, edits, deleting, here_and_there=False)


def _written(
    seat: str,
    client: int,
    dice: random.Random,
    cards: int,
    edits: int,
    deleting: int,
    *,
    here_and_there: bool,
) -> list[bytes]:
    doc: Doc[Any] = Doc(client_id=client)
    told: list[bytes] = []

    def keep(event: TransactionEvent) -> None:
        told.append(event.update)

    watching = doc.observe(keep)
    words: list[Text] = []
    lengths: list[int] = []
    for number in range(cards):
        words.append(put_card(doc, seat, f"{seat}-{number}", "."))
        lengths.append(1)
    at = done = 0
    while done < edits:
        at = dice.randrange(cards)  # with a card for a while, then with another
        with doc.transaction():
            for _ in range(min(EDITS_TOGETHER, edits - done)):
                if here_and_there:
                    at = dice.randrange(cards)
                place = dice.randint(0, lengths[at]) if here_and_there else lengths[at]
                words[at].insert(place, dice.choice("abcdefgh "))
                lengths[at] += 1
                done += 1
                if done % deleting == 0:
                    lengths[at] -= 1
                    place = dice.randrange(lengths[at]) if here_and_there else lengths[at]
                    del words[at][place : place + 1]
    doc.unobserve(watching)
    return told


def pointed(payload: bytes, prefix: bytes) -> list[tuple[int, int]]:
    """The pointers in a message, as (move, person), whatever form they have."""
    at = len(prefix)
    if not prefix or payload[at : at + 1] != bytes((SHORT,)) or payload[:at] != prefix:
        return [(int(move), int(person)) for move, person in POINTED.findall(payload)]
    found: list[tuple[int, int]] = []
    data, _ = lib0.read_bytes(payload, at + 1, len(payload))
    at = 0
    while at < len(data):
        head, at = lib0.read_uint(data, at)
        match head % 8:
            case 1:  # somebody introduced with their state
                _, at = lib0.read_uint(data, at)
                _, at = lib0.read_uint(data, at)
                state, at = lib0.read_bytes(data, at, len(data))
                found += [(int(move), int(person)) for move, person in POINTED.findall(state)]
            case 2:
                move, at = lib0.read_uint(data, at)
                person, at = lib0.read_uint(data, at)
                found.append((move, person))
            case 3:
                _, at = lib0.read_bytes(data, at, len(data))
            case 4 | 5:
                _, at = lib0.read_uint(data, at)
                _, at = lib0.read_uint(data, at)
            case _:
                pass
    return found


def pointer(client: int, clock: int, seat: str, move: int, person: int) -> bytes:
    """An awareness update: this person points somewhere else."""
    state = {
        "seat": seat,
        "name": f"Person {person}",
        "color": "#30bced",
        "card": "s1-bench",
        "pointer": [move, person],
    }
    written = json.dumps(state, separators=(",", ":"))
    return b"\1" + lib0.uint(client) + lib0.uint(clock) + lib0.text(written)

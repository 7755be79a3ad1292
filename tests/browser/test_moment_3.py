"""Moment 3 of `experience.md`, in real browsers: thirty-one people and dyads."""

from __future__ import annotations

import re
import time
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.house import Guest, House, Room

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROMISE: Final = 3.0
"""Seconds from the press of the button to everybody in a pair."""


def groups(room: Room) -> list[dict[str, str]]:
    """Who sits with whom, seat to name, as the panel has it."""
    blocks = room.lead.view("panel")["blocks"]
    shown: list[dict[str, Any]] = next(
        (block["pairs"] for block in blocks if block["type"] == "pairs"), []
    )
    return [{seat["seat"]: seat["name"] for seat in pair["seats"]} for pair in shown]


def met(room: Room) -> set[frozenset[str]]:
    """Every two who sit together."""
    return {frozenset(two) for group in groups(room) for two in combinations(group, 2)}


def talk(room: Room) -> None:
    """On to the next round's first half."""
    for _ in range(9):
        if room.next_phase() == "a1.half_1":
            return
    raise AssertionError(f"no more rounds: {room.lead.phase}")


def phone_of(
    house: House, browser: Browser, room: Room, name: str, tokens: dict[str, str]
) -> Guest:
    phone = house.browse(browser, name)
    phone.context.add_cookies(
        [{"name": f"seat_{room.id}", "value": tokens[name], "url": house.address}]
    )
    phone.page.goto(f"/r/{room.id}")
    phone.connected()
    return phone


@pytest.mark.alone
def test_moment_3_thirty_one_people_and_dyads(house: House, browser: Browser) -> None:
    room = house.open_room("Living with the river", "Amina Diallo", template="empty")
    settings = {"form": "rotating", "rounds": 3}
    assert room.lead.send({"type": "agenda.add", "kind": "dyads", "settings": settings}).is_success
    seats = [room.join(f"Person {n}") for n in range(1, 32)]
    tokens = {seat.name: seat.token for seat in seats}
    phone = phone_of(house, browser, room, "Person 1", tokens)

    # Fourteen pairs and one trio within three seconds of the press, on a real screen too.
    room.next_phase()  # what it is and how it goes
    began = time.monotonic()
    room.next_phase()
    while Counter(map(len, groups(room))) != {2: 14, 3: 1}:
        assert time.monotonic() - began < PROMISE, Counter(map(len, groups(room)))
    phone.heading(re.compile("^Meet |^You (speak|listen)"))
    assert time.monotonic() - began < PROMISE
    seen = met(room)
    assert len({seat for group in groups(room) for seat in group}) == 31
    talk(room)
    phone.heading(re.compile("^You (speak|listen)"))

    # A late thirty-second person comes in by the link, is told what will be, and joins.
    late = house.browse(browser, "Late Leilani")
    late.come_in(room)
    late.heading("Welcome")
    late.sees("You join when the next pairs meet.")
    talk(room)
    assert Counter(map(len, groups(room))) == {2: 16}
    late.heading(re.compile("^You (speak|listen)"))
    assert not met(room) & seen, "nobody meets the same person twice while it can be helped"
    seen |= met(room)

    talk(room)
    assert Counter(map(len, groups(room))) == {2: 16}
    assert not met(room) & seen

    # A partner who is gone for a minute: nobody presses anything, and nobody is left alone.
    mine = next(group for group in groups(room) if "Person 1" in group.values())
    left = next(name for name in mine.values() if name != "Person 1")
    other = late if left == late.name else phone_of(house, browser, room, left, tokens)
    other.heading(re.compile("^You (speak|listen)"))
    phone.leave()
    house.advance(31)
    other.sees("Person 1 is away.")
    house.advance(35)
    other.sees(re.compile("Trio"))
    now = next(group for group in groups(room) if left in group.values())
    assert len(now) == 3
    assert "Person 1" not in now.values()
    other.heading(re.compile("^You (speak|listen)|with"))
    assert all(len(group) >= 2 for group in groups(room))
    assert not [*phone.troubles, *late.troubles, *other.troubles]

"""Every activity begun with nobody, with one, with two, with three hundred people: it goes on or
says in a sentence why not, and a refusal changes nothing (issue: *Bad input*)."""

import pytest

from activities.kernel import Member, Refused, step
from activities.registry import ACTIVITIES
from tests.activities.driver import World, check, world

KINDS = sorted(ACTIVITIES)
STEPS = 14
"""More than any activity has shared phases."""


def begun(kind: str, count: int) -> World:
    return world(ACTIVITIES[kind], count=count)


def lead_on(room: World) -> list[Refused]:
    """The lead presses the main button as long as there is one. What was refused, which changed
    nothing."""
    refused: list[Refused] = []
    for _ in range(STEPS):
        if room.activity.closed(room.state):
            break
        offers = [o for o in room.view("f1", "panel").may if o.place == "main"]
        if not offers:
            room.ring()
            continue
        command = room.filled(offers[0])
        try:
            events, room.state = step(room.activity, room.state, command, room.moment("f1"))
        except Refused as why:
            refused.append(why)
            events = ()
            room.ring()
        room.log.extend(events)
    return refused


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_begun_with_hardly_anybody_it_goes_on_or_says_why_not(kind: str, count: int) -> None:
    room = begun(kind, count)
    check(room)
    # A button that is on offer and refused says why in a sentence of its own.
    assert all(why.message is not None for why in lead_on(room))
    check(room)
    room.join(Member("late"))
    check(room)


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_ended_with_hardly_anybody(kind: str, count: int) -> None:
    room = begun(kind, count)
    lead_on(room)
    if not room.activity.closed(room.state):
        assert room.do("f1", "activity.cut", "panel") is None
    assert room.activity.closed(room.state)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_begun_with_three_hundred_people_everybody_has_a_screen(kind: str) -> None:
    room = begun(kind, 300)
    assert not lead_on(room)
    for seat in ("s1", "s150", "s300", "f1"):
        assert room.view(seat).blocks
    assert room.view("f1", "panel").blocks
    assert room.view("", "screen").phase

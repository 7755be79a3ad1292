"""Breaks and energisers (`methods.md` A16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.kernel import MINUTE, Cut, TimeUp
from activities.phases import PhaseNext
from activities.rest import REST, Settings
from tests.activities.driver import (
    SECOND,
    History,
    World,
    explore,
    histories,
    never_offered,
    play,
    world,
)

SETTINGS = st.builds(
    Settings,
    form=st.sampled_from(("break", "break", "energiser")),
    minutes=st.sampled_from((2, 5, 7, 10, 60)),
)


def phase(room: World) -> str:
    return str(room.state.phases.phase)


def test_BR3_nobody_ends_a_break_before_five_minutes() -> None:
    room = world(REST, Settings(minutes=10), count=6)
    room.wait(5 * MINUTE - SECOND)
    assert room.send("f1", PhaseNext(epoch=1, phase="on")) == "not_allowed"
    assert room.send("f1", Cut(epoch=1)) == "not_allowed"
    room.wait(2 * SECOND)
    assert room.send("f1", PhaseNext(epoch=1, phase="on")) is None
    assert phase(room) == "back_soon"


@pytest.mark.parametrize(("minutes", "lasts"), [(10, 10), (5, 5), (2, 5), (60, 60)])
def test_a_break_ends_when_the_clock_says(minutes: int, lasts: int) -> None:
    room = world(REST, Settings(minutes=minutes), count=6)
    room.wait(lasts * MINUTE - 1)
    assert phase(room) == "back_soon"
    room.wait(1)
    assert phase(room) == "return"
    room.wait(2 * MINUTE)
    assert REST.closed(room.state)


def test_the_lead_may_make_it_longer_from_the_start() -> None:
    room = world(REST, Settings(minutes=5), count=6)
    room.do("f1", "phase.extend", "panel")
    room.wait(6 * MINUTE - 1)
    assert phase(room) == "back_soon"


def test_four_fifths_are_enough_to_go_on() -> None:
    room = world(REST, Settings(minutes=5), count=4)  # five with the lead: four are enough
    room.wait(4 * MINUTE)
    for seat in ("s1", "s2", "s3"):
        room.do(seat, "back.say")
    assert room.send("s3", room.taps[-1].command) == "duplicate"
    room.wait(MINUTE)
    assert phase(room) == "return"
    room.do("f1", "back.say")
    assert REST.closed(room.state)


def test_who_is_away_in_a_break_has_not_left_it() -> None:
    room = world(REST, Settings(minutes=10), count=4)
    room.drop("s1")
    room.leave("s1")
    assert "s1" in room.state.people
    room.back("s1")
    room.wait(8 * MINUTE)
    room.do("s1", "back.say")
    assert room.state.back == {"s1"}


def test_an_energiser_ends_when_the_lead_says() -> None:
    room = world(REST, Settings(form="energiser", minutes=2), count=4)
    room.wait(4 * MINUTE)
    assert phase(room) == "on"
    room.do("f1", "phase.next", "panel")
    assert REST.closed(room.state)


def nothing_of_anybody_falls_into_a_break(room: World) -> None:
    """BR2: no role, turn, vote or consent deadline: the clock speaks of the break alone."""
    deadline = REST.deadline(room.state)
    if deadline is not None:
        assert isinstance(deadline.command, TimeUp)
        assert deadline.command.timer in {"phase", "back", "early"}
    assert REST.harvest(room.state).items == ()


@given(histories(REST, SETTINGS))
def test_BR2_any_history(history: History) -> None:
    play(REST, history, also=nothing_of_anybody_falls_into_a_break)


def test_every_phase_and_every_command_is_reached() -> None:
    choices = (Settings(minutes=5), Settings(minutes=7), Settings(form="energiser", minutes=3))
    found = explore(REST, choices, seed=3)
    assert found.phases == set(REST.phases)
    assert never_offered(REST, found) == set()

"""The whole group together (agenda templates of `methods.md` 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import nameless
from activities.blocks import Words
from activities.kernel import MINUTE
from activities.nameless import Names
from activities.plenary import PLENARY, FloorGive, InsightGive, Occasion, Settings, queue
from tests.activities.driver import History, World, explore, histories, never_offered, play, world

FORMS: tuple[Occasion, ...] = ("arrival", "frame", "talk", "write", "insight")
NAMES: tuple[nameless.Names, ...] = ("named", "peers", "all")
SETTINGS = st.builds(
    Settings,
    form=st.sampled_from(FORMS),
    minutes=st.integers(1, 10),
    names=st.sampled_from(NAMES),
)


def talk() -> World:
    return world(PLENARY, Settings(form="talk"), count=4)


def test_who_has_not_spoken_comes_first() -> None:
    room = talk()
    for seat in ("s1", "s2"):
        room.do(seat, "hand.up")
    room.do("f1", "floor.give", "panel")
    assert room.state.floor == "s1"
    room.do("s1", "floor.done")
    room.do("s1", "hand.up")
    room.do("s3", "hand.up")
    assert queue(room.state) == ("s2", "s3", "s1")


def test_a_floor_given_twice_is_given_once() -> None:
    room = talk()
    room.do("s1", "hand.up")
    give = FloorGive(epoch=1, seat="s1", turn=0)
    assert room.send("f1", give) is None
    assert room.send("f1", give) == "stale_turn"
    assert room.send("f1", FloorGive(epoch=1, seat="s2", turn=1)) == "stale_seat"


def test_only_the_speaker_or_a_facilitator_ends_a_turn() -> None:
    room = talk()
    room.do("s1", "hand.up")
    room.do("f1", "floor.give", "panel")
    done = next(o.command for o in room.view("s1").may if "floor" in repr(o.command).lower())
    assert room.send("s2", done) == "not_allowed"
    assert room.send("f1", done) is None
    assert room.state.floor == ""


def test_who_leaves_takes_hand_and_floor_along() -> None:
    room = talk()
    for seat in ("s1", "s2"):
        room.do(seat, "hand.up")
    room.do("f1", "floor.give", "panel")
    room.leave("s1")
    room.leave("s2")
    assert (room.state.floor, room.state.hands) == ("", ())


def test_a_line_goes_where_its_author_says() -> None:
    room = world(PLENARY, Settings(form="insight"), count=3)
    room.send("s1", InsightGive(words=Words("w1"), to="room"))
    room.send("s2", InsightGive(words=Words("w2"), to="memo"))
    assert [item.words for item in PLENARY.harvest(room.state).items] == [Words("w2")]
    for number in range(3, 5):
        assert room.send("s1", InsightGive(words=Words(f"w{number}"))) is None
    assert room.send("s1", InsightGive(words=Words("w9"))) == "full"


@pytest.mark.parametrize("form", ["arrival", "frame"])
def test_everybody_says_so_once_and_nobody_waits_for_it(form: Occasion) -> None:
    room = world(PLENARY, Settings(form=form), count=3)
    room.do("s1", "ready.say")
    assert room.send("s1", room.taps[-1].command) == "duplicate"
    room.do("f1", "phase.next", "panel")
    assert PLENARY.closed(room.state)


def test_a_soft_end_forces_nothing() -> None:
    room = talk()
    room.wait(50 * MINUTE)
    assert not PLENARY.closed(room.state)


def one_floor(room: World) -> None:
    """G2, and nobody is both speaking and waiting."""
    assert room.state.floor == "" or room.state.floor in room.state.people
    assert room.state.floor not in room.state.hands
    assert len(set(room.state.hands)) == len(room.state.hands)


@given(histories(PLENARY, SETTINGS))
def test_G2_any_history(history: History) -> None:
    play(PLENARY, history, also=one_floor)


def test_every_phase_and_every_command_is_reached() -> None:
    ways: tuple[Names, ...] = ("named", "peers", "all")
    choices = tuple(Settings(form=form, names=names) for names in ways for form in FORMS)
    found = explore(PLENARY, choices, seed=5)
    assert found.phases == set(PLENARY.phases)
    assert never_offered(PLENARY, found) == {"phase.back"}  # its only phase is the first


def test_a_wall_is_given_nothing_to_write_in() -> None:
    room = talk()
    assert "Cards" in {type(each).__name__ for each in room.view("s1").blocks}
    assert "Cards" not in {type(each).__name__ for each in room.view("screen", "screen").blocks}

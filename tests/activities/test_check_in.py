"""The check-in: A4 and its invariants CH1 to CH4, in every mode."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import rounds, turns
from activities._check_in_commands import CirclesFormed, Give, Mode, Settings
from activities._check_in_model import (
    ALLOWED,
    LOW,
    OPTIONS,
    State,
    has_answered,
    may_give,
    takes_part,
)
from activities.blocks import (
    Answers,
    Choices,
    Entry,
    Groups,
    NextStep,
    Note,
    Progress,
    Ring,
    Roll,
    Tally,
    Words,
)
from activities.check_in import CHECK_IN
from activities.kernel import Event, LeadCommand, Member, TimeUp
from tests.activities.driver import (
    SECOND,
    History,
    World,
    check_reconnect,
    explore,
    histories,
    names_in,
    play,
    tag,
    words_in,
    world,
)

MODES: tuple[Mode, ...] = ("round", "circles", "word", "weather", "scale", "picture", "gesture")
SPOKEN: tuple[Mode, ...] = ("round", "circles")
TOGETHER: tuple[Mode, ...] = ("word", "weather", "scale", "picture", "gesture")


def settings(modes: tuple[str, ...] = MODES) -> st.SearchStrategy[Settings]:
    """Any settings the agenda can hold."""
    return st.builds(
        Settings,
        mode=st.sampled_from(modes),
        direction=st.sampled_from(("in", "out")),
        cap_s=st.integers(10, 120),
        sample=st.integers(0, 3),
        care_view=st.booleans(),
    )


def blocks(room: World, seat: str, kind: type, lens: Any = "seat") -> list[Any]:
    """The blocks of a kind on somebody's screen."""
    return [block for block in room.view(seat, lens).blocks if isinstance(block, kind)]


def offered(room: World, seat: str, lens: Any = "seat") -> set[str]:
    """The commands offered to `seat`."""
    return {tag(offer.command) for offer in room.view(seat, lens).may}


def opened(mode: Mode, count: int = 4, **fields: Any) -> World:
    """A check-in whose answers are open."""
    room = world(CHECK_IN, Settings(mode=mode, **fields), count=count)
    room.do("f1", "phase.next", "panel")
    return room


def answer(room: World, seat: str, value: str = "", words: str = "") -> str | None:
    """Give an answer as `seat`."""
    return room.do(seat, "answer.give", value=value, words=Words(words) if words else None)


def give_any(room: World, seat: str) -> None:
    """Give whatever the mode asks for."""
    options = OPTIONS.get(room.settings.mode)
    value = options[0].value if options else ""
    assert answer(room, seat, value, "" if options else f"word-{seat}") is None


# --- what holds in any history ------------------------------------------------------------------


def this_round(room: World) -> list[Event]:
    """What happened since the round began; an undone round was never held."""
    began = [n for n, event in enumerate(room.log) if isinstance(event, CirclesFormed)]
    return room.log[began[-1] :] if began else []


def invariants(room: World) -> None:
    """CH1 to CH4 and G2, after each move."""
    state: State = room.state
    together = state.settings.mode in TOGETHER
    if together and not state.revealed:
        for seat, view in room.views():
            assert not any(isinstance(block, Answers | Tally | Roll) for block in view.blocks)
            own = state.answers.get(seat)
            assert words_in(view) <= ({own.words.ref} if own and own.words else set())
    for round_ in state.rounds.values():
        both = round_.first + round_.second
        assert len(both) == len(set(both))
        assert round_.floor is None or round_.floor.seat not in both
        told = [e.seat for e in this_round(room) if isinstance(e, rounds.TurnDone)]
        assert len(told) == len(set(told))
    if state.phase == "closed":
        for seat, member in state.members.items():
            if member.here and takes_part(state, seat):
                assert has_answered(state, seat)
    if state.settings.mode in ("weather", "scale"):
        shown = (
            view for _, view in room.views() for block in view.blocks if isinstance(block, Answers)
        )
        for view in shown:
            named = [a.who for b in view.blocks if isinstance(b, Answers) for a in b.answers]
            assert not any(named)
    moods = [item for item in CHECK_IN.harvest(state).items if item.kind == "mood"]
    assert not moods


@given(histories(CHECK_IN, settings()))
def test_any_history_keeps_ch1_to_ch4_and_the_laws_of_all_activities(history: History) -> None:
    play(CHECK_IN, history, also=invariants)


@given(histories(CHECK_IN, settings(SPOKEN)))
def test_any_history_of_a_round_g2(history: History) -> None:
    play(CHECK_IN, history, also=invariants)


@given(histories(CHECK_IN, settings(), people=18, length=25))
def test_any_history_of_a_large_room(history: History) -> None:
    play(CHECK_IN, history, also=invariants)


def test_a_random_walk_reaches_every_phase_and_every_command() -> None:
    ways: tuple[Literal["in", "out"], ...] = ("in", "out")
    choices = tuple(Settings(mode=mode, direction=way) for mode in MODES for way in ways)
    found = explore(CHECK_IN, choices, seed=7, rounds=70, count=14)
    assert found.phases == set(CHECK_IN.phases)
    people = set().union(*(c for row in ALLOWED.values() for r, c in row.items() if r != "clock"))
    assert found.commands >= people - {turns.Next}  # needs a minute of silence; tested below


# --- invariants by name -------------------------------------------------------------------------


def test_ch1_everyone_present_has_one_answer_or_pass_at_the_end() -> None:
    room = opened("word", count=3)
    answer(room, "s1", words="tired")
    room.do("s2", "answer.pass")
    for _ in range(3):
        room.do("f1", "phase.next", "panel")
    assert room.state.phase == "closed"
    assert {s: a.passed for s, a in room.state.answers.items()} == {
        "s1": False, "s2": True, "s3": True, "f1": True,
    }  # fmt: skip


@pytest.mark.parametrize("mode", TOGETHER)
def test_ch2_nothing_is_shown_before_the_reveal(mode: Mode) -> None:
    room = opened(mode)
    for seat in ("s1", "s2"):
        give_any(room, seat)
    for seat, view in room.views():
        assert not any(isinstance(block, Answers | Tally) for block in view.blocks), seat
    assert blocks(room, "s3", Progress)[0].done == 2
    room.do("f1", "phase.next", "panel")
    assert room.state.phase == "reveal"
    for _, view in room.views():
        assert any(isinstance(block, Answers | Tally) for block in view.blocks)


def test_ch3_the_last_edit_before_the_reveal_counts_and_none_after() -> None:
    room = opened("weather", count=2)
    answer(room, "s1", "sun")
    stale = next(o.command for o in room.view("s1").may if tag(o.command) == "answer.give")
    answer(room, "s1", "rain")
    assert blocks(room, "s1", Choices)[0].chosen == "rain"
    room.do("f1", "phase.next", "panel")
    assert room.send("s1", stale) == "stale_phase"
    assert "answer.give" not in offered(room, "s1")
    tally = blocks(room, "s1", Tally)[0]
    assert [bar.count for bar in tally.bars] == [0, 0, 0, 1, 0, 0]


def test_ch3_going_back_after_a_reveal_lets_only_the_silent_answer() -> None:
    room = opened("word", count=2)
    answer(room, "s1", words="w")
    room.do("f1", "phase.next", "panel")
    room.do("f1", "phase.back", "panel")
    assert room.state.phase == "answer"
    assert not may_give(room.state, "s1")
    assert answer(room, "s2", words="v") is None


def test_ch3_a_round_that_was_undone_was_never_held() -> None:
    """What a long campaign stumbled over: heard, back to the frame, and heard again."""
    room = opened("round", count=2)
    room.do("f1", "turn.begin")
    room.do("f1", "turn.done")
    assert room.do("f1", "phase.back", "panel") is None
    assert room.state.phase == "frame"
    room.do("f1", "phase.next", "panel")
    invariants(room)
    assert room.state.rounds[""].turn > 1  # old taps name a turn that will not come again
    room.do("f1", "turn.begin")
    room.do("f1", "turn.done")
    invariants(room)
    assert CHECK_IN.harvest(room.state).counts == {"checked_in": 1}


def test_ch4_free_text_of_a_mood_is_never_harvested() -> None:
    for mode in TOGETHER:
        room = opened(mode, count=3)
        options = OPTIONS.get(mode)
        for seat in ("s1", "s2"):
            answer(room, seat, options[0].value if options else "", "private")
        harvest = CHECK_IN.harvest(room.state)
        assert harvest.items == ()
        assert harvest.counts["checked_in"] == 2
        if options:
            assert harvest.counts[f"mood:{options[0].value}"] == 2


def test_g10_the_harvest_does_not_tell_who_passed() -> None:
    room = opened("word", count=2)
    room.do("s1", "answer.pass")
    assert CHECK_IN.harvest(room.state).counts == {"checked_in": 0}


# --- the modes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["weather", "scale"])
def test_counts_only_and_words_without_names(mode: Mode) -> None:
    room = opened(mode, count=3)
    answer(room, "s1", OPTIONS[mode][1].value, "arriving")
    room.do("f1", "phase.next", "panel")
    view = room.view("s2")
    assert words_in(view) == {"arriving"}
    assert names_in(view) == set()
    assert names_in(room.view("f1", "panel")) == set()
    assert names_in(room.view("", "screen")) == set()


@pytest.mark.parametrize("mode", ["word", "picture", "gesture"])
def test_words_pictures_and_movements_come_with_names(mode: Mode) -> None:
    room = opened(mode, count=3)
    give_any(room, "s1")
    room.do("f1", "phase.next", "panel")
    answers = blocks(room, "s2", Answers)[0].answers
    assert [a.who.seat for a in answers] == ["s1"]


def test_care_view_is_announced_and_shows_names_to_facilitators_only() -> None:
    room = world(CHECK_IN, Settings(mode="scale", care_view=True), count=2)
    announced = blocks(room, "s1", Note)[-1].text.id
    assert "facilitators see" in announced
    room.do("f1", "phase.next", "panel")
    answer(room, "s1", "2")
    assert not blocks(room, "f1", Roll, "panel")  # CH2 holds for facilitators too
    room.do("f1", "phase.next", "panel")
    assert [who.seat for who, _ in blocks(room, "f1", Roll, "panel")[0].rows] == ["s1"]
    assert not blocks(room, "s2", Roll)


@pytest.mark.parametrize(("mode", "value"), [(m, v) for m, low in LOW.items() for v in sorted(low)])
def test_a_low_mood_may_ask_for_somebody_to_talk_to(mode: Mode, value: str) -> None:
    room = opened(mode, count=3)
    assert "care.ask" not in offered(room, "s1")
    answer(room, "s1", value)
    assert room.do("s1", "care.ask") is None
    assert "s1" in names_in(room.view("f1", "panel"))
    for other in ("s2", "s3"):
        assert "s1" not in names_in(room.view(other))
    assert "s1" not in names_in(room.view("", "screen"))
    assert room.do("f1", "care.take", "panel") is None
    assert "f1" in names_in(room.view("s1"))
    assert "f1" not in names_in(room.view("s2"))


def test_a_bright_mood_is_not_asked() -> None:
    room = opened("weather")
    answer(room, "s1", "sun")
    assert "care.ask" not in offered(room, "s1")


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("round", "circles")])
def test_an_answer_that_is_none_is_a_bad_request(mode: Mode) -> None:
    room = opened(mode)
    before = room.state
    phase = CHECK_IN.phase(room.state, "s1")
    assert room.send("s1", Give(phase=phase)) == "bad_request"
    assert room.state == before


def test_give_and_pass_stand_beside_each_other() -> None:
    room = opened("weather")
    places = {tag(o.command): o.place for o in room.view("s1").may}
    assert (places["answer.give"], places["answer.pass"]) == ("main", "beside")


def test_every_phase_has_one_right_button_on_the_panel() -> None:
    room = world(CHECK_IN, Settings(mode="weather"), count=3)
    while not CHECK_IN.closed(room.state):
        main = [o for o in room.view("f1", "panel").may if o.place == "main" and o.shown]
        assert [tag(o.command) for o in main] == ["phase.next"]
        assert len(blocks(room, "f1", NextStep, "panel")) == 1
        room.tap("f1", main[0])


# --- going round --------------------------------------------------------------------------------


def test_a_round_begins_with_the_facilitator_as_a_model_and_hears_everyone_once() -> None:
    room = opened("round", count=4)
    assert room.state.rounds[""].floor.seat == "f1"
    heard = []
    while (floor := room.state.rounds[""].floor) is not None:
        heard.append(floor.seat)
        assert room.do(floor.seat, "turn.begin") is None
        assert room.do(floor.seat, "turn.done") is None
    assert sorted(heard) == ["f1", "s1", "s2", "s3", "s4"]
    assert {CHECK_IN.phase(room.state, seat) for seat in heard} == {"heard"}
    room.do("f1", "phase.next", "panel")
    assert room.state.phase == "thanks"
    assert CHECK_IN.harvest(room.state).counts == {"checked_in": 5}


def test_not_ready_comes_again_at_the_end() -> None:
    room = opened("round", count=2)
    room.do("f1", "turn.pass")
    order = [room.state.rounds[""].floor.seat]
    room.do(order[0], "turn.begin")
    room.do(order[0], "turn.done")
    order.append(room.state.rounds[""].floor.seat)
    room.do(order[1], "turn.begin")
    room.do(order[1], "turn.done")
    assert room.state.rounds[""].floor.seat == "f1"


def test_a_double_tap_on_finished_is_stale_and_takes_no_second_turn() -> None:
    room = opened("round", count=3)
    room.do("f1", "turn.begin")
    done = next(o.command for o in room.view("f1").may if tag(o.command) == "turn.done")
    assert room.send("f1", done) is None
    assert room.send("f1", done) == "stale_turn"


def test_the_next_one_is_told_early_and_the_holder_alone_is_told_to_take_time() -> None:
    room = opened("round", count=3)
    second = room.state.rounds[""].first[0]
    assert blocks(room, second, Note)[-1].text.id == "You are next."
    room.wait(21 * SECOND)
    assert "Take your time" in blocks(room, "f1", Note)[-1].text.id
    assert not any("Take your" in n.text.id for n in blocks(room, second, Note))


def test_turn_next_moves_on_after_ninety_silent_seconds_and_not_before() -> None:
    room = opened("round", count=3)
    assert "turn.next" not in offered(room, "f1", "panel")
    room.wait(91 * SECOND)
    assert room.state.rounds[""].floor.seat == "f1"  # never passed over while a lead is here
    assert room.do("f1", "turn.next", "panel") is None
    assert room.state.rounds[""].floor.seat != "f1"


def test_with_nobody_facilitating_the_clock_moves_on() -> None:
    room = opened("round", count=3)
    room.drop("f1")
    room.wait(40 * 60 * SECOND)
    assert room.state.phase == "closed"


def test_going_back_finds_who_came_and_who_left_meanwhile_G9() -> None:
    room = opened("round")
    room.do("f1", "phase.next", "panel")
    first, second, *_ = next(iter(room.state.rounds.values())).ring[1:]
    room.leave(first)
    room.drop(second)
    room.join(Member("late", "remote", here=True))
    room.do("f1", "phase.back", "panel")
    assert room.state.phase == "answer"
    (round_,) = room.state.rounds.values()
    assert "late" in round_.ring
    assert first in round_.gone
    assert second in round_.away
    check_reconnect(room)


def test_circles_of_up_to_six_go_round_each_by_itself() -> None:
    room = opened("circles", count=14)
    groups = CHECK_IN.groups(room.state)
    assert [len(group.members) for group in groups] == [5, 5, 4]
    assert "f1" not in [seat for group in groups for seat in group.members]
    for group in groups:
        holder = room.state.rounds[group.id].floor.seat
        assert room.do(holder, "turn.begin") is None
    line = blocks(room, "f1", Groups, "panel")[0].groups
    assert [g.id for g in line] == ["c1", "c2", "c3"]
    assert "mode.choose" not in offered(room, "f1", "panel")


def test_g4_the_last_one_of_a_circle_moves_to_another() -> None:
    room = opened("circles", count=8)
    one, _two = CHECK_IN.groups(room.state)
    for seat in one.members[1:]:
        room.leave(seat)
    sizes = [len(group.members) for group in CHECK_IN.groups(room.state)]
    assert sorted(sizes) == [0, 5]
    assert room.state.place[one.members[0]] != one.id


def test_over_twelve_the_lead_is_offered_circles_or_a_word() -> None:
    room = world(CHECK_IN, Settings(mode="round"), count=12)
    assert "mode.choose" in offered(room, "f1", "panel")
    room.do("f1", "mode.choose", "panel", mode="word")
    room.do("f1", "phase.next", "panel")
    assert blocks(room, "s1", Entry)
    small = world(CHECK_IN, Settings(mode="round"), count=11)
    assert "mode.choose" not in offered(small, "f1", "panel")


def test_late_joiners_speak_while_the_round_runs_and_get_a_card_afterwards() -> None:
    room = opened("round", count=1)
    room.join(Member("late"))
    assert room.state.rounds[""].first[-1] == "late"
    while (floor := room.state.rounds[""].floor) is not None:
        room.do(floor.seat, "turn.begin")
        room.do(floor.seat, "turn.done")
    room.join(Member("later"))
    assert room.state.rounds[""].status.get("later") is None
    assert answer(room, "later", words="hello") is None
    assert room.do("f1", "phase.next", "panel") is None
    assert "answer.give" not in offered(room, "s1")


def test_a_circle_drops_nobody_when_a_line_drops_for_a_minute() -> None:
    room = opened("round", count=3)
    room.do("f1", "turn.begin")
    room.wait(10 * SECOND)
    room.drop("f1", silent=4 * SECOND)
    room.wait(60 * SECOND)
    room.back("f1")
    floor = room.state.rounds[""].floor
    assert floor.seat == "f1"
    assert floor.timer.ends_at - room.now == 24 * SECOND


# --- check-out ----------------------------------------------------------------------------------


def test_a_check_out_leaves_insights_and_moods_do_not_become_one() -> None:
    room = opened("weather", count=2, direction="out")
    answer(room, "s1", "sun", "mood words")
    room.do("f1", "phase.next", "panel")
    room.do("f1", "phase.next", "panel")
    assert room.do("s1", "insight.give", words=Words("take-home")) is None
    items = CHECK_IN.harvest(room.state).items
    assert [(i.kind, i.words.ref, i.seat) for i in items] == [("insight", "take-home", "s1")]
    for n in range(2):
        assert room.do("s1", "insight.give", words=Words(f"x{n}")) is None
    assert "insight.give" not in offered(room, "s1")


def test_in_a_check_out_the_word_is_the_insight() -> None:
    room = opened("word", count=2, direction="out")
    answer(room, "s1", words="home")
    assert [i.words.ref for i in CHECK_IN.harvest(room.state).items] == ["home"]
    assert blocks(room, "s2", Entry)[0].sees == "memo"  # said where it is written


@pytest.mark.parametrize("fields", [{"sample": 1}, {"sample": 2}, {"prompt": Words("own")}])
def test_ch4_how_somebody_leaves_and_whom_they_thank_stays_in_the_room(fields: Any) -> None:
    room = opened("word", count=2, direction="out", **fields)
    answer(room, "s1", words="sad")
    assert CHECK_IN.harvest(room.state).items == ()
    assert blocks(room, "s2", Entry)[0].sees == "room"


# --- pause, people ------------------------------------------------------------------------------


def test_a_pause_keeps_the_time_of_everyone_exactly() -> None:
    room = opened("round", count=3)
    room.do("f1", "turn.begin")
    room.wait(7 * SECOND)
    room.do("s1", "pause.call")
    assert {CHECK_IN.phase(room.state, s) for s in room.people} == {"paused"}
    deadline = CHECK_IN.deadline(room.state)
    assert deadline is not None
    assert deadline.command == TimeUp(timer="back", at=deadline.at)  # only the way back runs out
    room.wait(600 * SECOND)
    assert CHECK_IN.deadline(room.state) is None
    assert offered(room, "s2") == set()
    room.do("f1", "pause.resume", "panel")
    assert room.state.rounds[""].floor.timer.ends_at - room.now == 23 * SECOND


def test_observers_and_the_wall_only_look() -> None:
    room = opened("weather")
    room.join(Member("x", observer=True))
    assert offered(room, "x") == set()
    assert room.view("", "screen").may == ()
    assert "x" not in room.state.members


def test_a_second_press_of_next_does_nothing() -> None:
    room = world(CHECK_IN, Settings(mode="word"), count=2)
    press = next(o.command for o in room.view("f1", "panel").may if tag(o.command) == "phase.next")
    assert isinstance(press, LeadCommand)
    assert room.send("f1", press) is None
    assert room.send("f1", press) == "stale_phase"
    assert room.state.phase == "answer"


@pytest.mark.parametrize("mode", MODES)
def test_cut_keeps_what_was_given(mode: Mode) -> None:
    room = opened(mode)
    if mode in TOGETHER:
        give_any(room, "s1")
    room.do("f1", "activity.cut", "panel")
    assert CHECK_IN.closed(room.state)
    assert CHECK_IN.deadline(room.state) is None
    assert CHECK_IN.harvest(room.state).counts["checked_in"] == (1 if mode in TOGETHER else 0)


@pytest.mark.parametrize("mode", ["round", "circles"])
def test_a_ring_on_every_screen_of_a_round(mode: Mode) -> None:
    room = opened(mode, count=7)
    for seat in ("s1", "s4"):
        assert len(blocks(room, seat, Ring)) == 1
    assert blocks(room, "", Ring, "screen")

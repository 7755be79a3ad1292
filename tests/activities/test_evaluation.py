"""The evaluation (`methods.md` A11)."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.blocks import Answers, Words
from activities.evaluation import EVALUATION, AnswersGive, LineWithdraw, Settings, texts
from activities.kernel import MINUTE, Lens
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
    form=st.sampled_from(("useful_change", "plus_delta", "scores")),
    minutes=st.sampled_from((1, 3)),
    round=st.booleans(),
    after_hours=st.sampled_from((0, 48)),
)


def wrote(room: World, seat: str, plus: str, delta: str = "") -> str | None:
    return room.send(seat, AnswersGive(plus=Words(plus), delta=Words(delta) if delta else None))


def evaluation(**settings: object) -> World:
    return world(EVALUATION, msgspec.convert(settings, Settings), count=5)


def shown(room: World, seat: str, lens: Lens = "seat") -> list[str]:
    view = room.view(seat, lens)
    return [
        answer.words.ref
        for block in view.blocks
        if isinstance(block, Answers)
        for answer in block.answers
        if isinstance(answer.words, Words)
    ]


def test_EV1_no_event_and_no_state_holds_who_answered() -> None:
    room = evaluation()
    wrote(room, "s1", "w1", "w2")
    for value in (room.state.given, room.log[-1]):
        assert "s1" not in repr(value)
    assert all(item.seat == "" for item in EVALUATION.harvest(room.state).items)


def test_EV2_the_last_answers_count_and_there_is_one_set_each() -> None:
    room = evaluation()
    wrote(room, "s1", "w1")
    wrote(room, "s1", "w2")
    assert len(room.state.given) == 1
    assert texts(room.state, "plus") == (Words("w2"),)


def test_EV3_facilitators_do_not_answer() -> None:
    room = evaluation()
    assert wrote(room, "f1", "w1") == "not_allowed"


def test_EV4_the_memo_gets_what_is_stored() -> None:
    room = evaluation(form="scores")
    room.send("s1", AnswersGive(worth=5, heard=4, use=1))
    room.send("s2", AnswersGive(worth=5))
    found = EVALUATION.harvest(room.state).assessment
    assert found is not None
    assert found.answers == 2
    assert [rating.counts for rating in found.ratings] == [
        (0, 0, 0, 0, 2),
        (0, 0, 0, 1, 0),
        (1, 0, 0, 0, 0),
    ]


def test_texts_wait_for_three_answers_or_the_end_of_writing() -> None:
    room = evaluation()
    wrote(room, "s1", "w1")
    wrote(room, "s2", "w2")
    assert shown(room, "f1", "panel") == []
    wrote(room, "s3", "w3")
    assert sorted(shown(room, "f1", "panel")) == ["w1", "w2", "w3"]
    assert shown(room, "s1") == []  # nobody reads others while they write themselves
    room.wait(3 * MINUTE + 10 * SECOND)
    assert sorted(shown(room, "s1")) == ["w1", "w2", "w3"]


def test_a_line_about_a_person_goes_to_facilitators_only() -> None:
    room = evaluation()
    wrote(room, "s1", "w1", "w2")
    room.do("f1", "phase.next", "panel")
    assert room.send("f1", LineWithdraw(epoch=1, words="w2")) is None
    assert shown(room, "s1") == ["w1"]
    assert "w2" in shown(room, "f1", "panel")
    assert Words("w2") not in [item.words for item in EVALUATION.harvest(room.state).items]
    assert room.send("f1", LineWithdraw(epoch=1, words="w2")) == "unknown"


def test_writing_ends_with_the_clock_and_answers_may_come_later() -> None:
    room = evaluation(minutes=1)
    room.wait(MINUTE + 10 * SECOND)
    assert room.state.phases.phase == "read_back"
    assert wrote(room, "s1", "w1") == "not_allowed"
    for _ in range(2):
        room.do("f1", "phase.next", "panel")
    assert EVALUATION.closed(room.state)
    assert EVALUATION.lingers(room.state) == 48 * 60 * MINUTE
    assert wrote(room, "s1", "w1") is None


@pytest.mark.parametrize("form", ["useful_change", "scores"])
def test_1_13_a_blank_is_an_answer(form: str) -> None:
    room = evaluation(form=form)
    assert room.send("s1", AnswersGive()) is None
    assert len(room.state.given) == 1


def nobody_stands_in_it(room: World) -> None:
    """EV1, EV2, EV4."""
    assert set(room.state.given) <= {room.token(seat) for seat in room.people}
    assert not any(repr(seat) in repr(room.state.given) for seat in room.people)
    found = EVALUATION.harvest(room.state).assessment
    assert found is not None
    assert found.answers == len(room.state.given)
    for rating in found.ratings:
        assert sum(rating.counts) <= found.answers


@given(histories(EVALUATION, SETTINGS))
def test_EV1_EV2_EV4_any_history(history: History) -> None:
    play(EVALUATION, history, also=nobody_stands_in_it)


def test_every_phase_and_every_command_is_reached() -> None:
    choices = (Settings(minutes=1, round=True), Settings(form="scores", minutes=1))
    found = explore(EVALUATION, choices, seed=2)
    assert found.phases == set(EVALUATION.phases)
    assert never_offered(EVALUATION, found) == set()

"""Commitments (`methods.md` A10)."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities._commitments_cards import PARTNER_OF, CardAdd, CardWrite, PartnerAnswer, PartnerAsk
from activities._commitments_model import PAIRS, Settings, pair_of, speaker_of
from activities.blocks import Words
from activities.commitments import COMMITMENTS
from activities.kernel import MINUTE, WordsErased
from activities.phases import PhaseNext
from tests.activities.driver import (
    SECOND,
    START,
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
    per_person=st.integers(1, 3),
    think_min=st.just(1),
    pair_test=st.booleans(),
    write_min=st.just(1),
    say=st.booleans(),
    partner=st.booleans(),
)
DAY = 86_400_000
TOMORROW = date.fromtimestamp((START + 2 * DAY) / 1000).isoformat()


def commitments(count: int = 4, **settings: object) -> World:
    return world(COMMITMENTS, msgspec.convert(settings, Settings), count=count)


def go_on(room: World, phase: str) -> None:
    for _ in range(9):
        if room.state.phases.phase == phase:
            return
        room.do("f1", "phase.next", "panel")
    raise AssertionError(f"{phase} is never reached")


def add(room: World, seat: str, by: str = "none", **more: Any) -> str:
    assert room.send(seat, CardAdd(text=Words(f"step of {seat}"), by=by, **more)) is None
    return str(list(room.state.cards)[-1])


def test_AC1_a_card_has_an_owner_a_text_and_a_date_or_openly_none() -> None:
    room = commitments()
    add(room, "s1", by=TOMORROW)
    add(room, "s2")
    assert [(p.seat, p.by) for p in COMMITMENTS.harvest(room.state).pledges] == [
        ("s1", TOMORROW),
        ("s2", ""),
    ]


@pytest.mark.parametrize("by", ["", "soon", "2020-01-01", "2027-13-45", "2099-01-01", "2027-01-15"])
def test_AC5_a_date_lies_after_today(by: str) -> None:
    room = commitments()
    assert room.send("s1", CardAdd(text=Words("w1"), by=by)) == "bad_request"
    assert room.state.cards == {}


def test_AC2_nobody_else_edits_a_card() -> None:
    room = commitments()
    card = add(room, "s1")
    edit = CardWrite(card=card, text=Words("w9"), by="none")
    assert room.send("s2", edit) == "unknown"
    assert room.send("f1", edit) == "unknown"
    assert room.send("s1", edit) is None
    assert room.state.cards[card].text == Words("w9")
    assert WordsErased(words=(Words("step of s1"),)) in room.log


def test_AC3_a_partner_is_set_by_both() -> None:
    room = commitments(partner=True, pair_test=False, say=False)
    card = add(room, "s1")
    go_on(room, "partner")
    assert room.send("s2", PartnerAnswer(card=card, yes=True)) == "stale_seat"
    assert room.send("s1", PartnerAsk(card=card, seat="s2")) is None
    assert room.state.cards[card].partner == ""
    assert room.send("s3", PartnerAnswer(card=card, yes=True)) == "stale_seat"
    assert room.send("s2", PartnerAnswer(card=card, yes=True)) is None
    assert room.state.cards[card].partner == "s2"


def test_a_partner_may_decline_and_somebody_else_be_asked() -> None:
    room = commitments(pair_test=False, say=False)
    card = add(room, "s1")
    go_on(room, "partner")
    room.send("s1", PartnerAsk(card=card, seat="s2"))
    room.send("s2", PartnerAnswer(card=card, yes=False))
    assert room.state.cards[card].asked == ""
    assert room.send("s1", PartnerAsk(card=card, seat="s3")) is None


def test_AC4_nobody_is_own_partner_or_of_more_than_three_unasked() -> None:
    room = commitments(count=6, pair_test=False, say=False)
    cards = {seat: add(room, seat) for seat in ("s1", "s2", "s3", "s4")}
    go_on(room, "partner")
    assert room.send("s1", PartnerAsk(card=cards["s1"], seat="s1")) == "not_allowed"
    for number, (seat, card) in enumerate(cards.items()):
        room.send(seat, PartnerAsk(card=card, seat="s5"))
        reason = room.send("s5", PartnerAnswer(card=card, yes=True))
        assert reason == (None if number < PARTNER_OF else "full")
    assert room.send("s5", PartnerAnswer(card=cards["s4"], yes=True, also=True)) is None


def test_equal_time_in_the_pair_test_with_a_trio() -> None:
    room = commitments(count=5, think_min=1)
    go_on(room, "pair_1")
    lengths = {}
    for phase in PAIRS:
        assert room.state.phases.phase == phase
        lengths[phase] = room.state.phases.timer.duration
        for seats in room.state.pairs.values():
            assert speaker_of(room.state, seats) == (
                seats[PAIRS.index(phase)] if PAIRS.index(phase) < len(seats) else ""
            )
        room.wait(lengths[phase] + 10 * SECOND)
    assert set(lengths.values()) == {90 * SECOND}
    assert room.state.phases.phase == "write"


def test_even_pairs_have_two_halves_of_two_minutes() -> None:
    room = commitments(count=4)
    go_on(room, "pair_1")
    assert room.state.phases.timer.duration == 2 * MINUTE
    room.do("f1", "phase.next", "panel")
    room.do("f1", "phase.next", "panel")
    assert room.state.phases.phase == "write"


def test_who_is_left_alone_joins_another_pair() -> None:
    room = commitments(count=4)
    go_on(room, "pair_1")
    gone = pair_of(room.state, "s1")
    room.leave(gone[0])
    left = gone[1]
    assert len(pair_of(room.state, left)) == 3
    assert room.state.parts == 3


def test_one_person_alone_goes_straight_to_writing() -> None:
    room = commitments(count=1)
    room.do("f1", "phase.next", "panel")
    assert room.state.phases.phase == "write"


def test_a_week_is_left_to_write() -> None:
    room = commitments()
    room.send("f1", list(room.view("f1", "panel").may)[-1].command)
    while not COMMITMENTS.closed(room.state):
        room.do("f1", "phase.next", "panel")
    add(room, "s1")
    assert COMMITMENTS.lingers(room.state) == 7 * DAY


def laws(room: World) -> None:
    """AC1 to AC5, and nobody alone in a pair (G4)."""
    partners: dict[str, int] = {}
    for card in room.state.cards.values():
        assert card.id.startswith(f"{card.seat}-")
        assert card.partner != card.seat
        assert not (card.partner and card.asked)
        assert card.by == "" or card.by > "2027-01-15"
        if card.partner:
            partners[card.partner] = partners.get(card.partner, 0) + 1
    for seat in room.people:
        own = sum(card.seat == seat for card in room.state.cards.values())
        assert own <= room.settings.per_person
    if room.state.phases.phase in PAIRS:
        seated = [seat for seats in room.state.pairs.values() for seat in seats]
        assert len(seated) == len(set(seated))
        assert all(len(seats) in (2, 3) for seats in room.state.pairs.values())


@given(histories(COMMITMENTS, SETTINGS))
def test_AC1_AC2_AC3_AC4_AC5_any_history(history: History) -> None:
    play(COMMITMENTS, history, also=laws)


def test_every_phase_and_every_command_is_reached() -> None:
    choices = (Settings(think_min=1, write_min=1), Settings(think_min=1, pair_test=False))
    found = explore(COMMITMENTS, choices, seed=4, count=5)
    assert found.phases == set(COMMITMENTS.phases)
    assert never_offered(COMMITMENTS, found) <= {"turn.next"}  # after a minute over the time


def test_who_has_a_step_is_asked_for_one_more() -> None:
    room = commitments(per_person=2)

    def label() -> list[str]:
        may = room.view("s1").may
        return [each.label.id for each in may if type(each.command) is CardAdd]

    assert label() == ["This is my step"]
    add(room, "s1")
    assert label() == ["Add a step"]


def test_the_button_says_what_comes() -> None:
    room = commitments(pair_test=False, say=False)
    labels = []
    for _ in range(3):
        may = room.view("f1", "panel").may
        labels += [each.label.id for each in may if isinstance(each.command, PhaseNext)]
        room.do("f1", "phase.next", "panel")
    assert labels == ["Let everybody write", "Find partners", "Thank everybody"]

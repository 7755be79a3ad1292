"""The lead record (`methods.md A5`, CO1 to CO6; architecture ruling *Lead*; G1)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.kernel import Refused
from rooms import lead
from rooms.lead import AUTOPILOT, LEAD_GRACE, OFFER_LASTS, VOLUNTEER_AFTER, Lead

ALL = frozenset({"a", "b", "c"})
START = Lead(lead="a", acting="a", succession=("b", "c"))


def test_offer_and_accept_is_one_step_without_an_instant_alone_CO3() -> None:
    offered = lead.offer(START, "a", "b", ALL, 0)
    assert offered.acting == "a"
    taken = lead.accept(offered, "b", offered.epoch, 10)
    assert (taken.lead, taken.acting, taken.epoch) == ("b", "b", 2)
    assert taken.succession == ("a", "c")


@pytest.mark.parametrize(
    ("by", "to", "present", "reason"),
    [
        ("b", "c", ALL, "not_allowed"),
        ("a", "x", ALL, "unknown"),
        ("a", "b", frozenset({"a"}), "not_present"),
    ],
)
def test_who_may_offer_to_whom(by: str, to: str, present: frozenset[str], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        lead.offer(START, by, to, present, 0)
    assert refused.value.reason == reason


def test_an_offer_ends_after_a_minute() -> None:
    offered = lead.offer(START, "a", "b", ALL, 0)
    with pytest.raises(Refused):
        lead.accept(offered, "b", offered.epoch, OFFER_LASTS + 1)
    assert lead.tick(offered, ALL, 0, OFFER_LASTS).offered_to == ""


def test_a_lead_whose_line_blinks_stays_lead() -> None:
    assert lead.tick(START, ALL - {"a"}, 0, 20_000) == START
    with pytest.raises(Refused):
        lead.take(START, "b", START.epoch, lead_away_since=1, now=LEAD_GRACE)
    taken = lead.take(START, "b", START.epoch, lead_away_since=1, now=LEAD_GRACE + 1)
    assert taken.acting == "b"


def test_nobody_takes_over_while_the_lead_is_here() -> None:
    with pytest.raises(Refused):
        lead.take(START, "b", START.epoch, lead_away_since=0, now=10**9)


def test_leaving_by_choice_passes_the_lead_at_once() -> None:
    gone = lead.facilitator_gone(START, "a", frozenset({"c"}), 5)
    assert (gone.lead, gone.acting) == ("c", "c")
    assert "a" not in gone.succession


def test_with_nobody_left_the_clocks_go_on_CO5() -> None:
    assert lead.tick(START, frozenset(), 1, LEAD_GRACE).acting == "a"
    alone = lead.tick(START, frozenset(), 1, LEAD_GRACE + 1)
    assert (alone.acting, alone.lead, alone.epoch) == (AUTOPILOT, "a", 2)
    back = lead.tick(alone, frozenset({"a", "b"}), 0, LEAD_GRACE + 2)
    assert (back.acting, back.lead) == ("a", "a")


def test_a_willing_member_may_lead_after_five_minutes() -> None:
    alone = lead.tick(START, frozenset(), 1, LEAD_GRACE + 1)
    with pytest.raises(Refused):
        lead.volunteer(alone, "m", alone.epoch, VOLUNTEER_AFTER)
    led = lead.volunteer(alone, "m", alone.epoch, VOLUNTEER_AFTER + 1)
    assert led.peer
    assert led.acting == "m"
    assert "a" in led.succession


def test_a_facilitator_who_is_back_takes_over_from_a_member_with_one_tap() -> None:
    alone = lead.tick(START, frozenset(), 1, LEAD_GRACE + 1)
    led = lead.volunteer(alone, "m", alone.epoch, VOLUNTEER_AFTER + 1)
    assert lead.tick(led, frozenset({"a", "m"}), 0, VOLUNTEER_AFTER + 2) == led  # no tap, no change
    taken = lead.take(led, "a", led.epoch, 0, VOLUNTEER_AFTER + 3)
    assert (taken.lead, taken.peer) == ("a", False)
    assert "m" not in taken.succession


@pytest.mark.parametrize(
    "late",
    [
        lambda old: lead.accept(START, "b", old, 0),
        lambda old: lead.decline(START, "b", old),
        lambda old: lead.take(START, "b", old, 1, 10**9),
        lambda old: lead.volunteer(START, "m", old, 10**9),
    ],
)
def test_a_stale_epoch_changes_nothing_CO7(late: Callable[[int], Lead]) -> None:
    with pytest.raises(Refused, match="stale_epoch"):
        late(START.epoch - 1)


VERBS = ["offer", "accept", "decline", "request", "take", "volunteer", "go", "tick"]
Move = tuple[str, str, str, set[str], int, int]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["offer", "accept", "decline", "request", "take", "volunteer", "go", "tick"]
        ),
        st.sampled_from("abcm"),
        st.sampled_from("abc"),
        st.sets(st.sampled_from("abc")),
        st.integers(0, 400_000),
        st.integers(-1, 0),
    ),
    max_size=40,
)


@given(MOVES)
def test_one_lead_whatever_happens_G1_CO1_CO2_CO4_CO6(
    moves: list[tuple[str, str, str, set[str], int, int]],
) -> None:
    record, now, away = START, 1, 0
    for verb, by, to, here, wait, drift in moves:
        now += wait
        present = frozenset(here)
        away = 0 if present else (away or now)
        before = record
        try:
            match verb:
                case "offer":
                    record = lead.offer(record, by, to, present, now)
                case "accept":
                    record = lead.accept(record, by, record.epoch + drift, now)
                case "decline":
                    record = lead.decline(record, by, record.epoch + drift)
                case "request":
                    record = lead.request(record, by)
                case "take":
                    record = lead.take(record, by, record.epoch + drift, away, now)
                case "volunteer":
                    record = lead.volunteer(record, by, record.epoch + drift, now)
                case "go":
                    record = lead.facilitator_gone(record, by, present, now)
                case _:
                    record = lead.tick(record, present, away, now)
        except Refused:
            assert record is before
        assert record.lead
        assert record.acting in (record.lead, AUTOPILOT)
        assert record.lead not in record.succession
        assert len(set(record.succession)) == len(record.succession)
        assert record.epoch >= before.epoch
        if record.acting != before.acting:
            assert record.epoch == before.epoch + 1

"""Timers: 1.4 and G6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import timing
from activities.blocks import ClockKind
from activities.kernel import Refused
from activities.timing import SECOND, Timer

NOW = 1_800_000_000_000
MIN3 = 180 * SECOND


def running(
    kind: ClockKind = "soft", duration: int = MIN3, bells: tuple[int, ...] | None = None
) -> Timer:
    return timing.start(timing.idle(kind, duration, bells=bells), NOW)


@pytest.mark.parametrize(
    ("seconds", "marks"), [(300, (60, 15)), (180, (60, 15)), (179, (15,)), (61, (15,)), (60, (10,))]
)
def test_marks_at_60_and_15_s_or_one_at_10_s(seconds: int, marks: tuple[int, ...]) -> None:
    assert timing.marks(seconds * SECOND) == marks


def test_a_soft_end_forces_nothing_and_nudges_at_30_and_60_s() -> None:
    timer = running()
    for at in (MIN3, MIN3 + 30 * SECOND, MIN3 + 60 * SECOND):
        assert timing.due(timer) == NOW + at
        timer = timing.ring(timer)
        assert timer.state == "over"
    assert timing.due(timer) is None
    assert timing.rung_at(timer, 60 * SECOND)
    assert timing.clock(timer).ends_at == NOW + MIN3  # screens count up from it


def test_a_hard_end_has_ten_seconds_of_last_words() -> None:
    timer = timing.ring(running("hard"))
    assert timer.state == "over"
    assert timing.due(timer) == NOW + MIN3 + timing.LAST_WORDS
    assert timing.ring(timer).state == "ended"


def test_circles_are_told_at_2_min_and_30_s_and_have_60_s_of_grace() -> None:
    timer = running("hard", MIN3, bells=timing.CIRCLES_BELLS)
    dues = []
    while (at := timing.due(timer)) is not None:
        dues.append((at - NOW - MIN3) // SECOND)
        timer = timing.ring(timer)
    assert dues == [-120, -30, 0, 60]
    assert timer.state == "ended"


def test_an_open_timer_has_no_end() -> None:
    timer = running("open", 0)
    assert timing.due(timer) is None
    assert timing.clock(timer).ends_at is None
    assert not timing.may_extend(timer)
    assert timing.resume(timing.pause(timer, NOW + 5), NOW + 9).state == "running"


def test_a_turn_gets_two_extensions_and_no_third() -> None:
    timer = running()
    for seconds in (30, 60):
        timer = timing.extend(timer, timing.ensure_extension(timer, seconds), NOW)
    assert timer.ends_at == NOW + MIN3 + 90 * SECOND
    assert timer.duration == MIN3 + 90 * SECOND
    with pytest.raises(Refused, match="full"):
        timing.ensure_extension(timer, 30)


@pytest.mark.parametrize("seconds", [0, -30, 31, 600])
def test_extensions_come_in_four_lengths(seconds: int) -> None:
    with pytest.raises(Refused, match="bad_request"):
        timing.ensure_extension(running(), seconds)


def test_extending_after_the_end_counts_from_now_and_rings_again() -> None:
    timer = timing.ring(running())
    later = NOW + MIN3 + 20 * SECOND
    timer = timing.extend(timer, 60 * SECOND, later)
    assert (timer.state, timer.ends_at) == ("running", later + 60 * SECOND)
    assert timing.due(timer) == timer.ends_at


def test_a_pause_before_a_bell_lets_it_ring_in_its_time() -> None:
    """A heartbeat seen before the end takes the end back."""
    timer = timing.ring(running())
    timer = timing.pause(timer, NOW + MIN3 - 10 * SECOND)
    timer = timing.resume(timer, NOW + 500 * SECOND)
    assert (timer.state, timing.due(timer)) == ("running", NOW + 510 * SECOND)


def test_a_heartbeat_from_before_the_start_is_no_bonus() -> None:
    assert timing.pause(running(), NOW - 20 * SECOND).remaining == MIN3


def test_what_is_over_may_be_paused_and_stays_over() -> None:
    timer = timing.pause(timing.ring(running()), NOW + MIN3 + 5 * SECOND)
    assert timer.remaining == -5 * SECOND
    assert timing.resume(timer, NOW + 900 * SECOND).state == "over"


def test_events_are_the_functions() -> None:
    timer = Timer()
    events = [
        timing.TimerStarted(at=NOW, kind="soft", duration=MIN3, bells=timing.SOFT_BELLS),
        timing.TimerExtended(at=NOW, by=30 * SECOND),
        timing.TimerPaused(at=NOW + SECOND),
        timing.TimerResumed(at=NOW + 2 * SECOND),
        timing.TimerRang(at=NOW + 3 * SECOND),
        timing.TimerEnded(at=NOW + 4 * SECOND),
    ]
    states = []
    for event in events:
        timer = timing.evolve(timer, event)
        states.append(timer.state)
    assert states == ["running", "running", "paused", "running", "over", "ended"]
    assert {type(event) for event in events} == set(timing.EVENTS)


steps = st.lists(
    st.tuples(st.sampled_from(("pause", "resume", "extend", "ring")), st.integers(0, 200 * SECOND)),
    max_size=30,
)


@given(
    steps,
    st.sampled_from(("soft", "hard", "open")),
    st.sampled_from((timing.SOFT_BELLS, timing.HARD_BELLS, timing.CIRCLES_BELLS, ())),
    st.integers(0, 600 * SECOND),
)
def test_g6_a_deadline_moves_later_by_extension_or_by_the_length_of_a_pause(
    history: list[tuple[str, int]], kind: ClockKind, bells: tuple[int, ...], duration: int
) -> None:
    now, timer = NOW, running(kind, duration, bells=bells)
    left = timer.ends_at
    for step, wait in history:
        before, now = timer, now + wait
        match step:
            case "pause":
                timer = timing.pause(timer, now)
                if before.ends_at is not None and timer.state == "paused":
                    left = before.ends_at - now
                    assert timer.remaining == left
            case "resume":
                timer = timing.resume(timer, now)
                if before.state == "paused" and before.remaining is not None:
                    assert timer.ends_at == now + before.remaining
            case "extend":
                timer = timing.extend(timer, 30 * SECOND, now)
                if before.ends_at is not None:
                    assert timer.ends_at == max(before.ends_at, now) + 30 * SECOND
            case _:
                at = timing.due(timer)
                if at is not None and at <= now:
                    timer = timing.ring(timer)
                    assert timer.ends_at in (before.ends_at, None)
                    later = timing.due(timer)
                    assert later is None or later > at
        assert (timer.ends_at is None) or timer.state in ("running", "over")

"""The turn engine: the nine rules of 1.5, by number."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import rounds, timing, turns
from activities.kernel import Refused
from activities.rounds import Round, RoundEvent, TurnMissed, TurnOffered, TurnSkipped
from activities.timing import SECOND

NOW = 1_800_000_000_000
TURN = 180 * SECOND


class Circle:
    """A round with a clock: what an activity does, in a few lines."""

    def __init__(self, *seats: str, away: Iterable[str] = ()) -> None:
        self.round = rounds.fresh(seats, TURN, frozenset(away))
        self.now = NOW
        self.log: list[RoundEvent] = []
        self.offer()

    def add(self, events: tuple[RoundEvent, ...]) -> None:
        self.log += events
        self.round = rounds.after(self.round, events)

    def then(self, events: tuple[RoundEvent, ...]) -> None:
        self.add(turns.then_offer(self.round, events, self.now))

    def offer(self) -> None:
        self.add(turns.offer(self.round, self.now))

    def begin(self) -> None:
        self.add(turns.begin(self.round, self.now))

    def tell(self) -> None:
        self.begin()
        self.then(turns.done(self.round, self.now))

    def pass_(self) -> None:
        self.then(turns.pass_(self.round, self.now))

    def later(self) -> None:
        self.then(turns.later(self.round, self.now))

    def away(self, seat: str, silent: int = 0) -> None:
        self.add(turns.away(self.round, seat, self.now - silent, self.now))

    def back(self, seat: str) -> None:
        self.then(turns.back(self.round, seat, self.now))

    def join(self, seat: str) -> None:
        self.then(turns.join(self.round, seat, self.now))

    def leave(self, seat: str) -> None:
        self.then(turns.leave(self.round, seat, self.now))

    def wait(self, seconds: int, auto: bool = False) -> None:
        until = self.now + seconds * SECOND
        while (at := turns.due(self.round)) is not None and at <= until:
            self.now = at
            self.then(turns.timeup(self.round, self.now, auto=auto))
        self.now = until

    @property
    def holder(self) -> str:
        return self.round.floor.seat if self.round.floor else ""

    @property
    def left(self) -> int:
        """What is left of the turn, in seconds."""
        assert self.round.floor is not None
        timer = self.round.floor.timer
        ms = timer.remaining if timer.ends_at is None else timer.ends_at - self.now
        assert ms is not None
        return ms // SECOND

    def status(self, seat: str) -> str:
        return self.round.status[seat]

    def offered(self) -> list[str]:
        return [event.seat for event in self.log if isinstance(event, TurnOffered)]


def test_rule_1_the_first_queue_then_the_second_then_complete() -> None:
    circle = Circle("a", "b", "c")
    circle.pass_()
    circle.tell()
    circle.tell()
    assert circle.holder == "a"
    assert not circle.round.complete
    circle.tell()
    assert circle.offered() == ["a", "b", "c", "a"]
    assert circle.round.complete


def test_rule_2_who_is_away_comes_at_the_end_and_is_missed_the_second_time() -> None:
    circle = Circle("a", "b", "c", away=["b"])
    circle.tell()
    assert circle.holder == "c"
    assert circle.status("b") == "waiting"  # not a pass
    circle.tell()
    assert [type(e) for e in circle.log if e is not None and getattr(e, "seat", "") == "b"] == [
        TurnSkipped,
        TurnMissed,
    ]
    assert circle.round.complete


def test_rule_2_who_is_back_in_time_tells() -> None:
    circle = Circle("a", "b", "c", away=["b"])
    circle.tell()
    circle.back("b")
    circle.tell()
    assert circle.holder == "b"


def test_rule_3_a_first_pass_defers_and_a_second_is_final() -> None:
    circle = Circle("a", "b")
    circle.pass_()
    assert circle.status("a") == "deferred"
    circle.tell()
    circle.pass_()
    assert circle.status("a") == "passed"
    assert circle.round.complete


def test_rule_3_inside_the_turn_a_pass_is_final_and_coming_back_keeps_the_time() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(60)
    circle.later()
    assert circle.status("a") == "interrupted"
    circle.tell()
    circle.begin()
    assert (circle.holder, circle.left) == ("a", 120)
    assert not turns.may_come_back(circle.round)
    with pytest.raises(Refused, match="not_allowed"):
        turns.later(circle.round, circle.now)
    circle.pass_()
    assert circle.status("a") == "passed"


def test_rule_4_a_dropped_teller_keeps_what_remained_at_the_last_heartbeat() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(60)
    circle.away("a", silent=20 * SECOND)
    circle.wait(89)
    assert (circle.holder, circle.left) == ("a", 140)
    circle.back("a")
    assert circle.left == 140  # no bonus, nothing lost
    assert turns.due(circle.round) == circle.now + 140 * SECOND


def test_rule_4_after_90_s_interrupted_with_the_rest_and_the_second_time_missed() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(60)
    circle.away("a")
    circle.wait(90)
    assert circle.status("a") == "interrupted"
    assert circle.holder == "b"
    circle.back("a")
    circle.tell()
    circle.begin()
    assert (circle.holder, circle.left) == ("a", 120)
    circle.away("a")
    circle.wait(90)
    assert circle.status("a") == "missed"
    assert circle.round.complete


def test_rule_4_the_place_of_one_who_has_not_begun_is_held_as_well() -> None:
    circle = Circle("a", "b")
    circle.away("a")
    circle.wait(89)
    assert circle.holder == "a"
    circle.wait(1)
    assert (circle.holder, circle.status("a")) == ("b", "waiting")


def test_rule_5_leaving_closes_the_order_up_and_a_return_waits_at_the_end() -> None:
    circle = Circle("a", "b", "c")
    circle.leave("b")
    assert circle.status("b") == "left"
    circle.tell()
    assert circle.holder == "c"
    circle.join("b")
    assert (circle.status("b"), circle.round.second) == ("waiting", ("b",))
    circle.leave("c")
    assert circle.holder == "b"


def test_rule_5_who_missed_returns_before_the_end_and_not_after() -> None:
    circle = Circle("a", "b", "c", away=["a"])
    assert circle.holder == "b"
    circle.pass_()
    circle.tell()  # c; then a is missed, and b is offered again
    assert (circle.status("a"), circle.holder) == ("missed", "b")
    circle.back("a")
    assert circle.status("a") == "waiting"
    circle.tell()
    assert circle.holder == "a"
    circle.tell()
    circle.leave("a")
    circle.join("a")
    assert circle.status("a") == "told"


def test_rule_6_a_late_joiner_after_who_waits_and_before_any_second_offer() -> None:
    circle = Circle("a", "b")
    circle.pass_()
    circle.join("late")
    circle.tell()
    circle.tell()
    assert circle.offered() == ["a", "b", "late", "a"]


def test_rule_6_while_the_second_queue_runs_the_late_joiner_comes_next() -> None:
    circle = Circle("a", "b")
    circle.pass_()
    circle.pass_()
    assert circle.holder == "a"
    circle.join("late")
    circle.tell()
    assert circle.holder == "late"


def test_rule_7_nobody_has_a_second_turn() -> None:
    circle = Circle("a", "b")
    circle.tell()
    circle.leave("a")
    circle.join("a")
    circle.tell()
    assert circle.round.complete
    circle.join("c")
    assert "c" not in circle.round.status


def test_rule_9_the_ring_is_told_from_the_volunteer_on() -> None:
    assert rounds.from_seat(("a", "b", "c", "d"), "c") == ("c", "d", "a", "b")
    assert rounds.from_seat(("a", "b"), "x") == ("a", "b")


def test_reordering_moves_those_who_wait_and_nobody_else() -> None:
    circle = Circle("a", "b", "c", "d")
    circle.add(turns.reorder(circle.round, ("d",), NOW))
    assert circle.round.first == ("d", "b", "c")
    with pytest.raises(Refused, match="stale_seat"):
        turns.reorder(circle.round, ("a",), NOW)
    with pytest.raises(Refused, match="bad_request"):
        turns.reorder(circle.round, ("b", "b"), NOW)


def test_silence_the_teller_then_the_host_then_the_host_may_move_on() -> None:
    circle = Circle("a", "b")
    rung = []
    for seconds in (19, 2, 38, 2, 28, 2):
        circle.wait(seconds)
        assert circle.round.floor is not None
        rung.append(circle.round.floor.timer.rung)
    assert rung == [0, 1, 1, 2, 2, 3]
    assert circle.holder == "a"  # with a host nobody is passed over by the clock
    assert turns.may_move_on(circle.round)
    circle.then(turns.move_on(circle.round, circle.now))
    assert circle.status("a") == "deferred"


def test_silence_nobody_is_passed_over_before_90_s_even_without_a_host() -> None:
    circle = Circle("a", "b")
    circle.wait(89, auto=True)
    assert circle.holder == "a"
    circle.wait(1, auto=True)
    assert circle.holder == "b"


def test_a_host_closes_a_turn_a_minute_over_and_not_before() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(180 + 59)
    with pytest.raises(Refused, match="not_allowed"):
        turns.move_on(circle.round, circle.now)
    circle.wait(1)
    circle.then(turns.move_on(circle.round, circle.now))
    assert (circle.status("a"), circle.holder) == ("told", "b")


def test_a_group_that_lost_its_host_later_still_moves() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(400)
    assert circle.holder == "a"
    circle.wait(60, auto=True)
    assert circle.holder == "b"


def test_extensions_two_a_turn_and_same_for_all_only_for_those_to_come() -> None:
    circle = Circle("a", "b")
    circle.begin()
    more = turns.Extend(turn=1, seconds=30, all=True)
    circle.add(turns.extend(circle.round, more, circle.now))
    assert circle.left == 210
    circle.add(turns.extend(circle.round, turns.Extend(turn=1, seconds=60), circle.now))
    with pytest.raises(Refused, match="full"):
        turns.extend(circle.round, more, circle.now)
    circle.then(turns.done(circle.round, circle.now))
    circle.begin()
    assert circle.left == 210
    circle.add(turns.shorten(circle.round, 90 * SECOND, circle.now))
    assert circle.left == 210  # who has begun keeps their time
    assert circle.round.length == 90 * SECOND


def test_interpreted_turns_are_twice_as_long() -> None:
    circle = Circle("a")
    circle.add(turns.begin(circle.round, circle.now, times=2))
    assert circle.left == 360


def test_a_pause_stops_turn_hold_and_silence_alike() -> None:
    circle = Circle("a", "b")
    circle.begin()
    circle.wait(30)
    circle.away("a")
    circle.wait(10)
    circle.add(turns.pause(circle.round, circle.now))
    assert turns.due(circle.round) is None
    circle.wait(900)
    circle.add(turns.resume(circle.round, circle.now))
    circle.wait(79)
    assert circle.holder == "a"
    circle.add(turns.pause(circle.round, circle.now))
    circle.back("a")
    circle.wait(900)
    circle.add(turns.resume(circle.round, circle.now))
    assert (circle.holder, circle.left) == ("a", 150)


def test_late_and_doubled_taps_are_stale() -> None:
    circle = Circle("a", "b")
    assert turns.stale(circle.round, 1, speaking=False) is None
    circle.begin()
    assert turns.stale(circle.round, 1, speaking=False) == "stale_turn"
    circle.then(turns.done(circle.round, circle.now))
    assert turns.stale(circle.round, 1) == "stale_turn"
    assert turns.stale(circle.round, 2) is None


def test_the_alarm_names_its_circle() -> None:
    circle = Circle("a")
    alarm = turns.deadline(circle.round, "c2")
    assert alarm is not None
    assert (alarm.at, getattr(alarm.command, "timer", "")) == (NOW + 20 * SECOND, "turn:c2")


# --- any history --------------------------------------------------------------------------------

SEATS = ("a", "b", "c", "d", "e", "f")
OWN = ("begin", "done", "begin", "done", "begin", "done", "pass", "later")
OTHERS = ("away", "back", "back", "leave", "join", "wait", "next", "pause", "resume")

moves = st.lists(
    st.tuples(
        st.sampled_from(OWN + OTHERS),
        st.sampled_from(SEATS),
        st.integers(0, 100),
        st.booleans(),
    ),
    min_size=20,
    max_size=60,
)


def play(circle: Circle, verb: str, seat: str, seconds: int, auto: bool) -> None:
    """One thing that may happen in a circle; refusals change nothing."""
    r, now = circle.round, circle.now
    try:
        match verb:
            case "begin":
                circle.begin()
            case "done":
                circle.then(turns.done(r, now))
            case "pass":
                circle.pass_()
            case "later":
                circle.later()
            case "next":
                circle.then(turns.move_on(r, now))
            case "away":
                circle.away(seat, silent=seconds % 20 * SECOND)
            case "back":
                circle.back(seat)
            case "leave":
                circle.leave(seat)
            case "join":
                circle.join(seat)
            case "pause":
                circle.add(turns.pause(r, now))
            case "resume":
                circle.add(turns.resume(r, now))
            case _:
                circle.wait(seconds, auto)
    except Refused:
        assert circle.round is r


def laws(r: Round) -> None:
    """What is true of every round."""
    queued = r.first + r.second
    assert len(queued) == len(set(queued))  # in the queues at most once
    assert set(queued) == {s for s, status in r.status.items() if status in rounds.COMES_BACK} - (
        {r.floor.seat} if r.floor else set()
    )
    if r.floor is not None:
        speaking = r.status[r.floor.seat] == "speaking"
        assert r.floor.speaking == speaking
        assert r.floor.seat not in r.gone
        assert (r.floor.hold is not None) == (r.floor.seat in r.away)
    speakers = [s for s, status in r.status.items() if status == "speaking"]
    assert len(speakers) <= 1  # G2
    if r.complete:
        assert r.floor is None
        assert not queued
    elif not r.paused:
        assert r.floor is not None
    assert set(r.ring) == set(r.status)


@given(st.integers(1, 4), moves)
def test_any_history_keeps_the_rules(count: int, history: list[tuple[str, str, int, bool]]) -> None:
    circle = Circle(*SEATS[:count])
    for verb, seat, seconds, auto in history:
        before = dict(circle.round.status)
        play(circle, verb, seat, seconds, auto)
        if not circle.round.paused:
            circle.offer()
        laws(circle.round)
        for other, status in before.items():
            if status in rounds.FINAL:  # rule 7, and G9
                assert circle.round.status[other] == status
    assert rounds.after(rounds.fresh(SEATS[:count], TURN), tuple(circle.log)) == circle.round  # G7
    assert [e.turn for e in circle.log if isinstance(e, TurnOffered)] == list(
        range(1, len(circle.offered()) + 1)
    )


@given(st.integers(1, 4), moves)
def test_g6_a_turn_ends_later_only_by_what_stood_still(
    count: int, history: list[tuple[str, str, int, bool]]
) -> None:
    """While one turn runs its end moves exactly by the time it stood still."""
    circle = Circle(*SEATS[:count])
    for verb, seat, seconds, auto in history:
        before = circle.round.floor
        play(circle, verb, seat, seconds, auto)
        after = circle.round.floor
        if before and after and before.turn == after.turn and before.speaking == after.speaking:
            ends = before.timer.ends_at, after.timer.ends_at
            if None not in ends and verb not in ("away", "back", "pause", "resume"):
                assert ends[0] == ends[1]


@given(st.integers(1, 5), st.lists(st.sampled_from(SEATS), max_size=20))
def test_g9_reconnecting_changes_nothing(count: int, drops: list[str]) -> None:
    circle = Circle(*SEATS[:count])
    for index, seat in enumerate(drops):
        if index % 3 == 0 and circle.round.floor:
            circle.begin() if not circle.round.floor.speaking else circle.pass_()
        before = circle.round
        circle.away(seat)
        circle.back(seat)
        assert (circle.round.first, circle.round.second) == (before.first, before.second)
        assert circle.round.status == before.status
        assert turns.due(circle.round) == turns.due(before)


def test_everybody_tells_in_a_round_of_twelve_with_nothing_going_wrong() -> None:
    seats = tuple(f"s{i}" for i in range(12))
    circle = Circle(*seats)
    for _ in seats:
        circle.tell()
    assert circle.offered() == list(seats)
    assert set(circle.round.status.values()) == {"told"}
    assert timing.clock(timing.Timer()).state == "idle"

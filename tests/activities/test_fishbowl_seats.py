"""The seat machine of a fishbowl by itself: rules 1 to 7 of `methods.md` A2, to the second."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities._fishbowl_groups import batches, batches_of, deal, place, without
from activities._fishbowl_seats import (
    HOLD,
    LONELY,
    NUDGE,
    Bowl,
    ChairAnchored,
    ChairAsked,
    ChairFreed,
    Pace,
    ReleaseDue,
    SeedDue,
    StageSet,
)
from activities.blocks import Words
from activities.kernel import Member, Refused
from activities.timing import SECOND


class Table:
    """A bowl with a clock: sends what people do, rings what is due, seats who waits."""

    def __init__(self, size: int = 3, pace: Pace | None = None) -> None:
        self.bowl = seats.fresh(size, pace or Pace())
        self.now = 1_000
        self.log: list[Any] = []

    def add(self, *events: Any) -> None:
        for event in events:
            self.log.append(event)
            self.bowl = seats.evolve(self.bowl, event)
        for event in seats.settle(self.bowl, self.now):
            self.log.append(event)
            self.bowl = seats.evolve(self.bowl, event)

    def sit(self, *names: str, hall: bool = False) -> None:
        for name in names:
            free = seats.free(self.bowl)[0]
            self.add(*seats.take(self.bowl, name, free, self.now, hall=hall))

    def stage(self, stage: Any) -> None:
        self.add(StageSet(at=self.now, stage=stage))

    def ask(self, *names: str, hall: bool = False) -> None:
        for name in names:
            self.add(*seats.ask(self.bowl, name, self.now, hall=hall))

    def free(self, *names: str) -> None:
        self.add(*(ChairFreed(at=self.now, seat=name) for name in names))

    def wait(self, ms: int, *, auto: bool = False) -> None:
        until = self.now + ms
        while (due := min(seats.alarms(self.bowl), default=None)) and due[0] <= until:
            self.now = max(self.now, due[0])
            self.add(*seats.timeup(self.bowl, due[1], self.now, auto=auto))
        self.now = until

    def inside(self) -> set[str]:
        return set(seats.inside(self.bowl))


def full(pace: Pace | None = None) -> Table:
    """Three chairs, taken one after the other long ago, and open."""
    table = Table(3, pace)
    for name in "abc":
        table.sit(name)
        table.wait(SECOND)
    table.wait(100 * SECOND)
    table.stage("open")
    return table


# --- rule 1, 3: chairs and the waiting list -----------------------------------------------------


def test_FB1_a_chair_is_taken_once_and_nobody_sits_twice() -> None:
    table = Table(3)
    table.sit("a")
    for name, chair in (("b", 0), ("a", 1), ("b", 3), ("b", -1)):
        with pytest.raises(Refused, match="stale_seat"):
            seats.take(table.bowl, name, chair, table.now)


def test_FB2_who_waits_and_sits_down_no_longer_waits() -> None:
    table = full()
    table.ask("d")
    assert seats.place_of(table.bowl, "d")
    with pytest.raises(Refused, match="duplicate"):
        seats.ask(table.bowl, "d", table.now)
    with pytest.raises(Refused, match="stale_seat"):
        seats.ask(table.bowl, "a", table.now)
    table.free("a")
    assert table.inside() == {"b", "c", "d"}
    assert not table.bowl.queue


def test_FB3_a_chair_that_frees_goes_to_who_waits_at_once() -> None:
    table = full()
    table.ask("d", "e")
    table.free("a", "b")
    assert table.inside() == {"c", "d", "e"}


def test_FB5_never_inside_first_then_earliest_asked() -> None:
    table = full()
    table.free("a")
    table.sit("d")
    table.ask("a", "e", "f")  # a was inside and asked first
    assert [one.seat for one in seats.order(table.bowl)] == ["e", "f", "a"]
    table.free("d")
    assert "e" in table.inside()


def test_who_sat_only_before_the_talk_was_never_inside() -> None:
    table = Table(3)
    table.sit("a")
    table.free("a")
    table.sit("b", "c", "d")
    table.stage("locked")
    assert table.bowl.been == {"b", "c", "d"}


def test_a_locked_chair_is_nobodys_and_locking_ends_the_waiting_list() -> None:
    table = full()
    table.ask("d")
    table.stage("locked")
    assert not table.bowl.queue
    table.free("a")
    assert table.inside() == {"b", "c"}


# --- rule 2: making room ------------------------------------------------------------------------


def test_the_longest_seated_is_nudged_after_20_s_and_a_release_is_due_after_60_FB4() -> None:
    table = full()
    table.wait(NUDGE - 1)
    assert not any(isinstance(e, ChairAsked) for e in table.log)
    table.wait(1)
    assert [e.seat for e in table.log if isinstance(e, ChairAsked)] == ["a"]
    table.wait(40 * SECOND - 1)
    assert not seats.may_release(table.bowl)
    table.wait(1)
    assert seats.may_release(table.bowl)
    longest = seats.longest(table.bowl)
    assert longest is not None
    assert longest.seat == "a"
    table.wait(30 * 60 * SECOND)
    assert table.inside() == {"a", "b", "c"}, "nobody is pushed out by the machine"


def test_an_anchored_person_is_not_asked() -> None:
    table = full()
    table.add(ChairAnchored(at=table.now, seat="a", on=True))
    table.wait(NUDGE)
    assert [e.seat for e in table.log if isinstance(e, ChairAsked)] == ["b"]


def test_with_everybody_anchored_a_release_is_due_and_nobody_is_asked_FB4() -> None:
    table = full(Pace(auto=True))
    for name in "abc":
        table.add(ChairAnchored(at=table.now, seat=name, on=True))
    table.wait(300 * SECOND)
    assert table.bowl.due > 0
    assert not seats.may_release(table.bowl)
    assert table.inside() == {"a", "b", "c"}


def test_auto_release_frees_the_chair_of_the_longest_seated_at_the_grace() -> None:
    table = full(Pace(auto=True))
    table.ask("d")
    table.wait(60 * SECOND)
    assert table.inside() == {"b", "c", "d"}


def test_autopilot_that_sets_in_late_frees_a_chair_too() -> None:
    table = full()
    table.wait(200 * SECOND)
    table.wait(30 * SECOND, auto=True)
    assert table.inside() == {"b", "c"}


def test_nobody_is_asked_or_released_before_the_minimum_stay() -> None:
    table = Table(3, Pace(auto=True, stay=90 * SECOND))
    table.sit("a", "b", "c")
    table.stage("open")
    table.wait(89 * SECOND)
    assert not any(isinstance(e, ChairAsked) for e in table.log)
    assert any(isinstance(e, ReleaseDue) for e in table.log)
    assert table.inside() == {"a", "b", "c"}
    table.wait(SECOND)
    assert table.inside() == {"b", "c"}


def test_when_a_chair_frees_the_one_who_was_asked_may_stay() -> None:
    table = full()
    table.wait(NUDGE)
    table.free("c")
    chair = seats.chair_of(table.bowl, "a")
    assert chair is not None
    assert not chair.asked
    assert table.bowl.full is None


def test_a_visitor_has_three_minutes_then_a_grace() -> None:
    pace = Pace(nudge=seats.VISIT, grace=seats.VISIT + 60 * SECOND, stay=60 * SECOND)
    table = Table(3, pace)
    table.sit("a", "b")
    for name in "ab":
        table.add(ChairAnchored(at=table.now, seat=name, on=True))
    table.stage("open")
    table.sit("v")
    table.wait(seats.VISIT - 1)
    assert not any(isinstance(e, ChairAsked) for e in table.log)
    table.wait(1)
    assert [e.seat for e in table.log if isinstance(e, ChairAsked)] == ["v"]
    table.wait(60 * SECOND)
    assert seats.may_release(table.bowl)


# --- rule 5: the last two, and lost lines -------------------------------------------------------


def test_leaving_by_choice_ends_at_two() -> None:
    table = full()
    assert seats.may_leave(table.bowl)
    table.free("a")
    assert not seats.may_leave(table.bowl)
    table.sit("d")
    table.add(*seats.away(table.bowl, "d", table.now))
    assert not seats.may_leave(table.bowl), "whose line is down does not talk"


def test_a_lost_line_frees_the_chair_after_45_s_even_of_the_last_two() -> None:
    table = full()
    table.free("a")
    table.add(*seats.away(table.bowl, "b", table.now))
    table.wait(HOLD - 1)
    assert "b" in table.inside()
    table.wait(1)
    assert table.inside() == {"c"}


def test_back_in_time_keeps_the_chair_and_a_place_in_the_list() -> None:
    table = full()
    table.ask("d", "e")
    for name in ("a", "d"):
        table.add(*seats.away(table.bowl, name, table.now))
    table.wait(HOLD - 1)
    for name in ("a", "d"):
        table.add(*seats.back(table.bowl, name, table.now))
    table.wait(HOLD)
    assert "a" in table.inside()
    assert seats.order(table.bowl)[0].seat == "d"


def test_a_place_in_the_list_is_kept_45_s_and_passed_over_meanwhile() -> None:
    table = full()
    table.ask("d", "e")
    table.add(*seats.away(table.bowl, "d", table.now))
    table.free("a")
    assert table.inside() == {"b", "c", "e"}
    table.free("b")
    assert table.inside() == {"c", "e"}, "the chair waits for nobody who is away"
    table.add(*seats.back(table.bowl, "d", table.now))
    assert "d" in table.inside(), "and is theirs when they are back (FB3)"


def test_a_place_in_the_list_lapses() -> None:
    table = full()
    table.ask("d")
    table.add(*seats.away(table.bowl, "d", table.now))
    table.wait(HOLD)
    assert not table.bowl.queue


# --- rule 6: the sides of a hybrid room ---------------------------------------------------------


def test_a_side_with_all_chairs_but_one_gets_no_further_while_the_other_waits() -> None:
    table = Table(3)
    table.sit("h1", "h2", hall=True)
    table.sit("r1")
    table.stage("open")
    table.ask("h3", hall=True)
    table.ask("r2")
    table.free("r1")
    assert table.inside() == {"h1", "h2", "r2"}, "the hall asked first and holds two of three"
    table.free("r2")
    assert table.inside() == {"h1", "h2", "h3"}, "nobody far away waits any more"


# --- rule 7: nobody comes -----------------------------------------------------------------------


def test_after_four_minutes_of_a_free_chair_the_lead_is_told_once() -> None:
    table = Table(3)
    table.sit("a", "b")
    table.stage("open")
    table.wait(LONELY - 1)
    assert not table.bowl.seed
    table.wait(1)
    assert table.bowl.seed
    table.wait(10 * LONELY)
    assert sum(isinstance(e, SeedDue) for e in table.log) == 1
    table.sit("c")
    assert not table.bowl.seed


# --- pauses -------------------------------------------------------------------------------------


def test_while_everything_stands_still_no_time_passes_for_chairs() -> None:
    table = full()
    table.wait(10 * SECOND)
    table.bowl = seats.stop(table.bowl, table.now)
    assert seats.alarms(table.bowl) == ()
    table.now += 500 * SECOND
    table.bowl = seats.go_on(table.bowl, table.now)
    at, name = min(seats.alarms(table.bowl))
    assert (at - table.now, name) == (10 * SECOND, "nudge")


# --- any order of things ------------------------------------------------------------------------

NAMES = tuple("abcdefgh")
WHAT = ("ask", "leave", "gone", "away", "back", "wait", "ring", "unask", "anchor", "stop")


@given(
    st.integers(3, 7),
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from(WHAT), st.sampled_from(NAMES), st.integers(0, 90)),
        max_size=60,
    ),
)
def test_FB1_to_FB5_hold_in_any_order_of_things(
    size: int, auto: bool, steps: list[tuple[str, str, int]]
) -> None:
    table = Table(size, Pace(auto=auto))
    table.sit(*NAMES[: size - 1], hall=True)
    table.stage("open")
    for what, name, number in steps:
        bowl, now = table.bowl, table.now
        known = seats.chair_of(bowl, name) or seats.place_of(bowl, name)
        match what:
            case "ask" if known is None:
                table.add(*seats.ask(bowl, name, now, hall=name in "abcd"))
            case "leave" if seats.chair_of(bowl, name) and seats.may_leave(bowl):
                table.free(name)
            case "gone" | "unask":
                table.add(*seats.gone(bowl, name, now))
            case "away":
                table.add(*seats.away(bowl, name, now))
            case "back":
                table.add(*seats.back(bowl, name, now))
            case "anchor" if seats.chair_of(bowl, name):
                table.add(ChairAnchored(at=now, seat=name, on=number % 2 == 0))
            case "wait":
                table.wait(number * SECOND)
            case "ring":
                due = min(seats.alarms(bowl), default=None)
                table.wait(0 if due is None else max(0, due[0] - now))
            case "stop" if bowl.stopped is None:
                table.bowl = seats.stop(bowl, now)
                table.now += number * SECOND
                table.bowl = seats.go_on(table.bowl, table.now)
            case _:
                pass
        holds(table.bowl, table.now)


def holds(bowl: Bowl, now: int) -> None:
    inside = seats.inside(bowl)
    assert len(inside) == len(set(inside)) <= len(bowl.chairs), "FB1"
    assert not set(inside) & {one.seat for one in bowl.queue}, "FB2"
    assert not (seats.free(bowl) and [o for o in bowl.queue if o.away is None]), "FB3"
    if bowl.full is not None:
        assert bowl.due or seats.time(bowl, now) - bowl.full <= bowl.pace.grace, "FB4"
    assert all(at >= now for at, _ in seats.alarms(bowl)), "nothing is overdue"


# --- questions ----------------------------------------------------------------------------------


def board(*groups: str) -> questions.Board:
    """One question of each group, in this order: q1, q2, ..."""
    made: questions.Board = ()
    for number, group in enumerate(groups, 1):
        added = questions.QuestionAdded(
            at=0, question=f"q{number}", kind="question", words=Words("w"), seat="s", group=group
        )
        made = questions.evolve(made, added)
    return made


def settled(board_: questions.Board, question: str, status: Any = "answered") -> questions.Board:
    return questions.evolve(
        board_, questions.QuestionSettled(at=0, question=question, status=status)
    )


def able(board_: questions.Board) -> list[str]:
    return [one.id for one in questions.to_take(board_)]


def test_FB8_every_group_has_one_answered_before_any_has_a_second() -> None:
    made = board("g1", "g1", "g2", "g3")
    assert able(made) == ["q1", "q2", "q3", "q4"]
    made = settled(made, "q1")
    assert able(made) == ["q3", "q4"]
    made = settled(settled(made, "q3"), "q4")
    assert able(made) == ["q2"]


def test_FB8_a_declined_question_blocks_nobody_and_stays_open() -> None:
    made = settled(settled(board("g1", "g1", "g2"), "q1"), "q3", "declined")
    assert able(made) == ["q2", "q3"]
    assert [one.id for one in questions.unanswered(made)] == ["q2", "q3"]


def test_FB8_a_merged_question_is_answered_for_all_its_groups() -> None:
    made = questions.evolve(
        board("g1", "g2", "g2"), questions.QuestionMerged(at=0, question="q1", into="q2")
    )
    assert questions.times(made, made[1]) == 2
    made = settled(made, "q2")
    assert able(made) == ["q3"], "nobody waits any more"
    assert [one.id for one in questions.unanswered(made)] == ["q3"]


def test_FB8_what_gives_nobody_a_second_comes_before_what_does() -> None:
    made = questions.evolve(
        board("g1", "g1", "g2", "g3"), questions.QuestionMerged(at=0, question="q3", into="q2")
    )
    made = settled(made, "q1")
    assert able(made) == ["q4"], "q2 is asked by g2 too, but would be the second of g1"
    assert able(settled(made, "q4")) == ["q2"]


def test_merging_twice_leads_to_the_last_one_and_into_itself_to_nothing() -> None:
    made = board("g1", "g2", "g3")
    for question, into in (("q1", "q2"), ("q2", "q3"), ("q3", "q3"), ("q3", "q9")):
        made = questions.evolve(made, questions.QuestionMerged(at=0, question=question, into=into))
    assert [one.id for one in questions.standing(made)] == ["q3"]
    assert set(made[2].groups) == {"g1", "g2", "g3"}


@given(
    st.lists(st.sampled_from(("g1", "g2", "g3", "g4")), max_size=10),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), max_size=20),
)
def test_FB8_there_is_always_something_to_take_while_anything_is_open(
    groups: list[str], steps: list[tuple[int, int, int]]
) -> None:
    made = board(*groups)
    for a, b, what in steps:
        able_ = questions.to_take(made)
        assert bool(able_) == bool(questions.unanswered(made))
        if what == 0 and made:
            one, other = made[a % len(made)], made[b % len(made)]
            if one.status != "answered" and other.status != "answered" and not other.into:
                made = questions.evolve(
                    made, questions.QuestionMerged(at=0, question=one.id, into=other.id)
                )
        elif able_:
            status = "declined" if what == 1 else "answered"
            made = settled(made, able_[a % len(able_)].id, status)


# --- groups and batches -------------------------------------------------------------------------


def room(hall: int, far: int) -> list[Member]:
    return [Member(f"h{i}", where="room") for i in range(hall)] + [
        Member(f"r{i}") for i in range(far)
    ]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(2, 4), st.booleans(), st.integers(0, 99))
def test_G4_everybody_outside_has_a_group_and_nobody_is_alone(
    hall: int, far: int, size: int, mixed: bool, dice: int
) -> None:
    people = room(hall, far)
    groups = deal(people, size, dice, mixed=mixed)
    seated = [seat for group in groups for seat in group.seats]
    assert sorted(seated) == sorted(member.seat for member in people)
    if len(people) >= 2:
        assert all(len(group.seats) >= 2 for group in groups)
        assert all(len(group.seats) <= max(size + 2, 5) for group in groups)
    if not mixed and min(hall, far) >= 3:
        for group in groups:
            assert len({seat[0] for seat in group.seats}) == 1, "the sides sit apart"


@pytest.mark.parametrize(("hall", "far"), [(1, 5), (6, 1), (1, 1), (2, 4)])
def test_G4_one_alone_on_a_side_sits_with_the_others(hall: int, far: int) -> None:
    for size in (2, 3, 4):
        groups = deal(room(hall, far), size, 7, mixed=False)
        assert min(len(group.seats) for group in groups) >= 2


def test_pairs_have_one_three_when_the_number_is_odd() -> None:
    sizes = sorted(len(group.seats) for group in deal(room(0, 7), 2, 1, mixed=True))
    assert sizes == [2, 2, 3]


def test_a_late_comer_enters_the_smallest_group_and_who_is_left_alone_joins_another() -> None:
    groups = deal(room(0, 7), 3, 1, mixed=True)
    assert sorted(len(g.seats) for g in groups) == [3, 4]
    more = place(groups, Member("late"))
    assert sorted(len(g.seats) for g in more) == [4, 4]
    pairs = deal(room(0, 4), 2, 1, mixed=True)
    left = without(pairs, pairs[0].seats[0])
    assert [len(g.seats) for g in left] == [3]


@given(
    st.integers(0, 40),
    st.integers(3, 7),
    st.dictionaries(st.integers(0, 40), st.integers(0, 9)),
    st.integers(0, 99),
)
def test_FB7_batches_hold_every_willing_person_once_and_differ_by_one(
    people: int, chairs: int, wishes: dict[int, int], dice: int
) -> None:
    everybody = room(people // 2, people - people // 2)
    asked = {everybody[i].seat: w for i, w in wishes.items() if i < people}
    made = batches(everybody, asked, chairs, dice)
    seated = [seat for batch in made for seat in batch]
    willing = [m.seat for m in everybody if asked.get(m.seat) != 0]
    assert sorted(seated) == sorted(willing)
    if made:
        assert max(map(len, made)) - min(map(len, made)) <= 1
        assert max(map(len, made)) <= chairs


def test_a_wish_for_a_batch_is_kept_while_there_is_room() -> None:
    people = room(0, 8)
    made = batches(people, {f"r{i}": 2 for i in range(8)}, 4, 1)
    assert set(made[1]) == {"r0", "r1", "r2", "r3"}


def test_few_people_make_two_batches_so_that_somebody_listens() -> None:
    assert (batches_of(6, 7, 0), batches_of(6, 7, 5), batches_of(3, 5, 0)) == (2, 1, 1)

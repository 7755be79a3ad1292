"""The fishbowl: FB1 to FB8 and the general invariants in generated histories, and its edge cases
by name (`methods.md` A2, 1.13)."""

from collections import Counter
from functools import cache
from typing import Any, Final

import hypothesis
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities._fishbowl_commands import (
    ALLOWED,
    COMMANDS,
    BatchChoose,
    FloorMark,
    PromptNext,
    QuestionAdd,
    QuestionDecline,
    QuestionDone,
    QuestionDrop,
    QuestionMerge,
    QuestionTake,
    SeatAnchor,
    SeatLeave,
    SeatOffer,
    SeatRelease,
    SeatRelief,
    SeatTake,
    SeatThank,
    SeedAsk,
    Settings,
    TopicSet,
)
from activities._fishbowl_deciders import _DECIDE, CHAIR_TAKEN
from activities._fishbowl_seats import ChairTaken
from activities._fishbowl_state import State, is_inside, outer_here, takes_part
from activities.blocks import Bowl, Groups, Line, Shares, Words
from activities.fishbowl import FISHBOWL
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeAsk, TimeGive
from activities.kernel import MINUTE, Lens, Member, NotesChosen, Refused, step
from activities.phases import PhaseBack, PhaseNext
from activities.timing import SECOND
from activities.turns import Next
from rooms.asked import ROOM_TAGS
from tests.activities.driver import (
    Explored,
    History,
    Move,
    MoveKind,
    World,
    check_log,
    explore,
    histories,
    parts,
    play,
    tag,
    words_in,
    world,
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


BUSY: Final[tuple[MoveKind, ...]] = (
    *("answer",) * 12,
    *("tap",) * 6,
    *("drop", "back", "join", "again", "old", "borrowed", "wait", "ring") * 2,
    "leave",
)


@st.composite
def busy(draw: st.DrawFn) -> History:
    """Histories of an open bowl in which nobody moves the phases: chairs, waiting list, lines."""
    number = st.integers(0, 200)
    moves = draw(
        st.lists(
            st.builds(Move, st.sampled_from(BUSY), number, number), min_size=30, max_size=80
        ).map(tuple)
    )
    begin = (Move("answer", 0), Move("answer", 1), Move("answer", 2), Move("lead"), Move("lead"))
    chosen = draw(settings().filter(lambda one: one.mode == "open"))
    people, seed = draw(st.integers(6, 12)), draw(st.integers(0, 2**32 - 1))
    return History(chosen, people, 1, begin + moves, seed)


# --- what must hold after every move ------------------------------------------------------------


def also(room: World) -> None:
    """What a state can break."""
    check_bowl(room.state)
    check_full(room.state, room.now)
    check_places(room.state)
    check_questions(room.state)


def also_views(room: World) -> None:
    """What a state and its views can break."""
    also(room)
    secret = room.state.board and not room.state.open_board
    for seat, view in room.views():
        if any(isinstance(block, Shares) for block in view.blocks):
            assert room.lead == seat, "speaking time is for the lead alone"
        if secret:
            check_writing(room.state, seat, words_in(view))
        main = [one for one in view.may if one.place == "main" and one.shown]
        assert len(main) <= 1, f"one thing now: {main}"


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
    sat: dict[str, set[int]] = {}
    for event in room.log:
        before = state
        state = room.activity.evolve(state, event)
        if isinstance(event, ChairTaken):
            first_timers(before, event)
            if before.phases.phase == "batch":
                sat.setdefault(event.seat, set()).add(before.batch)
        if before.phases.phase != "answers":
            continue
        if isinstance(event, questions.QuestionSettled) and event.status == "answered":
            nobody_twice(before, event.question)
    assert all(len(numbers) == 1 for numbers in sat.values()), "FB7: nobody in two batches"


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


_EXAMPLES: Final = hypothesis.settings().max_examples
MANY: Final = max(20, _EXAMPLES // 3)
FULL: Final = max(8, _EXAMPLES // 8)
"""Histories in which every view of everybody is looked at, after every move: dear, so fewer."""


@hypothesis.settings(max_examples=MANY)
@given(evenings())
def test_FB1_to_FB8_hold_in_any_history(history: History) -> None:
    room = play(FISHBOWL, history, also=also, checked=False)
    check_log(room)
    check_log_of_seats(room)


@hypothesis.settings(max_examples=MANY)
@given(busy())
def test_FB1_to_FB6_hold_while_people_come_and_go_in_an_open_bowl(history: History) -> None:
    check_log_of_seats(play(FISHBOWL, history, also=also, checked=False))


@hypothesis.settings(max_examples=FULL)
@given(evenings(people=9, length=45))
def test_G2_to_G7_and_every_screen_hold_in_any_history(history: History) -> None:
    play(FISHBOWL, history, also=also_views)


@cache
def walked(mode: Any) -> Explored:
    """What a random walk sees of a mode."""
    chosen = (
        Settings(mode=mode, S=3, min_stay_s=30, grace_s=30),
        Settings(mode=mode, S=4, chair_rule="visitor", auto_release=True),
    )
    return explore(FISHBOWL, chosen, seed=3, count=12, rounds=20)


@pytest.mark.parametrize("mode", MODES)
def test_every_phase_of_every_mode_is_reached(mode: Any) -> None:
    common = {"frame", "round", "debrief", "closed", "paused"}
    own = {
        "open": {"starters", "open", "last_call", "outer_speaks"},
        "closed": {"batch", "swap", "outer_speaks"},
        "experience": {"talk", "questions", "answers"},
    }
    assert walked(mode).phases == common | own[mode]


def test_every_command_is_offered_somewhere() -> None:
    reached: set[Any] = set().union(*(walked(mode).commands for mode in MODES))
    told = {type_ for row in ALLOWED.values() for type_ in row["clock"]}
    rare = {SeatRelief, SeatRelease, Next, QuestionMerge, PromptNext, TopicSet, FloorMark}
    rare |= {SeatAnchor, SeedAsk, PhaseBack}
    rare |= {GroupMove, GroupMerge, GroupSplit, TimeAsk, TimeGive}
    assert set(COMMANDS) - reached - told <= rare, "each of these has a test of its own below"


def test_every_command_has_its_decider() -> None:
    assert set(_DECIDE) == set(COMMANDS)


def test_no_tag_is_the_rooms_own() -> None:
    """A tag of the room would never reach the activity."""
    tags = {command.__struct_config__.tag for command in COMMANDS}
    assert tags & set(ROOM_TAGS) <= {"activity.cut"}


# --- edge cases by name (A2, 1.13 column *bowl*) ------------------------------------------------

LEAD = "f1"


def begun(count: int = 9, fish: int = 4, facilitators: int = 1, **chosen: Any) -> World:
    """A fishbowl of `count` people in its first talk, with `fish` of them inside (s1, s2, ...)."""
    room = world(FISHBOWL, Settings(**chosen), count=count, facilitators=facilitators)
    if room.settings.mode != "closed":
        for number in range(1, fish + 1):
            room.do(f"s{number}", "seat.take")
    on(room)
    return room


def on(room: World) -> None:
    """The lead goes on to the next phase."""
    room.do(LEAD, "phase.next", "panel")


def opened(count: int = 9, fish: int = 4, **chosen: Any) -> World:
    room = begun(count, fish, **chosen)
    room.wait(8 * MINUTE)
    on(room)
    return room


def asked_for(**chosen: Any) -> World:
    """An experience bowl of three fish and two satellites that have written their questions."""
    room = begun(9, 3, mode="experience", **chosen)
    on(room)
    for group in room.state.groups:
        for _ in range(2):
            room.do(group.seats[0], "question.add", words=word(room))
    on(room)
    return room


def word(room: World) -> Words:
    room.words += 1
    return Words(f"w{room.words}")


def inside(room: World) -> set[str]:
    return set(seats.inside(room.state.bowl))


def offered(room: World, seat: str, lens: Any = "seat") -> set[str]:
    return {tag(one.command) for one in room.view(seat, lens).may}


def main(room: World, lens: Any = "panel", seat: str = LEAD) -> str:
    """The one right button."""
    found = [o for o in room.view(seat, lens).may if o.place == "main" and o.shown]
    assert len(found) <= 1
    return tag(found[0].command) if found else ""


def said(room: World, seat: str, lens: Any = "seat") -> str:
    """Every sentence of a screen."""
    return " ".join(p.id for p in parts(room.view(seat, lens)) if isinstance(p, Line))


def test_an_open_bowl_from_beginning_to_end() -> None:
    room = begun()
    assert room.state.phases.phase == "starters"
    assert "seat.ask" not in offered(room, "s9"), "the free chair is seen, and locked"
    on(room)
    assert room.do("s5", "seat.take") is None
    room.do("s6", "seat.ask")
    assert [one.seat for one in room.state.bowl.queue] == ["s6"]
    room.do("s1", "chair.leave")
    assert inside(room) == {"s2", "s3", "s4", "s5", "s6"}
    on(room)
    assert room.state.phases.phase == "last_call"
    while room.state.phases.phase == "last_call":
        room.do(room.state.round.floor.seat, "turn.begin")
        room.do(room.state.round.floor.seat, "turn.done")
    assert room.state.phases.phase == "outer_speaks"
    assert [len(g.seats) for g in room.state.groups] == [2, 2]
    pair = room.state.groups[0].seats
    room.do(pair[0], "question.add", words=Words("why"))
    room.do(pair[1], "observation.add", words=Words("heard"))
    assert "question.add" not in offered(room, pair[1]), "one question a pair"
    room.wait(3 * MINUTE)
    assert "Two minutes are left." in said(room, pair[0])
    room.wait(3 * MINUTE - 1)
    assert room.state.phases.phase == "outer_speaks", "a minute of grace"
    room.wait(1)
    assert room.state.phases.phase == "debrief", "a hard end"
    assert inside(room) == set()
    room.do("s9", "quote.release", words=Words("mine"), choice="first_name")
    on(room)
    kinds = [(i.kind, i.words.ref, i.origin) for i in FISHBOWL.harvest(room.state).items]
    assert kinds == [
        ("question", "why", "fishbowl"),
        ("insight", "heard", "fishbowl"),
        ("quote", "mine", ""),
    ]


def test_before_the_talk_one_chair_stays_free_in_an_open_bowl_alone() -> None:
    room = world(FISHBOWL, Settings(), count=9)
    for seat in ("s1", "s2", "s3", "s4"):
        room.do(seat, "seat.take")
    assert "seat.take" not in offered(room, "s5")
    assert main(room) == "phase.next"
    experience = world(FISHBOWL, Settings(mode="experience"), count=9)
    for number in range(1, 6):
        experience.do(f"s{number}", "seat.take")
    assert len(inside(experience)) == 5


def test_two_people_take_the_same_chair_and_the_second_is_told_kindly() -> None:
    room = opened()
    take = next(o.command for o in room.view("s6").may if tag(o.command) == "seat.take")
    assert room.do("s5", "seat.take") is None
    with pytest.raises(Refused) as caught:
        step(FISHBOWL, room.state, take, room.moment("s6"))
    assert (caught.value.reason, caught.value.message) == ("stale_seat", CHAIR_TAKEN)
    assert room.send("s5", take) == "stale_seat", "a double tap"


def test_an_old_tap_on_the_waiting_list_or_an_earlier_sitting_is_stale() -> None:
    room = opened(fish=4)
    room.do("s5", "seat.take")
    ask = next(o.command for o in room.view("s6").may if tag(o.command) == "seat.ask")
    room.send("s6", ask)
    assert room.send("s6", ask) == "duplicate"
    unask = next(o.command for o in room.view("s6").may if tag(o.command) == "seat.unask")
    leave = next(o.command for o in room.view("s1").may if tag(o.command) == "chair.leave")
    room.send("s1", leave)
    assert room.send("s6", unask) == "stale_seat", "they sit by now"
    assert room.send("s6", ask) == "stale_seat"
    assert room.send("s1", leave) == "stale_seat"
    room.do("s1", "seat.ask")
    room.do("s2", "chair.leave")
    assert "s1" in inside(room)
    assert room.send("s1", leave) == "stale_seat", "that was another sitting"
    on(room)
    assert room.send("s9", ask) == "stale_phase"


def test_leaving_by_choice_is_refused_at_two_and_the_lead_is_asked_for_a_volunteer() -> None:
    room = opened(fish=2)
    chair = seats.chair_of(room.state.bowl, "s1")
    assert chair is not None
    assert "chair.leave" not in offered(room, "s1")
    assert room.send("s1", SeatLeave(sitting=chair.sitting)) == "not_allowed"
    room.do("s1", "seat.relief")
    assert "only two are inside" in said(room, LEAD, "panel")
    assert "leave" not in said(room, "s9"), "nobody else is told"
    room.do("s9", "seat.take")
    assert main(room, "seat", "s1") == "chair.leave"
    room.do("s1", "chair.leave")
    assert inside(room) == {"s2", "s9"}


def test_a_leaver_frees_the_chair_at_once_even_of_the_last_two() -> None:
    room = opened(fish=2)
    room.leave("s1")
    assert inside(room) == {"s2"}


def test_a_reconnect_after_the_chair_went_comes_back_outside() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    room.drop("s1")
    room.wait(44 * SECOND)
    assert "s1" in inside(room)
    room.wait(SECOND)
    assert inside(room) == {"s2", "s3", "s4", "s5", "s6"}
    room.back("s1")
    assert "seat.ask" in offered(room, "s1")


def test_a_reconnect_keeps_the_queue_place_45_s() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    room.do("s7", "seat.ask")
    room.drop("s6")
    room.wait(44 * SECOND)
    room.back("s6")
    assert "You are number {number}" in said(room, "s6")
    assert [one.seat for one in seats.order(room.state.bowl)] == ["s6", "s7"]
    room.drop("s7")
    room.wait(45 * SECOND)
    assert [one.seat for one in room.state.bowl.queue] == ["s6"]


def test_chairs_of_a_lost_table_device_are_kept_60_s() -> None:
    room = world(FISHBOWL, Settings(), count=7)
    for seat in ("s1", "s2"):
        room.change(seat, table="t1", where="carried")
    for seat in ("s1", "s2", "s3"):
        room.do(seat, "seat.take")
    on(room)
    for seat in ("s1", "s2"):
        room.drop(seat)
    room.wait(59 * SECOND)
    assert inside(room) == {"s1", "s2", "s3"}
    room.wait(SECOND)
    assert inside(room) == {"s3"}


def test_a_late_joiner_is_outside_and_in_the_smallest_satellite() -> None:
    room = opened()
    room.join(Member("late"))
    assert room.state.phases.phase == "open"
    assert "late" not in inside(room)
    assert "seat.take" in offered(room, "late")
    experience = begun(10, 3, mode="experience")
    assert sorted(len(g.seats) for g in experience.state.groups) == [3, 4]
    experience.join(Member("late"))
    assert sorted(len(g.seats) for g in experience.state.groups) == [4, 4]


def test_nobody_is_obliged_to_enter() -> None:
    room = opened()
    room.send(LEAD, SeedAsk(epoch=1, seat="s9"))
    room.do("s9", "seed.answer", yes=False)
    room.wait(4 * MINUTE)
    assert room.state.bowl.seed
    assert "seat.offer" not in offered(room, LEAD, "panel"), "nobody agreed to be invited"
    assert "Give it time" in said(room, LEAD, "panel")


def test_a_silent_person_is_invited_privately_and_only_if_they_agreed_before() -> None:
    room = opened()
    room.do("s9", "seed.answer", yes=True)
    assert "seat.offer" not in offered(room, LEAD, "panel"), "not before four minutes"
    room.wait(4 * MINUTE)
    assert main(room) == "seat.offer"
    room.send(LEAD, SeatOffer(epoch=1, seat="s9"))
    assert room.send(LEAD, SeatOffer(epoch=1, seat="s8")) == "stale_seat"
    assert "You are invited inside" in said(room, "s9")
    for seat, lens in (("s8", "seat"), ("s1", "seat"), ("", "screen")):
        assert "invited" not in said(room, seat, lens), "never a public call by name"
    twin = room.copy()
    twin.do("s9", "seat.decline")
    assert "You are invited inside" not in said(twin, "s9")
    room.do("s9", "seat.take")
    assert "s9" in inside(room)
    assert not room.state.invited


def test_below_six_people_a_round_is_offered_in_plain_words_and_nothing_is_blocked() -> None:
    room = world(FISHBOWL, Settings(), count=5)
    for seat in ("s1", "s2"):
        room.do(seat, "seat.take")
    assert main(room) == "round.start"
    assert "With so few a round works better" in said(room, LEAD, "panel")
    assert "phase.next" in offered(room, LEAD, "panel"), "the lead decides"
    room.do(LEAD, "round.start", "panel")
    assert room.state.phases.phase == "round"
    assert len(room.state.round.first) + 1 == 5
    for _ in range(5):
        room.do(room.state.round.floor.seat, "turn.begin")
        room.do(room.state.round.floor.seat, "turn.done")
    assert room.state.phases.phase == "debrief"


@pytest.mark.parametrize("mode", MODES)
def test_one_person_or_nobody_is_told_and_can_be_ended(mode: Any) -> None:
    for count in (0, 1):
        room = world(FISHBOWL, Settings(mode=mode), count=count)
        offers = offered(room, LEAD, "panel")
        assert "phase.next" not in offers
        assert "round.start" not in offers
        assert "Two people inside are needed" in said(room, LEAD, "panel")
        assert room.send(LEAD, PhaseNext(epoch=1, phase="frame")) == "bad_request"
        room.do(LEAD, "activity.cut", "panel")
        assert FISHBOWL.closed(room.state)


def test_over_fifty_people_still_one_bowl_with_the_outer_in_satellites() -> None:
    room = opened(count=56)
    assert len(inside(room)) == 4
    on(room)
    for _ in range(4):
        room.do(room.state.round.floor.seat, "turn.pass")
    for _ in range(4):
        room.do(room.state.round.floor.seat, "turn.pass")
    assert room.state.phases.phase == "outer_speaks"
    assert {len(g.seats) for g in room.state.groups} <= {3, 4}


def test_three_hundred_people_make_one_bowl() -> None:
    room = opened(count=300)
    for number in range(5, 20):
        room.do(f"s{number}", "seat.take" if number == 5 else "seat.ask")
    assert len(room.state.bowl.queue) == 14
    view = room.view("s200")
    assert len(view.may) < 10
    around = next(b for b in view.blocks if isinstance(b, Bowl)).outer
    assert "s200" in [one.seat for one in around]
    assert len(around) <= 60


def test_the_lead_is_outside_the_bowl_unless_dealt_in() -> None:
    room = opened()
    assert not offered(room, LEAD) & {"seat.take", "seat.ask"}
    assert room.send(LEAD, SeatTake(chair=4)) == "not_allowed"


def test_without_a_lead_chairs_run_with_auto_release_and_the_state_waits() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    room.drop(LEAD)
    room.wait(90 * SECOND)
    assert "s6" in inside(room), "the machine frees the chair"
    room.wait(60 * MINUTE)
    assert room.state.phases.phase == "open"
    for phase in ("open", "experience", "closed"):
        late = begun(9, 3, mode=phase, debrief_min=0)
        late.drop(LEAD)
        late.wait(180 * MINUTE)
        assert late.state.phases.phase in ("starters", "talk", "debrief"), "never past debrief"


def test_the_bowl_full_beyond_the_grace_is_the_leads_right_button_FB4() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.wait(20 * SECOND)
    assert "you can make room" in said(room, "s1"), "private to the longest seated"
    others: tuple[tuple[str, Lens], ...] = (("s2", "seat"), ("s9", "seat"), ("", "screen"))
    for seat, lens in others:
        assert "When your thought is finished" not in said(room, seat, lens)
        chairs = next(b for b in room.view(seat, lens).blocks if isinstance(b, Bowl)).chairs
        assert "leaving" not in {chair.state for chair in chairs}
    assert main(room) == "phase.next"
    room.wait(40 * SECOND)
    assert main(room) == "seat.release"
    room.do(LEAD, "seat.release", "panel")
    assert inside(room) == {"s2", "s3", "s4", "s5"}


def test_a_dominating_fish_is_thanked_privately_and_bars_are_the_leads_alone() -> None:
    room = opened(facilitators=2)
    chair = seats.chair_of(room.state.bowl, "s2")
    assert chair is not None
    assert room.send(LEAD, FloorMark(epoch=1, sitting=chair.sitting)) is None
    room.wait(90 * SECOND)
    room.send(LEAD, FloorMark(epoch=1, sitting=0))
    assert room.state.spoken == {"s2": 90 * SECOND}
    shares = [b for b in room.view(LEAD, "panel").blocks if isinstance(b, Shares)]
    assert [(s.seat, s.spoken) for s in shares[0].shares if s.spoken] == [("s2", 90 * SECOND)]
    all_: tuple[tuple[str, Lens], ...] = (
        ("f2", "panel"),
        ("s2", "seat"),
        (LEAD, "seat"),
        ("", "screen"),
    )
    for seat, lens in all_:
        assert not [b for b in room.view(seat, lens).blocks if isinstance(b, Shares)]
        assert seat == LEAD or "speaks now" not in said(room, seat, lens)
    room.send(LEAD, SeatThank(epoch=1, sitting=chair.sitting))
    assert "Thank you for what you brought." in said(room, "s2")
    assert "Thank you for what you brought." not in said(room, "s1")
    assert not FISHBOWL.harvest(room.state).items
    assert not any("spoken" in key for key in FISHBOWL.harvest(room.state).counts)


def test_FB6_nobody_outside_is_marked_as_speaking() -> None:
    room = opened()
    assert room.send(LEAD, FloorMark(epoch=1, sitting=99)) == "stale_seat"
    chair = seats.chair_of(room.state.bowl, "s2")
    assert chair is not None
    room.send(LEAD, FloorMark(epoch=1, sitting=chair.sitting))
    room.do("s2", "chair.leave")
    assert room.state.floor == ""


def test_the_visitor_rule_keeps_the_starters() -> None:
    room = opened(chair_rule="visitor")
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    chairs = room.state.bowl.chairs
    assert {chair.seat for chair in chairs if chair.anchored} == {"s1", "s2", "s3", "s4"}
    room.wait(3 * MINUTE)
    assert main(room, "seat", "s5") == "chair.leave"
    assert main(room, "seat", "s1") == ""
    room.do("s5", "chair.leave")
    assert inside(room) == {"s1", "s2", "s3", "s4", "s6"}


def test_chairs_are_frozen_at_the_last_call() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    on(room)
    for seat in ("s1", "s6", "s9"):
        assert not offered(room, seat) & {"seat.take", "seat.ask", "seat.unask", "chair.leave"}
    assert not room.state.bowl.queue


def test_a_fish_whose_line_stays_down_at_the_last_call_holds_nobody_up() -> None:
    room = opened(fish=3)
    on(room)
    first = room.state.round.floor.seat
    room.drop(first)
    room.wait(45 * SECOND)
    assert first not in inside(room)
    assert room.state.round.floor.seat != first


def test_a_closed_bowl_has_everybody_inside_once_and_the_listener_stays_outside_FB7() -> None:
    room = world(FISHBOWL, Settings(mode="closed", S=4), count=9)
    room.do("s9", "batch.choose", batch="0")
    room.do("s8", "batch.choose", batch="2")
    assert room.send("s7", BatchChoose(batch="7")) == "stale_seat"
    on(room)
    assert [len(batch) for batch in room.state.batches] == [4, 4]
    assert "s8" in room.state.batches[1]
    first = inside(room)
    assert first == set(room.state.batches[0])
    room.wait(8 * MINUTE + 10 * SECOND)
    assert room.state.phases.phase == "swap"
    passer = room.state.batches[0][0]
    room.do(passer, "thread.pass", words=Words("thread"))
    assert "thread.pass" not in offered(room, passer)
    assert "thread.pass" not in offered(room, "s9")
    room.wait(30 * SECOND + 10 * SECOND)
    assert inside(room) == set(room.state.batches[1])
    assert "thread" in words_in(room.view("s8"))
    room.wait(8 * MINUTE + 10 * SECOND)
    assert room.state.phases.phase == "outer_speaks"
    assert not inside(room)


def test_a_late_comer_to_a_closed_bowl_sits_with_a_batch_that_has_room() -> None:
    room = world(FISHBOWL, Settings(mode="closed", S=4), count=7)
    on(room)
    room.join(Member("late"))
    room.wait(9 * MINUTE)
    assert "late" in room.state.batches[1]


def test_a_batch_whose_people_left_is_filled_from_the_next() -> None:
    room = world(FISHBOWL, Settings(mode="closed", S=3), count=9)
    on(room)
    for seat in room.state.batches[1][:2]:
        room.leave(seat)
    room.wait(9 * MINUTE)
    assert len(inside(room)) == 2
    room.wait(9 * MINUTE)
    assert len(inside(room)) == 2
    room.wait(9 * MINUTE)
    assert room.state.phases.phase == "outer_speaks"


def test_FB8_no_answer_before_the_questions_are_closed_and_each_satellite_one_first() -> None:
    room = begun(9, 3, mode="experience")
    assert [len(g.seats) for g in room.state.groups] == [3, 3]
    on(room)
    one, two = room.state.groups
    room.do(one.seats[0], "question.add", words=Words("a1"))
    room.do(one.seats[1], "question.add", words=Words("a2"))
    room.do(two.seats[0], "question.add", words=Words("b1"))
    assert "question.take" not in offered(room, "s1")
    assert {"a1", "a2"} <= words_in(room.view(one.seats[2]))
    assert not {"a1", "a2"} & words_in(room.view(two.seats[0]))
    assert not words_in(room.view(LEAD, "panel")) & {"a1", "b1"}, "the lead too reads them then"
    on(room)
    assert {"a1", "a2", "b1"} <= words_in(room.view("s1"))
    room.do("s1", "question.take", question="q1")
    assert room.send("s2", QuestionTake(question="q3")) == "stale_turn", "one at a time"
    room.do("s1", "question.done")
    assert room.send("s2", QuestionTake(question="q2")) == "stale_turn", "first one of the other"
    room.do("s2", "question.take", question="q3")
    room.do("s2", "question.decline")
    room.do("s2", "question.take", question="q2")
    room.do(LEAD, "question.done", "panel")
    items = FISHBOWL.harvest(room.state).items
    assert [(i.words.ref, i.answered) for i in items] == [("a1", True), ("a2", True), ("b1", False)]


def test_three_questions_and_one_observation_for_each_satellite() -> None:
    room = begun(9, 3, mode="experience")
    on(room)
    group = room.state.groups[0]
    for _ in range(3):
        room.do(group.seats[0], "question.add", words=word(room))
    room.do(group.seats[1], "observation.add", words=word(room))
    assert not offered(room, group.seats[2]) & {"question.add", "observation.add"}
    more = QuestionAdd(group=group.id, words=Words("more"))
    assert room.send(group.seats[2], more) == "full"
    other = QuestionAdd(group=room.state.groups[1].id, words=Words("x"))
    assert room.send(group.seats[2], other) == "stale_phase", "not for another group"
    assert room.send(group.seats[1], QuestionDrop(question="q1")) == "not_allowed"
    room.do(group.seats[0], "question.drop", question="q1")
    assert [type(e).__name__ for e in room.log[-1:]] == ["WordsErased"]
    room.do(group.seats[2], "question.add", words=word(room))


def test_duplicates_are_merged_by_the_lead_and_counted_for_both() -> None:
    room = asked_for()
    room.do(LEAD, "question.merge", "panel", question="q3", into="q1")
    room.do("s1", "question.take", question="q1")
    room.do("s1", "question.done")
    assert {one.id for one in questions.to_take(room.state.board)} == {"q2", "q4"}
    assert room.send(LEAD, QuestionMerge(epoch=1, question="q2", into="q2")) == "duplicate"
    assert room.send(LEAD, QuestionMerge(epoch=1, question="q2", into="q1")) == "stale_turn"
    assert room.send(LEAD, QuestionTake(question="q2", epoch=0)) == "stale_epoch"
    assert room.send(LEAD, QuestionTake(question="q2")) == "stale_epoch"


def test_one_thing_now_for_a_fish_who_was_thanked_and_may_answer() -> None:
    room = asked_for()
    room.join(Member("more"))
    chair = seats.chair_of(room.state.bowl, "s1")
    assert chair is not None
    room.send(LEAD, SeatThank(epoch=1, sitting=chair.sitting))
    assert main(room, "seat", "s1") == "question.take"
    assert "chair.leave" in offered(room, "s1")


def test_only_who_answers_or_the_lead_settles_a_question() -> None:
    room = asked_for()
    room.do("s1", "question.take", question="q1")
    for command in (QuestionDone(question="q1", epoch=1), QuestionDecline(question="q1")):
        assert room.send("s2", command) == "not_allowed"
    assert room.send("s9", QuestionDone(question="q1", epoch=1)) == "not_allowed"
    assert room.send(LEAD, QuestionDecline(question="q1", epoch=1)) is None


def test_when_the_questions_close_satellites_notes_go_to_everybody() -> None:
    room = asked_for()
    chosen = {e.seat for e in room.log if isinstance(e, NotesChosen)}
    assert chosen == {seat for group in room.state.groups for seat in group.seats}
    assert all(group.closed for group in FISHBOWL.groups(room.state))


def test_experience_with_two_fish_goes_on_and_with_one_becomes_an_interview() -> None:
    room = begun(9, 3, mode="experience")
    room.leave("s1")
    assert "alone inside" not in said(room, LEAD, "panel")
    room.leave("s2")
    assert "The lead asks" in said(room, LEAD, "panel")
    assert "The lead asks" in said(room, "", "screen")
    room.leave("s3")
    assert "Nobody is inside any more" in said(room, LEAD, "panel")
    assert "phase.next" in offered(room, LEAD, "panel")


def test_a_fish_that_goes_leaves_the_question_to_the_others() -> None:
    room = asked_for()
    room.do("s1", "question.take", question="q1")
    assert "question.done" not in offered(room, "s2")
    room.leave("s1")
    assert "question.done" in offered(room, "s2")


def test_going_back_restores_chairs_and_agrees_with_who_is_here() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.do("s6", "seat.ask")
    on(room)
    room.leave("s1")
    room.drop("s6")
    room.wait(30 * SECOND)
    room.do(LEAD, "phase.back", "panel")
    assert room.state.phases.phase == "open"
    assert inside(room) == {"s2", "s3", "s4", "s5"}
    assert [one.seat for one in room.state.bowl.queue] == ["s6"], "away: the place is kept"
    room.back("s6")
    assert "s6" in inside(room)


def test_a_pause_keeps_every_time_of_the_chairs() -> None:
    room = opened()
    room.do("s5", "seat.take")
    room.wait(10 * SECOND)
    room.do("s9", "pause.call")
    room.wait(300 * SECOND)
    assert not offered(room, "s9") & {"seat.ask"}
    room.do(LEAD, "pause.resume", "panel")
    room.wait(9 * SECOND)
    assert "you can make room" not in said(room, "s1")
    room.wait(SECOND)
    assert "you can make room" in said(room, "s1")


def test_anchored_people_are_not_asked_to_make_room() -> None:
    room = opened()
    chair = seats.chair_of(room.state.bowl, "s1")
    assert chair is not None
    room.send(LEAD, SeatAnchor(epoch=1, sitting=chair.sitting))
    room.do("s5", "seat.take")
    room.wait(60 * SECOND)
    room.do(LEAD, "seat.release", "panel")
    assert "s2" not in inside(room)
    assert "s1" in inside(room)


def test_an_observer_sees_and_has_no_button_of_the_bowl() -> None:
    room = opened()
    room.join(Member("x", observer=True))
    assert offered(room, "x") == set()
    assert any(isinstance(b, Bowl) for b in room.view("x").blocks)


def test_an_old_epoch_or_phase_changes_nothing() -> None:
    room = opened()
    old = SeatThank(epoch=0, sitting=1)
    assert room.send(LEAD, old) == "stale_epoch"
    assert room.send(LEAD, PhaseNext(epoch=1, phase="starters")) == "stale_phase"


def test_lengths_are_those_of_the_plan_and_a_debrief_of_none_is_left_out() -> None:
    room = begun(9, 3, mode="experience", frame_min=2, talk_min=10, answers_min=8, debrief_min=0)
    assert room.state.phases.timer.duration == 10 * MINUTE
    on(room)
    assert room.state.phases.timer.duration == 4 * MINUTE
    on(room)
    assert room.state.phases.timer.duration == 8 * MINUTE
    assert any(o.label.id == "Close the fishbowl" for o in room.view(LEAD, "panel").may)
    on(room)
    assert FISHBOWL.closed(room.state)


@pytest.mark.parametrize(
    "bad",
    [{"S": 2}, {"S": 8}, {"mode": "swim"}, {"batch_min": 6}, {"satellites": 5}, {"grace_s": 0}],
)
def test_settings_out_of_range_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, Settings)


def test_the_wall_says_what_is_now_and_nothing_private() -> None:
    room = opened(prompt=Words("river"))
    wall = room.view("", "screen")
    assert wall.may == ()
    assert "river" in words_in(wall)
    assert "One chair is free" in said(room, "", "screen")
    assert not [b for b in wall.blocks if isinstance(b, Shares | Groups)]


def test_the_lead_gives_and_changes_the_question() -> None:
    room = world(FISHBOWL, Settings(), count=6)
    room.do(LEAD, "topic.set", "panel", words=Words("bank"))
    assert "bank" in words_in(room.view("s1"))


def test_the_talk_at_the_end_of_an_experience_bowl_has_three_questions() -> None:
    room = asked_for()
    on(room)
    for _ in range(2):
        room.do(LEAD, "prompt.next", "panel")
    assert "prompt.next" not in offered(room, LEAD, "panel")
    assert "What now?" in said(room, "s9")


def test_a_silent_turn_of_the_last_call_can_be_moved_on_kindly() -> None:
    room = opened(fish=2)
    on(room)
    room.wait(89 * SECOND)
    assert "turn.next" not in offered(room, LEAD, "panel")
    room.wait(SECOND)
    first = room.state.round.floor.seat
    assert main(room) == "turn.next"
    room.do(LEAD, "turn.next", "panel")
    assert room.state.round.floor.seat != first

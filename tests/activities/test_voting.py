"""Voting: the rules of `methods.md` A9 (VO1 to VO5), its column of 1.13, and every phase."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from activities import _voting_model as model
from activities import board, phases, timing
from activities._voting_model import (
    FEWEST,
    MOST_OPTIONS,
    BallotCounted,
    BallotOpened,
    Cut,
    DotsSet,
    Papers,
    RunoffOpen,
    Settings,
    State,
    cut,
    dots_for,
)
from activities.blocks import Ballot, Progress, Tally, Words
from activities.kernel import Before, BoardNote, Event, Lens, Member, Refused
from activities.timing import SECOND
from activities.voting import VOTING
from tests.activities.driver import (
    History,
    World,
    check,
    check_log,
    explore,
    histories,
    names_in,
    never_offered,
    parts,
    play,
    world,
)

PLAIN = Settings()


def themes(count: int) -> Before:
    return Before(
        notes=tuple(
            BoardNote(f"f1-t{i}", "theme", Words(f"theme{i}"), "f1") for i in range(1, count + 1)
        )
    )


def four_themes(_members: tuple[Member, ...]) -> Before:
    return themes(4)


def room(count: int = 5, options: int = 4, chosen: Settings = PLAIN) -> World:
    return world(VOTING, chosen, count=count, earlier=lambda _: themes(options))


def opened(count: int = 5, options: int = 4, chosen: Settings = PLAIN) -> World:
    at = room(count, options, chosen)
    assert at.do("f1", "phase.next", "panel") is None
    assert at.state.phases.phase == "open"
    return at


def vote(at: World, seat: str, *numbers: int) -> None:
    for number in numbers:
        assert at.do(seat, "vote.cast", option=f"f1-t{number}") is None


def close(at: World) -> None:
    assert at.do("f1", "phase.next", "panel") is None


def all_settings() -> st.SearchStrategy[Settings]:
    return st.builds(
        Settings,
        dots=st.sampled_from((0, 0, 1, 3)),
        per_option=st.integers(1, 2),
        chosen=st.sampled_from((1, 1, 2, 3)),
        runoff=st.booleans(),
        themes=st.sampled_from((True, True, False)),
    )


# --- the laws, in any history -------------------------------------------------------------------


def papers_of(at: World) -> Papers | None:
    state: State = at.state
    return state.papers


def dots_fit_VO1(at: World) -> None:
    papers = papers_of(at)
    if papers is not None:
        for token, placed in papers.placed.items():
            assert papers.used(token) <= papers.dots
            assert all(0 < dots <= papers.each for dots in placed.values())


def others_votes_are_on_no_screen_VO3(at: World) -> None:
    """Whoever looks: with everybody else's dots gone, the screen is the same."""
    papers = papers_of(at)
    if papers is None or at.now // SECOND % 3:  # now and then: it renders every screen twice
        return
    screens = [(seat, view) for seat, view in at.views()]
    for seat, view in screens:
        lens: Lens = "screen" if not seat else "seat"
        mine = {t: d for t, d in papers.placed.items() if t == at.token(seat)}
        twin = at.copy()
        twin.state = replace(at.state, papers=replace(papers, placed=mine))
        seen = [twin.view(seat, lens)]
        if seat and at.people[seat].member.facilitator:
            seen.append(twin.view(seat, "panel"))
        assert view in seen
        assert twin.activity.harvest(twin.state) == at.activity.harvest(at.state)


def options_stand_still_VO4(at: World) -> None:
    openings = [event for event in at.log if isinstance(event, BallotOpened)]
    papers = papers_of(at)
    if papers is not None:
        since = max(i for i, event in enumerate(at.log) if isinstance(event, BallotOpened))
        assert not [e for e in at.log[since:] if isinstance(e, model.OptionAdded)]
        assert papers.options == openings[-1].options
        ids = {option.id for option in at.state.options}
        assert set(openings[-1].options) <= ids


def nothing_is_kept_of_a_closed_ballot(at: World) -> None:
    """After the count neither state nor screen names anybody (counts only, never names)."""
    if at.state.phases.phase in ("reveal", "talk", "closed"):
        assert at.state.papers is None
        assert at.state.aside is None or at.state.phases.phase == "talk"
        for _, view in at.views():
            blocks = [block for block in view.blocks if isinstance(block, Tally | Ballot)]
            for block in blocks:
                assert not [part for part in parts(block) if part in at.people]


def laws(at: World) -> None:
    dots_fit_VO1(at)
    others_votes_are_on_no_screen_VO3(at)
    options_stand_still_VO4(at)
    nothing_is_kept_of_a_closed_ballot(at)


def counts_add_up_VO2(log: list[Event]) -> int:
    """Every count is exactly what was placed since its ballot opened; how many there were."""
    placed: dict[tuple[str, str], int] = {}
    counted, before = 0, None
    for event in log:
        match event:
            case BallotOpened():
                same = (event.options, event.dots, event.each)
                placed = placed if same == before else {}  # an opening that was undone
                before = same
            case DotsSet():
                placed[event.token, event.option] = event.dots
            case BallotCounted():
                counted, before = counted + 1, None
                assert sum(event.counts.values()) == sum(placed.values())
                for option, number in event.counts.items():
                    assert number == sum(d for (_, o), d in placed.items() if o == option)
                assert event.voters == len({token for (token, _), dots in placed.items() if dots})
                assert event.voters >= FEWEST
    return counted


STEPS = (
    *("cast",) * 14,
    "undo",
    *("uncast",) * 3,
    "done",
    "drop",
    "leave",
    "back",
    "join",
    "next",
    "ring",
)


@settings(max_examples=20)
@given(
    all_settings(),
    st.integers(4, 8),
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 40), st.integers(0, 3)),
        min_size=30,
        max_size=60,
    ),
)
def test_any_vote_keeps_VO1_VO2_VO3_VO4_VO5(
    chosen: Settings, count: int, steps: list[tuple[str, int, int]]
) -> None:
    """Whole votes, however people place, change, come and go; generated histories (below) seldom
    get beyond the first ballot."""
    at = opened(count, 4, replace(chosen, themes=True))
    for step in steps:
        if not VOTING.closed(at.state):
            move(at, *step)
            laws(at)
    check(at)
    check_log(at)
    counts_add_up_VO2(at.log)


def move(at: World, kind: str, a: int, b: int) -> None:
    seats = sorted(set(at.people) - {"f1"})
    seat = seats[a % len(seats)]
    match kind:
        case "cast" | "uncast" | "done" if at.people[seat].member.here:
            offers = {str(type(o.command).__struct_config__.tag): o for o in at.view(seat).may}
            if offer := offers.get(f"vote.{kind}"):
                assert at.tap(seat, offer) in (None, "full", "duplicate")
        case "drop" if at.people[seat].member.here:
            at.drop(seat)
        case "leave" if at.people[seat].member.here:
            at.leave(seat)
        case "back" if not at.people[seat].member.here:
            before = papers_of(at)
            at.back(seat)
            assert papers_of(at) == before  # VO5
        case "join" if len(at.people) < 12:
            at.join(Member(f"j{len(at.people)}"))
        case "next" if b == 0:
            runoff = [o for o in at.view("f1", "panel").may if isinstance(o.command, RunoffOpen)]
            tapped = runoff or [o for o in at.view("f1", "panel").may if o.place == "main"]
            if tapped:
                at.tap("f1", tapped[0])
        case "ring" if b == 0:
            at.ring()
        case "undo" if b == 0:
            at.send("f1", _back(at))
        case _:
            pass


@settings(max_examples=10)
@given(histories(VOTING, all_settings(), people=8, length=60))
def test_any_history_keeps_VO1_VO2_VO3_VO4_and_the_common_laws(history: History) -> None:
    at = play(VOTING, history, also=laws, earlier=four_themes)
    counts_add_up_VO2(at.log)


def test_every_phase_and_every_command_is_reached() -> None:
    tried = (
        Settings(chosen=1),
        Settings(chosen=1, per_option=2),
        Settings(themes=False),
        Settings(chosen=2),
    )
    seen = explore(VOTING, tried, seed=4, rounds=40, length=90, count=9, earlier=four_themes)
    assert seen.phases == set(VOTING.phases)
    assert never_offered(VOTING, seen) == set()


# --- dots, counting, the line -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "dots"), [(1, 2), (2, 2), (8, 2), (9, 3), (12, 3), (13, 4), (17, 5), (40, 5)]
)
def test_dots_follow_the_number_of_options(options: int, dots: int) -> None:
    assert dots_for(options) == dots
    assert dots_for(options, 1) == 1


names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8).map(tuple)


@given(names, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 6)), st.integers(1, 5))
def test_the_line_never_cuts_between_equals(
    order: tuple[str, ...], counts: dict[str, int], chosen: int
) -> None:
    line = cut(order, counts, chosen)
    assert not set(line.clear) & set(line.tied)
    assert all(counts.get(option, 0) > 0 for option in line.clear + line.tied)
    if line.tied:
        assert len({counts[option] for option in line.tied}) == 1
        assert len(line.clear) + line.left == chosen
        assert 0 < line.left < len(line.tied)
    else:
        assert len(line.clear) <= chosen
    worst = min((counts[option] for option in line.clear), default=99)
    rest = set(order) - set(line.clear) - set(line.tied)
    assert all(counts.get(option, 0) < worst or not line.clear for option in rest)


def test_a_vote_counts_dots_and_orders_the_themes_VO2() -> None:
    at = opened(5, 4)
    for seat, dots in {"s1": (1, 2), "s2": (1, 2), "s3": (1, 3), "s4": (4,)}.items():
        vote(at, seat, *dots)
    close(at)
    assert at.state.counts == {"f1-t1": 3, "f1-t2": 2, "f1-t3": 1, "f1-t4": 1}
    assert at.state.voters == 4
    scored = {e.theme: e.votes for e in at.log if isinstance(e, board.ThemeScored)}
    assert scored == at.state.counts
    assert VOTING.harvest(at.state).counts == {"voters": 4, "dots": 7}


# --- one's own ballot ---------------------------------------------------------------------------


def ballot(at: World, seat: str) -> Ballot:
    return next(block for block in at.view(seat).blocks if isinstance(block, Ballot))


def test_dots_are_placed_taken_back_and_never_more_than_given_VO1() -> None:
    at = opened()
    vote(at, "s1", 1, 2)
    assert ballot(at, "s1").used == 2
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t3")) == "full"
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t1")) == "duplicate"
    assert at.do("s1", "vote.uncast", option="f1-t1") is None
    assert at.send("s1", model.VoteUncast(ballot=1, option="f1-t1")) == "duplicate"
    vote(at, "s1", 3)
    assert [option.mine for option in ballot(at, "s1").options] == [0, 1, 1, 0]
    assert at.send("s1", model.VoteCast(ballot=1, option="nothing")) == "unknown"


def test_cumulative_dots_may_lie_two_on_one_option_VO1() -> None:
    at = opened(chosen=Settings(per_option=2))
    vote(at, "s1", 1, 1)
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t1")) == "duplicate"


def test_a_dropped_line_finds_its_own_ballot_again_once_VO5() -> None:
    at = opened()
    vote(at, "s1", 1, 2)
    before = ballot(at, "s1")
    at.drop("s1")
    at.back("s1")
    assert ballot(at, "s1") == before
    at.leave("s1")
    at.back("s1")
    assert ballot(at, "s1") == before
    for seat in ("s2", "s3", "s4"):
        vote(at, seat, 1)
    close(at)
    assert at.state.counts["f1-t1"] == 4


def test_solo_vote_late_comers_vote_until_the_close() -> None:
    at = opened()
    at.wait(150 * SECOND + 5 * SECOND)  # last words
    at.join(Member("s99"))
    vote(at, "s99", 2)
    assert at.state.papers.on(at.token("s99"), "f1-t2") == 1


def test_solo_vote_who_leaves_has_voted() -> None:
    at = opened()
    for seat in ("s1", "s2", "s3", "s4"):
        vote(at, seat, 1)
    at.leave("s1")
    close(at)
    assert at.state.counts["f1-t1"] == 4


def test_solo_vote_a_blank_ballot_is_an_answer() -> None:
    at = opened()
    for seat in ("s1", "s2", "s3", "s4"):
        vote(at, seat, 1)
    assert at.do("s5", "vote.done") is None
    done = next(block for block in at.view("s1").blocks if isinstance(block, Progress))
    assert (done.done, done.of) == (1, 5)
    assert at.send("s5", model.VoteDone(ballot=1)) == "duplicate"
    close(at)
    assert at.state.voters == 4


def test_solo_vote_reconnect_gives_ones_own_ballot_back() -> None:
    at = opened()
    vote(at, "s1", 2)
    at.drop("s1", silent=15)
    at.wait(30 * SECOND)
    at.back("s1")
    assert [option.mine for option in ballot(at, "s1").options] == [0, 1, 0, 0]


def test_solo_vote_nobody_silent_is_named_or_asked() -> None:
    at = opened()
    at.wait(100 * SECOND)
    for _, view in at.views():
        assert not names_in(view)


def test_solo_vote_any_number_votes() -> None:
    people = tuple(Member(f"s{i}") for i in range(1, 201))
    at = World(VOTING, PLAIN, (Member("f1", facilitator=True), *people), 1, themes(12))
    close(at)
    for number, person in enumerate(people):
        vote(at, person.seat, 1 + number % 12, 1 + (number + 1) % 12)
    close(at)
    assert (at.state.voters, sum(at.state.counts.values())) == (200, 400)


def test_solo_vote_a_lost_table_enters_its_papers_later() -> None:
    """Its people write their dots on paper, and whoever adopts them enters them by number."""
    at = opened()
    table = [f"c{i}" for i in range(1, 6)]
    for seat in table:
        at.join(Member(seat, where="carried", table="d1"))
        at.drop(seat)
    at.wait(60 * SECOND)
    for number, seat in enumerate(table, 1):
        at.back(seat)
        at.change(seat, table="d2")
        vote(at, seat, 1 + number % 4)
    close(at)
    assert at.state.voters == 5


def test_solo_vote_two_devices_of_one_person_have_one_ballot() -> None:
    """Both show and fill in the ballot of the seat."""
    at = opened()
    vote(at, "s1", 1)
    there = ballot(at, "s1")
    vote(at, "s1", 2)
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t3")) == "full"
    assert ballot(at, "s1").used == there.used + 1


def test_solo_vote_closes_at_its_time_without_a_lead() -> None:
    at = opened()
    for seat in ("s1", "s2", "s3", "s4"):
        vote(at, seat, 1)
    at.leave("f1")
    at.wait(150 * SECOND)
    assert at.state.phases.phase == "open"  # ten seconds of last words
    assert at.view("s1").blocks
    at.wait(timing.LAST_WORDS)
    assert at.state.phases.phase == "reveal"


def test_no_vote_is_opened_by_the_clock() -> None:
    at = room()
    at.leave("f1")
    at.wait(60 * 60 * SECOND)
    assert at.state.phases.phase == "tidy"


def test_facilitators_have_no_ballot_unless_they_are_dealt_in() -> None:
    at = opened()
    assert at.send("f1", model.VoteCast(ballot=1, option="f1-t1")) == "not_allowed"
    at.change("f1", facilitator=False)
    vote(at, "f1", 1)


def test_people_at_one_table_have_a_ballot_each() -> None:
    at = opened()
    for seat in ("c1", "c2"):
        at.join(Member(seat, where="carried", table="d1"))
    vote(at, "c1", 1, 2)
    vote(at, "c2", 3)
    assert [o.mine for o in ballot(at, "c1").options] == [1, 1, 0, 0]
    assert [o.mine for o in ballot(at, "c2").options] == [0, 0, 1, 0]


# --- too few, ties, undo ------------------------------------------------------------------------


def test_solo_vote_fewer_than_four_talk_instead() -> None:
    at = room(count=3)
    close(at)
    assert at.state.phases.phase == "talk"
    at.wait(20 * 60 * SECOND)
    assert at.state.phases.phase == "talk"
    close(at)
    assert at.state.phases.phase == "closed"


def test_when_fewer_than_four_placed_a_dot_nothing_is_shown() -> None:
    at = opened(6)
    for seat in ("s1", "s2", "s3"):
        vote(at, seat, 1)
    close(at)
    assert at.state.phases.phase == "talk"
    assert not at.state.counted
    assert not [event for event in at.log if isinstance(event, board.ThemeScored)]
    assert VOTING.harvest(at.state).counts == {}
    assert not [b for _, v in at.views() for b in v.blocks if isinstance(b, Tally)]
    assert at.send("f1", _back(at)) == "stale_phase"


def _back(at: World) -> phases.PhaseBack:
    return phases.PhaseBack(epoch=at.epoch, phase=at.state.phases.phase)


def tie(chosen: Settings) -> World:
    """One clear, three equal at the line."""
    at = opened(8, 5, chosen)
    for seat, dots in {"s1": (1, 2), "s2": (1, 3), "s3": (1, 4), "s4": (1,)}.items():
        vote(at, seat, *dots)
    close(at)
    return at


def test_a_tie_at_the_line_is_included_or_voted_on_again() -> None:
    at = tie(Settings(chosen=2))
    assert model.first_cut(at.state) == Cut(("f1-t1",), ("f1-t2", "f1-t3", "f1-t4"), 1)
    assert model.chosen(at.state) == ("f1-t1", "f1-t2", "f1-t3", "f1-t4")
    at.do("f1", "vote.runoff", "panel")
    assert at.state.phases.phase == "runoff"
    assert ballot(at, "s1").dots == 1
    assert {option.value for option in ballot(at, "s1").options} == {"f1-t2", "f1-t3", "f1-t4"}
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t2")) == "stale_phase"
    for seat, dot in {"s1": 3, "s2": 3, "s3": 4, "s4": 3}.items():
        vote(at, seat, dot)
    at.wait(60 * SECOND + timing.LAST_WORDS)
    assert at.state.phases.phase == "reveal"
    assert model.chosen(at.state) == ("f1-t1", "f1-t3")
    last = {e.theme: (e.votes, e.runoff) for e in at.log if isinstance(e, board.ThemeScored)}
    assert last["f1-t3"] == (1, 3)
    assert last["f1-t1"] == (4, 0)
    assert at.send("f1", model.RunoffOpen(epoch=at.epoch, ballot=2)) == "stale_phase"
    counts_add_up_VO2(at.log)


def test_a_second_ballot_too_few_used_includes_all_equals() -> None:
    at = tie(Settings(chosen=2))
    at.do("f1", "vote.runoff", "panel")
    vote(at, "s1", 2)
    close(at)
    assert at.state.phases.phase == "reveal"
    assert model.chosen(at.state) == ("f1-t1", "f1-t2", "f1-t3", "f1-t4")


def test_without_runoff_all_equals_go_on() -> None:
    at = tie(Settings(chosen=2, runoff=False))
    assert "vote.runoff" not in {
        str(type(o.command).__struct_config__.tag) for o in at.view("f1", "panel").may
    }
    assert len(model.chosen(at.state)) == 4


def test_going_back_reopens_the_list_and_the_same_options_keep_their_dots_VO4() -> None:
    at = opened()
    vote(at, "s1", 1)
    assert at.send("f1", _back(at)) is None
    assert at.state.phases.phase == "tidy"
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t2")) == "stale_phase"
    close(at)
    assert at.state.last == 2
    assert at.send("s1", model.VoteCast(ballot=1, option="f1-t2")) == "stale_phase"
    assert [option.mine for option in ballot(at, "s1").options] == [1, 0, 0, 0]
    assert at.send("f1", _back(at)) is None
    assert at.do("f1", "option.drop", "panel", option="f1-t4") is None
    close(at)
    assert at.state.papers.placed == {}
    assert at.state.aside is None


def test_there_is_no_way_back_from_the_numbers() -> None:
    at = tie(Settings())
    assert at.send("f1", _back(at)) == "stale_phase"


def test_an_open_vote_that_is_cut_shows_nothing_VO3() -> None:
    at = opened()
    for seat in ("s1", "s2", "s3", "s4"):
        vote(at, seat, 1)
    at.do("f1", "activity.cut", "panel")
    assert VOTING.closed(at.state)
    assert at.state.papers is None
    assert not at.state.counted


# --- tidying ------------------------------------------------------------------------------------


def test_doubles_become_one_option_and_both_themes_get_its_dots() -> None:
    at = room()
    assert at.do("f1", "option.merge", "panel", option="f1-t2", into="f1-t1") is None
    assert at.do("f1", "option.merge", "panel", option="f1-t3", into="f1-t3") == "duplicate"
    close(at)
    for seat in ("s1", "s2", "s3", "s4"):
        vote(at, seat, 1)
    close(at)
    scored = {e.theme: e.votes for e in at.log if isinstance(e, board.ThemeScored)}
    assert scored == {"f1-t1": 4, "f1-t2": 4, "f1-t3": 0, "f1-t4": 0}


def test_options_are_added_and_dropped_until_the_vote_opens_VO4() -> None:
    at = room(options=0)
    assert at.send("f1", phases.PhaseNext(epoch=1, phase="tidy")) == "not_allowed"
    for word in ("w1", "w2", "w3"):
        assert at.do("f1", "option.add", "panel", words=Words(word)) is None
    assert at.do("f1", "option.drop", "panel", option="o1") is None
    assert at.send("f1", model.OptionDrop(epoch=1, option="o1")) == "unknown"
    assert at.do("f1", "option.add", "panel", words=Words("w4")) is None
    assert [option.id for option in at.state.options] == ["o2", "o3", "o4"]
    close(at)
    for late in (
        model.OptionAdd(epoch=1, words=Words("x")),
        model.OptionDrop(epoch=1, option="o2"),
        model.OptionMerge(epoch=1, option="o2", into="o3"),
    ):
        assert at.send("f1", late) == "stale_phase"


def test_themes_that_come_and_go_are_options_only_while_tidying_VO4() -> None:
    at = room()
    new = BoardNote("s1-t9", "theme", Words("late"), "s1")
    at.send("", board.NoteCame(note=new))
    at.send("", board.NoteCame(note=replace(new, card="s1-n", kind="insight")))
    at.send("", board.NoteWent(card="f1-t1"))
    assert [option.id for option in at.state.options] == ["f1-t2", "f1-t3", "f1-t4", "s1-t9"]
    close(at)
    at.send("", board.NoteCame(note=replace(new, card="s1-t10")))
    at.send("", board.NoteWent(card="f1-t2"))
    assert len(at.state.options) == 4


def test_a_theme_is_called_on_the_ballot_as_on_the_board() -> None:
    at = room()
    named = board.NoteRenamed(card="f1-t2", words=Words("rain"), seat="f1")
    at.send("", named)
    close(at)
    at.send("", replace(named, card="f1-t3"))
    at.send("", replace(named, card="s1-unknown"))
    words = {option.id: option.words for option in at.state.options}
    assert words["f1-t2"] == words["f1-t3"] == Words("rain")
    assert words["f1-t4"] != Words("rain")


def test_the_list_has_an_end() -> None:
    at = room(options=MOST_OPTIONS + 5)
    assert len(at.state.options) == MOST_OPTIONS
    assert at.send("f1", model.OptionAdd(epoch=1, words=Words("x"))) == "full"


def test_the_log_knows_ballots_and_nobody_who_filled_them_in() -> None:
    at = tie(Settings())
    marks = [event for event in at.log if isinstance(event, DotsSet | model.BallotDone)]
    assert marks
    for mark in marks:
        assert not {str(part) for part in parts(mark)} & set(at.people)


def test_a_ballot_without_a_token_is_refused() -> None:
    at = opened()
    moment = at.moment("", frozenset({"member"}))
    with pytest.raises(Refused, match="stale_phase"):
        VOTING.decide(at.state, model.VoteCast(ballot=1, option="f1-t1"), moment)


def test_names_of_voters_are_on_no_screen() -> None:
    at = tie(Settings())
    for _, view in at.views():
        assert not names_in(view) & {"s1", "s2", "s3", "s4"}


def test_settings_have_ranges() -> None:
    for wrong in ({"per_option": 3}, {"chosen": 0}, {"open_s": 5}, {"dots": 9}, {"x": 1}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Settings)

"""Report-out: the rules of `methods.md` A7 (RO1 to RO4), its columns of 1.13, and every phase."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from activities import _report_out_model as model
from activities import board, groups, rounds, turns
from activities._report_out_evolve import evolve
from activities._report_out_model import ONE_LINER, Settings, State, report_length
from activities._report_out_teams import form
from activities.blocks import Cards, Groups, Note, Now, PileNote, Piles, Words
from activities.kernel import Before, BoardNote, FormerGroup, Member
from activities.report_out import REPORT_OUT
from activities.timing import SECOND
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
    tag,
    words_in,
    world,
)

PLAIN = Settings()


def two_circles(members: tuple[Member, ...]) -> Before:
    """People of two circles, with a note each, and one theme."""
    seats = [m.seat for m in members if not m.facilitator]
    half = len(seats) // 2
    circles = (("a1-c1", "Mangrove", seats[:half]), ("a1-c2", "Estuary", seats[half:]))
    notes = [
        BoardNote(f"{seat}-n", "insight", Words(f"said{seat}"), seat, id)
        for id, _, people in circles
        for seat in people
    ]
    notes.insert(1, BoardNote("f1-t", "theme", Words("water"), "f1"))
    old = tuple(FormerGroup(id, tuple(people), name) for id, name, people in circles if people)
    return Before(groups=old, notes=tuple(notes))


def room(count: int = 8, chosen: Settings = PLAIN) -> World:
    return world(REPORT_OUT, chosen, count=count, earlier=two_circles)


def on(at: World) -> None:
    """The lead goes on to the next phase."""
    assert at.do("f1", "phase.next", "panel") is None


def reports(count: int = 8, chosen: Settings = PLAIN) -> World:
    at = room(count, chosen)
    on(at)
    return at


def sorting(count: int = 8, chosen: Settings = PLAIN) -> World:
    at = reports(count, chosen)
    on(at)
    assert at.state.phases.phase == "cluster"
    return at


def offered(at: World, seat: str) -> set[str]:
    return {tag(offer.command) for offer in at.view(seat).may}


def voice(at: World) -> str:
    """Who speaks for the group that has the floor."""
    return model.voice(at.state, model.reporting(at.state))


def report(at: World) -> str:
    """The group on the floor reports; which one it was."""
    team = model.reporting(at.state)
    assert at.do(voice(at), "turn.begin") is None
    assert at.do(voice(at), "turn.done") is None
    return team


def all_settings() -> st.SearchStrategy[Settings]:
    return st.builds(
        Settings,
        form=st.sampled_from(("one_line", "what")),
        groups=st.sampled_from(("before", "before", "organisation", "mixed")),
        cluster_by=st.sampled_from(("lead_and_two", "all")),
        ticks=st.booleans(),
        prepare_min=st.sampled_from((0, 2)),
        reports_min=st.sampled_from((0, 4)),
        name_min=st.sampled_from((0, 2)),
        missing_min=st.sampled_from((0, 2)),
    )


# --- the laws, in any history -------------------------------------------------------------------


def every_note_is_in_one_pile_RO2(at: World) -> None:
    ids = {pile.id for pile in at.state.piles}
    assert len(ids) == len(at.state.piles)
    for note in at.state.notes.values():
        assert note.pile == "" or note.pile in ids
    for block in at.view("f1" if "f1" in at.here() else at.here()[0]).blocks if at.here() else ():
        if isinstance(block, Piles) and at.state.phases.phase in ("cluster", "name", "missing"):
            shown = [note.id for pile in block.piles for note in pile.notes]
            assert sorted(shown) == sorted(at.state.notes)


def nobody_is_a_group_of_one_G4(at: World) -> None:
    """From the boundary on; a last member counts as waiting at the door until then (ruling)."""
    if at.log and isinstance(at.log[-1], model.RoundDrawn | rounds.TurnOffered):
        sizes = [len(model.members(at.state, team)) for team in at.state.teams]
        drawn = [event for event in at.log if isinstance(event, model.RoundDrawn)]
        if len(drawn) == 1 and len([s for s in sizes if s]) > 1:
            assert 1 not in sizes or at.state.phases.phase != "reports" or _changed(at)


def _changed(at: World) -> bool:
    """Whether people came or went since the groups were drawn."""
    since = max(i for i, event in enumerate(at.log) if isinstance(event, model.RoundDrawn))
    return since == 0 or any(type(e).__name__.startswith("Person") for e in at.log[since:])


def laws(at: World) -> None:
    every_note_is_in_one_pile_RO2(at)
    nobody_is_a_group_of_one_G4(at)


def each_group_reports_once_RO1(at: World) -> None:
    """Never twice in a round; and when it is complete nobody who was here is left out."""
    told: list[str] = []
    for event in at.log:
        match event:
            case model.RoundDrawn():
                told = []
            case rounds.TurnDone(seat=team):
                assert team not in told
                told.append(team)
    state: State = at.state
    if state.round is not None and state.round.complete and state.phases.phase == "reports":
        for team in state.teams:
            if model.present(state, team):
                assert state.round.status[team] in ("told", "passed")


def reports_are_equally_long_RO4(at: World) -> None:
    first = at.activity.initial(at.settings, at.members, at.first).round
    length = first.length if first else 0  # drawn at once where nobody prepares
    for event in at.log:
        match event:
            case model.RoundDrawn():
                length = event.length
            case rounds.LengthChanged():
                length = event.length
            case rounds.TurnBegun():
                assert event.duration == length


def no_note_and_no_author_is_lost_RO3(at: World) -> None:
    """Only a card that comes or goes changes what lies on the table and whose it is."""
    state = at.activity.initial(at.settings, at.members, at.first)
    for event in at.log:
        before = {(note.card, note.seat) for note in state.notes.values()}
        state = evolve(state, event)
        after = {(note.card, note.seat) for note in state.notes.values()}
        if isinstance(event, model.NoteEntered):
            assert before < after or event.note.kind == "theme"
        elif isinstance(event, model.NoteGone):
            assert after <= before
        else:
            assert after == before


def over_the_log(at: World) -> None:
    each_group_reports_once_RO1(at)
    reports_are_equally_long_RO4(at)
    no_note_and_no_author_is_lost_RO3(at)


STEPS = (
    *("tap",) * 18,
    *("speak",) * 6,
    *("next",) * 2,
    "ring",
    "drop",
    "back",
    "back",
    "leave",
    "join",
    "note",
)
UNHELPFUL = {"pause.call", "activity.cut", "phase.extend", "phase.back"}


@settings(max_examples=15)
@given(
    all_settings(),
    st.integers(4, 9),
    st.integers(0, 2),
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 60), st.integers(0, 60)),
        min_size=40,
        max_size=70,
    ),
)
def test_any_report_out_keeps_RO1_RO2_RO3_RO4(
    chosen: Settings, count: int, begun: int, steps: list[tuple[str, int, int]]
) -> None:
    """Whole report-outs; `begun`: how many phases lie behind."""
    at = room(count, chosen)
    for _ in range(begun):
        on(at)
    for step in steps:
        if not REPORT_OUT.closed(at.state):
            move(at, *step)
            laws(at)
    check(at)
    check_log(at)
    over_the_log(at)


def move(at: World, kind: str, a: int, b: int) -> None:
    here = at.here()
    people = sorted(set(at.people) - {"f1"})
    seat = people[a % len(people)]
    up = seat in here
    match kind:
        case "tap" if here:
            tapper = here[a % len(here)]
            offers = [o for o in at.view(tapper).may if tag(o.command) not in UNHELPFUL]
            offers = [o for o in offers if tag(o.command) != "phase.next"]
            if offers:
                assert at.tap(tapper, offers[b % len(offers)]) not in ("not_allowed", "bad_request")
        case "speak" if model.reporting(at.state) and voice(at):
            mine = [o for o in at.view(voice(at)).may if isinstance(o.command, turns.TurnCommand)]
            if mine:
                assert at.tap(voice(at), mine[0]) is None
        case "next" if "f1" in here and b % 3 == 0:
            main = [o for o in at.view("f1", "panel").may if tag(o.command) == "phase.next"]
            if main:
                at.tap("f1", main[0])
        case "ring" if b % 3 == 0:
            at.ring()
        case "drop" if up:
            at.drop(seat)
        case "leave" if up and b % 2:
            at.leave(seat)
        case "back" if not up:
            at.back(seat)
        case "join" if len(at.people) < 14:
            at.join(Member(f"j{len(at.people)}", observer=b % 9 == 0))
        case "note":
            came = BoardNote(f"{seat}-x{len(at.log)}", "question", Words(f"w{len(at.log)}"), seat)
            at.send("", board.NoteCame(note=came))
        case _:
            pass


@settings(max_examples=8)
@given(histories(REPORT_OUT, all_settings(), people=8, length=50))
def test_any_history_keeps_the_common_laws(history: History) -> None:
    over_the_log(play(REPORT_OUT, history, also=laws, earlier=two_circles))


def test_every_phase_and_every_command_is_reached() -> None:
    tried = (PLAIN, Settings(cluster_by="all"), Settings(groups="mixed"))
    seen = explore(REPORT_OUT, tried, seed=4, rounds=40, length=160, count=9, earlier=two_circles)
    assert seen.phases == set(REPORT_OUT.phases)
    assert never_offered(REPORT_OUT, seen) == set()


# --- who reports --------------------------------------------------------------------------------


def people(count: int, **more: Any) -> tuple[Member, ...]:
    return tuple(Member(f"s{i}", **more) for i in range(1, count + 1))


def sizes(place: dict[str, str]) -> list[int]:
    return sorted(list(place.values()).count(team) for team in set(place.values()))


def test_the_groups_of_before_report_under_their_names() -> None:
    at = room(8)
    names = {model.team_name(at.state, team).id for team in at.state.teams}
    assert names == {"Mangrove", "Estuary"}
    assert sizes(dict(at.state.place)) == [4, 4]
    assert {note.team for note in at.state.notes.values()} == set(at.state.teams)


def test_who_was_in_no_group_joins_the_smallest_and_nobody_is_alone_G4() -> None:
    old = Before(
        groups=(
            FormerGroup("a1-c1", ("s1", "s2", "s3"), "Reef"),
            FormerGroup("a1-c2", ("s4", "s9"), "Dune"),
            FormerGroup("a1-c3", ("s5", "s6", "s7"), "Palm"),
        )
    )
    teams, place = form(PLAIN, people(8), old, 1)
    assert sizes(place) == [4, 4]
    assert {team.name for team in teams.values()} == {"Reef", "Palm"}
    assert set(place) == {f"s{i}" for i in range(1, 9)}


def test_without_groups_home_teams_report_and_single_delegates_pair_up() -> None:
    members = [Member(f"s{i}", organisation=org) for i, org in enumerate("aabbbcde", 1)]
    _, place = form(PLAIN, members, Before(), 1)
    assert sizes(place) == [2, 2, 2, 2] or sizes(place) == [2, 3, 3] or sizes(place) == [2, 2, 4]
    assert place["s1"] == place["s2"]
    assert place["s3"] == place["s4"] == place["s5"]


@given(st.integers(0, 40), st.integers(3, 8), st.integers(0, 2**32))
def test_new_groups_are_two_at_least_and_equal_within_one_SC8(
    count: int, size: int, dice: int
) -> None:
    teams, place = form(Settings(groups="mixed", size=size), people(count), Before(), dice)
    assert set(place) == {f"s{i}" for i in range(1, count + 1)}
    assert teams
    if count >= 4:
        assert len(teams) >= 2
        assert sizes(place)[0] >= 2
        assert sizes(place)[-1] - sizes(place)[0] <= 1
    named = [(t.name, t.number) for t in teams.values() if t.name]
    assert len(named) == len(set(named))


def test_one_circle_of_before_makes_new_groups() -> None:
    old = Before(groups=(FormerGroup("a1-c1", tuple(f"s{i}" for i in range(1, 7)), "Reef"),))
    _, place = form(PLAIN, people(6), old, 3)
    assert sizes(place) == [3, 3]


@pytest.mark.parametrize(
    ("chosen", "teams", "seconds"),
    [
        (PLAIN, 4, 120),
        (PLAIN, 9, 25),
        (Settings(reports_min=4), 6, 40),
        (Settings(reports_min=30), 2, 300),
        (Settings(reports_min=1), 8, 25),
        (Settings(report_s=300), 2, 300),
    ],
)
def test_RO4_all_reports_are_allotted_the_same(chosen: Settings, teams: int, seconds: int) -> None:
    assert report_length(chosen, teams) == seconds * SECOND


def test_more_than_eight_groups_have_one_line_of_25_s() -> None:
    pairs = tuple(FormerGroup(f"a1-p{i}", (f"s{2 * i - 1}", f"s{2 * i}")) for i in range(1, 10))
    at = world(REPORT_OUT, PLAIN, count=18, earlier=lambda _: Before(groups=pairs))
    on(at)
    assert at.state.round.length == ONE_LINER
    assert at.do(voice(at), "turn.begin") is None
    assert "One line" in str([b.text for b in at.view("s1").blocks if isinstance(b, Note)])


def test_people_of_hall_and_far_away_report_in_turn() -> None:
    old = tuple(FormerGroup(f"a1-c{i}", (f"s{2 * i - 1}", f"s{2 * i}")) for i in range(1, 5))
    at = world(REPORT_OUT, PLAIN, count=8, earlier=lambda _: Before(groups=old))
    for i in range(1, 9):
        at.change(f"s{i}", where="room" if i <= 4 else "remote")
    on(at)
    halls = [int(team[1:]) <= 2 for team in at.state.round.ring]
    assert halls in ([True, False, True, False], [False, True, False, True])


# --- prepare ------------------------------------------------------------------------------------


def test_two_notes_are_brought_and_one_speaks() -> None:
    at = room()
    assert at.do("s1", "voice.take") is None
    team = at.state.place["s1"]
    assert model.voice(at.state, team) == "s1"
    mine = [note.card for note in model.notes_of(at.state, team)]
    for card in mine[:2]:
        assert at.send("s2", model.NoteMark(note=card, pile="marked")) is None
    assert at.send("s2", model.NoteMark(note=mine[2], pile="marked")) == "full"
    assert at.send("s2", model.NoteMark(note=mine[0], pile="marked")) == "duplicate"
    assert at.send("s2", model.NoteMark(note=mine[0], pile="other")) is None
    assert at.state.teams[team].marked == (mine[1],)
    assert at.send("s8", model.NoteMark(note=mine[0], pile="marked")) == "unknown"
    assert at.send("s8", model.VoiceTake(team=team)) == "not_allowed"


def test_what_is_written_for_a_group_is_its_own() -> None:
    at = room()
    section = next(b.section for b in at.view("s1").blocks if isinstance(b, Cards))
    note = BoardNote("s8-new", "insight", Words("new"), "s8", section=section)
    at.send("", board.NoteCame(note=note))
    assert at.state.notes["s8-new"].team == at.state.place["s1"]
    assert "new" in words_in(at.view("s1"))
    at.send("", board.NoteWent(card="s8-new"))
    assert "s8-new" not in at.state.notes


def test_all_groups_ready_asks_the_lead_and_forces_nothing() -> None:
    at = room()
    for seat in ("s1", "s8"):
        assert at.do(seat, "group.ready") is None
    assert "All groups are ready." in str(list(parts(at.view("f1", "panel"))))
    assert at.state.phases.phase == "prepare"


def test_a_group_asks_for_two_more_minutes_and_alone_gets_them() -> None:
    at = room()
    mine, others = at.state.place["s1"], at.state.place["s8"]
    until = at.state.phases.timer.ends_at
    assert at.do("s1", "time.ask") is None
    assert at.send("s2", groups.TimeAsk(group=mine)) == "duplicate"
    assert at.send("s8", groups.TimeAsk(group=mine)) == "unknown"
    (line,) = [
        line
        for block in at.view("f1", "panel").blocks
        if isinstance(block, Groups)
        for line in block.groups
        if line.offers
    ]
    assert line.id == mine
    may = at.view("f1", "panel").may
    assert [may[n].command.group for n in line.offers] == [mine, ""]
    given = may[line.offers[0]].command
    assert at.send("f1", given) is None
    assert at.view("s1").ends_at == until + 120 * SECOND
    assert at.view("s8").ends_at == until  # the others' time ends when it would have
    assert not at.state.teams[mine].wants_time
    assert at.do("s8", "time.ask") is None
    everybody = groups.TimeGive(epoch=at.epoch, phase="prepare")
    assert at.send("f1", everybody) is None
    assert at.view("s8").ends_at == until + 120 * SECOND
    assert not at.state.teams[others].wants_time
    on(at)
    assert at.send("f1", everybody) == "stale_phase"
    assert "time.ask" not in offered(at, "s1")


def test_nobody_prepares_when_the_plan_leaves_no_time() -> None:
    at = room(6, Settings(prepare_min=0))
    assert REPORT_OUT.phase(at.state, "") == "offer"
    report(at)


def test_the_lead_moves_somebody_before_the_reports() -> None:
    at = room()
    other = at.state.place["s8"]
    moving = groups.GroupMove(epoch=at.epoch, seat="s1", to=other)
    assert at.send("f1", moving) is None
    assert at.state.place["s1"] == other
    assert at.send("f1", moving) == "duplicate"


def test_facilitators_merge_and_split_groups_before_the_reports() -> None:
    at = room()
    assert at.do("f1", "group.split", "panel", group="g1") is None
    assert sizes(dict(at.state.place)) == [2, 2, 4]
    assert len({str(model.team_name(at.state, team)) for team in at.state.teams}) == 3
    notes = dict(at.state.notes)
    assert at.do("f1", "group.merge", "panel", group="g1", into="g2") is None
    assert sizes(dict(at.state.place)) == [2, 6]
    assert set(at.state.notes) == set(notes)
    assert at.send("f1", groups.GroupMerge(epoch=1, group="g1", into="g2")) == "unknown"


# --- reports ------------------------------------------------------------------------------------


def test_RO1_each_group_reports_once_and_the_round_is_heard() -> None:
    at = reports()
    first, second = report(at), report(at)
    assert {first, second} == set(at.state.teams)
    assert REPORT_OUT.phase(at.state, "") == "heard"
    assert REPORT_OUT.harvest(at.state).counts["groups_reported"] == 2


def test_RO1_a_group_may_pass_and_then_pass_for_good() -> None:
    at = reports()
    first = model.reporting(at.state)
    assert at.do(voice(at), "turn.pass") is None
    report(at)
    assert model.reporting(at.state) == first
    assert at.do(voice(at), "turn.pass") is None
    assert at.state.round.status[first] == "passed"
    assert at.state.round.complete


def test_round_voice_drops_the_next_of_the_group_goes_on_in_the_same_turn() -> None:
    at = reports()
    speaker = voice(at)
    assert at.do(speaker, "turn.begin") is None
    held = model.floor(at.state)
    at.drop(speaker)
    after = voice(at)
    assert after not in ("", speaker)
    assert model.floor(at.state) == held
    assert "turn.done" in offered(at, after)
    at.back(speaker)
    assert voice(at) == speaker
    at.drop(speaker)
    assert at.do(after, "turn.done") is None


def test_round_a_whole_group_without_a_line_is_waited_for_and_comes_later() -> None:
    at = reports()
    team = model.reporting(at.state)
    assert at.do(voice(at), "turn.begin") is None
    for seat in model.members(at.state, team):
        at.drop(seat)
    at.wait(91 * SECOND)
    assert model.reporting(at.state) != team
    assert at.state.round.status[team] == "interrupted"
    for seat in model.members(at.state, team):
        at.back(seat)
    report(at)
    assert model.reporting(at.state) == team


def test_group_leaver_the_order_closes_up_and_an_empty_group_leaves_the_round() -> None:
    at = reports()
    team = model.reporting(at.state)
    for seat in model.members(at.state, team):
        at.leave(seat)
    assert model.reporting(at.state) not in ("", team)
    at.back("s1")
    at.back("s8")
    report(at)
    report(at)
    each_group_reports_once_RO1(at)


def test_group_late_joiner_comes_to_the_smallest_group() -> None:
    at = room(7)
    at.join(Member("late"))
    assert sizes(dict(at.state.place)) == [4, 4]
    on(at)
    at.join(Member("later"))
    assert at.state.place["later"] in at.state.teams


def test_group_reconnect_brings_back_to_the_same_group() -> None:
    at = room()
    team = at.state.place["s1"]
    at.do("s1", "voice.take")
    at.leave("s1")
    at.back("s1")
    assert at.state.place["s1"] == team
    assert model.voice(at.state, team) == "s1"


def test_group_odd_numbers_differ_by_one_and_too_many_make_more_groups() -> None:
    for count, expected in ((7, [3, 4]), (11, [3, 4, 4]), (16, [4, 4, 4, 4])):
        _, place = form(Settings(groups="mixed"), people(count), Before(), 5)
        assert sizes(place) == expected


def test_group_too_few_are_one_group() -> None:
    teams, place = form(Settings(groups="mixed"), people(3), Before(), 5)
    assert len(teams) == 1
    assert sizes(place) == [3]


def test_group_a_late_joiner_is_not_sent_to_a_group_everybody_left_G4() -> None:
    at = room(6)
    for seat in model.members(at.state, "g2"):
        at.leave(seat)
    at.join(Member("late"))
    assert at.state.place["late"] == "g1"


def test_group_whose_table_device_is_lost_is_waited_for_and_reports_later() -> None:
    at = reports()
    team = model.reporting(at.state)
    seats = model.members(at.state, team)
    for seat in seats:
        at.drop(seat)
    at.wait(91 * SECOND)
    assert model.reporting(at.state) not in ("", team)
    late = BoardNote("s1-paper", "insight", Words("paper"), seats[0])
    at.send("", board.NoteCame(note=late))
    assert at.state.notes["s1-paper"].team == team
    for seat in seats:
        at.back(seat)
    report(at)
    assert model.reporting(at.state) == team


def test_group_early_one_waits_for_nobody_and_every_report_is_as_long_RO4() -> None:
    at = reports(9)
    length = at.state.round.length
    while model.reporting(at.state):
        assert at.do(voice(at), "turn.begin") is None
        held = model.floor(at.state)
        assert held
        assert held.timer.duration == length
        assert at.do(voice(at), "turn.done") is None


def test_group_of_one_joins_another_when_the_reports_begin_G4() -> None:
    at = room(8)
    team = at.state.place["s1"]
    for seat in model.members(at.state, team)[1:]:
        at.leave(seat)
    mine = [note.card for note in at.state.notes.values() if note.team == team]
    on(at)
    assert team not in at.state.teams
    assert at.state.place["s1"] in at.state.teams
    assert all(at.state.notes[card].team in at.state.teams for card in mine)


def test_a_silent_group_is_read_aloud_by_the_lead() -> None:
    at = reports()
    team = model.reporting(at.state)
    assert at.do("f1", "voice.take", "panel") is None
    assert voice(at) == "f1"
    assert at.do("f1", "turn.begin", "panel") is None
    assert at.do("f1", "turn.done", "panel") is None
    assert at.state.round.status[team] == "told"


def test_lead_leaves_the_reports_go_on_softly() -> None:
    at = reports()
    at.leave("f1")
    at.wait(20 * 60 * SECOND)
    assert at.state.phases.phase in ("cluster", "name", "missing", "closed")


def test_also_ours_is_ticked_once_and_shown_to_the_voice_that_comes_next() -> None:
    at = reports()
    first = model.reporting(at.state)
    assert at.do(voice(at), "turn.begin") is None
    other = next(s for s, team in at.state.place.items() if team != first)
    mine = next(s for s, team in at.state.place.items() if team == first)
    card = model.notes_of(at.state, first)[0].card
    assert "pile.tick" not in offered(at, mine)
    assert at.do(other, "pile.tick", note=card) is None
    assert at.do(other, "pile.untick", note=card) is None
    assert at.do(other, "pile.tick", note=card) is None
    assert at.send(other, model.NoteTick(note=card)) == "duplicate"
    assert [e.card for e in at.log if isinstance(e, board.NoteTicked) and e.on] == [card, card]
    assert at.do(voice(at), "turn.done") is None
    said = at.state.notes[card].words.ref
    titles = [p.title for b in at.view(voice(at)).blocks if isinstance(b, Piles) for p in b.piles]
    assert "Others have said this, and it is yours too" in str(titles)
    assert said in words_in(at.view(voice(at)))


def test_nobody_ticks_a_note_of_their_own_or_when_ticks_are_off() -> None:
    at = sorting()
    card = next(note.card for note in at.state.notes.values() if note.seat == "s1")
    assert at.send("s1", model.NoteTick(note=card)) == "duplicate"
    off = sorting(8, Settings(ticks=False))
    assert off.send("s2", model.NoteTick(note=card)) == "closed"
    assert "pile.tick" not in offered(off, "s2")


def test_a_second_tap_on_a_finished_report_is_stale() -> None:
    at = reports()
    speaker = voice(at)
    assert at.do(speaker, "turn.begin") is None
    assert at.do(speaker, "turn.done") is None
    assert at.send(speaker, at.taps[-1].command) == "stale_turn"


def test_going_back_to_the_reports_goes_on_where_they_were() -> None:
    at = reports()
    assert at.do(voice(at), "turn.begin") is None
    held = model.reporting(at.state)
    on(at)
    at.wait(20 * SECOND)
    assert at.do("f1", "phase.back", "panel") is None
    assert model.reporting(at.state) == held
    assert at.do(voice(at), "turn.done") is None


# --- sorting ------------------------------------------------------------------------------------


def piles(at: World) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {pile.id: [] for pile in at.state.piles}
    for note in at.state.notes.values():
        found.setdefault(note.pile, []).append(note.card)
    return found


def place(at: World, card: str, pile: str, seat: str = "f1") -> str | None:
    return at.send(seat, model.NotePlace(note=card, pile=pile))


def test_RO2_a_note_moves_from_pile_to_pile_and_is_never_in_two() -> None:
    at = sorting()
    assert place(at, "s1-n", "f1-t") is None
    assert place(at, "s1-n", "new") is None
    made = at.state.notes["s1-n"].pile
    assert made.startswith("f1-")
    assert piles(at)["f1-t"] == []
    assert place(at, "s2-n", made) is None
    assert place(at, "s2-n", made) == "duplicate"
    assert place(at, "s1-n", "") is None
    assert place(at, "s2-n", "") is None
    assert made not in piles(at)  # an empty pile without a name is no theme
    assert place(at, "s1-n", "nowhere") == "unknown"


def test_all_suggest_and_those_who_sort_decide() -> None:
    at = sorting()
    assert place(at, "s1-n", "f1-t", "s3") == "not_allowed"
    assert at.do("s3", "note.suggest", note="s1-n", pile="f1-t") is None
    assert at.do("s4", "note.suggest", note="s1-n", pile="f1-t") == "duplicate"
    assert at.do("s4", "note.suggest", note="s2-n", pile="new") is None
    assert at.do("f1", "suggestion.answer", "panel") is None
    assert at.state.notes["s1-n"].pile == "f1-t"
    answered = at.taps[-1].command
    assert at.send("f1", answered) == "duplicate"
    no = next(iter(at.state.suggestions))
    assert at.send("f1", model.SuggestionAnswer(suggestion=no, yes=False)) is None
    assert at.state.notes["s2-n"].pile == ""


def test_two_people_help_to_sort_and_a_third_suggests() -> None:
    at = sorting()
    for seat in ("s1", "s2"):
        assert at.do(seat, "helper.join") is None
        assert place(at, f"{seat}-n", "f1-t", seat) is None
    assert "helper.join" not in offered(at, "s3")
    assert at.send("s3", model.HelperJoin()) == "full"
    assert place(at, "s3-n", "f1-t", "s3") == "not_allowed"


def test_everybody_sorts_where_the_plan_says_so() -> None:
    at = sorting(6, Settings(cluster_by="all"))
    assert place(at, "s1-n", "f1-t", "s5") is None


def test_RO3_merging_keeps_notes_authors_ticks_and_the_name() -> None:
    at = sorting()
    place(at, "s1-n", "f1-t")
    place(at, "s2-n", "new")
    made = at.state.notes["s2-n"].pile
    at.send("s5", model.NoteTick(note="s2-n"))
    before = dict(at.state.notes)
    assert at.send("f1", model.ThemeMerge(pile="f1-t", into=made)) is None
    assert at.send("f1", model.ThemeMerge(pile="f1-t", into="f1-t")) == "duplicate"
    assert [pile.id for pile in at.state.piles] == ["f1-t"]  # the one with a name stays
    assert at.state.piles[0].words == Words("water")
    assert {c: (n.seat, n.words) for c, n in at.state.notes.items()} == {
        c: (n.seat, n.words) for c, n in before.items()
    }
    assert {at.state.notes[c].pile for c in ("s1-n", "s2-n")} == {"f1-t"}
    assert at.state.ticks["s2-n"] == ("s5",)


def test_people_name_themes_and_only_sorters_rename_them() -> None:
    at = sorting()
    place(at, "s1-n", "new")
    made = at.state.notes["s1-n"].pile
    on(at)
    assert at.state.phases.phase == "name"
    assert at.do("s4", "theme.name", pile=made, words=Words("boats")) is None
    named = [e for e in at.log if isinstance(e, board.ThemeNamed)]
    assert (named[0].theme, named[0].seat) == (made, "s4")
    after = at.log[at.log.index(named[0]) + 1 :]
    assert [e.card for e in after if isinstance(e, board.NotePlaced)] == ["s1-n"]
    assert at.send("s4", model.ThemeName(pile=made, words=Words("again"))) == "duplicate"
    assert at.send("f1", model.ThemeName(pile=made, words=Words("again"))) is None
    assert REPORT_OUT.harvest(at.state).counts["themes"] == 2


def test_what_the_board_does_meanwhile_is_seen_here_RO2() -> None:
    at = sorting()
    at.send("", board.NoteShifted(card="s1-n", theme="f1-t"))
    assert at.state.notes["s1-n"].pile == "f1-t"
    at.send("", board.NoteCame(note=BoardNote("f1-u", "theme", Words("rice"), "f1")))
    at.send("", board.NoteCame(note=BoardNote("f1-m", "mood", Words("tired"), "f1")))
    assert [pile.id for pile in at.state.piles] == ["f1-t", "f1-u"]
    at.send("", board.NoteWent(card="f1-t"))
    assert at.state.notes["s1-n"].pile == ""
    assert "f1-m" not in at.state.notes


def test_what_facilitators_say_of_themes_and_notes_on_the_board_holds_here_RO2_RO3() -> None:
    at = sorting()
    at.send("", board.NoteShifted(card="s1-n", theme="f1-t"))
    at.send("", board.NoteShifted(card="s1-n", theme="a theme that is no pile here"))
    assert at.state.notes["s1-n"].pile == "f1-t"
    named = board.NoteRenamed(card="f1-t", words=Words("rain"), seat="f1")
    for told in (named, named, replace(named, card="f1-unknown")):
        at.send("", told)
    assert [pile.words for pile in at.state.piles] == [Words("rain")]
    liked = board.NoteLiked(card="s1-n", seat="s2")
    for heard in (liked, liked, replace(liked, card="s1-unknown")):
        at.send("", heard)
    assert at.state.ticks == {"s1-n": ("s2",)}
    at.send("", replace(liked, on=False))
    assert at.state.ticks["s1-n"] == ()


def test_what_nobody_said_is_written_and_can_be_placed() -> None:
    at = sorting()
    on(at)
    on(at)
    assert at.state.phases.phase == "missing"
    section = next(b.section for b in at.view("s1").blocks if isinstance(b, Cards))
    late = BoardNote("s1-late", "question", Words("money"), "s1", section=section)
    at.send("", board.NoteCame(note=late))
    assert at.state.notes["s1-late"].team == ""
    assert place(at, "s1-late", "f1-t") is None
    on(at)
    assert REPORT_OUT.closed(at.state)


def test_phases_without_time_are_left_out() -> None:
    at = sorting(6, Settings(name_min=0, missing_min=0))
    on(at)
    assert REPORT_OUT.closed(at.state)


# --- what is shown ------------------------------------------------------------------------------


def test_notes_are_shown_without_names_and_pairs_are_not_named() -> None:
    pairs = tuple(FormerGroup(f"a1-p{i}", (f"s{2 * i - 1}", f"s{2 * i}")) for i in range(1, 5))
    notes = (BoardNote("s1-n", "insight", Words("said"), "s1", "a1-p1"),)
    old = Before(groups=pairs, notes=notes)
    at = world(REPORT_OUT, PLAIN, count=8, earlier=lambda _: old)
    on(at)
    on(at)
    shown = [p for v in (at.view("s8"), at.view("", "screen")) for p in parts(v)]
    notes_shown = [part for part in shown if isinstance(part, PileNote)]
    assert notes_shown
    assert all(note.who is None and "from the pairs" in str(note.place) for note in notes_shown)
    assert not names_in(at.view("s8"))


def test_the_wall_shows_who_reports_and_opens_no_document() -> None:
    at = reports()
    wall = at.view("", "screen")
    assert wall.may == ()
    assert not [block for block in wall.blocks if isinstance(block, Cards)]
    assert isinstance(wall.blocks[0], Now)


def test_one_person_and_nobody() -> None:
    for count in (1, 2, 3):
        at = room(count)
        on(at)
        while model.reporting(at.state):
            report(at)
        on(at)
    empty = world(REPORT_OUT, PLAIN, count=1, earlier=two_circles)
    empty.leave("s1")
    on(empty)
    assert REPORT_OUT.phase(empty.state, "") == "heard"
    empty.back("s1")


def test_three_hundred_people_and_a_full_board() -> None:
    members = people(300)
    circles = tuple(
        FormerGroup(f"a1-c{g}", tuple(m.seat for m in members[g * 8 : g * 8 + 8]), "Reef", g)
        for g in range(38)
    )
    notes = tuple(BoardNote(f"{m.seat}-n", "insight", Words(f"w{m.seat}"), m.seat) for m in members)
    at = World(REPORT_OUT, PLAIN, (Member("f1", facilitator=True), *members), 1)
    at.first = replace(at.first, before=Before(groups=circles, notes=notes))
    at.state = REPORT_OUT.initial(PLAIN, at.members, at.first)
    assert len(at.state.teams) == 38
    assert len(at.state.notes) == model.MOST_NOTES
    on(at)
    assert at.state.round.length == ONE_LINER
    assert at.view("s300").blocks

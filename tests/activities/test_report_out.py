"""Report-out: the rules of `methods.md` A7 (RO1 to RO4), its columns of 1.13, and every phase."""

from hypothesis import given, settings
from hypothesis import strategies as st

from activities._report_out_model import Settings
from activities.blocks import Words
from activities.kernel import Before, BoardNote, FormerGroup, Member
from activities.report_out import REPORT_OUT
from tests.activities.driver import History, World, explore, histories, play, world

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
    groups = tuple(FormerGroup(id, tuple(people), name) for id, name, people in circles if people)
    return Before(groups=groups, notes=tuple(notes))


def room(count: int = 6, chosen: Settings = PLAIN) -> World:
    return world(REPORT_OUT, chosen, count=count, earlier=two_circles)


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


def every_note_is_in_one_pile_RO2(at: World) -> None:
    ids = {pile.id for pile in at.state.piles}
    assert len(ids) == len(at.state.piles)
    for note in at.state.notes.values():
        assert note.pile == "" or note.pile in ids


def laws(at: World) -> None:
    every_note_is_in_one_pile_RO2(at)


@settings(max_examples=15)
@given(histories(REPORT_OUT, all_settings(), people=8, length=60))
def test_any_history_keeps_the_common_laws(history: History) -> None:
    play(REPORT_OUT, history, also=laws, earlier=two_circles)


def test_every_phase_is_reached() -> None:
    tried = (PLAIN, Settings(prepare_min=0, cluster_by="all"), Settings(groups="mixed"))
    seen = explore(REPORT_OUT, tried, seed=4, rounds=12, length=120, count=9, earlier=two_circles)
    assert seen.phases == set(REPORT_OUT.phases)

"""What commits add up to: LOG7 (`rooms/RULES.md`)."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.kernel import Choice
from rooms import commits, room_state
from rooms.board_events import CardsPlaced, Placing
from rooms.commits import Commit, ConsentChanged
from rooms.room_state import RoomState
from rooms.seats import Seat
from tests.rooms.test_commits import OPENED


def after(*events: commits.RoomEvent, state: RoomState | None = None) -> RoomState:
    if state is None:
        state = room_state.evolve(RoomState(), Commit(seq=1, at=5, events=(OPENED,)))
    return room_state.evolve(state, Commit(seq=state.seq + 1, at=9, events=events))


def test_a_device_speaks_for_its_seats_in_the_order_they_came_SEA2_SEA3() -> None:
    second = Seat(id="s2", name="w3", devices=("d1",))
    own = Seat(id="s3", name="w4", devices=("d2",))
    state = after(
        commits.SeatTaken(seat=second, device="d1"),
        commits.SeatTaken(seat=own, device="d2", digest="x2"),
        commits.DeviceAdded(seat="s1", device="d3", digest="x3"),
    )
    assert state.device_by_id("d1").seats == ("s1", "s2")
    found = state.device("x3")
    assert found is not None
    assert found.seats == ("s1",)
    assert state.device("nobody") is None
    state = after(commits.SeatGone(seat="s2", removed=True), state=state)
    assert state.device_by_id("d1").seats == ("s1",)
    state = after(commits.SeatGone(seat="s1"), state=state)
    assert state.device_by_id("d1").seats == ("s1",)  # who left may come back


def test_who_is_gone_asks_for_help_no_more() -> None:
    asked = commits.HelpAsked(seat="s1", about="", at=3)
    assert after(asked).help == {"s1": asked}
    assert after(asked, commits.HelpSeen(seat="s1")).help == {}
    assert after(asked, commits.SeatGone(seat="s1")).help == {}


def test_the_strip_keeps_the_last_hundred_lines() -> None:
    lines = [commits.DeskLineSaid(id=str(n), seat="s1", at=n, text="w") for n in range(105)]
    assert [line.id for line in after(*lines).desk] == [str(n) for n in range(5, 105)]


CHOICES: tuple[Choice, ...] = get_args(Choice)


@given(st.lists(st.sampled_from([*CHOICES, None]), max_size=10))
def test_withdrawals_count_what_was_given(answers: list[Choice | None]) -> None:
    state, counted = after(), 0
    for answer in answers:
        known = state.consents.get("w9")
        given_before = known is None or known.consent.state == "given"
        counted += answer is None and given_before
        state = after(ConsentChanged(words="w9", seat="s1", choice=answer), state=state)
        expected = "withdrawn" if answer is None else None
        if expected:
            assert state.consents["w9"].consent.state == expected
    assert state.withdrawals == counted


def test_every_event_of_the_room_is_understood() -> None:
    note = commits.NoteAdded(
        document="board", card="s1-a", kind="insight", section="", theme="", words="w", seat="s1",
        entered_by="", activity="", group="", language="en", scope="memo", at=1,
    )  # fmt: skip
    state = after(
        note,
        commits.DoorSet(open=False, generation=2),
        commits.NoticeSaid(text="w8", at=4),
        commits.QuestionSet(theme="t", words="w7"),
        commits.ProseSet(section="why", words="w6"),
        commits.MemoSent(at=8),
        commits.ActivitySkipped(activity="a2"),
        commits.SeatChanged(seat=replace(OPENED.seat, language="fr")),
    )
    assert state.notes == {"s1-a": note}
    assert (state.door, state.generation) == (False, 2)
    assert (state.notice, state.notice_at, state.sent) == ("w8", 4, 8)
    assert (state.questions, state.prose) == ({"t": "w7"}, {"why": "w6"})
    assert state.skipped == ("a2",)
    assert state.seats["s1"].language == "fr"
    gone = after(commits.NoteDeleted(document="board", card="s1-a", words="w"), state=state)
    assert gone.notes == {}


def test_what_a_group_sorts_is_known_and_a_merge_leaves_no_note_under_nothing_RO3() -> None:
    note = commits.NoteAdded(
        document="board", card="s1-a", kind="insight", section="", theme="", words="w", seat="s1",
        entered_by="", activity="", group="", language="en", scope="memo", at=1,
    )  # fmt: skip
    themes = [replace(note, card=f"s1-{t}", kind="theme") for t in "tu"]
    state = after(
        note,
        *themes,
        commits.NoteReworded(card="s1-t", words="w9", before="w"),
        CardsPlaced(places=(Placing("s1-a", "", "s1-t", "m"),)),
        commits.NoteTicked(card="s1-a", seat="s2", on=True),
        commits.ThemeScored(theme="s1-t", votes=4),
    )
    assert (state.notes["s1-t"].words, state.notes["s1-a"].theme) == ("w9", "s1-t")
    assert state.scores["s1-t"].votes == 4
    loose = (
        commits.ItemPlaced(words="w5", theme="s1-t"),
        commits.NoteTicked(card="w5", seat="s2", on=True),
        commits.NoteTicked(card="w5", seat="s3", on=True),
        commits.NoteTicked(card="w5", seat="s2", on=False),
    )
    state = after(*loose, state=state)
    assert state.ticks == {"s1-a": ("s2",), "w5": ("s3",)}
    merged = after(commits.ThemesMerged(theme="s1-t", into="s1-u"), state=state)
    assert merged.placed == {"w5": "s1-u"}
    assert set(merged.notes) == {"s1-a", "s1-u"}
    assert merged.notes["s1-a"].theme == "s1-u"

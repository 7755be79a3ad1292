"""What a commit is, and the state commits add up to: LOG4, LOG7 (`rooms/RULES.md`)."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.blocks import Words
from activities.kernel import Choice, ConsentGiven
from rooms import commits
from rooms.commits import Commit, ConsentChanged, RoomState
from rooms.seats import Seat
from tests.rooms.house import House

OPENED = commits.RoomOpened(
    title="w1",
    language="en",
    zone="UTC",
    confidentiality="circle",
    agenda=(),
    seat=Seat(id="s1", name="w2", role="facilitator", organiser=True, devices=("d1",)),
    device="d1",
    digest="x1",
    links={},
)


def after(*events: commits.RoomEvent, state: RoomState | None = None) -> RoomState:
    if state is None:
        state = commits.evolve(RoomState(), Commit(seq=1, at=5, events=(OPENED,)))
    return commits.evolve(state, Commit(seq=state.seq + 1, at=9, events=events))


def test_a_commit_survives_its_encoding_LOG7() -> None:
    kept = commits.WordsKept("w1", "s1", digest="d")
    commit = Commit(1, 5, (OPENED,), "s1", "s2", "r-1", (kept,))
    assert commits.decode(commits.encode(commit)) == commit
    with pytest.raises(msgspec.DecodeError):
        commits.decode(b"{}")


def test_words_are_written_as_references_LOG4() -> None:
    given_ = ConsentGiven(words=Words("w9"), seat="s1", choice="keep")
    raw = commits.encode_event(given_)
    assert b'"words":"w9"' in bytes(raw)
    assert commits.decode_event(raw, ConsentGiven) == given_


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
        commits.NoteMoved(card="s1-a", theme=""),
        commits.CardsShared(document="group/a1-c1", cards={}, scope="memo"),
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
        commits.NoteMoved(card="s1-a", theme="s1-t"),
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
    assert state.ticks == {"w5": ("s3",)}  # those of a card are on the card
    merged = after(commits.ThemesMerged(theme="s1-t", into="s1-u"), state=state)
    assert merged.placed == {"w5": "s1-u"}
    assert set(merged.notes) == {"s1-a", "s1-u"}
    assert merged.notes["s1-a"].theme == "s1-u"


async def test_names_are_not_in_the_log_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=0) as house:
        await house.join("Zebracanary Name", organisation="Zebracanary Works")
        await house.do("s2", "seat.name", name="Zebracanary Other")
        rows = await house.storage.commits(house.opened.room)
        assert b"ebracanary" not in b"".join(raw for _, raw in rows)

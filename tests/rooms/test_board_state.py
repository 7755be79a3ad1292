"""What the log adds up to of the board beside its cards (BRD5, BRD7)."""

from rooms import board_state, commits, room_state
from rooms.board_events import (
    BoardRestored,
    CardsPlaced,
    NoteRestored,
    NoteTaken,
    Placing,
    SectionMade,
    SectionNamed,
    SectionOrdered,
)
from rooms.board_state import UNDO_MS, erase_due
from rooms.commits import Commit, NoteAdded, RoomEvent
from rooms.room_state import RoomState

NOTE = NoteAdded(
    document="board", card="s1-a", kind="insight", section="", theme="", words="w", seat="s1",
    entered_by="", activity="", group="", language="en", scope="memo", at=1, order="a0",
)  # fmt: skip
MADE = SectionMade(section="x1", words="", line="Notes", activity="a1", step="talk", order="a0")


def after(*events: RoomEvent, state: RoomState | None = None) -> RoomState:
    state = state or RoomState()
    commit = Commit(seq=state.seq + 1, at=10 * (state.seq + 1), events=events)
    stored = commits.decode(commits.encode(commit))
    assert stored == commit
    return room_state.evolve(state, stored)


def test_a_card_that_was_taken_away_waits_and_comes_back_as_it_was_BRD5() -> None:
    state = after(NOTE, commits.NoteTicked(card="s1-a", seat="s2", on=True))
    gone = after(NoteTaken(card="s1-a", at=20, under=("s1-b",)), state=state)
    assert gone.notes == {}
    assert gone.board.taken["s1-a"].under == ("s1-b",)
    assert erase_due(gone.board) == 20 + UNDO_MS
    back = after(NoteRestored(card="s1-a"), state=gone)
    assert (back.notes, back.ticks, back.board.taken) == (state.notes, state.ticks, {})
    erased = after(commits.NoteDeleted(document="board", card="s1-a", words="w"), state=gone)
    assert (erased.notes, erased.board.taken, erased.ticks) == ({}, {}, {})
    assert erase_due(erased.board) is None


def test_what_is_not_there_changes_nothing() -> None:
    state = after(NOTE)
    none = after(
        NoteTaken(card="no", at=1),
        NoteRestored(card="no"),
        CardsPlaced(places=(Placing("no", "", "", "a0"),)),
        SectionNamed(section="no", words="w", before=""),
        SectionOrdered(orders=(("no", "a1"),)),
        state=state,
    )
    assert (none.notes, none.board.sections, none.board.taken) == (state.notes, {}, {})


def test_sections_are_named_and_ordered() -> None:
    state = after(MADE, SectionNamed(section="x1", words="w2", before=""))
    state = after(SectionOrdered(orders=(("x1", "a5"),)), state=state)
    known = state.board.sections["x1"]
    assert (known.words, known.line, known.order, known.step) == ("w2", "", "a5", "talk")


def test_the_last_commit_that_moved_something_is_remembered_BRD6() -> None:
    state = after(NOTE, MADE)
    state = after(CardsPlaced(places=(Placing("s1-a", "x1", "", "a1"),)), state=state)
    state = after(SectionNamed(section="x1", words="w2", before=""), state=state)
    state = after(SectionOrdered(orders=(("x1", "a2"),)), state=state)
    state = after(commits.NoteReworded(card="s1-a", words="w3", before="w"), state=state)
    assert state.board.moved == {"s1-a": 5, "x1": 4}


def test_a_restore_leaves_a_checkpoint_of_the_moment_before_it_BRD7() -> None:
    state = after(NOTE)
    place = CardsPlaced(places=(Placing("s1-a", "x1", "", "a1"),))
    restored = after(BoardRestored(to=0), place, state=state)
    (checkpoint,) = restored.board.checkpoints
    assert (checkpoint.at, checkpoint.restore, checkpoint.time) == (1, True, 20)
    assert checkpoint.notes is state.notes


def test_the_newest_checkpoints_are_kept() -> None:
    board = board_state.Board()
    for at in range(board_state.CHECKPOINTS_KEPT + 3):
        one = board_state.Checkpoint(at, at, "", "", {}, frozenset())
        board = board_state.checkpointed(board, one)
    assert board.checkpoints[0].at == 3
    assert len(board.checkpoints) == board_state.CHECKPOINTS_KEPT

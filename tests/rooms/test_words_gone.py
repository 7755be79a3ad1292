"""Which texts a commit lets go of, by the commit alone: WRD4 (`rooms/RULES.md`)."""

from activities.registry import ACTIVITIES
from rooms import board_events, commits, words_events
from rooms.commits import Commit, RoomEvent
from rooms.whole import Whole
from rooms.words_gone import Gone, gone


def of(*events: RoomEvent) -> tuple[Gone, ...]:
    return gone(Commit(seq=2, at=1, events=events, seat="s2"), Whole(), ACTIVITIES)


def test_what_took_the_place_of_a_text_lets_go_of_the_one_before_WRD4() -> None:
    assert of(
        commits.NoteReworded(card="s2-b1", words="w2", before="w1"),
        commits.QuestionSet(theme="t", words="w4", before="w3"),
        board_events.SectionNamed(section="a", words="w6", before="w5"),
    ) == (Gone(("w1",)), Gone(("w3",)), Gone(("w5",)))


def test_a_first_text_lets_go_of_none() -> None:
    assert of(commits.QuestionSet(theme="t", words="w4"), commits.DoorSet(open=True)) == ()


def test_forgotten_words_leave_the_boxes_of_who_typed_them_WRD3() -> None:
    forgotten = words_events.WordsForgotten(words=("w1", "w2"), cards=(), seats=("s2", "s3"))
    assert of(forgotten) == (Gone(("w1", "w2"), ("s2", "s3")),)


def test_a_reworded_text_keeps_its_reference_and_loses_what_it_was_WRD4() -> None:
    assert of(words_events.WordsReworded(words="w1", kind="quote", at=1)) == (Gone(),)

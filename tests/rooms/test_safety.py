"""The record for safety: evolve is total; hiding twice adds up; two people within a minute."""

from rooms import safety
from rooms.safety import PAUSE_ASKED_LASTS, Frozen, Hidden, PauseAsk, Safety

FIRST = Hidden(at=1, by="a", cards=(("board", "x-1"),), words=("w1",))
SECOND = Hidden(at=2, by="b", cards=(("board", "x-1"), ("board", "x-2")), words=("w2",))


def after(*events: safety.SafetyEvent) -> Safety:
    record = Safety()
    for event in events:
        record = safety.evolve(record, event)
    return record


def test_what_is_hidden_twice_adds_up_and_comes_back_at_once() -> None:
    hidden = after(
        safety.SeatHidden(seat="x", hidden=FIRST), safety.SeatHidden(seat="x", hidden=SECOND)
    )
    assert hidden.words == {"w1", "w2"}
    assert hidden.cards == {"x-1", "x-2"}
    back = safety.evolve(hidden, safety.SeatRestored(seat="x", hidden=hidden.hidden["x"]))
    assert (back.words, back.cards) == (frozenset(), frozenset())


def test_what_was_erased_stays_unreadable() -> None:
    gone = after(
        safety.SeatHidden(seat="x", hidden=FIRST), safety.SeatErased(seat="x", hidden=FIRST)
    )
    assert gone.hidden == {}
    assert gone.words == {"w1"}


def test_freezing_and_the_door() -> None:
    frozen = Frozen(at=3, by="a")
    record = after(safety.RoomFrozen(frozen=frozen), safety.DoorAsks(on=True))
    assert record.frozen == frozen
    assert record.door_asks
    assert safety.evolve(record, safety.RoomThawed()).frozen is None


def test_it_takes_another_one_who_asks_for_the_same_within_a_minute() -> None:
    asked = after(safety.PauseAsked(ask=PauseAsk(seat="x", on=True, at=10)))
    assert safety.asks_the_same(asked, "y", True, 10 + PAUSE_ASKED_LASTS)
    assert not safety.asks_the_same(asked, "y", True, 11 + PAUSE_ASKED_LASTS)
    assert not safety.asks_the_same(asked, "x", True, 10)
    assert not safety.asks_the_same(asked, "y", False, 10)
    assert not safety.asks_the_same(Safety(), "y", True, 10)

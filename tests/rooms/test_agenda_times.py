"""Start times, ahead and behind, from started and ended facts."""

from typing import Any

from msgspec.structs import replace

from activities.kernel import MINUTE
from rooms.agenda_items import AgendaItem, Frame, begun, opened
from rooms.agenda_times import slots, times
from rooms.room_state import RoomState

START = 1_790_000_000_000
ITEMS = (
    AgendaItem("a1", "check_in", 5),
    AgendaItem("a2", "story_circle", 30),
    AgendaItem("a3", "check_in", 5),
)
PLAN = opened(ITEMS, Frame())


def at(minutes: float) -> int:
    return START + round(minutes * MINUTE)


def room(frame: Frame | None = None, **facts: object) -> RoomState:
    plan = opened(ITEMS, frame or Frame())
    state = RoomState(plan=begun(plan) if facts.get("started") else plan)
    return replace(state, **facts)


def test_without_a_start_there_are_lengths_only() -> None:
    found = slots(room(), "")
    assert [slot.offset for slot in found] == [0, 5, 35]
    assert {slot.starts for slot in found} == {None}
    stand = times(room(), "")
    assert (stand.total, stand.starts, stand.promised, stand.behind) == (40, None, None, 0)
    assert stand.next == "a1"


def test_with_a_start_everything_has_its_time() -> None:
    state = room(Frame(starts=START))
    assert [slot.starts for slot in slots(state, "")] == [at(0), at(5), at(35)]
    stand = times(state, "")
    assert (stand.starts, stand.ends, stand.promised) == (at(0), at(40), at(40))
    assert stand.due == at(0)


def test_more_than_there_is_time_for_is_behind_before_it_begins() -> None:
    assert times(room(Frame(starts=START, minutes=30)), "").behind == 10 * MINUTE


def test_what_happened_moves_what_follows() -> None:
    state = room(started={"a1": at(0), "a2": at(9)}, ended={"a1": at(8)}, current="a2")
    first, second, third = slots(state, "a2")
    assert (first.state, first.starts, first.ends) == ("done", at(0), at(8))
    assert (second.state, second.starts, second.ends) == ("now", at(9), at(39))
    assert (third.state, third.starts) == ("to come", at(39))
    stand = times(state, "a2")
    assert (stand.behind, stand.due, stand.next) == (4 * MINUTE, at(39), "a3")
    assert stand.promised == at(40)


def test_an_early_end_is_ahead() -> None:
    state = room(started={"a1": at(0), "a2": at(5)}, ended={"a1": at(5), "a2": at(30)})
    stand = times(state, "")
    assert (stand.behind, stand.due, stand.ends) == (-5 * MINUTE, at(30), at(35))


def test_a_late_beginning_is_behind_the_announced_start() -> None:
    state = room(Frame(starts=START), started={"a1": at(3)}, current="a1")
    assert times(state, "a1").behind == 3 * MINUTE


def test_leaving_something_out_or_taking_it_off_catches_up() -> None:
    facts: dict[str, Any] = {"started": {"a1": at(0)}, "ended": {"a1": at(10)}}
    assert times(room(**facts), "").behind == 5 * MINUTE
    assert times(room(**facts, skipped=("a3",)), "").behind == 0
    state = room(**facts)
    shorter = replace(state, plan=replace(state.plan, items=ITEMS[:2]))
    assert times(shorter, "").behind == 0


def test_after_the_last_nothing_is_due() -> None:
    facts: dict[str, Any] = {
        "started": {"a1": at(0), "a2": at(5), "a3": at(35)},
        "ended": {"a1": at(5), "a2": at(35), "a3": at(42)},
    }
    stand = times(room(**facts), "")
    assert (stand.next, stand.due, stand.behind) == ("", None, 2 * MINUTE)


def test_an_empty_plan_has_no_times() -> None:
    stand = times(RoomState(), "")
    assert (stand.total, stand.next, stand.ends) == (0, "", None)

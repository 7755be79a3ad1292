"""Reading the agenda."""

from msgspec.structs import replace

from activities.blocks import Words, say
from rooms.agenda import item_of, next_item, title_line
from rooms.agenda_items import Plan
from rooms.agenda_templates import EVENING
from rooms.room_state import RoomState


def test_items_come_in_order_without_those_started_or_left_out() -> None:
    state = RoomState(plan=Plan(items=EVENING.items))
    first = next_item(state)
    assert first is not None
    assert first.id == "a1"
    state = replace(state, started={"a1": 1}, skipped=("a2",))
    last = next_item(state)
    assert last is not None
    assert last.id == "a3"
    assert next_item(replace(state, started={"a1": 1, "a3": 2})) is None
    assert item_of(state, "a2") == EVENING.items[1]
    assert item_of(state, "a9") is None


def test_a_facilitators_own_title_comes_before_the_catalogues() -> None:
    item = EVENING.items[0]
    assert title_line(item) == say("Check-in")
    assert title_line(replace(item, words="w1")) == say("{title}", title=Words("w1"))

"""The fixed order of activities."""

import msgspec
from msgspec.structs import replace

from activities.registry import ACTIVITIES
from rooms.agenda import TEMPLATES, item_of, next_item
from rooms.commits import RoomState


def test_every_template_can_be_run() -> None:
    for items in TEMPLATES.values():
        assert len({item.id for item in items}) == len(items)
        for item in items:
            activity = ACTIVITIES[item.kind]
            assert msgspec.convert(item.settings, activity.settings)
            assert item.minutes > 0
            assert item.title


def test_the_evening_is_check_in_circle_check_out() -> None:
    kinds = [item.kind for item in TEMPLATES["evening"]]
    assert kinds == ["check_in", "story_circle", "check_in"]


def test_items_come_in_order_without_those_started_or_left_out() -> None:
    state = RoomState(agenda=TEMPLATES["evening"])
    first = next_item(state)
    assert first is not None
    assert first.id == "a1"
    state = replace(state, started={"a1": 1}, skipped=("a2",))
    last = next_item(state)
    assert last is not None
    assert last.id == "a3"
    assert next_item(replace(state, started={"a1": 1, "a3": 2})) is None
    assert item_of(state, "a2") == TEMPLATES["evening"][1]
    assert item_of(state, "a9") is None

"""A plan as a file: written, read back, and refused in words when it cannot be read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.blocks import Words, say
from activities.kernel import Refused
from activities.registry import ACTIVITIES
from rooms.agenda_file import (
    EMPTY,
    NEWER,
    NOT_OURS,
    NOTES_LIMIT,
    TITLE_LIMIT,
    TOO_MANY,
    VERSION,
    checked_minutes,
    letter,
    read,
    with_rest,
    written,
)
from rooms.agenda_items import ITEMS_LIMIT, AgendaItem, Frame, opened
from rooms.agenda_templates import EVENING
from rooms.render import Renderer, english
from rooms.room_state import RoomState
from rooms.seats import Seat

PRINTED = Renderer(english, lambda _: None, lambda ref, _: ref)
PLAN: dict[str, Any] = {
    "talanoa": "agenda",
    "version": VERSION,
    "minutes": 60,
    "people": 12,
    "items": [
        {"kind": "check_in", "minutes": 6, "title": "Check-in", "lead": "F"},
        {
            "kind": "story_circle",
            "minutes": 50,
            "title": "By the river",
            "notes": "Bring the stones.",
            "lead": "P",
            "rest": 5,
            "rest_at": 30,
            "settings": {"turn_s": 120, "prompt": "A day at the river"},
        },
    ],
}


class Shelf:
    """Texts by reference."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def __call__(self, text: str) -> Words:
        self.texts[f"w{len(self.texts)}"] = text
        return Words(f"w{len(self.texts) - 1}")


def refused(plan: object) -> str:
    with pytest.raises(Refused) as caught:
        read(plan, ACTIVITIES, Shelf(), 1)
    assert caught.value.message is not None
    return PRINTED.line(caught.value.message, "en")


def changed(**more: Any) -> dict[str, Any]:
    return {**PLAN, **more}


def item(**more: Any) -> dict[str, Any]:
    return changed(items=[{"kind": "story_circle", **more}])


def test_what_is_written_is_read_back_the_same() -> None:
    shelf = Shelf()
    items, frame = read(PLAN, ACTIVITIES, shelf, 4)
    assert [one.id for one in items] == ["a4", "a5"]
    assert (items[0].title, items[0].words) == ("Check-in", "")
    assert shelf.texts[items[1].words] == "By the river"
    state = RoomState(plan=opened(items, frame))
    again = written(state, "River", ACTIVITIES, shelf.texts.get)
    assert again == {**PLAN, "title": "River"}
    assert json.loads(json.dumps(again)) == again


def test_a_template_is_the_same_after_a_round_trip() -> None:
    state = RoomState(plan=opened(EVENING.items, Frame()))
    plan = written(state, "", ACTIVITIES, lambda _: None)
    assert read(plan, ACTIVITIES, Shelf(), 1)[0] == EVENING.items


def test_nobodys_name_is_written_AGE6() -> None:
    seats = {
        "s1": Seat("s1", "n1", role="facilitator", organiser=True),
        "s2": Seat("s2", "n2", role="facilitator"),
    }
    state = RoomState(seats=seats)
    assert [letter(state, lead) for lead in ("s1", "s2", "P", "V", "", "s9", "<b>")] == [
        "F", "P", "P", "V", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (None, NOT_OURS), ([], NOT_OURS), ({}, NOT_OURS), (changed(talanoa="memo"), NOT_OURS),
        (changed(version="1"), NOT_OURS), (changed(version=True), NOT_OURS),
        (changed(version=0), NOT_OURS), (changed(version=VERSION + 1), NEWER),
        (changed(items={}), NOT_OURS), (changed(items=[]), EMPTY),
        (changed(items=PLAN["items"] * 100), TOO_MANY),
    ],
)  # fmt: skip
def test_what_is_no_plan_of_this_version_is_refused_in_words(plan: object, said: Any) -> None:
    assert refused(plan) == PRINTED.line(said, "en")


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (changed(items=[1]), "Activity 1 of this agenda cannot be read."),
        (item(wings=2), "Activity 1 of this agenda cannot be read."),
        (changed(items=[{"kind": "opera"}]),
         "Activity 1 of this agenda is of a kind that we do not have here."),
        (item(minutes=0), "Activity 1: An activity takes from 1 to 480 minutes."),
        (item(minutes=481), "Activity 1: An activity takes from 1 to 480 minutes."),
        (item(minutes="6"), "Activity 1: An activity takes from 1 to 480 minutes."),
        (item(settings={"turn_s": 5}),
         "Activity 1: Time for each story: from 1 minute to 7 minutes, not 5 seconds."),
        (item(settings=[]),
         "Activity 1: A setting of “Story circle” could not be understood. Nothing was changed."),
        (item(title=5), "Activity 1: Its texts cannot be read."),
        (item(rest=90, rest_at=5), "Activity 1: A break takes from 1 to 60 minutes."),
        (item(rest=9, rest_at=70), "Activity 1: The break must lie inside the activity."),
        (changed(items=[{"kind": "check_in", "rest": 5, "rest_at": 1}]),
         "Activity 1: A break has an item of its own here."),
        (item(title="x" * (TITLE_LIMIT + 1)),
         "Activity 1: This text is too long. 120 characters fit."),
        (item(notes="x" * (NOTES_LIMIT + 1)),
         "Activity 1: This text is too long. 1000 characters fit."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_item_is_said_with_its_number(plan: object, said: str) -> None:
    assert refused(plan) == said


def test_the_longest_agenda_fits() -> None:
    rows = [{"kind": "check_in"}] * ITEMS_LIMIT
    assert len(read(changed(items=rows), ACTIVITIES, Shelf(), 1)[0]) == ITEMS_LIMIT
    assert "at most 60" in refused(changed(items=[*rows, rows[0]]))


def test_limits_of_minutes_and_of_the_break_inside() -> None:
    assert checked_minutes(1) == 1
    assert checked_minutes(480) == 480
    circle = AgendaItem("a1", "story_circle", 60)
    assert with_rest(circle, ACTIVITIES["story_circle"], 10, 50).rest == 10
    assert with_rest(replace(circle, rest=5, rest_at=5), ACTIVITIES["check_in"], 0, None).rest == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
keys = st.sampled_from(["talanoa", "version", "title", "minutes", "people", "items", "x"])
row_keys = st.sampled_from(
    ["kind", "minutes", "title", "lead", "notes", "settings", "rest", "rest_at"]
)
set_keys = st.sampled_from(["mode", "turn_s", "prompt", "marks", "cap_s", "sample", "x"])
nearly = st.fixed_dictionaries(
    {
        "talanoa": st.just("agenda"),
        "version": st.just(1),
        "items": st.lists(
            st.dictionaries(row_keys, json_values, max_size=3).flatmap(
                lambda row: st.fixed_dictionaries(
                    {
                        "kind": st.sampled_from(["check_in", "story_circle"]),
                        "settings": st.dictionaries(set_keys, json_values, max_size=3),
                    }
                ).map(lambda sure: {**row, **sure})
            ),
            min_size=1,
            max_size=3,
        ),
    }
)


@given(json_values | st.dictionaries(keys, json_values) | nearly)
def test_any_json_is_read_or_refused_with_a_sentence(plan: object) -> None:
    shelf = Shelf()
    try:
        items, _ = read(plan, ACTIVITIES, shelf, 1)
    except Refused as error:
        said = PRINTED.line(error.message or say(""), "en")
        assert said.endswith((".", "?"))
        return
    state = RoomState(plan=opened(items, Frame()))
    again, _ = read(written(state, "", ACTIVITIES, shelf.texts.get), ACTIVITIES, Shelf(), 1)
    assert len(again) == len(items)


def test_the_example_of_the_protocol_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
    (body,) = (
        b for b in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if '"talanoa"' in b[:30]
    )
    items, frame = read(json.loads(body), ACTIVITIES, Shelf(), 1)
    assert (len(items), frame.people) == (1, 18)

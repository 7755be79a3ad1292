"""Settings as a form: ranges and words come from the activity, refusals are in the same words."""

from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import pytest

from activities.blocks import Option, Words, say
from activities.check_in import CHECK_IN
from activities.kernel import Activity, Hint, Refused
from activities.story_circle import STORY_CIRCLE
from rooms.agenda_settings import (
    amount,
    changed,
    fields,
    length,
    length_range,
    mirrors_minutes,
    values,
)
from rooms.render import Renderer, english

PRINTED = Renderer(english, lambda _: None, lambda ref, _: ref)


def taken(text: str) -> Words:
    return Words(f"ref of {text}")


def refused(activity: Activity[Any], **wanted: Any) -> str:
    with pytest.raises(Refused) as caught:
        changed(activity, {}, wanted, taken)
    assert caught.value.reason == "bad_request"
    assert caught.value.message is not None
    return PRINTED.line(caught.value.message, "en")


class Odd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of every kind a form can show."""

    minutes: Annotated[int, msgspec.Meta(ge=5, le=60)] = 10
    topics: tuple[Words, ...] = ()
    style: Literal["a", "b"] = "a"
    S: Annotated[int, msgspec.Meta(ge=3, le=7)] = 5


ODD: Activity[Any] = replace(
    CHECK_IN,
    settings=Odd,
    hints={
        "style": Hint(say("Style"), options=(Option("a", say("A")), Option("b", say("B")))),
        "S": Hint(say("Chairs")),
        "minutes": Hint(say("Minutes")),
        "topics": Hint(say("Topics")),
    },
)


def test_a_form_has_the_range_the_choices_and_the_default() -> None:
    made = {field.name: field for field in fields(STORY_CIRCLE)}
    turn = made["turn_s"]
    assert (turn.kind, turn.low, turn.high, turn.default, turn.unit) == (
        "number",
        60,
        420,
        180,
        "s",
    )
    assert made["overtime_prompt_s"].step == 60
    assert made["prompt"].kind == "words"
    assert made["second_chance"].kind == "flag"
    assert [option.value for option in made["witness"].options] == ["ask", "off"]
    sample = next(field for field in fields(CHECK_IN) if field.name == "sample")
    assert (sample.kind, sample.default) == ("choice", 0)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"turn_s": 30}, "Time for each story: from 1 minute to 7 minutes, not 30 seconds."),
        ({"turn_s": 421}, "Time for each story: from 1 minute to 7 minutes, not 421 seconds."),
        ({"turn_s": True}, "Time for each story: from 1 minute to 7 minutes."),
        ({"turn_s": 60.5}, "Time for each story: from 1 minute to 7 minutes."),
        ({"turn_s": 10**30}, "Time for each story: from 1 minute to 7 minutes."),
        ({"max": 16}, "Largest circle: from 3 people to 15 people, not 16 people."),
        ({"overtime_prompt_s": 90}, "Kind word to the host after: in steps of 1 minute."),
        ({"release": 1}, "Ask tellers what may be passed on: yes or no."),
        ({"witness": "both"}, "A witness who writes: choose one of those offered."),
        ({"prompt": 3}, "Your own invitation: in words."),
        ({"wings": 2}, "Story circle has no setting “wings”."),
        ({"marks": [1, 2, 3, 4]},
         "A setting of “Story circle” could not be understood. Nothing was changed."),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_refused_in_the_words_of_the_form(
    wanted: dict[str, Any], said: str
) -> None:
    assert refused(STORY_CIRCLE, **wanted) == said


def test_the_ends_of_a_range_are_in_it() -> None:
    for value in (60, 420):
        assert changed(STORY_CIRCLE, {}, {"turn_s": value}, taken) == {"turn_s": value}


def test_what_is_not_named_stays_and_null_is_the_default() -> None:
    kept = {"turn_s": 120, "max": 6}
    assert changed(STORY_CIRCLE, kept, {"max": None, "breath_s": 0}, taken) == {
        "turn_s": 120,
        "breath_s": 0,
    }


def test_a_text_is_taken_in_and_kept_as_a_reference() -> None:
    made = changed(STORY_CIRCLE, {}, {"prompt": "A day at the river"}, taken)
    assert made == {"prompt": "ref of A day at the river"}
    assert values(STORY_CIRCLE, made) == {"prompt": Words("ref of A day at the river")}
    assert changed(STORY_CIRCLE, made, {"prompt": ""}, taken) == {}


def test_a_text_is_taken_in_however_deep_it_stands() -> None:
    """A reference given from outside could be to somebody's private words."""
    made = changed(ODD, {}, {"topics": ["w1", "w2"]}, taken)
    assert made == {"topics": ("ref of w1", "ref of w2")}
    assert values(ODD, made) == {"topics": (Words("ref of w1"), Words("ref of w2"))}
    refused(ODD, topics=[["w1"]])


def test_a_text_that_cannot_be_kept_says_why() -> None:
    def full(_text: str) -> Words:
        raise Refused("too_large", say("Too long."))

    with pytest.raises(Refused, match="too_large"):
        changed(STORY_CIRCLE, {}, {"prompt": "x"}, full)
    with pytest.raises(Refused, match="too_large"):
        changed(ODD, {}, {"topics": ["x"]}, full)


def test_choices_of_numbers_are_kept_as_numbers() -> None:
    assert changed(CHECK_IN, {}, {"sample": "2"}, taken) == {"sample": 2}
    assert changed(CHECK_IN, {}, {"sample": 2}, taken) == {"sample": 2}


def test_the_items_minutes_are_not_asked_for_twice() -> None:
    assert [field.name for field in fields(ODD)] == ["style", "S"]
    assert mirrors_minutes(ODD)
    assert not mirrors_minutes(CHECK_IN)
    assert length(ODD, 20) == {"minutes": 20}
    assert length(CHECK_IN, 20) == {}
    assert (length_range(ODD), length_range(CHECK_IN)) == ((5, 60), None)
    with pytest.raises(Refused) as caught:
        length(ODD, 61)
    assert caught.value.message is not None
    assert "from 5 minutes to 60 minutes" in PRINTED.line(caught.value.message, "en")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (20, "s", "20 seconds"), (60, "s", "1 minute"), (90, "s", "1½ minutes"),
        (110, "s", "110 seconds"), (180, "s", "3 minutes"), (13, "min", "13 minutes"),
        (1, "people", "1 person"), (3, "rounds", "3 rounds"), (4, "", "4"),
    ],
)  # fmt: skip
def test_amounts_are_said_as_people_say_them(value: int, unit: Any, said: str) -> None:
    assert PRINTED.line(amount(value, unit), "en") == said

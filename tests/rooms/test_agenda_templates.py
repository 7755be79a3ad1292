"""The templates of `methods.md` 4, and that what is offered can be run."""

import pytest

from activities.registry import ACTIVITIES
from rooms.agenda_settings import changed
from rooms.agenda_templates import EMPTY, EVENING, EVERY, EXCHANGE, STORIES, Template, offered
from rooms.commits import settings_from

every = pytest.mark.parametrize("template", EVERY, ids=[one.name for one in EVERY])


def test_names_are_their_own() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY)


@every
def test_a_template_is_offered_only_where_all_of_it_can_be_run(template: Template) -> None:
    assert (template.name in offered(frozenset(ACTIVITIES))) == (template.kinds <= set(ACTIVITIES))
    for kind in template.kinds:
        assert template.name not in offered(template.kinds - {kind})


@every
def test_every_setting_of_a_known_kind_is_one_the_activity_has(template: Template) -> None:
    """Kinds that are not built yet are not offered, and named here when they fail to fit."""
    for item in template.items:
        if (activity := ACTIVITIES.get(item.kind)) is not None:
            settings_from(item.settings, activity.settings)
            changed(activity, {}, item.settings, lambda text: pytest.fail(text))
            assert activity.planned.low <= item.minutes <= activity.planned.high
        assert item.minutes > 0
        assert item.title


@every
def test_items_are_numbered_from_one(template: Template) -> None:
    assert [item.id for item in template.items] == [
        f"a{n}" for n in range(1, len(template.items) + 1)
    ]


def test_T1_is_ninety_minutes_in_eleven_items_half_of_them_led_by_a_peer() -> None:
    assert (EXCHANGE.minutes, len(EXCHANGE.items)) == (90, 11)
    assert [item.lead for item in EXCHANGE.items].count("P") == 5
    assert [item.minutes for item in EXCHANGE.items] == [5, 6, 5, 15, 25, 5, 10, 8, 6, 3, 2]


def test_T3_is_two_hours_with_one_circle_and_the_break_inside_it() -> None:
    assert STORIES.minutes == 120
    (circle,) = (item for item in STORIES.items if item.kind == "story_circle")
    assert (circle.minutes, circle.rest, circle.rest_at) == (100, 8, 77)


def test_the_evening_is_check_in_circle_check_out() -> None:
    assert [item.kind for item in EVENING.items] == ["check_in", "story_circle", "check_in"]


def test_one_may_begin_with_nothing() -> None:
    assert EMPTY.items == ()
    assert "empty" in offered(frozenset())

"""Each warning of `methods.md` 5 where it belongs, and nowhere else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from activities.check_in import CHECK_IN
from activities.kernel import MINUTE, Activity, Planned
from activities.registry import ACTIVITIES
from activities.story_circle import STORY_CIRCLE
from rooms.agenda_items import AgendaItem, Frame, opened
from rooms.agenda_lint import RULES, warnings
from rooms.agenda_lint_facts import facts
from rooms.agenda_templates import EVENING, EXCHANGE, STORIES
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.wire_agenda import PlanWarning


def kind(name: str, **planned: Any) -> Activity[Any]:
    return replace(CHECK_IN, kind=name, hints={}, planned=Planned(**{"low": 1, **planned}))


KINDS: Mapping[str, Activity[Any]] = {
    "check_in": CHECK_IN,
    "story_circle": STORY_CIRCLE,
    "break": kind("break", soft=False, does=frozenset({"rest"})),
    "plenary": kind("plenary", whole=True),
    "dyads": kind("dyads", soft=False, fewest=4, most=20, does=frozenset({"reflect"})),
    "commitments": kind("commitments", does=frozenset({"commit"})),
    "evaluation": kind("evaluation", soft=False, does=frozenset({"evaluate"})),
    "gallery": kind("gallery", does=frozenset({"hands"})),
}
SEATS = {
    "s1": Seat("s1", "n1", role="facilitator", organiser=True),
    "s2": Seat("s2", "n2"),
}


def room(*items: tuple[str, int], frame: Frame | None = None, **more: Any) -> RoomState:
    made = tuple(
        AgendaItem(f"a{n}", name, minutes, title="An item", lead="s1")
        for n, (name, minutes) in enumerate(items, 1)
    )
    return structs.replace(RoomState(plan=opened(made, frame or Frame()), seats=SEATS), **more)


def said(state: RoomState, rule: str) -> list[PlanWarning]:
    return [one for one in warnings(facts(state, "", KINDS)) if one.rule == rule]


def items_of(found: list[PlanWarning]) -> list[str]:
    return [one.item for one in found]


def changed(state: RoomState, id: str, **what: Any) -> RoomState:
    items = tuple(structs.replace(i, **what) if i.id == id else i for i in state.agenda)
    return structs.replace(state, plan=structs.replace(state.plan, items=items))


def mend(found: list[PlanWarning]) -> dict[str, Any]:
    assert found[0].mend is not None
    return found[0].mend.command


GOOD = room(
    ("check_in", 6), ("story_circle", 60), ("break", 10), ("dyads", 20), ("commitments", 15),
    ("evaluation", 5), ("check_in", 4),
)  # fmt: skip
GOOD = changed(GOOD, "a4", lead="s2")


def test_a_good_plan_raises_nothing() -> None:
    assert warnings(facts(GOOD, "", KINDS)) == ()


def test_an_empty_plan_raises_nothing() -> None:
    assert [one.rule for one in warnings(facts(room(), "", KINDS))] == []


def test_every_rule_is_named_after_its_function_and_told_of_once() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
    assert all(rule.__doc__ for rule in RULES)


def test_BR1_no_stretch_without_a_break_over_75_and_strong_over_90() -> None:
    assert not said(room(("plenary", 40), ("dyads", 35)), "no_break")
    (one,) = said(room(("plenary", 40), ("dyads", 36)), "no_break")
    assert (one.item, one.strong) == ("a2", False)
    assert one.mend is not None
    assert one.mend.command == {"type": "agenda.add", "kind": "break", "after": "a1"}
    assert not said(room(("plenary", 40), ("dyads", 50)), "no_break")[0].strong
    assert said(room(("plenary", 40), ("dyads", 51)), "no_break")[0].strong
    assert not said(room(("plenary", 70), ("break", 5), ("dyads", 70)), "no_break")
    # One warning for one stretch, with its whole length.
    (one,) = said(room(("plenary", 40), ("dyads", 40), ("dyads", 30)), "no_break")
    assert (one.item, one.text.n) == ("a2", 110)


def test_BR1_a_break_inside_a_circle_counts() -> None:
    state = room(("story_circle", 100))
    (one,) = said(state, "no_break")
    assert one.strong
    assert mend([one])["rest_at"] == 75
    assert not said(changed(state, "a1", rest=8, rest_at=70), "no_break")
    (one,) = said(changed(state, "a1", rest=8, rest_at=77), "no_break")
    assert (one.strong, one.text.n) == (False, 77)
    # What follows the break inside belongs to the next stretch.
    late = changed(room(("story_circle", 100), ("dyads", 60)), "a1", rest=8, rest_at=60)
    assert items_of(said(late, "no_break")) == ["a2"]


def test_BR1_of_our_own_templates() -> None:
    """`methods.md` 5: T3's first block is 77, T1 has none, and no error."""
    every = {**KINDS, "fishbowl": kind("fishbowl"), "report_out": kind("report_out")}
    for template, blocks in ((EXCHANGE, []), (STORIES, [77]), (EVENING, [83])):
        state = RoomState(plan=opened(template.items, Frame()), seats=SEATS)
        found = [w for w in warnings(facts(state, "", every)) if w.rule == "no_break"]
        assert [w.text.n for w in found] == blocks
        assert not any(w.strong for w in found)


def test_our_own_templates_raise_no_error_and_hardly_a_word() -> None:
    told: dict[str, list[str]] = {}
    for template in (EXCHANGE, STORIES):
        plan = opened(template.items, Frame(people=template.people))
        found = warnings(facts(RoomState(plan=plan, seats=SEATS), "", ACTIVITIES))
        told[template.name] = [one.rule for one in found]
    assert told == {"exchange": [], "stories": ["no_break", "commitment"]}


def test_BR3_a_break_is_5_minutes_and_10_in_more_than_two_hours() -> None:
    assert not said(room(("plenary", 20), ("break", 5)), "short_break")
    assert mend(said(room(("plenary", 20), ("break", 4)), "short_break"))["minutes"] == 5
    assert not said(room(("plenary", 111), ("break", 9)), "short_break")
    assert items_of(said(room(("plenary", 112), ("break", 9)), "short_break")) == ["a2"]
    assert not said(room(("plenary", 112), ("break", 10)), "short_break")


def test_the_sum_of_minutes_is_the_time_there_is() -> None:
    assert not said(room(("plenary", 20)), "time_sum")
    assert not said(room(("plenary", 20), frame=Frame(minutes=20)), "time_sum")
    (one,) = said(room(("plenary", 20), frame=Frame(minutes=15, revision=3)), "time_sum")
    assert one.text.n == 5
    assert mend([one]) == {"type": "agenda.frame", "revision": 3, "minutes": 20}
    assert "not planned yet" in said(room(("plenary", 20), frame=Frame(minutes=30)), "time_sum")[
        0
    ].text.id.replace("are not", "is not")


def test_a_twentieth_of_the_time_has_a_soft_end() -> None:
    assert said(room(("dyads", 96), ("plenary", 4)), "buffer")
    assert not said(room(("dyads", 95), ("plenary", 5)), "buffer")


def test_the_same_talk_of_all_for_more_than_25_minutes() -> None:
    assert not said(room(("plenary", 25)), "long_talk")
    assert items_of(said(room(("plenary", 20), ("check_in", 6)), "long_talk")) == ["a2"]
    assert not said(room(("plenary", 20), ("dyads", 5), ("plenary", 20)), "long_talk")


def test_everybody_is_together_at_the_start_in_the_middle_and_at_the_end() -> None:
    assert len(said(room(("dyads", 60)), "together")) == 3
    assert not said(room(("dyads", 40)), "together")
    assert not said(room(("plenary", 60)), "together")
    assert len(said(room(("plenary", 10), ("dyads", 60), ("plenary", 5)), "together")) == 1
    circle = room(("plenary", 10), ("story_circle", 60), ("plenary", 5))
    assert not said(circle, "together")


def test_more_than_two_hours_need_something_for_the_hands() -> None:
    assert not said(room(("plenary", 120)), "hands")
    assert said(room(("plenary", 121)), "hands")
    assert not said(room(("plenary", 110), ("gallery", 20)), "hands")
    moved = changed(room(("plenary", 121), ("check_in", 5)), "a2", settings={"mode": "gesture"})
    assert not said(moved, "hands")


def test_three_minutes_of_stretching_are_for_the_hands_and_no_break_BR1() -> None:
    state = room(("plenary", 60), ("break", 3), ("plenary", 60))
    assert not said(state, "no_break")
    state = changed(state, "a2", settings={"form": "energiser"}, lead="s1")
    assert said(state, "no_break")
    assert not said(state, "hands")
    assert not said(state, "short_break")


def test_people_think_near_the_end() -> None:
    assert not said(room(("plenary", 45)), "reflection")
    (one,) = said(room(("dyads", 10), ("plenary", 60), ("evaluation", 5)), "reflection")
    assert one.mend is not None
    assert one.mend.command["after"] == "a2"
    assert not said(room(("plenary", 60), ("dyads", 10), ("evaluation", 5)), "reflection")


def test_people_are_asked_what_was_useful() -> None:
    assert not said(room(("plenary", 45)), "evaluation")
    state = room(("plenary", 60), ("check_in", 4))
    assert mend(said(state, "evaluation")) == {
        "type": "agenda.add", "kind": "evaluation", "after": "a1",
    }  # fmt: skip
    assert not said(room(("plenary", 60), ("evaluation", 3)), "evaluation")
    nowhere = {name: one for name, one in KINDS.items() if name != "evaluation"}
    (one,) = [w for w in warnings(facts(state, "", nowhere)) if w.rule == "evaluation"]
    assert one.mend is None


@pytest.mark.parametrize(("lead", "hit"), [("s1", True), ("F", True), ("s2", False), ("P", False)])
def test_a_peer_leads_something(lead: str, hit: bool) -> None:
    state = changed(room(("plenary", 60)), "a1", lead=lead)
    assert bool(said(state, "peer_lead")) == hit
    assert not said(room(("story_circle", 60)), "peer_lead")  # its hosts are peers


def test_stories_come_before_talk_in_general() -> None:
    assert items_of(said(room(("plenary", 11), ("story_circle", 60)), "story_first")) == ["a1"]
    assert not said(room(("plenary", 10), ("story_circle", 60)), "story_first")
    assert not said(room(("story_circle", 60), ("plenary", 20)), "story_first")
    assert not said(room(("plenary", 20)), "story_first")


def test_everything_has_a_lead_but_breaks() -> None:
    state = changed(room(("plenary", 10), ("break", 5)), "a1", lead="")
    state = changed(state, "a2", lead="")
    found = said(state, "leads")
    assert items_of(found) == ["a1"]
    assert mend(found) == {"type": "agenda.edit", "item": "a1", "revision": 0, "lead": "s1"}
    assert not said(room(("plenary", 10)), "leads")


def test_talk_of_all_says_what_it_is_about() -> None:
    state = changed(room(("plenary", 10)), "a1", title=KINDS["plenary"].title.id)
    assert said(state, "purpose")
    assert not said(changed(state, "a1", words="w1"), "purpose")
    assert not said(changed(state, "a1", about="Why we meet"), "purpose")
    assert not said(changed(state, "a1", settings={"prompt": "w1"}), "purpose")
    assert not said(changed(state, "a1", settings={"form": "arrival"}), "purpose")
    assert not said(room(("dyads", 10)), "purpose")


def test_more_than_one_person_is_named() -> None:
    assert said(room(("plenary", 60)), "facilitators")
    assert not said(room(("plenary", 40)), "facilitators")
    assert not said(changed(room(("plenary", 60)), "a1", lead="s2"), "facilitators")
    assert said(changed(room(("plenary", 60)), "a1", lead="F"), "facilitators")
    assert not said(changed(room(("plenary", 60)), "a1", lead="P"), "facilitators")
    assert not said(room(("story_circle", 60)), "facilitators")
    two = {**SEATS, "s3": Seat("s3", "n3", role="facilitator")}
    assert not said(room(("plenary", 60), seats=two), "facilitators")


def test_commitments_are_made_and_not_at_the_very_end() -> None:
    assert mend(said(room(("plenary", 60), ("evaluation", 5)), "commitment"))["after"] == "a1"
    late = room(("plenary", 145), ("commitments", 10))
    assert items_of(said(late, "commitment")) == ["a2"]
    assert not said(room(("plenary", 130), ("commitments", 25)), "commitment")
    assert not said(room(("plenary", 79), ("commitments", 6), ("evaluation", 5)), "commitment")


def test_interpretation_doubles_spoken_turns() -> None:
    seats = {**SEATS, "s4": Seat("s4", "n4", role="interpreter")}
    state = room(("check_in", 6), ("plenary", 10), seats=seats)
    found = said(state, "interpretation")
    assert items_of(found) == ["a1"]
    assert mend(found)["minutes"] == 12
    assert not said(room(("check_in", 6)), "interpretation")
    far = said(room(("check_in", 10), seats=seats), "interpretation")
    assert far[0].mend is None


NOON_IN_FIJI = 1_790_035_200_000  # 2026-09-22 00:00 UTC


def test_nobody_is_asked_to_be_awake_at_night() -> None:
    state = room(("plenary", 60), frame=Frame(starts=NOON_IN_FIJI))
    assert said(state, "night")
    assert not said(structs.replace(state, zone="Pacific/Fiji"), "night")
    assert said(structs.replace(state, zone="no such zone"), "night")
    evening = Frame(starts=NOON_IN_FIJI + 10 * 60 * MINUTE)  # 22:00 in Fiji
    assert said(room(("plenary", 60), frame=evening, zone="Pacific/Fiji"), "night")
    just = Frame(starts=NOON_IN_FIJI + 9 * 60 * MINUTE)  # 21:00 to 22:00
    assert not said(room(("plenary", 60), frame=just, zone="Pacific/Fiji"), "night")
    assert not said(room(("plenary", 60)), "night")


def test_the_invited_number_fits_give_or_take_thirty_per_cent() -> None:
    for people, hit in ((0, False), (15, False), (16, True), (6, False), (5, True)):
        state = room(("dyads", 10), frame=Frame(people=people))
        assert bool(said(state, "sizes")) == hit, people


def test_each_activity_has_a_length_in_which_it_works() -> None:
    assert not said(room(("check_in", 2)), "length")
    assert not said(room(("check_in", 15)), "length")
    assert mend(said(room(("check_in", 16)), "length"))["minutes"] == 15
    assert mend(said(room(("check_in", 1)), "length"))["minutes"] == 2


def test_what_has_begun_or_was_left_out_is_not_warned_about() -> None:
    state = changed(room(("check_in", 40), ("break", 3)), "a1", lead="")
    state = structs.replace(state, started={"a1": 5}, ended={"a1": 9}, skipped=("a2",))
    assert not [one for one in warnings(facts(state, "", KINDS)) if one.item]


def test_strong_ones_come_first() -> None:
    found = warnings(facts(room(("plenary", 95)), "", KINDS))
    assert [one.strong for one in found] == sorted((one.strong for one in found), reverse=True)
    assert found[0].strong


def test_the_rules_know_every_registered_activity() -> None:
    state = RoomState(plan=opened(EVENING.items, Frame()), seats=SEATS)
    for one in warnings(facts(state, "", ACTIVITIES)):
        assert one.rule in {rule.__name__ for rule in RULES}

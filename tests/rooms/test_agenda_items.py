"""What may happen to an agenda, as values."""

from hypothesis import given
from hypothesis import strategies as st

from rooms.agenda_items import (
    AgendaEvent,
    AgendaFramed,
    AgendaItem,
    AgendaItemMoved,
    AgendaItemPut,
    AgendaItemRemoved,
    AgendaReplaced,
    Frame,
    Plan,
    begun,
    evolve,
    number,
    opened,
    planned_minutes,
)


def item(id: str, minutes: int = 5) -> AgendaItem:
    return AgendaItem(id, "check_in", minutes)


PLAN = opened((item("a1"), item("a2", 10), item("a3")), Frame(minutes=25))


def ids(plan: Plan) -> list[str]:
    return [one.id for one in plan.items]


def test_an_item_is_put_after_another_or_first_or_changed_where_it_stands() -> None:
    plan = evolve(PLAN, AgendaItemPut(item=item("a4"), after="a1"), frozenset())
    assert ids(plan) == ["a1", "a4", "a2", "a3"]
    plan = evolve(plan, AgendaItemPut(item=item("a5"), after=""), frozenset())
    assert ids(plan) == ["a5", "a1", "a4", "a2", "a3"]
    plan = evolve(plan, AgendaItemPut(item=item("a4", 7)), frozenset())
    assert [one.minutes for one in plan.items if one.id == "a4"] == [7]
    assert plan.items[2].revision == plan.revision == 3


def test_moving_changes_no_item() -> None:
    plan = evolve(PLAN, AgendaItemMoved(item="a3", after=""), frozenset())
    assert ids(plan) == ["a3", "a1", "a2"]
    assert {one.revision for one in plan.items} == {0}


def test_what_has_begun_stays_when_the_rest_is_replaced() -> None:
    plan = evolve(PLAN, AgendaReplaced(items=(item("a4"),)), frozenset({"a1", "a2"}))
    assert ids(plan) == ["a1", "a2", "a4"]


def test_no_number_comes_back() -> None:
    plan = evolve(PLAN, AgendaItemRemoved(item="a3"), frozenset())
    assert plan.serial == 3
    assert number(item("a12")) == 12
    assert number(item("b")) == 0


def test_what_was_promised_is_kept_when_the_first_item_begins() -> None:
    assert begun(PLAN).promised == 25
    assert begun(opened(PLAN.items, Frame())).promised == planned_minutes(PLAN.items) == 20


any_id = st.sampled_from(["a1", "a2", "a3", "a4", "a9", ""])
any_event: st.SearchStrategy[AgendaEvent] = st.one_of(
    st.builds(AgendaItemPut, item=any_id.map(item), after=st.none() | any_id),
    st.builds(AgendaItemMoved, item=any_id, after=any_id),
    st.builds(AgendaItemRemoved, item=any_id),
    st.builds(AgendaReplaced, items=st.just((item("a7"),))),
    st.builds(AgendaFramed, frame=st.builds(Frame, people=st.integers(0, 9))),
)


@given(st.lists(any_event, max_size=6))
def test_evolve_is_total(events: list[AgendaEvent]) -> None:
    plan = PLAN
    for event in events:
        plan = evolve(plan, event, frozenset({"a1"}))
    assert plan.revision == len(events)

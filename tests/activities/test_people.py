"""Who takes part in an activity (`methods.md` 1.2)."""

from activities import people
from activities.kernel import (
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
)

AMINA, JORGE = Member("amina"), Member("jorge", here=False)
SHADOW = Member("shadow", observer=True)
BOTH = people.of((AMINA, JORGE, SHADOW))


def after(command: people.PeopleCommand, known: people.People = BOTH) -> people.People:
    for event in people.decide(known, command):
        known = people.evolve(known, event)
    return known


def test_observers_do_not_take_part() -> None:
    assert list(BOTH) == ["amina", "jorge"]
    assert after(MemberJoined(member=SHADOW)) == BOTH
    assert after(MemberAway(seat="shadow", seen=0)) == BOTH
    assert after(MemberLeft(seat="nobody")) == BOTH


def test_a_line_drops_and_comes_back() -> None:
    away = after(MemberAway(seat="amina", seen=0))
    assert people.here(away) == ()
    assert people.here(after(MemberBack(seat="amina"), away)) == ("amina",)


def test_a_changed_record_keeps_presence_and_place() -> None:
    changed = after(MemberChanged(member=Member("jorge", willing=True, here=True)))
    assert list(changed) == ["amina", "jorge"]
    assert changed["jorge"].willing
    assert not changed["jorge"].here


def test_who_becomes_an_observer_leaves() -> None:
    assert list(after(MemberChanged(member=Member("amina", observer=True)))) == ["jorge"]


def test_facilitators_and_the_absent_are_not_dealt() -> None:
    known = people.of((AMINA, JORGE, Member("lead", facilitator=True)))
    assert [m.seat for m in people.placeable(known)] == ["amina"]
    assert people.here(known) == ("amina", "lead")

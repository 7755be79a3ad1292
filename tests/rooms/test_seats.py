"""Seats as activities see them (SEA2, SEA4)."""

from msgspec.structs import replace

from rooms.seats import SEATS_PER_DEVICE, SEATS_PER_ROOM, Seat, member

SEAT = Seat(id="s2", name="w1", language="bn")


def test_limits_are_those_of_the_methods() -> None:
    assert SEATS_PER_DEVICE == 9  # methods.md 1.1: a steward and up to eight
    assert SEATS_PER_ROOM == 400


def test_a_facilitator_takes_part_only_when_dealt_in() -> None:
    leads = replace(SEAT, role="facilitator")
    assert member(leads, here=True, table="", organisation="").facilitator
    dealt = member(replace(leads, dealt_in=True), here=True, table="", organisation="")
    assert not dealt.facilitator
    assert dealt.willing


def test_observers_and_interpreters_take_no_place() -> None:
    for role in ("observer", "interpreter"):
        seen = member(replace(SEAT, role=role), here=True, table="t", organisation="o")
        assert seen.observer
        assert (seen.table, seen.organisation, seen.language) == ("t", "o", "bn")
    assert not member(SEAT, here=False, table="", organisation="").observer


def test_a_wall_is_no_person() -> None:
    assert SEAT.person
    assert not replace(SEAT, role="screen").person

"""Rounds as values: the table of fates, totality, what the ring shows."""

from itertools import product
from typing import Any, get_args

import pytest

from activities import rounds
from activities.blocks import Who
from activities.kernel import Event
from activities.rounds import FATES, Round, RoundEvent, SeatEvent, Status

NOW = 1_000_000
STATUSES: tuple[Status, ...] = get_args(Status)


def event(kind: type[RoundEvent], seat: str = "a", turn: int = 1) -> RoundEvent:
    """Any event of this kind."""
    fields: dict[str, Any] = {
        "at": NOW,
        "seat": seat,
        "turn": turn,
        "duration": 60_000,
        "by": 1,
        "seen": NOW,
    }
    fields |= {"first": ("b", "a"), "length": 5}
    known = {name: value for name, value in fields.items() if name in kind.__struct_fields__}
    return kind(**known)


def speaking() -> Round:
    """A round in which "a" speaks and "b" waits."""
    begun = (event(rounds.TurnOffered), event(rounds.TurnBegun))
    return rounds.after(rounds.fresh(("a", "b"), 60_000), begun)


def test_every_event_is_listed_and_tagged_once() -> None:
    def leaves(kind: type[RoundEvent]) -> list[type[RoundEvent]]:
        below = [leaf for sub in kind.__subclasses__() for leaf in leaves(sub)]
        return below or [kind]

    assert set(leaves(RoundEvent)) == set(rounds.EVENTS)
    tags = [kind.__struct_config__.tag for kind in rounds.EVENTS]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("kind", FATES, ids=lambda kind: kind.__name__)
def test_fates_lead_where_the_table_says(kind: type[SeatEvent]) -> None:
    for status in STATUSES:
        round_ = rounds.fresh(("a", "b"), 60_000)
        round_ = Round(round_.length, round_.ring, {"a": status, "b": "waiting"}, ("b",))
        after = rounds.evolve(round_, event(kind))
        new = FATES[kind].get(status, status)
        assert after.status["a"] == new
        comes_back = status in FATES[kind] and new in rounds.COMES_BACK
        assert after.second == (("a",) if comes_back else ())


def test_told_and_passed_have_no_fate() -> None:
    assert not any(rounds.FINAL & set(table) for table in FATES.values())


def test_evolve_is_total() -> None:
    class Other(Event, frozen=True, tag="other.thing"):
        """Of another engine."""

    starts = [Round(1), rounds.fresh(("a", "b"), 60_000), speaking()]
    for round_, kind, seat in product(starts, rounds.EVENTS, ("a", "b", "stranger")):
        rounds.evolve(round_, event(kind, seat, turn=7))
    assert rounds.evolve(starts[2], Other()) == starts[2]


def test_the_ring_closes_up_behind_who_left_and_tells_nobody_who_passed() -> None:
    round_ = rounds.after(
        speaking(),
        (
            event(rounds.TurnPassed),
            event(rounds.SeatJoined, "c"),
            event(rounds.SeatAway, "c"),
            event(rounds.SeatLeft, "b"),
        ),
    )
    ring = rounds.picture(round_, "ring")
    assert [(s.seat, s.name, s.state) for s in ring.seats] == [
        ("a", Who("a"), "told"),
        ("c", Who("c"), "away"),
    ]
    assert ring.next == ()
    assert ring.floor is None


def test_the_clock_is_in_the_ring_while_somebody_speaks() -> None:
    ring = rounds.picture(speaking(), "ring")
    assert (ring.floor, ring.seats[0].state, ring.next) == ("a", "floor", ("b",))
    assert ring.clock is not None
    assert ring.clock.ends_at == NOW + 60_000
    offered = rounds.after(rounds.fresh(("a",), 1), (event(rounds.TurnOffered),))
    assert rounds.picture(offered, "ring").clock is None

"""The one step every activity takes, on a tiny activity: a bell anybody may strike."""

from collections import Counter
from itertools import permutations
from typing import Any

import msgspec
import pytest

from activities.blocks import Line, View, say
from activities.kernel import (
    Activity,
    Command,
    Cut,
    Event,
    Harvest,
    LeadCommand,
    Moment,
    Refused,
    may,
    shuffled,
    step,
)


class Strike(Command, frozen=True, kw_only=True, tag="bell.strike"):
    """Strike the bell after stroke number `stroke`."""

    stroke: int


class Hush(LeadCommand, frozen=True, kw_only=True, tag="bell.hush"):
    """No more strokes."""


class Struck(Event, frozen=True, kw_only=True, tag="bell.struck"):
    """A stroke."""


class Hushed(Event, frozen=True, kw_only=True, tag="bell.hushed"):
    """Silence."""


class Bell(msgspec.Struct, frozen=True):
    """Strokes so far."""

    strokes: int = 0
    hushed: bool = False


def decide(state: Bell, command: Command, moment: Moment) -> tuple[Event, ...]:
    if isinstance(command, Hush):
        return (Hushed(),)
    if state.strokes >= 3:
        raise Refused("full", say("Three strokes are enough"))
    return (Struck(), Struck()) if moment.dice else (Struck(),)


def evolve(state: Bell, event: Event) -> Bell:
    match event:
        case Struck():
            return Bell(state.strokes + 1, state.hushed)
        case Hushed():
            return Bell(state.strokes, True)
        case _:
            return state


BELL: Activity[Bell] = Activity(
    kind="bell",
    version=1,
    title=Line("Bell"),
    summary=Line("A bell"),
    settings=Bell,
    state=Bell,
    commands=(Strike, Hush, Cut),
    events=(Struck, Hushed),
    phases=("open", "hushed"),
    allowed={"open": {"member": frozenset((Strike,)), "lead": frozenset((Hush, Strike))}},
    initial=lambda settings, members, moment: Bell(),
    phase=lambda state, seat: "hushed" if state.hushed else "open",
    roles=lambda state, seat, roles: roles | {"member"} if seat == "guest" else roles,
    stale=lambda state, command, moment: (
        "stale_turn" if isinstance(command, Strike) and command.stroke != state.strokes else None
    ),
    decide=decide,
    evolve=evolve,
    view=lambda state, viewer: View("open", ()),
    harvest=lambda state: Harvest(),
    deadline=lambda state: None,
    closed=lambda state: state.hushed,
)


def moment(seat: str = "s", *roles: str, dice: int = 0, epoch: int = 1) -> Moment:
    return Moment(seat, frozenset(roles), 0, dice, epoch)


def refused(state: Bell, command: Command, at: Moment) -> str:
    with pytest.raises(Refused) as caught:
        step(BELL, state, command, at)
    return caught.value.reason


def test_step_returns_events_and_the_state_after_all_of_them() -> None:
    events, state = step(BELL, Bell(), Strike(stroke=0), moment("s", "member", dice=1))
    assert events == (Struck(), Struck())
    assert state == Bell(2)


def test_g7_an_old_epoch_is_stale_before_anything_else() -> None:
    assert refused(Bell(), Hush(epoch=0), moment("s", "member")) == "stale_epoch"
    assert step(BELL, Bell(), Hush(epoch=1), moment("s", "lead"))[1].hushed


def test_stale_is_asked_before_allowed() -> None:
    """A second tap is answered `stale_turn`, not `not_allowed`."""
    assert refused(Bell(1, hushed=True), Strike(stroke=0), moment("s", "member")) == "stale_turn"


def test_what_is_not_in_the_table_is_not_allowed() -> None:
    assert refused(Bell(), Hush(epoch=1), moment("s", "member")) == "not_allowed"
    assert refused(Bell(), Strike(stroke=0), moment("s", "observer")) == "not_allowed"
    assert refused(Bell(0, hushed=True), Strike(stroke=0), moment("s", "member")) == "not_allowed"
    assert refused(Bell(), Cut(epoch=1), moment("s", "lead")) == "not_allowed"


def test_the_activity_adds_hats() -> None:
    assert may(BELL, Bell(), Strike, "guest", frozenset())
    assert not may(BELL, Bell(), Strike, "other", frozenset())


def test_decide_refuses_with_a_sentence_of_its_own() -> None:
    with pytest.raises(Refused) as caught:
        step(BELL, Bell(3), Strike(stroke=3), moment("s", "member"))
    assert caught.value.message == say("Three strokes are enough")


def test_unions_are_told_apart_by_their_tags() -> None:
    raw = b'{"type": "bell.strike", "stroke": 4}'
    assert msgspec.json.decode(raw, type=BELL.command_union()) == Strike(stroke=4)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"type": "bell.steal"}', type=BELL.command_union())
    decoded: Any = msgspec.json.decode(b'{"type": "bell.hushed"}', type=BELL.event_union())
    assert decoded == Hushed()


def test_shuffled_is_decided_by_dice_and_salt_alone() -> None:
    items = tuple(range(9))
    assert shuffled(items, 7) == shuffled(items, 7)
    assert sorted(shuffled(items, 7)) == list(items)
    assert shuffled(items, 7) != shuffled(items, 8)
    assert shuffled(items, 7, "a") != shuffled(items, 7, "b")
    assert shuffled(("x", "y", "z"), 1) == ("z", "y", "x")  # the same on every machine


def test_shuffled_is_fair() -> None:
    counts = Counter(shuffled(("a", "b", "c"), dice) for dice in range(6_000))
    assert set(counts) == set(permutations("abc"))
    assert all(850 < n < 1_150 for n in counts.values())  # 1,000 each, 5 standard deviations

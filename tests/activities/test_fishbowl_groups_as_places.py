"""Satellites and pairs of a fishbowl as places: moved, joined, split, two more minutes."""

from activities.fishbowl import FISHBOWL, groups
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeAsk, TimeGive
from tests.activities.driver import SECOND, World, check, tag, world


def asking() -> World:
    """An experience bowl whose satellites write their questions."""
    room = world(FISHBOWL, FISHBOWL.settings(mode="experience", satellites=3), count=20)
    for n in range(1, 4):
        assert room.do(f"s{n}", "seat.take") is None
    for _ in range(2):
        assert room.do("f1", "phase.next", "panel") is None
    assert room.state.phases.phase == "questions"
    return room


def test_satellites_are_moved_joined_and_split_by_facilitators() -> None:
    room = asking()
    one, two, three = (group.id for group in room.state.groups[:3])
    seat = room.state.groups[0].seats[0]
    assert room.send(seat, GroupMove(epoch=1, seat=seat, to=two)) == "not_allowed"
    assert room.send("f1", GroupMove(epoch=1, seat=seat, to=two)) is None
    assert seat in next(g.seats for g in room.state.groups if g.id == two)
    assert room.send("f1", GroupMerge(epoch=1, group=three, into=one)) is None
    assert three not in {g.id for g in room.state.groups}
    assert room.send("f1", GroupSplit(epoch=1, group=one)) is None
    ids = [g.id for g in room.state.groups]
    assert len(ids) == len(set(ids))
    assert three not in ids  # nobody opens what another group wrote
    assert min(len(g.seats) for g in room.state.groups) >= 2
    check(room)
    inside = room.state.bowl.chairs[0].seat
    assert room.send("f1", GroupMove(epoch=1, seat=inside, to=two)) == "unknown"


def test_a_group_of_listeners_gets_two_more_minutes_alone_or_all_do() -> None:
    room = asking()
    one, two = room.state.groups[:2]
    ends = room.state.phases.timer.ends_at or 0
    assert room.do(one.seats[0], "time.ask") is None
    assert room.send(one.seats[1], TimeAsk(group=one.id)) == "duplicate"
    offers = [o for o in room.view("f1", "panel").may if tag(o.command) == "time.give"]
    assert len(offers) == 2
    assert room.tap("f1", offers[0]) is None
    assert room.view(one.seats[0]).ends_at == ends + 120 * SECOND
    assert room.view(two.seats[0]).ends_at == ends
    assert room.send("f1", TimeGive(epoch=1, phase="questions")) is None
    assert room.view(two.seats[0]).ends_at == ends + 120 * SECOND
    assert room.send("f1", TimeGive(epoch=1, phase="talk")) == "stale_phase"
    check(room)


def test_a_call_of_their_own_only_while_satellites_talk_among_themselves() -> None:
    room = world(FISHBOWL, FISHBOWL.settings(mode="experience"), count=12)
    for n in range(1, 4):
        room.do(f"s{n}", "seat.take")
    room.do("f1", "phase.next", "panel")
    assert room.state.phases.phase == "talk"
    assert not any(group.meeting for group in groups(room.state))
    assert all(group.meeting for group in groups(asking().state))

"""Satellites and pairs of listeners: moved, joined, split, and given two more minutes."""

from collections.abc import Mapping
from typing import assert_never

from msgspec.structs import replace

from activities import groups, timing
from activities._fishbowl_events import GroupsChanged
from activities._fishbowl_flow import Unfolding
from activities._fishbowl_groups import Listeners, group_of
from activities._fishbowl_state import State, in_groups, writing
from activities.blocks import Line, Note, Offer, say
from activities.grouping import name
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeAsk, TimeGive
from activities.kernel import Command, Moment, Reason, Refused

LARGEST = 8
"""People in one group of listeners: more would not all speak in five minutes."""


def seating(state: State) -> dict[str, tuple[str, ...]]:
    """Who sits with whom."""
    return {one.id: one.seats for one in state.groups}


def stale(state: State, command: Command) -> Reason | None:
    """A tap on groups that are no more."""
    if isinstance(command, TimeGive):
        return None if command.phase == state.phases.phase else "stale_phase"
    return None if in_groups(state) else "stale_phase"


def regroup(story: Unfolding, command: GroupMove | GroupMerge | GroupSplit, moment: Moment) -> None:
    """Facilitators move somebody, join two groups, or make two of one."""
    state = story.state
    match command:
        case GroupMove():
            groups.ensure_move(seating(state), command, state.people, LARGEST)
            if group_of(state.groups, command.seat) is None:
                raise Refused("unknown")  # who sits inside is in no group
            changed = {
                one.id: (*_without(one, command.seat), *_joining(one, command))
                for one in state.groups
            }
        case GroupMerge():
            groups.ensure_merge(seating(state), command, LARGEST)
            changed = dict(seating(state))
            changed[command.into] += changed.pop(command.group)
        case GroupSplit():
            stay, go = groups.halves(seating(state), command, state.people, moment.dice)
            index = max(one.index for one in state.groups) + 1
            changed = {**seating(state), command.group: stay, f"g{index + 1}": go}
        case _:
            assert_never(command)
    _seat(story, changed)


def _without(one: Listeners, seat: str) -> tuple[str, ...]:
    return tuple(other for other in one.seats if other != seat)


def _joining(one: Listeners, command: GroupMove) -> tuple[str, ...]:
    return (command.seat,) if one.id == command.to else ()


def _seat(story: Unfolding, changed: Mapping[str, tuple[str, ...]]) -> None:
    """The groups with other people in them; nobody is left alone while another group is there."""
    known = {one.id: one for one in story.state.groups}
    made = []
    for id, seats in changed.items():
        one = known.get(id) or Listeners(id, int(id[1:]) - 1, seats)
        made.append(one if one.seats == seats else replace(one, seats=seats, ready=False))
    lone = [one for one in made if len(one.seats) == 1]
    others = [one for one in made if len(one.seats) > 1]
    if lone and others:
        into = min(others, key=lambda one: len(one.seats))
        seats = (*into.seats, *(seat for one in lone for seat in one.seats))
        made = [replace(one, seats=seats) if one is into else one for one in others]
    story.add(GroupsChanged(at=story.now, groups=tuple(one for one in made if one.seats)))


# --- time ---------------------------------------------------------------------------------------


def ask_time(story: Unfolding, command: TimeAsk, moment: Moment) -> None:
    """Anybody of a group asks for two more minutes."""
    mine = group_of(story.state.groups, moment.seat)
    if mine is None or mine.id != command.group:
        raise Refused("unknown")
    if mine.wants_time:
        raise Refused("duplicate")
    _change(story, {mine.id: replace(mine, wants_time=True)})


def give_time(story: Unfolding, command: TimeGive, _moment: Moment) -> None:
    """For one group, whom the others wait for, or for all."""
    state = story.state
    known = {one.id: one for one in state.groups}
    if command.group and command.group not in known:
        raise Refused("unknown")
    more = {id: one.more for id, one in known.items()}
    by, more = groups.given(state.phases.timer, more, command)
    if by:
        story.add(timing.TimerExtended(at=story.now, by=by))
    answered = {command.group} if command.group else set(known)
    _change(
        story,
        {
            id: replace(one, more=more[id], wants_time=one.wants_time and id not in answered)
            for id, one in known.items()
        },
    )


def _change(story: Unfolding, changed: Mapping[str, Listeners]) -> None:
    made = tuple(changed.get(one.id, one) for one in story.state.groups)
    if made != story.state.groups:
        story.add(GroupsChanged(at=story.now, groups=made))


def own_end(state: State, seat: str) -> int | None:
    """When the phase ends for this person (ms)."""
    mine = group_of(state.groups, seat) if writing(state) else None
    if mine is None:
        return state.phases.timer.ends_at
    more = {one.id: one.more for one in state.groups}
    return groups.own_clock(state.phases.timer, more, mine.id).ends_at


# --- what screens offer -------------------------------------------------------------------------


def asking(state: State, mine: Listeners, own: list[Offer]) -> list[Note]:
    """Two more minutes, in one tap."""
    if mine.wants_time:
        text = say("Your group asked for two more minutes. The facilitators see it.")
        return [Note(text=text, tone="quiet")]
    if timing.may_extend(state.phases.timer, groups.EXTENSIONS):
        own.append(Offer(TimeAsk(group=mine.id), say("Ask for two more minutes"), "foot"))
    return []


def lead_offers(state: State, epoch: int) -> list[Offer]:
    """What facilitators may do with groups now; the answers to those who asked for time."""
    if not in_groups(state):
        return []
    names: dict[str, Line] = {one.id: name(one.index) for one in state.groups}
    found = groups.lead_offers(seating(state), names, epoch, LARGEST)
    for one in state.groups:
        if one.wants_time and writing(state):
            found += groups.time_offers(
                one.id, names[one.id], state.phases.phase, epoch, state.phases.timer
            )
    return found

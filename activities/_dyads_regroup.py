"""What facilitators change about who sits together, and time for one group or for all
(`methods.md` 1.3, 1.4, 1.6).

Pairs are pairs, with one trio at most (DY1): there somebody is moved, and the rest is mended; two
pairs are never one group, nor is a trio made two. Fours may join as long as six sit together, and
be made two, in which pair mates stay together (DY7).
"""

from typing import Final

from msgspec.structs import replace

from activities import groups as places
from activities import pairing, timing
from activities._dyads_commands import (
    ItemBrought,
    NoteKept,
    PairsMended,
    ReadyChanged,
    TimeGiven,
)
from activities._dyads_evolve import evolve
from activities._dyads_flow import fresh_id, settled
from activities._dyads_model import MOST_TOGETHER, State, has_trio, member
from activities.blocks import say
from activities.groups import GroupMerge, GroupMove, GroupSplit, TimeGive
from activities.kernel import Event, Moment, Refused
from activities.pairing import Seats

Events = tuple[Event, ...]

MATES: Final = say("Pair mates, and the people of one device, stay together.")


def move(state: State, command: GroupMove, moment: Moment) -> Events:
    """Facilitators let somebody sit elsewhere. Whoever was with them changes places with one of
    the others, so that nobody is left alone and three sit together only where they must."""
    four = state.phases.phase == "four"
    largest = MOST_TOGETHER if four else pairing.TRIO
    source = places.ensure_move(state.groups, command, state.people, largest)
    if not four and not source and has_trio(state):
        raise Refused("full", say("Let them join the group of three: it becomes two pairs."))
    moved = {
        id: tuple(seat for seat in seats if seat != command.seat)
        for id, seats in state.groups.items()
    }
    moved[command.to] = (*moved[command.to], command.seat)
    mended = PairsMended(at=moment.now, groups={id: seats for id, seats in moved.items() if seats})
    return (mended, *settled(evolve(state, mended), moment))


def merge(state: State, command: GroupMerge, moment: Moment) -> Events:
    """Two fours sit down together. What both wanted to bring is kept."""
    places.ensure_merge(state.groups, command, MOST_TOGETHER)
    now, into = moment.now, command.into
    joined = {id: seats for id, seats in state.groups.items() if id != command.group}
    joined[into] = (*joined[into], *state.groups[command.group])
    events: Events = ()
    if (mine := state.brought.get(command.group)) is not None:
        one: Event = ItemBrought(at=now, group=into, seat=mine.seat, words=mine.words)
        if into in state.brought:  # a group brings one; the other goes to the notes
            one = NoteKept(at=now, seat=mine.seat, words=mine.words, kind="insight", scope="memo")
        events = (one,)
    if into in state.ready:
        events += (ReadyChanged(at=now, group=into, ready=False),)
    return (*events, PairsMended(at=now, groups=joined))


def split(state: State, command: GroupSplit, moment: Moment) -> Events:
    """A four is made two."""
    stay, go = halves(state, command, moment.dice)
    parted = {**state.groups, command.group: stay}
    parted[fresh_id(state, parted)] = go
    return (PairsMended(at=moment.now, groups=parted),)


def halves(state: State, command: GroupSplit, dice: int) -> tuple[Seats, Seats]:
    """Who stays and who goes. Raises `Refused` where nobody can go without parting two who belong
    together."""
    seats = state.groups.get(command.group, ())
    together = _together(state, seats)
    people = {
        seat: replace(member(state, seat), table=f"{number}" if len(part) > 1 else "")
        for number, part in enumerate(together)
        for seat in part
    }
    try:
        return places.halves(state.groups, command, people, dice)
    except Refused as refused:
        if refused.reason == "bad_request" and len(seats) >= places.LEAST_SPLIT:
            raise Refused("bad_request", MATES) from refused
        raise


def _together(state: State, seats: Seats) -> list[frozenset[str]]:
    """`seats` in parts that are not parted: pair mates (DY7), and people at one table."""
    tables = {member(state, seat).table for seat in seats} - {""}
    wanted = [frozenset(mates) for mates in state.sitting.mates]
    wanted += [
        frozenset(seat for seat in seats if member(state, seat).table == table)
        for table in sorted(tables)
    ]
    parts = [frozenset((seat,)) for seat in seats]
    for one in wanted:
        touched = [part for part in parts if part & one]
        if touched:
            parts = [part for part in parts if not part & one]
            parts.append(frozenset().union(*touched))
    return parts


def may_split(state: State, group: str, epoch: int) -> bool:
    """Whether this group can be made two."""
    try:
        halves(state, GroupSplit(epoch=epoch, group=group), 0)
    except Refused:
        return False
    return True


def give_time(state: State, command: TimeGive, now: int) -> Events:
    """For one group, whom the others wait for, or for all."""
    if command.group and command.group not in state.groups:
        raise Refused("unknown")
    by, more = places.given(state.phases.timer, state.sitting.more, command)
    extended: Events = (timing.TimerExtended(at=now, by=by),) if by else ()
    return (*extended, TimeGiven(at=now, group=command.group, more=more))

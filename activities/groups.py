"""Groups as places: the commands that all activities with circles, pairs, teams or satellites
share, what each may do, and how panels show them (`methods.md` 1.3, 1.4, 1.6).

Theory
------
An activity keeps its groups as it likes; here a group is an id and its seats (`Seating`). Moves,
merges and splits by facilitators are checked here and come back as what changes; the activity
writes its own events. In the activity:

    case GroupMove():
        source = groups.ensure_move(seating, command, people, largest)
    case GroupMerge():
        groups.ensure_merge(seating, command, largest)
    case GroupSplit():
        stay, go = groups.halves(seating, command, people, moment.dice)

Time: groups share the clock of their phase. A group that asked may get more for itself: then the
phase waits for it, and everybody else's time ends when it would have (`More`).

The door: who comes late goes where `door` says, in every activity. Groups that talk in turns let
people in between two turns only; that is the activity's to say (`open_now`). Nobody enters a pair:
who comes late waits for the next ones, or is mended in (`pairing.mended`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from activities import grouping, timing
from activities.blocks import Line, Need, Offer, Option, Who, say
from activities.kernel import Command, LeadCommand, Member, Refused, shuffled
from activities.timing import Timer

Seats = tuple[str, ...]
Seating = Mapping[str, Seats]
"""group -> its people in order; a group that ended has none."""

LEAST_SPLIT: Final = 4
"""Fewer people are not split: nobody is left alone (G4)."""

TWO_MINUTES: Final = 120
"""Seconds a group asks for with one tap."""

MOST: Final = 15
"""People in one group, however it came about (A1, *Size*)."""

NO_LIMIT: Final = 10_000
"""For groups that turn nobody away: more people than a room holds."""


# --- commands -----------------------------------------------------------------------------------


class GroupMove(LeadCommand, frozen=True, kw_only=True, tag="group.move"):
    """Facilitators move `seat` to the group `to`."""

    seat: str
    to: str


class GroupMerge(LeadCommand, frozen=True, kw_only=True, tag="group.merge"):
    """Facilitators let `group` end; its people go on in the group `into`."""

    group: str
    into: str


class GroupSplit(LeadCommand, frozen=True, kw_only=True, tag="group.split"):
    """Facilitators make two groups of `group`."""

    group: str


class GroupReady(Command, frozen=True, kw_only=True, tag="group.ready"):
    """Our group is ready for what comes next, or not yet."""

    group: str
    ready: bool = True


class DoorAdmit(Command, frozen=True, kw_only=True, tag="door.admit"):
    """Let `seat` in at the next boundary; facilitators, or the host of the group it waits for."""

    seat: str


class TimeAsk(Command, frozen=True, kw_only=True, tag="time.ask"):
    """Our group asks for two more minutes."""

    group: str


class TimeGive(LeadCommand, frozen=True, kw_only=True, tag="time.give"):
    """Facilitators give `seconds` more to `group`, or to all when it is empty. `phase` is the one
    it is given in."""

    phase: str
    seconds: int = TWO_MINUTES
    group: str = ""


# --- who sits where -----------------------------------------------------------------------------


def running(seating: Seating) -> dict[str, Seats]:
    """The groups that have people."""
    return {group: seats for group, seats in seating.items() if seats}


def group_of(seating: Seating, seat: str) -> str:
    """The group of this seat, or ""."""
    return next((group for group, seats in seating.items() if seat and seat in seats), "")


def ensure_move(
    seating: Seating, command: GroupMove, people: Mapping[str, Member], largest: int = MOST
) -> str:
    """The group somebody is moved from ("" from the door). Raises `Refused`: nobody known, already
    there, or no place."""
    target = seating.get(command.to, ())
    member = people.get(command.seat)
    if not target or member is None or member.observer or member.facilitator:
        raise Refused("unknown")
    source = group_of(seating, command.seat)
    if source == command.to:
        raise Refused("duplicate")
    if len(target) >= largest:
        raise Refused("full", say("This group has no place left."))
    return source


def ensure_merge(seating: Seating, command: GroupMerge, largest: int = MOST) -> None:
    """Raises `Refused`: no such two groups, or too many people for one."""
    one, into = seating.get(command.group, ()), seating.get(command.into, ())
    if not one or not into or command.group == command.into:
        raise Refused("unknown")
    if len(one) + len(into) > largest:
        raise Refused("full", say("Together they would be too many for one group."))


def halves(
    seating: Seating, command: GroupSplit, people: Mapping[str, Member], dice: int
) -> tuple[Seats, Seats]:
    """Who stays and who goes to a new group: sizes differ by at most one unless a table must stay
    together. Order is kept. Raises `Refused`: no such group, or too few for two."""
    seats = seating.get(command.group, ())
    if not seats:
        raise Refused("unknown")
    if len(seats) < LEAST_SPLIT:
        raise Refused("bad_request", say("A group of three or fewer stays together."))
    going: set[str] = set()
    aim = len(seats) // 2
    for together in sorted(_tables(shuffled(seats, dice, "halves"), people), key=len, reverse=True):
        if len(going) + len(together) <= aim or not going:
            going.update(together)
    if len(seats) - len(going) < 2 or len(going) < 2:
        raise Refused("bad_request", say("The people of one device stay together."))
    return (
        tuple(seat for seat in seats if seat not in going),
        tuple(seat for seat in seats if seat in going),
    )


def _tables(seats: Sequence[str], people: Mapping[str, Member]) -> list[list[str]]:
    """Seats that go together: those of one device, others alone."""
    found: dict[str, list[str]] = {}
    for seat in seats:
        member = people.get(seat)
        table = member.table if member is not None and member.table else f"own {seat}"
        found.setdefault(table, []).append(seat)
    return list(found.values())


def door(
    seating: Seating, open_now: Iterable[str], largest: int | Mapping[str, int], home: str = ""
) -> str:
    """The group somebody who comes now enters, or waits for: the one they were in, else the
    smallest that is open, else the smallest; "" when none has room. `largest` may differ between
    groups; nobody enters one it does not name."""
    room = {
        group: len(seats)
        for group, seats in running(seating).items()
        if len(seats) < (largest if isinstance(largest, int) else largest.get(group, 0))
    }
    if home in room:
        return home
    now = frozenset(open_now)
    first = {group: size for group, size in room.items() if group in now}
    return grouping.smallest(first) or grouping.smallest(room) or ""


# --- time ---------------------------------------------------------------------------------------

More = Mapping[str, int]
"""group -> ms it has beyond the others, for the phase it is in."""


def given(timer: Timer, more: More, command: TimeGive) -> tuple[int, dict[str, int]]:
    """(`by`, `more`): how much the phase's clock is extended (ms), and what each group has beyond
    the others then. Raises `Refused` as `timing.ensure_extension` does."""
    by = timing.ensure_extension(timer, command.seconds, EXTENSIONS)
    if not command.group:
        return by, dict(more)
    longest = max(more.values(), default=0)
    own = more.get(command.group, 0) + by
    return max(0, own - longest), {**more, command.group: own}


EXTENSIONS: Final = 20
"""How often a phase of groups may get more time: more is a slip of the finger."""


def own_clock(timer: Timer, more: More, group: str) -> Timer:
    """The phase's clock as this group sees it: others may have longer."""
    back = max(more.values(), default=0) - more.get(group, 0)
    if not back:
        return timer
    return msgspec.structs.replace(
        timer,
        duration=max(0, timer.duration - back),
        ends_at=None if timer.ends_at is None else timer.ends_at - back,
        remaining=None if timer.remaining is None else timer.remaining - back,
    )


# --- what panels offer --------------------------------------------------------------------------


def lead_offers(
    seating: Seating, names: Mapping[str, Line], epoch: int, largest: int = MOST
) -> list[Offer]:
    """Move, merge and split, where they are possible; `names` of the groups that may change now."""
    able = {group: seats for group, seats in running(seating).items() if group in names}
    offers: list[Offer] = []
    groups = list(able)
    options = tuple(Option(group, names[group]) for group in groups)
    if len(groups) > 1:
        people = tuple(seat for group in groups for seat in able[group])
        who = tuple(Option(seat, say("{name}", name=Who(seat))) for seat in people)
        offers.append(
            Offer(
                GroupMove(epoch=epoch, seat=able[groups[0]][0], to=groups[1]),
                say("Move somebody to another group"),
                "menu",
                needs={
                    "seat": Need("seat", say("Who?"), options=who),
                    "to": Need("choice", say("To which group?"), options=options),
                },
            )
        )
        offers += [
            Offer(
                GroupMerge(epoch=epoch, group=group, into=into),
                say("Let {group} join {other}", group=names[group], other=names[into]),
                "menu",
                confirm=say("Their people go on together."),
            )
            for group in groups
            if (into := smallest_other(able, group, largest))
        ]
    offers += [
        Offer(
            GroupSplit(epoch=epoch, group=group),
            say("Make two groups of {group}", group=names[group]),
            "menu",
            confirm=say("Half of its people get a group of their own."),
        )
        for group in groups
        if len(able[group]) >= LEAST_SPLIT
    ]
    return offers


def smallest_other(seating: Seating, group: str, largest: int = MOST) -> str:
    """The smallest other group these people would still fit into, or ""."""
    room = largest - len(seating.get(group, ())) + 1
    counts = {one: len(seats) for one, seats in running(seating).items()}
    return grouping.smallest(counts, room, group) or ""


def time_offers(group: str, name: Line, phase: str, epoch: int, timer: Timer) -> list[Offer]:
    """The two answers to a group that asked for time: for it alone, and for all."""
    if not timing.may_extend(timer, EXTENSIONS):
        return []
    return [
        Offer(
            TimeGive(epoch=epoch, phase=phase, group=group),
            say("Two more minutes for {group}", group=name),
            "group",
        ),
        Offer(
            TimeGive(epoch=epoch, phase=phase),
            say("Two more minutes for everybody"),
            "group",
        ),
    ]


def may_ask(timer: Timer, asked: bool) -> bool:
    """Whether a group may ask for two more minutes now: from the notice two minutes before the end
    on, while its time can still be changed."""
    notice = -TWO_MINUTES * timing.SECOND
    return not asked and timing.rung_at(timer, notice) and timing.may_extend(timer, EXTENSIONS)

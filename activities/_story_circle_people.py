"""What people coming and going does to a story circle, and who may sit where."""

from activities import grouping, groups, people, turns
from activities._story_circle_commands import (
    GroupJoin,
    HostTake,
)
from activities._story_circle_events import (
    CircleSplit,
    HostChosen,
    ReadyChanged,
    SeatPlaced,
    SeatUnplaced,
    SeatWaits,
)
from activities._story_circle_flow import (
    LARGEST,
    LEAST_HOSTED,
    Unfolding,
    arrive,
    end_circle,
    knock,
    leave_circle,
    new_host,
    other,
    repair,
)
from activities._story_circle_state import (
    circle,
    circle_of,
    hosted,
    largest,
    named,
    placeable,
    seating,
    waiting,
)
from activities.blocks import say
from activities.groups import DoorAdmit, GroupMerge, GroupMove, GroupReady, GroupSplit
from activities.kernel import (
    Member,
    MemberAway,
    Moment,
    Refused,
)
from activities.people import PeopleCommand


def come_and_go(story: Unfolding, command: PeopleCommand) -> None:
    """What the room's news about one person does to circles."""
    for news in people.decide(story.state.members, command):
        story.add(news)
        match news:
            case people.PersonCame(member=member):
                _came(story, member)
            case people.PersonBack(seat=seat):
                _returned(story, seat)
            case people.PersonAway(seat=seat) if isinstance(command, MemberAway):
                _away(story, seat, command.seen)
            case people.PersonLeft(seat=seat):
                leave_circle(story, seat)
            case _:
                pass


def _came(story: Unfolding, member: Member) -> None:
    """Somebody came in, or is now dealt in or out."""
    one = circle_of(story.state, member.seat)
    if one is not None and not placeable(member):
        leave_circle(story, member.seat)
    else:
        _returned(story, member.seat)


def _returned(story: Unfolding, seat: str) -> None:
    """The same person is back: same circle, same place (G9)."""
    if circle_of(story.state, seat) is None:
        arrive(story, seat)
    else:
        heal(story, seat)


def _away(story: Unfolding, seat: str, seen: int) -> None:
    """A line dropped: a teller's time stands still from the last heartbeat on."""
    one = circle_of(story.state, seat)
    if one is not None:
        story.add(*turns.away(one.round, seat, seen, story.now, one.id))


def heal(story: Unfolding, seat: str) -> None:
    """The round of `seat`'s circle knows whether they are here."""
    one = circle_of(story.state, seat)
    if one is None:
        return
    if story.state.members[seat].here:
        story.add(*turns.back(one.round, seat, story.now, one.id))
    else:
        story.add(*turns.away(one.round, seat, story.now, story.now, one.id))


def agree_with_presence(story: Unfolding) -> None:
    """After a phase was taken back: circles are as they were left, people as they are now."""
    for one in story.state.circles:
        for seat in one.seats:
            if seat not in story.state.members:
                leave_circle(story, seat)
            elif seat in one.round.status:
                heal(story, seat)
    for seat in tuple(story.state.members):
        arrive(story, seat)


def admit(story: Unfolding, command: DoorAdmit, moment: Moment, facilitator: bool) -> None:
    """Let somebody in at the next breath: facilitators anywhere, a host to the own circle."""
    wait = waiting(story.state, command.seat)
    if wait is None:
        raise Refused("stale_seat")
    one = circle(story.state, wait.group)
    if one is None:
        raise Refused("full")
    if not facilitator and one.host != moment.seat:
        raise Refused("not_allowed")
    if wait.admitted:
        raise Refused("duplicate")
    story.add(SeatWaits(at=story.now, group=one.id, seat=wait.seat, admitted=True))
    knock(story, one.id)


def move(story: Unfolding, command: GroupMove) -> None:
    """Facilitators move somebody while circles form and settle, or send one who waits to another
    door."""
    state = story.state
    source = groups.ensure_move(seating(state), command, state.members, largest(state))
    target = story.circle(command.to)
    if not source:
        story.add(SeatWaits(at=story.now, group=target.id, seat=command.seat, admitted=True))
        if target.stage == "settle":
            story.add(SeatPlaced(at=story.now, group=target.id, seat=command.seat))
        else:
            knock(story, target.id)
        return
    one = story.circle(source)
    if one.stage != "settle" or target.stage != "settle":
        raise Refused("not_allowed")
    story.add(SeatUnplaced(at=story.now, group=one.id, seat=command.seat))
    story.add(SeatPlaced(at=story.now, group=target.id, seat=command.seat))
    if one.host == command.seat:
        story.add(HostChosen(at=story.now, group=one.id, seat=""))
    repair(story, one.id)


def merge(story: Unfolding, command: GroupMerge) -> None:
    """Facilitators let a circle join another one: at once while both settle, else at its next
    breath, with the time a teller has left (SC4)."""
    groups.ensure_merge(seating(story.state), command, LARGEST)
    one, into = story.circle(command.group), story.circle(command.into)
    if "done" in (one.stage, into.stage) or (one.stage == "settle") != (into.stage == "settle"):
        raise Refused("not_allowed", say("Circles join while both settle, or while both tell."))
    end_circle(story, one.id, into.id)


def split(story: Unfolding, command: GroupSplit, moment: Moment) -> None:
    """Facilitators make two circles of one, while it settles."""
    state = story.state
    _, going = groups.halves(seating(state), command, state.members, moment.dice)
    one = story.circle(command.group)
    if one.stage != "settle":
        raise Refused("not_allowed", say("A circle that tells stays together."))
    host = grouping.host([state.members[seat] for seat in going if seat in state.members])
    new = f"c{len(state.circles) + 1}"
    story.add(CircleSplit(at=story.now, group=one.id, new=new, seats=going, host=host))
    if one.host in going:
        found = new_host(story.state, one.id)
        story.add(HostChosen(at=story.now, group=one.id, seat=found))


def join(story: Unfolding, command: GroupJoin, moment: Moment, facilitator: bool) -> None:
    """A circle that fell to two joins another one."""
    one = circle(story.state, command.group)
    if one is None or not one.seats:
        raise Refused("unknown")
    if not facilitator and one.host != moment.seat:
        raise Refused("not_allowed")
    into = other(story.state, one.id)
    if len(one.seats) > LEAST_HOSTED or one.stage == "done" or not into:
        raise Refused("not_allowed")
    end_circle(story, one.id, into)


def ready(story: Unfolding, command: GroupReady, moment: Moment) -> None:
    """The host says it; where nobody hosts, anybody of the circle."""
    one = named(story.state, command.group, moment.seat)
    if one is None or moment.seat not in one.seats:
        raise Refused("unknown")
    if hosted(story.state, one) and one.host != moment.seat:
        raise Refused("not_allowed")
    if one.ready == command.ready:
        raise Refused("duplicate")
    story.add(ReadyChanged(at=story.now, group=one.id, ready=command.ready))


def take_host(story: Unfolding, command: HostTake, moment: Moment) -> None:
    """Anybody of a circle without a host may look after it."""
    one = circle(story.state, command.group)
    if one is None or moment.seat not in one.seats:
        raise Refused("unknown")
    if hosted(story.state, one):
        raise Refused("duplicate")
    story.add(HostChosen(at=story.now, group=one.id, seat=moment.seat))

"""Who takes part in an activity and whose line is up: the room's news as events
(`methods.md` 1.2).

Observers, interpreters and screens do not take part. An activity keeps `People` in its state,
answers the room's commands with `decide` (adding what follows in its own groups and rounds) and
hands person events to `evolve`.
"""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from msgspec.structs import replace

from activities.kernel import (
    Event,
    Member,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
)

People = Mapping[str, Member]
"""Seat -> the person, in the order they came."""

PeopleCommand = MemberJoined | MemberAway | MemberBack | MemberLeft | MemberChanged


class PersonEvent(Event, frozen=True, kw_only=True):
    """Something about one person."""


class PersonCame(PersonEvent, frozen=True, kw_only=True, tag="person.came"):
    """Somebody is here, or their record changed."""

    member: Member


class PersonAway(PersonEvent, frozen=True, kw_only=True, tag="person.away"):
    """A line dropped."""

    seat: str


class PersonBack(PersonEvent, frozen=True, kw_only=True, tag="person.back"):
    """And is there again."""

    seat: str


class PersonLeft(PersonEvent, frozen=True, kw_only=True, tag="person.left"):
    """Somebody left, or takes part no more."""

    seat: str


EVENTS: Final[tuple[type[Event], ...]] = (PersonCame, PersonAway, PersonBack, PersonLeft)


def of(members: Iterable[Member]) -> People:
    """Everybody among `members` who takes part."""
    return {member.seat: member for member in members if not member.observer}


def decide(people: People, command: PeopleCommand) -> tuple[PersonEvent, ...]:
    """What the room's news means here; nothing for people who do not take part.

    A changed record keeps presence as it is known here: only away and back change that.
    """
    match command:
        case MemberJoined(member=member) | MemberChanged(member=member):
            old = people.get(member.seat)
            if member.observer:
                return (PersonLeft(seat=member.seat),) if old is not None else ()
            if old is not None and isinstance(command, MemberChanged):
                member = replace(member, here=old.here)
            return (PersonCame(member=member),)
        case MemberAway(seat=seat):
            return (PersonAway(seat=seat),) if seat in people else ()
        case MemberBack(seat=seat):
            return (PersonBack(seat=seat),) if seat in people else ()
        case MemberLeft(seat=seat):
            return (PersonLeft(seat=seat),) if seat in people else ()
        case _:
            assert_never(command)


def evolve(people: People, event: PersonEvent) -> People:
    """The people after `event`; total."""
    match event:
        case PersonCame(member=member):
            return {**people, member.seat: member}
        case PersonLeft(seat=seat):
            return {other: member for other, member in people.items() if other != seat}
        case PersonAway(seat=seat) | PersonBack(seat=seat) if seat in people:
            member = replace(people[seat], here=isinstance(event, PersonBack))
            return {**people, seat: member}
        case _:
            return people


def here(people: People) -> tuple[str, ...]:
    """Seats whose line is up."""
    return tuple(seat for seat, member in people.items() if member.here)


def placeable(people: People) -> tuple[Member, ...]:
    """Who is dealt into groups: here, and no facilitator (a facilitator who taps *deal me in*
    comes from the room as a plain member)."""
    return tuple(m for m in people.values() if m.here and not m.facilitator)

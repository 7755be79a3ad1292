"""Who asks for something, when, and what the room knows beside its log.

The one value every decider of the room gets beside the draft; `Room` makes one for each command.
"""

from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from activities.kernel import Member, MemberChanged, MemberJoined, Moment, Refused
from rooms import commits
from rooms.hats import autopilot, facilitators, roles_of
from rooms.memo_source import ProseText
from rooms.presence import Presence
from rooms.seats import Seat, member
from rooms.whole import Draft
from rooms.words import Mint

Card = tuple[str, str]
"""Document (without the room's prefix) and card id."""


class Known(msgspec.Struct, frozen=True):
    """What the room looked up before it decides, because no decider can read it.

    `memo_ready`: whether the memo can be sent; `memo_waiting`: seats whose quotes wait in it;
    `places`: what stands where in it, by source id; `sections`: all it has; `prose` and
    `questions`: what facilitators wrote in it, by place and by theme;
    `nonce`: of the code that takes a seat to another phone; `recent` and `cards`:
    what the seat a command is about made or changed of late, and all of it; `photo`: the picture
    a command names, if the asking seat sent it; `original`: the mark of what stands on the card
    a rendering is for.
    """

    memo_ready: bool = False
    memo_waiting: tuple[str, ...] = ()
    places: Mapping[str, str] = {}
    sections: tuple[str, ...] = ()
    prose: Mapping[str, ProseText] = {}
    questions: Mapping[str, str] = {}
    nonce: str = ""
    recent: tuple[Card, ...] = ()
    cards: tuple[Card, ...] = ()
    photo: str = ""
    original: str = ""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One command's sender and circumstances. `now` in ms; `entered_by` is the seat whose device
    it came from when that is another one.

    `new_id` never repeats; `new_key` keeps the key of an activity's tokens and gives its
    reference; `adopting` makes the code of a device lost since then.
    """

    seat: Seat
    device: str
    entered_by: str
    now: int
    dice: int
    presence: Presence
    mint: Mint
    new_id: Callable[[], str]
    new_key: Callable[[], str]
    adopting: Callable[[str, int], str]
    known: Known

    def moment(self, draft: Draft) -> Moment:
        """The moment of the command, of who sent it."""
        return moment_of(draft, self.seat, self.now, self.dice)

    def clock(self, draft: Draft) -> Moment:
        """The same moment, of nobody."""
        return moment_of(draft, None, self.now, self.dice)

    def present(self, draft: Draft) -> frozenset[str]:
        """Seats of those who may lead and are here."""
        return frozenset(s.id for s in facilitators(draft.room) if self.presence.here(s.id))

    def ensure_facilitator(self) -> None:
        """Raises `Refused` for everybody else."""
        if self.seat.role != "facilitator":
            raise Refused("not_allowed")

    def tell_changed(self, draft: Draft, id: str) -> None:
        """Tell the running activity that somebody's record changed."""
        seat = draft.room.seats[id]
        if seat.status == "in":
            who = member_of(draft, seat, self.presence)
            draft.tell_current(MemberChanged(member=who), self.clock(draft))

    def let_in(self, draft: Draft, who: Seat) -> None:
        """Somebody is in again, or was let in at the door."""
        since = self.now if who.status == "waiting" else who.joined
        seat = replace(who, status="in", joined=since)
        draft.add(commits.SeatChanged(seat=seat))
        joined = MemberJoined(member=member_of(draft, seat, self.presence))
        draft.tell_current(joined, self.clock(draft))
        if who.status != "waiting" or not who.devices:
            return
        company = draft.room.device_by_id(who.devices[0]).seats
        # Whoever sat alone at this device until now sits at a table with them.
        mates = [id for id in company if id != who.id and draft.room.seats[id].status == "in"]
        if len(mates) == 1:
            self.tell_changed(draft, mates[0])


def moment_of(draft: Draft, seat: Seat | None, now: int, dice: int) -> Moment:
    """The moment an activity sees: of a seat, or of the clock (None)."""
    state = draft.room
    roles = frozenset({"clock"}) if seat is None else roles_of(state, seat)
    return Moment(
        seat=seat.id if seat else "",
        roles=roles,
        now=now,
        dice=dice,
        epoch=state.lead.epoch,
        autopilot=autopilot(state),
    )


def members_of(draft: Draft, presence: Presence) -> tuple[Member, ...]:
    """Everyone an activity is told about when it starts."""
    return tuple(
        member_of(draft, s, presence)
        for s in draft.room.seats.values()
        if s.status == "in" and s.person
    )


def member_of(draft: Draft, seat: Seat, presence: Presence) -> Member:
    """A seat as the activities see it; people in the hall who share a device sit at one table (who
    is on the phone sits nowhere near whoever speaks for them)."""
    table = ""
    if seat.devices and seat.where != "phone":
        company = draft.room.device_by_id(seat.devices[0]).seats
        others = (draft.room.seats[id] for id in company)
        if sum(one.where != "phone" and one.status != "waiting" for one in others) > 1:
            table = seat.devices[0]
    kept = draft.room.words.get(seat.organisation)
    organisation = kept.digest if kept else ""
    return member(seat, here=presence.here(seat.id), table=table, organisation=organisation)

"""Whose seat is on which device, and who heard a yes aloud: what the room decides in a hall.

A seat goes from one device to another in three ways: its person takes it along (`seat.move`, then
`Hub.take_over` on the other device), a table whose device is lost is adopted, or a facilitator
speaks for somebody on the phone (`methods.md` 1.1, 1.2, 1.8, 1.13).
"""

from collections.abc import Callable
from functools import partial
from typing import Final, assert_never

from msgspec.structs import replace

from activities.blocks import Who, say
from activities.kernel import Refused, Where
from rooms import commits, wire_hall
from rooms import whole as wholes
from rooms.asking import Asking
from rooms.doors import same
from rooms.hall_events import MOVE_WINDOW, CallSet, ConsentHeard, SeatKept, SeatMoved, SeatOffered
from rooms.presence import Presence
from rooms.room_state import RoomState
from rooms.seats import SEATS_PER_DEVICE, Seat
from rooms.whole import Activities, Draft, Whole
from rooms.wire_hall import Table
from rooms.words_state import WordsConsent

STEWARD_GRACE: Final = 60_000
"""Milliseconds a lost table device may take to come back before its people can be adopted
(`methods.md` 1.2)."""

OWN_LINK: Final = say("Facilitators take their seat along with their own link. Keep it secret.")
NO_TABLE: Final = say("No table that lost its device has this code. Look at it once more.")
NOT_YET: Final = say("The device may still come back. A minute after it was lost this code works.")
NOT_IN_HALL: Final = say("Only a device in the hall can take over a table.")
NOT_OURS: Final = say(
    "A participant's device has to take them over: what they wrote for themselves comes along."
)
TABLE_FULL: Final = say("This device would carry more than {most} people.", most=SEATS_PER_DEVICE)
OWN_DEVICE: Final = say("They have a device of their own and speak for themselves.")
HEARD_AGAIN: Final = say("They have answered again since. Listen to that answer.")
SECOND_PERSON: Final = say(
    "Somebody else has to confirm it: at the same table, who looks after the circle,"
    " or a facilitator."
)


def decide(draft: Draft, command: wire_hall.HallCommand, asking: Asking) -> None:
    """Decide a command of the hall. Raises `Refused`."""
    match command:
        case wire_hall.SeatMove():
            _offer(draft, asking)
        case wire_hall.SeatStay():
            if draft.room.hall.offer(asking.seat.id, asking.now) is None:
                raise Refused("duplicate")
            draft.add(SeatKept(seat=asking.seat.id))
        case wire_hall.SeatAdopt():
            _adopt(draft, command, asking)
        case wire_hall.SeatCarry():
            _carry(draft, command, asking)
        case wire_hall.SeatWhere():
            _change_place(draft, command, asking)
        case wire_hall.ConsentHear():
            _hear(draft, command, asking)
        case wire_hall.RoomCall():
            words = command.link.ref if command.link else ""
            if not words and not draft.room.hall.call:
                raise Refused("duplicate")
            draft.add(CallSet(words=words))
        case _:
            assert_never(command)


# --- seats that go to another device ------------------------------------------------------------


def may_move(seat: Seat) -> bool:
    """Whether a code may take this seat to another device: never one that was removed meanwhile,
    nor a facilitator's, which has its own link."""
    return seat.status in ("in", "left") and seat.role != "facilitator"


def _offer(draft: Draft, asking: Asking) -> None:
    if not may_move(asking.seat):
        raise Refused("not_allowed", OWN_LINK)
    if draft.room.hall.offer(asking.seat.id, asking.now) is not None:
        raise Refused("duplicate")
    until = asking.now + MOVE_WINDOW
    draft.add(SeatOffered(seat=asking.seat.id, nonce=asking.known.nonce, until=until))


def taken_over(
    draft: Draft, seat_id: str, device: str, digest: str, tell: Callable[[str], None]
) -> None:
    """The seat goes to `device` (new with a token's `digest`). `tell` is called with every seat
    whose table changed. Raises `Refused` when the device carries nine already."""
    seat = draft.room.seats[seat_id]
    company = () if digest else draft.room.device_by_id(device).seats
    if seat_id not in company and len(company) >= SEATS_PER_DEVICE:
        raise Refused("full", TABLE_FULL)
    before = [other for old in seat.devices for other in draft.room.device_by_id(old).seats]
    draft.add(
        SeatMoved(seat=seat_id, device=device, where=place(seat, bool(company)), digest=digest)
    )
    after = draft.room.device_by_id(device).seats
    for other in dict.fromkeys((*before, *after)):
        if draft.room.seats[other].status == "in":
            tell(other)


def place(seat: Seat, shared: bool) -> Where:
    """Where somebody is once their seat went to an own device, or to a shared one."""
    if seat.where == "phone":
        return "phone" if shared else "remote"
    if shared:
        return "carried"
    return "room" if seat.where == "carried" else seat.where


def _adopt(draft: Draft, command: wire_hall.SeatAdopt, asking: Asking) -> None:
    state = draft.room
    code = "".join(sign for sign in command.code.upper() if sign.isalnum())
    for device, stranded in lost_tables(state, asking.presence).items():
        since = max(asking.presence.since(seat) for seat in stranded)
        if not same(code, asking.adopting(device, since).replace("-", "")):
            continue
        if asking.seat.where not in ("room", "carried"):
            raise Refused("not_allowed", NOT_IN_HALL)
        company = state.device_by_id(asking.device).seats
        if any(state.seats[seat].role == "facilitator" for seat in company):
            raise Refused("not_allowed", NOT_OURS)  # private drafts come along
        if asking.now < since + STEWARD_GRACE:
            raise Refused("not_allowed", NOT_YET)
        if len(company) + len(stranded) > SEATS_PER_DEVICE:
            raise Refused("full", TABLE_FULL)
        for seat in stranded:
            taken_over(draft, seat, asking.device, "", partial(asking.tell_changed, draft))
        return
    raise Refused("unknown", NO_TABLE)


def lost_tables(state: RoomState, presence: Presence) -> dict[str, tuple[str, ...]]:
    """Shared devices nothing is heard of, with the people who are stranded: those without another
    device. Facilitators have their own link, and people on the phone are taken by `seat.carry`."""
    found: dict[str, tuple[str, ...]] = {}
    for device, people in shared_devices(state).items():
        stranded = tuple(
            seat
            for seat in people
            if state.seats[seat].devices == (device,)
            and state.seats[seat].role != "facilitator"
            and state.seats[seat].where != "phone"
        )
        if stranded and not any(presence.here(seat) for seat in people):
            found[device] = stranded
    return found


def shared_devices(state: RoomState) -> dict[str, tuple[str, ...]]:
    """Devices that speak for more than one person who is in, each with them."""
    found: dict[str, tuple[str, ...]] = {}
    for device, ids in state.devices.items():
        here = (state.seats[id] for id in ids)
        people = tuple(seat.id for seat in here if seat.status == "in" and seat.person)
        if len(people) > 1:
            found[device] = people
    return found


def tables(
    state: RoomState, presence: Presence, adopting: Callable[[str, int], str]
) -> tuple[Table, ...]:
    """The shared devices as facilitators see them, with the code of each that is lost."""
    lost = lost_tables(state, presence)
    made: list[Table] = []
    for device, people in shared_devices(state).items():
        since = max((presence.since(seat) for seat in lost.get(device, ())), default=0)
        made.append(
            Table(
                steward=people[0],
                name=Who(people[0]),
                seats=people,
                lost_since=since,
                adopt_from=since + STEWARD_GRACE if since else 0,
                code=adopting(device, since) if since else "",
            )
        )
    return tuple(made)


def _carry(draft: Draft, command: wire_hall.SeatCarry, asking: Asking) -> None:
    seat = draft.room.seats.get(command.seat)
    asking.ensure_facilitator()
    if seat is None or seat.status != "in" or seat.where != "phone":
        raise Refused("unknown")
    if seat.devices == (asking.device,):
        raise Refused("duplicate")
    if not is_carried(draft.room, seat):
        raise Refused("not_allowed", OWN_DEVICE)
    taken_over(draft, seat.id, asking.device, "", partial(asking.tell_changed, draft))


def is_carried(state: RoomState, seat: Seat) -> bool:
    """Whether every device that speaks for this seat is somebody else's."""
    return all(state.device_by_id(device).seats[:1] != (seat.id,) for device in seat.devices)


def _change_place(draft: Draft, command: wire_hall.SeatWhere, asking: Asking) -> None:
    if asking.seat.where == command.where:
        raise Refused("duplicate")
    if is_carried(draft.room, asking.seat):
        raise Refused("not_allowed")  # without an own device one is where the table is
    draft.add(commits.SeatChanged(seat=replace(asking.seat, where=command.where)))
    asking.tell_changed(draft, asking.seat.id)


# --- a yes said aloud ---------------------------------------------------------------------------


def unheard(state: RoomState, seat: str) -> dict[str, WordsConsent]:
    """Words whose owner `seat` said yes aloud and nobody has confirmed so far."""
    return {
        ref: known for ref, known in state.consents.items() if known.seat == seat and known.unheard
    }


def answer_of(waiting: dict[str, WordsConsent]) -> int:
    """The number of the answer that waits: the newest of its words'."""
    return max((known.answer for known in waiting.values()), default=0)


def may_hear(whole: Whole, activities: Activities, by: Seat, owner: str) -> bool:
    """Whether `by` may be the second person for `owner`: at the same device, the host of their
    group, or a facilitator; never the owner, nor whoever pressed the button."""
    state = whole.room
    waiting = unheard(state, owner)
    if by.id == owner or any(known.entered_by == by.id for known in waiting.values()):
        return False
    if by.status != "in" or not by.person or by.role in ("observer", "interpreter"):
        return False
    if by.role == "facilitator":
        return True
    if set(by.devices) & set(state.seats[owner].devices):
        return True
    id = wholes.current(whole, activities)
    if not id:
        return False
    here = whole.running[id]
    activity = activities[here.kind]
    together = any({owner, by.id} <= set(group.members) for group in activity.groups(here.state))
    return together and "host" in activity.roles(here.state, by.id, frozenset({"member"}))


def _hear(draft: Draft, command: wire_hall.ConsentHear, asking: Asking) -> None:
    if command.seat not in draft.room.seats:
        raise Refused("unknown")
    waiting = unheard(draft.room, command.seat)
    if not waiting:
        raise Refused("duplicate")
    if command.answer != answer_of(waiting):
        raise Refused("stale_turn", HEARD_AGAIN)
    whole = Whole(draft.room, draft.running)
    if not may_hear(whole, draft.activities, asking.seat, command.seat):
        raise Refused("not_allowed", SECOND_PERSON)
    draft.add(ConsentHeard(seat=command.seat, by=asking.seat.id, words=tuple(waiting)))

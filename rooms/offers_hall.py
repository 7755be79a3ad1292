"""What a seat may ask of the hall: take the seat along, adopt a table, confirm a yes, set the call.

Beside the offers, the blocks the room itself adds to a screen: the call, and what a spoken yes
waits for.
"""

from msgspec.structs import replace

from activities.blocks import AnyBlock, Call, Need, Note, Offer, Option, View, Who, Words, say
from activities.kernel import Group, Lens
from rooms import whole as wholes
from rooms import wire_hall
from rooms.call import CALL_LIMIT, EVERYONE, labelled
from rooms.hall_desk import answer_of, is_carried, may_hear, unheard
from rooms.offers import Standing
from rooms.seats import Seat
from rooms.whole import Activities, Whole

NO_WORDS = Words("")
IN_HALL = ("room", "carried")


def hall_offers(
    whole: Whole, activities: Activities, seat: Seat, roles: frozenset[str], standing: Standing
) -> tuple[Offer, ...]:
    """The hall's offers to a seat that is in."""
    state = whole.room
    owners = sorted({known.seat for known in state.consents.values() if known.unheard})
    offers = [
        _hear(owner, answer_of(unheard(state, owner)))
        for owner in owners
        if may_hear(whole, activities, seat, owner)
    ]
    if roles & {"lead", "co"}:
        offers += _facilitator_offers(whole, seat)
    if roles & {"member", "lead", "co"}:
        offers += _place_offers(whole, seat, standing)
    return tuple(offers)


def _hear(owner: str, answer: int) -> Offer:
    return Offer(
        command=wire_hall.ConsentHear(seat=owner, answer=answer),
        label=say("I heard {name} say yes", name=Who(owner)),
        place="foot",
        hint=say("The words were read back, and {name} answered aloud.", name=Who(owner)),
    )


def _place_offers(whole: Whole, seat: Seat, standing: Standing) -> list[Offer]:
    state = whole.room
    offers: list[Offer] = []
    if seat.role != "facilitator":
        if state.hall.offer(seat.id, standing.now) is None:
            offers.append(
                Offer(
                    command=wire_hall.SeatMove(),
                    label=say("Take my seat to another phone"),
                    place="menu",
                    hint=say("Your turn, words and choices come along."),
                )
            )
        else:
            stay = say("Stay on this device")
            offers.append(Offer(command=wire_hall.SeatStay(), label=stay, place="menu"))
    carried = is_carried(state, seat)
    if seat.where in IN_HALL and standing.lost and seat.role != "facilitator":
        offers.append(
            Offer(
                command=wire_hall.SeatAdopt(code=""),
                label=say("Take over a table that lost its device"),
                place="menu",
                needs={
                    "code": Need(
                        kind="text",
                        label=say("Code of the table; a facilitator reads it out"),
                        limit=wire_hall.CODE_LIMIT,
                    )
                },
            )
        )
    if not carried:
        places = [option for option in WHERE if option.value != seat.where]
        offers.append(
            Offer(
                command=wire_hall.SeatWhere(where="room"),
                label=say("Change where I am"),
                place="menu",
                needs={
                    "where": Need(kind="choice", label=say("Where are you?"), options=tuple(places))
                },
            )
        )
    return offers


WHERE = (
    Option(value="remote", label=say("Online"), picture="device"),
    Option(value="room", label=say("In the hall"), picture="hall"),
    Option(value="phone", label=say("On a call"), picture="call"),
)


def _facilitator_offers(whole: Whole, seat: Seat) -> list[Offer]:
    state = whole.room
    epoch = state.lead.epoch
    offers = [
        Offer(
            command=wire_hall.RoomCall(epoch=epoch, link=NO_WORDS),
            label=say("Set the call"),
            place="menu",
            needs={
                "link": Need(
                    kind="text",
                    label=say(
                        "Link of the call. {places} become names nobody can guess.",
                        places="{room}, {group}",
                    ),
                    limit=CALL_LIMIT,
                )
            },
        )
    ]
    if state.hall.call:
        offers.append(
            Offer(
                command=wire_hall.RoomCall(epoch=epoch),
                label=say("Show no call any more"),
                place="menu",
            )
        )
    if seat.role == "facilitator":
        offers += [
            Offer(
                command=wire_hall.SeatCarry(epoch=epoch, seat=one.id),
                label=say("Speak for {name}, who is on the phone", name=Who(one.id)),
                place="menu",
            )
            for one in state.seats.values()
            if one.status == "in"
            and one.where == "phone"
            and is_carried(state, one)
            and not set(one.devices) & set(seat.devices)
        ]
    return offers


def with_hall(
    view: View, whole: Whole, activities: Activities, seat: Seat, lens: Lens, standing: Standing
) -> View:
    """The view with what the room adds: the call of this place, and what a spoken yes waits for."""
    if lens == "screen" or seat.status != "in":
        return view
    more: list[AnyBlock] = []
    if (call := call_of(whole, activities, seat, standing)) is not None:
        more.append(call)
    if seat.role == "facilitator":
        more += calls_for_help(whole, activities, standing)
    if unheard(whole.room, seat.id):
        text = say("It counts when a second person confirms that they heard you say it.")
        title = say("Your yes was written down.")
        more.append(Note(text=text, tone="private", title=title))
    return replace(view, blocks=(*view.blocks, *more)) if more else view


def call_of(whole: Whole, activities: Activities, seat: Seat, standing: Standing) -> Call | None:
    """The call of the group this seat is among now, else everybody's. Where all sit in the hall
    nobody needs one (`methods.md` 1.9)."""
    if not whole.room.hall.call:
        return None
    group = meeting(whole, activities, seat.id)
    seats = whole.room.seats
    members = group.members if group else [id for id, one in seats.items() if one.person]
    if all(seats[id].where in IN_HALL for id in members if seats[id].status == "in"):
        return None
    if (url := standing.call(group.id if group else EVERYONE)) == "":
        return None
    # A template without {group} makes one call for all.
    alone = group is not None and url != standing.call(EVERYONE)
    return Call(url=url, label=labelled(alone=alone, hall=seat.where in IN_HALL))


def calls_for_help(whole: Whole, activities: Activities, standing: Standing) -> list[Call]:
    """The calls of groups somebody of which asked for help: only then may a facilitator come in."""
    if not whole.room.hall.call or not whole.room.help:
        return []
    found: dict[str, Group] = {}
    for seat in whole.room.help:
        if (group := meeting(whole, activities, seat)) is not None:
            found[group.id] = group
    return [
        Call(url=url, label=say("Open the call of {group}, who ask for help", group=group.name))
        for id, group in found.items()
        if (url := standing.call(id)) not in ("", standing.call(EVERYONE))
    ]


def meeting(whole: Whole, activities: Activities, seat: str) -> Group | None:
    """The group in which this seat is among its own now."""
    if not (id := wholes.current(whole, activities)):
        return None
    prefix = f"{id}-"
    return next(
        (
            group
            for group in wholes.groups(whole, activities)
            if group.meeting
            and not group.closed
            and group.id.startswith(prefix)
            and seat in group.members
        ),
        None,
    )

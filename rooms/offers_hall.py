"""What a seat may ask of the hall: take the seat along, adopt a table, confirm a yes, set the call.

Beside the offers, the blocks the room itself adds to a screen: the call, and what a spoken yes
waits for.
"""

from msgspec.structs import replace

from activities.blocks import Need, Note, Offer, Option, View, Who, Words, say
from activities.kernel import Lens
from rooms import wire_hall
from rooms.call import CALL_LIMIT
from rooms.hall_desk import answer_of, is_carried, may_hear, unheard
from rooms.offers import Standing
from rooms.seats import Seat
from rooms.whole import Activities, Whole

NO_WORDS = Words("")


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
    if seat.where in ("room", "carried") and standing.lost:
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
                label=say("I am somewhere else now"),
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
            label=say("Set where we talk"),
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


def with_hall(view: View, whole: Whole, seat: Seat, lens: Lens) -> View:
    """The view with what the room adds: what a spoken yes waits for."""
    if lens == "screen" or not unheard(whole.room, seat.id):
        return view
    note = Note(
        text=say("It counts when a second person confirms that they heard you say it."),
        tone="private",
        title=say("Your yes was written down."),
    )
    return replace(view, blocks=(*view.blocks, note))

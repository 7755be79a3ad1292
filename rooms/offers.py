"""What a seat may ask of the room itself, beside its activity: the offers every view ends with."""

from collections.abc import Callable

from activities.blocks import Cards, Need, Offer, Option, View, Who, Words, say
from activities.kernel import Lens
from rooms import memo_states, wire, wire_board
from rooms.agenda import next_item, title_line
from rooms.hats import facilitators
from rooms.lead import may_take, may_volunteer
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.wire_hall import Table

NO_WORDS = Words("")


class Standing:
    """What the offers depend on besides the state: presence, the time, and what runs."""

    @property
    def lost(self) -> bool:
        """Whether a shared device is lost."""
        return any(table.code for table in self.tables)

    def __init__(
        self,
        *,
        here: Callable[[str], bool],
        since: Callable[[str], int],
        now: int,
        running: bool,
        token: Callable[[str, str], str] = lambda _activity, _seat: "",
        tables: tuple[Table, ...] = (),
        call: Callable[[str], str] = lambda _group: "",
    ) -> None:
        self.here = here
        self.tables = tables  # shared devices
        self.call = call  # group ("" for everybody) -> the link of its call, "" for none
        self.since = since
        self.now = now
        self.running = running
        self.token = token  # of a seat in an activity (`unnamed.py`)


def room_offers(
    state: RoomState, seat: Seat, roles: frozenset[str], lens: Lens, standing: Standing
) -> tuple[Offer, ...]:
    """The room's own offers to a seat, main first."""
    if lens == "screen" or not roles:
        return ()
    offers: list[Offer] = []
    if lens == "panel" or "lead" in roles:
        offers += _running_offers(state, roles, standing)
    if roles & {"lead", "co"}:
        offers += _facilitator_offers(state, seat, roles, standing)
    offers += _lead_offers(state, seat, roles, standing)
    offers += _member_offers(state, seat, roles)
    return tuple(offers)


def _running_offers(state: RoomState, roles: frozenset[str], standing: Standing) -> list[Offer]:
    if "lead" not in roles:
        return []
    epoch = state.lead.epoch
    if standing.running:
        return []
    item = next_item(state)
    if item is None:
        return []
    title = title_line(item)
    return [
        Offer(
            command=wire.ActivityStart(epoch=epoch, item=item.id),
            label=say("Start: {activity}", activity=title),
            place="main",
        ),
        Offer(
            command=wire.ActivitySkip(epoch=epoch, item=item.id),
            label=say("Leave out: {activity}", activity=title),
            place="menu",
            confirm=say("It stays in the plan, marked as left out."),
        ),
    ]


def _seat_need(seats: list[Seat]) -> Need:
    options = tuple(Option(value=s.id, label=say("{name}", name=Who(s.id))) for s in seats)
    return Need(kind="seat", label=say("Who?"), options=options)


def _facilitator_offers(
    state: RoomState, seat: Seat, roles: frozenset[str], standing: Standing
) -> list[Offer]:
    epoch = state.lead.epoch
    text = Need(kind="text", limit=wire.TEXT_LIMIT)
    offers = [
        Offer(
            command=wire.DeskSay(text=NO_WORDS),
            label=say("Write to the facilitators"),
            place="menu",
            needs={"text": text},
            shown=False,
        ),
        Offer(
            command=wire.RoomSay(epoch=epoch, text=NO_WORDS),
            label=say("Say to everyone"),
            place="menu",
            needs={"text": Need(kind="text", label=say("One line for every screen"), limit=280)},
        ),
        Offer(
            command=wire.DoorClose(epoch=epoch) if state.door else wire.DoorOpen(epoch=epoch),
            label=say("Close the door") if state.door else say("Open the door"),
            place="menu",
        ),
        Offer(
            command=wire.SeatDealIn(dealt_in=not seat.dealt_in),
            label=say("Only facilitate") if seat.dealt_in else say("Take part as well"),
            place="menu",
        ),
    ]
    offers += [
        Offer(
            command=wire.HelpAnswer(epoch=epoch, seat=asked),
            label=say("Seen"),
            place="menu",
            shown=False,
        )
        for asked in state.help
    ]
    unsent = memo_states.writable(state) or any(state.changed_since_sent)
    if "lead" in roles and state.started and not standing.running and unsent:
        offers.append(
            Offer(
                command=wire.MemoSend(epoch=epoch),
                label=say("Send the new version")
                if state.sent
                else say("Send the memo to everyone"),
                place="menu",
                confirm=say("Everyone finds it at the link they came in with."),
                shown=False,
            )
        )
    if "lead" in roles:
        offers += _people_offers(state, seat)
    return offers


def _people_offers(state: RoomState, seat: Seat) -> list[Offer]:
    """What the lead may do about others' seats."""
    people = [s for s in state.seats.values() if s.status == "in" and s.person]
    members = [s for s in people if s.role == "participant"]
    others = [s for s in people if s.id != seat.id]
    epoch = state.lead.epoch
    offers: list[Offer] = []
    if members:
        offers.append(
            Offer(
                command=wire.SeatRole(epoch=epoch, seat="", role="facilitator"),
                label=say("Make someone co-facilitator"),
                place="menu",
                needs={"seat": _seat_need(members)},
            )
        )
    if others:
        offers.append(
            Offer(
                command=wire.SeatRemove(epoch=epoch, seat=""),
                label=say("Remove someone"),
                place="menu",
                needs={"seat": _seat_need(others)},
                confirm=say("They lose their place and their screen closes."),
            )
        )
    return offers


def _lead_offers(
    state: RoomState, seat: Seat, roles: frozenset[str], standing: Standing
) -> list[Offer]:
    lead = state.lead
    if "lead" in roles:
        return _holding_offers(state, seat, standing)
    offers: list[Offer] = []
    if lead.offered_to == seat.id:
        offers += [
            Offer(
                command=wire.LeadAccept(epoch=lead.epoch),
                label=say("Take the lead"),
                place="main",
                hint=say("{name} hands the lead to you.", name=Who(lead.lead)),
            ),
            Offer(command=wire.LeadDecline(epoch=lead.epoch), label=say("Not now"), place="beside"),
        ]
    elif "co" in roles and may_take(lead, seat.id, standing.since(lead.lead), standing.now):
        offers.append(
            Offer(
                command=wire.LeadTake(epoch=lead.epoch),
                label=say("Take over the lead"),
                place="main",
                hint=say("{name} leads until you do.", name=Who(lead.lead))
                if lead.peer
                else say("{name}'s line is gone. The clocks go on.", name=Who(lead.lead)),
            )
        )
    elif "co" in roles and seat.id in lead.succession and seat.id not in lead.asked:
        offers.append(
            Offer(command=wire.LeadRequest(), label=say("Ask for the lead"), place="menu")
        )
    if "member" in roles and seat.willing and may_volunteer(lead, standing.now):
        offers.append(
            Offer(
                command=wire.LeadVolunteer(epoch=lead.epoch),
                label=say("Lead for now"),
                place="beside",
                hint=say("No facilitator is here. You can move the group on."),
            )
        )
    return offers


def _holding_offers(state: RoomState, seat: Seat, standing: Standing) -> list[Offer]:
    """What the lead may do with the lead."""
    lead = state.lead
    present = [s for s in facilitators(state) if s.id != seat.id and standing.here(s.id)]
    if lead.offered_to:
        keep = say("Keep the lead")
        return [Offer(command=wire.LeadDecline(epoch=lead.epoch), label=keep, place="menu")]
    if not present:
        return []
    return [
        Offer(
            command=wire.LeadOffer(epoch=lead.epoch, to=""),
            label=say("Hand over the lead"),
            place="menu",
            needs={"to": _seat_need(present)},
        )
    ]


def _member_offers(state: RoomState, seat: Seat, roles: frozenset[str]) -> list[Offer]:
    offers: list[Offer] = []
    if "member" in roles or roles & {"observer", "interpreter"}:
        if seat.id not in state.help:
            offers.append(
                Offer(
                    command=wire.HelpAsk(),
                    label=say("Ask for help"),
                    place="foot",
                    hint=say("Only the facilitators see it."),
                )
            )
        offers.append(
            Offer(
                command=wire.SeatWilling(willing=not seat.willing),
                label=say("I can look after a circle")
                if not seat.willing
                else say("I would rather not look after a circle"),
                place="menu",
            )
        )
    offers += [
        Offer(
            command=wire.SeatName(name=NO_WORDS),
            label=say("Change my name"),
            place="menu",
            needs={"name": Need(kind="text", label=say("Your name"), limit=wire.NAME_LIMIT)},
        ),
        Offer(
            command=wire.SeatLeave(),
            label=say("Leave"),
            place="menu",
            confirm=say("You can come back with the same link."),
        ),
    ]
    return offers


def note_offers(view: View, roles: frozenset[str]) -> tuple[Offer, ...]:
    """One `note.add` for each section of the view that takes cards."""
    return tuple(
        Offer(
            command=wire_board.NoteAdd(
                document=block.document, section=block.section, kind=block.kinds[0], text=NO_WORDS
            ),
            label=say("Add a note"),
            place="menu",
            needs={
                "text": Need(kind="text", limit=wire.TEXT_LIMIT),
                "kind": Need(
                    kind="choice",
                    options=tuple(
                        Option(value=kind, label=KIND_NAMES.get(kind, say("Note")))
                        for kind in block.kinds
                    ),
                ),
            },
            shown=False,
        )
        for block in view.blocks
        if isinstance(block, Cards) and block.add and block.kinds
    )


KIND_NAMES = {
    "insight": say("Something I understood"),
    "question": say("A question"),
    "practice": say("A way of working"),
    "theme": say("A theme"),
    "quote": say("Exact words"),
    "parking": say("For later"),
    "key_moment": say("A moment"),
    "story_title": say("A title"),
}

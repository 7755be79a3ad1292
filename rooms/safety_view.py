"""What screens show and offer for safety: the red control, the door, what is hidden
(issue 3, *Safety*)."""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from activities.blocks import (
    AnyBlock,
    Cards,
    Groups,
    Line,
    Need,
    Note,
    Now,
    Offer,
    Option,
    Place,
    View,
    Who,
    Words,
    say,
)
from activities.kernel import Lens
from rooms import lead_rights, safety_desk, wire
from rooms import wire_safety as on_wire
from rooms.offers import Standing
from rooms.room_state import RoomState
from rooms.safety import PAUSE_ASKED_LASTS, PauseAsk
from rooms.seats import Seat

ADMIT_OFFERS: Final = 30
"""People at the door with a button each; beyond, there is one for all."""


def filtered(view: View, fits: Callable[[Offer], bool]) -> View:
    """The view with the offers that fit; blocks that point at offers point at the same ones."""
    keep = [n for n, offer in enumerate(view.may) if fits(offer)]
    if len(keep) == len(view.may):
        return view
    place = {old: new for new, old in enumerate(keep)}
    blocks = tuple(
        replace(
            block,
            groups=tuple(
                replace(g, offers=tuple(place[n] for n in g.offers if n in place))
                for g in block.groups
            ),
        )
        if isinstance(block, Groups)
        else block
        for block in view.blocks
    )
    return replace(view, blocks=blocks, may=tuple(view.may[n] for n in keep))


def fits(state: RoomState, seat: Seat, roles: frozenset[str]) -> Callable[[Offer], bool]:
    """Which offers the room itself would take from this seat now."""

    def check(offer: Offer) -> bool:
        command = offer.command
        if not safety_desk.is_free(state, seat, lead_rights.tag(command)):
            return False
        if state.lead.peer and "lead" in roles and not lead_rights.peer_may(command):
            return False
        return not lead_rights.lead_keeps_time(state, roles, command)

    return check


def closed(view: View, state: RoomState, seat: Seat) -> View:
    """The view without places to write cards, while the room is frozen for this seat."""
    if safety_desk.is_free(state, seat, "note.add"):
        return view
    blocks = tuple(
        replace(block, add=False)
        if isinstance(block, Cards) and block.document != "mine"
        else block
        for block in view.blocks
    )
    return replace(view, blocks=blocks)


def frozen_line(state: RoomState, seat: Seat) -> Line | None:
    """Why nobody can write just now, as this seat is told; None while people may."""
    if state.safety.frozen is not None and seat.role == "facilitator":
        return say(
            "Only facilitators can write now, and nothing goes on. Let people write again when it"
            " is quiet."
        )
    return safety_desk.why_frozen(state)


def notes(state: RoomState, seat: Seat, standing: Standing) -> tuple[AnyBlock, ...]:
    """What stands over screens for safety. That the room is frozen stands in the frame of every
    page but the wall's."""
    blocks: list[AnyBlock] = []
    if seat.role == "screen" and (why := safety_desk.why_frozen(state)) is not None:
        blocks.append(Note(text=why, tone="look"))
    ask = _ask(state, standing)
    if ask is not None and ask.seat != seat.id and seat.role == "participant":
        wants = (
            say("{name} asks to pause the room. One more person has to ask.", name=Who(ask.seat))
            if ask.on
            else say("{name} would go on. One more person has to ask.", name=Who(ask.seat))
        )
        blocks.append(Note(text=wants, tone="look"))
    return tuple(blocks)


def _ask(state: RoomState, standing: Standing) -> PauseAsk | None:
    ask = state.safety.ask
    if ask is None or standing.now - ask.at > PAUSE_ASKED_LASTS:
        return None
    return ask


def times(state: RoomState) -> list[int]:
    """When time alone changes what screens show here (ms)."""
    return [state.safety.ask.at + PAUSE_ASKED_LASTS + 1] if state.safety.ask else []


def at_the_door(state: RoomState) -> View:
    """The screen of somebody who waits to be let in: that they wait, and nothing of the room."""
    return View(
        phase="waiting",
        blocks=(
            Now(text=say("You are at the door")),
            Note(text=say("A facilitator lets you in soon. You need to do nothing.")),
        ),
        may=(
            Offer(
                command=wire.SeatLeave(),
                label=say("Leave"),
                place="menu",
                confirm=say("You can come back with the same link."),
            ),
        ),
        place=say("{room}", room=Words(state.title)),
    )


def offers(
    state: RoomState, seat: Seat, roles: frozenset[str], lens: Lens, standing: Standing
) -> list[Offer]:
    """What this seat may do for safety; on the panel, who waits for an answer stands in sight."""
    if seat.role == "facilitator" and roles & {"lead", "co"}:
        near: Place = "beside" if lens == "panel" else "menu"
        return [
            *_freeze_offers(state, seat, near),
            *_hidden_offers(state, roles, near),
            *_door_offers(state, near),
            *_link_offers(state, seat),
        ]
    if seat.role == "participant" and roles:
        return _pause_offers(state, seat, standing)
    return []


def _unfreeze(state: RoomState, near: Place) -> Offer:
    return Offer(
        command=on_wire.RoomUnfreeze(epoch=state.lead.epoch),
        label=safety_desk.LET_WRITE,
        place=near,
        hint=say("The door stays shut until you open it."),
    )


def _seats(people: list[Seat]) -> tuple[Option, ...]:
    return tuple(Option(value=s.id, label=say("{name}", name=Who(s.id))) for s in people)


def _freeze_offers(state: RoomState, seat: Seat, near: Place) -> list[Offer]:
    epoch = state.lead.epoch
    people = [s for s in state.seats.values() if s.person and not s.organiser and s.id != seat.id]
    who = Need(kind="seat", label=say("Who?"), options=_seats(people))
    found: list[Offer] = []
    if state.safety.frozen is None:
        found.append(
            Offer(
                command=on_wire.RoomFreeze(epoch=epoch),
                label=say("Stop everything"),
                place="menu",
                needs={
                    "seat": replace(
                        who, label=say("Whose last words to hide, if any"), optional=True
                    )
                },
                hint=say("Nobody can write, the door shuts. Nothing is lost."),
            )
        )
    else:
        found.append(_unfreeze(state, near))
    if people:
        found.append(
            Offer(
                command=on_wire.SeatHide(epoch=epoch, seat=""),
                label=say("Hide someone's last two minutes"),
                place="menu",
                needs={"seat": who},
                hint=say(
                    "You can bring it back. Notes without a name go as well, so people may guess"
                    " whose they were."
                ),
            )
        )
    return found


def _hidden_offers(state: RoomState, roles: frozenset[str], near: Place) -> list[Offer]:
    epoch = state.lead.epoch
    found: list[Offer] = []
    for id in state.safety.hidden:
        name = Who(id)
        found.append(
            Offer(
                command=on_wire.SeatRestore(epoch=epoch, seat=id),
                label=say("Bring back what {name} wrote", name=name),
                place=near,
            )
        )
        if "lead" in roles:
            found.append(
                Offer(
                    command=on_wire.SeatErase(epoch=epoch, seat=id),
                    label=say("Delete what {name} wrote", name=name),
                    place=near,
                    confirm=say("It is gone for good."),
                )
            )
    return found


def _door_offers(state: RoomState, near: Place) -> list[Offer]:
    epoch = state.lead.epoch
    found: list[Offer] = []
    if state.door and state.safety.door_asks:
        open_door = wire.DoorOpen(epoch=epoch)
        found.append(Offer(command=open_door, label=say("Let everyone come in"), place="menu"))
    else:
        found.append(
            Offer(
                command=on_wire.DoorAsk(epoch=epoch),
                label=say("Let newcomers wait at the door"),
                place="menu",
                hint=say("You let them in one by one."),
            )
        )
    waiting = [s for s in state.seats.values() if s.status == "waiting"]
    if len(waiting) > 1:
        found.append(
            Offer(
                command=on_wire.SeatAdmit(epoch=epoch),
                label=say("Let in everyone who waits"),
                place=near,
            )
        )
    for one in waiting[:ADMIT_OFFERS]:
        admit = on_wire.SeatAdmit(epoch=epoch, seat=one.id)
        refuse = on_wire.SeatRefuse(epoch=epoch, seat=one.id)
        name = Who(one.id)
        found += [
            Offer(command=admit, label=say("Let {name} in", name=name), place=near),
            Offer(
                command=refuse,
                label=say("Send {name} away", name=name),
                place=near,
                confirm=say("They are told that the door stays closed to them."),
            ),
        ]
    return found


def _link_offers(state: RoomState, seat: Seat) -> list[Offer]:
    epoch = state.lead.epoch
    found = [
        Offer(
            command=on_wire.LinkRenew(epoch=epoch),
            label=say("New link and code"),
            place="menu",
            confirm=say("The old link and code open nothing any more. Who is in stays in."),
        )
    ]
    if seat.role == "facilitator":
        found.append(
            Offer(
                command=on_wire.LinkRevoke(epoch=epoch, seat=seat.id),
                label=say("New link of my own"),
                place="menu",
                confirm=say(
                    "Your old link opens nothing any more. The new one is under Invitation and"
                    " links."
                ),
            )
        )
    others = [s for s in state.seats.values() if s.role == "facilitator" and s.id != seat.id]
    others = [s for s in others if s.status != "removed"]
    if seat.organiser and others:
        found.append(
            Offer(
                command=on_wire.LinkRevoke(epoch=epoch, seat="", devices=True),
                label=say("New link for a facilitator"),
                place="menu",
                needs={"seat": Need(kind="seat", label=say("Who?"), options=_seats(others))},
                confirm=say("Their old link opens nothing, and their devices are closed."),
            )
        )
    return found


def _pause_offers(state: RoomState, seat: Seat, standing: Standing) -> list[Offer]:
    """For participants while no facilitator is here."""
    if not safety_desk.alone(state, standing.here):
        return []
    frozen = state.safety.frozen
    if frozen is not None and not frozen.people:
        return []
    on = frozen is None
    ask = _ask(state, standing)
    if ask is not None and ask.on == on:
        mine = ask.seat == seat.id
        if mine or safety_desk.one_voice(state, ask.seat, seat.id, standing.here):
            return []  # another one, on another device, has to ask now
    return [
        Offer(
            command=on_wire.RoomPause(on=on),
            label=say("Pause the room") if on else say("Go on writing"),
            place="foot",
            hint=say("It takes two of you, on two devices."),
        )
    ]

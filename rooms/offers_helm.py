"""What may be done about leading, beside offering and accepting the lead (`methods.md A5`)."""

from typing import Literal

from activities.blocks import Line, Need, Offer, Option, Who, say
from rooms import helm_desk, wire
from rooms import wire_helm as on_wire
from rooms.hats import facilitators
from rooms.helm_strip import CODES, QUESTIONS
from rooms.helm_view import DUTIES
from rooms.offers import NO_WORDS, Standing
from rooms.room_state import RoomState
from rooms.seats import Seat


def offers(state: RoomState, seat: Seat, roles: frozenset[str], standing: Standing) -> list[Offer]:
    """What a facilitator or shadow may do about leading, beside offer and accept."""
    if seat.role not in ("facilitator", "observer") or not roles:
        return []
    found = [_code_offer()]
    if seat.role == "observer":
        return [*found, _say_offer()]
    if seat.organiser:
        found += _force_offers(state, standing)
    if roles & {"lead", "co"}:
        found.append(_duty_offer(state))
    if "lead" in roles:
        found += [*_asked_offers(state, standing), *_role_offers(state, seat)]
        on = state.helm.co_time
        found.append(
            Offer(
                command=on_wire.CoTime(epoch=state.lead.epoch, on=not on),
                label=say("Only the lead may extend and pause")
                if on
                else say("Co-facilitators may extend and pause"),
                place="menu",
            )
        )
    if helm_desk.is_over(state, running=standing.running):
        found.append(_debrief_offer())
    return found


def _choice(label: Line, lines: dict[str, Line]) -> Need:
    options = tuple(Option(value=value, label=line) for value, line in lines.items())
    return Need(kind="choice", label=label, options=options)


def _code_offer() -> Offer:
    return Offer(
        command=on_wire.DeskCode(code="five_left"),
        label=say("Tell the facilitators"),
        place="menu",
        needs={"code": _choice(say("What?"), CODES)},
        shown=False,
    )


def _say_offer() -> Offer:
    return Offer(
        command=wire.DeskSay(text=NO_WORDS),
        label=say("Write to the facilitators"),
        place="menu",
        needs={"text": Need(kind="text", limit=wire.TEXT_LIMIT)},
        shown=False,
    )


def _people(seats: list[Seat]) -> tuple[Option, ...]:
    return tuple(Option(value=s.id, label=say("{name}", name=Who(s.id))) for s in seats)


def _force_offers(state: RoomState, standing: Standing) -> list[Offer]:
    able = [
        s
        for s in facilitators(state)
        if s.id != state.lead.acting
        and s.id in (state.lead.lead, *state.lead.succession)
        and standing.here(s.id)
    ]
    if not able:
        return []
    return [
        Offer(
            command=on_wire.LeadForce(epoch=state.lead.epoch, to=""),
            label=say("Give the lead to someone now"),
            place="menu",
            needs={"to": Need(kind="seat", label=say("Who?"), options=_people(able))},
            confirm=say("They lead at once, without being asked. Everyone is told."),
        )
    ]


def _asked_offers(state: RoomState, standing: Standing) -> list[Offer]:
    """One tap for the lead to offer it to whoever asked (`methods.md A5`, `lead.request`)."""
    lead = state.lead
    if lead.offered_to:
        return []
    return [
        Offer(
            command=wire.LeadOffer(epoch=lead.epoch, to=asked),
            label=say("Offer {name} the lead", name=Who(asked)),
            place="beside",
            hint=say("{name} asks for the lead.", name=Who(asked)),
        )
        for asked in lead.asked
        if asked in lead.succession and standing.here(asked)
    ]


def _role_offers(state: RoomState, seat: Seat) -> list[Offer]:
    """Somebody becomes a shadow or an interpreter, or a participant again."""
    people = [s for s in state.seats.values() if s.status == "in" and s.id != seat.id]
    members = [s for s in people if s.role == "participant"]
    back = [s for s in people if s.role not in ("participant", "screen") and not s.organiser]
    interprets = say("They take no turn of their own, and put notes into other languages.")
    epoch = state.lead.epoch
    return [
        *_role_offer(epoch, "observer", say("Let someone look on and propose"), members),
        *_role_offer(epoch, "interpreter", say("Ask someone to interpret"), members, interprets),
        *_role_offer(epoch, "participant", say("Make someone a participant again"), back),
    ]


def _role_offer(
    epoch: int,
    role: Literal["observer", "interpreter", "participant"],
    label: Line,
    able: list[Seat],
    hint: Line | None = None,
) -> list[Offer]:
    """One of these people takes this role; nothing where there is none."""
    if not able:
        return []
    needs = {"seat": Need(kind="seat", label=say("Who?"), options=_people(able))}
    command = wire.SeatRole(epoch=epoch, seat="", role=role)
    return [Offer(command=command, label=label, place="menu", hint=hint, needs=needs)]


def _duty_offer(state: RoomState) -> Offer:
    able = [s for s in state.seats.values() if s.status == "in"]
    able = [s for s in able if s.role in ("facilitator", "observer")]
    return Offer(
        command=on_wire.DutySet(epoch=state.lead.epoch, duty="time"),
        label=say("Give a duty"),
        place="menu",
        needs={
            "duty": _choice(say("Which duty?"), DUTIES),
            "seat": Need(kind="seat", label=say("Who?"), options=_people(able), optional=True),
        },
    )


def _debrief_offer() -> Offer:
    return Offer(
        command=on_wire.DebriefAnswer(question="saw", text=NO_WORDS),
        label=say("Look back together"),
        place="menu",
        needs={
            "question": _choice(say("Which question?"), {str(q): v for q, v in QUESTIONS.items()}),
            "text": Need(kind="text", limit=wire.TEXT_LIMIT),
        },
        hint=say("Only facilitators see it."),
        shown=False,
    )

"""What screens show and offer about leading: the bridge line, the baton's card, duties, proposals,
the strip, the debrief (`methods.md A5`)."""

from collections.abc import Callable
from typing import Final, Literal, get_args

from activities.blocks import (
    AnyBlock,
    Line,
    Need,
    Note,
    Offer,
    Option,
    Rules,
    Who,
    Words,
    say,
    say_n,
)
from activities.kernel import Command, LeadCommand
from rooms import agenda_settings as forms
from rooms import commits, helm_desk, lead_rights, wire
from rooms import whole as wholes
from rooms import wire_helm as on_wire
from rooms.agenda import item_of, next_item, planned_lead, title_line
from rooms.agenda_items import AgendaItem
from rooms.hats import facilitators
from rooms.helm import BRIDGE_LASTS, DEBRIEF_LASTS, Proposal
from rooms.lead import AUTOPILOT
from rooms.offers import NO_WORDS, Standing
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Activities, Whole

BATON_BEFORE: Final = 60_000
"""Milliseconds before the planned end of an item from which the next lead's card is shown
(`methods.md A5`)."""

MINUTE: Final = 60_000
SETTINGS_SHOWN: Final = 8
"""Lines of settings on the card: what can be read in a glance."""

VALUES_SHOWN: Final = 12
"""Values of one field on the button of a proposal: what can be read before it is tapped."""

DUTIES: Final[dict[str, Line]] = {
    "time": say("Time"),
    "door": say("Door: arrivals and help"),
    "notes": say("Notes"),
    "care": say("Care: who is silent, who dropped"),
    "producer": say("Producer: keeps the room alive"),
    "watch": say("Reads the private strip"),
}
WARNED: Final = ("time", "door", "notes", "care", "producer")
"""Duties that need a name, or "none", at the start (`methods.md A5`)."""

CODES: Final[dict[str, Line]] = {
    "five_left": say("5 minutes left"),
    "slow_down": say("Slow down"),
    "wants_in": say("Someone wants in"),
    "sound": say("Sound problem"),
    "skip_next": say("Skip the next one"),
    "extend": say("Extend?"),
    "your_turn": say("Your turn to lead?"),
    "back": say("I am back"),
}

QUESTIONS: Final[dict[on_wire.Question, Line]] = {
    "saw": say("What did we see?"),
    "follow": say("What do we follow up?"),
    "change": say("What do we change?"),
}

NAMES: Final[dict[str, Line]] = {
    "phase.next": say("Move on"),
    "phase.back": say("Go back"),
    "phase.extend": say("More time"),
    "activity.start": say("Start the next activity"),
    "activity.skip": say("Leave the next activity out"),
    "activity.cut": say("End this activity now"),
    "lead.offer": say("Hand over the lead"),
    "door.open": say("Open the door"),
    "door.close": say("Close the door"),
    "say.all": say("Say something to everyone"),
    "group.move": say("Move somebody to another group"),
}
"""Proposals in words, where the lead's screen has no button of that name any more."""


# Lines and cards ----------------------------------------------------------------------------------


def bridge(state: RoomState, running: str, now: int) -> on_wire.Bridge | None:
    """Who leads now, what comes, how long; for a minute after a change."""
    since = state.helm.led_since
    if not since or now - since >= BRIDGE_LASTS:
        return None
    return on_wire.Bridge(
        text=_bridge_text(state, running, now),
        seat=state.lead.acting,
        at=since,
        until=since + BRIDGE_LASTS,
    )


def _bridge_text(state: RoomState, running: str, now: int) -> Line:
    lead = state.lead
    if lead.acting == AUTOPILOT:
        return say("The clocks go on by themselves until a facilitator is back.")
    name = Who(lead.acting)
    item = item_of(state, running) if running else next_item(state)
    if item is None:
        return say("{name} leads now.", name=name)
    title = title_line(item)
    if not running:
        return say_n(
            "{name} leads now. Next: {activity}, about {n} minute.",
            "{name} leads now. Next: {activity}, about {n} minutes.",
            item.minutes,
            name=name,
            activity=title,
        )
    left = round((_planned_end(state, item) - now) / MINUTE)
    if left < 1:
        return say("{name} leads now. We go on with {activity}.", name=name, activity=title)
    return say_n(
        "{name} leads now. We go on with {activity}, about {n} minute.",
        "{name} leads now. We go on with {activity}, about {n} minutes.",
        left,
        name=name,
        activity=title,
    )


def _planned_end(state: RoomState, item: AgendaItem) -> int:
    return state.started.get(item.id, 0) + item.minutes * MINUTE


def baton(
    state: RoomState, activities: Activities, seat: Seat, running: str, now: int
) -> on_wire.Baton | None:
    """The card "you lead next", for who leads and who leads next."""
    item = next_item(state)
    planned = planned_lead(state, item) if item else ""
    if item is None or not planned or planned == state.lead.acting:
        return None
    to = state.seats[planned]
    if to.status != "in" or seat.id not in (planned, state.lead.acting):
        return None
    if item.id in state.helm.batons and state.lead.offered_to != planned:
        return None  # it was offered and not taken: whoever leads goes on (`methods.md A5`)
    here = item_of(state, running) if running else None
    if here is not None and now < _planned_end(state, here) - BATON_BEFORE:
        return None
    offered = state.lead.planned == item.id and bool(state.lead.offered_to)
    prompt = item.settings.get("prompt")
    return on_wire.Baton(
        item=item.id,
        title=title_line(item),
        minutes=item.minutes,
        to=planned,
        name=Who(planned),
        purpose=activities[item.kind].summary,
        prompt=Words(prompt) if isinstance(prompt, str) and prompt else None,
        settings=_settings(item, activities),
        offered=offered,
        ends_at=state.lead.offer_ends if offered else None,
    )


def _settings(item: AgendaItem, activities: Activities) -> tuple[Line, ...]:
    """What was set, in the words of the agenda's form."""
    held = item.settings
    told: list[Line] = []
    for field in forms.fields(activities[item.kind]):
        if field.kind == "words" or field.name not in held:
            continue
        if field.only and held.get(field.only.field) not in field.only.values:
            continue
        told.append(
            say("{setting}: {value}", setting=field.label, value=_spoken(field, held[field.name]))
        )
    return tuple(told[:SETTINGS_SHOWN])


def _spoken(field: forms.Field, value: object) -> str | Line:
    chosen = next((option.label for option in field.options if option.value == str(value)), None)
    match value:
        case _ if chosen is not None:
            return chosen
        case bool():
            return say("yes") if value else say("no")
        case int() if field.kind == "number":
            return forms.amount(value, field.unit)
        case _:
            return str(value)


def times(whole: Whole, activities: Activities) -> list[int]:
    """When time alone changes what screens show here (ms)."""
    state = whole.room
    found = [state.helm.led_since + BRIDGE_LASTS] if state.helm.led_since else []
    running = wholes.current(whole, activities)
    item, following = item_of(state, running) if running else None, next_item(state)
    if item is not None and following is not None and following.lead:
        found.append(_planned_end(state, item) - BATON_BEFORE)
    found += [p.at + helm_desk.PROPOSAL_LASTS for p in state.helm.proposals if p.state == "open"]
    return found


def duties(state: RoomState) -> tuple[on_wire.DutyRow, ...]:
    """Every duty with its holder."""
    held = state.helm.duties
    return tuple(
        on_wire.DutyRow(
            duty=duty,
            label=DUTIES[duty],
            set=duty in held,
            seat=held.get(duty, ""),
            name=Who(held[duty]) if held.get(duty) else None,
        )
        for duty in get_args(on_wire.Duty)
    )


def notes(
    state: RoomState, activities: Activities, seat: Seat, lens: str, running: str, now: int
) -> tuple[AnyBlock, ...]:
    """What stands over a facilitator's screen: who leads next (on the panel the baton's own card
    says so), and duties nobody has."""
    if seat.role != "facilitator":
        return ()
    blocks: list[AnyBlock] = []
    if lens != "panel" and (card := baton(state, activities, seat, running, now)) is not None:
        title = (
            say("You lead next: {activity}", activity=card.title)
            if card.to == seat.id
            else say("{name} leads next: {activity}", name=card.name, activity=card.title)
        )
        blocks.append(Note(title=title, text=card.purpose, tone="look"))
    missing = [duty for duty in WARNED if duty not in state.helm.duties]
    if lens == "panel" and not state.started and missing and len(facilitators(state)) > 1:
        blocks.append(
            Rules(
                title=say("Duties nobody has yet. Give each to somebody, or to nobody."),
                lines=tuple(DUTIES[duty] for duty in missing),
            )
        )
    return tuple(blocks)


# Offers -------------------------------------------------------------------------------------------


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
    """Somebody becomes a shadow, or a participant again."""
    people = [s for s in state.seats.values() if s.status == "in" and s.id != seat.id]
    members = [s for s in people if s.role == "participant"]
    back = [s for s in people if s.role in ("facilitator", "observer") and not s.organiser]
    roles: tuple[tuple[Literal["observer", "participant"], Line, list[Seat]], ...] = (
        ("observer", say("Let someone look on and propose"), members),
        ("participant", say("Make someone a participant again"), back),
    )
    return [
        Offer(
            command=wire.SeatRole(epoch=state.lead.epoch, seat="", role=role),
            label=label,
            place="menu",
            needs={"seat": Need(kind="seat", label=say("Who?"), options=_people(able))},
        )
        for role, label, able in roles
        if able
    ]


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


def approvals(
    state: RoomState, roles: frozenset[str], now: int, name_of: Callable[[Proposal], Line]
) -> list[Offer]:
    """What the lead may do with proposals. `name_of` says what one would do, all of it."""
    if "lead" not in roles or state.lead.peer:
        return []
    epoch = state.lead.epoch
    found: list[Offer] = []
    for one in state.helm.proposals:
        if not helm_desk.waits(one, now):
            continue
        found += [
            Offer(
                command=on_wire.LeadApprove(epoch=epoch, proposal=one.id),
                label=say("Do it: {what}", what=name_of(one)),
                place="menu",
                hint=say("{name} proposes this.", name=Who(one.seat)),
            ),
            Offer(
                command=on_wire.LeadSetAside(epoch=epoch, proposal=one.id),
                label=say("Set aside: {what}", what=name_of(one)),
                place="menu",
                shown=False,
            ),
        ]
    return found


def as_proposal(offer: Offer, activity: str) -> Offer | None:
    """A lead's offer as a shadow may propose it; None when it cannot be proposed with one tap."""
    command = offer.command
    if not isinstance(command, LeadCommand) or offer.needs:
        return None
    if lead_rights.tag(command) in helm_desk.NEVER_PROPOSED:
        return None
    return Offer(
        command=on_wire.LeadPropose(command=commits.encode_command(command), item=activity),
        label=say("Propose: {what}", what=offer.label),
        place=offer.place,
        hint=say("Whoever leads decides."),
    )


def named(tag: str) -> Line:
    """A proposed command in words."""
    return NAMES.get(tag, say("{command}", command=tag))


def described(command: Command, state: RoomState) -> Line:
    """A proposed command in words with everything it carries: whoever approves it knows whom and
    what it is about."""
    line = named(lead_rights.tag(command))
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name in ("epoch", "phase") or value in (None, "", (), NO_WORDS):
            continue
        many = value if isinstance(value, tuple) else (value,)
        for one in many[:VALUES_SHOWN]:
            line = say("{what}: {value}", what=line, value=_value(one, state))
    return line


def _value(value: object, state: RoomState) -> str | int | Who | Words:
    match value:
        case Words() | int():
            return value
        case str() if value in state.seats:
            return Who(value)
        case _:
            return str(value)


# The strip ----------------------------------------------------------------------------------------


def strip(state: RoomState, now: int, *, inside: bool, running: bool) -> wire.DeskMessage:
    """The private strip, last lines last; the debrief only for facilitators (`inside`)."""
    return wire.DeskMessage(
        seq=state.seq,
        now=now,
        lines=tuple(_line(line) for line in state.desk[-30:]),
        watcher=state.helm.duties.get("watch", ""),
        proposals=tuple(
            on_wire.ProposalRow(
                id=one.id, who=Who(one.seat), what=named(one.tag), at=one.at, state=one.state
            )
            for one in state.helm.proposals[-30:]
        ),
        debrief=_debrief(state, running=running) if inside else None,
    )


def _line(line: commits.DeskLineSaid) -> wire.DeskLine:
    return wire.DeskLine(
        id=line.id, who=Who(line.seat), at=line.at, text=_said(line), code=line.code
    )


def _said(line: commits.DeskLineSaid) -> Line | Words:
    match line.code:
        case "":
            return Words(line.text)
        case "forced":
            return say("Gave the lead to {name}", name=Who(line.about))
        case "not_taken":
            return say("{name} did not take the lead; I go on", name=Who(line.about))
        case code:
            return CODES.get(code, say("{command}", command=code))


def _debrief(state: RoomState, *, running: bool) -> on_wire.Debrief | None:
    if not helm_desk.is_over(state, running=running):
        return None
    over = max(state.ended.values(), default=state.last)
    return on_wire.Debrief(
        ends_at=over + DEBRIEF_LASTS,
        questions=tuple(
            on_wire.DebriefQuestion(
                question=question,
                label=label,
                lines=tuple(
                    on_wire.DebriefLine(who=Who(said.seat), text=Words(said.text))
                    for said in state.helm.debrief
                    if said.question == question
                ),
            )
            for question, label in QUESTIONS.items()
        ),
    )

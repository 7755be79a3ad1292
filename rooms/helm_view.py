"""What screens show about leading: the bridge line, the baton's card, duties (`methods.md A5`)."""

from typing import Final, get_args

from activities.blocks import AnyBlock, Line, Note, Rules, Who, Words, say, say_n
from rooms import agenda_settings as forms
from rooms import helm_desk
from rooms import whole as wholes
from rooms import wire_helm as on_wire
from rooms.agenda import item_of, next_item, planned_lead, title_line
from rooms.agenda_items import AgendaItem
from rooms.hats import facilitators
from rooms.helm import BRIDGE_LASTS
from rooms.lead import AUTOPILOT
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Activities, Whole

BATON_BEFORE: Final = 60_000
"""Milliseconds before the planned end of an item from which the next lead's card is shown
(`methods.md A5`)."""

MINUTE: Final = 60_000
SETTINGS_SHOWN: Final = 8
"""Lines of settings on the card: what can be read in a glance."""

DUTIES: Final[dict[str, Line]] = {
    "time": say("Time"),
    "door": say("Door: arrivals and help"),
    "notes": say("Notes"),
    "care": say("Care: who is silent, who dropped"),
    "producer": say("Producer: keeps the room alive"),
    "watch": say("Reads the private strip"),
}
BESIDE: Final[dict[str, Line]] = {
    "observer": say("You look on. No turn comes to you; from the panel you can propose."),
    "interpreter": say(
        "You interpret. No turn comes to you; you can put notes into other languages."
    ),
}
"""What somebody who takes no turn reads on their own screen: no part is given silently."""

WARNED: Final = ("time", "door", "notes", "care", "producer")
"""Duties that need a name, or "none", at the start (`methods.md A5`)."""


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
    says so), and duties nobody has; and over the own screen of who takes no turn, why."""
    if lens == "seat" and seat.role in BESIDE:
        return (Note(text=BESIDE[seat.role], tone="quiet"),)
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


# The strip ----------------------------------------------------------------------------------------

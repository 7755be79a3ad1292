"""The agenda on screens: an outline for everybody, the whole of it for facilitators."""

from typing import Final, TypeAlias

import msgspec

from activities.blocks import Who, Words, say
from activities.kernel import MINUTE
from rooms import agenda_settings as forms
from rooms import whole as wholes
from rooms import wire_agenda as wire
from rooms.agenda import planned_lead, title_line
from rooms.agenda_items import AgendaItem
from rooms.agenda_lint import warnings
from rooms.agenda_lint_facts import facts
from rooms.agenda_times import Slot, Times, slots, times
from rooms.room_state import RoomState
from rooms.whole import Activities, Whole

Outline: TypeAlias = tuple[tuple[wire.AgendaRow, ...], wire.PlanTimes]


def outline(state: RoomState, running: str) -> Outline:
    """What everybody sees of the plan: where we are, what comes and when; no settings.
    `running` is the activity that is on now, "" between two. Kept with the state."""
    known: tuple[str, Outline] | None = state.__dict__.get("outline")
    if known is None or known[0] != running:
        known = state.__dict__["outline"] = running, _outline(state, running)
    return known[1]


def _outline(state: RoomState, running: str) -> Outline:
    rows = tuple(
        wire.AgendaRow(
            id=slot.item.id,
            title=title_line(slot.item),
            minutes=slot.item.minutes,
            kind=slot.item.kind,
            state=slot.state,
            starts=slot.starts,
            ends=slot.ends,
            lead=leader(state, slot.item),
        )
        for slot in slots(state, running)
    )
    return rows, _times(times(state, running))


def leader(state: RoomState, item: AgendaItem) -> Who | None:
    """Who is planned to lead the item, if that is a person in this room."""
    planned = planned_lead(state, item)
    return Who(planned) if planned else None


REST_EARLY: Final = 15 * MINUTE
"""A break that begins so long before its planned time is the planned one, taken early."""


def planned_rest(whole: Whole, activities: Activities, running: str) -> wire.PlannedRest | None:
    """The rest the plan puts inside what is on now: when, counted from its real beginning, and how
    long; None once it was taken."""
    state = whole.room
    item = next((each for each in state.agenda if each.id == running), None)
    if item is None or not item.rest or running not in state.started:
        return None
    at = state.started[running] + item.rest_at * MINUTE
    here = whole.running[running]
    if activities[here.kind].rested(here.state) >= at - REST_EARLY:
        return None
    return wire.PlannedRest(at, item.rest)


def plan_message(whole: Whole, activities: Activities, now: int) -> wire.PlanMessage:
    """The agenda with everything that can be set, and what to look at."""
    state = whole.room
    running = wholes.current(whole, activities)
    frame = state.plan.frame
    return wire.PlanMessage(
        seq=state.seq,
        now=now,
        revision=state.plan.revision,
        frame=wire.PlanFrame(frame.starts, frame.minutes, frame.people, frame.revision),
        times=_times(times(state, running)),
        items=tuple(_item(state, slot, activities) for slot in slots(state, running)),
        warnings=tuple(warnings(facts(state, running, activities))),
    )


def _times(found: Times) -> wire.PlanTimes:
    return wire.PlanTimes(**msgspec.structs.asdict(found))


def _item(state: RoomState, slot: Slot, activities: Activities) -> wire.PlanItem:
    item = slot.item
    activity = activities.get(item.kind)
    return wire.PlanItem(
        id=item.id,
        kind=item.kind,
        title=title_line(item),
        own=Words(item.words) if item.words else None,
        minutes=item.minutes,
        offset=slot.offset,
        state=slot.state,
        starts=slot.starts,
        ends=slot.ends,
        settings=forms.values(activity, item.settings) if activity else {},
        lead=item.lead,
        leader=leader(state, item),
        about=say(item.about) if item.about else None,
        notes=Words(item.notes) if item.notes else None,
        rest=item.rest,
        rest_at=item.rest_at,
        revision=item.revision,
    )

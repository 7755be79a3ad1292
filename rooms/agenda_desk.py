"""What facilitators change of the agenda: everything that has not begun, at any time.

Each command names what its sender saw. When somebody else was first, nothing changes, and both
know: no edit is lost behind another.
"""

from typing import Any, Final, assert_never

from msgspec.structs import replace

from activities.blocks import Line, say
from activities.kernel import Activity, Refused
from rooms import agenda_settings as forms
from rooms import wire_agenda as wire
from rooms.agenda_file import (
    NOTES_LIMIT,
    TITLE_LIMIT,
    TOO_MANY,
    checked_minutes,
    read,
    run_by,
    with_length,
    with_rest,
)
from rooms.agenda_items import (
    ITEMS_LIMIT,
    MINUTES_LIMIT,
    PEOPLE_LIMIT,
    ROLE_LETTERS,
    AgendaFramed,
    AgendaItem,
    AgendaItemMoved,
    AgendaItemPut,
    AgendaItemRemoved,
    AgendaReplaced,
)
from rooms.agenda_templates import offered
from rooms.agenda_times import LATEST
from rooms.asking import Asking
from rooms.room_state import RoomState
from rooms.whole import Draft
from rooms.words import Mint

CHANGED: Final = say(
    "Somebody else changed this a moment before you. Look at it again; nothing was lost."
)
BEGUN: Final = say("This has begun already and stays as it is. What comes after can still change.")
ORDER: Final = say("The order has changed a moment before you. Look at it again.")
DELETED_BY_THEN: Final = say(
    "By then what people write here is deleted, as they were told. Open a new room for that day."
)
NO_KIND: Final = say("We do not have such an activity here.")
NO_LEAD: Final = say("Whoever leads must be somebody in this room.")


def decide(draft: Draft, command: wire.AgendaCommand, asking: Asking) -> None:
    """Decide a change of the agenda. Raises `Refused`."""
    asking.ensure_facilitator()
    mint = asking.mint
    match command:
        case wire.AgendaAdd():
            _add(draft, command, mint)
        case wire.AgendaEdit():
            _edit(draft, command, mint)
        case wire.AgendaMove():
            _move(draft, command)
        case wire.AgendaRemove():
            item = _open_item(draft.room, command.item, command.revision)
            draft.add(AgendaItemRemoved(item=item.id))
        case wire.AgendaUse() | wire.AgendaImport():
            _replace(draft, command, mint)
        case wire.AgendaFrame():
            _frame(draft, command)
        case _:
            assert_never(command)


def _activity(draft: Draft, kind: str) -> Activity[Any]:
    activity = draft.activities.get(kind)
    if activity is None:
        raise Refused("unknown", NO_KIND)
    return activity


def _open_item(state: RoomState, id: str, revision: int) -> AgendaItem:
    """The item, if it is as its sender saw it and has not begun. Raises `Refused`."""
    item = next((one for one in state.agenda if one.id == id), None)
    if item is None:
        raise Refused("stale_phase", say("Somebody took this off the agenda a moment ago."))
    if id in state.begun:
        raise Refused("stale_phase", BEGUN)
    if item.revision != revision:
        raise Refused("stale_phase", CHANGED)
    return item


def _place(state: RoomState, after: str | None, without: str = "") -> str:
    """The item after which a place is free: not among what has begun. Raises `Refused`."""
    ids = [item.id for item in state.agenda if item.id != without]
    if after is None:
        return ids[-1] if ids else ""
    last = max((at for at, id in enumerate(ids) if id in state.started), default=-1)
    if after and after not in ids:
        raise Refused("stale_phase", ORDER)
    at = ids.index(after) if after else -1
    if at < last:
        if after:
            raise Refused("stale_phase", BEGUN)
        return ids[last]
    return after


def _lead(state: RoomState, lead: str) -> str:
    if lead in ("", *ROLE_LETTERS):
        return lead
    seat = state.seats.get(lead)
    if seat is None or seat.status == "removed" or seat.role not in ("facilitator", "participant"):
        raise Refused("unknown", NO_LEAD)
    return lead


def _add(draft: Draft, command: wire.AgendaAdd, mint: Mint) -> None:
    state = draft.room
    if len(state.agenda) >= ITEMS_LIMIT:
        raise Refused("full", TOO_MANY)
    activity = _activity(draft, command.kind)
    after = _place(state, command.after)
    minutes = activity.planned.minutes if command.minutes is None else command.minutes
    item = AgendaItem(
        id=f"a{state.plan.serial + 1}",
        kind=command.kind,
        minutes=checked_minutes(minutes),
        settings=forms.changed(activity, {}, command.settings, mint),
        title=activity.title.id,
        words=mint.ref(command.title, TITLE_LIMIT) if command.title else "",
        notes=mint.ref(command.notes, NOTES_LIMIT) if command.notes else "",
        lead=_lead(state, command.lead),
    )
    draft.add(AgendaItemPut(item=with_length(item, activity), after=after))


def _edit(draft: Draft, command: wire.AgendaEdit, mint: Mint) -> None:
    state = draft.room
    old = _open_item(state, command.item, command.revision)
    activity = _activity(draft, old.kind)
    if not set(command.clear) <= {"title", "notes"}:
        raise Refused("bad_request")
    new = replace(old, settings=forms.changed(activity, old.settings, command.settings, mint))
    if "title" in command.clear:
        new = replace(new, words="", title=activity.title.id)
    elif command.title:
        new = replace(new, words=mint.ref(command.title, TITLE_LIMIT))
    if "notes" in command.clear:
        new = replace(new, notes="", about="")
    elif command.notes:
        new = replace(new, notes=mint.ref(command.notes, NOTES_LIMIT))
    if command.lead is not None:
        new = replace(new, lead=_lead(state, command.lead))
    if command.minutes is not None:
        new = replace(new, minutes=checked_minutes(command.minutes))
    new = with_rest(with_length(new, activity), activity, command.rest, command.rest_at)
    if new == old:
        raise Refused("duplicate")
    draft.add(AgendaItemPut(item=new))


def _move(draft: Draft, command: wire.AgendaMove) -> None:
    state = draft.room
    ids = [item.id for item in state.agenda]
    if command.item not in ids or command.after == command.item:
        raise Refused("stale_phase", ORDER)
    if command.item in state.begun:
        raise Refused("stale_phase", BEGUN)
    at = ids.index(command.item)
    if (ids[at - 1] if at else "") != command.was:
        raise Refused("stale_phase", ORDER)
    after = _place(state, command.after, without=command.item)
    if after == command.was:
        raise Refused("duplicate")
    draft.add(AgendaItemMoved(item=command.item, after=after))


def _replace(draft: Draft, command: wire.AgendaUse | wire.AgendaImport, mint: Mint) -> None:
    state = draft.room
    if command.revision != state.plan.revision:
        raise Refused("stale_phase", CHANGED)
    first = state.plan.serial + 1
    frame = state.plan.frame
    if isinstance(command, wire.AgendaUse):
        template = offered(frozenset(draft.activities)).get(command.template)
        if template is None:
            raise Refused("unknown", say("There is no such template here."))
        items = tuple(
            replace(item, id=f"a{first + at}")
            for at, item in enumerate(run_by(template, draft.activities))
        )
    else:
        items, wanted = read(command.plan, draft.activities, mint, first)
        frame = replace(frame, minutes=wanted.minutes, people=wanted.people or frame.people)
    if len(items) + sum(1 for item in state.agenda if item.id in state.begun) > ITEMS_LIMIT:
        raise Refused("full", TOO_MANY)
    draft.add(AgendaReplaced(items=items))
    if frame != draft.room.plan.frame:
        draft.add(AgendaFramed(frame=frame))


def _frame(draft: Draft, command: wire.AgendaFrame) -> None:
    frame = draft.room.plan.frame
    if command.revision != frame.revision:
        raise Refused("stale_phase", CHANGED)
    new = frame
    for name, value, most, why in (
        ("starts", command.starts, LATEST, say("This start cannot be read as a date.")),
        (
            "minutes",
            command.minutes,
            3 * MINUTES_LIMIT,
            say("The whole time: up to {limit} hours.", limit=3 * MINUTES_LIMIT // 60),
        ),
        (
            "people",
            command.people,
            PEOPLE_LIMIT,
            say("A room holds up to {limit} people.", limit=PEOPLE_LIMIT),
        ),
    ):  # fmt: skip
        new = _framed(new, name, value, most, why)
    if new == frame:
        raise Refused("duplicate")
    state = draft.room
    if state.has_guests and new.starts >= state.keep.board_until(state.kept_from):
        raise Refused("bad_request", DELETED_BY_THEN)
    draft.add(AgendaFramed(frame=new))


def _framed(frame: Any, name: str, value: int | None, most: int, why: Line) -> Any:
    if value is None:
        return frame
    if not 0 <= value <= most:
        raise Refused("bad_request", why)
    return replace(frame, **{name: value})

"""When everything starts, and how far an exchange is ahead or behind; from the facts of the log."""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from activities.kernel import MINUTE
from rooms.agenda import next_item
from rooms.agenda_items import AgendaItem, planned_minutes
from rooms.room_state import RoomState

LATEST: Final = 4_102_444_800_000
"""The year 2100: a start beyond it is a slip of the hand."""

State = Literal["to come", "now", "done", "skipped"]


class Slot(msgspec.Struct, frozen=True):
    """One item in time. `starts` and `ends` in ms: what happened, else what follows from it; None
    while nobody knows when the exchange starts. `offset`: minutes from its beginning."""

    item: AgendaItem
    state: State
    offset: int
    starts: int | None = None
    ends: int | None = None


class Times(msgspec.Struct, frozen=True):
    """Where an exchange stands. All in ms but `total` (minutes); None while unknown.

    `promised` is the end everyone was told, `ends` the end that follows from what has happened so
    far, and `behind` their difference (ahead is negative). `due` is when the next thing should
    happen: after it, an exchange falls behind by one second each second, so a screen shows
    `behind + max(0, now - due)`.
    """

    total: int = 0
    starts: int | None = None
    ends: int | None = None
    promised: int | None = None
    behind: int = 0
    due: int | None = None
    next: str = ""


def slots(state: RoomState, running: str) -> tuple[Slot, ...]:
    """Every item in time. `running` is the activity that is on now, "" between two."""
    return tuple(_slots(state, running))


def _slots(state: RoomState, running: str) -> Iterator[Slot]:
    offset = 0
    at = None if state.started else state.plan.frame.starts or None
    for item in state.agenda:
        length = item.minutes * MINUTE
        if item.id in state.started:
            start = state.started[item.id]
            end = start + length if item.id == running else state.ended.get(item.id, start)
            yield Slot(item, "now" if item.id == running else "done", offset, start, end)
            at = end
        elif item.id in state.skipped:
            yield Slot(item, "skipped", offset)
            continue
        else:
            yield Slot(item, "to come", offset, at, at + length if at is not None else None)
            at = at + length if at is not None else None
        offset += item.minutes


def times(state: RoomState, running: str) -> Times:
    """Where the exchange stands, from started and ended facts alone."""
    found = slots(state, running)
    left = [slot for slot in found if slot.state != "skipped"]
    coming = next_item(state)
    base = Times(
        total=planned_minutes(tuple(slot.item for slot in left)), next=coming.id if coming else ""
    )
    frame = state.plan.frame
    ends = next((slot.ends for slot in reversed(left) if slot.ends is not None), None)
    if not state.started:
        promised = frame.starts + (frame.minutes or base.total) * MINUTE if frame.starts else None
        behind = ends - promised if ends is not None and promised is not None else 0
        return msgspec.structs.replace(
            base,
            starts=frame.starts or None,
            ends=ends,
            promised=promised,
            behind=behind,
            due=frame.starts or None,
        )
    starts = min(state.started.values())
    minutes = frame.minutes or state.plan.promised
    promised = (frame.starts or starts) + minutes * MINUTE
    if running:
        due = next(slot.ends for slot in found if slot.item.id == running)
    else:
        due = max(slot.ends or 0 for slot in found if slot.state == "done")
    return msgspec.structs.replace(
        base,
        starts=starts,
        ends=ends,
        promised=promised,
        behind=(ends or starts) - promised,
        due=due if coming or running else None,
    )

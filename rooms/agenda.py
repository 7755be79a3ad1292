"""Reading the agenda: what comes next, what an item is called."""

from activities.blocks import Line, Words, say
from rooms.agenda_items import AgendaItem
from rooms.room_state import RoomState


def next_item(state: RoomState) -> AgendaItem | None:
    """The first item that was neither started nor skipped."""
    for item in state.agenda:
        if item.id not in state.started and item.id not in state.skipped:
            return item
    return None


def item_of(state: RoomState, id: str) -> AgendaItem | None:
    """The item with this id."""
    return next((item for item in state.agenda if item.id == id), None)


def planned_lead(state: RoomState, item: AgendaItem) -> str:
    """The seat that is planned to lead the item, "" for whoever leads then.

    A template's letters mean people once they are here: F the organiser, P the co-facilitator who
    has been one for longest. V and K stay letters until a facilitator names them.
    """
    match item.lead:
        case "F":
            return next((s.id for s in state.seats.values() if s.organiser), "")
        case "P":
            team = (s for s in state.seats.values() if s.role == "facilitator" and s.status == "in")
            return next((s.id for s in team if not s.organiser), "")
        case seat:
            return seat if seat in state.seats else ""


def title_line(item: AgendaItem) -> Line:
    """What people call the item: a facilitator's own title, else the catalogue's."""
    return say("{title}", title=Words(item.words)) if item.words else say(item.title)

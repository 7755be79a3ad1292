"""Reading the agenda: what comes next, what an item is called."""

from activities.blocks import Line, Words, say
from rooms.agenda_items import AgendaItem
from rooms.commits import RoomState


def next_item(state: RoomState) -> AgendaItem | None:
    """The first item that was neither started nor skipped."""
    for item in state.agenda:
        if item.id not in state.started and item.id not in state.skipped:
            return item
    return None


def item_of(state: RoomState, id: str) -> AgendaItem | None:
    """The item with this id."""
    return next((item for item in state.agenda if item.id == id), None)


def title_line(item: AgendaItem) -> Line:
    """What people call the item: a facilitator's own title, else the catalogue's."""
    return say("{title}", title=Words(item.words)) if item.words else say(item.title)

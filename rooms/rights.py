"""What a device may do in the documents of a room, kept with the whole it was read from.

It is asked for with every edit and every move of a pointer, and changes with the log alone.
"""

from rooms import memo_states
from rooms import whole as wholes
from rooms.permissions import Writer
from rooms.room_view import documents_of
from rooms.whole import Activities, Whole


class Rights:
    """The rights of every device of one room."""

    def __init__(self, activities: Activities) -> None:
        self._activities = activities
        self._whole: Whole | None = None
        self._documents: dict[str, frozenset[str]] = {}
        self._writers: dict[tuple[str, str], Writer] = {}

    def documents(self, whole: Whole, device: str) -> frozenset[str]:
        """Every document this device may open now, without the room's prefix."""
        self._keep_to(whole)
        found = self._documents.get(device)
        if found is None:
            found = self._documents[device] = documents(whole, self._activities, device)
        return found

    def writer(self, whole: Whole, device: str, name: str) -> Writer:
        """Who this device is in a document: its seats that may write there."""
        self._keep_to(whole)
        found = self._writers.get((device, name))
        if found is None:
            found = writer(whole, self._activities, device, name)
            self._writers[device, name] = found
        return found

    def _keep_to(self, whole: Whole) -> None:
        if self._whole is not whole:
            self._whole = whole
            self._documents.clear()
            self._writers.clear()


def documents(whole: Whole, activities: Activities, device: str) -> frozenset[str]:
    """`Rights.documents`, read afresh."""
    names: set[str] = set()
    for id in whole.room.device_by_id(device).seats:
        names.update(documents_of(whole, activities, whole.room.seats[id]))
    return frozenset(names)


def writer(whole: Whole, activities: Activities, device: str, name: str) -> Writer:
    """`Rights.writer`, read afresh."""
    state = whole.room
    seats = [state.seats[id] for id in state.device_by_id(device).seats]
    able = [s for s in seats if s.status == "in" and s.role in ("facilitator", "participant")]
    open_now = True
    frozen = state.safety.frozen is not None and not name.startswith("mine/")
    if frozen:  # what is private reaches nobody, so it may go on
        able = [s for s in able if s.role == "facilitator"]
    if name.startswith("group/"):
        # Who shares the device of somebody in a circle is not in it for that.
        everyone = wholes.groups(whole, activities)
        circle = next((g for g in everyone if f"group/{g.id}" == name), None)
        open_now = circle is not None and not circle.closed
        able = [s for s in able if circle is not None and s.id in circle.members]
    elif name == "memo":
        open_now = memo_states.writable(state)
        able = [s for s in able if s.role == "facilitator"]
    elif name.startswith("mine/"):
        able = [s for s in able if f"mine/{s.id}" == name]
    return Writer(
        device=device,
        seats=frozenset(s.id for s in able),
        facilitator=any(s.role == "facilitator" for s in able),
        writes=bool(able) and open_now,
    )

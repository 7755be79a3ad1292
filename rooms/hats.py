"""Which hats a seat wears in the room, before an activity adds its own (`methods.md` 1.1)."""

from rooms.lead import AUTOPILOT
from rooms.room_state import RoomState
from rooms.seats import Seat


def roles_of(state: RoomState, seat: Seat) -> frozenset[str]:
    """lead, co, member, observer, interpreter, screen. A facilitator who is dealt in is also a
    member."""
    if seat.status != "in":
        return frozenset()
    acting = state.lead.acting == seat.id
    match seat.role:
        case "facilitator":
            own = {"lead"} if acting else {"co"}
            return frozenset(own | ({"member"} if seat.dealt_in else set()))
        case "participant":
            return frozenset({"member", "lead"} if acting else {"member"})
        case "observer" | "interpreter" | "screen":
            return frozenset({seat.role})


def autopilot(state: RoomState) -> bool:
    """Whether the clocks go on by themselves."""
    return state.lead.acting == AUTOPILOT


def facilitators(state: RoomState) -> tuple[Seat, ...]:
    """Everyone who may lead: facilitators in the room, and a peer lead."""
    return tuple(
        s
        for s in state.seats.values()
        if s.status == "in"
        and (s.role == "facilitator" or (state.lead.peer and s.id == state.lead.lead))
    )

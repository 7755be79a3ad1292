"""What a shadow may propose, and how a proposal is called (`methods.md A5`)."""

from activities.blocks import Offer, say
from rooms.helm_proposals import as_proposal, described
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.wire import DoorClose, SeatLeave, SeatRemove


def test_a_shadow_proposes_what_a_lead_can_tap_and_nothing_else() -> None:
    tap = Offer(DoorClose(epoch=1), say("Close the door"))
    made = as_proposal(tap, "")
    assert made is not None
    assert made.command.item == ""
    assert b'"door.close"' in bytes(made.command.command)
    assert as_proposal(Offer(SeatRemove(epoch=1, seat="c"), say("Remove")), "") is None
    assert as_proposal(Offer(SeatLeave(), say("Leave")), "") is None


def test_a_proposal_says_all_it_carries() -> None:
    state = RoomState(seats={"c": Seat(id="c", name="w1")})
    line = described(SeatRemove(epoch=1, seat="c"), state)
    assert "c" in repr(line)

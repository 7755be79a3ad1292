"""Which hats a seat wears (SEA8)."""

import pytest
from msgspec.structs import replace

from rooms.hats import autopilot, facilitators, roles_of
from rooms.lead import AUTOPILOT, Lead
from rooms.room_state import RoomState
from rooms.seats import Seat

LEAD = Seat(id="a", name="", role="facilitator")
CO = Seat(id="b", name="", role="facilitator", dealt_in=True)
MEMBER = Seat(id="m", name="")
WALL = Seat(id="w", name="", role="screen")
STATE = RoomState(
    seats={s.id: s for s in (LEAD, CO, MEMBER, WALL)}, lead=Lead(lead="a", acting="a")
)


@pytest.mark.parametrize(
    ("seat", "hats"),
    [
        (LEAD, {"lead"}),
        (CO, {"co", "member"}),
        (MEMBER, {"member"}),
        (WALL, {"screen"}),
        (replace(MEMBER, role="observer"), {"observer"}),
        (replace(MEMBER, role="interpreter"), {"interpreter"}),
        (replace(LEAD, status="left"), set()),
        (replace(MEMBER, status="removed"), set()),
    ],
)
def test_hats(seat: Seat, hats: set[str]) -> None:
    assert roles_of(STATE, seat) == hats


def test_nobody_leads_on_autopilot() -> None:
    alone = replace(STATE, lead=Lead(lead="a", acting=AUTOPILOT))
    assert roles_of(alone, LEAD) == {"co"}
    assert autopilot(alone)
    assert not autopilot(STATE)


def test_a_peer_lead_is_member_and_lead() -> None:
    peer = replace(STATE, lead=Lead(lead="m", acting="m", peer=True))
    assert roles_of(peer, MEMBER) == {"member", "lead"}
    assert {s.id for s in facilitators(peer)} == {"a", "b", "m"}
    assert {s.id for s in facilitators(STATE)} == {"a", "b"}
    gone = replace(STATE, seats={"a": replace(LEAD, status="left"), "b": CO})
    assert {s.id for s in facilitators(gone)} == {"b"}

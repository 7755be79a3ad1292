"""The wire of safety: freeze, hide, the waiting room, new links (issue 3, *Safety*)."""

from activities.kernel import Command, LeadCommand


class RoomFreeze(LeadCommand, frozen=True, tag="room.freeze"):
    """The red control: freezes people's input and shuts the door; with `seat`, also hides that
    seat's last two minutes. Any facilitator."""

    seat: str = ""


class RoomUnfreeze(LeadCommand, frozen=True, tag="room.unfreeze"):
    """People may write again. The door stays as it is."""


class RoomPause(Command, frozen=True, tag="room.pause"):
    """A participant asks to freeze the room while no facilitator is present, or (`on` false) to go
    on; the second one who asks for the same within a minute, on another device, makes it so."""

    on: bool = True


class SeatHide(LeadCommand, frozen=True, tag="seat.hide"):
    """Hide what a seat made or changed in the last two minutes, until restored. Any facilitator."""

    seat: str


class SeatRestore(LeadCommand, frozen=True, tag="seat.restore"):
    """Bring back everything that is hidden of a seat."""

    seat: str


class SeatErase(LeadCommand, frozen=True, tag="seat.erase"):
    """Take what is hidden of a seat away for good."""

    seat: str


class DoorAsk(LeadCommand, frozen=True, tag="door.ask"):
    """Newcomers wait at the door until a facilitator lets them in."""


class SeatAdmit(LeadCommand, frozen=True, tag="seat.admit"):
    """Let somebody in who waits at the door, or everybody (`seat` empty). Any facilitator."""

    seat: str = ""


class SeatRefuse(LeadCommand, frozen=True, tag="seat.refuse"):
    """Send somebody away who waits at the door. Any facilitator."""

    seat: str


class LinkRenew(LeadCommand, frozen=True, tag="link.renew"):
    """A new public link and code; the old ones open nothing. Seats and recovery links stay."""


class LinkRevoke(LeadCommand, frozen=True, tag="link.revoke"):
    """A new recovery link for a facilitator: one's own, or anybody's by the organiser. The old one
    opens nothing; `devices`: also close the seat's other devices."""

    seat: str
    devices: bool = False


SafetyCommand = (
    RoomFreeze
    | RoomUnfreeze
    | RoomPause
    | SeatHide
    | SeatRestore
    | SeatErase
    | DoorAsk
    | SeatAdmit
    | SeatRefuse
    | LinkRenew
    | LinkRevoke
)
